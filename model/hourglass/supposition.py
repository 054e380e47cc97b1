"""What is given of months to come: where drivers stand, and with what chance a gate is passed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hourglass import likelihood
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.parameters import Layout, Parameters


@dataclass(frozen=True, slots=True)
class Given:
    """States and chances that hold in some months, each by the count of the month.

    Attributes
    ----------
    states
        Where walks stand, by their place among drivers and then dispositions: a level for every
        draw or one for each (draw, 1).
    passing
        Chance that an occasion passes a gate, by the place of the gate.
    """

    states: Mapping[int, Mapping[int, float | Array]] = field(default_factory=dict)
    passing: Mapping[int, Mapping[int, float]] = field(default_factory=dict)


NOTHING = Given()


def relative_risk(
    p: Parameters, layout: Layout, x: Sequence[Array], u: Sequence[Array], passing: Mapping[int, float]
) -> Array:
    """Hazard relative to that of the typical state, some gates passed with a given chance."""
    risk: Array = likelihood.relative_risk(NUMPY, p, layout, x, u)
    if passing:
        logits = likelihood.gate_logits(NUMPY, p, layout, x, u)
        for gate, chance in passing.items():
            risk = risk * chance * (1 + np.exp(-logits[gate]))
    return risk
