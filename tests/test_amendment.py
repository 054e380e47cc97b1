"""A file of a question folder changed: checked with the whole, replaced in one step or not at all."""

import os
from pathlib import Path

import folders
import pytest
from filelock import FileLock, Timeout
from folders import PLACE, TODAY, Folder

from hourglass import amendment
from hourglass.errors import InputError


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
    amendment.put(link, "new")
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
        amendment.put(tmp_path / "it.toml", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"it.toml": "old"}


def test_a_folder_that_another_writer_holds_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amendment, "PATIENCE", 0.05)
    with FileLock(tmp_path / amendment.LOCK), pytest.raises(Timeout), amendment.hold(tmp_path):
        pytest.fail("held by two")
