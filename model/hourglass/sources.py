"""What a report rests on: every item, every series, and the run that can be repeated."""

import platform
from collections.abc import Iterator, Sequence

from hourglass import __version__, brief, chapters, citation, forecaster, phrases, store
from hourglass.brief import Cell, Section
from hourglass.case import Case
from hourglass.dossier import Dossier
from hourglass.question import Series
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
    return Section("sources", "Sources", (count, told, *_series(d), run(d.forecast, d.case)))


def _series(d: Dossier) -> Iterator[brief.Part]:
    for name, asked in d.case.question.series.items():
        yield series(asked, [row for row in d.case.rows[name] if row.known <= d.forecast.as_of])


def series(asked: Series, points: Sequence[Row]) -> brief.Table:
    """Points of a series as its source gives them, shares in percent."""
    poll = asked.kind == "poll"
    unit = f"{asked.unit}, percent" if poll else asked.unit
    columns = ("date", "known", unit, *(("people asked",) if poll else ()), "source")
    return brief.table(asked.title, columns, (_point(row, poll) for row in points), folded=True)


def _point(row: Row, poll: bool) -> tuple[str | Cell, ...]:
    number = phrases.number(100 * row.value if poll else row.value)
    asked = ("not known" if row.n is None else f"{row.n:,}",) if poll else ()
    return str(row.date), str(row.known), number, *asked, _source(row.source)


def _source(text: str) -> Cell:
    """Source of a point, each page that it names with its link."""
    return brief.several([brief.linked(one.words, one.url) for one in citation.cited(text)])


def run(told: Forecast, case: Case) -> brief.Table:
    """What a run was made by and from, and the command that makes it again."""
    made = told.run
    of = "a fit of its own" if made.fit == made.id else f"the draws of run {made.fit}, weighed"
    rows = [
        ("command", _command(told, case)),
        *_needs(told),
        ("run", made.id),
        ("made by", of),
        ("seed", str(made.seed)),
        ("question", told.question["sha256"]),
        ("evidence", told.evidence.sha256),
        ("beliefs", told.priors),
        *_program(told, case),
        *((name, version) for name, version in made.versions.items()),
    ]
    return brief.table("The run, to be repeated", ("what", "value"), rows)


def _command(told: Forecast, case: Case) -> str:
    """Command that asks for the same horizons in the same way."""
    made, own = told.run, case.question.header.horizons
    parts = ["hourglass forecast", case.folder.name, f"--as-of {told.as_of}"]
    by = [h.date for h in told.horizons if not float(h.months).is_integer()]
    if by:
        parts.append(f"--by {by[-1]}")
    elif {h.months for h in told.horizons} - set(own):
        parts.append("--horizons " + ",".join(f"{h.months:g}" for h in told.horizons))
    return " ".join([*parts, f"--seed {made.seed}", f"--method {made.method}"])


def _needs(told: Forecast) -> Iterator[tuple[str, str]]:
    if told.run.method == forecaster.REWEIGHT:
        yield (
            "needs",
            f"the stored draws of run {told.run.fit}; without them --method nuts fits anew, and comes as "
            "near as Monte Carlo error allows",
        )


def _program(told: Forecast, case: Case) -> Iterator[tuple[str, str]]:
    """Program that made a run, where it is this very one: any other leaves only its libraries."""
    if store.key(store.inputs(case, told.as_of), told.run.seed) != told.run.id:
        yield "hourglass", "another version than the one that wrote this report"
        return
    yield "hourglass", __version__
    yield "code, sha256", store.code("estimate")
    yield "python, of this report", platform.python_version()
