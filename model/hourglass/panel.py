"""The evidence as arrays: everything the likelihood reads, cut at the as-of date.

One panel is the data of one fit. Its arrays are model data, so that one compiled model
serves every panel of the same months, drivers, gates, classes and rivals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """Arrays of one fit; the axes of each are named in `AXES`.

    `since` and `until` are months since the choice arose at the two ends of each grid month,
    equal where it was not at risk. A spell is one interval of a rival's table; `moved` and
    `steady` are, rival by rival, the spells that drivers move and those that they do not. A
    block is the readings of one origin on one driver, a knot one end of a life-table interval.
    A state is a pair of driver and month, driver after driver; the points of a series meet
    states by `*_state`, `*_weight` and `*_point`, one entry for each month a point speaks of.
    `*_constant` is the part of each log density that no parameter moves. `temperature`, one
    number, is the power to which the evidence counts: 1, but on the way from prior to posterior.
    """

    since: Array
    until: Array
    rival_exposure: Array
    spell_shape: Array
    spell_rate: Array
    reading_state: Array
    reading_level: Array
    reading_letter: Array
    reading_number: Array
    reading_block: Array
    block_zero: Array
    episode_month: Array
    episode_open: Array
    episode_weight: Array
    poll_series: Array
    poll_zero: Array
    poll_state: Array
    poll_weight: Array
    poll_point: Array
    poll_yes: Array
    poll_answers: Array
    poll_constant: Array
    count_series: Array
    count_zero: Array
    count_state: Array
    count_weight: Array
    count_point: Array
    count_value: Array
    count_constant: Array
    level_series: Array
    level_zero: Array
    level_state: Array
    level_weight: Array
    level_point: Array
    level_value: Array
    level_logged: Array
    level_tail: Array
    level_constant: Array
    class_points: Array
    knot_class: Array
    knot_months: Array
    own_knot: Array
    row_since: Array
    row_until: Array
    row_rate_time: Array
    row_joined: Array
    row_constant: Array
    row_weight: Array
    temperature: Array
    moved: tuple[tuple[int, ...], ...]
    steady: tuple[tuple[int, ...], ...]


AXES: Mapping[str, tuple[str, ...]] = {
    "since": ("month",),
    "until": ("month",),
    "rival_exposure": ("spell", "month"),
    "spell_shape": ("spell",),
    "spell_rate": ("spell",),
    "reading_state": ("reading",),
    "reading_level": ("reading",),
    "reading_letter": ("reading",),
    "reading_number": ("reading",),
    "reading_block": ("reading",),
    "block_zero": ("block",),
    "episode_month": ("episode",),
    "episode_open": ("gate", "episode"),
    "episode_weight": ("gate", "episode"),
    "poll_series": ("poll",),
    "poll_zero": ("poll",),
    "poll_state": ("poll_month",),
    "poll_weight": ("poll_month",),
    "poll_point": ("poll_month",),
    "poll_yes": ("poll",),
    "poll_answers": ("poll",),
    "poll_constant": ("poll",),
    "count_series": ("count",),
    "count_zero": ("count",),
    "count_state": ("count_month",),
    "count_weight": ("count_month",),
    "count_point": ("count_month",),
    "count_value": ("count",),
    "count_constant": ("count",),
    "level_series": ("level",),
    "level_zero": ("level",),
    "level_state": ("level_month",),
    "level_weight": ("level_month",),
    "level_point": ("level_month",),
    "level_value": ("level",),
    "level_logged": ("level",),
    "level_tail": ("level",),
    "level_constant": ("level",),
    "class_points": ("class_axis", "class_point"),
    "knot_class": ("knot",),
    "knot_months": ("knot",),
    "own_knot": ("knot",),
    "row_since": ("row",),
    "row_until": ("row",),
    "row_rate_time": ("row",),
    "row_joined": ("row",),
    "row_constant": ("row",),
    "row_weight": ("row",),
    "temperature": ("power",),
}


def arrays(panel: Panel) -> dict[str, Array]:
    """Arrays of the panel by name."""
    return {name: getattr(panel, name) for name in AXES}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names along the axes of a panel that depend on the evidence."""

    month: tuple[str, ...]
    reading: tuple[str, ...]
    block: tuple[str, ...]
    episode: tuple[str, ...]
    poll: tuple[str, ...]
    count: tuple[str, ...]
    level: tuple[str, ...]
    row: tuple[str, ...]
    spell: tuple[str, ...]


ITEMS = ("reading", "block", "episode", "poll", "poll_month", "count", "count_month", "level", "level_month")
"""Axes along which evidence lies."""


def class_only(panel: Panel, *, own: bool) -> Panel:
    """Panel of the life tables alone; with `own`, the state's own quiet too, as one of its class.

    Own quiet is then that of a state of which only the class is known: no driver, no item.
    """
    bare = {
        name: array[tuple(slice(0) if axis in ITEMS else slice(None) for axis in AXES[name])]
        for name, array in arrays(panel).items()
    }
    bare |= {name: np.zeros_like(bare[name]) for name in ("since", "until", "rival_exposure")}
    if own:
        bare["knot_months"] = np.where(panel.own_knot > 0, panel.until.max(), panel.knot_months)
        bare["spell_rate"] = panel.spell_rate + panel.rival_exposure.sum(axis=1)
    whole: dict[str, Any] = bare
    return replace(panel, **whole)


POSITIONS = frozenset(
    name
    for name in AXES
    if name.endswith(
        (
            "_state",
            "_letter",
            "_number",
            "_block",
            "_month",
            "_series",
            "_point",
            "_class",
            "_since",
            "_until",
        )
    )
)
"""Arrays that hold positions along other axes, not amounts."""


def pack(panel: Panel) -> dict[str, Array]:
    """All arrays of the panel in three: `amounts`, `positions`, and where each array lies.

    A compiled model pays for every array it is handed, about a second and a half of compiling
    each, so it gets these three. `bounds` (array, 2) holds first and last position + 1.
    """
    bounds, ends, parts = [], {True: 0, False: 0}, {True: [np.zeros(0)], False: [np.zeros(0)]}
    for name, array in arrays(panel).items():
        kind = name in POSITIONS
        bounds.append((ends[kind], ends[kind] + array.size))
        ends[kind] += array.size
        parts[kind].append(array.ravel())
    return {
        "amounts": np.concatenate(parts[False]),
        "positions": np.concatenate(parts[True]).astype(np.int32),
        "bounds": np.array(bounds, dtype=np.int32),
    }
