"""Files that a person can break, whatever they hold: one fault, one problem, no other exception."""

import os
import shutil
from collections.abc import Mapping
from datetime import date
from errno import EACCES
from pathlib import Path
from typing import Any

import pytest
from folders import Folder, copied, entry
from hypothesis import given, settings
from hypothesis import strategies as st

from hourglass import documents
from hourglass.case import Case
from hourglass.documents import Schema
from hourglass.errors import InputError, Problem, did_you_mean, stop_on


class Stop(Schema):
    name: str
    day: date
    height: float = 0.0
    visits: int = 0
    open: bool = True


class Route(Schema):
    first: Stop
    others: tuple[Stop, ...] = ()
    named: Mapping[str, Stop] = {}


STOP: dict[str, Any] = {"name": "Brest", "day": date(2022, 1, 1)}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


def faults(data: object, schema: type[Schema] = Stop) -> list[str]:
    problems: list[Problem] = []
    value = documents.validate(schema, data, "here", problems)
    assert (value is None) == bool(problems)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"height": "3"}, "here: height: should be a number, not '3'"),
        ({"height": True}, "here: height: should be a number, not true"),
        ({"height": float("nan")}, "here: height: should be a finite number, not nan"),
        ({"height": float("-inf")}, "here: height: should be a finite number, not -inf"),
        ({"height": [1]}, "here: height: should be a number, not [1]"),
        ({"visits": 2.5}, "here: visits: should be a whole number, not 2.5"),
        ({"visits": False}, "here: visits: should be a whole number, not false"),
        ({"open": 1}, "here: open: should be true or false, not 1"),
        ({"name": 3}, "here: name: should be text in quotes, not 3"),
        (
            {"day": "2022-01-01"},
            "here: day: should be a date, without quotes or time of day, not '2022-01-01'",
        ),
        ({"nam": "Brest"}, "here: unknown key 'nam'; did you mean 'name'?"),
    ],
)
def test_a_value_of_another_type_is_one_fault(change: dict[str, object], fault: str) -> None:
    assert faults(STOP | change) == [fault]


def test_a_required_key_under_a_wrong_name_is_one_fault_and_not_two() -> None:
    assert faults({"nam": "Brest", "day": date(2022, 1, 1)}) == [
        "here: unknown key 'nam'; did you mean 'name'?"
    ]


def test_all_missing_keys_of_a_table_are_one_fault() -> None:
    assert faults({}) == ["here: lacks day, name; add them"]


def test_a_fault_deep_inside_is_placed_by_key_id_or_number() -> None:
    wrong = STOP | {"height": "x"}
    data = {"first": STOP, "others": [STOP, wrong, wrong | {"id": "b"}], "named": {"n": wrong | {"heigt": 1}}}
    assert faults(data, Route) == [
        "here: others.number 2.height: should be a number, not 'x'",
        "here: others.b.height: should be a number, not 'x'",
        "here: others.b: unknown key 'id'; known: day, height, name, open, visits",
        "here: named.n.height: should be a number, not 'x'",
        "here: named.n: unknown key 'heigt'; did you mean 'height'?",
    ]


@pytest.mark.parametrize("table", [3, "x", [1], None, date(2022, 1, 1)])
def test_what_is_no_table_is_one_fault(table: object) -> None:
    (fault,) = faults({"first": table}, Route)
    assert fault.startswith("here: first: should be a table of keys, not ")


def test_a_long_value_is_shortened_in_its_message() -> None:
    (fault,) = faults(STOP | {"height": "x" * 5000})
    assert len(fault) < 130


def test_a_number_too_long_to_write_out_is_still_refused(folder: Folder) -> None:
    folder.ledger(entry("reading", level="0x1" + "0" * 5000))
    assert folder.problem().endswith("level: should be a number, not a number too long to show")


BROKEN = [
    "a = ",
    "a = 1\na = 2",
    "[a",
    "a = 2022-13-01",
    "a = '" + "\n",
    "a = " + "[" * 3000,
    "a = " + "9" * 5000,
]


@pytest.mark.parametrize("file", ["question.toml", "drivers.toml", "gates.toml", "evidence/2022.toml"])
@pytest.mark.parametrize("text", BROKEN)
def test_broken_toml_is_one_fault_of_its_file(folder: Folder, file: str, text: str) -> None:
    folder.write(file, f"schema = 1\n{text}")
    assert folder.problem().startswith(f"{file}: broken TOML: ")


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ("", "schema is missing; write `schema = 1` at the top"),
        ("schema = 2", "schema is 2; write `schema = 1` at the top"),
        ("schema = '1'", "schema is '1'; write `schema = 1` at the top"),
        ("schema = true", "schema is true; write `schema = 1` at the top"),
        ("shema = 1", "unknown key 'shema'; did you mean 'schema'?"),
    ],
)
@pytest.mark.parametrize("file", ["question.toml", "drivers.toml", "reference.toml"])
def test_a_file_must_state_its_schema(folder: Folder, file: str, schema: str, fault: str) -> None:
    folder.edit(file, r"^schema = 1$", schema)
    assert folder.problem() == f"{file}: {fault}"


FILES = ["question.toml", "drivers.toml", "gates.toml", "rivals.toml", "reference.toml", "grades.toml"]
TABLES = ["life_tables.csv", "rival_tables.csv", "series/troops.csv"]


@pytest.mark.parametrize("file", FILES + TABLES)
def test_a_missing_file_is_one_fault(folder: Folder, file: str) -> None:
    (folder.path / file).unlink()
    assert folder.problem() == f"{file}: file is missing; restore it or create it"


@pytest.mark.parametrize("file", [*FILES, *TABLES, "evidence/2022.toml"])
def test_a_folder_in_the_place_of_a_file_is_one_fault(folder: Folder, file: str) -> None:
    (folder.path / file).unlink(missing_ok=True)
    (folder.path / file).mkdir(parents=True)
    assert folder.problem().startswith(f"{file}: cannot be read (")


@pytest.mark.parametrize("file", ["evidence/2022.toml", "series/else.csv"])
def test_a_pipe_in_a_folder_of_files_is_one_fault(folder: Folder, file: str) -> None:
    (folder.path / file).parent.mkdir(exist_ok=True)
    os.mkfifo(folder.path / file)
    assert folder.problem() == f"{file}: is a pipe; put a file in its place"


@pytest.mark.parametrize("file", [*FILES, *TABLES, "evidence/2022.toml"])
def test_bytes_that_are_no_text_are_one_fault(folder: Folder, file: str) -> None:
    (folder.path / file).parent.mkdir(exist_ok=True)
    (folder.path / file).write_bytes(b"schema = 1\n\xff")
    assert folder.problem() == f"{file}: not UTF-8 text at byte 11; save it as UTF-8"


def test_a_file_that_may_not_be_read_is_one_fault(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "gates.toml":
            raise PermissionError(EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert folder.problem().startswith("gates.toml: cannot be read (Permission denied)")


def test_a_byte_order_mark_is_no_fault(folder: Folder) -> None:
    for file in ("question.toml", "series/troops.csv"):
        path = folder.path / file
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert folder.load().rows["troops"]


@pytest.mark.parametrize("file", ["question.toml", "drivers.toml"])
def test_a_stray_carriage_return_is_one_fault(folder: Folder, file: str) -> None:
    path = folder.path / file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\r\n"))
    assert folder.problem().startswith(f"{file}: broken TOML: ")


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_are_no_fault_of_a_table(folder: Folder, ending: bytes) -> None:
    path, before = folder.path / "series" / "troops.csv", folder.load()
    path.write_bytes(path.read_bytes().replace(b"\n", ending))
    assert folder.load().rows == before.rows


def test_evidence_that_is_no_folder_is_one_fault(folder: Folder) -> None:
    folder.write("evidence", "")
    assert folder.problem().startswith("evidence: cannot be listed (")


def test_files_of_an_editor_are_no_evidence(folder: Folder) -> None:
    folder.ledger(entry("note"))
    for name in (".#2022.toml", "2022.toml~", "#2022.toml#", ".2022.toml.draft", "README", "sources.md"):
        folder.write(f"evidence/{name}", "no TOML at all")
    assert len(folder.load().ledger.items) == 1


@pytest.mark.parametrize(
    "file", ["evidence/2025.TOML", "evidence/2025.tml", "evidence/2025", "variants/it.txt"]
)
def test_a_file_that_would_not_be_read_is_one_fault(folder: Folder, file: str) -> None:
    folder.write(file, "schema = 1")
    assert (
        folder.problem() == f"{file}: does not end in .toml and is not read; rename it or move it elsewhere"
    )


def test_a_folder_inside_that_of_the_evidence_is_one_fault(folder: Folder) -> None:
    (folder.path / "evidence" / "old").mkdir(parents=True)
    assert folder.problem() == "evidence/old: is a folder, of which nothing is read; move its files up"


@pytest.mark.parametrize("name", ["evidence", "variants", "evidence/2025.toml", "evidence/more"])
def test_a_link_to_nothing_is_one_fault(folder: Folder, name: str) -> None:
    path = folder.path / name
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.symlink_to(folder.path / "nowhere")
    assert folder.problem().startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (r"^date,known,value", "date,known", "header lacks value; add the column"),
        (r"^date,known,value", "date,known,valeu", "header lacks value; is it 'valeu'?"),
        (
            r"^date,known,value",
            "date,known,value,sources",
            "unknown column 'sources'; did you mean 'source'?",
        ),
        (r"^date,known,value", "date,known,date,value", "column 'date' stands twice; remove one"),
        (r"(?s).*", "", "file is empty; write the header date,known,value,n,source"),
        (r",2500,,", ",2500,,a,b,", "line 2: more cells than the header; quote cells that hold commas"),
        (r",2500,,.*", ",2500", "line 2: lacks source; add it"),
        (r",2500,", ",many,", "line 2: value: should be a number, not 'many'"),
        (r",2500,", ",,", "line 2: lacks value; add it"),
        (r",2500,", ",nan,", "line 2: value: should be a finite number, not 'nan'"),
        (r",2500,,", ",2500,some,", "line 2: n: should be a whole number, not 'some'"),
        (r"^2021-09-10,", "10.9.2021,", "line 2: date: '10.9.2021' is no day; write it as YYYY-MM-DD"),
        (r"^2021-09-10,", "18880,", "line 2: date: '18880' is no day; write it as YYYY-MM-DD"),
        (r"^2021-09-10,", "2021-09-31,", "line 2: date: '2021-09-31' is no day; write it as YYYY-MM-DD"),
        (
            r"(?s)2023-11-07,1000,,(.*)",
            r'2023-11-07,1000,,"\1',
            "line 14: unexpected end of data; correct the quotes",
        ),
    ],
)
def test_a_broken_table_is_one_fault(folder: Folder, old: str, new: str, fault: str) -> None:
    folder.edit("series/troops.csv", old, new)
    assert folder.problem() == f"series/troops.csv: {fault}"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_damage_to_any_file_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = copied(tmp_path_factory.mktemp("damaged"))
    folder.ledger(entry("reading"), entry("event", id='"e"'), entry("warning", id='"w"'), entry("retraction"))
    path = folder.path / data.draw(st.sampled_from([*FILES, *TABLES, "evidence/2022.toml"]))
    sound = path.read_text()
    start = data.draw(st.integers(0, len(sound)))
    end = start + data.draw(st.integers(0, 40))
    damage = data.draw(
        st.sampled_from(["", "=", "[", "]", '"', ",", "\n", "1", "nan", "true", "{}", "\0", "é"])
    )
    path.write_text(sound[:start] + damage + sound[end:])
    told: tuple[Problem, ...] | Case
    try:
        told = folder.load()
    except InputError as refusal:
        told = refusal.problems
    assert told


def test_problems_are_told_once_and_in_the_order_of_lines() -> None:
    told = [Problem(f"a.csv: line {line}", "wrong") for line in (10, 9, 9, 100)]
    with pytest.raises(
        InputError, match=r"\Aa.csv: line 9: wrong\na.csv: line 10: wrong\na.csv: line 100: wrong\Z"
    ):
        stop_on(told)
    stop_on([])


def test_a_word_like_none_lists_the_known_unless_they_are_many() -> None:
    assert did_you_mean("levl", ["level", "known"]) == "did you mean 'level'?"
    assert did_you_mean("x", ["level", "known"]) == "known: known, level"
    assert did_you_mean("x", [f"word{i}" for i in range(99)]) == "none of the 99 known is like it"
    assert did_you_mean("x", []) == "none is known"
