"""A file of a question folder changed: checked with the whole, replaced in one step or not at all."""

import os
from pathlib import Path

import folders
import pytest
from filelock import FileLock
from folders import PLACE, TODAY, Folder

from hourglass import amendment
from hourglass.errors import HourglassError, InputError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.copied(tmp_path)


@pytest.mark.parametrize(
    ("body", "found"),
    [("a\nb\n", "c\nd\n"), ("a\r\nb\r\n", "c\r\nd\r\n"), ("a\r\nb\n", "c\nd\n"), ("a", "c\nd\n")],
    ids=["unix", "windows", "mixed", "one line"],
)
def test_line_ends_are_those_that_a_file_has_throughout(body: str, found: str) -> None:
    assert amendment.with_line_ends_of(body, "c\nd\n") == found


def test_a_mark_before_the_text_is_told_apart_from_it(tmp_path: Path) -> None:
    (tmp_path / "marked").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert amendment.read(tmp_path / "marked") == (amendment.BOM, "a = 1\r\n")


def test_a_text_is_checked_with_its_folder_and_not_written(folder: Folder) -> None:
    old = (folder.path / "question.toml").read_text()
    told = amendment.checked(folder.path, PLACE, TODAY, "question.toml", old.replace("[3, 6, 12]", "[1]"))
    assert (told.question.header.horizons, told.folder) == ((1,), folder.path)
    with pytest.raises(InputError, match=r"question\.toml: horizons"):
        amendment.checked(folder.path, PLACE, TODAY, "question.toml", old.replace("[3, 6, 12]", "[0]"))
    assert (folder.path / "question.toml").read_text() == old


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    amendment.put(link, b"old", "new")
    assert (link.is_symlink(), real.read_text(), real.stat().st_mode & 0o777) == (True, "new", 0o640)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "no space left on device")

    (tmp_path / "it.toml").write_text("old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="no space"):
        amendment.put(tmp_path / "it.toml", b"old", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"it.toml": "old"}


def test_a_folder_that_another_writer_holds_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amendment, "PATIENCE", 0.05)
    fault = r"^priors/x/\.lock: another hourglass has held it for 0\.05 s; let it end or stop it"
    held = FileLock(tmp_path / amendment.LOCK)
    with held, pytest.raises(HourglassError, match=fault), amendment.hold(tmp_path, "priors/x"):
        pytest.fail("held by two")


def test_a_lock_that_is_a_folder_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / amendment.LOCK).mkdir()
    fault = r"^priors/x/\.lock: cannot be locked \(is a directory\); remove it or see to its rights$"
    with pytest.raises(HourglassError, match=fault), amendment.hold(tmp_path, "priors/x"):
        pytest.fail("held")


def test_what_cannot_be_copied_is_told_in_a_line_each(folder: Folder) -> None:
    (folder.path / "gone").symlink_to("nowhere")
    os.mkfifo(folder.path / "variants" / "pipe.md")
    text = (folder.path / "question.toml").read_text()
    with pytest.raises(HourglassError) as failure:
        amendment.checked(folder.path, PLACE, TODAY, "question.toml", text)
    told = sorted(str(failure.value).splitlines())
    assert failure.value.exit_code == 1
    remedy = "make it a plain file or move it elsewhere"
    assert told[0] == f"{PLACE}/gone: cannot be copied to be checked (no such file or directory); {remedy}"
    assert told[1].startswith(f"{PLACE}/variants/pipe.md: cannot be copied to be checked (")
    assert len(told) == 2


def test_a_folder_is_free_again_after_a_writer(tmp_path: Path) -> None:
    for _ in range(2):
        with amendment.hold(tmp_path, "priors/x"):
            pass


def test_what_an_editor_saved_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "it.toml"
    file.write_text("an editor's")
    with pytest.raises(HourglassError, match=r"it\.toml: was changed meanwhile"):
        amendment.put(file, b"old", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["an editor's"]
