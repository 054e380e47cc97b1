"""The likelihood: numbers worked by hand, closed forms, SciPy's distributions."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from math import exp, log

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logit

from hourglass import likelihood, simulation
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel, arrays, class_only
from hourglass.parameters import Layout, Parameters, unpack
from hourglass.simulation import Truth

Medians = Callable[[Mapping[str, float]], Array]
SO_FAR = 5 / 28 + 10 + 26 / 31
EVEN = {"gates.demand.effects": 0.0, "gates.order.effects": 0.0, "gates.carry_out.effects": 0.0}
"""No driver moves a gate."""


def states(path: Array) -> list[Array]:
    """Drivers or dispositions of a path (..., place, driver), one array each."""
    return list(np.moveaxis(path, -1, 0))


def still(layout: Layout, panel: Panel) -> tuple[list[Array], list[Array]]:
    """Drivers and dispositions of the typical state, month after month."""
    quiet = np.zeros(len(panel.since))
    return [quiet] * len(layout.drivers), [quiet] * len(layout.dispositions)


def densities(truth: Truth, layout: Layout, panel: Panel) -> dict[str, Array]:
    p = unpack(NUMPY, truth.theta, layout)
    multiplier, x, u = np.exp(truth.log_multiplier), states(truth.x), states(truth.u)
    return likelihood.log_densities(NUMPY, p, layout, panel, multiplier, truth.rate, x, u)


# Readings


def read_twice(layout: Layout, panel: Panel, *, origins: int) -> Panel:
    """Loyalty read at 1.0 (A1) in month 3 and at 0.5 (C3) in month 7."""
    loyalty = layout.drivers.index("loyalty") * len(panel.since)
    return replace(
        class_only(panel, own=False),
        reading_state=loyalty + np.array([3, 7]),
        reading_level=np.array([1.0, 0.5]),
        reading_letter=np.array([0, 2]),
        reading_number=np.array([0, 2]),
        reading_block=np.array([0, 0]) if origins == 1 else np.array([0, 1]),
        block_zero=np.zeros(origins),
    )


@pytest.fixture
def grades(layout: Layout, medians: Medians) -> Parameters:
    """Return noises of 0.4 for A, 0.15 and 0.25 more for B and C, half more for a 3, 0.3 an origin."""
    noise = {"letters.A": 0.4, "letters.B": 0.15, "letters.C": 0.25, "numbers.3": 1.5, "origin": 0.3}
    return unpack(NUMPY, medians({f"grades.{key}": number for key, number in noise.items()}), layout)


def test_a_grade_of_c3_has_a_noise_of_one_and_a_fifth(
    layout: Layout, panel: Panel, grades: Parameters
) -> None:
    noise = likelihood.reading_noise(NUMPY, grades, read_twice(layout, panel, origins=1))
    np.testing.assert_allclose(noise, [0.4, 1.2])


def test_two_readings_of_one_origin_are_a_correlated_pair(
    layout: Layout, panel: Panel, grades: Parameters
) -> None:
    x = np.random.default_rng(1).normal(size=(len(panel.since), 3))
    found = likelihood.readings(NUMPY, grades, read_twice(layout, panel, origins=1), states(x))
    covariance = [[0.16 + 0.09, 0.09], [0.09, 1.44 + 0.09]]
    expected = stats.multivariate_normal([x[3, 2], x[7, 2]], covariance).logpdf([1.0, 0.5])
    np.testing.assert_allclose(found, [expected], rtol=1e-12)


def test_readings_of_two_origins_are_independent(layout: Layout, panel: Panel, grades: Parameters) -> None:
    found = likelihood.readings(NUMPY, grades, read_twice(layout, panel, origins=2), still(layout, panel)[0])
    expected = stats.norm(0, [0.5, 1.53**0.5]).logpdf([1.0, 0.5])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# Gates and episodes


def test_each_ending_needs_the_gates_before_it() -> None:
    # Demand 0.2, order 0.5, carried out 0.9: 0.8, then 0.2 x 0.5, then 0.2 x 0.5 x 0.1.
    found = likelihood.endings(NUMPY, list(logit([0.2, 0.5, 0.9])))
    np.testing.assert_allclose(found, [0.8, 0.1, 0.01], rtol=1e-12)


def test_endings_and_entry_are_all_that_can_happen() -> None:
    logits = np.random.default_rng(2).normal(0, 4, size=(3, 50))
    entry = np.prod(1 / (1 + np.exp(-logits)), axis=0)
    np.testing.assert_allclose(sum(likelihood.endings(NUMPY, list(logits))) + entry, 1, rtol=1e-12)


def one_episode(panel: Panel, weight: list[float]) -> Panel:
    """Panel of one episode in month 20 with given likelihoods of its reports."""
    column = np.array(weight, dtype=float)[:, None]
    return replace(
        panel, episode_month=np.array([20]), episode_open=(column > 0).astype(float), episode_weight=column
    )


@pytest.mark.parametrize(
    ("weight", "expected"),
    [
        ([1, 1, 1], 0.0),
        ([0, 3, 1], log(31 / 11)),  # (0.1 x 3 + 0.01) / (0.1 + 0.01)
        ([0, 1, 3], log(13 / 11)),
        ([1, 4, 4], log(1.24 / 0.91)),
        ([5, 0, 0], log(5)),
    ],
)
def test_a_report_weighs_the_endings_that_it_leaves_open(
    layout: Layout, panel: Panel, medians: Medians, weight: list[float], expected: float
) -> None:
    chances = {"gates.demand.intercept": 0.2, "gates.order.intercept": 0.5, "gates.carry_out.intercept": 0.9}
    p = unpack(NUMPY, medians(chances), layout)
    found = likelihood.episodes(NUMPY, p, layout, one_episode(panel, weight), *still(layout, panel))
    np.testing.assert_allclose(found, [expected], atol=1e-12)


def test_a_report_that_fits_every_ending_alike_says_nothing_of_any_state(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    for truth in prior_draws:
        found = densities(truth, layout, one_episode(panel, [1, 1, 1]))["episodes"]
        np.testing.assert_allclose(found, [0], atol=1e-12)


def test_a_gate_that_no_driver_moves_is_one_whose_effects_are_nothing(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    bare = replace(layout, gate_effects=((), *layout.gate_effects[1:]))
    effects = [i for i, name in enumerate(layout.names) if name.startswith("gates.demand.effects")]
    for truth in prior_draws:
        theta = truth.theta.copy()
        theta[effects] = 0
        unmoved = replace(truth, theta=theta)
        nothing, none = densities(unmoved, layout, panel), densities(unmoved, bare, panel)
        assert none["episodes"].size
        for part, told in nothing.items():
            np.testing.assert_array_equal(told, none[part])


def test_a_refusal_says_nothing_of_the_demand(layout: Layout, panel: Panel, medians: Medians) -> None:
    refusal, (x, u) = one_episode(panel, [0, 3, 1]), still(layout, panel)
    rare, often = (unpack(NUMPY, medians({"gates.demand.intercept": d}), layout) for d in (0.05, 0.6))
    np.testing.assert_allclose(
        likelihood.episodes(NUMPY, rare, layout, refusal, x, u),
        likelihood.episodes(NUMPY, often, layout, refusal, x, u),
        rtol=1e-12,
    )


def test_the_disposition_moves_the_gate_of_consent_alone(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    p, (x, u) = unpack(NUMPY, medians({}), layout), still(layout, panel)
    before = likelihood.gate_logits(NUMPY, p, layout, x, u)
    after = likelihood.gate_logits(NUMPY, p, layout, x, [u[0] + 0.7])
    moved = [(b - a)[20] for a, b in zip(before, after, strict=True)]
    np.testing.assert_allclose(moved, [0, 0.7, 0], atol=1e-12)


def test_the_typical_state_has_a_relative_risk_of_one(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    for truth in prior_draws:
        p = unpack(NUMPY, truth.theta, layout)
        np.testing.assert_allclose(
            likelihood.relative_risk(NUMPY, p, layout, *still(layout, panel)), 1, rtol=1e-12
        )


@pytest.mark.parametrize(("driver", "way"), [("pressure", 1), ("unrest", -1), ("loyalty", 1)])
def test_pressure_and_loyalty_raise_the_risk_and_unrest_lowers_it(
    layout: Layout, prior_draws: list[Truth], driver: str, way: int
) -> None:
    x = np.zeros((5, 3))
    x[:, layout.drivers.index(driver)] = np.arange(5) - 2
    for truth in prior_draws:
        p = unpack(NUMPY, truth.theta, layout)
        risk = likelihood.relative_risk(NUMPY, p, layout, states(x), [np.zeros(5)])
        assert np.all(np.diff(risk) * way > 0)


# Series


def pulled(truth: Truth, layout: Layout, panel: Panel, kind: str, point: int) -> dict[str, float]:
    """Parameters of the series of a point, and how far its driver pulls it."""
    told, at = simulation.named(layout, truth.theta), arrays(panel)
    name = layout.series[at[f"{kind}_series"][point]]
    series = {part: told[f"series.{name}.{part}"] for part in ("intercept", "dispersion", "loading")}
    stood = 0.0
    for i in np.flatnonzero(at[f"{kind}_point"] == point):
        driver, month = divmod(int(at[f"{kind}_state"][i]), len(panel.since))
        stood += at[f"{kind}_weight"][i] * truth.x[month, driver]
    return series | {"pull": series["loading"] * stood}


def test_every_poll_wave_is_beta_binomial(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> None:
    for truth in prior_draws:
        found = densities(truth, layout, panel)["polls"]
        for i, value in enumerate(found):
            of = pulled(truth, layout, panel, "poll", i)
            share = 1 / (1 + exp(-logit(of["intercept"]) - of["pull"]))
            size = (1 - of["dispersion"]) / of["dispersion"]
            wave = stats.betabinom(int(panel.poll_answers[i]), share * size, (1 - share) * size)
            assert value == pytest.approx(wave.logpmf(panel.poll_yes[i]), rel=1e-9, abs=1e-8)


def test_every_count_is_negative_binomial(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> None:
    for truth in prior_draws:
        found = densities(truth, layout, panel)["counts"]
        for i, value in enumerate(found):
            of = pulled(truth, layout, panel, "count", i)
            mean = of["intercept"] * exp(of["pull"])
            count = stats.nbinom(1 / of["dispersion"], 1 / (1 + of["dispersion"] * mean))
            assert value == pytest.approx(count.logpmf(panel.count_value[i]), rel=1e-9, abs=1e-9)


def test_every_level_is_student_t_about_its_predictor(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    assert 0 < panel.level_logged.sum() < len(panel.level_logged)
    for truth in prior_draws:
        found = densities(truth, layout, panel)["levels"]
        for i, value in enumerate(found):
            of = pulled(truth, layout, panel, "level", i)
            center = log(of["intercept"]) if panel.level_logged[i] else of["intercept"]
            level = stats.t(panel.level_tail[i], center + of["pull"], of["dispersion"])
            assert value == pytest.approx(level.logpdf(panel.level_value[i]), rel=1e-9)


def test_more_unrest_makes_a_yes_to_war_rarer(layout: Layout, panel: Panel, medians: Medians) -> None:
    p, quiet = unpack(NUMPY, medians({}), layout), np.zeros(len(panel.since))
    nobody = replace(panel, poll_yes=np.zeros_like(panel.poll_yes))
    join = panel.poll_series == layout.series.index("poll_join")
    low, high = ([quiet, quiet + unrest, quiet] for unrest in (-1, 1))
    rise = likelihood.polls(NUMPY, p, nobody, high) - likelihood.polls(NUMPY, p, nobody, low)
    assert np.all(rise[join] > 0)
    assert np.all(rise[~join] < 0)


# Survival


def survive(truth: Truth, layout: Layout, panel: Panel, *, rivals: bool = False) -> Array:
    """Log chance of staying out, month by month, without rivals unless wanted."""
    found: Array = densities(replace(truth, rate=truth.rate * rivals), layout, panel)["survival"]
    return found


def plain(layout: Layout, panel: Panel, theta: Array, multiplier: float = 1.0) -> Truth:
    """World of a typical state with its own multiplier; rivals strike one in a hundred a month."""
    log_multiplier = np.append(np.zeros(panel.knot_class.max()), log(multiplier))
    x, u = (np.zeros((len(panel.since), len(names))) for names in (layout.drivers, layout.dispositions))
    return Truth(theta, log_multiplier, np.full(len(panel.spell_rate), 0.01), x, u)


SHAPE = {"reference.A": 0.05, "reference.tau": 6.0, "reference.nu": 2.0, "reference.outside": 0.0001}


@pytest.mark.parametrize("multiplier", [1.0, 2.5])
def test_a_typical_state_stays_out_as_its_frailty_says(
    layout: Layout, panel: Panel, medians: Medians, multiplier: float
) -> None:
    months = survive(plain(layout, panel, medians(SHAPE), multiplier), layout, panel)
    risk = multiplier * 0.05 * log(1 + SO_FAR / 6)
    assert months.sum() == pytest.approx(2 * log(2 / (2 + risk)) - 0.0001 * SO_FAR, rel=1e-9)
    assert np.all(months[:18] == 0)
    assert np.all(months[18:] < 0)


def test_a_rise_in_pressure_multiplies_the_hazard_from_its_month_on(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    told = EVEN | SHAPE | {"gates.demand.effects.pressure": 1.0, "gates.demand.intercept": 0.2}
    truth = plain(layout, panel, medians(told))
    truth.x[24:, 0] = 1.0
    ratio = 1 / (1 + 4 * exp(-1)) / 0.2
    since_june = 5 / 28 + 5
    risk = 0.05 * (log(1 + since_june / 6) + ratio * (log(1 + SO_FAR / 6) - log(1 + since_june / 6)))
    total = survive(truth, layout, panel).sum()
    assert total == pytest.approx(2 * log(2 / (2 + risk)) - 0.0001 * SO_FAR, rel=1e-9)


def test_the_cut_months_count_for_their_days(layout: Layout, panel: Panel, medians: Medians) -> None:
    told = EVEN | SHAPE | {"reference.A": 1e-12, "reference.outside": 0.001}
    months = survive(plain(layout, panel, medians(told)), layout, panel)
    np.testing.assert_allclose(months[18:], -0.001 * np.array([5 / 28, *[1] * 10, 26 / 31]), rtol=1e-8)


def test_frailty_integrated_out_is_the_mean_over_frailties(layout: Layout, medians: Medians) -> None:
    nu, risk = 1.7, 0.8
    mean, _ = integrate.quad(lambda g: stats.gamma(nu, scale=1 / nu).pdf(g) * exp(-g * risk), 0, np.inf)
    p = unpack(NUMPY, medians({"reference.nu": nu, "reference.outside": 0.0}), layout)
    found = likelihood.entry_hazard(NUMPY, p, np.array([0.0]), np.array([risk]), 1.0)
    np.testing.assert_allclose(np.exp(-found), mean, rtol=1e-8)


def test_hazard_of_the_second_month_by_hand(layout: Layout, medians: Medians) -> None:
    p = unpack(NUMPY, medians({"reference.nu": 1.0, "reference.outside": 0.1}), layout)
    found = likelihood.entry_hazard(NUMPY, p, np.array([1.0]), np.array([2.0]), np.array([0.5]))
    np.testing.assert_allclose(found, [log(2) + 0.05], rtol=1e-12)


def test_time_without_entry_thins_out_the_frail(layout: Layout, medians: Medians) -> None:
    p = unpack(NUMPY, medians({}), layout)
    soon, late = (likelihood.entry_hazard(NUMPY, p, np.array([r]), np.array([0.1]), 1.0) for r in (0.0, 0.5))
    assert late < soon


def test_rivals_that_no_driver_moves_cost_their_rate_a_month(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    truth = plain(layout, panel, medians({"rivals.ruler_falls.effects": 0.0}))
    cost = survive(truth, layout, panel, rivals=True) - survive(truth, layout, panel)
    # War's end, irregular exit, death: each one in a hundred a month.
    assert cost.sum() == pytest.approx(-0.03 * SO_FAR, rel=1e-9)


def test_drivers_leave_the_mean_hazard_of_a_rival_over_the_class_as_it_is(
    layout: Layout, medians: Medians
) -> None:
    p = unpack(NUMPY, medians({}), layout)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 3)
    mass = np.prod(np.meshgrid(weights, weights, weights, indexing="ij"), axis=0).ravel() / weights.sum() ** 3
    moved, steady = [np.array([0.02]), np.array([0.03])], [np.array([0.0]), np.array([0.01])]
    war, ruler = likelihood.rival_hazards(NUMPY, p, layout, moved, steady, states(grid))
    np.testing.assert_allclose(war, 0.02)
    assert mass @ ruler == pytest.approx(0.04, rel=1e-9)
    assert np.ptp(ruler) > 0.01


def test_an_unloved_ruler_with_a_disloyal_army_falls_sooner(layout: Layout, medians: Medians) -> None:
    p = unpack(NUMPY, medians({}), layout)
    x = states(np.array([[0, 0, 0], [0, 1, -1]], dtype=float))
    spent, none = [np.full(2, 0.01)] * 2, [np.zeros(2)] * 2
    war, ruler = likelihood.rival_hazards(NUMPY, p, layout, spent, none, x)
    assert war.tolist() == [0.01, 0.01]
    assert ruler[1] == pytest.approx(ruler[0] * exp(0.4 + 0.5))


# Life tables


def test_life_tables_of_typical_states_join_in_clumps_about_the_closed_form(
    layout: Layout, panel: Panel, medians: Medians
) -> None:
    told = EVEN | SHAPE | {"gates.order.disposition.sd": 0.0}
    truth = replace(plain(layout, panel, medians(told)), log_multiplier=np.log([1.0, 0.5, 2.0, 3.0, 1.0]))

    def log_survival(multiplier: float, s: float) -> float:
        return 2 * log(2 / (2 + multiplier * 0.05 * log(1 + s / 6))) - 0.0001 * s

    found, clumping = densities(truth, layout, panel)["tables"], 0.15
    for i, value in enumerate(found):
        start, end = panel.row_since[i], panel.row_until[i]
        multiplier = float(np.exp(truth.log_multiplier[panel.knot_class[start]]))
        s0, s1 = panel.knot_months[[start, end]]
        exposure = panel.row_rate_time[i] * (s1 - s0)
        mean = exposure * (log_survival(multiplier, s0) - log_survival(multiplier, s1)) / (s1 - s0)
        clumped = stats.nbinom(1 / clumping, 1 / (1 + clumping * mean))
        expected = panel.row_weight[i] * clumped.logpmf(panel.row_joined[i])
        assert value == pytest.approx(expected, rel=1e-9)


def test_a_class_survives_as_the_mean_of_its_states(
    layout: Layout, panel: Panel, prior_draws: list[Truth]
) -> None:
    truth = prior_draws[0]
    told = simulation.named(layout, truth.theta)
    alive = []
    for state in panel.class_points.T:
        course = simulation.Course(
            np.zeros(1), np.ones(1), np.zeros((1, 1)), state[None, None, :3],
            told["gates.order.disposition.sd"] * state[None, None, 3:],
        )  # fmt: skip
        risk = 0.7 * simulation.relative_risk(told, layout, course).item() * told["reference.A"]
        risk *= log(1 + 30 / told["reference.tau"])
        alive.append((told["reference.nu"] / (told["reference.nu"] + risk)) ** told["reference.nu"])
    p = unpack(NUMPY, truth.theta, layout)
    found = likelihood.class_log_survival(
        NUMPY, p, layout, panel.class_points, np.array([0.7]), np.array([30.0])
    )
    np.testing.assert_allclose(found, [log(np.mean(alive)) - 30 * told["reference.outside"]], rtol=1e-9)


def test_the_points_of_the_class_are_standard_normal(panel: Panel) -> None:
    assert panel.class_points.shape == (4, 64)
    np.testing.assert_allclose(panel.class_points.mean(axis=1), 0, atol=0.05)
    np.testing.assert_allclose(panel.class_points.std(axis=1), 1, atol=0.07)


def test_own_quiet_counts_once(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> None:
    truth = prior_draws[0]
    assert np.all(densities(truth, layout, panel)["own_class_survival"] == 0)
    alone = densities(truth, layout, class_only(panel, own=True))
    p = unpack(NUMPY, truth.theta, layout)
    expected = likelihood.class_log_survival(
        NUMPY, p, layout, panel.class_points, np.exp(truth.log_multiplier[-1:]), np.array([SO_FAR])
    )
    assert alone["own_class_survival"].sum() == pytest.approx(expected.item(), rel=1e-9)
    assert np.all(alone["survival"] == 0)


# Draws


def test_many_draws_at_once_equal_one_by_one(layout: Layout, panel: Panel, prior_draws: list[Truth]) -> None:
    together = densities(
        Truth(
            **{field.name: np.stack([getattr(t, field.name) for t in prior_draws]) for field in fields(Truth)}
        ),
        layout,
        panel,
    )
    for i, truth in enumerate(prior_draws):
        alone = densities(truth, layout, panel)
        assert alone.keys() == together.keys()
        for name, density in alone.items():
            np.testing.assert_allclose(together[name][i], density, rtol=1e-11, atol=1e-12, err_msg=name)
