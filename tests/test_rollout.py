"""Draws laid out for a page: the closed form is that of the forecast, held suppositions and all."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from conftest import AS_OF
from outlooks import ASKED, grounds_of, holding, shipped, sight, standing

from hourglass import assembly, calendar, incidence, rollout, scenario
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.grounds import Grounds
from hourglass.panel import Array
from hourglass.rollout import NEUTRAL, Position, Rollout
from hourglass.scenario import Scenario, Setting, WhatIf

EVERY = range(incidence.FUTURES)
HIGH = 15.0
"""By how much the class multiplier is raised where P is to be near one half."""
POSITIONS = [
    Position({0: 3.0}, {}), Position({1: -2.0, 2: 2.0}, {}), Position({}, {1: 0.9}),
    Position({0: 1.5, 1: -0.5, 2: -1.5}, {1: 0.5}), Position({}, {0: 0.99, 1: 0.99, 2: 0.99}),
]  # fmt: skip


def raised(found: Grounds, factor: float) -> Grounds:
    """Stand on draws of another class multiplier, and on the forecast that they make."""
    present = replace(found.present, multiplier=found.present.multiplier * factor)
    stand = replace(found, present=present)
    rows = scenario.what_if(stand, Scenario()).rows
    return replace(stand, forecast=replace(found.forecast, horizons=tuple(row.supposed for row in rows)))


def warned() -> Case:
    """Give the shipped question two open warnings, one whose window outlasts the horizon."""
    return holding(sight("convoy", 1.2, 3, 6), sight("fuel", 1.2, 2, 4, window_months=24))


@cache
def grounds(kind: str) -> Grounds:
    """Stand on draws from the priors: as they are, raised to a high P, or with open warnings."""
    if kind == "plain":
        return standing()
    return raised(standing(), HIGH) if kind == "high" else raised(grounds_of(warned()), HIGH / 2)


def settings(found: Grounds, position: Position) -> tuple[Setting, ...]:
    """Say a position as `scenario --set` would, without a month."""
    first, last = found.month + 1, max(calendar.month_of(day) for _, day in found.asked)
    levels = [(found.layout.drivers[k], level) for k, level in position.levels.items()]
    chances = [(f"gate.{found.layout.gates[k]}", chance) for k, chance in position.chances.items()]
    return tuple(Setting(name, value, first, last - found.month) for name, value in [*levels, *chances])


def answer(found: Grounds, position: Position) -> WhatIf:
    return scenario.what_if(found, Scenario(settings(found, position)))


def supposed(told: WhatIf) -> Array:
    return np.array([list(row.supposed.outcomes.values()) for row in told.rows], dtype=float)


@cache
def all_of_it(kind: str) -> Rollout:
    return rollout.roll(grounds(kind), EVERY)


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
@pytest.mark.parametrize("position", [NEUTRAL, *POSITIONS[:4]])
def test_with_all_futures_it_is_the_forecast_under_the_same_supposition(
    kind: str, position: Position
) -> None:
    found, told = grounds(kind), all_of_it(kind)
    by = rollout.cumulative(told, position)
    ends = told.structure.until + incidence.dawn_of(found.case)
    places = [int(np.argmin(np.abs(ends - calendar.dusk(day)))) for _, day in ASKED]
    expected = supposed(answer(found, position))[:, :-1]
    np.testing.assert_allclose(by[places], expected, atol=1e-9)


def test_each_draw_is_that_of_the_forecast_too() -> None:
    """A window outlasts the horizon: what was held goes back toward its level there, and D hears of it."""
    found, told = grounds("warned"), all_of_it("warned")
    assert told.structure.month[-1] > told.structure.held
    given = scenario.given(found, settings(found, POSITIONS[1]))
    expected = found.outcomes([day for _, day in ASKED], given)
    weighed, d = rollout.strikes(told, POSITIONS[1])
    np.testing.assert_allclose(d, expected.weight, atol=1e-9)
    entry = weighed[: told.structure.by, 0].sum(axis=0) / d
    np.testing.assert_allclose(entry, expected.cells[:, -1, 0], atol=1e-9)


def test_chances_never_fall_from_slice_to_slice() -> None:
    assert np.all(np.diff(rollout.cumulative(all_of_it("warned"), POSITIONS[0]), axis=0) >= 0)


def test_some_draws_keep_their_numbers_and_take_other_weights() -> None:
    told = all_of_it("plain")
    some = told.take(np.array([3, 5, 5]), np.array([0.5, 0.25, 0.25]))
    np.testing.assert_array_equal(some.state[:, :, 2], told.state[:, :, 5])
    np.testing.assert_array_equal(some.rate[:, 0], told.rate[:, 3])
    one, five = (rollout.cumulative(told.take(np.array([i]), np.ones(1))) for i in (3, 5))
    np.testing.assert_allclose(rollout.cumulative(some), (one + five) / 2, rtol=1e-12)


@pytest.mark.slow
def test_on_draws_of_a_fit_it_is_the_forecast_too(case: Case, fit: Draws) -> None:
    found = of_fit(case, fit)
    told = rollout.cumulative(rollout.roll(found, EVERY), POSITIONS[3])
    np.testing.assert_allclose(told[-1], supposed(answer(found, POSITIONS[3]))[-1, :-1], atol=1e-9)


def of_fit(case: Case, fit: Draws) -> Grounds:
    """Stand on the draws of a fit, as if they passed every check."""
    panel, labels = assembly.build(case, AS_OF, fit.months)
    found = replace(grounds_of(shipped()).posterior, panel=panel, labels=labels, inside=fit, outside=fit)
    present = incidence.present(fit, standing().layout, panel, standing().row)
    return raised(replace(standing(), case=case, posterior=found, present=present), 1.0)
