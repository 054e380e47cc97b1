"""Beliefs: three quantiles mean what they say, on every scale."""

from datetime import date
from math import e, exp, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hourglass import belief, variant
from hourglass.belief import (
    Z95,
    Belief,
    Quantiles,
    Scale,
    Statement,
    curve,
    curve_table,
    density,
    normals,
    values,
)
from hourglass.case import Case
from hourglass.likelihood import NUMPY

THREE = np.array([-Z95, 0.0, Z95])


def quantiles(q05: float, q50: float, q95: float, scale: Scale = "identity") -> Quantiles:
    return Quantiles(q05=q05, q50=q50, q95=q95, scale=scale, because="test")


def numbers(belief: Quantiles, z: np.ndarray) -> np.ndarray:
    """Values of one belief at many standard normals."""
    found: np.ndarray = values(NUMPY, z[:, None], curve_table([belief]))[:, 0]
    return found


def test_a_skew_of_two_to_one_continues_as_a_power_of_two() -> None:
    # Twice as far up as down, so each further 1.645 doubles: 1 + 2 (2^k - 1).
    belief = quantiles(0, 1, 3)
    np.testing.assert_allclose(
        numbers(belief, np.array([-2, -1, 0, 1, 2]) * Z95), [-0.5, 0, 1, 3, 7], atol=1e-12
    )


def test_even_quantiles_make_a_straight_line() -> None:
    np.testing.assert_allclose(
        numbers(quantiles(-1, 1, 3), np.array([-2.0, 1.0])), [1 - 4 / Z95, 1 + 2 / Z95]
    )


def test_a_lognormal_is_a_straight_line_on_the_log_scale() -> None:
    np.testing.assert_allclose(numbers(quantiles(1, 10, 100, "log"), np.array([2 * Z95])), [1000])


def test_the_curve_goes_over_into_the_line_as_the_skew_fades() -> None:
    z = np.linspace(-4, 4, 9)
    line = numbers(quantiles(-1, 0, 1), z)
    for tilt in (1e-4, 1e-7, 1e-9, 1e-12):
        np.testing.assert_allclose(numbers(quantiles(-1, 0, 1 + tilt), z), line, atol=20 * tilt + 1e-8)


@pytest.mark.parametrize(
    ("stated", "scale"),
    [
        ((-3.0, 0.5, 1.0), "identity"),
        ((-3.0, -2.0, 5.0), "identity"),
        ((0.012, 0.035, 0.09), "log"),
        ((-1.1, -0.6, -0.25), "log"),
        ((0.08, 0.2, 0.4), "logit"),
        ((0.75, 0.9, 0.97), "logit"),
        ((0.0005, 0.003, 0.015), "logit"),
    ],
)
def test_all_three_quantiles_are_met_on_every_scale(stated: tuple[float, float, float], scale: Scale) -> None:
    np.testing.assert_allclose(numbers(quantiles(*stated, scale), THREE), stated, rtol=1e-9)


def test_a_surely_negative_number_mirrors_its_positive_twin() -> None:
    z = np.linspace(-3, 3, 13)
    negative, positive = quantiles(-1.1, -0.6, -0.25, "log"), quantiles(0.25, 0.6, 1.1, "log")
    np.testing.assert_allclose(numbers(negative, z), -numbers(positive, -z), rtol=1e-12)
    assert curve(negative).sign == -1


@pytest.mark.parametrize(
    ("stated", "scale", "message"),
    [
        ((1, 1, 2), "identity", "quantiles out of order: q05 1.0, q50 1.0, q95 2.0"),
        ((3, 2, 1), "identity", "out of order"),
        ((-1, 1, 2), "log", "log scale needs three numbers of one sign"),
        ((0, 1, 2), "log", "log scale"),
        ((0.2, 0.5, 1.0), "logit", "logit scale needs numbers between 0 and 1"),
        ((0.0, 0.5, 0.9), "logit", "logit scale"),
    ],
)
def test_quantiles_that_make_no_sense_are_refused(
    stated: tuple[float, float, float], scale: Scale, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        quantiles(*stated, scale)


def test_curves_held_as_data_replace_those_of_the_table() -> None:
    old, new = curve_table([quantiles(0, 1, 3)]), curve_table([quantiles(2, 5, 6)])
    found = values(NUMPY, THREE[:, None], old, bend=np.stack([new.center, new.slope, new.skew]))
    np.testing.assert_allclose(found[:, 0], [2, 5, 6], rtol=1e-9)


def test_numbers_of_all_scales_stand_side_by_side() -> None:
    beliefs = [quantiles(-1, 0, 4), quantiles(1, 3, 20, "log"), quantiles(0.1, 0.3, 0.4, "logit")]
    found = values(NUMPY, np.repeat(THREE[:, None], 3, axis=1), curve_table(beliefs))
    np.testing.assert_allclose(
        found, np.transpose([[-1, 0, 4], [1, 3, 20], [0.1, 0.3, 0.4]]), rtol=1e-9, atol=1e-9
    )


def _to_natural(y: float, scale: Scale, sign: int) -> float:
    if scale == "identity":
        return y
    return sign * float(np.exp(y)) if scale == "log" else float(1 / (1 + np.exp(-y)))


@st.composite
def stated_beliefs(draw: st.DrawFn) -> Quantiles:
    """Beliefs on any scale, one side up to 50 times as long as the other."""
    scale: Scale = draw(st.sampled_from(("identity", "log", "logit")))
    sign = draw(st.sampled_from((1, -1))) if scale == "log" else 1
    center, below = draw(st.floats(-5, 5)), draw(st.floats(0.05, 2))
    above = below * draw(st.floats(0.02, 50).filter(lambda ratio: ratio * below < 20))
    low, middle, high = sorted(_to_natural(y, scale, sign) for y in (center - below, center, center + above))
    return quantiles(low, middle, high, scale)


@settings(derandomize=True, max_examples=300)
@given(stated_beliefs())
def test_any_belief_returns_its_quantiles(belief: Quantiles) -> None:
    stated = np.array([belief.q05, belief.q50, belief.q95])
    # A quantile near 0 is as exact as its belief is wide; a straight line keeps a skew of 1e-9.
    room = 1e-9 * (belief.q95 - belief.q05) if belief.scale == "identity" else 0
    np.testing.assert_allclose(numbers(belief, THREE), stated, rtol=2e-9, atol=room)


@settings(derandomize=True)
@given(stated_beliefs(), st.floats(-4, 3.9))
def test_any_belief_rises_with_its_standard_normal(belief: Quantiles, z: float) -> None:
    low, high = numbers(belief, np.array([z, z + 0.1]))
    assert low <= high


# Densities


def test_the_density_of_a_standard_normal_is_its_own() -> None:
    line = curve(quantiles(-Z95, 0, Z95))
    assert density(0, line) == pytest.approx(1 / sqrt(2 * pi))
    assert density(2, line) == pytest.approx(exp(-2) / sqrt(2 * pi))


def test_the_density_of_a_lognormal_has_the_slope_of_the_logarithm() -> None:
    # log x is standard normal: the density of the normal at log x, over x.
    line = curve(quantiles(exp(-Z95), 1, exp(Z95), "log"))
    assert density(1, line) == pytest.approx(1 / sqrt(2 * pi))
    assert density(e, line) == pytest.approx(exp(-0.5) / sqrt(2 * pi) / e)
    mirrored = curve(quantiles(-exp(Z95), -1, -exp(-Z95), "log"))
    assert density(-e, mirrored) == pytest.approx(density(e, line))
    assert density(e, mirrored) == density(0, line) == density(-1, line) == 0


def test_a_skewed_density_ends_where_its_curve_does() -> None:
    # x = 1 + 2 (2^(z / Z95) - 1) never falls to -1; its slope at z = 0 is 2 log 2 / Z95.
    line = curve(quantiles(0, 1, 3))
    assert density(1, line) == pytest.approx(Z95 / (2 * np.log(2)) / sqrt(2 * pi))
    assert density(-1, line) == density(-5, line) == 0 < density(-0.9, line)


@pytest.mark.parametrize(
    ("stated", "scale"),
    [
        ((-0.2, 0.9, 2.0), "identity"),
        ((0, 1, 3), "identity"),
        ((0.5, 2, 8), "log"),
        ((-1.1, -0.6, -0.25), "log"),
        ((0.08, 0.2, 0.4), "logit"),
        ((0.75, 0.9, 0.97), "logit"),
    ],
)
def test_a_density_holds_a_twentieth_on_either_side_and_one_in_all(
    stated: tuple[float, float, float], scale: Scale
) -> None:
    belief = quantiles(*stated, scale=scale)
    line = curve(belief)

    def mass(low: float, high: float) -> float:
        x = np.linspace(low, high, 4001)
        return float(np.trapezoid([density(v, line) for v in x], x))

    least, most = np.sort(numbers(belief, np.array([-6.0, 6.0])))
    q05, q50, q95 = stated
    assert mass(least, q05) == pytest.approx(0.05, abs=2e-4)
    assert mass(q05, q50) == pytest.approx(0.45, abs=2e-4)
    assert mass(q50, q95) == pytest.approx(0.45, abs=2e-4)
    assert mass(q95, most) == pytest.approx(0.05, abs=2e-4)


def test_a_dump_of_a_belief_leaves_out_what_was_held_before() -> None:
    told = {"because": "As told.", "source": "A talk.", "author": "Ada", "date": date(2023, 1, 1)}
    before = Statement.model_validate({**told, "q05": 0, "q50": 1, "q95": 2})
    now = Belief.model_validate({**told, "q05": 1, "q50": 2, "q95": 3, "history": (before,)})
    assert now.history == (before,)
    assert "history" not in now.model_dump()
    assert "history" not in now.model_dump(mode="json")


@pytest.mark.parametrize(
    ("stated", "scale", "sound"),
    [
        ((1e-300, 0.5, 1e308), "identity", False),
        ((1e-300, 1, 1e300), "log", False),
        ((1e-5, 2, 2.0000001), "log", False),
        ((1e-300, 0.5, 0.6), "logit", False),
        ((-0.2, 0.9, 2.0), "identity", True),
        ((-1.1, -0.6, -0.25), "log", True),
        ((0.27, 0.5, 0.95), "logit", True),
    ],
)
def test_quantiles_that_run_off_the_numbers_cannot_be_drawn_from(
    stated: tuple[float, float, float], scale: Scale, *, sound: bool
) -> None:
    assert belief.drawable(quantiles(*stated, scale=scale)) is sound


def test_every_shipped_belief_can_be_drawn_from(case: Case) -> None:
    assert [path for path, held in variant.by_path(case.question).items() if not belief.drawable(held)] == []


def test_log_densities_are_those_of_the_curve_on_its_scale() -> None:
    told = [
        Quantiles(q05=-1, q50=0.5, q95=1, because="x"),
        Quantiles(q05=0.5, q50=1, q95=4, scale="log", because="x"),
        Quantiles(q05=-3, q50=-1, q95=-0.5, scale="log", because="x"),
        Quantiles(q05=0.1, q50=0.2, q95=0.6, scale="logit", because="x"),
    ]
    at = np.array([0.7, 2.0, -1.5, 0.4])
    found = belief.log_densities(at, belief.curve_table(told))
    for i, quantiles in enumerate(told):
        slope = {"identity": 1.0, "log": abs(at[i]), "logit": at[i] * (1 - at[i])}[quantiles.scale]
        wanted = belief.density(float(at[i]), belief.curve(quantiles)) * slope
        assert np.exp(found[i]) == pytest.approx(wanted, rel=1e-9)


def test_a_number_that_cannot_be_has_no_density() -> None:
    # Skewed to the left, so bounded above: at 1 / (1 - 1.5) of its slope.
    table = belief.curve_table([Quantiles(q05=-1, q50=0.5, q95=1, because="x")])
    assert belief.log_densities(np.array([50.0]), table)[0] == -np.inf


def test_normals_undo_values_on_every_scale() -> None:
    stated = [
        quantiles(-1, 0.5, 1.5),
        quantiles(0.1, 0.4, 3, "log"),
        quantiles(-3, -0.4, -0.1, "log"),
        quantiles(0.1, 0.2, 0.7, "logit"),
        quantiles(-1, 0, 1),
    ]
    table = curve_table(stated)
    z = np.random.default_rng(1).uniform(-3, 3, size=(200, len(stated)))
    assert normals(table, values(NUMPY, z, table)) == pytest.approx(z, abs=1e-10)
    middles = np.array([each.q50 for each in stated])
    assert normals(table, middles) == pytest.approx(np.zeros(len(stated)), abs=1e-10)
