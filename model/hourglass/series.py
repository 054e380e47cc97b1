"""Numbers over time that follow the drivers, and which of them were known on a given day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from hourglass import documents
from hourglass.documents import Day, Schema, Text
from hourglass.errors import Problem
from hourglass.question import MOST_ASKED, Names, Series

MEAN_MONTH = 365.2425 / 12
"""Days."""


class Row(Schema):
    """One published number: when it held, when it could be known, by whom."""

    date: Day
    known: Day
    value: float
    n: Annotated[int, Field(ge=1, le=MOST_ASKED)] | None = None
    source: Text

    @field_validator("known")
    @classmethod
    def _known_after_it_held(cls, known: Day, info: ValidationInfo) -> Day:
        day: Day = info.data.get("date", known)
        if day > known:
            raise ValueError(f"{known} is before date {day}; correct one of them")
        return known


@dataclass(frozen=True, slots=True)
class Point:
    """One number that weighs.

    Attributes
    ----------
    since, until
        Days over which the driver's mean is what it speaks of; the same day for a moment.
    value
        Share, count, size, or change a month.
    n
        Answers of a poll wave, else 0.
    """

    since: date
    until: date
    value: float
    n: int = 0


def load(
    folder: Path, place: str, names: Names, today: date, problems: list[Problem]
) -> Mapping[str, tuple[Row, ...]]:
    """Rows of every series that the question names, by date; faults are added to `problems`."""
    found = {}
    for name, series in names.series.items():
        lines = documents.read_cells(Row, folder / f"{name}.csv", f"{place}/{name}.csv", problems)
        rows = documents.rows(Row, lines or {}, problems)
        if lines is not None and not lines:
            problems.append(Problem(f"{place}/{name}.csv", "holds no row; add one"))
        for spot, row in rows.items():
            faults = _faults(row, series, names.history_from, today)
            problems += [Problem(f"{spot}: {row.date}", message) for message in faults]
        problems += _twice(rows)
        found[name] = tuple(sorted(rows.values(), key=lambda row: (row.date, row.known)))
    return found


def unread(folder: Path, place: str, names: Names) -> list[Problem]:
    """One problem for each file in the folder of numbers that no series of the question reads."""
    problems: list[Problem] = []
    for path in documents.list_files(folder, ".csv", place, problems):
        if path.stem not in names.series:
            remedy = f"name it in drivers.toml as [series.{path.stem}] or move it elsewhere"
            problems.append(Problem(f"{place}/{path.name}", f"is read by no series; {remedy}"))
    return problems


def _faults(row: Row, series: Series | None, first: date | None, today: date) -> Iterator[str]:
    if row.known > today:
        yield f"known {row.known} is after today {today}; correct it"
    if first is not None and row.date < first:
        yield f"date is before history_from {first}; leave it out"
    if series is None:
        return
    if series.kind == "poll" and not 0 <= row.value <= 1:
        n = row.n or series.assumed_n
        yield f"value {row.value} of n {n} answers is no share; write 0 to 1 (k <= n)"
    if series.kind == "count" and not (row.value >= 0 and row.value == int(row.value)):
        yield f"value {row.value} is no count; write a whole number from 0"
    if series.scale == "log" and series.kind == "level" and not row.value > 0:
        yield f"value {row.value} has no logarithm; write a number above 0"


def _twice(rows: Mapping[str, Row]) -> Iterator[Problem]:
    """Rows that give one date twice as of one day, so that neither revises the other."""
    spots: dict[tuple[date, date], str] = {}
    for spot, row in rows.items():
        also = spots.setdefault((row.date, row.known), spot)
        if also != spot:
            remedy = "remove one, or give a revision its own known"
            yield Problem(
                f"{spot}: {row.date}", f"stands twice with known {row.known}, also in {also}; {remedy}"
            )


def points(rows: tuple[Row, ...], series: Series, as_of: date) -> tuple[Point, ...]:
    """What a series says by the end of `as_of`: its points, or its changes between points.

    A poll wave that does not state how many answered counts as the series' `assumed_n`. Of
    several rows of one date the last known replaces the others (a revision).
    """
    known = {row.date: row for row in sorted(rows, key=lambda r: r.known) if row.known <= as_of}
    kept = [known[day] for day in sorted(known)]
    if series.change:
        return tuple(
            Point(a.date, b.date, (b.value - a.value) * MEAN_MONTH / (b.date - a.date).days)
            for a, b in pairwise(kept)
        )
    return tuple(Point(r.date, r.date, r.value, (r.n or series.assumed_n or 0)) for r in kept)
