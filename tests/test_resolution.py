"""How a question ended, written once: nothing else of its file moves, and no fault gets in."""

import os
import tomllib
from datetime import date
from pathlib import Path

import folders
import pytest
from folders import PLACE, TODAY, Folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hourglass import amendment, forecaster, resolution
from hourglass.case import Case
from hourglass.errors import InputError

DAY = date(2024, 5, 1)
FILE = "question.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.copied(tmp_path)


def resolve(
    folder: Folder, outcome: str = "entry", day: date = DAY, source: str = "AP", today: date = TODAY
) -> Case:
    return resolution.record(folder.path, PLACE, outcome, day, source, today)


def held(folder: Folder) -> bytes:
    return (folder.path / FILE).read_bytes()


def refused(folder: Folder, outcome: str = "entry", day: date = DAY, source: str = "AP") -> list[str]:
    """Resolve in vain, and return the faults; the file must stay as it was."""
    before = held(folder)
    with pytest.raises(InputError) as refusal:
        resolve(folder, outcome, day, source)
    assert refusal.value.exit_code == 2
    assert held(folder) == before
    return [str(problem) for problem in refusal.value.problems]


# What is written


def test_a_resolution_stands_at_the_end_and_all_else_as_it_was(folder: Folder) -> None:
    before = held(folder)
    after = resolve(folder, source=" AP, 2 May ")
    assert held(folder) == before + (
        b'\n[resolved]\noutcome = "entry"\ndate = 2024-05-01\nsource = "AP, 2 May"\n'
    )
    told = folder.load().question.header.resolved
    assert told is not None
    assert (told.outcome, told.date, told.source) == ("entry", DAY, "AP, 2 May")
    assert (after.question.header.resolved, after.folder) == (told, folder.path)


@pytest.mark.parametrize("outcome", ["entry", "war_ends", "ruler_falls"])
def test_entry_and_every_rival_are_outcomes(folder: Folder, outcome: str) -> None:
    told = resolve(folder, outcome).question.header.resolved
    assert told is not None
    assert told.outcome == outcome


def test_a_question_closes_without_an_outcome_on_its_last_day(folder: Folder) -> None:
    folder.edit(FILE, "closes = 2030-12-31", "closes = 2026-06-30")
    told = resolve(folder, "none", date(2026, 6, 30)).question.header.resolved
    assert told is not None
    assert told.outcome == "none"


@pytest.mark.parametrize("day", [date(2022, 2, 24), TODAY])
def test_the_first_day_and_today_are_days_of_the_question(folder: Folder, day: date) -> None:
    folder.edit(FILE, "closes = 2030-12-31", f"closes = {TODAY}")
    assert resolve(folder, "entry", day).question.header.resolved is not None


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n# the end\n", b"\n# no line after it"])
def test_a_file_may_end_in_any_way(folder: Folder, ending: bytes) -> None:
    text = held(folder).rstrip(b"\n") + ending
    (folder.path / FILE).write_bytes(text)
    resolve(folder)
    assert held(folder).startswith(text)
    assert folder.load().question.header.resolved is not None


def test_line_ends_and_the_mark_of_an_editor_are_kept(folder: Folder) -> None:
    text = b"\xef\xbb\xbf" + held(folder).replace(b"\n", b"\r\n")
    (folder.path / FILE).write_bytes(text)
    resolve(folder)
    assert held(folder).startswith(text)
    assert held(folder).count(b"\n") == held(folder).count(b"\r\n")
    assert folder.load().question.header.resolved is not None


@given(st.text(max_size=60).filter(lambda text: text.strip()))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_source_comes_back_as_it_was_told(tmp_path: Path, source: str) -> None:
    (tmp_path / FILE).write_text("schema = 1\n")
    stated: dict[str, str | date] = {"outcome": "entry", "date": DAY, "source": source}
    text = resolution._resolved(tmp_path / FILE, PLACE, stated)
    assert tomllib.loads(text) == {"schema": 1, "resolved": stated}


# What follows


def test_a_resolved_question_refuses_new_forecasts_and_keeps_its_past(folder: Folder) -> None:
    case = resolve(folder)
    forecaster.check_as_of(case, date(2024, 4, 30), TODAY)
    for day in (DAY, TODAY):
        with pytest.raises(InputError, match="resolved on 2024-05-01: entry"):
            forecaster.check_as_of(case, day, TODAY)


# What is refused


def test_a_second_resolution_says_what_stands_and_how_to_undo_it(folder: Folder) -> None:
    resolve(folder)
    (told,) = refused(folder, "war_ends")
    assert told == (
        "priors/belarus/question.toml: resolved: already entry on 2024-05-01 (AP); "
        "to undo it, delete that table"
    )
    text = held(folder).decode()
    folder.write(FILE, text[: text.index("\n[resolved]")])
    resolve(folder, "war_ends")


@pytest.mark.parametrize(
    ("outcome", "day", "found"),
    [
        ("entri", DAY, "OUTCOME: unknown outcome 'entri'; did you mean 'entry'?"),
        ("war-ends", DAY, "OUTCOME: unknown outcome 'war-ends'; did you mean 'war_ends'?"),
        ("entry", date(2026, 11, 23), "--date: 2026-11-23 is after today 2026-11-22; wait until"),
        ("entry", date(2022, 2, 23), "--date: 2022-02-23 is before the choice arose on 2022-02-24;"),
        ("none", DAY, "--date: 2024-05-01 is before the question closes on 2030-12-31;"),
    ],
)
def test_a_resolution_that_cannot_be_is_refused(folder: Folder, outcome: str, day: date, found: str) -> None:
    (told,) = refused(folder, outcome, day)
    assert told.startswith(found)


def test_what_came_after_the_question_closed_is_no_outcome_of_it(folder: Folder) -> None:
    folder.edit(FILE, "closes = 2030-12-31", "closes = 2024-04-30")
    (told,) = refused(folder)
    assert told.endswith("is after the question closed on 2024-04-30; its outcome is 'none'")


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    found = refused(folder, "entri", date(2030, 1, 1), " ")
    assert [told.split(":")[0] for told in found] == ["--date", "--source", "OUTCOME"]
    resolve(folder)
    found = refused(folder, "nobody", date(2020, 1, 1), "")
    assert [told.split(":")[0] for told in found] == [
        "--date", "--source", "OUTCOME", "priors/belarus/question.toml",
    ]  # fmt: skip


def test_a_source_that_is_no_text_is_refused(folder: Folder) -> None:
    (told,) = refused(folder, source="AP \udcff")
    assert told.startswith("--source: holds bytes that are no UTF-8 text")


def test_a_folder_with_a_fault_is_not_resolved(folder: Folder) -> None:
    folder.ledger(folders.entry("reading", driver='"presure"'))
    (told,) = refused(folder)
    assert "did you mean 'pressure'?" in told


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ('outcome = "entri"\ndate = 2024-05-01', "resolved.outcome: unknown outcome 'entri'; did you mean"),
        ('outcome = "entry"\ndate = 2026-11-23', "resolved.date: 2026-11-23 is after today 2026-11-22;"),
        ('outcome = "none"\ndate = 2024-05-01', "resolved.date: 2024-05-01 is before the question closes"),
    ],
)
def test_what_a_hand_wrote_is_held_to_the_same(folder: Folder, table: str, found: str) -> None:
    folder.append(FILE, f'\n[resolved]\n{table}\nsource = "AP"\n')
    assert folder.problem().startswith(f"question.toml: {found}")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_question_unresolved(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "no space left on device")

    before = held(folder)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="no space"):
        resolve(folder)
    assert held(folder) == before
    assert {path.name for path in folder.path.glob(".*")} <= {amendment.LOCK}
