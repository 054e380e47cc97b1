"""Tables of what could be seen next, and of what if."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hourglass.case import Case
from hourglass.display import failures
from hourglass.phrases import percent
from hourglass.prospects import GRADE
from hourglass.scenario import GATE, WhatIf
from hourglass.summary import Horizon
from hourglass.watchlist import LEAST_DRAWS, Line, Watchlist


def watchlist(told: Watchlist, case: Case) -> RenderableType:
    """Chance of entry now, then each thing that could be seen, the most telling first."""
    title = Text(case.question.header.title, style="bold")
    if not told.verdict.passed:
        return Group(title, failures(told.verdict))
    span = f"by {told.horizon} ({told.months:g} months)"
    return Group(
        title, Text(f"As of {told.as_of}: chance of entry {span} {percent(told.chance)}."),
        _lines(told.lines), Text(told.closing), *(Text(words, style="dim") for words in watch_remarks()),
    )  # fmt: skip


def _lines(lines: Sequence[Line]) -> Table:
    table = Table(*WATCH)
    for row in watch_rows(lines):
        table.add_row(*row)
    return table


WATCH = ("what, if such an item comes", "chance seen", "P if seen", "P if not", "gain, 1/1000 nat")


def watch_rows(lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """What could be seen, under the columns `WATCH`."""
    for line in lines:
        seen = percent(line.if_seen) if line.told else "too few draws"
        chances = percent(line.chance), seen, percent(line.if_not)
        yield f"{line.kind}: {line.what}", *chances, f"{1000 * line.gain:.2f}"


def watch_remarks() -> Iterator[str]:
    """What a reader must know beside the list."""
    yield (
        f"Each chance is given that such an item comes next month, at grade {GRADE} and from a new origin: "
        "a reading of the driver, a report of that kind or of its contrary, the next point of the series. "
        f"A warning is looked for now. What fewer than {LEAST_DRAWS} equal draws hold has no P if seen."
    )
    yield (
        "A gain is what knowing of it adds to the log score on average. P is taken along one step of each "
        "draw into the next month: it is the forecast's to within Monte Carlo error."
    )


def what_if(told: WhatIf, case: Case) -> RenderableType:
    """What is supposed, then P beside the forecast; where a check failed, that alone."""
    parts: list[RenderableType] = [Text(case.question.header.title, style="bold")]
    parts += [Text(f"As of {told.as_of}, what if"), *(Text(f"  {words}") for words in told.scenario.words)]
    if not told.verdict.passed:
        return Group(*parts, failures(told.verdict), *(Text(words) for words in asides(told)))
    parts += [_chances(told), _outcomes(told, case)]
    return Group(*parts, *(Text(words, style="dim") for words in asides(told)))


def asides(told: WhatIf) -> Iterator[str]:
    """What a reader of the numbers alone must know beside them."""
    yield from scenario_remarks(told) if told.verdict.passed else remedies(told)


def remedies(told: WhatIf) -> Iterator[str]:
    """What to do where the numbers are withheld."""
    if told.scenario.without:
        yield (
            "Where the checks of `without` fail, the stored draws cannot tell: that takes a refit. "
            "Retract the items in a copy of the ledger and forecast from it."
        )


def scenario_remarks(told: WhatIf) -> Iterator[str]:
    """What a reader must know beside the numbers."""
    if told.scenario.settings:
        yield (
            "What is set is an intervention: it holds in every future and nothing else moves for it. "
            "After its months a driver walks on from there toward its own level."
        )
    if any(setting.name.startswith(GATE) for setting in told.scenario.settings):
        yield "A gate is set to its chance at an occasion; how often occasions arise stays as it was."
    yield "A supposition is not a forecast and is not stored."


def _chances(told: WhatIf) -> Table:
    table = Table("within", "by", "", "chance of entry", "50 % interval", "90 % interval")
    for row in told.rows:
        for name, h in (("forecast", row.forecast), ("what if", row.supposed)):
            half, wide = (f"{percent(a)} to {percent(b)}" for a, b in ((h.q25, h.q75), (h.q05, h.q95)))
            table.add_row(f"{h.months:g} months", str(h.date), name, percent(h.mean), half, wide)
    return table


def _outcomes(told: WhatIf, case: Case) -> Table:
    titles = {"entry": "Entry first", "none": "None of these"} | {r.id: r.title for r in case.question.rivals}
    spans = (f"{row.forecast.months:g} months: forecast, what if" for row in told.rows)
    table = Table("what happens first", *spans)
    for name in told.rows[0].forecast.outcomes:
        table.add_row(titles.get(name, name), *(_pair(row.forecast, row.supposed, name) for row in told.rows))
    return table


def _pair(forecast: Horizon, supposed: Horizon, outcome: str) -> str:
    return f"{percent(forecast.outcomes[outcome])}, {percent(supposed.outcomes[outcome])}"
