"""The evidence: dated, graded, sourced items, and which of them were known on a given day.

A fact enters once. The ledger only grows: a correction revises an old item, a retraction
withdraws one, each from its own `known` day on, so the past can be forecast as it stood.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from hourglass import calendar
from hourglass.belief import Quantiles
from hourglass.documents import Day, Name, Schema, Text
from hourglass.question import Share


def _admiralty(grade: str) -> str:
    if not re.fullmatch("[A-F][1-6]", grade):
        raise ValueError(f"{grade!r} is no grade; write a letter A to F and a number 1 to 6, as B2")
    return grade


Grade = Annotated[str, AfterValidator(_admiralty)]


class Source(Schema):
    """Where an item can be looked up."""

    title: Text
    url: str
    date: Day


class Entry(Schema):
    """What every entry of the ledger states."""

    id: Name
    known: Day


class Item(Entry):
    """An entry that claims a fact."""

    date: Day
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
