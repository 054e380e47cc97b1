"""What the priors alone say: a line for each question one may put to them."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest

from hourglass import prediction
from hourglass.assembly import build
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.draws import DIMS
from hourglass.parameters import Layout
from hourglass.question import Question
from hourglass.simulation import Truth
from hourglass.summary import Line

AS_OF = date(2023, 1, 26)


@pytest.fixture(scope="module")
def lines(case: Case) -> Mapping[str, Line]:
    """Return lines of 100 worlds by what they are about."""
    told = list(prediction.prior_predictive(case, AS_OF, 100, seed=1))
    assert len({line.about for line in told}) == len(told)
    return {line.about: line for line in told}


def test_every_horizon_class_driver_and_series_has_its_line(case: Case, lines: Mapping[str, Line]) -> None:
    asked = case.question
    wanted = [f"P of entry within {m} months" for m in asked.header.horizons]
    wanted += [
        f"rate of entry in the {y} year, {c}" for c in asked.reference.classes for y in ("first", "second")
    ]
    wanted += [f"{what} of {d} {when}" for d in asked.drivers for what, when in
               (("level", "at as-of"), ("range", "over the months"))]  # fmt: skip
    wanted += [f"mean of series {name}" for name in asked.series]
    assert set(wanted) <= set(lines)


def test_quantiles_are_in_order(lines: Mapping[str, Line]) -> None:
    for line in lines.values():
        assert line.q05 <= line.q50 <= line.q95, line.about


def test_chances_are_chances_and_grow_with_the_horizon(lines: Mapping[str, Line]) -> None:
    three, six, twelve = (lines[f"P of entry within {m} months"] for m in (3, 6, 12))
    assert 0 < three.q50 < six.q50 < twelve.q50 < 1
    assert three.observed is None


def test_the_observed_rate_of_a_class_is_joins_over_exposure_a_year(lines: Mapping[str, Line]) -> None:
    # allies_since_1945: 4 + 3 + 8 + 4 joined in 809.9 + 1164.5 + 973.3 + 1514.0 months, then 1 in 1971.3.
    first = lines["rate of entry in the first year, allies_since_1945"].observed
    second = lines["rate of entry in the second year, allies_since_1945"].observed
    assert first == pytest.approx(12 * 19 / 4461.7)
    assert second == pytest.approx(12 * 1 / 1971.3)


def test_a_class_without_rows_of_that_year_has_nothing_observed(lines: Mapping[str, Line]) -> None:
    # hosts_and_suppliers begins with its second year: 6 joined in 3132 months.
    assert lines["rate of entry in the first year, hosts_and_suppliers"].observed is None
    second = lines["rate of entry in the second year, hosts_and_suppliers"].observed
    assert second == pytest.approx(12 * 6 / 3132.0)


def test_the_observed_mean_of_a_poll_is_that_of_the_shares_known_by_then(
    case: Case, lines: Mapping[str, Line]
) -> None:
    known = {row.date: row.value for row in case.rows["poll_army"] if row.known <= AS_OF}
    found = lines["mean of series poll_army"].observed
    assert found == pytest.approx(np.mean(list(known.values())), abs=0.001)


def test_the_same_seed_gives_the_same_lines(case: Case, lines: Mapping[str, Line]) -> None:
    assert list(prediction.prior_predictive(case, AS_OF, 100, seed=1)) == list(lines.values())
    assert list(prediction.prior_predictive(case, AS_OF, 100, seed=2)) != list(lines.values())


def test_worlds_take_the_form_of_one_chain_of_draws(
    case: Case, layout: Layout, prior_draws: list[Truth]
) -> None:
    draws = prediction.as_draws(layout, build(case, AS_OF)[1], prior_draws)
    assert set(draws.posterior) == set(DIMS)
    for name, values in draws.posterior.items():
        assert values.shape[:2] == (1, len(prior_draws))
        assert values.ndim == 2 + len(DIMS[name])
    np.testing.assert_array_equal(draws.stacked()["driver_path"][3], prior_draws[3].x)


# Yearly rates of entry


def squeezed(case: Case) -> Question:
    """Return the shipped question, all but sure of its reference class at the medians, and of no spread."""

    def sure(held: Belief, middle: float) -> Belief:
        return held.model_copy(update={"q05": 0.999 * middle, "q50": middle, "q95": 1.001 * middle})

    own = case.question.reference
    told = {name: sure(getattr(own, name), getattr(own, name).q50) for name in ("A", "tau", "nu", "outside")}
    spread = sure(own.spread, 1e-6)
    return case.question.model_copy(update={"reference": own.model_copy(update={**told, "spread": spread})})


def test_the_rate_of_a_typical_state_is_that_of_its_hazard_over_a_year(case: Case) -> None:
    # R = A log(1 + 12 / tau) = 0.035 log 3; the rate is nu log(1 + R / nu) + 12 outside.
    wanted = 2 * np.log(1 + 0.035 * np.log(3) / 2) + 12 * 0.0001
    line = next(prediction.entry_rates(squeezed(case), 500, seed=1))
    assert line.about == "first year, a typical state"
    assert (line.q05, line.q50, line.q95) == pytest.approx((wanted, wanted, wanted), rel=0.003)


def test_a_hawk_expects_more_entry_than_a_dove_before_any_evidence(case: Case) -> None:
    dove, own, hawk = (
        list(prediction.entry_rates(case.under(name).question, 2000, seed=1))
        for name in ("dove", "base", "hawk")
    )
    for less, middle, more in zip(dove, own, hawk, strict=True):
        assert less.q50 < middle.q50 < more.q50


def test_common_random_numbers_leave_an_untouched_rate_as_it_was(case: Case) -> None:
    raised = case.question.drivers["pressure"].level.model_copy(update={"q05": 0.8, "q50": 1.9, "q95": 3.0})
    driver = case.question.drivers["pressure"].model_copy(update={"level": raised})
    other = case.question.model_copy(update={"drivers": {**case.question.drivers, "pressure": driver}})
    before, after = (list(prediction.entry_rates(q, 1000, seed=1)) for q in (case.question, other))
    assert before[0] == after[0]
    assert before[1].q50 < after[1].q50
