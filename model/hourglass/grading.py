"""How answers to questions with known answers fared: scores, recalibration, hit rates.

Questions are resampled whole, since forecasts of one question on several days share its fate.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from scipy import optimize, stats
from scipy.special import expit, logit

from hourglass.panel import Array

RESAMPLES = 2000
RESAMPLE_SEED = 5000
EDGES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""Bins of the chance given."""
FLAT = 1e-4
"""Gradient a row at which a regression has arrived."""
WIDEST_SLOPE = 0.25
"""Width of the interval of the slope that so many questions must reach."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Answers on every day on which a question was open, each question's in the order of days.

    Attributes
    ----------
    question
        Number of the question (row).
    entered
        Whether entry came (row).
    chances
        Chance given by each answerer (row) by name.
    """

    question: Array
    entered: Array
    chances: dict[str, Array]


def marks(results: Sequence[dict[str, Any]]) -> Marks:
    """Marks of the results of `examination.trial`."""
    rows = [row for one in results for row in one["rows"]]
    names = rows[0]["chances"]
    return Marks(
        question=np.array([row["question"] for row in rows]),
        entered=np.array([row["entered"] for row in rows], dtype=float),
        chances={name: np.array([row["chances"][name] for row in rows]) for name in names},
    )


@dataclass(frozen=True, slots=True)
class Soundness:
    """How far the fits behind answers can be trusted; those with a fault count like all others.

    Attributes
    ----------
    failed, faults
        Fits with any fault, and how many have each.
    error, most
        Monte Carlo standard error of P, as a share of P: of the middle fit, and of the worst.
    """

    fits: int
    failed: int
    faults: Mapping[str, int]
    error: float
    most: float


def soundness(results: Iterable[Mapping[str, Any]]) -> Soundness:
    """Soundness of all fits of the results of `examination.trial`, whoever answered."""
    fits = [
        fit | {"chance": row["chances"][name]}
        for one in results
        for row in one["rows"]
        for name, fit in row["fits"].items()
    ]
    told = Counter(fault for fit in fits for fault in fit["faults"])
    shares = np.array([fit["error"] / fit["chance"] for fit in fits])
    return Soundness(
        fits=len(fits),
        failed=sum(bool(fit["faults"]) for fit in fits),
        faults=dict(sorted(told.items())),
        error=float(np.median(shares)),
        most=float(shares.max()),
    )


def log_scores(chance: Array, entered: Array) -> Array:
    """Logarithm of the chance given to what happened."""
    return np.log(np.where(entered > 0, chance, 1 - chance))


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def lead(told: Marks, ours: str, rival: str) -> Interval:
    """Mean log score of one answerer minus that of another, resampled by question."""
    each = log_scores(told.chances[ours], told.entered) - log_scores(told.chances[rival], told.entered)
    return _mean(told, each)


def surplus(told: Marks, name: str) -> Interval:
    """Share of forecasts after which entry came less the mean chance given, resampled by question."""
    return _mean(told, told.entered - told.chances[name])


def _mean(told: Marks, each: Array) -> Interval:
    """Mean over rows, resampled by question."""
    copies, place = _copies(told)
    sums, rows = np.bincount(place, each), np.bincount(place)
    again = (copies @ sums) / (copies @ rows)
    return Interval(float(each.mean()), *_ends(again))


def _copies(told: Marks) -> tuple[Array, Array]:
    """How often each question stands in each resample (resample, question), and each row's question."""
    names, place = np.unique(told.question, return_inverse=True)
    rng = np.random.default_rng(RESAMPLE_SEED)
    return rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES), place


def _ends(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def recalibration(told: Marks, name: str) -> Interval:
    """Slope of the log-odds of entry on those of the chance given: 1 where it need not be stretched."""
    copies, place = _copies(told)
    x = logit(told.chances[name])
    again = np.array([_slope(x, told.entered, weight[place]) for weight in copies])
    return Interval(_slope(x, told.entered, np.ones(len(x))), *_ends(again))


def _slope(x: Array, y: Array, weight: Array) -> float:
    """Slope of a weighted logistic regression with an intercept."""
    design = np.column_stack([np.ones_like(x), x])

    def loss(beta: Array) -> tuple[float, Array]:
        line = design @ beta
        told = weight @ (np.logaddexp(0, line) - y * line)
        return float(told), design.T @ (weight * (expit(line) - y))

    found = optimize.minimize(loss, [0.0, 1.0], jac=True, method="BFGS")
    return float(found.x[1]) if np.abs(np.asarray(found.jac)).max() < FLAT * len(y) else nan


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts whose chance lies between two edges.

    Attributes
    ----------
    mean
        Their mean chance.
    hits
        Share of them in which entry came.
    least, most
        Where that share lies with 99 % were the chances right.
    """

    n: int
    mean: float
    hits: float
    least: float
    most: float

    @property
    def held(self) -> bool:
        """Whether the share lies where it should."""
        return self.least <= self.hits <= self.most


def reliability(told: Marks, name: str) -> tuple[Bin, ...]:
    """Bins of the first forecast of each question, so that they are independent.

    A day drawn from those on which the question was open would not do: a question that ends soon has few
    of them, so its first one, after which entry came, would be drawn more often than that of others.
    """
    first = np.unique(told.question, return_index=True)[1]
    chance, entered = told.chances[name][first], told.entered[first]
    place = np.clip(np.digitize(chance, EDGES) - 1, 0, len(EDGES) - 2)
    return tuple(_bin(chance[place == i], entered[place == i]) for i in np.unique(place))


def _bin(chance: Array, entered: Array) -> Bin:
    n, mean = len(chance), float(chance.mean())
    least, most = stats.binom.interval(0.99, n, mean)
    return Bin(n, mean, float(entered.mean()), float(least) / n, float(most) / n)


@dataclass(frozen=True, slots=True)
class Grade:
    """How one answerer fared over all questions.

    Attributes
    ----------
    leads
        Lead in mean log score over each rival, by name.
    surplus, fair
        How much more often entry came than the chances said, on average over all forecasts, and
        than one who knows the worlds would have said: luck of the draw.
    short
        How much less the chances said than one who knows the worlds would have, on average.
    """

    name: str
    questions: int
    rows: int
    entries: int
    log_score: dict[str, float]
    brier: dict[str, float]
    leads: dict[str, Interval]
    slope: Interval
    surplus: Interval
    fair: Interval
    short: Interval
    bins: tuple[Bin, ...]

    @property
    def passed(self) -> bool:
        """Whether it beats every rival, needs no stretching, and hits as often as it says."""
        ahead = all(one.low > 0 for one in self.leads.values())
        slope = self.slope.low <= 1 <= self.slope.high and self.slope.high - self.slope.low < WIDEST_SLOPE
        return ahead and slope and all(one.held for one in self.bins)


def grade(told: Marks, name: str, rivals: Sequence[str], best: str) -> Grade:
    """Grade of one answerer against its rivals, beside the `best`, who knows the worlds."""
    everyone = (name, *rivals, best)
    return Grade(
        name=name,
        questions=len(np.unique(told.question)),
        rows=len(told.question),
        entries=int(told.entered.sum()),
        log_score={n: float(log_scores(told.chances[n], told.entered).mean()) for n in everyone},
        brier={n: float(np.mean((told.chances[n] - told.entered) ** 2)) for n in everyone},
        leads={rival: lead(told, name, rival) for rival in rivals},
        slope=recalibration(told, name),
        surplus=surplus(told, name),
        fair=surplus(told, best),
        short=_mean(told, told.chances[best] - told.chances[name]),
        bins=reliability(told, name),
    )
