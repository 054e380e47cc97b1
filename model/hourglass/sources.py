"""What a report rests on: every item, every series, and the run that can be repeated."""

from collections.abc import Iterator

from hourglass import brief, chapters, forecaster, phrases
from hourglass.brief import Cell, Section
from hourglass.case import Case
from hourglass.dossier import Dossier
from hourglass.series import Row
from hourglass.summary import Forecast

ITEMS = ("date", "known", "about", "grade", "origin", "id", "claim", "source")


def section(d: Dossier) -> Section:
    """Every item with its link, the points of each series, and the run."""
    day = d.forecast.as_of
    items = d.case.evidence(day).items
    rows = (
        (
            str(item.date), str(item.known), chapters.about(item, d.case), chapters.grade(item),
            getattr(item, "origin", None) or "", item.id, item.claim,
            brief.linked(f"{item.source.title}, {item.source.date}", item.source.url),
        )
        for item in items
    )  # fmt: skip
    told = brief.table(f"Items known by {day}, by the day of what they tell", ITEMS, rows, folded=True)
    count = (
        f"{phrases.many(len(items), 'item')} known by {day}, of which {d.forecast.evidence.items} weigh: not "
        "notes, nor items whose source or report cannot be judged (grades F and 6), nor warnings whose "
        "window has passed."
    )
    return Section("sources", "Sources", (count, told, *_series(d), *_run(d.forecast, d.case)))


def _series(d: Dossier) -> Iterator[brief.Part]:
    for name, asked in d.case.question.series.items():
        rows = (_point(row) for row in d.case.rows[name] if row.known <= d.forecast.as_of)
        columns = ("date", "known", asked.unit, "asked", "source")
        yield brief.table(asked.title, columns, rows, folded=True)


def _point(row: Row) -> tuple[str | Cell, ...]:
    asked = "" if row.n is None else f"{row.n:,}"
    return str(row.date), str(row.known), phrases.number(row.value), asked, _source(row.source)


def _source(text: str) -> Cell:
    """Source of a point, which ends with its address where it has one."""
    words, _, address = text.rpartition(" ")
    return brief.linked(words.rstrip(":"), address) if words and brief.on_the_web(address) else Cell(text)


def _run(told: Forecast, case: Case) -> Iterator[brief.Part]:
    run = told.run
    method = "" if run.method == forecaster.REWEIGHT else " --method nuts"
    command = f"hourglass forecast {case.folder.name} --as-of {told.as_of} --seed {run.seed}{method}"
    rows = [
        ("command", command),
        ("run", run.id),
        ("made by", "a fit of its own" if run.fit == run.id else f"the draws of run {run.fit}, weighed"),
        ("seed", str(run.seed)),
        ("question", told.question["sha256"]),
        ("evidence", told.evidence.sha256),
        ("beliefs", told.priors),
        *((name, version) for name, version in run.versions.items()),
    ]
    yield brief.table("The run, to be repeated", ("what", "value"), rows)
