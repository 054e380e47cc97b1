"""Whether places among what was to be expected (PITs) are spread evenly, as a right model's are.

The empirical distribution of each group is held against a band that contains that of as many
uniform numbers whole, with a stated chance (Säilynoja, Bürkner & Vehtari 2022,
https://doi.org/10.1007/s11222-022-10090-6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from hourglass.panel import Array

LEAST_MEMBERS = 8
"""Fewest members of a group that is judged: with fewer the band holds nearly everything."""
LEVEL = 0.95
"""Chance that the bands of all groups together hold, where every group is uniform."""
TAIL = 40
"""Simulated samples that lie beyond a band, so that its place is known to about a sixth of its tail."""
BAND_SEED = 214

Steps = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Uniformity:
    """One group's places and the band in which they should run.

    Attributes
    ----------
    level
        Chance that the band of this group alone holds.
    at, share, low, high
        Places from 0 to 1, the share of members at or below each, and the band there.
    """

    group: str
    n: int
    level: float
    at: Steps
    share: Steps
    low: Steps
    high: Steps

    @property
    def passed(self) -> bool:
        """Whether the group stays in its band everywhere."""
        return self.excess <= 1e-9

    @property
    def excess(self) -> float:
        """How far the group leaves its band at most, a share of its members; negative inside."""
        return max(self._gaps)

    @property
    def way(self) -> float:
        """How far the group goes towards the edge of its band at most; 1 is the edge, more is outside.

        Where the band holds every share on a side, as near both ends, none can go that way.
        """
        at, share, low, high = (np.array(told[1:-1]) for told in (self.at, self.share, self.low, self.high))
        room = np.where(share > at, high - at, at - low)
        may = (room > 0) & np.where(share > at, high < 1, low > 0)
        return float(np.max(np.abs(share - at)[may] / room[may], initial=0.0))

    @property
    def beyond(self) -> float | None:
        """Place at which the group leaves its band furthest; None where it never does."""
        return None if self.passed else self.at[1 + int(np.argmax(self._gaps))]

    @property
    def _gaps(self) -> list[float]:
        """How far each share is out of its band; at both ends the band is a point."""
        bounds = zip(self.share[1:-1], self.low[1:-1], self.high[1:-1], strict=True)
        return [max(low - share, share - high) for share, low, high in bounds]


def judge(places: Mapping[str, Sequence[float]]) -> tuple[Uniformity, ...]:
    """Uniformity of every group that has enough members, its band widened for their number (Sidak)."""
    judged = {group: told for group, told in places.items() if len(told) >= LEAST_MEMBERS}
    level = LEVEL ** (1 / max(len(judged), 1))
    return tuple(_one(group, np.asarray(told), level) for group, told in judged.items())


def _one(group: str, places: Array, level: float) -> Uniformity:
    at, low, high = _band(len(places), level)
    share = np.searchsorted(np.sort(places), at, side="right") / len(places)
    share[0] = 0.0  # a place of exactly 0 is no departure
    return Uniformity(group, len(places), level, at, tuple(share.tolist()), low, high)


@cache
def _band(n: int, level: float) -> tuple[Steps, Steps, Steps]:
    from arviz_stats.ecdf_utils import ecdf_pit  # slow to import, and needed only here

    even = (np.arange(n) + 0.5) / n
    simulations = int(np.ceil(TAIL / (1 - level)))
    at, _, low, high = ecdf_pit(even, level, simulations, rng=np.random.default_rng(BAND_SEED))
    return tuple(at.tolist()), tuple(low.tolist()), tuple(high.tolist())
