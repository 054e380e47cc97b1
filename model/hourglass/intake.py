"""Entries as people hand them in, by flags or as a file, before the ledger takes them.

A flag and a column of a CSV file have one name: `--source-title` and `source_title`. An
event's own kind is `--kind` and `event_kind`, for `kind` tells a reading from a note.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import create_model

from hourglass import documents, drafts
from hourglass.documents import Schema, Table
from hourglass.drafts import Draft
from hourglass.errors import Problem, did_you_mean
from hourglass.ledger import KINDS, Retraction

WORDS = {
    "id": "Its name in the ledger; by default the date and the claim's first words.",
    "date": "Day on which it happened.",
    "known": "Day on which it could first be known; by default its source's, or its own if later.",
    "driver": "Driver that it bears on.",
    "level": "Where the driver stood, -3 to 3.",
    "kind": "Kind of event.",
    "episode": "Name of the occasion; reports of one share it.",
    "grade": "Grade of the Admiralty scale, as B2.",
    "origin": "Single source of error: who spoke, on which episode.",
    "claim": "What is claimed, in one sentence.",
    "because": "Why it is judged so.",
    "source_title": "Title of the source.",
    "source_url": "Its address; empty where it has none.",
    "source_date": "Day of the source.",
    "window_months": "Months within which entry would follow, 1 to 24.",
    "found": "Whether it was seen.",
    "detection": "Chance that it would have been seen were entry coming, where it was not.",
    "ratio_because": "Why it is that much likelier.",
    "ratio": "How many times likelier a sight it is if entry comes; 5 %, 50 % and 95 %, as 1.5,3,8.",
    "revises": "Id of the item that it corrects.",
    "repeat_of": "Id of the item that it repeats.",
    "fact": "Number of the fact in a compilation.",
    "of": "Id of the item that no longer holds.",
    "why": "Why it no longer holds.",
}
"""Flags in the order in which they are asked for, and what each is in words."""
DEFAULTED = ("id", "known")
QUANTILES = ("ratio_q05", "ratio_q50", "ratio_q95")
SLUG_WORDS, SLUG_LENGTH = 6, 60

Cells = Mapping[str, str]
"""Text of each column that is filled in."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of an entry's form: its column, its keys in the ledger, whether it must be filled."""

    cell: str
    path: tuple[str, ...]
    required: bool

    @property
    def flag(self) -> str:
        """Name of its flag, without dashes."""
        return {"event_kind": "kind"}.get(self.cell, "ratio" if self.cell in QUANTILES else self.cell)


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that are to be added together, and the faults that each has by itself."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...] = ()


def blanks(kind: str) -> tuple[Blank, ...]:
    """Blanks of a kind's form, as its schema states them."""
    found = []
    for name, field in documents.fields(KINDS[kind]).items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Schema):
            keys = [key for key, part in documents.fields(inner).items() if part.is_required()]
            found += [Blank(f"{name}_{key}", (name, key), field.is_required()) for key in keys]
        else:
            cell = "event_kind" if name == "kind" else name
            found.append(Blank(cell, (name,), field.is_required()))
    return tuple(found)


def missing(kind: str, flags: Cells) -> list[str]:
    """Flags that an entry needs and that are not given, in the order of asking."""
    needed = {b.flag for b in blanks(kind) if b.required and b.cell not in DEFAULTED}
    if kind == "warning" and flags.get("found") == "false":
        needed.add("detection")
    return [name for name in WORDS if name in needed - flags.keys()]


def option(name: str) -> str:
    """Flag as it is typed; the item that a retraction is of is named without one."""
    return "ID" if name == "of" else "--" + name.replace("_", "-")


def command(kind: str, flags: Cells, where: Sequence[str] = ()) -> str:
    """Command line that hands in the same flags again; `where` names the question and its root."""
    words = ["hourglass", "evidence", "add", kind, *where]
    for name, text in flags.items():
        if name == "found":
            words.append("--found" if text == "true" else "--not-found")
        else:
            words += [option(name), text]
    return shlex.join(words)


def filled(kind: str, flags: Cells, today: date) -> Batch:
    """Entry of one kind by its flags; faults stand at the flag."""
    spot, lacking = f"new {kind}", missing(kind, flags)
    problems = [Problem(option(name), f"is missing; {_lowered(WORDS[name])}") for name in lacking]
    known = {blank.flag for blank in blanks(kind)}
    for name in sorted(flags.keys() - known):
        problems.append(Problem(option(name), f"is no field of a {kind}; leave it out"))
    cells = _spread({name: flags[name] for name in flags.keys() & known}, problems)
    faults: list[Problem] = []
    draft = _draft(kind, cells, spot, today, faults)
    if lacking or problems:  # a specimen in the blanks, so that what is filled in is checked in full
        faults = []
        unseen = {"detection": "0.5"} if "detection" in lacking else {}
        _draft(kind, _specimen(kind, today) | unseen | cells, spot, today, faults)
    return Batch((draft,), (*problems, *(_at_flag(fault, spot) for fault in faults)))


def _spread(flags: Cells, problems: list[Problem]) -> dict[str, str]:
    """Columns that the flags fill in."""
    cells = {{"kind": "event_kind"}.get(name, name): text for name, text in flags.items() if name != "ratio"}
    if "ratio" in flags:
        parts = flags["ratio"].split(",")
        if len(parts) == len(QUANTILES):
            return cells | dict(zip(QUANTILES, (part.strip() for part in parts), strict=True))
        problems.append(Problem("--ratio", f"{flags['ratio']!r} is no three numbers; write 1.5,3,8"))
    return cells


def _at_flag(fault: Problem, spot: str) -> Problem:
    key = fault.place.removeprefix(f"{spot}: ")
    if key == fault.place:
        return fault
    return Problem("--ratio" if key.startswith("ratio.q") else option(key.replace(".", "_")), fault.message)


def _specimen(kind: str, today: date) -> dict[str, str]:
    """Sound text for every blank that must be filled."""
    cells = {blank.cell: "1" for blank in blanks(kind) if blank.required}
    told = {"grade": "C3", "ratio_q05": "2", "ratio_q50": "3", "ratio_q95": "4", "found": "true"}
    days = dict.fromkeys(("date", "known", "source_date"), today.isoformat())
    return {name: (told | days).get(name, text) for name, text in cells.items()}


def _draft(kind: str, cells: Cells, spot: str, today: date, problems: list[Problem]) -> Draft:
    """Entry of the columns that are filled in, its id and its `known` day made up where they are not."""
    told = {**_defaults(kind, cells, today), **cells}
    row: Table = {}
    for blank in blanks(kind):
        if blank.cell in told:
            *above, key = blank.path
            (row.setdefault(above[0], {}) if above else row)[key] = told[blank.cell]
    entry = documents.validate(KINDS[kind], row, spot, problems, text=True)
    if entry is not None:
        row = entry.model_dump(exclude_defaults=True)
    else:
        _read_days(row)
    return Draft(spot, KINDS[kind], row, entry, named="id" in cells)


def _read_days(row: Table) -> None:
    """Put the days that a row states as text in their place, so that they are checked in any case."""
    for held in (row, row.get("source", {})):
        held |= {key: documents.day(held[key]) or held[key] for key in ("date", "known") if key in held}


def _defaults(kind: str, cells: Cells, today: date) -> dict[str, str]:
    """Known day and id of an entry that states none.

    A thing is known at the latest on the day of its source; only a person can tell that it was
    public before. Of a source dated after today that alone is told.
    """
    days = [day for key in ("date", "source_date") if (day := documents.day(cells.get(key, ""))) is not None]
    known = cells.get("known") or str(
        today if KINDS[kind] is Retraction else min(max(days, default=today), today)
    )
    if KINDS[kind] is Retraction:
        of = "".join(filter(str.isprintable, cells.get("of", "")))
        return {"known": known, "id": f"{documents.day(known) or today}-retracts-{of}"}
    day = documents.day(cells.get("date", known)) or today  # of no day that is told, the id is not told too
    return {"known": known, "id": f"{day}-{_slug(cells.get('claim', '')) or kind}"}


def _slug(claim: str) -> str:
    """First words of a claim, in whatever script."""
    words = re.findall(r"\w+", re.sub("['\u2019]", "", claim.casefold()))
    return "-".join(words[:SLUG_WORDS])[:SLUG_LENGTH].strip("-")


def _lowered(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:].removesuffix('.')}"


def read(path: Path, today: date) -> Batch:
    """Entries of a file in the ledger's own format, or of a CSV file with a line an entry."""
    place, problems, found = str(path), list[Problem](), list[Draft]()
    match path.suffix.lower():
        case ".toml":
            tables = documents.read_toml(path, place, problems)
            if tables is not None:
                drafts.read(tables, place, found, problems)
        case ".csv":
            lines = documents.read_cells(_columns(), path, place, problems) or {}
            for spot, cells in lines.items():
                if any(cells.values()):  # a spreadsheet may end with lines of nothing but commas
                    found += _line(cells, spot, today, problems)
        case _:
            problems.append(Problem(place, "is no .toml or .csv file; write the entries in one of these"))
    if not found and not problems:
        problems.append(Problem(place, "holds no entry; add one"))
    return Batch(tuple(found), tuple(problems))


def _columns() -> type[Schema]:
    """Header of a CSV file of entries."""
    names = dict.fromkeys(blank.cell for kind in KINDS for blank in blanks(kind))
    fields: dict[str, Any] = {name: (str | None, None) for name in names}
    return create_model("Columns", __base__=Schema, kind=(str, ...), **fields)


def _line(cells: documents.Cells, spot: str, today: date, problems: list[Problem]) -> list[Draft]:
    """Entry of one line; none where its kind is not known or the line is longer than the header."""
    if None in cells:
        problems.append(Problem(spot, "more cells than the header; quote cells that hold commas"))
        return []
    # An empty address is stated all the same: not every source has one.
    told = {str(name): text for name, text in cells.items() if text or (name == "source_url" and text == "")}
    kind = told.pop("kind", "")
    if kind not in KINDS:
        problems.append(Problem(spot, f"unknown kind {kind!r}; {did_you_mean(kind, KINDS)}"))
        return []
    own = {blank.cell for blank in blanks(kind)}
    for name in sorted(name for name in told.keys() - own if told[name]):
        problems.append(Problem(spot, f"{name} is no field of a {kind}; leave it empty"))
    return [_told(kind, {name: told[name] for name in told.keys() & own}, spot, today, problems)]


def _told(kind: str, cells: Cells, spot: str, today: date, problems: list[Problem]) -> Draft:
    """Entry of a line's own cells; faults stand at their columns."""
    needed = [b.cell for b in blanks(kind) if b.required and b.cell not in DEFAULTED]
    lacking = [cell for cell in needed if cell not in cells]
    faults: list[Problem] = []
    draft = _draft(kind, cells, spot, today, faults)
    if lacking:
        problems.append(
            Problem(spot, f"lacks {', '.join(lacking)}; fill {'them' if lacking[1:] else 'it'} in")
        )
        faults = []  # a specimen in the blanks, as for flags
        _draft(kind, {**_specimen(kind, today), **cells}, spot, today, faults)
    columns = {f"{spot}: {'.'.join(b.path)}": f"{spot}: {b.cell}" for b in blanks(kind)}
    problems += [Problem(columns.get(fault.place, fault.place), fault.message) for fault in faults]
    return draft
