"""The climb from prior to posterior, against a normal model whose every integral is known."""

from math import exp, log

import numpy as np
import pytest
from scipy.special import ndtri

from hourglass import tempering
from hourglass.attribution import log_odds
from hourglass.panel import Array
from hourglass.tempering import Slopes, Stage

SEEN = ((0.8, 4.0), (-0.3, 2.0), (1.5, 1.0))
"""What was seen of a standard normal, and with what precision: one group each."""
NORMALS = ndtri((np.arange(20_000) + 0.5) / 20_000).reshape(4, 5000)


def chance(theta: Array) -> Array:
    """Chance of 0.02 at the prior's middle, that grows with theta."""
    found: Array = 0.02 * np.exp(0.5 * theta)
    return found


def mean_chance(power: float) -> float:
    """P in closed form: a lognormal mean."""
    middle, variance = moments(power)
    return 0.02 * exp(0.5 * middle + 0.125 * variance)


def moments(power: float) -> tuple[float, float]:
    """Mean and variance of theta given the evidence raised to a power."""
    variance = 1 / (1 + power * sum(weight for _, weight in SEEN))
    return power * sum(weight * seen for seen, weight in SEEN) * variance, variance


def draws_at(power: float) -> Stage:
    """Stand in for a fit: exact quantiles of the tempered posterior."""
    middle, variance = moments(power)
    theta = middle + np.sqrt(variance) * NORMALS
    density = np.stack([-0.5 * weight * (seen - theta) ** 2 for seen, weight in SEEN], axis=-1)
    return Stage(chance(theta), density, np.ones_like(theta))


def slope(power: float, group: int) -> float:
    """Growth of the log-odds by one group: Cov(P, l) by Stein's lemma, over P (1 - P)."""
    middle, variance = moments(power)
    seen, weight = SEEN[group]
    # Under the lognormal tilt theta ~ N(m + v/2, v): Cov(P, l) = E[P] (E_tilted[l] - E[l]).
    shifted = middle + 0.5 * variance
    gain = -0.5 * weight * ((seen - shifted) ** 2 - (seen - middle) ** 2)
    return gain / (1 - mean_chance(power))


def test_slopes_are_those_of_the_closed_form() -> None:
    found = draws_at(0.5).slopes()
    assert found.each == pytest.approx([slope(0.5, g) for g in range(3)], rel=2e-3)
    assert (found.variance > 0).all()


def test_what_parts_miss_goes_to_each_by_the_error_that_it_shares_with_their_sum() -> None:
    # Two groups that err apart, one with twice the other's error, sum to 1.0 where 1.5 is known:
    # four fifths of the half go to the one that is known worse. Of variances 0.04 and 0.01 each
    # loses the square of its own over their sum of 0.05: 0.008 is left of both.
    apart = Slopes(np.array([0.7, 0.3]), np.array([0.04, 0.01]), np.array([0.04, 0.01]))
    parts, errors = apart.adjusted(1.5, 0.0)
    assert parts == pytest.approx([1.1, 0.4])
    assert errors**2 == pytest.approx([0.008, 0.008])
    # Where the whole has a variance of 0.05 itself, each takes it on by the square of its share.
    assert apart.adjusted(1.5, 0.05)[1] ** 2 == pytest.approx([0.008 + 0.032, 0.008 + 0.002])


LOUD = (4.0, 3.0, 3.0)
"""How loudly each group also tells of a quantity that the chance does not depend on."""


def walk(rng: np.random.Generator, memory: float) -> Array:
    """Standard normals of 4 chains of 300, each with some memory of the one before."""
    shocks = rng.standard_normal((4, 300))
    found = shocks.copy()
    for i in range(1, 300):
        found[:, i] = memory * found[:, i - 1] + np.sqrt(1 - memory**2) * shocks[:, i]
    return found


def sampled(power: float, rng: np.random.Generator, memory: float = 0.0, wide: float = 1.0) -> Stage:
    """Stand in for a short fit, its draws spread too widely and weighed where `wide` is above 1."""
    middle, variance = moments(power)
    theta = middle + wide * np.sqrt(variance) * walk(rng, memory)
    weight = np.exp(-0.5 * (theta - middle) ** 2 / variance * (1 - 1 / wide**2))
    aside = sum(LOUD) * power + walk(rng, memory)
    density = [
        -0.5 * w * (seen - theta) ** 2 + loud * aside for (seen, w), loud in zip(SEEN, LOUD, strict=True)
    ]
    return Stage(chance(theta), np.stack(density, axis=-1), weight)


@pytest.mark.parametrize(("memory", "wide"), [(0.0, 1.0), (0.7, 1.0), (0.0, 1.5)])
def test_errors_of_slopes_and_what_they_share_are_those_of_many_fits(memory: float, wide: float) -> None:
    rng = np.random.default_rng(1)
    stages = [sampled(0.3, rng, memory, wide) for _ in range(400)]
    found = [stage.slopes() for stage in stages]
    each = np.array([one.each for one in found])
    total = each.sum(axis=1)
    shared = [np.cov(each[:, g], total)[0, 1] for g in range(3)]
    assert np.mean([one.variance for one in found], axis=0) == pytest.approx(each.var(axis=0), rel=0.25)
    assert np.mean([one.shared for one in found], axis=0) == pytest.approx(shared, rel=0.25)
    stated = np.mean([stage.variance for stage in stages])
    assert stated == pytest.approx(np.var([log_odds(stage.mean) for stage in stages]), rel=0.25)


def test_log_odds_of_a_chance_of_a_half_err_four_times_as_much_as_the_chance() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(40):  # an error that is itself estimated is off by some 15 % in a single fit
        even = rng.uniform(0.4, 0.6, (4, 1000))
        found.append(Stage(even, np.zeros((4, 1000, 1)), np.ones_like(even)).variance)
    assert np.mean(found) == pytest.approx(16 * 0.2**2 / 12 / 4000, rel=0.1)


def test_parts_of_short_fits_err_as_they_say_and_less_than_before_they_are_adjusted() -> None:
    exact = [part.log_odds for part in tempering.ascend(draws_at, ["a", "b", "c"]).parts]
    rng, climbs, raw = np.random.default_rng(2), [], []
    for _ in range(60):
        stages = {power: sampled(power, rng) for power in tempering.POWERS}
        climbs.append(tempering.ascend(stages.__getitem__, ["a", "b", "c"]))
        raw.append(tempering.integral(list(stages.values())).each)
    off = np.array([[part.log_odds for part in one.parts] for one in climbs]) - exact
    said = np.array([[float(part.detail.removeprefix("± ")) for part in one.parts] for one in climbs])
    assert (off**2).mean(axis=0) == pytest.approx((said**2).mean(axis=0), rel=0.4)
    assert ((off**2).mean(axis=0) < 0.5 * ((np.array(raw) - exact) ** 2).mean(axis=0)).all()
    missed = np.array([one.missed / one.error for one in climbs])
    assert (missed**2).mean() == pytest.approx(1, abs=0.4)
    sums = np.array([one.sum() for one in raw])
    assert [one.missed for one in climbs] == pytest.approx(
        [log_odds(one.after) - log_odds(one.before) - total for one, total in zip(climbs, sums, strict=True)]
    )


def test_parts_are_the_integrals_of_the_closed_form() -> None:
    found = tempering.ascend(draws_at, ["a", "b", "c"])
    powers = np.linspace(0, 1, 200_001)
    for g, part in enumerate(found.parts):
        exact = np.trapezoid([slope(power, g) for power in powers[::100]], powers[::100])
        assert part.log_odds == pytest.approx(exact, abs=2e-3), part.name


def test_parts_sum_to_the_whole_of_which_exact_draws_miss_little() -> None:
    found = tempering.ascend(draws_at, ["a", "b", "c"])
    whole = log_odds(found.after) - log_odds(found.before)
    assert sum(part.log_odds for part in found.parts) == pytest.approx(whole, abs=1e-12)
    assert abs(found.missed) < 2e-3
    assert found.before == pytest.approx(mean_chance(0), rel=1e-4)
    assert found.after == pytest.approx(mean_chance(1), rel=1e-4)


def test_evidence_for_a_high_chance_raises_it_and_against_it_lowers_it() -> None:
    parts = {part.name: part.log_odds for part in tempering.ascend(draws_at, ["for", "against", "odd"]).parts}
    assert parts["for"] > 0 > parts["against"]


def test_weighed_draws_are_those_of_their_weights() -> None:
    whole = draws_at(0.5)
    middle, variance = moments(0.5)
    wide = middle + 1.5 * np.sqrt(variance) * NORMALS
    weight = np.exp(-0.5 * (wide - middle) ** 2 / variance * (1 - 1 / 1.5**2))
    density = np.stack([-0.5 * w * (seen - wide) ** 2 for seen, w in SEEN], axis=-1)
    weighed = Stage(chance(wide), density, weight)
    assert weighed.mean == pytest.approx(whole.mean, rel=1e-3)
    assert weighed.slopes().each == pytest.approx(whole.slopes().each, rel=1e-2)


def test_the_nodes_integrate_polynomials_exactly() -> None:
    for degree in range(12):
        found = sum(w * t**degree for t, w in zip(tempering.NODES, tempering.WEIGHTS, strict=True))
        assert found == pytest.approx(1 / (degree + 1), abs=1e-12)
    assert log(tempering.POWERS[-1]) == 0
