"""From the life tables and the beliefs alone to now: what each group of evidence did to P, in log-odds.

With all evidence raised to a power `a`, P moves by ``dE[P]/da = Cov(P, l)``, and ``l``, the log
likelihood, is a sum over groups. The part of a group is the integral of its own covariance
along the path from 0 to 1: its Aumann-Shapley value (Aumann & Shapley 1974, Values of
Non-Atomic Games). Subsets of sixty groups cannot be listed, and weights that led from the
prior to the posterior would leave no draws; covariances need draws at a few powers alone.

The whole is known from the means at both ends. Where it is known far better than the sum of the
covariances, as with dozens of groups, that sum is adjusted to it by least squares (Deming 1943,
Statistical Adjustment of Data): what the parts miss goes to each by the error that it shares
with their sum.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import sqrt
from operator import add

import numpy as np

from hourglass import verdict
from hourglass.attribution import Part, log_odds
from hourglass.panel import Array

NODES = (0.0, 0.0848880518607165, 0.265575603264643, 0.5, 0.734424396735357, 0.9151119481392835, 1.0)
WEIGHTS = (0.0238095238095238, 0.1384130236807829, 0.2158726906049313, 0.2438095238095238,
           0.2158726906049313, 0.1384130236807829, 0.0238095238095238)  # fmt: skip
"""Gauss-Lobatto nodes on [0, 1] and their weights: both ends are needed for the whole."""
BEND = 2
"""The path runs over `t^2`, for P moves fastest where the first evidence comes in."""
POWERS = tuple(node**BEND for node in NODES)
"""Powers of the evidence at which draws are needed."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """Growth of the log-odds of P by group, a unit of power or along the whole path.

    Attributes
    ----------
    each
        As sampled (group).
    variance
        Its Monte Carlo variance (group).
    shared
        Its Monte Carlo covariance with the sum over groups (group): these sum to the sum's variance.
    """

    each: Array
    variance: Array
    shared: Array

    def along(self, speed: float) -> "Slopes":
        """The same along a stretch of the path."""
        return Slopes(speed * self.each, speed**2 * self.variance, speed**2 * self.shared)

    def __add__(self, other: "Slopes") -> "Slopes":
        """Both, from draws of their own."""
        return Slopes(self.each + other.each, self.variance + other.variance, self.shared + other.shared)

    def adjusted(self, whole: float, spread: float) -> tuple[Array, Array]:
        """Growth by each group, made to sum to a whole, and its Monte Carlo error.

        Parameters
        ----------
        spread
            Monte Carlo variance of the whole; the adjustment gains where it is well below that of
            the sum over groups.
        """
        share = self.shared / self.shared.sum()
        left = self.variance - share * self.shared + share**2 * spread
        return self.each + share * (whole - self.each.sum()), np.sqrt(np.maximum(left, 0))


@dataclass(frozen=True, slots=True)
class Stage:
    """Draws of one power of the evidence.

    Attributes
    ----------
    chance
        Chance of entry before any warning is heard (chain, draw).
    density
        Log likelihood of each group of evidence (chain, draw, group).
    weight
        Weights of the draws (chain, draw).
    """

    chance: Array
    density: Array
    weight: Array

    @property
    def mean(self) -> float:
        """P at this power."""
        return float(np.average(self.chance, weights=self.weight))

    @property
    def variance(self) -> float:
        """Monte Carlo variance of the log-odds of P."""
        return (verdict.mcse(self.chance, self.weight) / (self.mean * (1 - self.mean))) ** 2

    def slopes(self) -> Slopes:
        """What each group adds to the log-odds of P a unit of power."""
        share, off = self.mean * (1 - self.mean), self.chance - self.mean
        middle = np.average(self.density, axis=(0, 1), weights=self.weight)
        each = off[..., None] * (self.density - middle) / share
        found = np.average(each, axis=(0, 1), weights=self.weight)
        # P errs in the denominator too.
        return Slopes(found, *self._errors(each - found * ((1 - 2 * self.mean) / share * off)[..., None]))

    def _errors(self, pulls: Array) -> tuple[Array, Array]:
        """Monte Carlo variances of some means, and their covariances with the sum of all; (group) each."""
        columns = np.moveaxis(pulls, -1, 0)
        variance = np.array([verdict.mcse(column, self.weight) for column in columns]) ** 2
        each = np.array([verdict.pull(column, self.weight) for column in columns])
        total, error = each.sum(axis=0), verdict.mcse(columns.sum(axis=0), self.weight)
        shared = error**2 * (each * total).mean(axis=(1, 2)) / (total**2).mean()
        return np.nan_to_num(variance), np.nan_to_num(shared)


@dataclass(frozen=True, slots=True)
class Ascent:
    """The way from no evidence to all of it.

    Attributes
    ----------
    before, after
        P at either end.
    parts
        What each group did, in log-odds, with its Monte Carlo error in words; they sum to the whole.
    missed, error
        Log-odds by which the parts missed the whole before they were adjusted, by quadrature and
        Monte Carlo, and the Monte Carlo standard error of that.
    """

    before: float
    after: float
    parts: tuple[Part, ...]
    missed: float
    error: float


def ascend(draws_at: Callable[[float], Stage], groups: Sequence[str]) -> Ascent:
    """Climb from no evidence to all of it, at the powers `POWERS`."""
    stages = [draws_at(power) for power in POWERS]
    found, (first, *_, last) = integral(stages), stages
    whole, spread = log_odds(last.mean) - log_odds(first.mean), first.variance + last.variance
    parts = tuple(
        Part(name, float(told), f"± {error:.3f}")
        for name, told, error in zip(groups, *found.adjusted(whole, spread), strict=True)
    )
    missed, noise = whole - float(found.each.sum()), sqrt(float(found.shared.sum()) + spread)
    return Ascent(first.mean, last.mean, parts, missed, noise)


def integral(stages: Sequence[Stage]) -> Slopes:
    """Growth along the whole path, from draws at each of `POWERS`."""
    speeds = (weight * BEND * node ** (BEND - 1) for node, weight in zip(NODES, WEIGHTS, strict=True))
    return reduce(
        add, (stage.slopes().along(speed) for stage, speed in zip(stages, speeds, strict=True) if speed)
    )
