"""What looks ahead start from in tests: draws from the priors, taken for a fit of the shipped question."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import folders
import numpy as np
from test_forecaster import AS_OF, prior_fit

from hourglass import assembly, calendar, estimate, grounds, store
from hourglass import case as cases
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.grounds import Grounds
from hourglass.ledger import Item, Ledger, Ratio, Reading, Sighting, Source
from hourglass.panel import Array, Panel
from hourglass.prospects import Ahead
from hourglass.reweighting import Weights
from hourglass.summary import Forecast, Run

ASKED = [(months, calendar.months_after(AS_OF, months)) for months in (3, 12)]
HORIZON = ASKED[-1][1]
NEXT = calendar.months_after(AS_OF, 1)
STATED = {
    "date": AS_OF, "known": AS_OF, "grade": "B2", "claim": "A claim.",
    "source": Source(title="News", url="", date=AS_OF),
}  # fmt: skip


@cache
def shipped() -> Case:
    """Load the shipped question."""
    return cases.load(folders.SHIPPED, folders.PLACE, folders.TODAY)


@cache
def forecast() -> Forecast:
    """Forecast from draws from the priors and the shipped ledger's open warnings."""
    run = Run("run", "path", "nuts", "run", False, 1, 0.0, {})
    panel, labels = assembly.build(shipped(), AS_OF)
    found = Posterior(panel, labels, prior_fit(), prior_fit())
    made = estimate.summarise(shipped(), AS_OF, ASKED, store.inputs(shipped(), AS_OF), run, found)
    assert made.verdict.passed
    return made


@cache
def standing() -> Grounds:
    """Stand on that forecast."""
    return grounds_of(shipped())


def grounds_of(case: Case, weight: Array | None = None) -> Grounds:
    """Stand on another ledger, as if the same draws were fitted to it."""
    panel, labels = assembly.build(case, AS_OF)
    with np.errstate(divide="ignore"):  # a draw that an update has ruled out
        weights = None if weight is None else Weights(weight, 0.0, float(len(weight)), np.log(weight))
    found = Posterior(panel, labels, prior_fit(), prior_fit(), weights)
    return grounds.stand(case, AS_OF, ASKED, forecast(), found)


def holding(*items: Item) -> Case:
    """Give the shipped question a ledger of these items alone."""
    return shipped().with_ledger(Ledger(items))


def reading(name: str, **changed: object) -> Reading:
    stated: dict[str, object] = {"id": name, "origin": name, "driver": "pressure", "level": 1.0}
    return Reading.model_validate(STATED | stated | changed)


def sight(name: str, low: float, middle: float, high: float, /, **changed: object) -> Sighting:
    stated: dict[str, object] = {
        "id": name, "origin": name, "window_months": 12, "found": True,
        "ratio": Ratio(q05=low, q50=middle, q95=high, because="test"),
    }  # fmt: skip
    return Sighting.model_validate(STATED | stated | changed)


def paths(ahead: Ahead) -> tuple[list[Array], list[Array]]:
    """Drivers and dispositions of all draws through the month after as-of, one (draw, month) each."""
    flat, row = ahead.grounds.posterior.inside.stacked(), ahead.grounds.row
    known: Sequence[tuple[str, list[Array]]] = [("driver_path", ahead.x), ("disposition_path", ahead.u)]
    x, u = (
        [np.concatenate([flat[name][:, : row + 1, k], state], axis=1) for k, state in enumerate(states)]
        for name, states in known
    )
    return x, u


def later(case: Case, day: date = NEXT) -> Panel:
    """Build the panel of what is known a month after as-of."""
    return assembly.build(case, day)[0]
