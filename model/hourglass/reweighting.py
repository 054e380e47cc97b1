"""Instant update: draws of a stored fit, weighed to speak of other evidence, beliefs or a later day.

A draw's weight is its whole likelihood now over its whole likelihood when it was fitted, times
the same ratio of its prior density. Blocks
that stand in both cancel, so only what differs is computed. The weights are Pareto-smoothed
(Vehtari et al. 2024, https://jmlr.org/papers/v25/19-556.html) and guarded: where they fail, only
a new fit can tell.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log10
from typing import Any

import numpy as np

from hourglass import belief, likelihood, panel, parameters, verdict
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import AXES, Array, Panel
from hourglass.parameters import Layout
from hourglass.verdict import Check

MOST_K_HAT = 0.7
ROUNDING = 1e-8
"""Log ratios no further apart are of equal weights: the tail of rounding errors would pass for one."""
MEMBERS = {"block": "reading", "poll": "poll_month", "count": "count_month", "level": "level_month"}
"""Groups of evidence and the axis along which the members of each lie."""
POINTERS = {
    "block": "reading_block", "poll": "poll_point", "count": "count_point", "level": "level_point",
}  # fmt: skip
"""Which group each member belongs to."""
GROUPS = ("block", "episode", "poll", "count", "level")


@dataclass(frozen=True, slots=True)
class Weights:
    """Smoothed weights of draws and how far they can be trusted.

    Attributes
    ----------
    weight
        (draw), mean 1.
    k_hat
        Shape of the weights' tail; 0 where all weights are equal.
    ess
        Draws of equal weight that these are worth, `(sum w)^2 / sum w^2`.
    log_ratio
        Logarithms of the weights before they were smoothed, up to a constant; (draw).
    """

    weight: Array
    k_hat: float
    ess: float
    log_ratio: Array

    def checks(self, name: str) -> tuple[Check, ...]:
        """Guard of the weights: both the tail and the worth must be sound."""
        limit = min(1 - 1 / log10(max(len(self.weight), 11)), MOST_K_HAT)
        return (
            verdict.at_most(f"{name} k_hat", self.k_hat, limit),
            verdict.at_least(f"{name} ess", self.ess, verdict.LEAST_ESS),
        )


def smooth(log_ratio: Array) -> Weights:
    """Pareto-smoothed weights of log likelihood ratios (draw)."""
    if np.ptp(log_ratio) < ROUNDING:
        return Weights(np.ones(len(log_ratio)), 0.0, float(len(log_ratio)), np.zeros(len(log_ratio)))
    from arviz_stats.base.array import array_stats  # slow to import, and needed only for an update

    log_weight, k_hat = array_stats.psislw(-log_ratio)  # it weighs by the inverse of what it is given
    weight = np.exp(log_weight - np.max(log_weight))
    weight = weight / weight.mean()
    return Weights(weight, float(k_hat), float(weight.sum() ** 2 / (weight**2).sum()), log_ratio)


def equal(weight: Array, count: int) -> Array:
    """Positions of so many draws of equal weight, each draw in proportion to its own."""
    if count == len(weight) and not np.ptp(weight):
        return np.arange(count)
    ends = np.cumsum(weight) / weight.sum()
    return np.searchsorted(ends, (np.arange(count) + 0.5) / count).astype(np.int64)


def log_ratio(layout: Layout, draws: Draws, then: Panel, now: Panel) -> Array:
    """Log of the likelihood of `now` over that of `then`, both on the draws' grid; (draw)."""
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x, u = draws.states()
    total = np.zeros(len(flat["theta"]))
    for sign, part in zip((1, -1), differing(now, then), strict=True):
        for density in densities(p, layout, part, x, u):
            total += sign * density.sum(axis=-1)
    if _risk_differs(then, now):
        for sign, part in ((1, now), (-1, then)):
            multiplier = np.exp(flat["log_multiplier"][:, -1:])
            quiet = likelihood.survival(NUMPY, p, layout, part, multiplier, flat["rival_rate"], x, u)
            total += sign * quiet.sum(axis=-1)
    return total


def prior_log_ratio(draws: Draws, then: Layout, now: Layout) -> Array:
    """Log of the prior density of the draws under the beliefs of `now` over that under `then`; (draw)."""
    theta = draws.stacked()["theta"]
    new, old = (belief.log_densities(theta, layout.curves) for layout in (now, then))
    same = np.all(
        [getattr(now.curves, k) == getattr(then.curves, k) for k in ("center", "slope", "skew")], axis=0
    )
    found: Array = np.where(same, 0.0, new - old).sum(axis=-1)
    return found


def _risk_differs(then: Panel, now: Panel) -> bool:
    names = ("since", "until", "rival_exposure")
    return any(not np.array_equal(getattr(then, name), getattr(now, name)) for name in names)


def densities(p: Any, layout: Layout, part: Panel, x: Sequence[Array], u: Sequence[Array]) -> list[Array]:
    """Log densities of the groups of a panel, those of which it has any."""
    found = []
    if len(part.reading_level):
        found.append(likelihood.readings(NUMPY, p, part, x))
    if len(part.episode_month):
        found.append(likelihood.episodes(NUMPY, p, layout, part, x, u))
    for kind, density in (
        ("poll", likelihood.polls),
        ("count", likelihood.counts),
        ("level", likelihood.levels),
    ):
        if len(getattr(part, f"{kind}_series")):
            found.append(density(NUMPY, p, part, x))
    return found


def differing(one: Panel, other: Panel) -> tuple[Panel, Panel]:
    """Both panels with only those blocks, episodes and points that the other does not hold."""
    keep: tuple[dict[str, Array], dict[str, Array]] = ({}, {})
    for group in GROUPS:
        marks = [_contents(part, group) for part in (one, other)]
        for i in (0, 1):
            spare = Counter(marks[i])
            spare.subtract(marks[1 - i])
            kept = []
            for place, mark in enumerate(marks[i]):
                if spare[mark] > 0:
                    spare[mark] -= 1
                    kept.append(place)
            keep[i][group] = np.array(kept, dtype=np.int64)
    return select(one, keep[0]), select(other, keep[1])


def _contents(part: Panel, group: str) -> list[tuple[bytes, ...]]:
    """All that the panel says of each group, the places of others left out."""
    own = [getattr(part, name) for name, axes in AXES.items() if axes[-1] == group]
    members = _member_arrays(part, group)
    which = getattr(part, POINTERS[group]) if group in POINTERS else np.zeros(0, dtype=np.int64)
    count = own[0].shape[-1]
    return [
        (
            *(array[..., i].tobytes() for array in own),
            *(array[..., which == i].tobytes() for array in members),
        )
        for i in range(count)
    ]


def _member_arrays(part: Panel, group: str) -> list[Array]:
    axis = MEMBERS.get(group)
    names = [name for name, axes in AXES.items() if axes[-1] == axis and name != POINTERS.get(group)]
    return [getattr(part, name) for name in names]


def select(whole: Panel, keep: dict[str, Array]) -> Panel:
    """Panel with only the groups at the given places; `keep` maps each of `GROUPS` to them."""
    places = dict(keep)
    changed: dict[str, Array] = {}
    for group, axis in MEMBERS.items():
        which = getattr(whole, POINTERS[group])
        places[axis] = np.flatnonzero(np.isin(which, keep[group]))
        changed[POINTERS[group]] = np.searchsorted(keep[group], which[places[axis]])
    for name, array in panel.arrays(whole).items():
        axis = AXES[name][-1]
        if axis in places and name not in changed:
            changed[name] = array[..., places[axis]]
    arrays: dict[str, Any] = changed
    return replace(whole, **arrays)


def class_log_ratio(layout: Layout, draws: Draws, then: Panel, now: Panel) -> Array:
    """The same for draws that know only the class and the state's own quiet; (draw)."""
    flat = draws.stacked()
    if not _risk_differs(then, now):
        return np.zeros(len(flat["theta"]))
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    times = np.array([then.until.max(), now.until.max()])
    own = np.exp(flat["log_multiplier"][:, -1:])
    stayed = likelihood.class_log_survival(NUMPY, p, layout, now.class_points, own, times)
    exposure = now.rival_exposure.sum(axis=1) - then.rival_exposure.sum(axis=1)
    found: Array = stayed[:, 1] - stayed[:, 0] - flat["rival_rate"] @ exposure
    return found
