"""Reports as files: each written whole or not at all, and never over that of another run."""

import json
import os
import shutil
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import filelock

from hourglass import store, summary
from hourglass.errors import HourglassError
from hourglass.summary import Forecast

PAGE, TEXT, DATA, FIGURES = "brief.html", "brief.md", "forecast.json", "figures"
INDEX = "index.html"
LOCK = ".lock"
WAIT = 60
"""Seconds to wait for another writer of the same reports."""


@dataclass(frozen=True, slots=True)
class Published:
    """A report on disk: where it lies, the forecast it is of, and what it was asked to hold beside that."""

    folder: Path
    stamp: str
    extras: frozenset[str]


def stamp(forecast: Forecast) -> str:
    """What tells one run's forecast from another's: the same numbers, made in the same way.

    How long it took, and whether it was in the store, make no difference.
    """
    told = summary.as_json(forecast)
    told["run"] |= {"stored": False, "seconds": None}
    return store.digest(told)


def find(folder: Path, as_of: date, wanted: str) -> Published | None:
    """Report on a forecast by its stamp; None where none is published.

    Parameters
    ----------
    folder
        Of the reports on one question.
    """
    every = (read(place) for place in _places(folder, as_of))
    return next((one for one in every if one is not None and one.stamp == wanted), None)


def _places(folder: Path, as_of: date) -> list[Path]:
    return [path.parent for path in sorted(folder.glob(f"{as_of}*/{DATA}"))]


def read(place: Path) -> Published | None:
    """Report that lies in a folder; None where it is none, or damaged."""
    try:
        if not all((place / name).stat().st_size for name in (PAGE, TEXT, DATA)):
            return None
        told = json.loads((place / DATA).read_text(encoding="utf-8"))["report"]
        return Published(place, told["stamp"], frozenset(told["extras"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def recall(known: Published, as_of: date) -> bool:
    """Make a report the newest of its day again; whether another one was."""
    every = _places(known.folder.parent, as_of)
    if max(every, key=_asked) == known.folder:
        return False
    os.utime(known.folder)
    return True


def _asked(place: Path) -> int:
    """When a report was made or last asked for; in nanoseconds."""
    return place.stat().st_mtime_ns


Files = Mapping[str, bytes]
"""What a report consists of, by path inside its folder."""


def publish(folder: Path, as_of: date, wanted: str, extras: Set[str], files: Files) -> Path:
    """Write a report and return its folder.

    A report on the same run is replaced, unless another process has meanwhile written one that holds
    more; that of another run stays, and the new one is named `<as-of>.2`, `.3` and so on.

    Raises
    ------
    hourglass.errors.HourglassError
        Where another process keeps the reports locked.
    OSError
        Where the disk refuses; what was there before still is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / LOCK, timeout=WAIT):
            known = find(folder, as_of, wanted)
            if known is not None and extras < known.extras:
                return known.folder
            place = known.folder if known is not None else _free(folder, as_of)
            _swap(place, files)
            return place
    except filelock.Timeout:
        raise HourglassError(f"{folder}: another process writes reports there; ask again later") from None


def _free(folder: Path, as_of: date) -> Path:
    """First name that nothing bears."""
    count, place = 1, folder / f"{as_of}"
    while os.path.lexists(place):
        count += 1
        place = folder / f"{as_of}.{count}"
    return place


def _swap(place: Path, files: Files) -> None:
    """Put files into a folder of their own, in one step; of what stood there, what is no report's stays."""
    draft, old = (place.with_name(f".{kind}-{place.name}-{os.getpid()}") for kind in ("draft", "old"))
    try:
        for name, content in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if place.exists():
            _carry(place, draft)
            os.replace(place, old)
        try:
            os.replace(draft, place)
        except OSError:
            if old.exists():
                os.replace(old, place)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _carry(place: Path, draft: Path) -> None:
    """Copy what a reader has put beside a report."""
    for path in place.iterdir():
        if path.name in (PAGE, TEXT, DATA, FIGURES):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, draft / path.name, symlinks=True)
        else:
            shutil.copy2(path, draft / path.name, follow_symlinks=False)


def renew(path: Path, text: str) -> bool:
    """Write a file whole where it would change; whether it did."""
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return True


def forecasts(folder: Path) -> list[tuple[str, Forecast]]:
    """Published forecasts of a question with the names of their folders, oldest as-of first.

    Of one day the one that was last asked for comes last.
    """
    each = ((path.parent.name, summary.read(path)) for path in folder.glob(f"[!.]*/{DATA}"))
    # What is no report of this program, or damaged, is left out: the page lists what can be read.
    found = [(name, told) for name, told in each if told is not None]
    return sorted(found, key=lambda one: (one[1].as_of, _asked(folder / one[0]), _count(one[0])))


def _count(name: str) -> int:
    """Place of a report among those as of one day."""
    _, _, count = name.partition(".")
    return int(count) if count.isdigit() else 1
