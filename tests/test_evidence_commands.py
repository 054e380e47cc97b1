"""The commands of the ledger: what they print, what they refuse, and what a terminal is asked."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import folders
import pytest
from folders import PLACE, Folder
from shell import Run
from test_intake import COLUMNS, FLAGS, LINE

from hourglass import intake, workspace
from hourglass.ledger import Reading

PATHS = {**os.environ, "PYTHONPATH": str(folders.ROOT / "model")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return a question with an empty ledger, in the working directory."""
    monkeypatch.chdir(tmp_path)
    return folders.copied(tmp_path / "priors")


def typed(kind: str, /, **changes: str | None) -> list[str]:
    """Words that add an entry of a kind, some flags changed; None leaves one out."""
    flags = {**FLAGS[kind], **changes}
    given = {name: text for name, text in flags.items() if text is not None}
    return intake.command(kind, {}).split()[1:] + [
        word
        for name, text in given.items()
        for word in (["--found"] if name == "found" else [intake.option(name), text])
    ]


def written(folder: Folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.path.glob("evidence/[!.]*")}


# Checking


def test_faults_of_the_crowd_are_told_beside_the_others(run: Run, folder: Folder) -> None:
    folder.edit("crowd.csv", r"^Metaculus,", ",")
    folder.ledger(folders.entry("reading", driver='"presure"'))
    told = run("evidence", "check")
    assert (told.code, told.out) == (2, "")
    assert told.err.splitlines() == [
        f"{PLACE}/crowd.csv: line 2: lacks platform; add it",
        f"{PLACE}/evidence/2022.toml: it: unknown driver 'presure'; did you mean 'pressure'?",
    ]


def test_a_question_without_a_crowd_is_checked_in_silence(run: Run, folder: Folder) -> None:
    (folder.path / "crowd.csv").unlink()
    assert run("evidence", "check").code == 0


# Adding and taking back


@pytest.mark.parametrize("kind", ["reading", "event", "warning", "note"])
def test_an_item_is_added_by_its_fields(run: Run, folder: Folder, kind: str) -> None:
    told = run(*typed(kind))
    name = "2022-12-19-putins-first-visit-to-minsk-of"
    assert (told.code, told.out) == (0, f"added {name} to {PLACE}/evidence/2022.toml\n")
    assert told.err == "hourglass forecast shows what it changes\n"
    (item,) = folder.load().ledger.items
    assert (item.id, item.claim) == (name, FLAGS[kind]["claim"])


def test_what_was_added_is_told_as_json(run: Run, folder: Folder) -> None:
    told = run(*typed("reading"), "--json").json
    assert (told.pop("kind"), told.pop("file")) == ("reading", f"{PLACE}/evidence/2022.toml")
    (item,) = folder.load().ledger.items
    assert told == item.model_dump(mode="json")


def test_a_search_in_vain_is_added(run: Run, folder: Folder) -> None:
    words = [word for word in typed("warning") if word != "--found"]
    assert run(*words, "--not-found", "--detection", "0.4").code == 0
    assert "found = false" in written(folder)["2022.toml"]


def test_an_item_is_taken_back_from_today(run: Run, folder: Folder) -> None:
    run(*typed("reading", id="it"))
    assert run("evidence", "retract", "it", "--why", "The outlet withdrew it.").code == 0
    assert set(written(folder)) == {"2022.toml", "2026.toml"}
    assert run("evidence", "list", "--json").json == []
    assert len(run("evidence", "list", "--as-of", "2026-11-21", "--json").json) == 1


def test_an_item_is_taken_back_from_another_day(run: Run, folder: Folder) -> None:
    run(*typed("reading", id="it"))
    told = run("evidence", "retract", "it", "--why", "Untrue.", "--known", "2023-02-01", "--json").json
    assert (told["kind"], told["known"]) == ("retraction", "2023-02-01")


def test_the_same_item_twice_is_refused_and_another_like_it_gets_a_number(run: Run, folder: Folder) -> None:
    assert run(*typed("reading")).code == 0
    before = written(folder)
    told = run(*typed("reading"))
    assert (told.code, told.out) == (2, "")
    assert "repeats 2022-12-19-putins-first-visit-to-minsk-of exactly" in told.err
    assert written(folder) == before
    assert run(*typed("reading", origin="other"), "--json").json["id"].endswith("-of-2")


WRONG = {
    "no kind": (["evidence", "add"], "KIND: is missing; name one of reading, event, warning, note"),
    "misspelled kind": (["evidence", "add", "reeding"], "KIND: 'reeding' is none; name one of"),
    "retraction": (["evidence", "add", "retraction"], "write hourglass evidence retract ID"),
    "driver": (typed("reading", driver="presure"), "unknown driver 'presure'; did you mean 'pressure'?"),
    "kind of event": (typed("event", kind="refusel"), "unknown kind 'refusel'; did you mean 'refusal'?"),
    "future": (typed("reading", known="2026-11-23"), "known 2026-11-23 is after today 2026-11-22"),
    "source of the future": (
        typed("note", source_date="2026-11-23"), "source date 2026-11-23 is after today 2026-11-22",
    ),
    "source of the future, level": (
        typed("reading", source_date="2026-11-23", level="9"), "source date 2026-11-23 is after today",
    ),
    "number for a day": (
        ["evidence", "retract", "held", "--why", "y", "--known", "0"], "--known: '0' is no day; write it as",
    ),
    "date after known": (typed("reading", known="2022-12-18"), "--date: 2022-12-19 is after known"),
    "level": (typed("reading", level="9"), "--level: should be less than or equal to 3"),
    "no level": (typed("reading", level=None), "--level: is missing"),
    "foreign": (typed("note", level="1"), "--level: is no field of a note; leave it out"),
    "lost": (typed("reading", revises="nothing"), "revises 'nothing' is no other item"),
    "bytes": (typed("note", claim="\udcff"), "holds bytes that are no UTF-8 text"),
    "retract nothing": (["evidence", "retract", "x", "--why", "y"], "of 'x' is no other item"),
    "retract no name": (["evidence", "retract", "", "--why", "y"], "ID: is empty; fill it in"),
    "retract without why": (["evidence", "retract", "x"], "--why: is missing; why it no longer holds"),
    "retract tomorrow": (
        ["evidence", "retract", "held", "--why", "y", "--known", "2026-11-23"], "is after today 2026-11-22",
    ),
    "no such file": (["evidence", "add", "--from", "none.toml"], "none.toml: file is missing"),
    "from and a field": (["evidence", "add", "--from", "x", "--level", "1"], "--level: belongs to one entry"),
    "from and a kind": (["evidence", "add", "note", "--from", "x.csv"], "KIND: 'note' belongs to one entry"),
    "question": (["evidence", "add", "note", "belaruss"], "did you mean 'belarus'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_exit_2_and_nothing_is_written(run: Run, folder: Folder, case: str) -> None:
    run(*typed("reading", id="held", claim="Held."))
    before = written(folder)
    words, message = WRONG[case]
    told = run(*words)
    assert (told.code, told.out) == (2, "")
    assert message in told.err
    assert "Traceback" not in told.err
    assert written(folder) == before


def test_all_that_is_missing_is_told_at_once(run: Run, folder: Folder) -> None:
    told = run("evidence", "add", "reading", "--driver", "presure")
    lines = told.err.splitlines()
    assert len([line for line in lines if ": is missing; " in line]) == len(FLAGS["reading"]) - 1
    assert any("did you mean 'pressure'?" in line for line in lines)


def test_a_failing_disk_is_exit_1_and_the_entry_is_printed(
    run: Run, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", fail)
    told = run(*typed("note"))
    assert (told.code, told.out) == (1, "")
    assert "cannot be written (read-only file system)" in told.err
    assert f'claim = "{FLAGS["note"]["claim"]}"' in told.err


def test_a_question_that_came_with_the_program_takes_no_evidence(
    run: Run, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "away").mkdir()
    monkeypatch.chdir(tmp_path / "away")
    shipped = workspace.Workspace(tmp_path / "away", tmp_path / "priors")
    monkeypatch.setattr(workspace, "find", lambda *_: shipped)
    told = run(*typed("note"))
    assert (told.code, told.out) == (2, "")
    assert "came with the program and takes no evidence; copy" in told.err
    assert run("evidence", "check").code == 0


# Files


def test_a_csv_file_is_added_whole(run: Run, folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(COLUMNS + LINE + LINE.replace("news", "other"))
    told = run("evidence", "add", "--from", "in.csv", "belarus", "--json")
    assert [entry["id"] for entry in told.json] == ["2022-12-19-a-visit", "2022-12-19-a-visit-2"]
    assert len(folder.load().ledger.of(Reading)) == 2


def test_a_toml_file_is_added_whole(run: Run, folder: Folder, tmp_path: Path) -> None:
    later = folders.entry("reading", id='"later"', date="2024-01-01", known="2024-01-01")
    text = "schema = 1\n" + folders.entry("note") + later + folders.entry("retraction")
    (tmp_path / "in.toml").write_text(text)
    told = run("evidence", "add", "--from", "in.toml")
    assert told.out == "".join(
        f"added {name} to {PLACE}/evidence/2024.toml\n" for name in ("it", "later", "back")
    )


def test_a_file_with_one_fault_adds_nothing(run: Run, folder: Folder, tmp_path: Path) -> None:
    lines = [LINE, LINE.replace("B2", "Z9"), LINE.replace("pressure", "presure"), LINE]
    (tmp_path / "in.csv").write_text(COLUMNS + "".join(lines))
    told = run("evidence", "add", "--from", "in.csv")
    assert (told.code, told.out) == (2, "")
    assert [line.split(": ")[:2] for line in told.err.splitlines()] == [
        ["in.csv", "line 3"], ["in.csv", "line 4"], ["in.csv", "line 5"],
    ]  # fmt: skip
    assert "did you mean 'pressure'?" in told.err
    assert "repeats 2022-12-19-a-visit exactly" in told.err
    assert written(folder) == {}


# Listing


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return the shipped question with its ledger, in the working directory."""
    monkeypatch.chdir(tmp_path)
    return folders.copied(tmp_path / "priors", evidence=True)


def test_the_list_is_filtered_alike_as_a_table_and_as_json(run: Run, shipped: Folder) -> None:
    ask = ("evidence", "list", "--driver", "pressure,unrest", "--grade", "A1,B", "--since", "2022-12-01",
           "--until", "2023-01-31")  # fmt: skip
    items = run(*ask, "--json").json
    assert items
    assert {item["driver"] for item in items} == {"pressure", "unrest"}
    assert all(item["grade"] == "A1" or item["grade"][0] == "B" for item in items)
    assert all("2022-12-01" <= item["date"] <= "2023-01-31" for item in items)
    table = run(*ask).out
    assert len([line for line in table.splitlines() if " reading " in line]) == len(items)


def test_the_list_is_filtered_by_kind_and_origin(run: Run, shipped: Folder) -> None:
    events = run("evidence", "list", "--kind", "refusal", "--json").json
    assert {item["kind"] for item in events} == {"refusal"}
    origin = events[0]["origin"]
    told = run("evidence", "list", "--kind", "event", "--origin", origin, "--json").json
    assert {item["origin"] for item in told} == {origin}


def test_filters_that_nothing_could_pass_are_all_told(run: Run, shipped: Folder) -> None:
    ask = ("--driver", "presure", "--kind", "nots", "--grade", "B,B9", "--origin", "x")
    told = run("evidence", "list", *ask, "--since", "2023-01-02", "--until", "2023-01-01")
    assert (told.code, told.out) == (2, "")
    assert [line.split(": ")[0] for line in told.err.splitlines()] == [
        "--driver", "--grade", "--kind", "--origin", "--since",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["soon", "20221219"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_a_day_that_is_none_is_told(run: Run, shipped: Folder, option: str, text: str) -> None:
    told = run("evidence", "list", option, text)
    assert (told.code, told.err) == (2, f"{option}: {text!r} is no day; write it as YYYY-MM-DD\n")


# In a terminal


@dataclass(frozen=True)
class Screened:
    """What a command left behind that was run at a terminal."""

    code: int
    out: str
    screen: str


def at_terminal(words: Sequence[str], *lines: str, end: str = "") -> Screened:
    """Run a command at a pseudo-terminal, its answers typed ahead; standard output is a pipe."""
    keys, line = os.openpty()
    os.write(keys, ("".join(f"{answer}\n" for answer in lines) + end).encode(errors="surrogateescape"))
    hourglass = [sys.executable, "-c", "from hourglass.cli import main; main()"]
    command = subprocess.Popen(
        [*hourglass, *words], stdin=line, stderr=line, stdout=subprocess.PIPE, env=PATHS, text=True
    )
    os.close(line)
    screen = b""
    while part := _seen(keys):
        screen += part
    os.close(keys)
    out, _ = command.communicate(timeout=30)
    return Screened(command.returncode, out, screen.decode(errors="replace").replace("\r\n", "\n"))


def _seen(keys: int) -> bytes:
    try:
        return os.read(keys, 4096)
    except OSError:  # the other side is gone
        return b""


def test_a_terminal_is_asked_for_what_is_missing(folder: Folder) -> None:
    first = ("reeding", "reading", "2022-12-19", "", "presure", "pressure", "high", "1.5", "B2", "news")
    told = at_terminal(
        ["evidence", "add", "--json"], *first, "Он сказал «нет».", "", "News", "", "2022-12-20"
    )
    assert told.code == 0, told.screen
    entry = json.loads(told.out)
    assert (entry["claim"], entry["known"]) == ("Он сказал «нет».", "2022-12-20")
    for words in ("did you mean 'reading'?", "did you mean 'pressure'?", "+3: an ultimatum"):
        assert words in told.screen
    assert "should be a number, " in told.screen
    assert len(folder.load().ledger.items) == 1


@pytest.mark.parametrize("end", ["stdin", "stderr"])
def test_one_who_cannot_answer_is_asked_nothing(
    run: Run, folder: Folder, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(sys, end, None)  # closed, as by <&-
    assert run(*typed("reading", level=None)).code == 2
    assert written(folder) == {}


def test_a_terminal_is_asked_nothing_where_nothing_is_missing(folder: Folder) -> None:
    told = at_terminal(typed("reading"))
    assert (told.code, told.screen) == (0, "hourglass forecast shows what it changes\n")


def test_answers_outlast_an_interview_that_is_ended(folder: Folder) -> None:
    words = ["evidence", "add", "note", "belarus", "--root", "."]
    told = at_terminal(words, "2022-12-19", "2022-12-20", "A visit.", end="\x04")
    assert told.code == 130
    again = "--date 2022-12-19 --known 2022-12-20 --claim 'A visit.'"
    assert f"hourglass evidence add note belarus --root . {again}" in told.screen
    assert written(folder) == {}


def test_answers_outlast_a_refusal(run: Run, folder: Folder) -> None:
    assert run(*typed("reading")).code == 0
    words = typed("reading", level=None, because="Judged.", known="2022-12-20")
    told = at_terminal(words, "2")
    assert told.code == 2
    assert "repeats 2022-12-19" in told.screen
    assert "--level 2" in told.screen


def test_what_is_no_text_is_asked_for_again(folder: Folder) -> None:
    words = typed("note", claim=None, because="Judged.", known="2022-12-20")
    told = at_terminal(words, "A \udcff.", "A visit.")
    assert told.code == 0, told.screen
    (item,) = folder.load().ledger.items
    assert item.claim == "A visit."


def test_faulty_flags_are_told_before_anything_is_asked(folder: Folder) -> None:
    told = at_terminal(["evidence", "add", "reading", "--level", "9", "--driver", "presure"])
    assert told.code == 2
    assert told.screen.splitlines() == [
        "--level: should be less than or equal to 3, not '9'",
        "new reading: unknown driver 'presure'; did you mean 'pressure'?",
    ]


# What is loaded

SPARING = """
import sys
from hourglass import cli

for words in (["--help"], ["evidence", "add", "--help"], ["evidence", "check"], ["evidence", "list"]):
    sys.argv = ["hourglass", *words]
    try:
        cli.main()
    except SystemExit as left:
        assert left.code == 0, (words, left.code)
    assert not {"tomlkit", "filelock"} & set(sys.modules), words
"""


def test_only_a_writer_loads_what_writing_needs(folder: Folder, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", SPARING], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=PATHS,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
