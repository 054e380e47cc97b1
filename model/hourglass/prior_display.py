"""Beliefs for a terminal: what a change of one does, and what two sets of them say."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass import belief
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.comparison import Comparison
from hourglass.phrases import percent
from hourglass.revision import Revision
from hourglass.summary import Driver, Forecast, Line

BLOCKS = " ▁▂▃▄▅▆▇█"
COLUMNS = 36
"""Width of a density in the terminal."""


def revision(told: Revision, *, written: bool) -> RenderableType:
    """A belief before and after, each with its density over the same range."""
    done = "revised in" if written else "not written; this would be revised in"
    low, high = belief.common_range([told.old, told.new])
    density = Column(f"density from {low:.3g} to {high:.3g}", no_wrap=True, min_width=COLUMNS)
    table = Table("", "q05", "q50", "q95", density, "because", "author", "date")
    pictures = densities([told.old, told.new], low, high)
    for name, held, picture in zip(("before", "after"), (told.old, told.new), pictures, strict=True):
        numbers = _quantiles(held)
        table.add_row(name, *numbers, picture, held.because, held.author, str(held.date))
    return Group(Text(f"{told.path}: {done} {told.file}", style="bold"), table)


def densities(beliefs: Sequence[Belief], low: float, high: float) -> list[str]:
    """Densities as rows of blocks on one scale, so that their areas are alike."""
    steps = [low + (i + 0.5) * (high - low) / COLUMNS for i in range(COLUMNS)]
    curves = [belief.curve(held) for held in beliefs]
    heights = [[belief.density(step, line) for step in steps] for line in curves]
    top = max(max(row) for row in heights)
    return ["".join(BLOCKS[round((len(BLOCKS) - 1) * height / top)] for height in row) for row in heights]


def rates(before: Iterable[Line], after: Iterable[Line]) -> RenderableType:
    """Yearly rates of entry that the beliefs imply before any evidence, under either."""
    table = Table(
        "entries a year, from the priors alone", "before", "90 % interval", "after", "90 % interval"
    )
    for one, other in zip(before, after, strict=True):
        table.add_row(one.about, *_rate(one), *_rate(other))
    return table


def _rate(line: Line) -> tuple[str, str]:
    return f"{line.q50:.2g}", f"{line.q05:.2g} to {line.q95:.2g}"


def comparison(told: Comparison, case: Case) -> RenderableType:
    """Chances, levels of the drivers and beliefs under two sets, side by side."""
    parts: list[RenderableType] = [Text(told.forecasts[0].question["title"], style="bold")]
    parts += [Text(words) for words in _sets(told, case)]
    parts += [_chances(told), _drivers(told, case), _beliefs(told)]
    return Group(*parts)


def chances(told: Comparison) -> RenderableType:
    """Chances of entry alone under two sets, with what was withheld."""
    return Group(*(Text(words) for words in withheld(told)), _chances(told))


def _sets(told: Comparison, case: Case) -> Iterable[str]:
    for name in told.names:
        if name in case.variants:
            yield f"{name}: {case.variants[name].title}. {case.variants[name].because}"
    yield from withheld(told)


def withheld(told: Comparison) -> Iterable[str]:
    """One sentence for each forecast whose numbers may not be shown."""
    for name, one in zip(told.names, told.forecasts, strict=True):
        if not one.verdict.passed:
            failed = ", ".join(check.name for check in one.verdict.failed)
            yield f"Verdict under {name}: withheld, failed {failed}."


def _chances(told: Comparison) -> Table:
    one, other = told.names
    table = Table("within", "by", f"P {one}", f"P {other}", "difference in log-odds", title="Chance of entry")
    first, second = told.forecasts
    for a, b, apart in zip(first.horizons, second.horizons, told.gaps, strict=True):
        shown = "withheld" if apart is None else f"{apart:+z.2f}"
        table.add_row(f"{a.months:g} months", str(a.date), percent(a.mean), percent(b.mean), shown)
    return table


def _drivers(told: Comparison, case: Case) -> Table:
    table = Table("driver", *told.names, title="Levels at as-of, with 90 % intervals")
    for name, driver in case.question.drivers.items():
        table.add_row(driver.title, *(_level(one, name) for one in told.forecasts))
    return table


def _level(told: Forecast, name: str) -> str:
    match told.drivers[name]:
        case Driver(mean=float(mean), q05=float(low), q95=float(high)):
            return f"{mean:+z.1f} ({low:+z.1f} to {high:+z.1f})"
    return "withheld"


def _beliefs(told: Comparison) -> Table:
    table = Table(
        Column("belief", overflow="fold"),
        *told.names,
        title="Beliefs that differ: q05, q50, q95",
        show_lines=True,
    )
    for path, pair in told.beliefs.items():
        table.add_row(path, *(f"{', '.join(_quantiles(held))}\n{held.because}" for held in pair))
    return table


def _quantiles(held: Belief) -> tuple[str, str, str]:
    return f"{held.q05:g}", f"{held.q50:g}", f"{held.q95:g}"
