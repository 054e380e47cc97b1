"""The evidence of a panel by driver and quarter, and the log density of each such group."""

from dataclasses import dataclass

import numpy as np

from hourglass import information, likelihood, parameters
from hourglass.changes import EVENTS
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Layout

QUIET = "own quiet"


@dataclass(frozen=True, slots=True)
class Grouping:
    """Names of the groups, and which of them each datum belongs to.

    The data stand in one row: readings, episodes, polls, counts, levels, own quiet.

    Attributes
    ----------
    holds
        Names of the items, episodes and points of each group; items of one origin and month
        stand as one reading, joined by a plus.
    """

    names: tuple[str, ...]
    place: Array
    holds: tuple[tuple[str, ...], ...]


def grouping(layout: Layout, panel: Panel, labels: Labels) -> Grouping:
    """Groups of a panel: driver and quarter, events, own quiet; in order of time."""
    told = [_quarter(layout, labels, int(state)) for state in panel.reading_state]
    told += [("", EVENTS)] * len(labels.episode)
    for kind in ("poll", "count", "level"):
        state, point = getattr(panel, f"{kind}_state"), getattr(panel, f"{kind}_point")
        last = [int(state[point == i].max()) for i in range(len(getattr(panel, f"{kind}_series")))]
        told += [_quarter(layout, labels, at) for at in last]
    told.append(("", QUIET))
    order = sorted(set(told))
    data = (*labels.reading, *labels.episode, *labels.poll, *labels.count, *labels.level)  # own quiet: none
    holds = tuple(tuple(datum for datum, at in zip(data, told, strict=False) if at == one) for one in order)
    place = np.array([order.index(one) for one in told])
    return Grouping(tuple(name for _, name in order), place, holds)


def _quarter(layout: Layout, labels: Labels, state: int) -> tuple[str, str]:
    """Quarter of a state, to sort by, and the name of its group."""
    driver, row = divmod(state, len(labels.month))
    year, month = labels.month[row].split("-")
    quarter = f"{year} Q{(int(month) + 2) // 3}"
    return quarter, f"{layout.drivers[driver]}, {quarter}"


def densities(layout: Layout, panel: Panel, draws: Draws, groups: Grouping) -> Array:
    """Log density of each group; (draw, group).

    A reading counts given the earlier ones of its origin, so that the groups' densities sum to
    that of the whole.
    """
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x, u = draws.states()
    own = np.exp(flat["log_multiplier"][:, -1:])
    quiet = likelihood.survival(NUMPY, p, layout, panel, own, flat["rival_rate"], x, u)
    parts = [
        information.readings_given(p, panel, x, _earlier(panel)),
        likelihood.episodes(NUMPY, p, layout, panel, x, u),
        likelihood.polls(NUMPY, p, panel, x),
        likelihood.counts(NUMPY, p, panel, x),
        likelihood.levels(NUMPY, p, panel, x),
        quiet.sum(axis=-1, keepdims=True),
    ]
    found: Array = NUMPY.pool(np.zeros(len(groups.names)), np.concatenate(parts, axis=-1), groups.place)
    return found


def _earlier(panel: Panel) -> Array:
    """Whether the first reading is of the second's block and of a month before it."""
    block, month = panel.reading_block, panel.reading_state
    found: Array = (block[:, None] == block) & (month[:, None] < month)
    return found
