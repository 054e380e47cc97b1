"""What is given of months to come: a gate's chance takes the place of what the drivers make of it."""

from collections.abc import Iterator

import numpy as np
import pytest
from conftest import AS_OF
from test_incidence import at_present

from hourglass import calendar, incidence, likelihood, supposition
from hourglass.incidence import FUTURE_SEED, Present
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout
from hourglass.simulation import Truth
from hourglass.supposition import NOTHING, Given

NOW = calendar.month_of(AS_OF)
MONTHS = np.array([NOW, NOW + 1, NOW + 2, NOW + 3])


@pytest.fixture
def present(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> Present:
    """Return six prior worlds at the date of the founding article."""
    return at_present(prior_draws, layout, panel)


def states(present: Present) -> tuple[list[Array], list[Array]]:
    return [level + walk for level, walk in zip(present.parameters.level, present.walk, strict=True)], list(
        present.stance
    )


def test_gates_that_are_all_given_leave_their_product_over_the_typical_one(
    present: Present, layout: Layout
) -> None:
    p, (x, u) = present.parameters, states(present)
    found = supposition.relative_risk(p, layout, x, u, {0: 0.9, 1: 0.5, 2: 0.8})
    typical = p.gate_chance[0] * p.gate_chance[1] * p.gate_chance[2]
    np.testing.assert_allclose(found, 0.36 / typical, rtol=1e-12)


def test_one_given_gate_leaves_the_others_to_the_drivers(present: Present, layout: Layout) -> None:
    p, (x, u) = present.parameters, states(present)
    found = supposition.relative_risk(p, layout, x, u, {1: 0.5})
    passing = [1 / (1 + np.exp(-v)) for v in likelihood.gate_logits(NUMPY, p, layout, x, u)]
    typical = p.gate_chance[0] * p.gate_chance[1] * p.gate_chance[2]
    np.testing.assert_allclose(found, passing[0] * 0.5 * passing[2] / typical, rtol=1e-12)


def as_ever(present: Present) -> Iterator[list[Array]]:
    """Drivers and dispositions month by month, by the recursion of the model card."""
    p, steps = present.parameters, np.random.default_rng(FUTURE_SEED)
    spreads = [*(np.sqrt(1 - share) for share in p.lasting_share), *p.disposition_sd]
    half_lives = [*p.half_life, *p.disposition_half_life]
    at = [place / spread for place, spread in zip([*present.walk, *present.stance], spreads, strict=True)]
    for i, _ in enumerate(MONTHS):
        if i:
            shocks = steps.standard_normal((len(at), len(present.multiplier), incidence.FUTURES // 2))
            for k, (half_life, shock) in enumerate(zip(half_lives, shocks, strict=True)):
                memory = np.exp2(-1 / half_life)
                both = np.concatenate([shock, -shock], axis=-1)
                at[k] = memory * at[k] + np.sqrt(1 - memory**2) * both
        walks = [spread * z for spread, z in zip(spreads, at, strict=True)]
        yield [*(m + x for m, x in zip(p.level, walks, strict=False)), *walks[len(p.level) :]]


def test_where_nothing_is_given_the_futures_are_bit_for_bit_as_ever(present: Present) -> None:
    found = incidence.futures(present, MONTHS, NOW, NOTHING)
    for (x, u), expected in zip(found, as_ever(present), strict=True):
        for state, told in zip([*x, *u], expected, strict=True):
            np.testing.assert_array_equal(state, told)


def test_a_walk_given_where_it_stands_anyway_changes_nothing(present: Present) -> None:
    x, u = states(present)
    given = Given(states={NOW: dict(enumerate([*x, *u]))})
    found = incidence.futures(present, MONTHS, NOW, given)
    for (one, other), expected in zip(found, as_ever(present), strict=True):
        for state, told in zip([*one, *other], expected, strict=True):
            np.testing.assert_allclose(state, told, rtol=1e-9, atol=1e-12)


def test_a_given_walk_stands_still_then_goes_back_toward_its_level(present: Present) -> None:
    """Half of the distance is left after a half-life; mirror images leave the mean exact."""
    given = Given(states={NOW + 1: {0: 2.0}, NOW + 2: {0: 2.0}})
    x = [x[0] for x, _ in incidence.futures(present, MONTHS, NOW, given)]
    for held in x[1:3]:
        np.testing.assert_allclose(held, 2.0, rtol=1e-12)
    p = present.parameters
    left = p.level[0] + (2.0 - p.level[0]) * 0.5 ** (1 / p.half_life[0])
    np.testing.assert_allclose(x[3].mean(axis=1, keepdims=True), left, rtol=1e-9)
    assert np.all(np.ptp(x[3], axis=1) > 0)


def test_other_walks_go_their_way_beside_a_given_one(present: Present) -> None:
    given = Given(states={NOW + 1: {0: 2.0}})
    for (x, u), expected in zip(
        incidence.futures(present, MONTHS, NOW, given), as_ever(present), strict=True
    ):
        for state, told in zip([*x[1:], *u], expected[1:], strict=True):
            np.testing.assert_array_equal(state, told)
