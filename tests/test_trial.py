"""One day of a backtest: how often it is sampled, and what is told of it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from test_forecaster import prior_fit

from hourglass import trial
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.panel import Labels, Panel
from hourglass.trial import EFFORTS, Effort, Task

LIGHT, HARD = EFFORTS


def faulty() -> Draws:
    draws = prior_fit()
    return replace(draws, stats={**draws.stats, "diverging": np.ones_like(draws.stats["diverging"])})


@pytest.fixture
def task(case: Case) -> Task:
    """Return a day whose next month lies on the stand-in's grid; its outside view is its own."""
    day = date(2022, 12, 31)
    return Task(case, day, (3, 12), 1, prior_fit().months, day)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Effort]:
    """Return the efforts that a day asks for; light ones diverge, and no one samples."""
    efforts: list[Effort] = []

    def sample(task: Task, panel: Panel, labels: Labels, effort: Effort) -> Draws:
        efforts.append(effort)
        return faulty() if effort == LIGHT else prior_fit()

    monkeypatch.setattr(trial, "_sample", sample)
    monkeypatch.setattr(trial, "_anchors", {})
    return efforts


def test_a_day_that_fails_a_check_is_sampled_as_a_forecast_is(task: Task, asked: list[Effort]) -> None:
    told = trial.trial(task)["forecast"]
    assert asked == [LIGHT, HARD, LIGHT, HARD]  # the outside view first
    assert told["verdict"]["passed"]
    assert 0 < told["horizons"][0]["mean"] < told["horizons"][1]["mean"] < 1


def test_a_day_that_passes_is_sampled_once(
    task: Task, asked: list[Effort], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "EFFORTS", (HARD, HARD))
    assert trial.trial(task)["forecast"]["verdict"]["passed"]
    assert asked == [HARD, HARD]  # the outside view and the day


def test_a_day_that_fails_twice_is_withheld_and_tells_no_news(
    task: Task, asked: list[Effort], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_outside", lambda *_: (prior_fit(), None))
    monkeypatch.setattr(trial, "EFFORTS", (LIGHT, LIGHT))
    told = trial.trial(task)
    assert asked == [LIGHT, LIGHT]
    assert [check["name"] for check in told["forecast"]["verdict"]["checks"] if not check["passed"]] == [
        "divergences"
    ]
    assert told["forecast"]["horizons"][0]["mean"] is None
    assert told["news"] == []


def test_a_day_is_not_sampled_again_for_what_is_wrong_with_the_outside_view(
    task: Task, asked: list[Effort], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "EFFORTS", (HARD, HARD))
    monkeypatch.setattr(trial, "_outside", lambda *_: (faulty(), None))
    assert not trial.trial(task)["forecast"]["verdict"]["passed"]
    assert asked == [HARD]


def test_the_harder_effort_is_that_of_a_forecast() -> None:
    from hourglass import inference

    how = inference.Settings()
    assert (how.draws, how.tune, how.target_accept) == (HARD.draws, HARD.tune, HARD.target_accept)
    assert how.chains == 4
