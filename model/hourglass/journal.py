"""The ledger's files as one writer at a time appends to them.

What stands in a file is never touched: the new bytes are the old ones and then the new entries.
They go to a hidden draft beside the file, which takes the file's name once it is whole on disk and
has been read back, so that a kill at any instant leaves the old file or the new one. Entries that
are added together go into one file, that of their newest year: one rename is all or nothing, and an
entry may stand in any year's file.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import tomlkit
from filelock import FileLock, Timeout

from hourglass import case, documents
from hourglass.documents import Table
from hourglass.drafts import Draft
from hourglass.errors import HourglassError, InputError, Problem, stop_on
from hourglass.intake import Batch
from hourglass.ledger import KINDS, Entry, Item, kind_of

FOLDER = "evidence"
LOCK, DRAFT = ".lock", ".draft"
"""Names, or their ends, of the hidden files of a writer; left behind by a kill they are harmless."""
WAIT = 30.0
"""Seconds that a writer waits for another."""
POLL = 0.01
KEYS = (
    *("id", "fact", "date", "known", "of", "why", "driver", "level", "kind", "episode", "grade", "origin"),
    *("claim", "because", "source", "window_months", "found", "detection", "ratio", "revises", "repeat_of"),
)
"""Order of the keys of an entry in its file."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was added, under which ids, and to which file (as priors/NAME/evidence/YEAR.toml)."""

    file: str
    entries: tuple[Entry, ...]


def append(folder: Path, place: str, entries: Sequence[Entry], today: date) -> Receipt:
    """Add entries to the ledger of a question folder, all or none.

    Parameters
    ----------
    place
        Name of the folder in messages, as `priors/NAME`.
    today
        Day after which nothing can be known yet.

    Raises
    ------
    InputError
        With every fault that the folder would have with the entries in it; nothing is written.
    HourglassError
        The disk refused or another writer holds the ledger; the message holds the entries' text.
    """
    problems: list[Problem] = []
    drafts = [_checked(entry, problems) for entry in entries]
    return write(folder, place, Batch(tuple(drafts), tuple(problems)), today)


def _checked(entry: Entry, problems: list[Problem]) -> Draft:
    row = entry.model_dump(exclude_defaults=True)
    return Draft(entry.id, type(entry), row, documents.validate(type(entry), row, entry.id, problems))


def write(folder: Path, place: str, batch: Batch, today: date) -> Receipt:
    """Add a batch as `append` does; an id that no person chose gets a number where it is taken."""
    evidence = folder / FOLDER
    try:
        _make(evidence)
        with FileLock(evidence / LOCK, timeout=WAIT, poll_interval=POLL):
            for stale in evidence.glob(f".*{DRAFT}"):
                stale.unlink()
            named = replace(batch, drafts=tuple(_named(batch.drafts, evidence)))
            entries = _sound(folder, place, named, today)
            path = evidence / f"{max(_day(entry) for entry in entries).year}.toml"
            _extend(path, f"{place}/{FOLDER}/{path.name}", entries)
            return Receipt(f"{place}/{FOLDER}/{path.name}", entries)
    except Timeout:
        message = f"another hourglass has held it for {WAIT:g} s; let it end or stop it, then try again"
        raise _refusal(f"{place}/{FOLDER}/{LOCK}", message, batch) from None
    except OSError as error:
        message = f"cannot be written ({(error.strerror or str(error)).lower()}); see to it and try again"
        raise _refusal(f"{place}/{FOLDER}", message, batch) from error


def _make(evidence: Path) -> None:
    if not evidence.is_dir():
        evidence.mkdir(exist_ok=True)
        _sync(evidence.parent)


def _refusal(place: str, message: str, batch: Batch) -> HourglassError:
    """Failure of the machine, with the text that would have been written."""
    stop_on(batch.problems)
    written = text([draft.entry for draft in batch.drafts if draft.entry is not None])
    return HourglassError(f"{place}: {message}\nnothing is confirmed as added; keep the text:\n{written}")


def text(entries: Sequence[Entry]) -> str:
    """Entries as they stand in a file of the ledger."""
    return "".join(f"\n{tomlkit.dumps(_document(entry))}" for entry in entries)


def _document(entry: Entry) -> tomlkit.TOMLDocument:
    row, table = entry.model_dump(exclude_defaults=True), tomlkit.table()
    for key in sorted(row, key=KEYS.index):
        if isinstance(row[key], dict):
            inline = tomlkit.inline_table()
            inline.update(row[key])
            table.add(key, inline)
        else:
            table.add(key, row[key])
    many = tomlkit.aot()
    many.append(table)
    document = tomlkit.document()
    document.add(kind_of(entry), many)
    return document


def _named(drafts: Sequence[Draft], evidence: Path) -> Iterator[Draft]:
    """Drafts under ids of their own: one that a program made gets a number where it is taken."""
    files = [path for path in evidence.glob("[!.]*.toml") if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)
    taken = {str(draft.row.get("id")) for draft in drafts if draft.named}
    for draft in drafts:
        if draft.named:
            yield draft
            continue
        own, count = str(draft.row["id"]), 1
        name = own
        # Any mention counts as taken: faster than reading the ledger twice, and safe.
        while name in taken or f'"{name}"'.encode(errors="replace") in held:
            count += 1
            name = f"{own}-{count}"
        taken.add(name)
        entry = draft.entry and draft.entry.model_copy(update={"id": name})
        yield replace(draft, entry=entry, row={**draft.row, "id": name})


def _sound(folder: Path, place: str, batch: Batch, today: date) -> tuple[Entry, ...]:
    """Entries of a batch that leaves the whole folder sound."""
    problems = [*batch.problems, *_unwritable(batch.drafts)]
    if not batch.drafts and not problems:
        problems.append(Problem(place, "was given no entry; add at least one"))
    try:
        case.load(folder, place, today, batch.drafts)
    except InputError as error:
        problems += error.problems
    stop_on(problems)
    return tuple(draft.entry for draft in batch.drafts if draft.entry is not None)


def _unwritable(drafts: Sequence[Draft]) -> Iterator[Problem]:
    """One problem for each entry that holds what is no text, as bytes from a terminal may be."""
    for draft in drafts:
        try:
            json.dumps(draft.row, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            yield Problem(draft.spot, "holds bytes that are no UTF-8 text; write them anew")


def _day(entry: Entry) -> date:
    return entry.date if isinstance(entry, Item) else entry.known


def _extend(path: Path, place: str, entries: Sequence[Entry]) -> None:
    """Put entries at the end of a file, which is whole before and after whatever happens."""
    target = Path(os.path.realpath(path))  # a link stays a link
    draft = target.with_name(f".{target.name}{DRAFT}")
    old = _read(target)
    head = old if old.endswith(b"\n") else old + b"\n"
    try:
        with draft.open("wb") as stream:
            stream.write(head + text(entries).encode())
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        _read_back(draft, place, entries)
        if _read(target) != old:
            raise OSError(f"{target.name} was changed meanwhile")
        os.replace(draft, target)
        _sync(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _read(target: Path) -> bytes:
    """Bytes of a file that may be written to; those of a new one where there is none."""
    try:
        with target.open("r+b") as stream:  # a rename would replace a file that is read-only
            return stream.read()
    except FileNotFoundError:
        return f"schema = {documents.SCHEMA}\n".encode()


def _read_back(draft: Path, place: str, entries: Sequence[Entry]) -> None:
    """Stop where the entries do not come back from the draft as any reader would read it."""
    problems: list[Problem] = []
    tables = documents.read_toml(draft, place, problems)
    stop_on(problems)
    for kind in KINDS:
        rows: list[Table] = [e.model_dump(exclude_defaults=True) for e in entries if kind_of(e) == kind]
        if rows and (tables or {}).get(kind, [])[-len(rows) :] != rows:
            raise OSError(f"{kind} would not come back equal")


def _sync(folder: Path) -> None:
    """Have the disk keep the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
