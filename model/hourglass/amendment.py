"""A file of a question folder as one writer at a time changes it.

The whole folder is checked with the change in place before anything is written, and the file is
replaced in one step, so that whoever reads it or pulls the plug finds the old file or the new one.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from hourglass import case
from hourglass.case import Case
from hourglass.errors import HourglassError

LOCK = ".lock"
"""File in a question folder that one writer at a time holds."""
BOM = "\ufeff"
"""Mark that some editors put before a text."""
PATIENCE = 30.0
"""Seconds to wait for another writer."""


@contextmanager
def hold(folder: Path, place: str) -> Iterator[None]:
    """Question folder that no other writer changes, from reading a file to replacing it.

    Raises
    ------
    HourglassError
        On entry, where another writer keeps the folder too long, or it cannot be locked.
    """
    lock = FileLock(folder.resolve() / LOCK, timeout=PATIENCE)
    try:
        lock.acquire()
    except Timeout:
        message = f"another hourglass has held it for {PATIENCE:g} s; let it end or stop it, then try again"
        raise HourglassError(f"{place}/{LOCK}: {message}") from None
    except OSError as error:
        message = (
            f"cannot be locked ({(error.strerror or str(error)).lower()}); remove it or see to its rights"
        )
        raise HourglassError(f"{place}/{LOCK}: {message}") from error
    try:
        yield
    finally:
        lock.release()


def read(file: Path) -> tuple[str, str]:
    """Mark before the text of a file, mostly empty, and the text, its line ends as they are."""
    text = file.read_bytes().decode()
    body = text.removeprefix(BOM)
    return text[: len(text) - len(body)], body


def with_line_ends_of(body: str, written: str) -> str:
    """Text `written` with the line ends that `body` has throughout."""
    if 0 < body.count("\r\n") == body.count("\n"):
        return re.sub(r"(?<!\r)\n", "\r\n", written)
    return written


def checked(folder: Path, place: str, today: date, name: str, text: str) -> Case:
    """Case of the folder with another text in one of its files, checked as a whole.

    Raises
    ------
    hourglass.errors.InputError
        With every fault that the folder would have.
    HourglassError
        Where a file of the folder cannot be copied, each with its reason.
    """
    with tempfile.TemporaryDirectory(prefix="hourglass-") as scratch:
        copy = Path(scratch) / folder.name
        try:
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*"))
        except shutil.Error as error:
            raise HourglassError("\n".join(_uncopied(error, folder, place))) from error
        (copy / name).unlink(missing_ok=True)  # it may be read-only
        (copy / name).write_bytes(text.encode())
        return replace(case.load(copy, place, today), folder=folder)


def _uncopied(error: shutil.Error, folder: Path, place: str) -> Iterator[str]:
    """One line for each file that could not be copied."""
    for source, _, why in error.args[0]:
        reason = re.sub(r"^\[Errno \d+\] |: '.*", "", str(why)).lower()
        spot = f"{place}/{Path(source).relative_to(folder)}"
        yield f"{spot}: cannot be copied to be checked ({reason}); make it a plain file or move it elsewhere"


def put(file: Path, before: bytes, text: str) -> None:
    """Replace a file whole or not at all, even where the power fails.

    Raises
    ------
    HourglassError
        Where the file no longer holds `before`, from which the text was made.
    OSError
        Where it may not be written to, or the disk refuses.
    """
    target = file.resolve()  # a link stays a link
    target.open("r+b").close()  # a rename would replace a file that is read-only
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(target, draft)
        if target.read_bytes() != before:
            raise HourglassError(f"{file}: was changed meanwhile; nothing is written, so do the same again")
        os.replace(draft, target)
    finally:
        Path(draft).unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
