"""Life tables: impossible rows, unknown names, intervals that overlap."""

from math import inf
from pathlib import Path

import pytest
from folders import Folder, copied

LIFE, RIVAL = "life_tables.csv", "rival_tables.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            LIFE,
            "0,1,237,221.0,5,",
            "0,1,237,221.0,238,",
            "line 2: 238 events among 237 who entered the interval; correct",
        ),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "1,1,237,221.0,5,",
            "line 2: interval 1.0 to 1.0 is empty; write from < to",
        ),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "0,1,237,0,5,",
            "line 2: exposure_months: should be greater than 0, not '0'",
        ),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "-1,1,237,221.0,5,",
            "line 2: from_month: should be greater than or equal to 0, not",
        ),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "0,1,237,221.0,five,",
            "line 2: joined: should be a whole number, not 'five'",
        ),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "0,1,237,nan,5,",
            "line 2: exposure_months: should be a finite number, not 'nan'",
        ),
        (LIFE, "0,1,237,221.0,5,", "0,1,,221.0,5,", "line 2: lacks entered; add it"),
        (
            LIFE,
            "0,1,237,221.0,5,",
            "0,2,237,221.0,5,",
            "line 3: interval of 'allies_before_1945' from month 1 overlaps",
        ),
        (LIFE, "^hosts,0", "hoste,0", "class 'hoste' has no weight in reference.toml; did you mean 'hosts'?"),
        (LIFE, "^class", "name", "header lacks class; is it 'name'?"),
        (
            LIFE,
            "(?s).*",
            "",
            "file is empty; write the header class,from_month,to_month,entered,exposure_months,joined,",
        ),
        (
            RIVAL,
            "0,1,38,33.7,8,",
            "0,1,7,33.7,8,",
            "line 2: 8 events among 7 who entered the interval; correct",
        ),
        (
            RIVAL,
            ",,,,16980.0,36,",
            ",,,,16980.0,many,",
            "line 10: ended: should be a whole number, not 'many'",
        ),
        (
            RIVAL,
            ",,,,16980.0,36,",
            ",5,5,,16980.0,36,",
            "line 10: interval 5.0 to 5.0 is empty; write from < to",
        ),
        (
            RIVAL,
            "^(death_or.*)$",
            r"\1\n\1",
            "line 12: interval of 'death_or_ill_health' from month 0 overlaps that of",
        ),
        (
            RIVAL,
            '"Archigos (.*)"',
            r"Archigos \1",
            "line 10: more cells than the header; quote cells that hold commas",
        ),
        (
            RIVAL,
            "(?s).*",
            "",
            "file is empty; write the header table,from_month,to_month,entered,exposure_months,ended,",
        ),
    ],
)
def test_a_fault_of_a_table_is_one_problem(folder: Folder, file: str, old: str, new: str, fault: str) -> None:
    folder.edit(file, old, new)
    assert folder.problem().startswith(f"{file}: {fault}")


def test_a_class_renamed_in_one_file_is_one_problem_of_the_other(folder: Folder) -> None:
    folder.edit("reference.toml", r"^\[class.hosts\]", "[class.hoste]")
    assert folder.problem() == f"{LIFE}: class 'hosts' has no weight in reference.toml; did you mean 'hoste'?"


def test_a_class_without_rows_is_one_problem(folder: Folder) -> None:
    folder.append(
        "reference.toml", '\n[class.islands]\ntitle="x"\nweight=1\nbecause="x"\nsource="x"\ndate=2022-01-01\n'
    )
    assert folder.problem() == "reference.toml: class.islands: has no rows in life_tables.csv; add them"


def test_a_question_without_classes_is_one_problem(folder: Folder) -> None:
    text = (folder.path / "reference.toml").read_text()
    start, end = text.index("[class.allies_since"), text.index("[A]")
    folder.write("reference.toml", text[:start] + text[end:])
    assert folder.problem() == "reference.toml: lacks class; add it"


def test_an_empty_table_of_a_rival_is_unknown(folder: Folder) -> None:
    folder.edit(RIVAL, "^death_or_ill_health.*\n", "")
    fault = "unknown table 'death_or_ill_health'; known: irregular_exit, war_end_since_1945"
    assert folder.problem() == f"rivals.toml: rival.ruler_falls: {fault}"


def test_without_rivals_their_tables_are_not_asked_for(folder: Folder) -> None:
    folder.write("rivals.toml", "schema = 1\n")
    (folder.path / RIVAL).unlink()
    assert folder.load().tables.rivals == ()


def test_a_rival_table_without_months_holds_for_all_durations(folder: Folder) -> None:
    (row,) = [row for row in folder.load().tables.rivals if row.table == "irregular_exit"]
    assert (row.from_month, row.to_month, row.entered) == (0.0, inf, None)


def test_rows_keep_the_order_of_their_file(folder: Folder) -> None:
    lines = (folder.path / LIFE).read_text().splitlines()[1:]
    assert [row.name for row in folder.load().tables.classes] == [line.split(",")[0] for line in lines]
