"""The evidence: dated, graded, sourced items, and which of them were known on a given day.

A fact enters once. The ledger only grows: a correction revises an old item, a retraction
withdraws one, each from its own `known` day on, so the past can be forecast as it stood.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from hourglass import calendar, documents
from hourglass.belief import Quantiles
from hourglass.documents import Schema, Table
from hourglass.errors import Problem, did_you_mean, unknown
from hourglass.question import Names, Share, Text


def _admiralty(grade: str) -> str:
    if not re.fullmatch("[A-F][1-6]", grade):
        raise ValueError(f"{grade!r} is no grade; write a letter A to F and a number 1 to 6, as B2")
    return grade


Day = date
"""A day, in classes that have a field named `date`."""
Grade = Annotated[str, AfterValidator(_admiralty)]


class Source(Schema):
    """Where an item can be looked up."""

    title: Text
    url: str
    date: date


class Entry(Schema):
    """What every entry of the ledger states."""

    id: Text
    known: date


class Item(Entry):
    """An entry that claims a fact."""

    date: date
    fact: Text | None = None
    claim: Text
    because: Text | None = None
    source: Source
    revises: Text | None = None
    repeat_of: Text | None = None

    @field_validator("date")
    @classmethod
    def _known_after_it_happened(cls, day: Day, info: ValidationInfo) -> Day:
        known: Day = info.data.get("known", day)
        if day > known:
            raise ValueError(f"{day} is after known {known}; correct one of them")
        return day


class Graded(Item):
    """An item that may weigh: its Admiralty grade and its single source of error."""

    grade: Grade
    origin: Text

    @property
    def weightless(self) -> bool:
        """Whether the grade says that source or report cannot be judged."""
        return self.grade[0] == "F" or self.grade[1] == "6"

    def weighs(self, as_of: Day) -> bool:
        """Whether it counts in a forecast as of a day."""
        return not self.weightless


class Reading(Graded):
    """In that month the driver stood at about this level."""

    driver: Text
    level: Annotated[float, Field(ge=-3, le=3)]


class Event(Graded):
    """A report of how an occasion ended; reports of one episode share one ending."""

    kind: Text
    episode: Text


class Ratio(Quantiles):
    """How many times likelier a sight is if entry comes in its window than if it does not."""

    scale: Literal["log"] = "log"


class Sighting(Graded):
    """Preparation for entry seen, or looked for in vain."""

    window_months: Annotated[int, Field(ge=1, le=24)]
    found: bool
    ratio: Ratio
    detection: Share | None = None

    @property
    def window_end(self) -> Day:
        """Last day on which the warned-of entry would still come."""
        return calendar.months_after(self.date, self.window_months)

    def weighs(self, as_of: Day) -> bool:
        """Whether it is judged and its window reaches past `as_of`."""
        return super().weighs(as_of) and self.window_end > as_of

    @model_validator(mode="after")
    def _detection_with_absence(self) -> Self:
        if self.found and self.detection is not None:
            raise ValueError(f"detection {self.detection} of a warning that was found; remove it")
        if not self.found and self.detection is None:
            raise ValueError("not found, and no detection: add the chance that it would have been seen")
        if not self.found and not self.ratio.q05 > 1:
            stated = self.ratio.q05
            raise ValueError(f"ratio q05 {stated} of a sight looked for in vain must be above 1; correct it")
        return self


class Note(Item):
    """A fact or an assessment that is shown and carries no weight."""

    grade: Grade | None = None
    origin: Text | None = None


class Retraction(Entry):
    """From `known` on, another item no longer holds."""

    of: Text
    why: Text


KINDS: Mapping[str, type[Entry]] = {
    "reading": Reading, "event": Event, "warning": Sighting, "note": Note, "retraction": Retraction,
}  # fmt: skip


def kind_of(entry: Entry) -> str:
    """Name under which the ledger's files hold such an entry."""
    return next(kind for kind, schema in KINDS.items() if type(entry) is schema)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of a question, ordered by day and id.

    Attributes
    ----------
    items
        Readings, events, warnings and notes.
    retractions
        Withdrawals of items.
    """

    items: tuple[Item, ...] = ()
    retractions: tuple[Retraction, ...] = ()

    def of[K: Item](self, kind: type[K]) -> tuple[K, ...]:
        """Items of one kind, in order."""
        return tuple(item for item in self.items if isinstance(item, kind))

    def weighing(self, as_of: date) -> tuple[Graded, ...]:
        """Items that weigh in a forecast as of a day, in order."""
        return tuple(item for item in self.of(Graded) if item.weighs(as_of))

    @property
    def newest(self) -> date | None:
        """Day on which the newest item became known."""
        return max((item.known for item in self.items), default=None)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as written, and its value where it is sound.

    Attributes
    ----------
    spot
        Where it stands, for messages.
    row
        Its keys as written.
    named
        Whether a person chose its id; one that the program made may still change.
    """

    spot: str
    kind: type[Entry]
    row: Table
    entry: Entry | None
    named: bool = True


def load(
    folder: Path,
    place: str,
    names: Names,
    today: date,
    problems: list[Problem],
    added: Sequence[Draft] = (),
) -> Ledger:
    """Ledger of the `evidence` folder as it would be with the `added` entries, its faults in `problems`."""
    found: list[Draft] = []
    whole = True
    for path in documents.list_files(folder, ".toml", place, problems):
        tables = documents.read_toml(path, f"{place}/{path.name}", problems)
        whole &= tables is not None and drafts(tables, f"{place}/{path.name}", found, problems)
    found += added
    whole &= all("id" in draft.row for draft in added)
    for draft in found:
        problems += faults(draft, names, today)
    problems += _clashes(found)
    problems += _lost(found, whole=whole)
    sound = [draft.entry for draft in found if draft.entry is not None]
    order = sorted(sound, key=lambda e: (e.date if isinstance(e, Item) else e.known, e.id))
    return Ledger(
        items=tuple(e for e in order if isinstance(e, Item)),
        retractions=tuple(e for e in order if isinstance(e, Retraction)),
    )


def drafts(tables: Table, place: str, found: list[Draft], problems: list[Problem]) -> bool:
    """Add the entries of a file to `found`; whether every one of them could be told by its id."""
    whole = True
    for kind, rows in tables.items():
        if kind not in KINDS:
            problems.append(Problem(place, f"unknown key {kind!r}; {did_you_mean(kind, KINDS)}"))
            whole = False
            continue
        if not isinstance(rows, list):
            problems.append(Problem(place, f"{kind} is not a list of tables; write [[{kind}]]"))
            whole = False
            continue
        for count, row in enumerate(rows, start=1):
            name = row.get("id") if isinstance(row, dict) else None
            told = isinstance(name, str) and bool(name)
            spot = f"{place}: {name if told else f'{kind} number {count}'}"
            entry = documents.validate(KINDS[kind], row, spot, problems)
            found.append(Draft(spot, KINDS[kind], row if isinstance(row, dict) else {}, entry))
            whole &= told
    return whole


def faults(draft: Draft, names: Names, today: date) -> Iterable[Problem]:
    """Faults of an entry beside the question and the day, whether or not it is sound in itself."""
    known, day = draft.row.get("known"), draft.row.get("date")
    if type(known) is date and known > today:
        yield Problem(draft.spot, f"known {known} is after today {today}; correct it")
    first = names.history_from
    if type(day) is date and first is not None and day < first:
        yield Problem(draft.spot, f"date {day} is before history_from {first}; leave the item out")
    if draft.kind is Reading:
        yield from unknown(draft.spot, "driver", [draft.row.get("driver")], names.drivers)
    if draft.kind is Event:
        yield from unknown(draft.spot, "kind", [draft.row.get("kind")], names.kinds)


def _clashes(found: Iterable[Draft]) -> Iterable[Problem]:
    """Ids that stand twice, exact repeats under another id, and items that are retracted twice."""
    spots: dict[str, str] = {}
    facts: dict[tuple[object, ...], str] = {}
    withdrawn: dict[str, str] = {}
    for draft in found:
        name, entry = draft.row.get("id"), draft.entry
        if isinstance(name, str) and name in spots:
            also = "in this file" if spots[name] == draft.spot else f"also in {spots[name]}"
            yield Problem(draft.spot, f"id stands twice, {also}; rename one or remove it")
            continue
        if isinstance(name, str):
            spots[name] = draft.spot
        if isinstance(entry, Retraction):
            if entry.of in withdrawn:
                message = f"of {entry.of!r} is retracted by {withdrawn[entry.of]!r} already; remove one"
                yield Problem(draft.spot, message)
            withdrawn.setdefault(entry.of, entry.id)
        if isinstance(entry, Graded) and entry.repeat_of is None and entry.revises is None:
            driver = entry.driver if isinstance(entry, Reading) else None
            fact = (type(entry), entry.origin, driver, entry.date, entry.claim)
            if fact in facts:
                message = f"repeats {facts[fact]} exactly; remove it or add repeat_of = {facts[fact]!r}"
                yield Problem(draft.spot, message)
            facts.setdefault(fact, entry.id)


def _lost(found: Sequence[Draft], *, whole: bool) -> Iterable[Problem]:
    """References to no other item; where the ledger is not `whole`, only those to itself."""
    ids = {str(draft.row.get("id")) for draft in found if issubclass(draft.kind, Item)}
    for draft in found:
        own = str(draft.row.get("id"))
        for key in ("of", "revises", "repeat_of"):
            target = draft.row.get(key) if key in draft.kind.model_fields else None
            lost = target == own or (whole and target not in ids) if isinstance(target, str) else False
            if target and lost:
                remedy = did_you_mean(target, ids - {own})
                yield Problem(draft.spot, f"{key} {target!r} is no other item; {remedy}")


def as_known(ledger: Ledger, as_of: date) -> Ledger:
    """Ledger as an analyst could have held it at the end of `as_of`.

    Items known later are absent; items retracted or revised by then are gone; an item whose
    revision is retracted stands again; recorded repeats are gone, for they carry no weight.
    Nothing later leaves a trace.
    """
    withdrawn = {r.of for r in ledger.retractions if r.known <= as_of}
    known = [item for item in ledger.items if item.known <= as_of and item.id not in withdrawn]
    revised = {item.revises for item in known}
    kept = tuple(item for item in known if item.id not in revised and item.repeat_of is None)
    return replace(ledger, items=kept, retractions=())
