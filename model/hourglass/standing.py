"""One run's chance of entry by one horizon, draw by draw, ready to be asked what bears on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hourglass import incidence, parameters, prospect
from hourglass.assembly import months_to
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.incidence import Present
from hourglass.ledger import Sighting
from hourglass.panel import Array
from hourglass.parameters import Layout
from hourglass.prospect import Prospect
from hourglass.record import Record
from hourglass.summary import Horizon


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the draws of a run stand at its as-of, and what lies ahead of them.

    Attributes
    ----------
    warnings
        Those that are open.
    chance, warned
        Chance of entry within the horizon, and what the open warnings make of each draw (`D`);
        (draw) both.
    """

    run: Record
    horizon: Horizon
    layout: Layout
    present: Present
    prospect: Prospect
    warnings: tuple[Sighting, ...]
    chance: Array
    warned: Array

    @property
    def case(self) -> Case:
        """The question as the run was asked it."""
        return self.run.case

    @property
    def posterior(self) -> Posterior:
        """Draws of the run, and their weights."""
        return self.run.found

    @property
    def weight(self) -> Array:
        """Weight of each draw; (draw)."""
        return self.posterior.weight * self.warned

    @property
    def mean(self) -> float:
        """P, the mean chance of the weighed draws."""
        return float(np.average(self.chance, weights=self.weight))


def of(run: Record, horizon: Horizon) -> Standing:
    """Standing of a run before one of its horizons."""
    structure = parameters.layout(run.case.question)
    now = months_to(run.case.question, run.as_of) - 1
    present = incidence.present(run.found.inside, structure, run.found.panel, now)
    warnings = incidence.open_warnings(run.case.evidence(run.as_of), run.as_of)
    ahead = look(run, structure, present, horizon, warnings)
    told, warned = ahead.heard(warnings)
    return Standing(run, horizon, structure, present, ahead, warnings, told / warned, warned)


def look(
    run: Record, layout: Layout, present: Present, horizon: Horizon, warnings: Sequence[Sighting]
) -> Prospect:
    """Prospect of a run from a present, time cut where the run cut it."""
    also = [h.date for h in run.forecast.horizons] + [w.window_end for w in warnings]
    seed = run.forecast.run.seed
    return prospect.ahead(run.case, layout, present, run.as_of, horizon.date, also, seed)
