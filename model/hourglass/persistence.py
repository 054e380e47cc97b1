"""The forecast that nothing changes: the last value known, carried forward. A rival to be beaten.

A value is expected to be normal about the last one, with the spread of the steps that were
seen so far, on a scale on which steps are alike: levels as they are, shares as log-odds and
counts as logarithms, half a one added to each.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, logit

from hourglass.panel import Array, Panel
from hourglass.parameters import Layout

LEAST_STEPS = 3
"""Fewest past steps from which the spread of the next one is taken."""

Cell = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Value:
    """One value on the scale on which it steps; a discrete one also has the edges of its cell."""

    center: float
    cell: Cell | None = None


def share(yes: float, answers: float) -> Value:
    """Log-odds of a poll wave; the cells of 0 to all answers fill the line."""
    low, high = (_log_odds(count, answers + 1) for count in (yes, yes + 1))
    return Value(_log_odds(yes + 0.5, answers + 1), (low, high))


def _log_odds(part: float, whole: float) -> float:
    return float(logit(part / whole))


def count(number: float) -> Value:
    """Logarithm of a count; the cells of all counts fill the line."""
    with np.errstate(divide="ignore"):
        low, high = np.log([number, number + 1])
    return Value(float(np.log(number + 0.5)), (float(low), float(high)))


def log_score(past: Sequence[Value], new: Value) -> float | None:
    """Log density, or log chance of a discrete value, by what was seen before, oldest first.

    The spread is the root mean square of the past steps, for the last value carries no trend.
    None where there are too few steps, or none of them moved.
    """
    steps = np.diff([value.center for value in past])
    spread = float(np.sqrt(np.mean(steps**2))) if len(steps) >= LEAST_STEPS else 0.0
    if not spread:
        return None
    z = (new.center - past[-1].center) / spread
    if new.cell is None:
        return float(-0.5 * (np.log(2 * np.pi) + z**2) - np.log(spread))
    return _log_mass(*((edge - past[-1].center) / spread for edge in new.cell))


def _log_mass(low: float, high: float) -> float:
    """Log of the chance that a standard normal lies between two edges, far out too."""
    if low > 0:  # the mirror image, whose logarithms differ
        low, high = -high, -low
    top, lost = log_ndtr(high), log_ndtr(low)
    return float(top + np.log1p(-np.exp(lost - top)))


Track = tuple[str, str]
"""What steps: `driver` or `series`, and its name."""


def values(panel: Panel, layout: Layout) -> Iterator[tuple[Track, Value] | None]:
    """Every item of a panel, in the order of `predictive.predict`; None for an episode.

    Of one track they come oldest first. A reading steps from the last one of its driver.
    """
    for state, level in zip(panel.reading_state, panel.reading_level, strict=True):
        yield ("driver", layout.drivers[state // len(panel.since)]), Value(float(level))
    yield from [None] * len(panel.episode_month)
    polls = map(share, panel.poll_yes, panel.poll_answers)
    kinds: tuple[tuple[Array, Iterable[Value]], ...] = (
        (panel.poll_series, polls),
        (panel.count_series, map(count, panel.count_value)),
        (panel.level_series, (Value(float(level)) for level in panel.level_value)),
    )
    for which, told in kinds:
        for i, value in zip(which, told, strict=True):
            yield ("series", layout.series[i]), value
