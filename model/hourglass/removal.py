"""Draws of a fit as they would stand without some of the evidence, under a guard.

A draw's weight is its whole likelihood without the items over that with them. The weights are
Pareto-smoothed (Vehtari et al. 2024, https://jmlr.org/papers/v25/19-556.html); where they fail
their guard, only a new fit can tell.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from math import log10

import numpy as np

from hourglass import likelihood, verdict
from hourglass.assembly import build
from hourglass.case import Case
from hourglass.grounds import Grounds
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.verdict import Check

MOST_K_HAT = 0.7


@dataclass(frozen=True, slots=True)
class Removal:
    """The question without some items, and what that makes of each draw.

    Attributes
    ----------
    weight
        (draw), mean 1.
    k_hat
        Shape of the weights' tail; 0 where no weight changes.
    """

    case: Case
    weight: Array
    k_hat: float

    @property
    def checks(self) -> Iterator[Check]:
        """Guard of the weights: a tail that is not too heavy, and draws enough that count."""
        yield verdict.at_most("without k_hat", self.k_hat, min(1 - 1 / log10(len(self.weight)), MOST_K_HAT))
        worth = float(self.weight.sum() ** 2 / (self.weight**2).sum())
        yield verdict.at_least("without ess", worth, verdict.LEAST_ESS)


def remove(grounds: Grounds, items: Collection[str]) -> Removal:
    """Take items out of what was known at as-of, by their ids.

    A warning weighs in no draw's likelihood and only leaves the case; an item that the removed
    one revises stays revised.
    """
    known = grounds.case.evidence(grounds.as_of)
    left = grounds.case.with_ledger(
        replace(known, items=tuple(item for item in known.items if item.id not in items))
    )
    panel, _ = build(left, grounds.as_of, grounds.posterior.inside.months)
    ratio = _log_density(grounds, panel) - _log_density(grounds, grounds.posterior.panel)
    if not np.ptp(ratio):
        return Removal(left, grounds.weight, 0.0)
    from arviz_stats.base.array import array_stats  # slow to import, and needed only here

    # It weighs by the inverse of what it is given.
    smooth, k_hat = array_stats.psislw(-(ratio + np.log(grounds.weight)))
    weight = np.exp(smooth - smooth.max())
    return Removal(left, weight / weight.mean(), float(k_hat))


def _log_density(grounds: Grounds, panel: Panel) -> Array:
    """Log density of all readings and events of a panel, the parts that items enter; (draw)."""
    flat, layout, p = grounds.posterior.inside.stacked(), grounds.layout, grounds.present.parameters
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]
    told = likelihood.readings(NUMPY, p, panel, x).sum(axis=-1)
    found: Array = told + likelihood.episodes(NUMPY, p, layout, panel, x, u).sum(axis=-1)
    return found
