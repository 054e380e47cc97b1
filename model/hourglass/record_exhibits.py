"""What the figures of a track record show, as plain numbers: calibration, and past months forecast anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from scipy.stats import beta

LEVEL = 0.99
"""Share of an interval of a hit rate."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Cumulative share of the ranks of one quantity, less that of ranks as they should be.

    Attributes
    ----------
    at, apart
        Points in [0, 1], and the difference there.
    """

    name: str
    at: tuple[float, ...]
    apart: tuple[float, ...]

    @property
    def worst(self) -> float:
        """Greatest distance from where the ranks should be."""
        return max((abs(one) for one in self.apart), default=0.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Where the steps stay, at all points at once, if the ranks are as they should be."""

    at: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Synthetic questions whose forecasts were alike: what was said, and how often it came.

    `low` and `high` are the 99 % interval of the hit rate.
    """

    forecast: float
    hits: int
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Anew:
    """One horizon as forecast anew from what was known on a past day; None where withheld."""

    as_of: date
    mean: float | None
    q05: float | None
    q95: float | None
    outside_view: float | None
    items: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """A forecast of the same question by other people, on its day."""

    date: date
    chance: float
    who: str
    url: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """One horizon over time."""

    within: str
    told: tuple[Anew, ...]
    crowd: tuple[Crowd, ...] = ()


def bins(chances: Sequence[float], happened: Sequence[bool], edges: Sequence[float]) -> tuple[Bin, ...]:
    """Bins of forecasts between edges from 0 to 1, empty ones left out; Clopper-Pearson intervals."""
    found = []
    for low, high in pairwise(edges):
        held = [
            (p, hit)
            for p, hit in zip(chances, happened, strict=True)
            if low <= p < high or p == high == edges[-1]
        ]
        if held:
            found.append(_bin([p for p, _ in held], sum(hit for _, hit in held)))
    return tuple(found)


def _bin(chances: Sequence[float], hits: int) -> Bin:
    count, tail = len(chances), (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, count - hits + 1))
    high = 1.0 if hits == count else float(beta.ppf(1 - tail, hits + 1, count - hits))
    return Bin(sum(chances) / count, hits, count, low, high)
