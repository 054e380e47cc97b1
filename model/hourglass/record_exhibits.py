"""What the figures of a track record show, as plain numbers: calibration, and past months forecast anew."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Steps:
    """Cumulative share of the ranks of one quantity, less that of ranks as they should be.

    Attributes
    ----------
    at, apart
        Points in [0, 1], and the difference there.
    way
        How far they go towards the edge of the band at most; 1 is the edge.
    """

    name: str
    at: tuple[float, ...]
    apart: tuple[float, ...]
    way: float


@dataclass(frozen=True, slots=True)
class Band:
    """Where the steps stay, at all points at once, if the ranks are as they should be."""

    at: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


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
