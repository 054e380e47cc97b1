"""A change of belief: a new statement in its file, and the one it replaces kept beneath it."""

import getpass
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from hourglass import amendment, belief, case, documents, variant
from hourglass.belief import Belief, Statement
from hourglass.case import Case
from hourglass.errors import InputError, Problem, did_you_mean

HOMES = {
    "drivers": ("drivers.toml", ()),
    "series": ("drivers.toml", ("series",)),
    "gates": ("gates.toml", ("gate",)),
    "rivals": ("rivals.toml", ("rival",)),
    "reference": ("reference.toml", ()),
    "grades": ("grades.toml", ()),
}
"""File of each part of a question, and the key under which the file holds it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A belief before and after, and the question under either.

    Attributes
    ----------
    path
        Dotted path of the belief.
    file
        Name of its file in messages.
    text
        What the file holds with the revision in it.
    """

    path: str
    file: str
    text: str
    before: Case
    after: Case

    @property
    def old(self) -> Belief:
        """Belief as it was held."""
        return variant.by_path(self.before.question)[self.path]

    @property
    def new(self) -> Belief:
        """Belief as it is held now."""
        return variant.by_path(self.after.question)[self.path]


def default_author(folder: Path) -> str:
    """Name of whoever works here: what git calls them in that folder, else their login name.

    Raises
    ------
    InputError
        Where neither is known.
    """
    try:
        told = subprocess.run(
            ["git", "config", "user.name"], cwd=folder, capture_output=True, text=True, check=False
        )
        name = told.stdout.strip()
    except OSError:  # no git here
        name = ""
    try:
        return name or getpass.getuser()
    except (KeyError, OSError):
        raise InputError([Problem("--author", "is not known from git or login; state it")]) from None


def revise(
    folder: Path,
    place: str,
    path: str,
    quantiles: tuple[float, float, float],
    because: str,
    *,
    author: str,
    source: str,
    today: date,
    write: bool = True,
) -> Revision:
    """Revision of one belief of a question folder, written unless told otherwise.

    Parameters
    ----------
    place
        Name of the folder in messages.
    path
        Dotted path of the belief, as `drivers.NAME.level`.
    quantiles
        New q05, q50, q95, on the belief's own scale.
    write
        False only shows what would be written.

    Raises
    ------
    InputError
        Where the path is no belief, the statement is faulty, or the folder is with it; nothing
        is written then.
    HourglassError
        Where another writer keeps the folder too long, it cannot be locked or copied, or an
        editor changes the file meanwhile.
    OSError
        Where the file cannot be written.
    """
    numbers = dict(zip(("q05", "q50", "q95"), quantiles, strict=True))
    words = {"because": because.strip(), "source": source.strip(), "author": author.strip()}
    stated = {**numbers, **words, "date": today}
    if not write:
        return _plan(folder, place, path, stated, today)
    with amendment.hold(folder, place):
        before = {file.name: file.read_bytes() for file in folder.glob("*.toml") if file.is_file()}
        planned = _plan(folder, place, path, stated, today)
        name = Path(planned.file).name
        amendment.put(folder / name, before[name], planned.text)
    return planned


def _plan(folder: Path, place: str, path: str, stated: Mapping[str, Any], today: date) -> Revision:
    """Revision of a belief, checked with its whole folder and not written."""
    before = case.load(folder, place, today)
    own = variant.by_path(before.question)
    if path not in own:
        raise InputError([Problem(place, f"unknown belief {path!r}; {did_you_mean(path, own)}")])
    new = _statement(path, {**stated, "scale": own[path].scale})
    part, _, inside = path.partition(".")
    name, keys = HOMES[part]
    text = _edited(folder / name, f"{place}/{name}", (*keys, inside), new)
    after = amendment.checked(folder, place, today, name, text)
    return Revision(path, f"{place}/{name}", text, before, after)


def _statement(path: str, stated: Mapping[str, Any]) -> Statement:
    problems: list[Problem] = []
    new = documents.validate(Statement, stated, path, problems)
    if new is None:
        raise InputError(problems)
    if not belief.drawable(new):
        shown = f"q05 {new.q05:g}, q50 {new.q50:g}, q95 {new.q95:g}"
        message = f"quantiles too far apart or too uneven to draw from: {shown}; even them out"
        raise InputError([Problem(path, message)])
    return new


def _edited(file: Path, spot: str, keys: Sequence[str], new: Statement) -> str:
    """Text of a file with one belief stated anew and all else byte for byte as it was.

    Both are read back and compared, so that no fault of the editing can reach the file.
    """
    mark, body = amendment.read(file)
    wanted = tomllib.loads(body)
    held = _table_at(wanted, keys)
    old = {key: value for key, value in held.items() if key != "history"}
    held.update({**_shown(new, old), "history": [*held.get("history", []), old]})
    try:
        document = tomlkit.parse(body if body.endswith("\n") else f"{body}\n")
        written = _restated(document, _table_at(document, keys), old, _shown(new, old))
    except TOMLKitError:
        written = None
    if written is None or tomllib.loads(written) != wanted:
        message = "is written in a way that cannot be edited from here; make it one table of its own"
        raise InputError([Problem(f"{spot}: {'.'.join(keys)}", message)])
    return mark + amendment.with_line_ends_of(body, written)


def _shown(new: Statement, old: Mapping[str, Any]) -> dict[str, Any]:
    """Keys to write: a scale that went without saying stays unsaid."""
    return {key: value for key, value in new.model_dump().items() if key != "scale" or key in old}


def _table_at(held: Any, keys: Sequence[str]) -> Any:
    """Table under some keys, each itself a dotted path; a member of a list goes by its id."""
    for path in keys:
        held = _inner(held, path)
    return held


def _inner(held: Any, path: str) -> Any:
    members = held.items() if isinstance(held, Mapping) else [(part["id"], part) for part in held]
    for name, part in members:
        if path == name:
            return part
        if path.startswith(f"{name}.") and isinstance(part, Mapping | list):
            found = _inner(part, path.removeprefix(f"{name}."))
            if found is not None:
                return found
    return None


def _restated(
    document: TOMLDocument, held: Any, old: Mapping[str, Any], shown: Mapping[str, Any]
) -> str | None:
    """Text of a document in which a belief's table states `shown` and its history ends with `old`."""
    match held:
        case InlineTable():
            _keep_inline(held, old)
        case Table():
            _keep(held, old)
        case _:
            return None
    for key, value in shown.items():
        held[key] = _number(value) if isinstance(value, float) else value
    return document.as_string()


def _number(value: float) -> float | int:
    """The number as a person writes it: 2, not 2.0."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _keep_inline(held: InlineTable, old: Mapping[str, Any]) -> None:
    entry = tomlkit.inline_table()
    entry.update(old)
    if "history" not in held:
        held["history"] = tomlkit.array()
    held["history"].append(entry)


def _keep(held: Table, old: Mapping[str, Any]) -> None:
    """Add a table of history behind those there are.

    Blank lines and comments at the end of a table belong to what follows it in the file: they
    are moved behind the new one.
    """
    last = held["history"][-1] if "history" in held else held
    trailing = []
    while last.value.body and last.value.body[-1][0] is None:
        trailing.append(last.value.body.pop()[1])
    last.add(tomlkit.nl())
    if "history" not in held:
        held.append("history", tomlkit.aot())
    entry = tomlkit.table()
    entry.update(old)
    held["history"].append(entry)
    for blank in reversed(trailing):
        held["history"][-1].add(blank)
