"""Draws of a fit as they would stand without some of the evidence, under a guard."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from hourglass import reweighting
from hourglass.assembly import build
from hourglass.case import Case
from hourglass.grounds import Grounds
from hourglass.reweighting import Weights


@dataclass(frozen=True, slots=True)
class Removal:
    """The question without some items, and what that makes of each draw."""

    case: Case
    weights: Weights


def remove(grounds: Grounds, items: Collection[str]) -> Removal:
    """Take items out of what was known at as-of, by their ids.

    A warning weighs in no draw's likelihood and only leaves the case; an item that the removed
    one revises stays revised.
    """
    known = grounds.case.evidence(grounds.as_of)
    left = grounds.case.with_ledger(
        replace(known, items=tuple(item for item in known.items if item.id not in items))
    )
    found = grounds.posterior
    panel, _ = build(left, grounds.as_of, found.inside.months)
    ratio = reweighting.log_ratio(grounds.layout, found.inside, found.panel, panel)
    if found.weights is not None and not np.ptp(ratio):
        return Removal(left, found.weights)
    return Removal(left, reweighting.smooth(found.log_ratio + ratio))
