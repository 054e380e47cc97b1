"""The gate: it names what it requires and fails where a number is absent, not finite or never run."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan, sqrt

import numpy as np
import pytest

from hourglass import verdict
from hourglass.draws import Draws
from hourglass.panel import Array
from hourglass.verdict import Check, Verdict

Rng = np.random.Generator


@pytest.fixture
def rng() -> Rng:
    return np.random.default_rng(20230126)


@pytest.fixture
def sound(rng: Rng) -> Draws:
    """Return four chains of independent draws with sound statistics."""
    shapes = {"theta": (3,), "driver_path": (2, 1), "disposition_path": (2, 1)}
    shapes |= {"log_multiplier": (2,), "rival_rate": (2,)}
    posterior = {name: rng.normal(size=(4, 500, *shape)) for name, shape in shapes.items()}
    quiet = np.zeros((4, 500))
    stats = {"diverging": quiet, "maxdepth_reached": quiet, "energy": rng.normal(size=(4, 500))}
    return Draws(posterior, stats, {})


def failed(draws: Draws) -> set[str]:
    return {check.name for check in verdict.judge_fit(draws) if not check.passed}


# Single checks


@pytest.mark.parametrize(
    ("value", "passed"),
    [(1.0, True), (1.01, True), (1.0101, False), (nan, False), (inf, False), (-inf, False)],
)
def test_at_most_holds_up_to_the_limit_and_for_numbers_alone(value: float, passed: bool) -> None:
    assert verdict.at_most("r_hat", value, 1.01).passed is passed


@pytest.mark.parametrize(
    ("value", "passed"),
    [(400.0, True), (401.0, True), (399.9, False), (nan, False), (inf, False), (-inf, False)],
)
def test_at_least_holds_from_the_limit_and_for_numbers_alone(value: float, passed: bool) -> None:
    assert verdict.at_least("ess_bulk", value, 400).passed is passed


def test_a_verdict_without_checks_has_not_passed() -> None:
    assert not Verdict(()).passed


def test_one_failed_check_fails_the_verdict_and_is_named() -> None:
    good, bad = Check("chains", 4, 4, True), Check("r_hat", 1.2, 1.01, False)
    assert Verdict((good,)).passed
    assert not Verdict((good, bad)).passed
    assert Verdict((good, bad)).failed == (bad,)


def test_the_limits_are_those_of_the_contract() -> None:
    assert (verdict.MOST_R_HAT, verdict.LEAST_ESS, verdict.LEAST_E_BFMI) == (1.01, 400, 0.3)
    assert (verdict.LEAST_CHAINS, verdict.ABSOLUTE_MCSE, verdict.RELATIVE_MCSE) == (4, 0.002, 0.08)


# A fit


def test_a_sound_fit_passes_every_check(sound: Draws) -> None:
    assert failed(sound) == set()
    assert [check.name for check in verdict.judge_fit(sound)] == [
        "chains", "r_hat", "ess_bulk", "ess_tail", "divergences", "saturated_trees", "e_bfmi",
    ]  # fmt: skip


def test_fits_are_told_apart_by_a_name(sound: Draws) -> None:
    assert all(c.name.startswith("outside view ") for c in verdict.judge_fit(sound, name="outside view "))


CONVERGENCE = {"r_hat", "ess_bulk", "ess_tail"}


@pytest.mark.parametrize("name", verdict.VARIABLES)
def test_a_variable_that_is_absent_fails(sound: Draws, name: str) -> None:
    left = {key: values for key, values in sound.posterior.items() if key != name}
    assert failed(replace(sound, posterior=left)) == CONVERGENCE


@pytest.mark.parametrize("name", verdict.VARIABLES)
@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_one_draw_that_is_no_number_fails(sound: Draws, name: str, value: float) -> None:
    spoilt = sound.posterior[name].copy()
    spoilt[2, 17, 0] = value
    assert failed(replace(sound, posterior={**sound.posterior, name: spoilt})) == CONVERGENCE


@pytest.mark.parametrize("name", verdict.VARIABLES)
def test_draws_that_never_move_fail(sound: Draws, name: str) -> None:
    still = {**sound.posterior, name: np.ones_like(sound.posterior[name])}
    assert "r_hat" in failed(replace(sound, posterior=still))


def test_a_posterior_of_nothing_but_nan_fails(sound: Draws) -> None:
    spoilt = {name: np.full_like(values, nan) for name, values in sound.posterior.items()}
    assert failed(replace(sound, posterior=spoilt)) == CONVERGENCE


def test_no_draws_at_all_fail_every_check() -> None:
    checks = list(verdict.judge_fit(Draws({}, {}, {})))
    assert len(checks) == 7
    assert not any(check.passed for check in checks)


def test_one_of_many_fits_is_held_to_milder_limits(sound: Draws) -> None:
    assert verdict.faults(sound, 400) == []
    assert verdict.faults(sound, 4000) == ["ESS"]
    shifted = sound.posterior["theta"] + 0.35 * np.arange(4)[:, None, None]
    apart = replace(sound, posterior={**sound.posterior, "theta": shifted})
    assert verdict.faults(apart, 1) == ["R-hat"]
    stats = {**sound.stats, "diverging": np.eye(4, 500), "maxdepth_reached": np.eye(4, 500)}
    assert verdict.faults(replace(sound, stats=stats), 1) == ["divergences", "saturated trees"]
    assert verdict.faults(Draws({}, {}, {}), 1) == ["divergences", "saturated trees", "R-hat", "ESS"]


def test_chains_of_no_draws_fail(sound: Draws) -> None:
    empty = {name: values[:, :0] for name, values in sound.posterior.items()}
    assert failed(replace(sound, posterior=empty)) >= CONVERGENCE


@pytest.mark.parametrize("chains", [1, 3])
def test_fewer_than_four_chains_fail(sound: Draws, chains: int) -> None:
    few = {name: values[:chains] for name, values in sound.posterior.items()}
    assert "chains" in failed(replace(sound, posterior=few))


def test_chains_that_disagree_fail(sound: Draws) -> None:
    apart = sound.posterior["theta"] + np.arange(4)[:, None, None]
    assert "r_hat" in failed(replace(sound, posterior={**sound.posterior, "theta": apart}))


def test_chains_that_crawl_have_too_few_effective_draws(sound: Draws) -> None:
    crawling = np.cumsum(sound.posterior["theta"], axis=1)
    assert failed(replace(sound, posterior={**sound.posterior, "theta": crawling})) == CONVERGENCE


COUNTED = {"diverging": "divergences", "maxdepth_reached": "saturated_trees"}


@pytest.mark.parametrize(("stat", "check"), COUNTED.items())
def test_one_divergence_or_saturated_tree_fails(sound: Draws, stat: str, check: str) -> None:
    once = np.zeros((4, 500), dtype=bool)
    once[3, 499] = True
    assert failed(replace(sound, stats={**sound.stats, stat: once})) == {check}


@pytest.mark.parametrize(("stat", "check"), [*COUNTED.items(), ("energy", "e_bfmi")])
def test_a_statistic_that_is_absent_or_empty_fails(sound: Draws, stat: str, check: str) -> None:
    left = {key: values for key, values in sound.stats.items() if key != stat}
    assert failed(replace(sound, stats=left)) == {check}
    assert failed(replace(sound, stats={**left, stat: np.zeros((4, 0))})) == {check}


def test_a_statistic_that_is_no_number_fails(sound: Draws) -> None:
    stats = {name: np.full_like(values, nan) for name, values in sound.stats.items()}
    assert failed(replace(sound, stats=stats)) == {"divergences", "saturated_trees", "e_bfmi"}


def test_energy_that_crawls_fails(sound: Draws, rng: Rng) -> None:
    energy = np.cumsum(rng.normal(size=(4, 500)), axis=1)
    assert failed(replace(sound, stats={**sound.stats, "energy": energy})) == {"e_bfmi"}


# A chance


def test_a_steady_chance_passes_all_four_checks(rng: Rng) -> None:
    checks = list(verdict.judge_chance("P", rng.beta(2, 38, (4, 500)), np.ones((4, 500))))
    assert [check.name for check in checks] == ["P r_hat", "P ess_bulk", "P ess_tail", "P mcse"]
    assert all(check.passed for check in checks)


@pytest.mark.parametrize("spoil", [nan, inf])
def test_a_chance_that_is_no_number_fails_every_check(rng: Rng, spoil: float) -> None:
    draws = rng.beta(2, 38, (4, 500))
    draws[0, 0] = spoil
    assert not any(check.passed for check in verdict.judge_chance("P", draws, np.ones((4, 500))))


def test_a_chance_without_draws_or_without_chains_fails_every_check() -> None:
    for shape in ((4, 0), (0, 0)):
        checks = list(verdict.judge_chance("P", np.zeros(shape), np.ones(shape)))
        assert not any(check.passed for check in checks)


def test_a_chance_that_never_moves_fails(rng: Rng) -> None:
    checks = verdict.judge_chance("P", np.full((4, 500), 0.05), np.ones((4, 500)))
    assert {"P r_hat", "P mcse"} <= {check.name for check in checks if not check.passed}


@pytest.mark.parametrize(("mean", "limit"), [(0.01, 0.002), (0.025, 0.002), (0.5, 0.04)])
def test_the_error_allowed_is_8_percent_of_the_chance_and_never_less_than_a_fifth_of_a_percent(
    rng: Rng, mean: float, limit: float
) -> None:
    draws = rng.uniform(0.9, 1.1, (4, 500))
    *_, check = verdict.judge_chance("P", draws * mean / draws.mean(), np.ones((4, 500)))
    assert check.limit == pytest.approx(limit)


def test_weights_that_few_draws_carry_fail(rng: Rng) -> None:
    weight = np.full((4, 500), 1e-6)
    weight[:, :2] = 1.0
    *_, check = verdict.judge_chance("P", rng.beta(1, 19, (4, 500)), weight)
    assert not check.passed


# Monte Carlo standard error


def test_the_error_of_independent_draws_is_their_sd_over_root_n(rng: Rng) -> None:
    draws = rng.beta(2, 38, (4, 2000))
    assert verdict.mcse(draws, np.ones((4, 2000))) == pytest.approx(draws.std() / sqrt(8000), rel=0.1)


def test_the_error_of_clinging_draws_is_larger(rng: Rng) -> None:
    # An autoregression of 0.8 has 1.8 / 0.2 = 9 times the variance of its mean.
    walk = rng.normal(size=(4, 4000))
    for t in range(1, 4000):
        walk[:, t] = 0.8 * walk[:, t - 1] + 0.6 * walk[:, t]
    assert verdict.mcse(walk, np.ones((4, 4000))) == pytest.approx(3 / sqrt(16000), rel=0.15)


def _replication(rng: Rng) -> tuple[Array, Array]:
    """Draw chances with weights that lean towards the high ones."""
    draws = rng.beta(2, 18, (4, 250))
    return draws, np.exp(5 * draws) * rng.gamma(2, 0.5, (4, 250))


def test_the_error_of_a_weighted_mean_is_its_spread_over_replications(rng: Rng) -> None:
    made = [_replication(rng) for _ in range(500)]
    means = [np.average(draws, weights=weight) for draws, weight in made]
    stated = np.mean([verdict.mcse(draws, weight) for draws, weight in made[:100]])
    # 500 replications know their spread to 1 / sqrt(1000), about 3 %.
    assert stated == pytest.approx(np.std(means), rel=0.12)


def test_the_scale_of_the_weights_does_not_matter(rng: Rng) -> None:
    draws, weight = _replication(rng)
    assert verdict.mcse(draws, 7 * weight) == pytest.approx(verdict.mcse(draws, weight))


@pytest.mark.parametrize(
    "spoil", [lambda a: a[:, :0], lambda a: a * nan, lambda a: a * 0 + 0.05], ids=["empty", "nan", "constant"]
)
def test_the_error_of_nothing_is_no_number(rng: Rng, spoil: Callable[[Array], Array]) -> None:
    draws = spoil(rng.beta(2, 38, (4, 500)))
    assert np.isnan(verdict.mcse(draws, np.ones_like(draws)))


def test_the_error_under_a_weight_that_is_no_number_is_none(rng: Rng) -> None:
    weight = np.ones((4, 500))
    weight[1, 1] = nan
    assert np.isnan(verdict.mcse(rng.beta(2, 38, (4, 500)), weight))
