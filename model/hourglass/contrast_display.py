"""Two stored runs side by side, for a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass import explain_display, phrases
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.changes import Change, Mark
from hourglass.comparison import gap
from hourglass.contrast import Contrast
from hourglass.phrases import percent
from hourglass.summary import NO_DRIVER, Driver


def contrast(told: Contrast, case: Case) -> RenderableType:
    """Chances, levels, evidence and beliefs of two runs, then what moved P between them."""
    parts: list[RenderableType] = [Text(told.forecasts[0].question["title"], style="bold")]
    parts += [_chances(told), _drivers(told, case)]
    if told.evidence is None:
        parts.append(Text("The draws or inputs of a run are gone, so nothing is told of what differs."))
        return Group(*parts)
    parts += [_evidence(told.evidence, case), *_beliefs(told)]
    if told.move is not None:
        within = phrases.span(told.pairs[-1][0].months)
        parts += explain_display.moved(told.move, f"What moved P of entry within {within}:")
    return Group(*parts)


def _heads(told: Contrast) -> list[str]:
    return [f"{one.run.id}\nas of {one.as_of}" for one in told.forecasts]


def _chances(told: Contrast) -> Table:
    table = Table("within", *_heads(told), "difference in log-odds", title="Chance of entry")
    for one, other in told.pairs:
        apart = gap(one.mean, other.mean)
        shown = phrases.WITHHELD if apart is None else f"{apart:+z.2f}"
        table.add_row(
            phrases.span(one.months), *(f"{percent(h.mean)} by {h.date}" for h in (one, other)), shown
        )
    return table


def _drivers(told: Contrast, case: Case) -> Table:
    table = Table("driver", *_heads(told), title="Levels at as-of, with 90 % intervals")
    for name, driver in case.question.drivers.items():
        table.add_row(driver.title, *(_level(one.drivers.get(name, NO_DRIVER)) for one in told.forecasts))
    return table


def _level(told: Driver) -> str:
    mean, wide = phrases.levels(told)
    return f"{mean} ({wide})"


def _evidence(found: Sequence[Change], case: Case) -> Table:
    titles = {name: driver.title for name, driver in case.question.drivers.items()}
    name = Column("item or point", overflow="fold")
    table = Table("date", "", name, "about", "claim", title="Evidence that differs")
    for change in found:
        about = titles.get(change.about, change.about)
        table.add_row(str(change.date), change.what, change.name, about, _told(change, case))
    if not found:
        table.add_row("", "none", "", "", "")
    return table


def _told(change: Change, case: Case) -> str:
    """What an item claims; of a point its number, and the one before where it was revised."""
    told = (change.come or change.gone)[0]
    if not isinstance(told, Mark):
        return told.claim
    numbers = (_number(mark) for mark in (*change.gone, *change.come) if isinstance(mark, Mark))
    series = case.question.series.get(told.series)  # a run may be of a question that had another
    return ", now ".join(numbers) + (f" {series.unit}" if series else "")


def _number(mark: Mark) -> str:
    last = mark.rows[-1]
    return phrases.number(last.value) + ("" if last.n is None else f" of {last.n:,} asked")


def _beliefs(told: Contrast) -> Iterator[RenderableType]:
    if not told.beliefs:
        yield Text("The beliefs are the same.")
        return
    title = "Beliefs that differ: q05, q50, q95"
    table = Table(Column("belief", overflow="fold"), *_heads(told), title=title)
    for path, pair in told.beliefs.items():
        table.add_row(path, *(_quantiles(held) for held in pair))
    yield table


def _quantiles(held: Belief) -> str:
    return f"{held.q05:g}, {held.q50:g}, {held.q95:g}"
