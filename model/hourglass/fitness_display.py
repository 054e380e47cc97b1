"""Tables and sentences of how the model fits what was seen."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hourglass.fitness import Fitness, Item, Likeness
from hourglass.question import Series
from hourglass.uniformity import LEAST_MEMBERS, Uniformity

SHOWN = 5
"""Least expected items that are named."""


def fitness(told: Fitness, series: Mapping[str, Series], shown: int = SHOWN) -> RenderableType:
    """The least expected items, then replicas of grades and series, then places of groups."""
    parts: list[RenderableType] = [Text(sentence) for sentence in sentences(told)]
    parts += [_least(told.least_expected(shown), series), Text(LEAST_WORDS)]
    parts += [_likenesses(told.likenesses, series), Text(LIKENESSES_WORDS), places(told.uniformity)]
    return Group(*parts)


def sentences(told: Fitness) -> Iterator[str]:
    """What stands out, in words."""
    count = (
        f"Each of {len(told.items)} readings, episodes and points of series was foretold from all the others"
    )
    yield (
        f"{count}; the log densities sum to {told.elpd:.1f}, with a standard error of {told.error:.1f}. "
        "Items of one origin, driver and month are one reading, events of one episode are one."
    )
    for item in told.least_expected(1):
        yield f"{item.name} is the least expected item of all: check its coding."
    unsound = [item.name for item in told.items if not item.sound]
    if unsound:
        yield f"Too influential to be left out by weights, so read with care: {', '.join(unsound)}."
    outside = [f"{one.what} of {one.group}" for one in told.likenesses if not one.inside]
    if outside:
        yield f"Outside the 90 % interval of replicas: {', '.join(outside)}."


LEAST = ("item", "group", "place, 0 to 1", "log density", "k-hat")
LEAST_TITLE = "Least expected items"
LEAST_WORDS = (
    "Place: the share of what was to be expected that lies below the item; 0.5 is the middle. Log density: "
    "the logarithm of the density, or chance, that all other evidence gives it; higher is better expected. "
    "k-hat: how far the draws had to be bent to leave the item out; above 0.7 its row is rough."
)
LIKENESSES = ("group", "number", "unit", "observed", "90 % of replicas", "replicas further out")
LIKENESSES_TITLE = "Replicas of the record"
LIKENESSES_WORDS = (
    "A replica is a record that could as well have been seen, were the model right. Further out: the share "
    "of replicas beyond the observed number on its nearer side; 50 % is the middle, and “outside” marks what "
    "lies outside the interval."
)


def _least(items: tuple[Item, ...], series: Mapping[str, Series]) -> Table:
    table = Table(*LEAST, title=LEAST_TITLE)
    for row in least(items, series):
        table.add_row(*row)
    return table


def least(items: tuple[Item, ...], series: Mapping[str, Series]) -> Iterator[tuple[str, ...]]:
    """Where items fell among what was to be expected, under the columns `LEAST`."""
    for item in items:
        place = "" if item.place is None else f"{item.place:.3f}"
        yield item.name, _title(item.group, series), place, f"{item.elpd:.2f}", f"{item.k_hat:.2f}"


def _title(group: str, series: Mapping[str, Series]) -> str:
    """Title of a series; the name of any other group."""
    return series[group].title if group in series else group


def _likenesses(told: tuple[Likeness, ...], series: Mapping[str, Series]) -> Table:
    table = Table(*LIKENESSES, title=LIKENESSES_TITLE)
    for row in likenesses(told, series):
        table.add_row(*row)
    return table


def likenesses(told: tuple[Likeness, ...], series: Mapping[str, Series]) -> Iterator[tuple[str, ...]]:
    """Numbers of the record beside those of its replicas, under the columns `LIKENESSES`."""
    for one in told:
        unit, times = _unit(series.get(one.group))
        interval = f"{times * one.q05:.3g} to {times * one.q95:.3g}"
        mark = "" if one.inside else ", outside"
        numbers = f"{times * one.observed:.3g}", interval, f"{100 * one.tail:.0f} %{mark}"
        yield _title(one.group, series), one.what, unit, *numbers


def _unit(asked: Series | None) -> tuple[str, int]:
    """Unit of a group's numbers, and what they are multiplied by to stand in it; None: of readings."""
    if asked is None:
        return "sd of the driver", 1
    if asked.kind == "poll":
        return "percent", 100
    logged = asked.kind == "level" and asked.scale == "log"
    return f"logarithm of {asked.unit}" if logged else asked.entering, 1


def places(told: tuple[Uniformity, ...]) -> RenderableType:
    """Whether each group's places are spread evenly."""
    if not told:
        return Text(f"No group has {LEAST_MEMBERS} members, so no spread of places is judged.")
    table = Table("group", "items", "evenly spread", title="Places among what was to be expected")
    for one in told:
        table.add_row(one.group, str(one.n), spread(one))
    return table


def spread(told: Uniformity) -> str:
    """Whether a group's places are spread evenly, and if not, how."""
    if told.beyond is None:
        return "yes"
    i = told.at.index(told.beyond)
    return f"no: {told.share[i]:.0%} lie below {told.at[i]:.2f}, {told.low[i]:.0%} to {told.high[i]:.0%} may"
