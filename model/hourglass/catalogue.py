"""Pages that lead to reports: all forecasts of a question over time, and all questions."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hourglass import brief, page, phrases, publication
from hourglass.brief import Cell, Figure, Table
from hourglass.summary import Forecast

COLUMNS = ("as of", "within", "by", "chance of entry", "90 % interval", "outside view", "verdict")
Draw = Callable[[Sequence[Forecast]], Iterable[Figure]]
"""Makes the picture of forecasts over time."""


def renew(reports: Path, question: str, draw: Draw) -> None:
    """Bring the page of a question and the page of all questions up to date.

    Where there is one question alone, the latter shows its forecasts, too.

    Parameters
    ----------
    question
        Folder of the question.
    draw
        Makes the picture of the forecasts over time.
    """
    folder = reports / question
    told = publication.forecasts(folder)
    title = told[-1][1].question["title"] if told else question
    figures = tuple(draw([one for _, one in told]))
    own = {"title": title, "figures": figures, "tables": (table(told),), "above": "../index.html"}
    publication.renew(folder / publication.INDEX, page.rendered("index.html.j2", own))
    listed = questions(reports)
    every = {"title": "Forecasts", "figures": (), "tables": (listed,), "above": ""}
    if len(listed.rows) == 1 and told:  # nothing to choose from: what the question's page shows stands here
        every |= {"figures": figures, "tables": (listed, table(told, f"{question}/"))}
    publication.renew(reports / publication.INDEX, page.rendered("index.html.j2", every))


def table(told: Sequence[tuple[str, Forecast]], above: str = "") -> Table:
    """Every published forecast of a question, the newest as-of first.

    Parameters
    ----------
    above
        Where their folders lie, seen from the page.
    """
    rows = (row for name, one in reversed(told) for row in _rows(name, one, above))
    return brief.table("All published forecasts, the newest first", COLUMNS, rows)


def _rows(name: str, told: Forecast, above: str) -> Iterable[tuple[str | Cell, ...]]:
    verdict = "passed" if told.verdict.passed else phrases.WITHHELD
    for months, day, mean, _, wide, outside in phrases.chances(told.horizons):
        place = Cell(name, f"{above}{name}/{publication.PAGE}")
        shown = (mean, wide, outside) if told.verdict.passed else (phrases.WITHHELD,) * 3
        yield place, months, day, *shown, verdict


def questions(reports: Path) -> Table:
    """Every question that has a report, and its newest forecast."""
    rows = []
    for folder in sorted(path.parent for path in reports.glob(f"*/{publication.INDEX}")):
        told = publication.forecasts(folder)
        if told:
            name, last = told[-1]
            about = Cell(last.question["title"], f"{folder.name}/{publication.INDEX}")
            rows.append((about, Cell(name, f"{folder.name}/{name}/{publication.PAGE}"), str(len(told))))
    return brief.table("All questions", ("question", "newest forecast", "forecasts"), rows)
