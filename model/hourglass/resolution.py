"""How a question ended: its outcome, the day and the source, written into its file once."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hourglass import amendment, case
from hourglass.case import Case
from hourglass.errors import InputError, Problem, stop_on

FILE, TABLE = "question.toml", "resolved"


def faults(asked: Case, outcome: str, day: date | None, source: str, today: date) -> Iterator[Problem]:
    """What forbids that a question ended so: one problem for each, at the option that said it.

    Parameters
    ----------
    day
        When it happened; None where that could not be read.
    today
        Day after which nothing can have happened yet.
    """
    told = asked.question.header.resolved
    if told is not None:
        message = f"already {told.outcome} on {told.date} ({told.source}); to undo it, delete that table"
        yield Problem(f"{asked.place}/{FILE}: {TABLE}", message)
    options = {"outcome": "OUTCOME", "date": "--date"}
    for key, message in case.misresolved(asked.question, outcome, day, today):
        yield Problem(options[key], message)
    if not source.strip():
        yield Problem("--source", "is empty; say who confirms it")
    try:
        source.encode()
    except UnicodeEncodeError:
        yield Problem("--source", "holds bytes that are no UTF-8 text; write them anew")


def record(folder: Path, place: str, outcome: str, day: date, source: str, today: date) -> Case:
    """Question as resolved, once that is written at the end of its file; all else stays as it was.

    Parameters
    ----------
    place
        Name of the folder in messages, as `priors/NAME`.
    outcome
        `entry`, the id of a rival, or `none` where the question closed without any.

    Raises
    ------
    InputError
        With every fault of the resolution or of the folder; nothing is written then.
    HourglassError
        Where another writer keeps the folder too long, it cannot be locked or copied, or an
        editor changes the file meanwhile.
    OSError
        Where the file cannot be written.
    """
    with amendment.hold(folder, place):
        before = (folder / FILE).read_bytes() if (folder / FILE).is_file() else b""
        stop_on(faults(case.load(folder, place, today), outcome, day, source, today))
        text = _resolved(folder / FILE, place, {"outcome": outcome, "date": day, "source": source.strip()})
        after = amendment.checked(folder, place, today, FILE, text)
        amendment.put(folder / FILE, before, text)
    return after


def _resolved(file: Path, place: str, stated: dict[str, str | date]) -> str:
    """Text of a question's file and then its resolution, which must come back as it was stated."""
    mark, body = amendment.read(file)
    wanted = tomllib.loads(body) | {TABLE: stated}
    try:
        table = tomlkit.dumps({TABLE: stated})
        ended = body if body.endswith("\n") else f"{body}\n"
        written = amendment.with_line_ends_of(body, f"{ended}\n{table}")
        if tomllib.loads(written) == wanted:
            return mark + written
    except (TOMLKitError, tomllib.TOMLDecodeError):
        pass  # told below, as any other text that does not come back
    message = "would not come back from the file as it was stated; use plain words"
    raise InputError([Problem(f"{place}/{FILE}: {TABLE}", message)])
