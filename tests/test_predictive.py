"""What draws say of each item: by hand, against SciPy, and uniform in worlds of known truth."""

from collections.abc import Callable, Mapping
from datetime import date
from math import exp, log, pi, sqrt
from pathlib import Path

import folders
import numpy as np
import pytest
from scipy import stats
from test_information import reading

from hourglass import assembly, information, prediction, predictive, simulation
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Layout
from hourglass.predictive import Predictions
from hourglass.simulation import Truth

AS_OF = date(2023, 1, 26)
Medians = Callable[[Mapping[str, float]], Array]


@pytest.fixture(scope="module")
def labels(case: Case) -> Labels:
    return assembly.build(case, AS_OF)[1]


@pytest.fixture(scope="module")
def told(case: Case, panel: Panel, labels: Labels, layout: Layout, prior_draws: list[Truth]) -> Predictions:
    draws = prediction.as_draws(layout, labels, prior_draws)
    return predictive.predict(case, panel, labels, draws)


def at(told: Predictions, *names: str) -> list[int]:
    return [told.names.index(name) for name in names]


def still(layout: Layout, theta: Array, panel: Panel, labels: Labels, x: float = 0.0) -> Draws:
    """One draw in which every driver stands at `x` in every month."""
    states = np.full((len(panel.since), len(layout.drivers)), x)
    zeros = np.zeros((len(panel.since), len(layout.dispositions)))
    truth = Truth(theta, np.zeros(9), np.zeros(len(panel.spell_shape)), states, zeros)
    return prediction.as_draws(layout, labels, [truth])


def two_readings(where: Path, layout: Layout, medians: Medians, given: Array | None = None) -> Predictions:
    """Readings of 0.5 and 2 by one origin, with A1 noise of 0.4, a shared error of 0.3, drivers at 1."""
    mine = folders.copied(where)
    mine.ledger(reading(1, "one", level="0.5"), reading(2, "one", level="2.0"))
    case = mine.load()
    panel, labels = assembly.build(case, AS_OF)
    theta = medians({"grades.letters.A.noise": 0.4, "grades.origin": 0.3})
    told = predictive.predict(case, panel, labels, still(layout, theta, panel, labels, x=1.0), given)
    return told.only(np.array([0, 1]))


def test_a_reading_is_normal_about_the_driver_and_what_its_origin_said_before(
    tmp_path: Path, layout: Layout, medians: Medians
) -> None:
    # Its error, once read 0.5 too low: mean 0.09 / 0.25 x -0.5, variance 0.09 x 0.16 / 0.25.
    mean, spread = 1 - 0.18, sqrt(0.16 + 0.0576)
    told = two_readings(tmp_path, layout, medians)
    z = (2 - mean) / spread
    assert told.log_density[0, 1] == pytest.approx(-0.5 * log(2 * pi) - log(spread) - z**2 / 2)
    assert told.below[0, 1] == pytest.approx(stats.norm.cdf(z))
    assert told.exact[0, 1] == 0.0
    assert told.groups == ("grade A1", "grade A1")


def test_a_reading_given_nothing_has_its_noise_and_its_origins(
    tmp_path: Path, layout: Layout, medians: Medians
) -> None:
    told = two_readings(tmp_path, layout, medians, given=np.zeros((2, 2), dtype=bool))
    spread = sqrt(0.16 + 0.09)
    np.testing.assert_allclose(told.below[0], stats.norm.cdf([-0.5 / spread, 1 / spread]))
    np.testing.assert_allclose(told.log_density[0], stats.norm.logpdf([-0.5, 1.0], scale=spread))


def test_a_reading_given_an_earlier_one_alone(tmp_path: Path, layout: Layout, medians: Medians) -> None:
    earlier = np.array([[False, True], [False, False]])
    told = two_readings(tmp_path, layout, medians, given=earlier)
    assert told.below[0, 0] == pytest.approx(stats.norm.cdf(-0.5 / 0.5))
    assert told.below[0, 1] == pytest.approx(stats.norm.cdf((2 - 0.82) / sqrt(0.2176)))


def test_every_item_has_a_name_a_group_and_the_density_that_runs_keep(
    case: Case, panel: Panel, labels: Labels, layout: Layout, prior_draws: list[Truth], told: Predictions
) -> None:
    assert told.names == (*labels.reading, *labels.episode, *labels.poll, *labels.count, *labels.level)
    assert len(told.groups) == len(told.names)
    assert set(told.groups) >= {"grade B2", predictive.EPISODES, *case.question.series} - {"poll_army"}
    each = information.item_log_likelihood(
        case, panel, labels, prediction.as_draws(layout, labels, prior_draws)
    )
    for name, density in each.items():
        np.testing.assert_allclose(told.log_density[:, told.names.index(name)], density.ravel(), atol=1e-12)


def test_an_episode_has_a_density_and_no_place(told: Predictions, labels: Labels) -> None:
    places = at(told, *labels.episode)
    assert np.isfinite(told.log_density[:, places]).all()
    assert np.isnan(told.below[:, places]).all()
    assert np.isnan(predictive.pit(told, np.ones(6), seed=1)[places]).all()


@pytest.mark.parametrize("kind", ["poll", "count", "level"])
def test_points_are_as_their_distributions_in_scipy(
    kind: str, panel: Panel, labels: Labels, layout: Layout, told: Predictions, prior_draws: list[Truth]
) -> None:
    for i, name in enumerate(getattr(labels, kind)):
        at_draw = at(told, name)[0]
        for d, truth in enumerate(prior_draws):
            value, law = _law(kind, panel, layout, truth, i)
            below = law.cdf(value if kind == "level" else value - 1)
            density = law.logpdf(value) if kind == "level" else law.logpmf(value)
            assert told.below[d, at_draw] == pytest.approx(below, abs=1e-9), name
            assert told.log_density[d, at_draw] == pytest.approx(density, abs=1e-8), name
            exact = 0.0 if kind == "level" else exp(density)
            assert told.exact[d, at_draw] == pytest.approx(exact, abs=1e-9), name


def _law(kind: str, panel: Panel, layout: Layout, truth: Truth, i: int) -> tuple[float, "stats.rv_frozen"]:  # type: ignore[name-defined]
    """Value of a point and its distribution, from the question's own words."""
    named = simulation.named(layout, truth.theta)
    which = getattr(panel, f"{kind}_series")[i]
    part = f"series.{layout.series[which]}"
    typical, loading, over = (named[f"{part}.{key}"] for key in ("intercept", "loading", "dispersion"))
    mine = getattr(panel, f"{kind}_point") == i
    pull = loading * float(
        truth.x.T.ravel()[getattr(panel, f"{kind}_state")[mine]] @ getattr(panel, f"{kind}_weight")[mine]
    )
    if kind == "poll":
        odds = typical / (1 - typical) * exp(pull)
        share, size = odds / (1 + odds), (1 - over) / over
        n = int(panel.poll_answers[i])
        return panel.poll_yes[i], stats.betabinom(n, share * size, (1 - share) * size)
    if kind == "count":
        mean = typical * exp(pull)
        return panel.count_value[i], stats.nbinom(1 / over, 1 / (1 + over * mean))
    center = log(typical) if panel.level_logged[i] else typical
    return panel.level_value[i], stats.t(panel.level_tail[i], center + pull, over)


def predictions(below: list[list[float]], exact: list[list[float]]) -> Predictions:
    """Predictions by hand, of items a, b, ...; (draw, item)."""
    names = tuple("abcdefgh"[: len(below[0])])
    return Predictions(names, names, np.log(np.array(exact) + 0.1), np.array(below), np.array(exact))


def test_a_place_is_the_weighted_mean_over_draws() -> None:
    told = predictions([[0.2, 0.5], [0.6, 0.5]], [[0.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(predictive.pit(told, np.array([3.0, 1.0]), seed=1), [0.3, 0.5])
    each = np.array([[1.0, 1.0], [3.0, 1.0]])
    np.testing.assert_allclose(predictive.pit(told, each, seed=1), [0.5, 0.5])


def test_the_place_of_a_discrete_item_is_spread_over_its_own_chance() -> None:
    told = predictions([[0.2], [0.4]], [[0.4], [0.2]])
    found = [float(predictive.pit(told, np.ones(2), seed)[0]) for seed in range(400)]
    assert min(found) == pytest.approx(0.3, abs=0.01)
    assert max(found) == pytest.approx(0.6, abs=0.01)
    assert stats.kstest(found, stats.uniform(0.3, 0.3).cdf).pvalue > 0.01
    assert predictive.pit(told, np.ones(2), 7) == predictive.pit(told, np.ones(2), 7)


def test_a_discrete_item_lies_as_far_out_as_it_and_all_beyond_it() -> None:
    """By hand: a count of 0 with chance 0.53 is the likelier thing and no outlier, whatever its share."""
    told = predictions([[0.0, 0.98, 0.0, 0.3]], [[0.53, 0.02, 0.01, 0.3]])
    np.testing.assert_allclose(predictive.tails(told, np.ones(1)), [0.5, 0.02, 0.01, 0.5])
    mixed = predictions([[0.1], [0.3]], [[0.1], [0.2]])  # at most 0.2 and 0.5: 0.275 with weights 3 to 1
    np.testing.assert_allclose(predictive.tails(mixed, np.array([3.0, 1.0])), [0.275])


def test_another_item_moves_no_place() -> None:
    two = predictions([[0.2, 0.3]], [[0.4, 0.5]])
    assert predictive.pit(two, np.ones(1), 1)[1] == predictive.pit(two.only(np.array([1])), np.ones(1), 1)[0]


def test_the_score_is_the_log_of_the_mean_density_even_where_each_is_tiny() -> None:
    told = predictions([[0.2], [0.4]], [[0.4], [0.2]])
    assert predictive.log_score(told, np.array([1.0, 3.0]))[0] == pytest.approx(log((0.5 + 3 * 0.3) / 4))
    far = Predictions(told.names, told.groups, told.log_density - 2000, told.below, told.exact)
    assert predictive.log_score(far, np.array([1.0, 3.0]))[0] == pytest.approx(log(1.4 / 4) - 2000)


@pytest.mark.parametrize(
    ("yes", "answers"), [(0, 9), (4, 9), (5, 9), (9, 9)], ids=["none", "few", "many", "all"]
)
def test_fewer_answers_are_summed_from_either_end(yes: int, answers: int) -> None:
    a, b = np.array([0.7, 3.0]), np.array([2.0, 0.4])
    found = predictive._fewer(yes, answers, a, b)
    np.testing.assert_allclose(found, stats.betabinom.cdf(yes - 1, answers, a, b), atol=1e-12)


def test_places_are_uniform_in_worlds_of_known_truth(
    case: Case, panel: Panel, labels: Labels, layout: Layout
) -> None:
    rng = np.random.default_rng(5)
    found: dict[str, list[float]] = {}
    for seed in range(40):
        truth = simulation.prior(layout, panel, rng)
        seen = simulation.observe(truth, layout, panel, rng)
        told = predictive.predict(case, seen, labels, prediction.as_draws(layout, labels, [truth]))
        for group, place in zip(told.groups, predictive.pit(told, np.ones(1), seed), strict=True):
            found.setdefault("grade" if group.startswith("grade") else group, []).append(float(place))
    del found[predictive.EPISODES]
    assert {
        group: p for group, places in found.items() if (p := stats.kstest(places, "uniform").pvalue) < 0.005
    } == {}
