"""How P answers to a little more or less faith in each prior and in the evidence.

Power-scaling (Kallioinen et al. 2024, https://doi.org/10.1007/s11222-023-10366-5): a prior's or
the evidence's density is raised to a power near 1, the draws are weighed for it, and the change
of a distribution is measured, by the power's base-2 logarithm. A prior is scaled in the
standard normal behind its parameter, where a power `a` is a variance of `1/a`.
"""

from dataclasses import dataclass

import numpy as np

from hourglass import belief, likelihood, reweighting, verdict
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.standing import Standing

POWERS = (0.99, 1.01)
NOTICEABLE = 0.05
"""Sensitivity from which Kallioinen et al. call a distribution sensitive."""
FAR = 1.0
"""Prior standard deviations beyond which a parameter lies far from what was believed."""
EVIDENCE, TABLES = "evidence", "life tables"
ALWAYS = "reference.nu"
"""Prior whose sensitivity is always told: life tables cannot tell it from others."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How P answers to one prior, or to the evidence.

    Attributes
    ----------
    about
        Path of the belief, or `evidence` (items, series, own quiet), or `life tables`.
    of_chance
        Power-scaling sensitivity of the draws' chances.
    per_doubling, error
        Change of the log-odds of P for a doubling of the power, to first order, and its Monte
        Carlo standard error.
    own, told
        Sensitivity of the parameter itself to its prior, and to all the data.
    shift
        Mean of the standard normal behind the parameter, 0 before any data.

    The last three are None where there is no parameter.
    """

    about: str
    of_chance: float
    per_doubling: float
    error: float
    own: float | None = None
    told: float | None = None
    shift: float | None = None

    @property
    def conflict(self) -> bool:
        """Whether prior and data pull the parameter apart.

        Both hold it (`own` and `told` are noticeable), and it lies further than one standard
        deviation of its prior from the prior's middle. Without the last, elicited priors would be
        flagged by the dozen: they are meant to be informative. P itself is not asked, for it
        answers to a prior and to the evidence wherever both matter.
        """
        if self.own is None or self.told is None or self.shift is None:
            return False
        return min(self.own, self.told) >= NOTICEABLE and abs(self.shift) > FAR


def sensitivities(stand: Standing) -> tuple[Sensitivity, ...]:
    """Sensitivity of P to every prior and to the data, the strongest first."""
    at = reweighting.equal(stand.weight, len(stand.weight))
    theta, chance = stand.posterior.inside.stacked()["theta"], stand.chance
    evidence, tables = _data(stand)
    of_data = _scaled((evidence + tables)[at])
    grid, weight = stand.posterior.inside.grid, stand.weight
    found = []
    for about, density in ((EVIDENCE, evidence), (TABLES, tables)):
        moved = slope(*(part.reshape(grid) for part in (chance, density, weight)))
        found.append(Sensitivity(about, _answer(chance[at], _scaled(density[at])), *moved))
    normals = belief.normals(stand.layout.curves, theta)
    for j, name in enumerate(stand.layout.names):
        prior = -0.5 * normals[:, j] ** 2
        weights, moved = _scaled(prior[at]), slope(*(part.reshape(grid) for part in (chance, prior, weight)))
        own, told = _answer(theta[at, j], weights), _answer(theta[at, j], of_data)
        shift = float(normals[at, j].mean())
        found.append(Sensitivity(name, _answer(chance[at], weights), *moved, own, told, shift))
    return tuple(sorted(found, key=lambda one: -one.of_chance))


def _data(stand: Standing) -> tuple[Array, Array]:
    """Log likelihood of the evidence and of the life tables; (draw) each."""
    flat, layout = stand.posterior.inside.stacked(), stand.layout
    x, u = stand.posterior.inside.states()
    parts = likelihood.log_densities(
        NUMPY, stand.present.parameters, layout, stand.posterior.panel,
        np.exp(flat["log_multiplier"]), flat["rival_rate"], x, u,
    )  # fmt: skip
    tables = parts.pop("tables").sum(axis=-1)
    return sum((part.sum(axis=-1) for part in parts.values()), np.zeros_like(tables)), tables


def _scaled(density: Array) -> tuple[Array, Array]:
    """Weights of the draws under the lower and the upper power; each sums to 1."""
    from arviz_stats.base.array import array_stats  # slow to import, and needed only here

    logs = [array_stats.power_scale_lw(density[None], alpha=power, axis=[0, 1]) for power in POWERS]
    lower, upper = (np.exp(log - log.max()).ravel() for log in logs)
    return lower / lower.sum(), upper / upper.sum()


def _answer(values: Array, weights: tuple[Array, Array]) -> float:
    """Sensitivity of a quantity: how far its distribution moves with the power."""
    from arviz_stats.base.array import array_stats  # as above

    lower, upper = weights
    return float(array_stats.power_scale_sense(values[None], lower[None], upper[None], *POWERS))


def slope(chance: Array, density: Array, weight: Array) -> tuple[float, float]:
    """Change of the log-odds of the mean chance for a doubling of a density's power, and its error.

    Parameters
    ----------
    chance, density, weight
        Chance of entry, logarithm of the density, and weight of each draw; (chain, draw) each.

    Returns
    -------
    The covariance of chance and log density over the spread of a single trial, and its Monte Carlo
    standard error (delta method: the mean chance errs along with the covariance).
    """
    mean, centre = (np.average(part, weights=weight) for part in (chance, density))
    spread = mean * (1 - mean)
    joint = (chance - mean) * (density - centre)
    found = np.average(joint, weights=weight) / spread
    pulled = joint / spread - found * (1 - 2 * mean) / spread * (chance - mean)
    return float(np.log(2) * found), float(np.log(2) * verdict.mcse(pulled, weight))
