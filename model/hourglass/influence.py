"""What each item does to P: the forecast without it, and with a driver at its typical level."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from hourglass import information, reweighting, standing, verdict
from hourglass.attribution import log_odds
from hourglass.incidence import Present
from hourglass.panel import Array
from hourglass.standing import Standing

CLEAR = 3
"""Monte Carlo standard errors beyond which what an item adds is told from nothing: there are many items."""


@dataclass(frozen=True, slots=True)
class Influence:
    """What one item does to P.

    Attributes
    ----------
    without
        P had the item never been; a month's readings of one origin stand as one, `a+b`.
    log_odds
        What the item adds to the log-odds of P.
    mcse
        Monte Carlo standard error of `log_odds`; too small where `k_hat` is near its limit.
    k_hat
        Shape of the tail of the weights; 0 for a warning, which weighs exactly.
    sound
        Whether the weights pass their guard.
    """

    item: str
    without: float
    log_odds: float
    mcse: float
    k_hat: float
    sound: bool

    @property
    def clear(self) -> bool:
        """Whether the weights are sound and what the item adds stands out of the noise of the draws."""
        return self.sound and abs(self.log_odds) > CLEAR * self.mcse


def influences(stand: Standing) -> tuple[Influence, ...]:
    """Influence of each item that weighs, the strongest first.

    The draws are weighed by one over the density of the item given the rest of its origin:
    leave-one-out by importance weights, Pareto-smoothed (Vehtari et al. 2024). That an episode
    is left out takes all its reports away.
    """
    posterior = stand.posterior
    each = information.item_log_likelihood(stand.case, posterior.panel, posterior.labels, posterior.inside)
    found = [*_unwarned(stand)]
    for item, density in each.items():
        weights = reweighting.smooth(posterior.log_ratio - density.ravel())
        sound = all(check.passed for check in weights.checks("weights"))
        weight = weights.weight * stand.warned
        found.append(_influence(stand, item, stand.chance, weight, weights.k_hat, sound=sound))
    return tuple(sorted(found, key=lambda one: -abs(one.log_odds)))


def _unwarned(stand: Standing) -> Iterable[Influence]:
    """Influence of each open warning: what the others make of P."""
    for warning in stand.warnings:
        chance, warned = stand.prospect.heard([w for w in stand.warnings if w != warning])
        weight = stand.posterior.weight * warned
        yield _influence(stand, warning.id, chance / warned, weight, 0.0, sound=True)


def _influence(
    stand: Standing, item: str, chance: Array, weight: Array, k_hat: float, *, sound: bool
) -> Influence:
    """Influence of an item from the chance of each draw without it, and the draw's weight then."""
    without = float(np.average(chance, weights=weight))
    apart = _log_odds_pull(stand.chance, stand.weight) - _log_odds_pull(chance, weight)
    grid = stand.posterior.inside.grid
    error = verdict.mcse(apart.reshape(grid), np.ones(grid)) if np.ptp(apart) else 0.0
    return Influence(item, without, log_odds(stand.mean) - log_odds(without), error, k_hat, sound)


def _log_odds_pull(chance: Array, weight: Array) -> Array:
    """How far each draw pulls the log-odds of the weighed mean chance; (draw), mean 0."""
    mean = np.average(chance, weights=weight)
    pulled: Array = verdict.pull(chance, weight) / (mean * (1 - mean))
    return pulled


@dataclass(frozen=True, slots=True)
class Typical:
    """P were a driver, or every one, typical from as-of on."""

    driver: str
    chance: float
    log_odds: float


EVERY = "every driver"


def typical(stand: Standing) -> tuple[Typical, ...]:
    """P with each driver, and then every one, at its typical level from as-of on.

    Level and present are both 0, and the driver then walks about 0. The past stays as it was:
    the draws keep their weights and the risk run so far.
    """
    drivers = range(len(stand.layout.drivers))
    cases = [(name, [k]) for k, name in enumerate(stand.layout.drivers)]
    found = []
    for name, which in [*cases, (EVERY, list(drivers))]:
        ahead = standing.look(
            stand.run, stand.layout, _at_rest(stand.present, which), stand.horizon, stand.warnings
        )
        chance, warned = ahead.heard(stand.warnings)
        mean = float(np.average(chance / warned, weights=stand.weight))
        found.append(Typical(name, mean, log_odds(mean) - log_odds(stand.mean)))
    return tuple(found)


def _at_rest(present: Present, drivers: list[int]) -> Present:
    """Same present with some drivers at 0, their walk and their level."""
    levels, walk = list(present.parameters.level), list(present.walk)
    for k in drivers:
        levels[k], walk[k] = np.zeros_like(levels[k]), np.zeros_like(walk[k])
    return replace(present, parameters=replace(present.parameters, level=tuple(levels)), walk=walk)
