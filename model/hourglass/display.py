"""Tables and sentences for a terminal."""

from collections.abc import Iterable, Mapping

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
from hourglass.verdict import Verdict


def forecast(told: Forecast, case: Case) -> RenderableType:
    """The answer: verdict first, then chances by horizon, drivers, and what stands behind them."""
    parts: list[RenderableType] = [Text(told.question["title"], style="bold"), Text(_standing(told))]
    parts += [_verdict(told.verdict)]
    if told.verdict.passed:
        parts += [_chances(told.horizons), _outcomes(told, case), _drivers(told, case)]
    parts += [Text(sentence, style="dim") for sentence in remarks(told, case)]
    return Group(*parts)


def _standing(told: Forecast) -> str:
    newest = f", newest known {told.evidence.newest}" if told.evidence.newest else ""
    effective = told.evidence.effective_items
    worth = "" if effective is None else f", worth {effective:.0f} independent ones"
    return f"As of {told.as_of}: {told.evidence.items} items of evidence{worth}{newest}."


def _verdict(verdict: Verdict) -> RenderableType:
    if verdict.passed:
        return Text(f"Verdict: passed, all {len(verdict.checks)} checks of the machine hold.", style="green")
    return failures(verdict)


def failures(verdict: Verdict) -> Table:
    """Checks that failed, with what they found and what they allow."""
    table = Table("failed check", "value", "limit", title="Verdict: withheld", title_style="bold red")
    for check in verdict.failed:
        table.add_row(check.name, f"{check.value:.4g}", f"{check.limit:.4g}")
    return table


def _chances(horizons: Iterable[Horizon]) -> Table:
    table = Table(*CHANCES)
    for row in phrases.chances(horizons):
        table.add_row(*row)
    return table


def _outcomes(told: Forecast, case: Case) -> Table:
    titles = {"entry": "Entry first", "none": "None of these"} | {r.id: r.title for r in case.question.rivals}
    table = Table("what happens first", *(f"{h.months:g} months" for h in told.horizons))
    for name in told.horizons[0].outcomes:
        table.add_row(titles.get(name, name), *(percent(h.outcomes[name]) for h in told.horizons))
    return table


def _drivers(told: Forecast, case: Case) -> Table:
    table = Table("driver", "level", "90 % interval", "in words")
    for name, level in told.drivers.items():
        if level.mean is None or level.q05 is None or level.q95 is None:
            continue
        asked = case.question.drivers[name]
        nearest = min(asked.anchors, key=lambda step: abs(float(step) - (level.mean or 0.0)), default="")
        words = asked.anchors.get(nearest, "")
        table.add_row(asked.title, f"{level.mean:+.1f}", f"{level.q05:+.1f} to {level.q95:+.1f}", words)
    return table


def remarks(told: Forecast, case: Case) -> Iterable[str]:
    """What a reader must know beside the numbers."""
    confirmed = case.question.header.confirmed_through
    if told.as_of > confirmed:
        yield f"Nothing was checked after {confirmed}: the quiet since then is assumed."
    if told.verdict.passed:
        yield (
            "A level is in standard deviations among states that were in a position to join an ally's war. "
            "The outside view knows only the class and the quiet so far."
        )
    yield _made(told)


def _made(told: Forecast) -> str:
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
    when = "from the store" if run.stored else f"in {run.seconds:g} s"
    return f"Run {run.id}: {how}, {when}, seed {run.seed}, in {run.path}"


def problems(found: Iterable[Problem]) -> str:
    """Faults, one a line."""
    return "\n".join(str(problem) for problem in found)


def evidence(items: Iterable[Item]) -> Table:
    """Items of the ledger, one a row."""
    table = Table("date", "known", "kind", "about", "grade", Column("id", overflow="fold"), "claim")
    for item in items:
        grade = item.grade or "" if isinstance(item, Graded | Note) else ""
        kind = kind_of(item)
        table.add_row(str(item.date), str(item.known), kind, _about(item), grade, item.id, item.claim)
    return table


def _about(item: Item) -> str:
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
