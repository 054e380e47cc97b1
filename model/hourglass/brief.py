"""A report as a reader meets it: sections of sentences, tables and figures.

Every string that is shown is made here, once; page, Markdown and JSON only set it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """What one field of a table says, and where that can be looked up.

    `parts`: several things that it says, each with a link of its own; `text` is then all of them.
    """

    text: str
    link: str = ""
    parts: tuple["Cell", ...] = ()

    @property
    def each(self) -> tuple["Cell", ...]:
        """The things that it says."""
        return self.parts or (self,)


JOINT = " · "
"""What stands between the things that one field says."""


MOST_COLUMNS, MOST_LETTERS = 4, 20
"""Columns, and letters beside the first, that a telephone shows side by side."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; the first column names the row.

    `folded`: long, and shown on demand.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False

    @property
    def wide(self) -> bool:
        """Whether a telephone can only show it field by field."""
        longest = (
            max((len(cell.text) for cell in column), default=0) for column in zip(*self.rows, strict=True)
        )
        return len(self.columns) > MOST_COLUMNS or sum(list(longest)[1:]) > MOST_LETTERS


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentence with words of others in it: a backtick is one of theirs, and marks no command."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences that stand side by side."""

    sentences: tuple[str | Quote, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, what it says in words, and what a browser draws it from.

    Attributes
    ----------
    svg, png
        As it stands on paper, and on a slide.
    spec
        Of Vega-Lite, for hovers.
    """

    id: str
    caption: str
    alt: str
    svg: str
    png: bytes
    spec: Mapping[str, Any]


Part = str | Quote | Points | Table | Figure
"""Of a plain sentence what stands between backticks is a command."""


@dataclass(frozen=True, slots=True)
class Section:
    """One question that the report answers.

    Links lead to it by its `name`.
    """

    name: str
    title: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know of the whole report, named and told."""

    name: str
    told: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a report says.

    Attributes
    ----------
    lead
        The answer in one sentence; where the verdict withholds it, that it does.
    passed, badge
        The verdict, and its words.
    """

    title: str
    as_of: date
    lead: str
    passed: bool
    badge: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...] = field(default_factory=tuple)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, in order."""
        return tuple(part for section in self.sections for part in section.parts if isinstance(part, Figure))


def cell(told: str | Cell) -> Cell:
    """Field of a table."""
    return told if isinstance(told, Cell) else Cell(told)


def several(told: Sequence[Cell]) -> Cell:
    """Field that says several things."""
    return told[0] if len(told) == 1 else Cell(JOINT.join(one.text for one in told), parts=tuple(told))


def quotes(told: Iterable[str]) -> Points:
    """Sentences with words of others in them."""
    return Points(tuple(Quote(words) for words in told))


def linked(text: str, url: str) -> Cell:
    """Text that leads to a page of the web; any other address is dropped, since a click would run it."""
    return Cell(text, url if on_the_web(url) else "")


def on_the_web(url: str) -> bool:
    """Whether an address is that of a page, not of something that runs."""
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def table(
    caption: str, columns: tuple[str, ...], rows: Iterable[Iterable[str | Cell]], *, folded: bool = False
) -> Table:
    """Table of plain texts or cells."""
    return Table(caption, columns, tuple(tuple(cell(one) for one in row) for row in rows), folded)


def as_json(told: Brief) -> dict[str, Any]:
    """What a report says as JSON can hold it; of a figure its words alone."""
    return {
        "schema": SCHEMA,
        "title": told.title,
        "lead": told.lead,
        "badge": told.badge,
        "facts": {fact.name: fact.told for fact in told.facts},
        "sections": [
            {"name": one.name, "title": one.title, "parts": [_part(part) for part in one.parts]}
            for one in told.sections
        ],
    }


def _part(part: Part) -> Any:
    match part:
        case str():
            return part
        case Quote():
            return part.text
        case Points():
            return [_part(sentence) for sentence in part.sentences]
        case Figure():
            return {"figure": part.id, "caption": part.caption, "alt": part.alt}
        case Table():
            rows = [[one.text for one in row] for row in part.rows]
            return {"caption": part.caption, "columns": list(part.columns), "rows": rows}
