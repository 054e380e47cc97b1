"""Tables and sentences of how the model fits what was seen."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hourglass.fitness import Fitness, Item, Likeness
from hourglass.uniformity import LEAST_MEMBERS, Uniformity

SHOWN = 5
"""Least expected items that are named."""


def fitness(told: Fitness, shown: int = SHOWN) -> RenderableType:
    """The least expected items, then replicas of grades and series, then places of groups."""
    parts: list[RenderableType] = [Text(sentence) for sentence in sentences(told)]
    parts += [_least(told.least_expected(shown)), _likenesses(told.likenesses), places(told.uniformity)]
    return Group(*parts)


def sentences(told: Fitness) -> Iterator[str]:
    """What stands out, in words."""
    yield f"Each of {len(told.items)} items without itself: log density {told.elpd:.1f} ± {told.error:.1f}."
    for item in told.least_expected(1):
        yield f"{item.name} is the least expected item of all: check its coding."
    unsound = [item.name for item in told.items if not item.sound]
    if unsound:
        yield f"Too influential to be left out by weights, so read with care: {', '.join(unsound)}."
    outside = [f"{one.what} of {one.group}" for one in told.likenesses if not one.inside]
    if outside:
        yield f"Outside the 90 % interval of replicas: {', '.join(outside)}."


LEAST = ("item", "group", "place", "log density", "k-hat")
LEAST_TITLE = "Least expected items"
LIKENESSES = ("group", "number", "observed", "90 % of replicas", "beyond it")
LIKENESSES_TITLE = "Replicas of the record"


def _least(items: tuple[Item, ...]) -> Table:
    table = Table(*LEAST, title=LEAST_TITLE)
    for row in least(items):
        table.add_row(*row)
    return table


def least(items: tuple[Item, ...]) -> Iterator[tuple[str, ...]]:
    """Where items fell among what was to be expected, under the columns `LEAST`."""
    for item in items:
        place = "" if item.place is None else f"{item.place:.3f}"
        yield item.name, item.group, place, f"{item.elpd:.2f}", f"{item.k_hat:.2f}"


def _likenesses(told: tuple[Likeness, ...]) -> Table:
    table = Table(*LIKENESSES, title=LIKENESSES_TITLE)
    for row in likenesses(told):
        table.add_row(*row)
    return table


def likenesses(told: tuple[Likeness, ...]) -> Iterator[tuple[str, ...]]:
    """Numbers of the record beside those of its replicas, under the columns `LIKENESSES`."""
    for one in told:
        interval = f"{one.q05:.3g} to {one.q95:.3g}"
        mark = "" if one.inside else "  outside"
        yield one.group, one.what, f"{one.observed:.3g}", interval, f"{one.tail:.0%}{mark}"


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
