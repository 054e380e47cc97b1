"""Variants: a question's evidence under other people's beliefs, stated as such.

A file `variants/NAME.toml` replaces some beliefs of its folder by dotted path, and nothing else:
the question, its evidence and its tables stay. The folder's own beliefs go by the name `base`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hourglass import documents
from hourglass.belief import Belief
from hourglass.documents import Schema, Table, Text
from hourglass.errors import Problem, unknown
from hourglass.parameters import beliefs
from hourglass.question import Question

BASE = "base"
"""Name of the beliefs that the folder itself states."""


class Stance(Schema):
    """Whose view a variant takes and what that view rests on."""

    title: Text
    because: Text


@dataclass(frozen=True, slots=True)
class Variant:
    """A named set of beliefs that replaces some of a question's own.

    Attributes
    ----------
    beliefs
        Those it replaces, by dotted path.
    question
        The question with them in place.
    """

    name: str
    title: str
    because: str
    beliefs: Mapping[str, Belief]
    question: Question


def load(folder: Path, place: str, asked: Question | None, problems: list[Problem]) -> dict[str, Variant]:
    """Variants of a question by name; faults are added to `problems`.

    Parameters
    ----------
    folder
        Where their files lie; there need be none.
    asked
        The folder's own question; None where it is itself faulty, and no path can be checked.
    """
    found = {}
    for path in documents.list_files(folder, ".toml", place, problems):
        variant = _read(path, f"{place}/{path.name}", asked, problems)
        if variant is not None:
            found[path.stem] = variant
    return found


def _read(path: Path, spot: str, asked: Question | None, problems: list[Problem]) -> Variant | None:
    table = documents.read_toml(path, spot, problems)
    if table is None:
        return None
    stated = dict(_stated({key: held for key, held in table.items() if isinstance(held, dict)}))
    words = {key: held for key, held in table.items() if not isinstance(held, dict)}
    stance = documents.validate(Stance, words, spot, problems)
    told = {p: documents.validate(Belief, held, f"{spot}: {p}", problems) for p, held in stated.items()}
    sound = {p: belief for p, belief in told.items() if belief is not None}
    if asked is None:
        return None
    faults = [*_file_faults(path.stem, stated, spot), *_belief_faults(stated, sound, asked, spot)]
    problems += faults
    if stance is None or faults or len(sound) < len(stated):
        return None
    return Variant(path.stem, stance.title, stance.because, sound, _question(asked, sound))


def _stated(table: Table, above: str = "") -> Iterator[tuple[str, Table]]:
    """Innermost tables by dotted path."""
    for key, held in table.items():
        if held and all(isinstance(inner, dict) for inner in held.values()):
            yield from _stated(held, f"{above}{key}.")
        else:
            yield f"{above}{key}", held


def _file_faults(name: str, stated: Mapping[str, Table], spot: str) -> Iterator[Problem]:
    if name == BASE:
        yield Problem(spot, f"{BASE!r} names the beliefs of the folder itself; rename the file")
    if not stated:
        yield Problem(spot, "replaces no belief; add a table such as [reference.nu]")


def _belief_faults(
    stated: Mapping[str, Table], sound: Mapping[str, Belief], asked: Question, spot: str
) -> Iterator[Problem]:
    """One problem for each path that is no belief, and each belief that is not of its kind."""
    own = by_path(asked)
    yield from unknown(spot, "belief", stated, own.keys())
    for path in sound.keys() & own.keys():
        new, old = sound[path], own[path]
        if new.scale != old.scale:
            message = f"scale {new.scale!r} is not the one it replaces; write scale = {old.scale!r}"
            yield Problem(f"{spot}: {path}", message)
        elif new.scale == "log" and new.q50 * old.q50 < 0:
            side = "above" if old.q50 > 0 else "below"
            message = f"q50 {new.q50:g} has not the sign of the {old.q50:g} it replaces; stay {side} 0"
            yield Problem(f"{spot}: {path}", message)


def by_path(asked: Question) -> dict[str, Belief]:
    """Every belief of a question by its dotted path."""
    return {path: belief for group in beliefs(asked).values() for path, belief in group.items()}


def changed(one: Question, other: Question) -> dict[str, tuple[Belief, Belief]]:
    """Beliefs that two views of a question state differently, by path, as a pair each."""
    left, right = by_path(one), by_path(other)
    # A dump holds no history: two who hold the same now may have come to it by different ways.
    return {p: (left[p], right[p]) for p in left if left[p].model_dump() != right[p].model_dump()}


def _question(asked: Question, told: Mapping[str, Belief]) -> Question:
    for path, belief in told.items():
        asked = asked.model_copy(update=_put(dict(asked), path, belief))
    return asked


def _put(members: Mapping[str, Any], path: str, belief: Belief) -> dict[str, Any]:
    """Members by name, with the belief at a dotted path among them replaced."""
    return {
        name: belief if path == name
        else _inside(held, path.removeprefix(f"{name}."), belief) if path.startswith(f"{name}.")
        else held
        for name, held in members.items()
    }  # fmt: skip


def _inside(held: Any, path: str, belief: Belief) -> Any:
    """Part of a question with the belief at a dotted path inside it replaced."""
    match held:
        case Schema():
            return held.model_copy(update=_put(dict(held), path, belief))
        case tuple():  # gates or rivals, each under its id
            return tuple(_put({part.id: part for part in held}, path, belief).values())
        case Mapping():
            return _put(held, path, belief)
    return held
