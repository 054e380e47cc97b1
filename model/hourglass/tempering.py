"""From what the class alone says to now: what each group of evidence did to P, in log-odds.

With all evidence raised to a power `a`, P moves by ``dE[P]/da = Cov(P, l)``, and ``l``, the log
likelihood, is a sum over groups. The part of a group is the integral of its own covariance
along the path from 0 to 1: its Aumann-Shapley value (Aumann & Shapley 1974, Values of
Non-Atomic Games). Subsets of sixty groups cannot be listed, and weights that led from the
prior to the posterior would leave no draws; covariances need draws at a few powers alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

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

    def slopes(self) -> tuple[Array, Array]:
        """What each group adds to the log-odds of P a unit of power, and its Monte Carlo error."""
        share = self.mean * (1 - self.mean)
        middle = np.average(self.density, axis=(0, 1), weights=self.weight)
        each = (self.chance - self.mean)[..., None] * (self.density - middle) / share
        errors = [verdict.mcse(each[..., g], self.weight) for g in range(each.shape[2])]
        return np.average(each, axis=(0, 1), weights=self.weight), np.nan_to_num(np.array(errors))


@dataclass(frozen=True, slots=True)
class Ascent:
    """The way from no evidence to all of it.

    Attributes
    ----------
    before, after
        P at either end.
    parts
        What each group did, in log-odds, with its Monte Carlo error in words.
    left
        Log-odds of the whole that the parts do not tell: quadrature and Monte Carlo.
    """

    before: float
    after: float
    parts: tuple[Part, ...]
    left: float


def ascend(draws_at: Callable[[float], Stage], groups: Sequence[str]) -> Ascent:
    """Climb from no evidence to all of it, at the powers `POWERS`."""
    total, variance, ends = np.zeros(len(groups)), np.zeros(len(groups)), []
    for node, weight, power in zip(NODES, WEIGHTS, POWERS, strict=True):
        stage = draws_at(power)
        if power in (0.0, 1.0):
            ends.append(stage.mean)
        speed = weight * BEND * node ** (BEND - 1)
        if speed:
            slopes, errors = stage.slopes()
            total, variance = total + speed * slopes, variance + (speed * errors) ** 2
    before, after = ends
    parts = tuple(
        Part(name, float(told), f"± {sqrt(spread):.3f}")
        for name, told, spread in zip(groups, total, variance, strict=True)
    )
    return Ascent(before, after, parts, log_odds(after) - log_odds(before) - float(total.sum()))
