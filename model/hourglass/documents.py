"""Text files as a person wrote them, read into checked values with every fault at its place."""

import csv
import io
import re
import tomllib
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin
from unicodedata import category

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo

from hourglass.errors import Problem, closest, did_you_mean

SCHEMA = 1

Table = dict[str, Any]
"""Keys of one TOML table as written, unchecked."""
Cells = Mapping[str | None, Any]
"""Cells of one CSV line by column as written; those past the header under None."""

WANTED = {
    "bool_type": "true or false",
    "date_type": "a date, without quotes or time of day",
    "dict_type": "a table of keys",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "model_type": "a table of keys",
    "string_type": "text in quotes",
    "tuple_type": "a list",
}
"""Our own words for faults that the checking library tells in terms of code."""


def day(text: str) -> date | None:
    """Day that is written as YYYY-MM-DD; None where none is."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:  # the 30th of February
        return None


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; fill it in")
    hidden = next((sign for sign in text if category(sign) == "Cc" and sign not in "\t\n\r"), None)
    if hidden is not None:  # a terminal would obey it
        raise ValueError(f"holds {hidden!r}, which does not print; leave it out")
    return text


def _printable(name: str) -> str:
    hidden = next((sign for sign in name if not sign.isprintable()), None)
    if hidden is not None:
        raise ValueError(f"holds {hidden!r}, which does not print; leave it out")
    return name


Text = Annotated[str, AfterValidator(_filled)]
"""Words that are not blank."""
Name = Annotated[Text, AfterValidator(_printable)]
"""Words of one line by which a thing is named."""


def _told_day(stated: object, info: ValidationInfo) -> object:
    if info.mode == "python" or not isinstance(stated, str):
        return stated
    found = day(stated)
    if found is None:
        raise ValueError(f"{stated!r} is no day; write it as YYYY-MM-DD")
    return found


Day = Annotated[date, BeforeValidator(_told_day)]
"""A day; where it is read as text, the checking library itself would take 19000 for one."""


class Schema(BaseModel):
    """A frozen value read from a file, in which an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def read_text(path: Path, place: str, problems: list[Problem]) -> str | None:
    """Text of a file; a missing or unreadable one is added to `problems`."""
    try:
        return path.read_bytes().decode("utf-8-sig")  # line ends as they are, as whoever edits it finds them
    except FileNotFoundError:
        problems.append(Problem(place, "file is missing; restore it or create it"))
    except UnicodeDecodeError as error:
        problems.append(Problem(place, f"not UTF-8 text at byte {error.start}; save it as UTF-8"))
    except OSError as error:
        problems.append(Problem(place, f"cannot be read ({error.strerror}); make it a readable file"))
    return None


def list_files(folder: Path, suffix: str, place: str, problems: list[Problem]) -> list[Path]:
    """Files of a folder by name; what else lies there unread is added to `problems`.

    There need be no such folder: a new question has no evidence yet.
    """
    try:
        paths = [path for path in sorted(folder.iterdir()) if not _aside(path.name)]
    except FileNotFoundError:
        if folder.is_symlink():
            problems.append(Problem(place, "folder is missing; restore it or create it"))
        return []
    except OSError as error:
        problems.append(Problem(place, f"cannot be listed ({error.strerror}); make it a readable folder"))
        return []
    for path in paths:
        if path.suffix != suffix:
            fault = f"does not end in {suffix} and is not read; rename it or move it elsewhere"
            inside = "is a folder, of which nothing is read; move its files up"
            problems.append(Problem(f"{place}/{path.name}", inside if path.is_dir() else fault))
        elif path.is_fifo():  # else reading it waits for ever
            problems.append(Problem(f"{place}/{path.name}", "is a pipe; put a file in its place"))
    return [path for path in paths if path.suffix == suffix and not path.is_fifo()]


def _aside(name: str) -> bool:
    """Whether a name says that its file is not to be read: hidden, an editor's own, or for readers."""
    return name.startswith((".", "#", "README")) or name.endswith(("~", ".md"))


def read_toml(path: Path, place: str, problems: list[Problem]) -> Table | None:
    """Tables of a TOML file without its `schema` key, which must be 1."""
    text = read_text(path, place, problems)
    if text is None:
        return None
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number or a nesting too long for Python, too
        problems.append(Problem(place, f"broken TOML: {_lowered(str(error))}; correct it there"))
        return None
    problems += _schema_faults(tables, place)
    return tables


def _schema_faults(tables: Table, place: str) -> Iterator[Problem]:
    """Take `schema`, or the key that was meant for it, out of the tables; a problem if it is not 1."""
    key = "schema" if "schema" in tables else closest("schema", tables, likeness=0.8)
    schema = tables.pop(key) if key else None
    if key not in ("schema", None):
        yield Problem(place, f"unknown key {key!r}; did you mean 'schema'?")
    elif type(schema) is not int or schema != SCHEMA:
        found = _shown(schema) if key else "missing"
        yield Problem(place, f"schema is {found}; write `schema = {SCHEMA}` at the top")


def read_cells(row: type[Schema], path: Path, place: str, problems: list[Problem]) -> dict[str, Cells] | None:
    """Lines of a CSV file by place, or None where its header does not name the fields of `row`."""
    text = read_text(path, place, problems)
    if text is None:
        return None
    reader = csv.DictReader(io.StringIO(text, newline=None), strict=True)
    try:
        fault = _header_fault(row, reader.fieldnames or ())
        lines: dict[str, Cells] = {f"{place}: line {reader.line_num}": cells for cells in reader}
    except csv.Error as error:
        fault = f"line {reader.reader.line_num}: {error}; correct the quotes"
    if fault is not None:
        problems.append(Problem(place, fault))
        return None
    return lines


def _header_fault(row: type[Schema], header: Sequence[str]) -> str | None:
    known = fields(row)
    missing = [name for name, field in known.items() if field.is_required() and name not in header]
    strange = [name for name in header if name not in known]
    twice = sorted({name for name in header if header.count(name) > 1})
    if not header:
        return f"file is empty; write the header {','.join(known)}"
    if len(header) == 1 and re.search("[;\t]", header[0]):
        sign = "semicolons" if ";" in header[0] else "tabs"
        return f"columns are separated by {sign}; save the file with commas between them"
    if missing:
        remedy = f"is it {strange[0]!r}?" if strange else "add the column"
        return f"header lacks {', '.join(missing)}; {remedy}"
    if strange:
        return f"unknown column {strange[0]!r}; {did_you_mean(strange[0], known)}"
    return f"column {twice[0]!r} stands twice; remove one" if twice else None


def rows[M: Schema](row: type[M], lines: Mapping[str, Cells], problems: list[Problem]) -> dict[str, M]:
    """Checked values of CSV lines by place; empty cells count as absent."""
    found = {}
    for spot, cells in lines.items():
        if None in cells:
            problems.append(Problem(spot, "more cells than the header; quote cells that hold commas"))
            continue
        value = validate(row, {k: v for k, v in cells.items() if v}, spot, problems, text=True)
        if value is not None:
            found[spot] = value
    return found


def validate[M: Schema](
    schema: type[M], data: object, place: str, problems: list[Problem], *, text: bool = False
) -> M | None:
    """Checked value of `data`, or None with each of its faults added to `problems`.

    Types must be those written: "1" and true are no numbers. With `text`, every value is text
    (cells of a CSV file) and must read as its type.
    """
    try:
        if text:
            return schema.model_validate_strings(data, strict=True)
        return schema.model_validate(_with_tuples(data), strict=True)
    except ValidationError as error:
        faults = [dict(fault) for fault in error.errors(include_url=False)]
        problems.extend(_problems(schema, data, faults, place))
        return None


def _with_tuples(data: object) -> object:
    match data:
        case dict():
            return {key: _with_tuples(value) for key, value in data.items()}
        case list():
            return tuple(_with_tuples(value) for value in data)
    return data


def _problems(
    schema: type[Schema], data: object, faults: Sequence[Mapping[str, Any]], place: str
) -> Iterator[Problem]:
    """One problem a fault; a required key under a wrong name is one fault, not two."""
    missing = {fault["loc"] for fault in faults if fault["type"] == "missing"}
    for fault in faults:
        *above, key = fault["loc"] or ("",)
        if fault["type"] == "extra_forbidden":
            meant = closest(str(key), [str(loc[-1]) for loc in missing if list(loc[:-1]) == above])
            missing.discard((*above, meant))
            known = [meant] if meant else _fields_at(schema, above)
            message = f"unknown key {str(key)!r}; {did_you_mean(str(key), known)}"
            yield Problem(_spot(place, data, above), message)
        elif fault["type"] == "value_error":
            yield Problem(_spot(place, data, fault["loc"]), str(fault["ctx"]["error"]))
        elif fault["type"] in ("too_short", "string_too_short"):
            if not fault["input"]:  # else it is short only of members that are faulty themselves
                yield Problem(_spot(place, data, fault["loc"]), "is empty; fill it in")
        elif fault["type"] != "missing":
            wanted = WANTED.get(fault["type"], str(fault["msg"]).removeprefix("Input should be "))
            message = f"should be {_lowered(wanted)}, not {_shown(fault['input'])}"
            yield Problem(_spot(place, data, fault["loc"]), message)
    lacks: dict[tuple[int | str, ...], list[str]] = {}
    for *above, key in sorted(missing, key=str):
        lacks.setdefault(tuple(above), []).append(str(key))
    for loc, keys in lacks.items():
        yield Problem(_spot(place, data, loc), f"lacks {', '.join(keys)}; add {'them' if keys[1:] else 'it'}")


def _spot(place: str, data: object, loc: Sequence[int | str]) -> str:
    """Place of a fault inside a place; a member of a list goes by its id, else by its number."""
    steps = []
    for step in loc:
        if isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
            name = data.get("id") if isinstance(data, dict) else None
            steps.append(name if is_name(name) else f"number {step + 1}")
        else:
            data = data.get(step) if isinstance(data, dict) else None
            steps.append(str(step))
    return f"{place}: {'.'.join(steps)}" if steps else place


def is_name(value: object) -> TypeGuard[str]:
    """Whether a thing can be told by it in a message of one line."""
    return isinstance(value, str) and bool(value) and value.isprintable()


def _lowered(message: str) -> str:
    return f"{message[:1].lower()}{message[1:]}"


def _shown(value: object) -> str:
    """Value as it stands in a file, shortened."""
    try:
        if isinstance(value, tuple):
            return f"[{', '.join(_shown(part) for part in value)}]"
        text = str(value) if isinstance(value, date) else repr(value)
    except ValueError:  # Python writes out no number of more than 4,300 digits
        return "a number too long to show"
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= 80 else f"{text[:77]}..."


def fields(schema: type[BaseModel]) -> dict[str, FieldInfo]:
    """Fields of a schema by their names in the file."""
    return {field.alias or name: field for name, field in schema.model_fields.items()}


def _fields_at(schema: type[BaseModel], loc: Sequence[int | str]) -> set[str]:
    """Names of the fields that the schema knows at a place inside it."""
    here = schema
    for step in loc:
        field = fields(here).get(str(step))
        here = next(_models_in(field.annotation), here) if field else here
    return set(fields(here))


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, types.UnionType, Mapping, tuple):
        for part in get_args(annotation):
            yield from _models_in(part)
