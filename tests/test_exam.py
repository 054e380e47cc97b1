"""Questions with known answers: their days, their small ledgers, what is known when, what struck."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from folders import PLACE

from hourglass import calendar, exam, validation
from hourglass.case import Case
from hourglass.errors import InputError
from hourglass.exam import Design, Sitting, Stage
from hourglass.ledger import Event, Reading
from hourglass.panel import AXES

SYNTHETIC = ROOT / "benchmarks/synthetic"


@pytest.fixture(scope="module")
def design() -> Design:
    return exam.design(SYNTHETIC / "design.toml", "design.toml")


@pytest.fixture(scope="module")
def stage(case: Case, design: Design) -> Stage:
    return exam.stage(validation.ground(case, SYNTHETIC, "synthetic", date(2026, 11, 22), 1).states, design)


def sitting(stage: Stage, case: Case, seed: int) -> Sitting:
    return exam.sitting(stage, case.ledger, np.random.default_rng(seed))


def test_forecasts_are_asked_for_at_the_ends_of_the_designed_months(stage: Stage) -> None:
    assert [str(day) for day in stage.days] == ["2022-03-31", "2022-05-31", "2022-08-31"]
    assert str(stage.case.question.header.history_from) == "2021-08-01"
    assert stage.months == 13  # August 2021 to August 2022


def test_a_stage_holds_no_item_no_point_and_no_life_table(stage: Stage) -> None:
    for panel in (*stage.panels, stage.life):
        assert not len(panel.reading_level)
        assert not len(panel.poll_yes) + len(panel.count_value) + len(panel.level_value)
        assert not len(panel.row_joined)


def test_a_ledger_holds_as_many_items_as_designed(stage: Stage, case: Case, design: Design) -> None:
    items = exam._items(stage, case.ledger, np.random.default_rng(1))
    assert sum(isinstance(item, Reading) for item in items) == design.readings
    assert sum(isinstance(item, Event) for item in items) == design.events
    grades = {item.grade for item in case.ledger.of(Reading)}
    assert {item.grade for item in items if isinstance(item, Reading)} <= grades


def test_some_readings_share_an_origin(stage: Stage, case: Case) -> None:
    origins = [item.origin for item in exam._items(stage, case.ledger, np.random.default_rng(1))]
    assert 1 < len(set(origins)) < len(origins)


def test_on_the_last_day_everything_is_known(stage: Stage, case: Case) -> None:
    told = sitting(stage, case, 5).panel
    known = exam.known_by(told, stage.panels[-1])
    for name in AXES:
        if name not in ("since", "until", "rival_exposure"):
            np.testing.assert_array_equal(getattr(known, name), getattr(told, name), err_msg=name)


def test_earlier_only_earlier_months_are_known(stage: Stage, case: Case) -> None:
    told = sitting(stage, case, 5).panel
    known = exam.known_by(told, stage.panels[0])
    early = told.reading_state % stage.months <= 7  # through March 2022
    assert 0 < early.sum() < len(early)
    np.testing.assert_array_equal(known.reading_level, told.reading_level[early])
    np.testing.assert_array_equal(np.unique(known.reading_block), np.arange(len(known.block_zero)))
    assert (known.episode_month <= 7).all()
    assert known.until.max() == pytest.approx(stage.panels[0].until.max())


def test_readings_of_one_origin_stay_together_when_the_record_is_cut(stage: Stage, case: Case) -> None:
    told = sitting(stage, case, 5).panel
    known = exam.known_by(told, stage.panels[1])
    early = told.reading_state % stage.months <= 9
    pairs = told.reading_block[early][:, None] == told.reading_block[early]
    np.testing.assert_array_equal(known.reading_block[:, None] == known.reading_block, pairs)


def test_what_struck_before_a_day_leaves_no_question(stage: Stage, case: Case) -> None:
    found = sitting(stage, case, 5)
    since = float(exam.slices(stage, 1).since[0])
    until = float(exam.slices(stage, 1).until[-1])
    cases = {(0, since - 0.1): None, (1, since - 0.1): None, (0, since + 0.1): True, (1, since + 0.1): False,
             (0, until + 0.1): False, (3, float("inf")): False}  # fmt: skip
    for (cause, time), expected in cases.items():
        assert exam.entered(replace(found, cause=cause, time=time), stage, 1) is expected
    assert exam.end(stage, 1) == calendar.months_after(stage.days[1], stage.design.horizon)


def test_who_knows_the_world_is_right_on_average_and_tells_worlds_apart(stage: Stage, case: Case) -> None:
    rows = []
    for seed in range(400):
        found = sitting(stage, case, seed)
        rows += [
            (exam.best(found, stage, place), came)
            for place in range(len(stage.days))
            if (came := exam.entered(found, stage, place)) is not None
        ]
    chance, came = np.array(rows, dtype=float).T
    error = np.sqrt(np.sum(chance * (1 - chance))) / len(chance)  # of independent rows
    assert abs(np.mean(came - chance)) < 2 * 3**0.5 * error  # were the days of a question all alike
    know, base = (np.log(np.where(came, p, 1 - p)).mean() for p in (chance, came.mean()))
    assert know > base + 0.03


def test_both_outcomes_are_common(stage: Stage, case: Case) -> None:
    causes = [sitting(stage, case, seed).cause for seed in range(60)]
    assert 6 < causes.count(0) < 40


def test_faults_of_a_design_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    text = (SYNTHETIC / "design.toml").read_text()
    path.write_text(text.replace("horizon = 12", "horizon = 0").replace("[1, 3, 6]", "[3, 1]"))
    with pytest.raises(InputError) as caught:
        exam.design(path, PLACE)
    assert "horizon" in str(caught.value)
