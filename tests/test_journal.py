"""Appending to the ledger: nothing confirmed is lost, and nothing that stood there is touched."""

import errno
import json
import os
import subprocess
import sys
import threading
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import folders
import pytest
import writers
from filelock import FileLock
from folders import PLACE, TODAY, Folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hourglass import journal
from hourglass.drafts import Draft
from hourglass.errors import HourglassError, InputError
from hourglass.intake import Batch
from hourglass.ledger import (
    KINDS,
    Entry,
    Event,
    Note,
    Ratio,
    Reading,
    Retraction,
    Sighting,
    Source,
)

SOURCE = Source(title="News", url="https://news.example/1?a=b#c", date=date(2022, 12, 20))


def reading(name: str = "new", claim: str = "A visit.", day: date = date(2022, 12, 19)) -> Reading:
    return Reading(
        id=name, known=max(day, date(2022, 12, 20)), date=day, claim=claim, source=SOURCE,
        grade="B2", origin=name, driver="pressure", level=1,
    )  # fmt: skip


FULL: dict[str, Entry] = {
    "reading": reading(),
    "event": Event(
        id="told", known=date(2023, 1, 5), date=date(2023, 1, 4), fact="A1", claim="He declined.",
        because="Said so.", source=SOURCE, grade="A1", origin="speech", kind="refusal", episode="winter",
    ),
    "warning": Sighting(
        id="unseen", known=date(2023, 1, 5), date=date(2023, 1, 4), claim="No trains.", source=SOURCE,
        grade="C3", origin="rail", window_months=3, found=False, detection=0.4,
        ratio=Ratio(q05=1.5, q50=3, q95=8, because="Trains come first."),
    ),
    "note": Note(id="view", known=date(2023, 1, 5), date=date(2023, 1, 4), claim="A view.", source=SOURCE),
    "retraction": Retraction(id="back", known=date(2023, 1, 6), of="view", why="Withdrawn."),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Return a question of one's own with an empty ledger."""
    return folders.copied(tmp_path)


def held(folder: Folder) -> dict[str, Entry]:
    ledger = folder.load().ledger
    return {entry.id: entry for entry in (*ledger.items, *ledger.retractions)}


def files(folder: Folder) -> dict[str, bytes]:
    paths = sorted((folder.path / "evidence").glob("[!.]*"))
    return {path.name: path.read_bytes() for path in paths}


def append(folder: Folder, *entries: Entry) -> journal.Receipt:
    return journal.append(folder.path, PLACE, entries, TODAY)


# What is written


def test_every_kind_of_entry_comes_back_equal(folder: Folder) -> None:
    receipt = append(folder, *FULL.values())
    assert receipt.entries == tuple(FULL.values())
    assert held(folder) == {entry.id: entry for entry in FULL.values()}


def test_every_key_of_an_entry_has_its_place_in_the_file() -> None:
    assert {key for schema in KINDS.values() for key in schema.model_fields} == set(journal.KEYS)


def test_an_entry_goes_into_the_file_of_its_year(folder: Folder) -> None:
    for day in (date(2021, 12, 31), date(2022, 1, 1)):
        receipt = append(folder, reading(f"on {day}", day=day))
        assert receipt.file == f"{PLACE}/evidence/{day.year}.toml"
    assert set(files(folder)) == {"2021.toml", "2022.toml"}
    assert all(content.startswith(b"schema = 1\n\n[[reading]]\n") for content in files(folder).values())


def test_a_retraction_goes_into_the_file_of_the_year_it_was_known(folder: Folder) -> None:
    append(folder, reading())
    back = Retraction(id="back", known=date(2024, 2, 1), of="new", why="Withdrawn.")
    assert append(folder, back).file.endswith("2024.toml")


def test_a_batch_of_several_years_goes_whole_into_the_newest(folder: Folder) -> None:
    days = (date(2021, 5, 1), date(2023, 5, 1), date(2022, 5, 1))
    receipt = append(folder, *(reading(str(day), day=day) for day in days))
    assert receipt.file.endswith("2023.toml")
    assert set(files(folder)) == {"2023.toml"}
    assert len(held(folder)) == 3


ENDINGS = {
    "shipped": folders.entry("note").encode(),
    "no newline": folders.entry("note").encode().rstrip(b"\n"),
    "comment at the end": folders.entry("note").encode() + b"# to be continued",
    "blank lines": folders.entry("note").encode() + b"\n\n\n",
    "crlf": folders.entry("note").replace("\n", "\r\n").encode(),
    "odd spacing": b"\n# why\n  [[ note ]]   # here\n" + folders.entry("note").split("]]\n")[1].encode(),
    "other order": folders.entry("note", claim="'''\nTwo\nlines.'''").encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("start", [b"schema = 1\n", b"\xef\xbb\xbf# Of this year\r\nschema=1\r\n"])
def test_what_stands_in_a_file_is_not_touched(folder: Folder, start: bytes, ending: str) -> None:
    path = folder.path / "evidence" / "2022.toml"
    path.parent.mkdir()
    path.write_bytes(start + ENDINGS[ending])
    before = set(held(folder))
    append(folder, reading("one"))
    append(folder, reading("two"))
    assert path.read_bytes().startswith(start + ENDINGS[ending])
    assert set(held(folder)) == before | {"one", "two"}


def test_the_shipped_ledger_can_be_added_to(tmp_path: Path) -> None:
    shipped = folders.copied(tmp_path, evidence=True)
    before = files(shipped)
    append(shipped, reading("one"))
    after = files(shipped)
    assert after["2022.toml"].startswith(before["2022.toml"])
    assert {name for name in after if after[name] != before[name]} == {"2022.toml"}


CLAIMS = [
    'He said "never".', "'''", '"""', "a\\b\\", "Он сказал: «нет»", "שלום \u202e עולם", "tab\tline\nline\r\n",
    "\u2028\ufeff", "x" * 2000, "Ж" * 2000, "]]\n[[note]]\nid = 'x'", "# no comment", "🏳",
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_comes_back_as_it_was_written(folder: Folder, claim: str) -> None:
    append(folder, reading(claim=claim))
    assert held(folder) == {"new": reading(claim=claim)}


SIGNS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r")
TEXTS = st.text(SIGNS, min_size=1).filter(str.strip)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back_as_it_was_written(claim: str) -> None:
    told = tomllib.loads(f"schema = 1\n{journal.text([reading(claim=claim)])}")
    assert told["reading"][0]["claim"] == claim


@given(st.lists(TEXTS, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_entries_come_back_from_the_disk(
    tmp_path_factory: pytest.TempPathFactory, claims: list[str]
) -> None:
    folder = folders.copied(tmp_path_factory.mktemp("any"))
    entries = [
        reading(f"{n} {''.join(filter(str.isprintable, claim))}", claim) for n, claim in enumerate(claims)
    ]
    for entry in entries:
        append(folder, entry)
    assert held(folder) == {entry.id: entry for entry in entries}


# What is refused


REFUSED = {
    "driver": (reading().model_copy(update={"driver": "presure"}), "did you mean 'pressure'?"),
    "level": (reading().model_copy(update={"level": 9.0}), "should be less than or equal to 3"),
    "future": (reading().model_copy(update={"known": date(2026, 11, 23)}), "is after today 2026-11-22"),
    "too early": (reading(day=date(2019, 1, 1)), "is before history_from"),
    "taken": (reading("held", "Another."), "id stands twice"),
    "repeat": (reading("again").model_copy(update={"origin": "held"}), "repeats held exactly"),
    "lost": (reading().model_copy(update={"revises": "helt"}), "did you mean 'held'?"),
    "of nothing": (FULL["retraction"], "of 'view' is no other item"),
    "no text": (reading(claim="\udcff"), "holds bytes that are no UTF-8 text"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_would_leave_a_fault_is_not_written(folder: Folder, fault: str) -> None:
    append(folder, reading("held"))
    before = files(folder)
    entry, message = REFUSED[fault]
    with pytest.raises(InputError, match="(?s)" + message.replace("?", r"\?")) as refusal:
        append(folder, entry)
    assert len(refusal.value.problems) == 1
    assert files(folder) == before


def test_a_batch_with_faults_writes_nothing_and_names_them_all(folder: Folder) -> None:
    append(folder, reading("held"))
    before = files(folder)
    with pytest.raises(InputError) as refusal:
        append(folder, reading("fine"), *(entry for entry, _ in REFUSED.values()))
    assert [message for _, message in REFUSED.values() if message not in str(refusal.value)] == []
    assert files(folder) == before


def test_no_entry_is_nothing_to_add(folder: Folder) -> None:
    with pytest.raises(InputError, match="was given no entry"):
        append(folder)


def test_faults_that_stood_there_before_are_told_too(folder: Folder) -> None:
    folder.ledger(folders.entry("reading", level="9"))
    before = files(folder)
    with pytest.raises(InputError, match=r"2022\.toml: it: level"):
        append(folder, reading())
    assert files(folder) == before


def test_a_file_that_can_take_no_more_tables_is_told(folder: Folder) -> None:
    folder.write("evidence/2022.toml", "schema = 1\nreading = []\n")
    with pytest.raises(InputError, match=r"2022\.toml: broken TOML"):
        append(folder, reading())
    assert files(folder) == {"2022.toml": b"schema = 1\nreading = []\n"}


def test_an_id_that_the_program_made_gets_a_number_where_it_is_taken(folder: Folder) -> None:
    def made(origin: str) -> Draft:
        entry = reading("same").model_copy(update={"origin": origin})
        return Draft("here", Reading, entry.model_dump(exclude_defaults=True), entry, named=False)

    append(folder, reading("same"))
    batch = Batch((made("a"), made("b")))
    assert [e.id for e in journal.write(folder.path, PLACE, batch, TODAY).entries] == ["same-2", "same-3"]
    assert set(held(folder)) == {"same", "same-2", "same-3"}


# The machine


def refused(folder: Folder) -> str:
    """Append what the disk refuses; the message holds the text of the entry."""
    before = files(folder)
    with pytest.raises(HourglassError) as failure:
        append(folder, reading(claim="Not to be lost."))
    assert failure.value.exit_code == 1
    assert files(folder) == before
    assert not list(folder.path.glob("evidence/.*.draft"))
    message, text = str(failure.value).split("keep the text:\n")
    assert tomllib.loads(text)["reading"][0]["claim"] == "Not to be lost."
    return message


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_ledger_as_it_was(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    append(folder, reading("held"))

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, fail)
    assert refused(folder).startswith(f"{PLACE}/evidence: cannot be written (no space left on device)")


def test_a_ledger_that_cannot_be_opened_for_writing_is_not_replaced(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(folder, reading("held"))
    original = Path.open

    def guarded(path: Path, *words: Any, **rest: Any) -> object:
        if {"+", "w"} & set(str(words)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return original(path, *words, **rest)

    monkeypatch.setattr(Path, "open", guarded)
    assert "cannot be written (permission denied)" in refused(folder)


def test_the_first_entry_makes_the_folder(folder: Folder) -> None:
    append(folder, reading())
    assert set(files(folder)) == {"2022.toml"}


def test_a_folder_that_is_a_file_is_exit_1(folder: Folder) -> None:
    (folder.path / "evidence").write_text("")
    with pytest.raises(HourglassError, match="cannot be written") as failure:
        append(folder, reading())
    assert failure.value.exit_code == 1


def test_another_hand_in_the_file_is_not_overwritten(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    append(folder, reading("held"))
    path, fsync = folder.path / "evidence" / "2022.toml", os.fsync

    def meddled(handle: int) -> None:
        fsync(handle)
        with path.open("a") as stream:
            stream.write("# by hand\n")

    monkeypatch.setattr(os, "fsync", meddled)
    with pytest.raises(HourglassError, match=r"2022\.toml was changed meanwhile"):
        append(folder, reading())
    assert path.read_text().endswith("# by hand\n")
    assert set(held(folder)) == {"held"}


def test_a_writer_waits_for_another(folder: Folder) -> None:
    append(folder, reading("held"))
    lock = FileLock(folder.path / "evidence" / journal.LOCK, thread_local=False)
    lock.acquire()
    threading.Timer(0.3, lock.release).start()
    append(folder, reading("late"))
    assert set(held(folder)) == {"held", "late"}


def test_a_lock_that_is_held_too_long_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    append(folder, reading("held"))
    monkeypatch.setattr(journal, "WAIT", 0.1)
    with FileLock(folder.path / "evidence" / journal.LOCK):
        told = refused(folder)
    assert told.startswith(f"{PLACE}/evidence/.lock: another hourglass has held it for 0.1 s; let it end")


def test_hidden_files_that_a_kill_left_behind_are_harmless_and_swept(folder: Folder) -> None:
    append(folder, reading("held"))
    for name in (".2022.toml.draft", ".2019.toml.draft"):
        folder.write(f"evidence/{name}", "[[reading")
    assert set(held(folder)) == {"held"}
    append(folder, reading("next"))
    assert {path.name for path in folder.path.glob("evidence/.*")} == {journal.LOCK}


def test_the_mode_of_a_file_is_kept_and_a_link_stays_a_link(folder: Folder, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.toml"
    real.write_text("schema = 1\n")
    real.chmod(0o640)
    path = folder.path / "evidence" / "2022.toml"
    path.parent.mkdir()
    path.symlink_to(real)
    append(folder, reading())
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert set(held(folder)) == {"new"}


# Many writers, and killed ones


def script(*words: str) -> dict[str, list[str] | int | float]:
    """Run the writers in a process of their own and return what they tell."""
    ask = [sys.executable, str(folders.ROOT / "tests" / "writers.py"), *words]
    told = subprocess.run(
        ask, env={**os.environ, "PYTHONPATH": str(folders.ROOT / "model")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found: dict[str, list[str] | int | float] = json.loads(told.stdout)
    return found


def kills(tmp_path: Path, within: int, after: int, at_random: int) -> None:
    folders.copied(tmp_path / "priors")
    told = script("kill", str(tmp_path), *(str(count) for count in (within, after, at_random)))
    inside = within * len(writers.WITHIN)
    assert told["kills"] == inside + after * len(writers.AFTER) + at_random
    assert told["within"] == inside


def crowd(tmp_path: Path, many: int, items: int) -> None:
    folder = folders.copied(tmp_path / "priors")
    told = script("crowd", str(tmp_path), str(many), str(items))
    ids = told["ids"]
    assert isinstance(ids, list)
    assert len(set(ids)) == len(ids) == many * items
    assert set(held(folder)) == set(ids)
    assert isinstance(told["longest"], float)
    assert told["longest"] < journal.WAIT


def test_a_kill_at_any_instant_leaves_the_ledger_whole(tmp_path: Path) -> None:
    kills(tmp_path, 1, 1, 2)


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing_that_was_confirmed(tmp_path: Path) -> None:
    kills(tmp_path, 30, 10, 60)


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    crowd(tmp_path, 4, 3)


@pytest.mark.slow
def test_eight_writers_at_once_add_four_hundred_items(tmp_path: Path) -> None:
    crowd(tmp_path, 8, 50)
