"""Life tables: how long others in the same position took to enter, and rivals to strike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from hourglass import documents
from hourglass.documents import Cells, Schema, Text
from hourglass.errors import Problem, closest, did_you_mean, unknown
from hourglass.question import Names

Count = Annotated[int, Field(ge=0)]
Months = Annotated[float, Field(ge=0)]


def _check_events(events: int, entered: int) -> None:
    if events > entered:
        raise ValueError(f"{events} events among {entered} who entered the interval; correct the counts")


class ClassRow(Schema):
    """One interval of a reference class: exposure in months and how many joined."""

    name: Text = Field(alias="class")
    from_month: Months
    to_month: Months
    entered: Count
    exposure_months: Annotated[float, Field(gt=0)]
    joined: Count
    definition: Text
    source: Text

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _check_events(self.joined, self.entered)
        if not self.from_month < self.to_month:
            raise ValueError(f"interval {self.from_month} to {self.to_month} is empty; write from < to")
        return self


class RivalRow(Schema):
    """One interval of a rival's table; without months it holds for all durations."""

    table: Text
    from_month: Months = 0.0
    to_month: Months = inf
    entered: Count | None = None
    exposure_months: Annotated[float, Field(gt=0)]
    ended: Count
    source: Text

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.entered is not None:
            _check_events(self.ended, self.entered)
        if not self.from_month < self.to_month:
            raise ValueError(f"interval {self.from_month} to {self.to_month} is empty; write from < to")
        return self


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of the reference classes and of the rivals, in file order."""

    classes: tuple[ClassRow, ...]
    rivals: tuple[RivalRow, ...]


def load(folder: Path, place: str, names: Names, problems: list[Problem]) -> Tables:
    """Life tables of a question folder; faults are added to `problems`."""
    spot = f"{place}/life_tables.csv"
    lines = documents.read_cells(ClassRow, folder / "life_tables.csv", spot, problems)
    classes = documents.rows(ClassRow, lines or {}, problems)
    problems += _overlaps((row.name, row.from_month, row.to_month, at) for at, row in classes.items())
    if lines is not None and names.classes:
        problems += _class_faults(_words(lines, "class"), names.classes, place)
    rivals: dict[str, RivalRow] = {}
    if names.rivals is None or names.rivals:
        spot = f"{place}/rival_tables.csv"
        lines = documents.read_cells(RivalRow, folder / "rival_tables.csv", spot, problems)
        rivals = documents.rows(RivalRow, lines or {}, problems)
        problems += _overlaps((row.table, row.from_month, row.to_month, at) for at, row in rivals.items())
        for rival, wanted in (names.rivals or {}).items():
            known = None if lines is None else _words(lines, "table")
            problems += unknown(f"{place}/rivals.toml: rival.{rival}", "table", wanted, known)
    return Tables(tuple(classes.values()), tuple(rivals.values()))


def _words(lines: Mapping[str, Cells], column: str) -> frozenset[str]:
    return frozenset(str(cells[column]) for cells in lines.values() if cells[column])


def _class_faults(tabled: frozenset[str], weighed: frozenset[str], place: str) -> Iterator[Problem]:
    """Classes with rows and no weight, or with a weight and no rows; a misspelled one is one fault."""
    strays = sorted(tabled - weighed)
    meant = {closest(name, weighed) for name in strays}
    for name in strays:
        message = f"class {name!r} has no weight in reference.toml; {did_you_mean(name, weighed)}"
        yield Problem(f"{place}/life_tables.csv", message)
    for name in sorted(weighed - tabled - meant):
        yield Problem(f"{place}/reference.toml: class.{name}", "has no rows in life_tables.csv; add them")


def _overlaps(spells: Iterable[tuple[str, float, float, str]]) -> Iterator[Problem]:
    """Intervals of one name that overlap, so that exposure would count twice; each with its place."""
    for (name, _, until, also), (other, since, _, spot) in pairwise(sorted(spells)):
        if name == other and since < until:
            message = f"interval of {name!r} from month {since:g} overlaps that of {also}; remove one"
            yield Problem(spot, message)
