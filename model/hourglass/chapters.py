"""What a report answers first: how likely entry is, what else can happen, where the drivers stand."""

from collections.abc import Iterator
from datetime import date

from hourglass import brief, display, evidence_exhibits, phrases, terms
from hourglass.brief import Cell, Fact, Part, Points, Quote, Section, Table
from hourglass.case import Case
from hourglass.dossier import Dossier
from hourglass.ledger import Event, Graded, Item, Note, Reading, Sighting, kind_of
from hourglass.summary import Forecast

ENTRY = "entry comes by {day}"
GONE = "The draws behind this forecast are gone. Forecast again as of this day to see more."


def lead(told: Forecast) -> str:
    """The answer for the longest horizon in one sentence."""
    if not told.verdict.passed:
        return "The computation failed its checks, so that every chance is withheld."
    last = told.horizons[-1]
    return terms.sentence(phrases.percent(last.mean), ENTRY.format(day=last.date))


def badge(told: Forecast) -> str:
    """The verdict in a few words."""
    count = len(told.verdict.checks)
    if told.verdict.passed:
        return f"Verdict: passed, {phrases.many(count, 'check')}"
    return f"Verdict: withheld, {len(told.verdict.failed)} of {phrases.many(count, 'check')} failed"


def facts(told: Forecast, case: Case) -> Iterator[Fact]:
    """What to know of the report as a whole."""
    yield Fact("As of", str(told.as_of))
    newest = told.evidence.newest
    if newest is not None:
        yield Fact("Newest evidence", f"{newest}, {phrases.age(newest, told.as_of)}")
    yield from (Fact("Quiet", sentence) for sentence in display.assumed(told, case))
    yield Fact("Evidence", f"{phrases.many(told.evidence.items, 'item')}{display.worth(told)}")
    yield Fact("Question", f"{told.question['id']}, version {told.question['sha256'][:12]}")
    yield Fact("Run", told.run.id)


def answer(d: Dossier) -> Section:
    """How likely entry is by each horizon, or which checks failed."""
    told = d.forecast
    if not told.verdict.passed:
        rows = (display.check_row(check) for check in told.verdict.failed)
        failed = brief.table("Checks that failed", ("failed check", "value", "limit"), rows)
        why = "A failed check means that the numbers could mislead. They stand nowhere in this report."
        return Section("answer", "The answer is withheld", (why, failed))
    words = [
        (*row, told_by.word if (told_by := terms.of(row[2])) else "")
        for row in phrases.chances(told.horizons)
    ]
    columns = (*phrases.CHANCES, "in words")
    parts: tuple[Part, ...] = (
        brief.table("Chance of entry, first of all that can happen", columns, words),
        Points(tuple(_reading())),
    )
    return Section("answer", "How likely is entry?", parts)


def _reading() -> Iterator[str]:
    """How to read the chances."""
    yield "The chance to quote is the chance of entry: a mean over all that the model holds possible."
    yield (
        "The chance is itself uncertain: nine tenths of the model's weight puts it inside the 90 % interval, "
        "half inside the 50 % interval."
    )
    yield "No word stands beside a chance below 1 % or above 99 %."
    yield display.OUTSIDE


def criteria(d: Dossier) -> Section:
    """What counts as entry, and what does not."""
    header = d.case.question.header
    rows = ((e.case, "yes" if e.counts else "no", e.because) for e in header.edge_cases)
    edges = brief.table("Cases near the border", ("case", "counts", "because"), rows, folded=True)
    return Section("question", "What counts as entry?", (Quote(" ".join(header.criteria.split())), edges))


def outcomes(d: Dossier) -> Section:
    """What can happen first, by when."""
    columns = ("what happens first", *(phrases.span(h.months) for h in d.forecast.horizons))
    cells = brief.table(
        "Chance of each outcome; a column sums to one", columns, display.outcomes(d.forecast, d.case)
    )
    words = "Entry counts only if it comes before the others: they end the exposure to the choice."
    return Section("outcomes", "What can happen by when?", (words, cells))


def drivers(d: Dossier) -> Section:
    """Where the drivers stand, and the items that say so."""
    levels = brief.table("Levels at as-of", display.DRIVERS, display.drivers(d.forecast, d.case))
    readings = [item for item in d.case.evidence(d.forecast.as_of).items if isinstance(item, Reading)]
    lists = tuple(
        brief.table(
            f"{driver.title}: items", ("date", "level", "grade", "origin", "claim"),
            (_mark(item) for item in readings if item.driver == name), folded=True,
        )
        for name, driver in d.case.question.drivers.items()
    )  # fmt: skip
    words = (
        "The lists hold every item that a mark of the pictures stands for, oldest first; the points of the "
        "series stand with the sources. On the page the Tab key reaches the first mark of a picture, arrow "
        "keys the others, and Enter opens what a mark links to."
    )
    return Section(
        "drivers", "Where do the drivers stand?", (levels, display.LEVELS, words, *lists, _reports(d))
    )


def _reports(d: Dossier) -> Table:
    """Events and signs: what has a day but no level."""
    day, items = d.forecast.as_of, d.case.evidence(d.forecast.as_of).items
    rows = (
        (str(item.date), evidence_exhibits.report(item, d.case, day).kind, _worth(item, day), item.origin,
         claim(item))
        for item in items
        if isinstance(item, Event | Sighting)
    )  # fmt: skip
    columns = ("date", "what", "grade", "origin", "claim")
    return brief.table("Events and signs: items", columns, rows, folded=True)


def _mark(item: Reading) -> tuple[str | Cell, ...]:
    return str(item.date), f"{item.level:+g}", _worth(item, item.known), item.origin, claim(item)


def _worth(item: Graded, day: date) -> str:
    """Grade of an item, and why it does not weigh where it does not."""
    why = " (no weight)" if item.weightless else "" if item.weighs(day) else " (window passed)"
    return f"{item.grade}{why}"


def claim(item: Item) -> Cell:
    """What an item claims, and where to look it up."""
    return brief.linked(item.claim, item.source.url)


def about(item: Item, case: Case) -> str:
    """Kind of an item, and what it speaks of."""
    if isinstance(item, Reading):
        return f"{case.question.drivers[item.driver].title}: {item.level:+g}"
    told = display.about(item)
    return f"{kind_of(item)}: {told}" if told else kind_of(item)


def grade(item: Item) -> str:
    """Admiralty grade of an item, where it has one."""
    return item.grade or "" if isinstance(item, Graded | Note) else ""
