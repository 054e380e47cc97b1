"""What the figures of trust show, as plain numbers: other beliefs, priors, draws, what was expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hourglass import belief, phrases
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.fitness import Expected
from hourglass.panel import Array
from hourglass.sensitivity import ALWAYS, NOTICEABLE, Sensitivity
from hourglass.standing import Standing
from hourglass.summary import Forecast, Horizon

GRID = 161
"""Points at which a density is drawn."""
BINS = 20
"""Columns of a rank plot."""


@dataclass(frozen=True, slots=True)
class View:
    """What one set of beliefs makes of the evidence within one horizon."""

    name: str
    within: str
    mean: float
    q05: float
    q25: float
    q75: float
    q95: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How the log-odds of P answer to one prior, or to the evidence, counting double.

    `error` is the Monte Carlo standard error of `per_doubling`. `strong` says that the distribution
    of P moves noticeably; `conflict` that prior and data pull the parameter apart.
    """

    about: str
    per_doubling: float
    error: float
    strong: bool
    conflict: bool


@dataclass(frozen=True, slots=True)
class Level:
    """Density of a driver's level before any data and after all of it, at the points of `grid`."""

    name: str
    title: str
    grid: tuple[float, ...]
    prior: tuple[float, ...]
    posterior: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """Points of one series as they enter; `share` says that they are read in percent."""

    name: str
    title: str
    unit: str
    share: bool
    points: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Ranks:
    """How often the draws of each chain fell into each part of the ranks of all.

    Attributes
    ----------
    counts
        Of each chain, by part; chains that agree fill all parts alike.
    """

    name: str
    title: str
    counts: tuple[tuple[int, ...], ...]


def views(told: Iterable[tuple[str, Forecast]]) -> tuple[View, ...]:
    """Views of some forecasts by name, horizon by horizon; withheld ones are left out."""
    return tuple(
        view for name, forecast in told for h in forecast.horizons if (view := _view(name, h)) is not None
    )


def _view(name: str, h: Horizon) -> View | None:
    match h:
        case Horizon(mean=float(m), q05=float(a), q25=float(b), q75=float(c), q95=float(d)):
            return View(name, phrases.span(h.months), m, a, b, c, d)
    return None


def answers(told: Sequence[Sensitivity], most: int = 12) -> tuple[Answer, ...]:
    """How P answers to the priors it rests on most, in their order, and to the always told ones."""
    kept = [one for i, one in enumerate(told) if i < most or one.about == ALWAYS or one.conflict]
    return tuple(
        Answer(one.about, one.per_doubling, one.error, one.of_chance >= NOTICEABLE, one.conflict)
        for one in kept
    )


def levels(case: Case, found: Posterior) -> tuple[Level, ...]:
    """Every driver's lasting level, before and after the data."""
    names = list(found.inside.coords["parameter"])
    theta = found.inside.stacked()["theta"]
    return tuple(
        _level(name, driver.title, belief.curve(driver.level), theta[:, at], found.weight)
        for name, driver in case.question.drivers.items()
        for at in [names.index(f"drivers.{name}.level")]
    )


def _level(name: str, title: str, line: belief.Curve, draws: Array, weight: Array) -> Level:
    from scipy.stats import gaussian_kde  # slow to import, and needed only here

    low, high = min(draws.min(), -3.0), max(draws.max(), 3.0)
    grid = np.linspace(low, high, GRID)
    prior = tuple(belief.density(float(at), line) for at in grid)
    posterior = gaussian_kde(draws, weights=weight)(grid)
    return Level(name, title, tuple(grid.tolist()), prior, tuple(posterior.tolist()))


def expectations(case: Case, told: Iterable[Expected]) -> tuple[Expectation, ...]:
    """Every series that has spoken, beside its replicas."""
    points = tuple(told)
    found = ((name, asked, tuple(p for p in points if p.series == name))
             for name, asked in case.question.series.items())  # fmt: skip
    return tuple(
        Expectation(name, asked.title, asked.entering, asked.kind == "poll", mine)
        for name, asked, mine in found
        if mine
    )


def ranks(stand: Standing) -> tuple[Ranks, ...]:
    """Rank plots of P and of every driver's lasting level, over the chains of the fit."""
    inside = stand.posterior.inside
    names = list(inside.coords["parameter"])
    theta = inside.posterior["theta"]
    chance = stand.chance.reshape(inside.grid)
    within = f"chance within {phrases.span(stand.horizon.months)}"
    drivers = stand.case.question.drivers.items()
    return (
        _ranks("chance", within, chance),
        *(_ranks(k, d.title, theta[:, :, names.index(f"drivers.{k}.level")]) for k, d in drivers),
    )


def _ranks(name: str, title: str, draws: Array) -> Ranks:
    """Count the ranks of (chain, draw) among all draws, chain by chain."""
    from arviz_stats.base.array import array_stats  # slow to import, and needed only here

    placed = array_stats.compute_ranks(draws, axis=[0, 1], relative=False)
    edges = np.linspace(0.5, draws.size + 0.5, BINS + 1)
    counts = tuple(tuple(int(n) for n in np.histogram(chain, edges)[0]) for chain in placed)
    return Ranks(name, title, counts)
