"""Power-scaling: of a conjugate normal the more certain side answers more, by the right order."""

import numpy as np
import pytest
from scipy.special import expit, ndtri

from hourglass import sensitivity
from hourglass.panel import Array
from hourglass.sensitivity import Sensitivity

NORMALS = np.random.default_rng(1).permutation(ndtri((np.arange(8000) + 0.5) / 8000))


def posterior(precision: float, seen: float) -> tuple[Array, Array, Array]:
    """Draws of a standard normal of which one number was seen; log prior and log likelihood."""
    variance = 1 / (1 + precision)
    theta = precision * seen * variance + np.sqrt(variance) * NORMALS
    return theta, -0.5 * theta**2, -0.5 * precision * (seen - theta) ** 2


def answers(precision: float, seen: float) -> tuple[float, float]:
    theta, prior, likelihood = posterior(precision, seen)
    weights = [sensitivity._scaled(density) for density in (prior, likelihood)]
    first, second = (sensitivity._answer(theta, each) for each in weights)
    return first, second


def test_weak_data_leave_the_say_to_the_prior_and_strong_data_take_it() -> None:
    weak, strong = answers(0.1, 1.0), answers(10.0, 1.0)
    assert weak[0] > 3 * weak[1]
    assert strong[1] > 2 * strong[0]


def test_prior_and_data_that_agree_are_answered_less_than_those_that_do_not() -> None:
    assert min(answers(1.0, 6.0)) > 2 * min(answers(1.0, 0.5))


def test_the_answer_grows_with_what_the_power_moves() -> None:
    # Doubling the power of the likelihood moves the mean by v^2 (seen) precision log 2 to first order.
    theta, _, likelihood = posterior(2.0, 1.5)
    chance = 0.1 + 0.01 * theta
    mean, variance = 2 * 1.5 / 3, 1 / 3
    moved = 0.01 * variance * 2.0 * (1.5 - mean) * np.log(2)
    share = chance.mean() * (1 - chance.mean())
    found, _ = sensitivity.slope(*(part.reshape(4, -1) for part in (chance, likelihood, np.ones(8000))))
    assert found == pytest.approx(moved / share, rel=0.01)


def test_the_error_of_an_answer_is_how_far_it_strays_from_one_set_of_draws_to_the_next() -> None:
    rng = np.random.default_rng(1)
    told = []
    for _ in range(300):
        theta, weight = rng.standard_normal((4, 250)), rng.exponential(size=(4, 250))
        told.append(sensitivity.slope(expit(theta - 2), -2 * (theta - 1) ** 2, weight))
    slopes, errors = np.transpose(told)
    assert errors.mean() == pytest.approx(slopes.std(), rel=0.15)


def test_draws_that_weigh_nothing_have_no_say() -> None:
    theta = np.random.default_rng(1).standard_normal((4, 500))
    weight = np.repeat([[1.0, 0.0]], 250, axis=1).repeat(4, axis=0)
    half = theta[:, :250]
    found = sensitivity.slope(expit(theta), theta**2, weight)
    alone = sensitivity.slope(expit(half), half**2, np.ones(half.shape))
    assert found[0] == pytest.approx(alone[0])


def test_weights_of_a_power_near_one_are_near_even_and_sum_to_one() -> None:
    theta, prior, _ = posterior(1.0, 1.0)
    for weights in sensitivity._scaled(prior):
        assert weights.shape == theta.shape
        assert weights.sum() == pytest.approx(1)
        assert 0.9 < len(theta) * weights.min() < 1 < len(theta) * weights.max() < 1.2


@pytest.mark.parametrize(
    ("own", "told", "shift", "conflict"),
    [(0.2, 0.2, 1.5, True), (0.2, 0.2, -1.5, True), (0.2, 0.2, 0.5, False), (0.2, 0.01, 1.5, False),
     (0.01, 0.2, 1.5, False)],
)  # fmt: skip
def test_a_conflict_needs_both_sides_and_a_parameter_far_from_its_prior(
    own: float, told: float, shift: float, conflict: bool
) -> None:
    assert Sensitivity("x", 0.1, 0.0, 0.1, own, told, shift).conflict is conflict


def test_the_data_as_such_are_in_no_conflict() -> None:
    assert not Sensitivity("evidence", 0.9, 0.3, 0.1).conflict
