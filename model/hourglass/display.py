"""Tables and sentences for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from math import isnan

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass import phrases
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.errors import Problem
from hourglass.ledger import Event, Graded, Item, Note, Reading, Sighting, kind_of
from hourglass.phrases import CHANCES, percent
from hourglass.summary import Forecast, Horizon, Line
from hourglass.verdict import Check, Verdict

LEVELS = "A level is in standard deviations among states that were in a position to join an ally's war."
OUTSIDE = "The outside view knows only the class and the quiet so far."


def forecast(told: Forecast, case: Case) -> RenderableType:
    """The answer: verdict first, then chances by horizon, drivers, and what stands behind them."""
    parts: list[RenderableType] = [Text(told.question["title"], style="bold"), Text(standing(told))]
    parts += [*(Text(sentence) for sentence in assumed(told, case)), _verdict(told.verdict)]
    if told.verdict.passed:
        parts += [_chances(told.horizons), _outcomes(told, case), _drivers(told, case)]
    parts += [Text(sentence, style="dim") for sentence in remarks(told)]
    return Group(*parts)


def standing(told: Forecast) -> str:
    """As-of day, how much evidence stands behind the forecast, and how old it is."""
    known = told.evidence.newest
    newest = f", newest {known}, {phrases.age(known, told.as_of)}" if known else ""
    return f"As of {told.as_of}: {told.evidence.items} items of evidence{worth(told)}{newest}."


def worth(told: Forecast) -> str:
    """How many independent items the evidence is worth, to follow their count; nothing where withheld."""
    effective = told.evidence.effective_items
    if effective is None or not told.verdict.passed:
        return ""
    return f", worth {effective:.0f} independent ones"


def _verdict(verdict: Verdict) -> RenderableType:
    if verdict.passed:
        return Text(passed(verdict), style="green")
    return failures(verdict)


def passed(verdict: Verdict) -> str:
    """What a verdict says that lets the numbers stand."""
    return f"Verdict: passed, all {len(verdict.checks)} checks of the machine hold."


def failures(verdict: Verdict) -> Table:
    """Checks that failed, with what they found and what they allow."""
    table = Table("failed check", "value", "limit", title="Verdict: withheld", title_style="bold red")
    for check in verdict.failed:
        table.add_row(*check_row(check))
    return table


def check_row(check: Check) -> tuple[str, str, str]:
    """What a check is about, what it found, and what it allows.

    A limit from which a withheld chance could be read is withheld with it.
    """
    way = "at least" if check.name.rpartition(" ")[2] in AT_LEAST else "at most"
    limit = phrases.WITHHELD if isnan(check.limit) else f"{way} {check.limit:.4g}"
    return check.name, phrases.measured(check.value, check.limit), limit


AT_LEAST = {"chains", "ess", "ess_bulk", "ess_tail", "e_bfmi"}
"""Ends of the names of checks whose value must not be smaller."""
CHECKED = (
    "chains: samplers that ran side by side. r_hat: 1 where they agree. ess: independent draws that theirs "
    "are worth, in the middle (bulk) and far out (tail). divergences, saturated_trees: steps on which the "
    "sampler lost its way or gave up. e_bfmi: how freely it moved. mcse: error of a chance that comes of the "
    "number of draws. k_hat: how far the draws of another run had to be bent. Names that begin with “outside "
    "view” are of the fit behind that."
)
"""What the names of checks mean."""


def check(told: Check) -> str:
    """What a check found and what it allows, in a line."""
    return "{} {}, {}".format(*check_row(told))


def _chances(horizons: Iterable[Horizon]) -> Table:
    table = Table(*CHANCES)
    for row in phrases.chances(horizons):
        table.add_row(*row)
    return table


def _outcomes(told: Forecast, case: Case) -> Table:
    table = Table("what happens first", *(phrases.span(h.months) for h in told.horizons))
    for row in outcomes(told, case):
        table.add_row(*row)
    return table


def outcomes(told: Forecast, case: Case) -> Iterator[tuple[str, ...]]:
    """Title of each outcome and its chance by each horizon."""
    titles = {"entry": "Entry first", "none": "None of these"} | {r.id: r.title for r in case.question.rivals}
    for name in told.horizons[0].outcomes:
        yield titles.get(name, name), *(percent(h.outcomes[name]) for h in told.horizons)


def _drivers(told: Forecast, case: Case) -> Table:
    table = Table(*DRIVERS)
    for row in drivers(told, case):
        table.add_row(*row)
    return table


DRIVERS = ("driver", "level", "90 % interval", "in words")


def drivers(told: Forecast, case: Case) -> Iterator[tuple[str, ...]]:
    """Rows of the table of drivers, under the columns `DRIVERS`."""
    for name, level in told.drivers.items():
        if level.mean is None:
            continue
        asked, mean = case.question.drivers[name], level.mean
        yield asked.title, *phrases.levels(level), phrases.nearest(asked.anchors, mean)


def remarks(told: Forecast) -> Iterable[str]:
    """What a reader must know beside the numbers, and how they were made."""
    yield from caveats(told)
    when = "from the store" if told.run.stored else f"in {told.run.seconds:g} s"
    yield f"{made(told)}, {when}, seed {told.run.seed}, in {told.run.path}"


def assumed(told: Forecast, case: Case) -> Iterable[str]:
    """From when on nobody has checked that entry had not come."""
    confirmed = case.question.header.confirmed_through
    if told.as_of > confirmed:
        yield f"Nothing was checked after {confirmed}: the quiet since then is assumed."


def caveats(told: Forecast) -> Iterable[str]:
    """What a reader must know beside the numbers."""
    if told.verdict.passed:
        yield f"{LEVELS} {OUTSIDE}"


def made(told: Forecast) -> str:
    """How the run was made: by a fit, or by weighing the draws of one, and how well those serve."""
    run = told.run
    how = "a fit" if run.fit == run.id else f"the draws of run {run.fit}, weighed"
    found = {check.name: check for check in told.verdict.checks}
    if "weights k_hat" in found:
        shape, worth = found["weights k_hat"], found["weights ess"]
        how += (
            f" (k-hat {shape.value:.2f}, at most {shape.limit:.2f}; "
            f"worth {worth.value:,.0f} equal draws, at least {worth.limit:g})"
        )
    return f"Run {run.id}: {how}"


def problems(found: Iterable[Problem]) -> str:
    """Faults, one a line."""
    return "\n".join(str(problem) for problem in found)


def evidence(items: Iterable[Item]) -> Table:
    """Items of the ledger, one a row, each with its id below what it claims."""
    table = Table("date", "known", "kind", "about", "grade", Column("claim, and id", overflow="fold"))
    for item in items:
        grade = item.grade or "" if isinstance(item, Graded | Note) else ""
        told = Text.assemble(item.claim, "\n", (item.id, "dim"))
        table.add_row(str(item.date), str(item.known), kind_of(item), about(item), grade, told)
    if not table.rows:
        table.caption = "No item of the ledger is so."
    return table


def about(item: Item) -> str:
    """What an item says, in a word."""
    match item:
        case Reading():
            return f"{item.driver} {item.level:+g}"
        case Event():
            return item.kind
        case Sighting():
            return "seen" if item.found else "not seen"
    return ""


def beliefs(told: Mapping[str, Belief]) -> Table:
    """Beliefs by their path in the question folder."""
    table = Table(Column("belief", overflow="fold"), "q05", "q50", "q95", "because", "source", "date")
    for name, belief in told.items():
        numbers = (f"{q:g}" for q in (belief.q05, belief.q50, belief.q95))
        table.add_row(name, *numbers, belief.because, belief.source, str(belief.date))
    return table


def predictions(lines: Iterable[Line]) -> Table:
    """What the priors alone predict, beside what was observed."""
    table = Table("from the priors alone", "q05", "q50", "q95", "observed", "in the 90 % interval")
    for line in lines:
        seen = "" if line.observed is None else f"{line.observed:.3g}"
        inside = {None: "", True: "yes", False: "no"}[line.inside]
        table.add_row(line.about, *(f"{q:.3g}" for q in (line.q05, line.q50, line.q95)), seen, inside)
    return table


def history(told: Iterable[Forecast]) -> Table:
    """Stored forecasts, one a row."""
    table = Table("as of", "run", "seed", "verdict", "horizon", "chance of entry", "outside view")
    for one in told:
        verdict = "passed" if one.verdict.passed else "withheld"
        for h in one.horizons:
            row = (f"{h.months:g} months", percent(h.mean), percent(h.outside_view))
            table.add_row(str(one.as_of), one.run.id, str(one.run.seed), verdict, *row)
    return table
