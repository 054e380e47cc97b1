"""Which way each kind of evidence moves the forecast, all else fixed.

The draws of one fit are weighed by the likelihood of the new item, which is exact and shares
its Monte Carlo error with the forecast before.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from conftest import AS_OF

from hourglass import assembly, calendar, incidence, likelihood, parameters
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.ledger import Event, Item, Ledger, Reading, Source
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout

pytestmark = pytest.mark.slow
HORIZON = calendar.months_after(AS_OF, 12)
STATED = {
    "id": "new", "date": AS_OF, "known": AS_OF, "grade": "A1", "origin": "someone-new", "claim": "A claim.",
    "source": Source(title="News", url="", date=AS_OF),
}  # fmt: skip
Weigh = Callable[..., tuple[float, Array]]


@pytest.fixture(scope="module")
def before(case: Case, layout: Layout, panel: Panel, fit: Draws) -> Array:
    """Return the chance of entry of each draw, without the open warnings."""
    present = incidence.present(fit, layout, panel, len(panel.since) - 1)
    found = incidence.outcomes(case, layout, present, AS_OF, [HORIZON], seed=1, warned=False)
    cells: Array = found.cells[:, 0, 0]
    return cells


@pytest.fixture(scope="module")
def weigh(case: Case, layout: Layout, fit: Draws, before: Array) -> Weigh:
    """Return a function that gives P and the weights of the draws after new items, and them alone."""
    flat = fit.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]

    def after(*items: Item) -> tuple[float, Array]:
        alone = assembly.build(case.with_ledger(Ledger(items)), AS_OF)[0]
        log = likelihood.readings(NUMPY, p, alone, x).sum(axis=1)
        log = log + likelihood.episodes(NUMPY, p, layout, alone, x, u).sum(axis=1)
        weight = np.exp(log - log.max())
        return float(np.average(before, weights=weight)), weight / weight.sum()

    return after


def reading(driver: str, level: float, **changed: object) -> Reading:
    return Reading.model_validate(STATED | {"driver": driver, "level": level} | changed)


def event(kind: str, **changed: object) -> Event:
    return Event.model_validate(STATED | {"kind": kind, "episode": "new"} | changed)


@pytest.mark.parametrize(("driver", "sign"), [("pressure", 1), ("unrest", -1), ("loyalty", 1)])
def test_a_driver_seen_higher_moves_the_chance_its_own_way(
    driver: str, sign: int, weigh: Weigh, before: Array, fit: Draws, layout: Layout
) -> None:
    mean = fit.stacked()["driver_path"][:, -1, layout.drivers.index(driver)].mean()
    (higher, _), (lower, _) = weigh(reading(driver, min(mean + 1, 3))), weigh(reading(driver, mean - 1))
    assert sign * (higher - before.mean()) > 0
    assert sign * (lower - before.mean()) < 0


@pytest.mark.parametrize(("kind", "sign"), [("refusal", -1), ("pledge", 1)])
def test_refusals_lower_and_pledges_raise_consent_and_the_chance(
    kind: str, sign: int, weigh: Weigh, before: Array, fit: Draws
) -> None:
    stance = fit.stacked()["disposition_path"][:, -1, 0]
    chance, weight = weigh(event(kind))
    assert sign * (np.average(stance, weights=weight) - stance.mean()) > 0
    assert sign * (chance - before.mean()) > 0


def test_a_refusal_says_nothing_of_the_demand(weigh: Weigh, fit: Draws) -> None:
    """Given consent and carrying out, the odds that it was demanded cancel."""
    demand = fit.coords["parameter"].index("gates.demand.intercept")
    chance = fit.stacked()["theta"][:, demand]
    _, weight = weigh(event("refusal"))
    error = chance.std() / np.sqrt(len(chance))
    assert np.average(chance, weights=weight) == pytest.approx(chance.mean(), abs=3 * error)


def test_a_report_that_fits_every_ending_alike_moves_nothing(
    case: Case, layout: Layout, panel: Panel, fit: Draws
) -> None:
    flat = fit.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]
    even: Panel = replace(
        panel,
        episode_weight=np.ones_like(panel.episode_weight),
        episode_open=np.ones_like(panel.episode_open),
    )
    np.testing.assert_allclose(likelihood.episodes(NUMPY, p, layout, even, x, u), 0, atol=1e-12)


def test_ten_reprints_of_one_origin_move_the_chance_exactly_as_one(weigh: Weigh) -> None:
    reprints = [reading("pressure", 2.5, id=f"reprint-{i}", claim=f"Paper {i}.") for i in range(10)]
    one, ten = weigh(reprints[0]), weigh(*reprints)
    assert one[0] == ten[0]
    np.testing.assert_array_equal(one[1], ten[1])
