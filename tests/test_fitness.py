"""Whether the model fits what was seen: leave-one-out by hand and by ArviZ, replicas, the record."""

import io
import json
import warnings
from dataclasses import replace

import numpy as np
import pytest
from arviz_stats.loo import loo
from conftest import AS_OF
from outlooks import shipped
from rich.console import Console
from test_forecaster import prior_fit

from hourglass import (
    assembly,
    draws,
    fitness,
    fitness_display,
    information,
    parameters,
    predictive,
    simulation,
)
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.estimate import Posterior
from hourglass.fitness import Fitness, Likeness
from hourglass.panel import Array, Panel
from hourglass.predictive import Predictions
from hourglass.reweighting import Weights


@pytest.fixture(scope="module")
def found() -> Posterior:
    """Return draws from the priors, taken for a fit of the shipped question."""
    panel, labels = assembly.build(shipped(), AS_OF)
    return Posterior(panel, labels, prior_fit(), prior_fit())


@pytest.fixture(scope="module")
def told(found: Posterior) -> Fitness:
    return fitness.assess(shipped(), found, seed=1)


def one_item(density: Array, below: Array) -> Predictions:
    """One item of given densities and chances of less, by draw."""
    table = np.zeros((len(density), 1))
    return Predictions(("a",), ("a",), np.log(density)[:, None], below[:, None], table)


def test_draws_that_expected_an_item_least_weigh_most_without_it() -> None:
    # One over the densities weighs half the draws as 1 and half, with a place of 0.7, as 2.
    density = np.concatenate([np.full(500, 0.5), np.linspace(0.2495, 0.2505, 500)])
    below = np.repeat([0.1, 0.7], 500)
    (item,) = fitness.left_out(one_item(density, below), np.zeros(1000), seed=1)
    assert item.place == pytest.approx((0.1 + 2 * 0.7) / 3, rel=2e-3)
    assert np.exp(item.elpd) == pytest.approx(1 / 3, rel=2e-3)
    assert item.tail == pytest.approx(0.5, rel=2e-3)


def test_draws_that_an_update_has_ruled_out_stay_out() -> None:
    density = np.concatenate([np.full(500, 0.5), np.linspace(0.2495, 0.2505, 500), np.full(500, 1e-9)])
    below, ruled_out = np.repeat([0.1, 0.7, 0.9], 500), np.repeat([0.0, 0.0, -np.inf], 500)
    (item,) = fitness.left_out(one_item(density, below), ruled_out, seed=1)
    assert item.place == pytest.approx((0.1 + 2 * 0.7) / 3, rel=2e-3)


def test_items_are_left_out_as_arviz_does(found: Posterior, told: Fitness) -> None:
    each = information.item_log_likelihood(shipped(), found.panel, found.labels, found.inside)
    tree = draws.as_tree(found.inside, each)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # draws from the priors weigh badly; only the sums are held here
        theirs = loo(tree, pointwise=True, reff=1.0)
    np.testing.assert_allclose([item.elpd for item in told.items], theirs.elpd_i.to_numpy(), atol=1e-6)
    np.testing.assert_allclose([item.k_hat for item in told.items], theirs.pareto_k.to_numpy(), atol=1e-6)
    assert told.elpd == pytest.approx(float(theirs.elpd), abs=1e-6)
    assert told.error == pytest.approx(float(theirs.se), rel=0.02)


def test_the_least_expected_items_come_first(told: Fitness) -> None:
    least = told.least_expected(len(told.items))
    tails = [item.tail for item in least]
    assert tails == sorted(tails, key=lambda tail: tail or 0.0)
    assert all(item.tail is not None and item.group != predictive.EPISODES for item in least)
    assert told.least_expected(2) == least[:2]


def test_replicas_are_of_every_grade_and_series(told: Fitness) -> None:
    about = {(one.group, one.what) for one in told.likenesses}
    for name, whole in (("meetings", True), ("grade B2", False)):
        assert {(name, "mean"), (name, "standard deviation")} <= about
        assert ((name, "mean change from point to point") in about) == whole
    for one in told.likenesses:
        assert one.q05 <= one.q50 <= one.q95
        assert 0 <= one.tail <= 0.5
        assert one.inside or one.tail <= 0.05


def test_points_stand_beside_their_replicas_as_they_were_published(told: Fitness) -> None:
    points = {(one.series, str(one.date)): one for one in told.points}
    troops, prisoners = points["troops", "2022-02-10"], points["prisoners", "2022-12-31"]
    assert troops.observed == pytest.approx(30_000)
    assert 0 < troops.q05 < troops.q25 < troops.q50 < troops.q75 < troops.q95
    assert abs(prisoners.observed) < 200  # a change a month, not the stock of more than a thousand
    assert points["poll_join", "2022-03-14"].observed == pytest.approx(27 / 896)


def test_a_number_equal_to_its_replicas_stands_in_their_middle() -> None:
    same = fitness._likeness("series", "mean", 2.0, np.full(9, 2.0))
    assert (same.tail, same.inside) == (0.5, True)
    far = fitness._likeness("series", "mean", 9.0, np.arange(9.0))
    assert (far.tail, far.inside) == (0.0, False)


def test_worlds_come_in_proportion_to_their_weight(found: Posterior) -> None:
    count = len(found.inside.stacked()["theta"])
    weight = np.zeros(count)
    weight[[0, count - 1]] = 1.0, 3.0
    worlds = fitness.worlds(found.inside, weight, 8)
    theta = found.inside.stacked()["theta"]
    assert [bool((world.theta == theta[0]).all()) for world in worlds] == [True] * 2 + [False] * 6


def test_weights_of_an_update_count(found: Posterior, told: Fitness) -> None:
    even = np.ones(len(found.weight))
    same = replace(found, weights=Weights(even, 0.0, float(len(even)), np.log(even)))
    assert fitness.assess(shipped(), same, seed=1) == told
    lean = even.copy()
    lean[::2] = 0.1
    other = fitness.assess(shipped(), replace(found, weights=Weights(lean, 0.0, 1.0, np.log(lean))), seed=1)
    assert other.elpd != told.elpd


def test_fitness_is_shown_and_is_json(told: Fitness) -> None:
    held = json.loads(json.dumps(fitness.as_json(told), allow_nan=False))
    assert [item["name"] for item in held["items"]] == [item.name for item in told.items]
    assert {one["group"] for one in held["uniformity"]} >= {"meetings", "grade B2"}
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(fitness_display.fitness(told, shipped().question.series))
    shown = console.export_text()
    least = told.least_expected(1)[0].name
    assert f"{least} is the least expected item of all: check its coding." in shown
    assert len(told.least_expected(fitness_display.SHOWN)) == fitness_display.SHOWN


def test_numbers_of_replicas_stand_in_a_unit_of_their_own() -> None:
    groups = ("grade B2", "poll_join", "troops", "meetings", "prisoners")
    told = tuple(Likeness(group, "mean", 0.0674, 0.0364, 0.07, 0.1, 0.4) for group in groups)
    titles = shipped().question.series
    found = {row[0]: row[2:] for row in fitness_display.likenesses(told, titles)}
    assert found["grade B2"] == ("sd of the driver", "0.0674", "0.0364 to 0.1", "40 %")
    assert found[titles["poll_join"].title] == ("percent", "6.74", "3.64 to 10", "40 %")
    assert found[titles["troops"].title][0] == "logarithm of soldiers"
    assert found[titles["meetings"].title][0] == "meetings a month"
    assert found[titles["prisoners"].title][0] == "persons a month"
    (outside,) = fitness_display.likenesses((replace(told[0], observed=0.2, tail=0.01),), titles)
    assert outside[-1] == "1 %, outside"


def test_places_are_even_in_worlds_that_the_draws_could_be(found: Posterior) -> None:
    """Worlds from the priors, each item by itself predicted by other draws from the priors."""
    layout, rng = parameters.layout(shipped().question), np.random.default_rng(3)
    every = {name: values[:, ::8] for name, values in found.inside.posterior.items()}
    few, alone = (
        replace(found.inside, posterior=every),
        np.zeros((len(found.labels.reading),) * 2, dtype=bool),
    )
    means = []
    for seed in range(60):
        seen = simulation.observe(simulation.prior(layout, found.panel, rng), layout, found.panel, rng)
        each = predictive.predict(shipped(), seen, found.labels, few, alone)
        means.append(float(np.nanmean(predictive.pit(each, np.ones(len(each.below)), seed))))
    error = np.std(means) / np.sqrt(len(means))
    assert error < 0.03
    assert abs(np.mean(means) - 0.5) < 3 * error


@pytest.mark.slow
def test_the_shipped_record_fits(case: Case, panel: Panel, fit: Draws) -> None:
    labels = assembly.build(case, AS_OF)[1]
    told = fitness.assess(case, Posterior(panel, labels, fit, fit), seed=1)
    assert all(one.passed for one in told.uniformity), told.uniformity
    unsound = [item.name for item in told.items if not item.sound]
    assert len(unsound) < len(told.items) / 10, unsound  # 5 of 71; the report names them
    assert np.mean([one.inside for one in told.likenesses]) > 0.7
