"""The next point of each series, as every draw of the model foresees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, exp, floor, log
from typing import Any

import numpy as np

from hourglass import series
from hourglass.assembly import Grid
from hourglass.panel import Array
from hourglass.prospects import Ahead, Prospect
from hourglass.question import Series
from hourglass.series import Point

LOW, HIGH = 0.2, 0.8
"""Quantiles of the prediction that part a low point from a middling one and that from a high one."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """The next point of one series.

    Attributes
    ----------
    answers
        How many will answer a poll, else 0.
    law
        Its distribution in every draw, a SciPy one over answers, events, or (log) sizes (draw).
    """

    series: Series
    answers: int
    law: Any

    def outcomes(self, weight: Array, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
        """At most, between and at least two round values, in words, and each draw's chance (draw)."""
        drawn = self.law.rvs(random_state=rng)
        told = [float(np.quantile(drawn, q, weights=weight, method="inverted_cdf")) for q in (LOW, HIGH)]
        low, high = self._rounded(*told)
        least = self.law.cdf(self._below(low))
        most = 1 - self.law.cdf(self._above(high))
        # The unit stands aside: it is that of many, and a number may be one.
        unit = "" if self.series.kind == "poll" else f" ({self.series.entering})"
        of, between = ("change of ", "change between") if self.series.change else ("", "between")
        yield f"{of}at most {self._words(low)}{unit}", least
        if self._above(high) > self._below(low):
            yield f"{between} {self._words(low)} and {self._words(high)}{unit}", 1 - least - most
        yield f"{of}at least {self._words(high)}{unit}", most

    def _rounded(self, low: float, high: float) -> tuple[float, float]:
        """Values that a person would name, on the scale of the file."""
        match self.series.kind:
            case "poll":
                low, high = round(low / self.answers, 2), round(high / self.answers, 2)
                return low, max(high, round(low + 0.01, 2))
            case "count":
                return low, max(high, low + 1)
        sizes = (exp(low), exp(high)) if self.series.scale == "log" else (low, high)
        short = [float(f"{size:.2g}") for size in sizes]
        return (short[0], short[1]) if short[0] < short[1] else sizes

    def _below(self, low: float) -> float:
        """Highest value of the law that counts as at most `low`."""
        if self.series.kind == "poll":
            return floor(low * self.answers + 1e-9)
        return log(low) if self.series.kind == "level" and self.series.scale == "log" else low

    def _above(self, high: float) -> float:
        """Highest value of the law that does not yet count as at least `high`."""
        match self.series.kind:
            case "poll":
                return ceil(high * self.answers - 1e-9) - 1
            case "count":
                return high - 1
        return log(high) if self.series.scale == "log" else high

    def _words(self, value: float) -> str:
        if self.series.kind == "poll":
            return f"{100 * value:.0f} %"
        return f"{value:+,.6g}" if self.series.change and value else f"{value:,.6g}"


def prospects(ahead: Ahead) -> Iterator[Prospect]:
    """A low, a middling or a high next point of each series that has spoken before.

    It holds on the day a month after as-of; a change is over the time since the last point.
    """
    grounds = ahead.grounds
    rng = np.random.default_rng(grounds.forecast.run.seed)
    for name, asked in grounds.case.question.series.items():
        told = series.points(grounds.case.rows[name], asked, grounds.as_of)
        if told:
            since = told[-1].until if asked.change else ahead.day
            point = Point(since, ahead.day, 0.0, told[-1].n)
            sounding = Sounding(asked, point.n, law(ahead, name, point))
            for words, chance in sounding.outcomes(ahead.weight, rng):
                yield Prospect("series", f"{asked.title}: {words}", chance, chance * ahead.entry)


def law(ahead: Ahead, name: str, point: Point) -> Any:
    """Distribution of a point of a series in every draw, as the likelihood has it (draw)."""
    from scipy import stats  # slow to import, and needed only to look ahead

    p, asked = ahead.grounds.present.parameters, ahead.grounds.case.question.series[name]
    place = ahead.grounds.layout.series.index(name)
    center, loading, spread = (group[place][:, 0] for group in (p.intercept, p.loading, p.dispersion))
    pull = asked.sign * loading * _driver(ahead, asked.driver, point)
    match asked.kind:
        case "poll":
            share, size = 1 / (1 + (1 / center - 1) * np.exp(-pull)), (1 - spread) / spread
            return stats.betabinom(point.n, share * size, (1 - share) * size)
        case "count":
            return stats.nbinom(1 / spread, 1 / (1 + center * np.exp(pull) * spread))
    middle = np.log(center) if asked.scale == "log" else center
    return stats.t(asked.tail or np.inf, loc=middle + pull, scale=spread)


def _driver(ahead: Ahead, name: str, point: Point) -> Array:
    """Mean of a driver over the months that a point speaks of (draw)."""
    grounds = ahead.grounds
    drivers, first = tuple(grounds.case.question.drivers), grounds.month - grounds.row
    k = drivers.index(name)
    past = grounds.posterior.inside.stacked()["driver_path"][:, : grounds.row + 1, k]
    path = np.concatenate([past, ahead.x[k]], axis=1)
    shares = Grid(first, path.shape[1], drivers).span(point)
    found: Array = path[:, list(shares)] @ np.array(list(shares.values()))
    return found
