"""How answers fared: scores by hand, slopes of worlds whose slope is known, bins that hold."""

from functools import partial

import numpy as np
import pytest
from scipy import optimize
from scipy.special import expit, logit

from hourglass import grading
from hourglass.grading import Marks


def marked(chance: np.ndarray, entered: np.ndarray, rival: np.ndarray | None = None) -> Marks:
    """One row a question."""
    chances = {"ours": chance, "theirs": chance if rival is None else rival}
    return Marks(np.arange(len(chance)), entered.astype(float), chances)


def world(slope: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Chances and what came of them, whose log-odds should be stretched by `slope`."""
    rng = np.random.default_rng(3)
    chance = rng.beta(1.5, 4, n)
    return chance, rng.random(n) < expit(slope * logit(chance))


def test_a_log_score_is_that_of_what_happened() -> None:
    found = grading.log_scores(np.array([0.25, 0.25]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(found, [np.log(0.25), np.log(0.75)])


def test_rows_of_all_papers_are_put_together() -> None:
    row = {"question": 3, "place": 0, "entered": True, "chances": {"ours": 0.2}}
    told = grading.marks([{"rows": [row]}, {"rows": [row | {"question": 4, "entered": False}]}])
    assert told.question.tolist() == [3, 4]
    assert told.entered.tolist() == [1.0, 0.0]
    assert told.chances["ours"].tolist() == [0.2, 0.2]


def test_fits_behind_answers_are_counted_with_their_faults_and_errors() -> None:
    rows = [
        {"chances": {"ours": 0.2, "outside view": 0.1}, "fits": {"ours": {"error": error, "faults": faults}}}
        for error, faults in ((0.01, []), (0.02, ["ESS"]), (0.04, ["ESS", "R-hat"]))
    ]
    told = grading.soundness([{"rows": rows[:1]}, {"rows": rows[1:]}])
    assert (told.fits, told.failed, told.faults) == (3, 2, {"ESS": 2, "R-hat": 1})
    assert (told.error, told.most) == pytest.approx((0.1, 0.2))


def test_a_slope_that_was_not_found_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    short = partial(optimize.minimize, options={"maxiter": 1})
    monkeypatch.setattr(optimize, "minimize", short)
    assert np.isnan(grading.recalibration(marked(*world(0.3, 400)), "ours").value)


def test_a_lead_of_two_even_questions_is_their_mean() -> None:
    told = marked(np.array([0.5, 0.5]), np.array([1, 0]), np.array([0.25, 0.25]))
    expected = (np.log(0.5 / 0.25) + np.log(0.5 / 0.75)) / 2
    assert grading.lead(told, "ours", "theirs").value == pytest.approx(expected)


def test_a_surplus_is_how_much_more_often_it_came_than_was_said() -> None:
    told = grading.surplus(marked(np.full(400, 0.25), np.arange(400) % 2 == 0), "ours")
    assert told.value == pytest.approx(0.25)
    assert (told.low, told.high) == pytest.approx((0.25 - 0.049, 0.25 + 0.049), abs=0.006)  # 1.96 x 0.025


def test_a_lead_is_resampled_by_question_and_not_by_row() -> None:
    """Ten copies of each row are no more evidence than one."""
    chance, entered = world(1, 200)
    rival = np.full(200, entered.mean())
    once = grading.lead(marked(chance, entered, rival), "ours", "theirs")
    copies = Marks(np.repeat(np.arange(200), 10), np.repeat(entered, 10).astype(float),
                   {"ours": np.repeat(chance, 10), "theirs": np.repeat(rival, 10)})  # fmt: skip
    again = grading.lead(copies, "ours", "theirs")
    assert (again.low, again.high) == pytest.approx((once.low, once.high))


@pytest.mark.parametrize("slope", [0.6, 1.0, 1.5])
def test_the_slope_is_found_again(slope: float) -> None:
    chance, entered = world(slope)
    found = grading.recalibration(marked(chance, entered), "ours")
    assert found.low < slope < found.high
    assert found.high - found.low < 0.35


def test_bins_hold_chances_that_are_right_and_not_those_that_are_double() -> None:
    chance, entered = world(1)
    assert all(one.held for one in grading.reliability(marked(chance, entered), "ours"))
    double = np.minimum(2 * chance, 0.99)
    assert not all(one.held for one in grading.reliability(marked(double, entered), "ours"))


def test_bins_take_the_first_day_of_each_question() -> None:
    told = Marks(np.repeat(np.arange(40), 2), np.tile([1.0, 0.0], 40), {"ours": np.tile([0.25, 0.75], 40)})
    (one,) = grading.reliability(told, "ours")
    assert (one.n, one.mean, one.hits) == (40, 0.25, 1.0)


def test_bins_hold_right_chances_of_questions_that_end_when_entry_comes() -> None:
    """Of a monthly chance the rest of the question is always the same, on each day that it is open."""
    rng, days, horizon = np.random.default_rng(1), (0, 2, 4), 6
    monthly = rng.choice([0.03, 0.06, 0.12], 9000)
    time = rng.geometric(monthly)
    rows = [(i, end <= day + horizon, i) for i, end in enumerate(time) for day in days if end > day]
    question, entered, which = (np.array(column) for column in zip(*rows, strict=True))
    chance = 1 - (1 - monthly[which]) ** horizon
    bins = grading.reliability(Marks(question, entered.astype(float), {"ours": chance}), "ours")
    assert [one.n > 2000 for one in bins] == [True] * 3
    assert all(one.held for one in bins)


def test_a_bin_by_hand() -> None:
    told = marked(np.full(100, 0.25), np.arange(100) < 30)
    (one,) = grading.reliability(told, "ours")
    assert (one.n, one.mean, one.hits) == (100, 0.25, 0.3)
    assert (one.least, one.most) == (0.14, 0.37)  # of 100 at a quarter, 99 % lie in 14 to 37


def test_the_right_chances_pass_against_chances_that_know_nothing() -> None:
    chance, entered = world(1, 6000)
    told = marked(chance, entered, np.full(6000, entered.mean()))
    found = grading.grade(told, "ours", ["theirs"], "ours")
    assert (found.fair, found.short.value) == (found.surplus, 0)
    assert found.leads["theirs"].low > 0
    assert found.passed
    assert (found.questions, found.rows, found.entries) == (6000, 6000, int(entered.sum()))


def test_no_lead_is_no_pass() -> None:
    chance, entered = world(1, 6000)
    assert not grading.grade(marked(chance, entered), "ours", ["theirs"], "ours").passed


def test_what_the_chances_lack_is_told_apart_from_luck() -> None:
    chance, entered = world(1, 2000)
    lucky = entered | (np.arange(2000) % 50 == 0)
    found = grading.grade(marked(0.9 * chance, lucky, chance), "ours", [], "theirs")
    assert found.short.value == pytest.approx(0.1 * chance.mean())
    assert found.surplus.value == pytest.approx(found.fair.value + found.short.value)
    assert found.short.high - found.short.low < 0.2 * (found.surplus.high - found.surplus.low)
