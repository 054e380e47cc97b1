"""Simulated worlds: they follow the stated laws and agree with the likelihood they never call."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import exp, log
from typing import Any

import numpy as np
import pytest
from scipy import stats

from hourglass import belief, likelihood, simulation
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel, arrays, class_only
from hourglass.parameters import Layout, Parameters, unpack
from hourglass.simulation import Truth

Medians = Callable[[Mapping[str, float]], Array]
DRAWN = {
    "reading_level", "episode_weight",
    "poll_yes", "poll_constant", "count_value", "count_constant", "level_value",
}  # fmt: skip
SO_FAR = 5 / 28 + 10 + 26 / 31


@pytest.fixture
def middle(layout: Layout, panel: Panel, medians: Medians) -> Truth:
    """Return a world of median parameters on a random path."""
    rng = np.random.default_rng(7)
    own = np.zeros(panel.knot_class.max() + 1)
    rate = panel.spell_shape / panel.spell_rate
    return simulation.from_class_posterior(
        layout, panel, rng, theta=medians({}), log_multiplier=own, rate=rate
    )


def states(path: Array) -> list[Array]:
    """Drivers or dispositions of a path (..., place, driver), one array each."""
    return list(np.moveaxis(path, -1, 0))


def densities(truth: Truth, layout: Layout, panel: Panel) -> dict[str, Array]:
    p = unpack(NUMPY, truth.theta, layout)
    multiplier, x, u = np.exp(truth.log_multiplier), states(truth.x), states(truth.u)
    return likelihood.log_densities(NUMPY, p, layout, panel, multiplier, truth.rate, x, u)


# Parameters and paths


def test_the_prior_returns_the_stated_quantiles(layout: Layout, panel: Panel) -> None:
    rng = np.random.default_rng(1)
    theta = np.array([simulation.prior(layout, panel, rng).theta for _ in range(1000)])
    stated = belief.values(
        NUMPY, np.repeat([[-1.6448536], [0.0], [1.6448536]], len(layout.names), axis=1), layout.curves
    )
    for share, quantile in zip((0.05, 0.5, 0.95), stated, strict=True):
        below = (theta < quantile).mean(axis=0)
        np.testing.assert_allclose(below, share, atol=4.5 * (share * (1 - share) / 1000) ** 0.5)


def test_classes_and_rivals_vary_as_stated(layout: Layout, panel: Panel) -> None:
    rng = np.random.default_rng(2)
    worlds = [simulation.prior(layout, panel, rng) for _ in range(1000)]
    spread = np.array([simulation.named(layout, w.theta)["reference.spread"] for w in worlds])
    z = np.array([w.log_multiplier for w in worlds]) / spread[:, None]
    np.testing.assert_allclose(z.std(axis=0), 1, atol=0.1)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.14)
    rate = np.array([w.rate for w in worlds])
    mean, sd = panel.spell_shape / panel.spell_rate, panel.spell_shape**0.5 / panel.spell_rate
    np.testing.assert_allclose((rate.mean(axis=0) - mean) / sd, 0, atol=0.14)


def test_a_walk_has_variance_one_and_forgets_half_in_a_half_life() -> None:
    z = simulation.walk(6.0, 100_000, np.random.default_rng(3))
    assert z.mean() == pytest.approx(0, abs=0.06)
    assert z.std() == pytest.approx(1, abs=0.04)
    assert np.mean(z[6:] * z[:-6]) == pytest.approx(0.5, abs=0.05)
    assert np.mean(z[12:] * z[:-12]) == pytest.approx(0.25, abs=0.05)


def test_a_walk_is_stationary_from_its_first_month() -> None:
    rng = np.random.default_rng(4)
    first = np.array([simulation.walk(24.0, 2, rng) for _ in range(4000)])
    np.testing.assert_allclose(first.std(axis=0), 1, atol=0.05)


def test_a_driver_wanders_about_its_level_by_what_does_not_last(layout: Layout, medians: Medians) -> None:
    told = {"drivers.unrest": 2.0, "drivers.unrest.level": 0.6, "drivers.unrest.lasting_share": 0.75}
    told |= {"gates.order.disposition.sd": 0.8, "gates.order.disposition.half_life": 2.0}
    x, u = simulation.paths(layout, medians(told), 30_000, np.random.default_rng(5))
    assert x[:, 1].mean() == pytest.approx(0.6, abs=0.03)
    assert x[:, 1].std() == pytest.approx(0.5, abs=0.02)
    assert u.mean() == pytest.approx(0, abs=0.04)
    assert u.std() == pytest.approx(0.8, abs=0.03)


# Evidence


def of_one_kind(panel: Panel, kind: str) -> Panel:
    """Panel with the points of one kind of series as its only evidence."""
    points: dict[str, Any] = {
        name: array for name, array in arrays(panel).items() if name.startswith(f"{kind}_")
    }
    return replace(class_only(panel, own=False), **points)


def test_only_what_is_observed_is_drawn(layout: Layout, panel: Panel, middle: Truth) -> None:
    drawn = simulation.observe(middle, layout, panel, np.random.default_rng(6))
    for name, array in arrays(panel).items():
        found = arrays(drawn)[name]
        assert found.shape == array.shape
        assert np.array_equal(found, array) == (name not in DRAWN), name


def test_one_seed_draws_one_world(layout: Layout, panel: Panel, middle: Truth) -> None:
    one, same, other = (
        simulation.observe(middle, layout, panel, np.random.default_rng(s)) for s in (6, 6, 7)
    )
    np.testing.assert_array_equal(one.reading_level, same.reading_level)
    assert not np.array_equal(one.reading_level, other.reading_level)


def test_readings_of_one_origin_share_its_error(
    layout: Layout, panel: Panel, medians: Medians, middle: Truth
) -> None:
    noise = {"letters.A": 0.4, "letters.B": 0.15, "letters.C": 0.25, "numbers.3": 1.5, "origin": 0.5}
    truth = replace(middle, theta=medians({f"grades.{key}": number for key, number in noise.items()}))
    months = len(panel.since)
    pair = replace(
        class_only(panel, own=False),
        reading_state=np.array([2 * months + 3, months + 7]),
        reading_level=np.zeros(2),
        reading_letter=np.array([0, 2]),
        reading_number=np.array([0, 2]),
        reading_block=np.array([0, 0]),
        block_zero=np.zeros(1),
    )
    rng = np.random.default_rng(8)
    level = np.array([simulation.observe(truth, layout, pair, rng).reading_level for _ in range(4000)])
    np.testing.assert_allclose(level.mean(axis=0), [truth.x[3, 2], truth.x[7, 1]], atol=0.09)
    # A is 0.4, C3 is (0.4 + 0.15 + 0.25) 1.5 = 1.2; the origin adds 0.25 to both and between them.
    np.testing.assert_allclose(np.cov(level.T), [[0.41, 0.25], [0.25, 1.69]], atol=0.16)


def test_polls_scatter_as_their_dispersion_says(layout: Layout, panel: Panel, middle: Truth) -> None:
    rng = np.random.default_rng(9)
    waves = of_one_kind(panel, "poll")
    yes = np.array([simulation.observe(middle, layout, waves, rng).poll_yes for _ in range(2000)])
    told = simulation.named(layout, middle.theta)
    for i, n in enumerate(panel.poll_answers):
        name = f"series.{layout.series[panel.poll_series[i]]}"
        typical, rho = told[f"{name}.intercept"], told[f"{name}.dispersion"]
        # A wave speaks of one month.
        at = panel.poll_point.tolist().index(i)
        driver, month = divmod(int(panel.poll_state[at]), len(middle.x))
        pull = told[f"{name}.loading"] * panel.poll_weight[at] * middle.x[month, driver]
        share = 1 / (1 + (1 - typical) / typical * exp(-pull))
        variance = n * share * (1 - share) * (1 + (n - 1) * rho)
        assert yes[:, i].mean() == pytest.approx(n * share, abs=4 * (variance / 2000) ** 0.5)
        assert yes[:, i].var() == pytest.approx(variance, rel=0.2)


def test_counts_scatter_more_than_chance(
    layout: Layout, panel: Panel, medians: Medians, middle: Truth
) -> None:
    truth = replace(
        middle, theta=medians({"series.meetings.dispersion": 0.5, "series.meetings.intercept": 4.0})
    )
    rng = np.random.default_rng(10)
    months = of_one_kind(panel, "count")
    value = np.array([simulation.observe(truth, layout, months, rng).count_value for _ in range(2000)])
    loading = simulation.named(layout, truth.theta)["series.meetings.loading"]
    mean = 4 * np.exp(loading * truth.x[panel.count_state, layout.drivers.index("pressure")])
    variance = mean + 0.5 * mean**2
    np.testing.assert_allclose((value.mean(axis=0) - mean) / np.sqrt(variance / 2000), 0, atol=4.5)
    np.testing.assert_allclose(value.var(axis=0) / variance, 1, atol=0.3)


def test_an_episode_is_reported_as_often_as_its_endings_say(
    layout: Layout, panel: Panel, medians: Medians, middle: Truth
) -> None:
    chances = {"gates.demand.intercept": 0.2, "gates.order.intercept": 0.5, "gates.carry_out.intercept": 0.8}
    told = {f"gates.{gate}.effects": 0.0 for gate in layout.gates} | chances
    weight = np.array([[0.0], [3.0], [1.0]])
    one = replace(
        class_only(panel, own=False),
        episode_month=np.array([20]),
        episode_open=(weight > 0).astype(float),
        episode_weight=weight,
    )
    truth = replace(middle, theta=medians(told), u=np.zeros_like(middle.u))
    rng = np.random.default_rng(11)
    drawn = np.array([simulation.observe(truth, layout, one, rng).episode_weight[:, 0] for _ in range(3000)])
    as_it_was = np.all(np.isclose(drawn, [0, 0.75, 0.25]), axis=1)
    contrary = np.all(np.isclose(drawn, [0, 0.25, 0.75]), axis=1)
    assert np.all(as_it_was | contrary)
    # Order 0.2 x 0.5, carried out 0.1 x 0.2: five to one.
    expected = (5 * 0.75 + 0.25) / 6
    assert as_it_was.mean() == pytest.approx(expected, abs=4 * (expected * (1 - expected) / 3000) ** 0.5)


def test_what_a_world_shows_is_possible_in_it(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> None:
    rng = np.random.default_rng(12)
    for truth in prior_draws:
        drawn = simulation.observe(truth, layout, panel, rng)
        for name, density in densities(truth, layout, drawn).items():
            assert np.all(np.isfinite(density)), name


def test_drawn_constants_are_those_of_scipy(layout: Layout, panel: Panel, middle: Truth) -> None:
    drawn = simulation.observe(middle, layout, panel, np.random.default_rng(13))
    fair = np.zeros_like(drawn.poll_yes) + 0.5
    binomial = stats.binom(drawn.poll_answers, fair).logpmf(drawn.poll_yes)
    np.testing.assert_allclose(
        drawn.poll_constant - drawn.poll_answers * log(2), binomial, rtol=1e-9, atol=1e-9
    )
    poisson = stats.poisson(1.0).logpmf(drawn.count_value)
    np.testing.assert_allclose(drawn.count_constant - 1, poisson, rtol=1e-9)


def test_the_likelihood_has_no_slope_on_average_at_the_truth(
    layout: Layout, panel: Panel, middle: Truth
) -> None:
    """The mean score of each parameter over simulated evidence is zero."""
    step = 1e-4 * np.where(middle.theta == 0, 1, np.abs(middle.theta))
    up, down = middle.theta + np.diag(step), middle.theta - np.diag(step)
    p: Parameters = unpack(NUMPY, np.concatenate([up, down]), layout)
    rng, x, u = np.random.default_rng(14), states(middle.x), states(middle.u)

    def slopes() -> Array:
        drawn = simulation.observe(middle, layout, panel, rng)
        parts = (
            likelihood.readings(NUMPY, p, drawn, x),
            likelihood.episodes(NUMPY, p, layout, drawn, x, u),
            likelihood.polls(NUMPY, p, drawn, x),
            likelihood.counts(NUMPY, p, drawn, x),
            likelihood.levels(NUMPY, p, drawn, x),
        )
        total = np.stack([part.sum(axis=-1) for part in parts])
        halves: Array = (total[:, : len(up)] - total[:, len(up) :]) / (2 * step)
        return halves

    score = np.array([slopes() for _ in range(500)])
    error = score.std(axis=0) / 500**0.5
    moves = error > 1e-6 * error.max()
    informed = {
        name.split(".")[0] for name, part in zip(layout.names, moves.any(axis=0), strict=True) if part
    }
    assert informed == {"gates", "series", "grades"}
    np.testing.assert_allclose((score.mean(axis=0)[moves] / error[moves]), 0, atol=4.5)


# What strikes first


def test_the_risk_of_a_world_is_that_of_the_likelihood(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    for truth in prior_draws:
        told, p = simulation.named(layout, truth.theta), unpack(NUMPY, truth.theta, layout)
        course = simulation.Course(
            panel.since, panel.until, panel.rival_exposure, truth.x[None], truth.u[None]
        )
        x, u = states(truth.x), states(truth.u)
        found = likelihood.relative_risk(NUMPY, p, layout, x, u)
        np.testing.assert_allclose(found, simulation.relative_risk(told, layout, course)[0], rtol=1e-10)
        chances = likelihood.endings(NUMPY, likelihood.gate_logits(NUMPY, p, layout, x, u))
        np.testing.assert_allclose(
            np.transpose(chances), simulation.ending_chances(told, layout, truth.x, truth.u), rtol=1e-9
        )


def test_as_many_worlds_stay_quiet_as_the_likelihood_says(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    rng, worlds = np.random.default_rng(15), 100_000
    for truth in prior_draws[:4]:
        quiet = exp(densities(truth, layout, panel)["survival"].sum())
        struck = simulation.outcome(truth, layout, panel, rng, worlds)
        found = np.mean(struck.cause == 1 + len(layout.rivals))
        assert found == pytest.approx(quiet, abs=4 * (quiet * (1 - quiet) / worlds) ** 0.5)


def test_every_cause_alone_strikes_as_often_as_its_closed_form(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    rng, worlds = np.random.default_rng(16), 100_000
    drawn = prior_draws[0]
    theta = np.where(np.array(layout.names) == "reference.outside", 1e-12, drawn.theta)
    spells = [np.isin(np.arange(len(panel.spell_rate)), panel.moved[r] + panel.steady[r]) for r in range(2)]
    for cause in range(3):
        # A factor of e^2 makes entry likely enough to count, one of e^-60 rules it out.
        multiplier, rate = (2.0, 0 * drawn.rate) if cause == 0 else (-60.0, drawn.rate * spells[cause - 1])
        truth = replace(drawn, theta=theta, log_multiplier=drawn.log_multiplier + multiplier, rate=rate)
        chance = 1 - exp(densities(truth, layout, panel)["survival"].sum())
        found = np.mean(simulation.outcome(truth, layout, panel, rng, worlds).cause == cause)
        assert found == pytest.approx(chance, abs=4 * (chance / worlds) ** 0.5)


def test_entry_of_a_typical_state_is_spread_over_time_as_its_hazard_says(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    theta = medians(
        {"reference.A": 2.0, "reference.tau": 6.0, "reference.nu": 2.0, "reference.outside": 0.01}
    )
    still = np.zeros((len(panel.since), 3)), np.zeros((len(panel.since), 1))
    truth = Truth(theta, np.zeros(panel.knot_class.max() + 1), np.zeros(len(panel.spell_rate)), *still)
    struck = simulation.outcome(truth, layout, panel, np.random.default_rng(17), 50_000)
    assert np.array_equal(np.isinf(struck.time), struck.cause == 3)

    def entered(s: Array) -> Array:
        chance: Array = 1 - (1 + np.log1p(s / 6)) ** -2.0 * np.exp(-0.01 * s)
        return chance

    times = struck.time[struck.cause == 0]
    assert times.max() < SO_FAR
    assert len(times) / 50_000 == pytest.approx(entered(np.array(SO_FAR)).item(), abs=0.01)
    within = stats.kstest(times, lambda s: entered(s) / entered(np.array(SO_FAR)))
    assert within.pvalue > 0.001


def test_worlds_that_have_stayed_out_are_the_less_frail(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    theta = medians({"reference.A": 1.0, "reference.tau": 6.0, "reference.nu": 1.0})
    still = np.zeros((len(panel.since), 3)), np.zeros((len(panel.since), 1))
    truth = Truth(theta, np.zeros(panel.knot_class.max() + 1), np.zeros(len(panel.spell_rate)), *still)
    from_start = simulation.outcome(truth, layout, panel, np.random.default_rng(18), 200_000)
    half = 24
    late = simulation.Course(
        panel.since[half:], panel.until[half:], panel.rival_exposure[:, half:],
        truth.x[None, half:], truth.u[None, half:],
    )  # fmt: skip
    stayed = from_start.time > panel.since[half]
    risk = log(1 + panel.since[half] / 6)
    resumed = simulation.first_cause(
        truth, layout, panel, late, np.random.default_rng(19), replicates=200_000, risk=risk
    )
    one, two = np.mean(from_start.cause[stayed] == 0), np.mean(resumed.cause == 0)
    assert one == pytest.approx(two, abs=4 * (one / stayed.sum() + two / 200_000) ** 0.5)
