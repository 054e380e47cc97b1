"""Power-scaling: of a conjugate normal the more certain side answers more, by the right order."""

import numpy as np
import pytest
from scipy.special import ndtri

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
    assert sensitivity._slope(chance, likelihood) == pytest.approx(moved / share, rel=0.01)


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
    assert Sensitivity("x", 0.1, 0.0, own, told, shift).conflict is conflict


def test_the_data_as_such_are_in_no_conflict() -> None:
    assert not Sensitivity("evidence", 0.9, 0.3).conflict
