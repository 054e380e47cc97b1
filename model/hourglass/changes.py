"""What one body of evidence holds that another does not: items and points, and groups of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from hourglass.case import Case
from hourglass.ledger import Event, Graded, Ledger, Reading, Sighting
from hourglass.question import Question
from hourglass.series import Row

EVENTS, WARNINGS = "events", "warnings"
MOST = 12
"""Changes that are told one by one; more of them are told in groups."""
SILENT = {"id", "known", "fact", "claim", "because", "source", "revises", "repeat_of"}
"""What an item states beside what it weighs."""

What = Literal["added", "revised", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a series says of one date: one row or, where it was revised, several."""

    series: str
    rows: tuple[Row, ...]

    @property
    def date(self) -> date:
        """Day of which it speaks."""
        return self.rows[-1].date


Piece = Graded | Mark


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of evidence that came, went, or took the place of another.

    Attributes
    ----------
    about
        The driver it speaks of, else `events` or `warnings`.
    origin
        Its source of error; of a point its series.
    gone, come
        What held before and what holds now.
    """

    name: str
    what: What
    about: str
    origin: str
    date: date
    gone: tuple[Piece, ...]
    come: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that are told as one."""

    name: str
    changes: tuple[Change, ...]


def between(then: Case, day: date, now: Case, today: date) -> tuple[Change, ...]:
    """Changes from what was known at the end of `day` to what was at the end of `today`.

    What carries no weight, what was reworded without another number, and a warning whose window
    has passed by then are no changes.
    """
    question = now.question
    old, new = (case.evidence(known_by).weighing(today) for case, known_by in ((then, day), (now, today)))
    left = {item.id: item for item in old if not any(_same(item, other) for other in new)}
    found = []
    for item in new:
        if any(_same(item, other) for other in old):
            continue
        place = next((name for name, other in left.items() if _related(item, other)), None)
        gone = () if place is None else (left.pop(place),)
        found.append(_change("revised" if gone else "added", gone, (item,), question))
    found += [_change("withdrawn", (item,), (), question) for item in left.values()]
    found += _moved_points(_marks(then, day), _marks(now, today), question)
    return tuple(sorted(found, key=lambda change: (change.date, change.name)))


def _related(one: Graded, other: Graded) -> bool:
    """Whether one stands in the other's place."""
    return one.id in (other.id, other.revises) or other.id == one.revises


def _same(one: Graded, other: Graded) -> bool:
    """Whether one stands in the other's place and weighs the same."""
    return (
        _related(one, other)
        and type(one) is type(other)
        and one.model_dump(exclude=SILENT) == other.model_dump(exclude=SILENT)
    )


def _marks(case: Case, day: date) -> Mapping[tuple[str, date], Mark]:
    told: dict[tuple[str, date], tuple[Row, ...]] = defaultdict(tuple)
    for name, rows in case.rows.items():
        for row in sorted(rows, key=lambda row: (row.date, row.known)):
            if row.known <= day:
                told[name, row.date] += (row,)
    return {key: Mark(key[0], rows) for key, rows in told.items()}


def _moved_points(
    old: Mapping[tuple[str, date], Mark], new: Mapping[tuple[str, date], Mark], question: Question
) -> Iterable[Change]:
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key), new.get(key)
        if before and after and _number(before) == _number(after):
            continue
        what: What = "added" if before is None else "withdrawn" if after is None else "revised"
        gone, come = (tuple(mark for mark in (side,) if mark) for side in (before, after))
        yield _change(what, gone, come, question)


def _number(mark: Mark) -> tuple[float, int | None]:
    return mark.rows[-1].value, mark.rows[-1].n


def _change(what: What, gone: tuple[Piece, ...], come: tuple[Piece, ...], question: Question) -> Change:
    piece = (come or gone)[0]
    name = f"{piece.series} {piece.date}" if isinstance(piece, Mark) else piece.id
    origin = piece.series if isinstance(piece, Mark) else piece.origin
    return Change(name, what, about(piece, question), origin, piece.date, gone, come)


def about(piece: Piece, question: Question) -> str:
    """Driver that a piece speaks of, else `events` or `warnings`."""
    match piece:
        case Mark():
            return question.series[piece.series].driver
        case Reading():
            return piece.driver
        case Sighting():
            return WARNINGS
    return EVENTS


def key(piece: Piece, question: Question) -> tuple[Hashable, ...]:
    """What a piece shares with those that weigh together with it: its block, episode or origin."""
    match piece:
        case Mark():
            together = question.series[piece.series].change  # changes lie between neighbours
            return ("series", piece.series, None if together else piece.date)
        case Reading():
            return ("readings", piece.origin, piece.driver)
        case Event():
            return ("episode", piece.episode)
    return (WARNINGS, piece.origin)


def quarter(day: date) -> str:
    """Quarter of a year, as `2023 Q1`."""
    return f"{day.year} Q{(day.month + 2) // 3}"


Naming = Callable[[Change], str]
GROUPINGS: Mapping[str, Naming] = {
    "change": lambda change: f"{change.name}\n{change.what}",  # one name may come and go
    "origin": lambda change: change.origin,
    "driver and quarter": lambda change: f"{change.about}, {quarter(change.date)}",
    "driver and year": lambda change: f"{change.about}, {change.date.year}",
    "driver": lambda change: change.about,
    "nothing": lambda _: "all evidence",
}
"""Ways to group changes, from the finest."""


def grouped(found: Sequence[Change], most: int = MOST) -> tuple[str, tuple[Group, ...]]:
    """Finest grouping of the changes with at most `most` groups, and what it groups by."""
    every = ((by, _gathered(found, naming)) for by, naming in GROUPINGS.items())
    return next((by, groups) for by, groups in every if len(groups) <= most)


def _gathered(found: Sequence[Change], naming: Naming) -> tuple[Group, ...]:
    groups: dict[str, list[Change]] = defaultdict(list)
    for change in found:
        groups[naming(change)].append(change)
    return tuple(Group(name.split("\n")[0], tuple(held)) for name, held in groups.items())


def pieces(case: Case, day: date) -> tuple[Piece, ...]:
    """Everything that weighs at the end of a day."""
    return (*case.evidence(day).weighing(day), *_marks(case, day).values())


def applied(held: Iterable[Piece], groups: Iterable[Group]) -> list[Piece]:
    """What is held after the changes of some groups."""
    made = [change for group in groups for change in group.changes]
    gone = [piece for change in made for piece in change.gone]
    return [piece for piece in held if piece not in gone] + [p for change in made for p in change.come]


def case_of(case: Case, held: Collection[Piece]) -> Case:
    """The question with these pieces as all its evidence."""
    items = sorted((p for p in held if isinstance(p, Graded)), key=lambda item: (item.date, item.id))
    marks = [p for p in held if isinstance(p, Mark)]
    rows = {
        name: tuple(row for m in sorted(marks, key=lambda m: m.date) if m.series == name for row in m.rows)
        for name in case.rows
    }
    return replace(case, ledger=Ledger(items=tuple(items)), rows=rows)
