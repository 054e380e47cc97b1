"""Which days a backtest tries: the months of the record, checked, under one key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import folders
import pytest
from outlooks import shipped

from hourglass import assembly, case, schedule
from hourglass.case import Case
from hourglass.errors import InputError
from hourglass.question import Resolution
from hourglass.schedule import Plan

TODAY = folders.TODAY


def plan(
    asked: Case,
    since: date | None = None,
    until: date | None = None,
    every: int = 1,
    horizons: Sequence[int] = (12, 1, 3, 6),
) -> Plan:
    return schedule.plan(asked, TODAY, since, until, every, horizons, 1)


def refusal(asked: Case, **wanted: object) -> list[str]:
    with pytest.raises(InputError) as told:
        plan(asked, **wanted)  # type: ignore[arg-type]
    return [str(problem) for problem in told.value.problems]


def resolved(day: date, outcome: str = "entry") -> Case:
    ended = Resolution(outcome=outcome, date=day, source="AP")
    header = shipped().question.header.model_copy(update={"resolved": ended})
    return replace(shipped(), question=shipped().question.model_copy(update={"header": header}))


def test_days_run_from_the_first_whole_month_to_that_of_the_newest_evidence() -> None:
    told = plan(shipped())
    assert told.days[0] == date(2022, 3, 31)
    assert told.days[-1] == date(2025, 12, 31)
    assert len(told.days) == 46
    assert told.days[11] == date(2023, 2, 28)
    assert told.horizons == (1, 3, 6, 12)


def test_part_of_the_record_can_be_asked_for() -> None:
    told = plan(shipped(), date(2022, 2, 1), date(2022, 8, 1), every=3)
    assert told.days == (date(2022, 2, 28), date(2022, 5, 31), date(2022, 8, 31))


def test_days_of_any_part_share_key_grid_and_anchor_and_horizons_and_seed_do_not() -> None:
    whole, part = plan(shipped()), plan(shipped(), date(2023, 1, 1), date(2023, 1, 1))
    assert schedule.key(shipped(), whole) == schedule.key(shipped(), part)
    (task,) = schedule.tasks(shipped(), part).values()
    all_tasks = schedule.tasks(shipped(), whole)
    assert all_tasks["2023-01-31"] == task
    assert task.months >= assembly.months_to(shipped().question, date(2026, 1, 31))
    assert {one.months for one in all_tasks.values()} == {task.months}
    keys = {
        schedule.key(shipped(), other)
        for other in (whole, plan(shipped(), horizons=(1, 3)), replace(whole, seed=2))
    }
    assert len(keys) == 3


def test_what_an_early_day_saw_is_in_the_key_though_it_was_retracted_since(tmp_path: Path) -> None:
    mine = folders.copied(tmp_path, evidence=True)
    before = mine.load()
    seen = folders.entry("reading", date="2022-03-01", known="2022-03-01")
    back = folders.entry("retraction", known="2022-09-01")
    mine.ledger(seen, back, file="more.toml")
    after = mine.load()
    newest = schedule.newest(after)
    assert newest is not None
    assert after.evidence(newest) == before.evidence(newest)
    assert schedule.key(after, plan(after)) != schedule.key(before, plan(before))


def test_a_resolved_question_is_tried_before_its_end_alone() -> None:
    ended = resolved(date(2023, 4, 30))
    assert plan(ended).days[-1] == date(2023, 3, 31)
    assert refusal(ended, until=date(2023, 4, 1)) == [
        "--until: 2023-04 ends after the question did on 2023-04-30; ask earlier"
    ]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"since": date(2022, 1, 1)}, "--since: 2022-01 is before the choice arose on 2022-02-24; ask later"),
        (
            {"until": date(2026, 11, 1)},
            "--until: 2026-11 is not over by today 2026-11-22; ask for an earlier month",
        ),
        (
            {"until": date(2026, 1, 1)},
            "--until: 2026-01 is after the newest evidence, known 2025-12-31; ask earlier",
        ),
        (
            {"since": date(2024, 1, 1), "until": date(2023, 1, 1)},
            "--since: 2024-01 is after the last month 2023-01; swap --since and --until",
        ),
        (
            {"since": date(2026, 3, 1)},
            "--since: 2026-03 is after the newest evidence, known 2025-12-31; ask earlier",
        ),
        (
            {"since": date(2027, 3, 1)},
            "--since: 2027-03 is not over by today 2026-11-22; ask for an earlier month",
        ),
        ({"until": date(2021, 5, 1)}, "--until: 2021-05 is before the choice arose on 2022-02-24; ask later"),
        (
            {"until": date(2022, 2, 1)},
            "--until: 2022-02 is before the first whole month 2022-03; ask for a later one",
        ),
        ({"every": 0}, "--every: 0 is no step between months; write 1 or more"),
        ({"horizons": ()}, "--horizons: is empty; name at least one number of months"),
        ({"horizons": (0,)}, "--horizons: 0 is outside 1 to 120 months; ask for one inside"),
        (
            {"horizons": (61,)},
            "--horizons: 61 months from 2025-12-31 end on 2031-01-31, "
            "after the question closes on 2030-12-31; ask for fewer",
        ),
        (
            {"horizons": (52, 53)},  # 53 months end nine days after the last day that is decided
            "--horizons: 53 months from 2022-03-31, the record's first day, end on 2026-08-31, "
            "after 2026-08-22, the last day that is decided; ask for fewer",
        ),
    ],
)
def test_what_cannot_be_tried_is_told_in_one_line(wanted: dict[str, object], told: str) -> None:
    assert refusal(shipped(), **wanted) == [told]


def test_both_ends_are_checked_at_once() -> None:
    assert len(refusal(shipped(), since=date(2022, 1, 1), until=date(2026, 11, 1))) == 2


def test_a_question_without_evidence_cannot_be_tried(tmp_path: Path) -> None:
    mine = folders.copied(tmp_path)
    empty = replace(case.load(mine.path, folders.PLACE, TODAY), rows={})
    assert refusal(empty) == ["priors/belarus: holds no evidence, so nothing can be tried; add an item"]
