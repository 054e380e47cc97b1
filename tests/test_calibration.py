"""Calibration: ranks by hand, a sound machine inside its bands, a planted fault outside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import AS_OF

from hourglass import assembly, calibration, parameters
from hourglass.calibration import COVERAGES, KEPT, Trial
from hourglass.case import Case
from hourglass.question import Question

WORLDS, RESAMPLES = 15, 200
"""Fits that catch halved noise 19 times in 20, and how often they are drawn anew to see it."""


def results(ranks: np.ndarray) -> list[dict[str, Any]]:
    return [{"ranks": {"a": int(rank)}, "faults": []} for rank in ranks]


def test_all_ranks_once_are_covered_exactly_as_they_should_be() -> None:
    found = calibration.gather(results(np.arange(KEPT + 1)))
    assert found.coverage["a"] == COVERAGES
    assert found.passed


def test_truths_above_all_draws_are_no_calibration() -> None:
    found = calibration.gather(results(np.full(30, KEPT)))
    assert not found.passed
    assert found.coverage["a"] == (0.0, 0.0, 0.0, 0.0)


def test_faulty_fits_are_counted_and_none_is_dropped() -> None:
    told = results(np.arange(0, 120, 4))
    told[0]["faults"], told[1]["faults"] = ["R-hat", "ESS"], ["ESS"]
    found = calibration.gather(told)
    assert (found.fits, found.failed, found.faults) == (30, 2, {"ESS": 2, "R-hat": 1})


def test_the_worst_quantity_comes_first() -> None:
    told = [{"ranks": {"sound": i * 4, "low": i}, "faults": []} for i in range(30)]
    found = calibration.gather(told)
    assert [(one.group, one.passed) for one in found.judged] == [("low", False), ("sound", True)]


def test_ranks_are_spread_within_their_own_step() -> None:
    told = np.array(calibration.spread({"a": np.array([0, 60, KEPT])})["a"])
    assert np.all((told * (KEPT + 1)).astype(int) == [0, 60, KEPT])


def test_the_key_follows_the_day_and_the_planted_beliefs_but_not_the_number(case: Case) -> None:
    one = Trial(case, AS_OF, (12,), 1, 0)
    assert calibration.key(one) == calibration.key(replace(one, number=7))
    assert calibration.key(one) != calibration.key(replace(one, seed=2))
    assert calibration.key(one) != calibration.key(replace(one, fitted=halved(case.question)))


def halved(asked: Question) -> Question:
    """Beliefs that the noise of every letter is half of what it is."""
    letters = {}
    for name, letter in asked.grades.letters.items():
        half = {q: getattr(letter.noise, q) / 2 for q in ("q05", "q50", "q95")}
        letters[name] = letter.model_copy(update={"noise": letter.noise.model_copy(update=half)})
    return asked.model_copy(update={"grades": asked.grades.model_copy(update={"letters": letters})})


@pytest.fixture(autouse=True)
def grid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fit on the months of the other tests, whose compiled model then serves here too."""
    monkeypatch.setattr(assembly, "fitted_months", assembly.months_to)


def beyond(told: Sequence[dict[str, Any]]) -> set[str]:
    """Quantities outside their band."""
    return {one.group for one in calibration.gather(told).judged if not one.passed}


@pytest.mark.slow
def test_grade_noise_halved_in_the_fit_is_caught_nineteen_times_in_twenty(case: Case) -> None:
    trials = calibration.trials(Trial(case, AS_OF, (12,), 1, 0, halved(case.question)), WORLDS)
    told = [calibration.trial(one) for one in trials.values()]
    out = beyond(told)
    assert "grades.letters.A.noise" in out
    assert all(name.startswith("grades.") for name in out)
    draws = np.random.default_rng(1).integers(WORLDS, size=(RESAMPLES, WORLDS))
    caught = ["grades.letters.A.noise" in beyond([told[i] for i in places]) for places in draws]
    assert np.mean(caught) >= 0.95


@pytest.mark.slow
def test_every_parameter_every_driver_and_p_are_ranked(case: Case) -> None:
    found = calibration.trial(Trial(case, AS_OF, (3, 12), 1, 0))
    names = set(found["ranks"])
    layout = parameters.layout(case.question)
    assert names >= set(layout.names)
    assert names >= {f"{driver} at as-of" for driver in layout.drivers}
    assert names >= {"P within 3 months", "P within 12 months"}
    assert all(0 <= rank <= KEPT for rank in found["ranks"].values())
    assert calibration.trial(Trial(case, AS_OF, (3, 12), 1, 0)) == found
