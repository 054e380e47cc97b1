"""Whether the machine may be believed: the checks that every forecast must pass.

The gate names what it requires and fails closed: a check whose numbers are absent, not finite
or never run has failed. Limits on R-hat and ESS are those of Vehtari et al. (2021),
https://doi.org/10.1214/20-BA1221.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np

from hourglass.draws import Draws
from hourglass.panel import Array
from hourglass.quantities import Measured, Truth

MOST_R_HAT, MOST_R_HAT_OF_MANY = 1.01, 1.05
LEAST_ESS = 400
LEAST_E_BFMI = 0.3
LEAST_CHAINS = 4
ABSOLUTE_MCSE = 0.002
RELATIVE_MCSE = 0.08

RELATIVE = " mcse"
"""End of the name of a check whose limit follows from the chance it is about."""
VARIABLES = ("theta", "driver_path", "disposition_path", "log_multiplier", "rival_rate")
"""Posterior variables that must be there and have converged."""


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement: its value, its limit, and whether it is met."""

    name: str
    value: Measured
    limit: Measured
    passed: Truth

    @property
    def relative(self) -> bool:
        """Whether the limit follows from the chance that is checked."""
        return self.name.endswith(RELATIVE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of a run."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether there are checks and every one passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """Checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)


def at_most(name: str, value: float, limit: float) -> Check:
    """Check that `value` is a number no greater than `limit`."""
    return Check(name, value, limit, isfinite(value) and value <= limit)


def at_least(name: str, value: float, limit: float) -> Check:
    """Check that `value` is a number no less than `limit`."""
    return Check(name, value, limit, isfinite(value) and value >= limit)


def judge_fit(draws: Draws, *, name: str = "") -> Iterator[Check]:
    """Checks of one fit: convergence of its variables and soundness of its sampler.

    Parameters
    ----------
    draws
        What the sampler left; anything may be missing from it.
    name
        Put before the name of each check, to tell fits apart.
    """
    columns = {key: _columns(draws, key) for key in VARIABLES}
    chains = [len(table) for table in columns.values() if table is not None]
    yield at_least(f"{name}chains", float(min(chains, default=0)), LEAST_CHAINS)
    yield at_most(f"{name}r_hat", _worst(columns, "rhat"), MOST_R_HAT)
    yield at_least(f"{name}ess_bulk", _worst(columns, "bulk"), LEAST_ESS)
    yield at_least(f"{name}ess_tail", _worst(columns, "tail"), LEAST_ESS)
    yield at_most(f"{name}divergences", _count(draws, "diverging"), 0)
    yield at_most(f"{name}saturated_trees", _count(draws, "maxdepth_reached"), 0)
    yield at_least(f"{name}e_bfmi", _e_bfmi(draws), LEAST_E_BFMI)


def faults(draws: Draws, least_ess: float) -> list[str]:
    """What is wrong with one of very many short fits; it is told, and the fit counts like the others.

    Parameters
    ----------
    least_ess
        How many independent draws its draws should be worth.
    """
    columns = {key: _columns(draws, key) for key in VARIABLES}
    told = {
        "divergences": _count(draws, "diverging") <= 0,
        "saturated trees": _count(draws, "maxdepth_reached") <= 0,
        "R-hat": _worst(columns, "rhat") <= MOST_R_HAT_OF_MANY,
        "ESS": _worst(columns, "bulk") >= least_ess,
    }
    return [name for name, sound in told.items() if not sound]


def judge_chance(name: str, draws: Array, weight: Array) -> Iterator[Check]:
    """Checks of a forecast probability, the weighted mean of its draws.

    Parameters
    ----------
    draws, weight
        (chain, draw); weights are 1 where no warning is open.
    """
    columns = {"P": draws[..., None]}
    yield at_most(f"{name} r_hat", _worst(columns, "rhat"), MOST_R_HAT)
    yield at_least(f"{name} ess_bulk", _worst(columns, "bulk"), LEAST_ESS)
    yield at_least(f"{name} ess_tail", _worst(columns, "tail"), LEAST_ESS)
    mean = float(np.average(draws, weights=weight)) if draws.size else nan
    limit = max(ABSOLUTE_MCSE, RELATIVE_MCSE * mean) if isfinite(mean) else ABSOLUTE_MCSE
    yield at_most(f"{name}{RELATIVE}", mcse(draws, weight), limit)


def mcse(draws: Array, weight: Array) -> float:
    """Monte Carlo standard error of the weighted mean of autocorrelated draws (delta method)."""
    if not draws.size or not np.isfinite(draws).all() or not np.isfinite(weight).all():
        return nan
    pulled = pull(draws, weight)
    if not np.ptp(pulled, axis=1).all():
        return nan
    from arviz_stats.base.array import array_stats  # as below

    return float(array_stats.mcse(pulled, chain_axis=0, draw_axis=1, method="mean"))


def pull(draws: Array, weight: Array) -> Array:
    """How far each draw pulls the weighed mean, mean 0 (delta method); the shape of `draws`."""
    pulled: Array = weight / weight.mean() * (draws - np.average(draws, weights=weight))
    return pulled


def _columns(draws: Draws, key: str) -> Array | None:
    """Draws of a variable as (chain, draw, column); None where it is absent or empty."""
    values = draws.posterior.get(key)
    if values is None or values.ndim < 3 or not values.shape[0] * values.shape[1]:
        return None
    table: Array = values.reshape(*values.shape[:2], int(np.prod(values.shape[2:])))
    return table


def _worst(columns: Mapping[str, Array | None], what: str) -> float:
    """Worst value of a diagnostic over all columns; NaN where any is absent or not finite."""
    from arviz_stats.base.array import array_stats  # slow to import, and needed only after a fit

    found = [np.zeros(0)]
    for table in columns.values():
        if table is None or table.shape[0] < 2 or table.shape[1] < 4 or not np.isfinite(table).all():
            return nan
        if not np.ptp(table, axis=1).all():  # a chain that never moved says nothing
            return nan
        if not table.shape[2]:  # a question without rivals or without dispositions
            continue
        match what:
            case "rhat":
                each = array_stats.rhat(table, chain_axis=0, draw_axis=1)
            case "bulk":
                each = array_stats.ess(table, chain_axis=0, draw_axis=1, method="bulk")
            case _:
                each = array_stats.ess(table, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
        found.append(np.atleast_1d(each))
    worst = np.concatenate(found)
    if not worst.size or not np.isfinite(worst).all():
        return nan
    return float(worst.max() if what == "rhat" else worst.min())


def _count(draws: Draws, key: str) -> float:
    values = draws.stats.get(key)
    return nan if values is None or not values.size else float(values.sum())


def _e_bfmi(draws: Draws) -> float:
    from arviz_stats.base.array import array_stats  # as above

    energy = draws.stats.get("energy")
    if energy is None or energy.size == 0 or not np.isfinite(energy).all():
        return nan
    return float(np.min(array_stats.bfmi(energy, chain_axis=0, draw_axis=1)))
