"""Revised beliefs: the old statement stays beneath the new one, and nothing else of the file moves."""

import difflib
import getpass
import os
import subprocess
import threading
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import folders
import pytest
from folders import PLACE, SHIPPED, TODAY, Folder

from hourglass import amendment, case, revision, store, variant
from hourglass.belief import Belief
from hourglass.errors import InputError
from hourglass.revision import Revision

PRESSURE = "drivers.pressure.level"
LAST_BEFORE_A_COMMENT = "gates.carry_out.effects.loyalty"
LAST_OF_ITS_FILE = "grades.origin"
AS_OF = date(2023, 1, 26)


@cache
def shipped() -> dict[str, Belief]:
    return variant.by_path(case.load(SHIPPED, PLACE, TODAY).question)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.copied(tmp_path)


def revised(
    folder: Folder,
    path: str = PRESSURE,
    quantiles: tuple[float, float, float] = (-0.1, 1.0, 2.1),
    because: str = "A better reason.",
    author: str = "Ada",
    source: str = "judgement",
) -> Revision:
    return revision.revise(
        folder.path, PLACE, path, quantiles, because, author=author, source=source, today=TODAY
    )


def texts(folder: Folder) -> dict[str, bytes]:
    """Every file of a folder but the lock."""
    found = {str(p.relative_to(folder.path)): p for p in sorted(folder.path.rglob("*")) if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != amendment.LOCK}


def added(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines taken away and lines put in."""
    told = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [d[2:] for d in told if d.startswith("- ")], [d[2:] for d in told if d.startswith("+ ")]


@pytest.mark.parametrize("path", list(shipped()))
def test_every_belief_can_be_revised_and_the_folder_still_loads(folder: Folder, path: str) -> None:
    old = shipped()[path]
    narrower = (0.9 * old.q05 + 0.1 * old.q50, old.q50, 0.9 * old.q95 + 0.1 * old.q50)
    told = revised(folder, path, narrower)
    found = variant.by_path(folder.load().question)
    assert {p for p in found if found[p] != shipped()[p]} == {path}
    new = found[path]
    assert (new.q05, new.q50, new.q95) == narrower
    assert (new.scale, new.because, new.author, new.date) == (old.scale, "A better reason.", "Ada", TODAY)
    assert [before.model_dump() for before in new.history] == [old.model_dump()]
    assert (told.old, told.new) == (old, new)


def test_a_revision_reads_in_the_file_as_a_person_would_write_it(folder: Folder) -> None:
    revised(folder, quantiles=(0, 1, 2.5), source="a talk")
    text = (folder.path / "drivers.toml").read_text()
    table = text[text.index("[pressure.level]") : text.index("[pressure.half_life]")]
    old = shipped()[PRESSURE]
    assert table == (
        "[pressure.level]\nq05 = 0\nq50 = 1\nq95 = 2.5\n"
        'because = "A better reason."\nsource = "a talk"\ndate = 2026-11-22\nauthor = "Ada"\n\n'
        "[[pressure.level.history]]\nq05 = -0.2\nq50 = 0.9\nq95 = 2.0\n"
        f'because = "{old.because}"\nsource = "{old.source}"\n'
        'date = 2026-11-22\nauthor = "Hourglass team"\n\n'
    )


@pytest.mark.parametrize("path", [PRESSURE, LAST_BEFORE_A_COMMENT, LAST_OF_ITS_FILE, "reference.nu"])
def test_all_else_of_the_folder_stays_byte_for_byte(folder: Folder, path: str) -> None:
    before = texts(folder)
    told = revised(folder, path, (0.3, 0.5, 0.9), because="Otherwise judged.")
    after = texts(folder)
    assert [name for name in before if before[name] != after[name]] == [Path(told.file).name]
    assert before.keys() == after.keys()
    name = Path(told.file).name
    gone, come = added(before[name].decode(), after[name].decode())
    assert gone == []  # what was said still stands there, a line lower: nothing is lost
    assert len(come) <= 11


def test_a_comment_stays_with_what_it_is_about(folder: Folder) -> None:
    revised(folder, LAST_BEFORE_A_COMMENT, (0.6, 1.0, 2.0))
    revised(folder, LAST_BEFORE_A_COMMENT, (0.7, 1.0, 2.0))
    text = (folder.path / "gates.toml").read_text()
    original = (SHIPPED / "gates.toml").read_text()
    comment = original.index("# A kind of report")
    assert text.endswith(original[comment - 2 :])
    assert text.count("# A kind of report") == 1


def test_a_comment_beside_a_number_stays(folder: Folder) -> None:
    folder.edit("drivers.toml", "^q05 = -0.2$", "q05 = -0.2 # not lower than most")
    revised(folder)
    assert "q05 = -0.1 # not lower than most" in (folder.path / "drivers.toml").read_text()


def test_two_revisions_leave_two_old_statements_oldest_first(folder: Folder) -> None:
    revised(folder, quantiles=(0, 1, 2), because="First doubt.")
    revised(folder, quantiles=(0.5, 1.5, 2), because="Second doubt.", author="Grace")
    held = variant.by_path(folder.load().question)[PRESSURE]
    assert [(s.q50, s.author) for s in held.history] == [(0.9, "Hourglass team"), (1, "Ada")]
    assert [s.because for s in held.history] == [shipped()[PRESSURE].because, "First doubt."]
    assert (held.q50, held.author) == (1.5, "Grace")


def test_a_belief_written_on_one_line_keeps_its_history_there(folder: Folder) -> None:
    old = shipped()["reference.nu"]
    folder.edit("reference.toml", r"^\[nu\]\n(?:.+\n)+", "")
    words = f'because = "{old.because}", source = "x", date = 2026-11-22, author = "Hourglass team"'
    line = f'nu = {{ q05 = 0.5, q50 = 2, q95 = 8, scale = "log", {words} }} # shape\n'
    folder.edit("reference.toml", "^schema = 1\n", f"schema = 1\n{line}")
    revised(folder, "reference.nu", (1, 2, 4))
    revised(folder, "reference.nu", (1, 3, 9))
    held = folder.load().question.reference.nu
    assert (held.q50, [s.q95 for s in held.history]) == (3, [8, 4])
    assert "# shape\n" in (folder.path / "reference.toml").read_text()


def test_a_file_of_another_system_keeps_its_line_ends_and_its_mark(folder: Folder) -> None:
    file = folder.path / "drivers.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    revised(folder)
    told = file.read_bytes()
    assert told.startswith(b"\xef\xbb\xbfschema")
    assert told.count(b"\n") == told.count(b"\r\n")
    assert folder.load().question.drivers["pressure"].level.q50 == 1.0


def test_a_file_that_ends_without_a_line_end_is_no_hindrance(folder: Folder) -> None:
    file = folder.path / "grades.toml"
    file.write_bytes(file.read_bytes().rstrip())
    revised(folder, LAST_OF_ITS_FILE, (0.3, 0.5, 0.9))
    assert len(folder.load().question.grades.origin.history) == 1


def test_a_form_that_cannot_be_edited_is_refused_and_left_alone(folder: Folder) -> None:
    old = shipped()["reference.nu"]
    folder.edit("reference.toml", r"^\[nu\]\n(?:.+\n)+", "")
    words = f'because = "{old.because}"\nnu.source = "x"\nnu.date = 2026-11-22\nnu.author = "y"\n'
    keys = f'nu.q05 = 0.5\nnu.q50 = 2\nnu.q95 = 8\nnu.scale = "log"\nnu.{words}'
    folder.edit("reference.toml", "^schema = 1\n", f"schema = 1\n{keys}")
    before = texts(folder)
    with pytest.raises(InputError, match=r"reference\.toml: nu: .* make it one table of its own"):
        revised(folder, "reference.nu", (1, 2, 4))
    assert texts(folder) == before


# What is refused


@pytest.mark.parametrize(
    ("path", "quantiles", "words", "told"),
    [
        (PRESSURE, (2, 1, 0), {}, f"{PRESSURE}: quantiles out of order: q05 2.0, q50 1.0, q95 0.0; "),
        (PRESSURE, (0, 1, float("nan")), {}, f"{PRESSURE}: q95: should be a finite number, not nan"),
        ("reference.nu", (-1, 2, 8), {}, "reference.nu: log scale needs three numbers of one sign"),
        ("gates.order.intercept", (0.1, 0.5, 1.5), {}, "logit scale needs numbers between 0 and 1"),
        ("reference.nu", (1e-5, 2, 2.0000001), {}, "reference.nu: quantiles too far apart or too uneven"),
        (PRESSURE, (0, 1, 2), {"because": "  "}, f"{PRESSURE}: because: is empty; fill it in"),
        (PRESSURE, (0, 1, 2), {"source": ""}, f"{PRESSURE}: source: is empty; fill it in"),
        ("drivers.presure.level", (0, 1, 2), {}, f"did you mean '{PRESSURE}'?"),
        ("drivers.pressure", (0, 1, 2), {}, f"did you mean '{PRESSURE}'?"),
        ("", (0, 1, 2), {}, "unknown belief ''"),
    ],
)
def test_a_faulty_revision_is_refused_with_nothing_written(
    folder: Folder, path: str, quantiles: tuple[float, float, float], words: dict[str, str], told: str
) -> None:
    before = texts(folder)
    with pytest.raises(InputError) as refusal:
        revised(folder, path, quantiles, **words)
    assert told in str(refusal.value)
    assert texts(folder) == before


def test_a_revision_that_breaks_a_variant_is_refused_with_nothing_written(folder: Folder) -> None:
    folder.write(
        "variants/hawk.toml",
        folders.variant(**{"gates.order.effects.unrest": "q05 = -2\nq50 = -1\nq95 = -0.5\nscale = 'log'"}),
    )
    before = texts(folder)
    with pytest.raises(InputError, match=r"variants/hawk.toml: gates.order.effects.unrest: q50 -1 has not"):
        revised(folder, "gates.order.effects.unrest", (0.2, 0.5, 1))
    assert texts(folder) == before


def test_faults_that_were_there_before_are_told_and_nothing_is_written(folder: Folder) -> None:
    folder.edit("gates.toml", "carry_out = 4", "carryout = 4")
    before = texts(folder)
    with pytest.raises(InputError, match="did you mean 'carry_out'"):
        revised(folder)
    assert texts(folder) == before


def test_a_revision_that_is_only_shown_writes_nothing(folder: Folder) -> None:
    before = set(folder.path.iterdir()), texts(folder)
    told = revision.revise(
        folder.path,
        PLACE,
        PRESSURE,
        (0, 1, 2),
        "Otherwise.",
        author="Ada",
        source="x",
        today=TODAY,
        write=False,
    )
    assert told.new.q50 == 1.0
    assert told.after.folder == folder.path
    assert tomllib.loads(told.text)["pressure"]["level"]["because"] == "Otherwise."
    assert (set(folder.path.iterdir()), texts(folder)) == before


def test_a_full_disk_leaves_the_old_file_and_no_draft(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: int) -> None:
        raise OSError(28, "no space left on device")

    before = texts(folder)
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="no space"):
        revised(folder)
    assert texts(folder) == before


def test_a_linked_file_stays_a_link_with_its_rights(folder: Folder, tmp_path: Path) -> None:
    file = folder.path / "drivers.toml"
    elsewhere = file.rename(tmp_path / "drivers-elsewhere.toml")
    elsewhere.chmod(0o640)
    file.symlink_to(elsewhere)
    revised(folder)
    assert file.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
    assert "A better reason." in elsewhere.read_text()


def test_writers_at_the_same_time_lose_nothing(folder: Folder) -> None:
    wanted = [
        f"drivers.{d}.{part}" for d in ("pressure", "unrest") for part in ("half_life", "lasting_share")
    ]
    writers = [
        threading.Thread(target=revised, args=(folder, path, (0.31, 0.56, 0.81), f"Of {path}."))
        for path in wanted
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = variant.by_path(folder.load().question)
    assert [found[path].because for path in wanted] == [f"Of {path}." for path in wanted]
    assert all(len(found[path].history) == 1 for path in wanted)


# What follows from a history: nothing


def test_no_number_follows_from_a_history(folder: Folder) -> None:
    before = store.inputs(folder.load(), AS_OF)
    old = shipped()[PRESSURE]
    revised(folder)
    between = store.inputs(folder.load(), AS_OF)
    assert between["priors"] != before["priors"]
    assert between["question"] == before["question"]
    revised(
        folder,
        quantiles=(old.q05, old.q50, old.q95),
        because=old.because,
        author=old.author,
        source=old.source,
    )
    back = folder.load()
    assert len(back.question.drivers["pressure"].level.history) == 2
    assert store.digest(store.inputs(back, AS_OF)) == store.digest(before)


# Who revises


def test_an_author_is_who_git_says(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "config", "user.name", "Ada Lovelace"], cwd=tmp_path, check=True)
    assert revision.default_author(tmp_path) == "Ada Lovelace"


def test_an_author_unknown_to_git_goes_by_the_login_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    assert revision.default_author(tmp_path) == "ada"


def test_an_author_whom_nothing_knows_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no username set in the environment")

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(InputError, match="--author"):
        revision.default_author(tmp_path)
