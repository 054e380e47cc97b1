"""A folder as a whole: all faults of all files at once, and what a case tells of itself."""

from datetime import date
from pathlib import Path

import pytest
from folders import TODAY, Folder, copied, entry

from hourglass import case
from hourglass.errors import InputError
from hourglass.ledger import Ledger


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path, evidence=True)


@pytest.mark.parametrize("name", ["nowhere", "x" * 300, "question\0", "belarus/question.toml"])
def test_a_missing_folder_is_one_problem(folder: Folder, name: str) -> None:
    with pytest.raises(InputError) as refusal:
        case.load(folder.path.parent / name, "priors/x", TODAY)
    assert str(refusal.value) == "priors/x: folder is missing; name a question under priors/ or create it"


def test_all_faults_of_all_files_are_told_at_once_in_order(folder: Folder) -> None:
    folder.edit("question.toml", r"\[3, 6, 12\]", "[3, 500]")
    folder.edit("drivers.toml", r'^driver = "pressure"', 'driver = "presure"')
    folder.edit("drivers.toml", r"^q50 = 0.9", "q50 = 9")
    folder.edit("gates.toml", r"carry_out = 4", "carryout = 4")
    folder.edit("rivals.toml", r'"irregular_exit"', '"irregular"')
    folder.edit("reference.toml", r"^weight = 0.6", "weight = 6")
    folder.edit("grades.toml", r"^credence = 0.98", "credense = 0.98")
    folder.edit("life_tables.csv", "0,1,237,221.0,5,", "0,1,237,221.0,500,")
    folder.edit("series/poll_join.csv", ",0.13,", ",13,")
    folder.edit("series/troops.csv", ",2500,", ",many,")
    folder.edit("evidence/2020.toml", r'^driver = "loyalty"', 'driver = "loyal"')
    folder.edit("evidence/2021.toml", r"^level = 0.25", "level = 25")
    folder.ledger(
        entry("retraction", of='"2020-08-23-army-warns-protester"', known="2026-12-01"), file="2026.toml"
    )
    assert [str(problem).removeprefix("priors/belarus/") for problem in folder.problems()] == [
        "drivers.toml: pressure: level: quantiles out of order: q05 -0.2, q50 9.0, q95 2.0; "
        "write q05 < q50 < q95",
        "drivers.toml: series.meetings: unknown driver 'presure'; did you mean 'pressure'?",
        "evidence/2020.toml: 2020-08-23-army-warns-protesters: unknown driver 'loyal'; "
        "did you mean 'loyalty'?",
        "evidence/2021.toml: 2021-04-29-captain-urad-held: level: should be less than or equal to 3, not 25",
        "evidence/2026.toml: back: known 2026-12-01 is after today 2026-11-22; correct it",
        "evidence/2026.toml: back: of '2020-08-23-army-warns-protester' is no other item; "
        "did you mean '2020-08-23-army-warns-protesters'?",
        "gates.toml: event.demand.weights: unknown gate 'carryout'; did you mean 'carry_out'?",
        "grades.toml: letters.A: unknown key 'credense'; did you mean 'credence'?",
        "life_tables.csv: line 2: 500 events among 237 who entered the interval; correct the counts",
        "question.toml: horizons.number 2: should be less than or equal to 120, not 500",
        "reference.toml: class.allies_since_1945.weight: should be less than or equal to 1, not 6",
        "rivals.toml: rival.ruler_falls: unknown table 'irregular'; did you mean 'irregular_exit'?",
        "series/poll_join.csv: line 2: 2022-02-08: value 13.0 of n 400 answers is no share; "
        "write 0 to 1 (k <= n)",
        "series/troops.csv: line 2: value: should be a number, not 'many'",
    ]


def test_files_that_are_all_missing_are_one_problem_each(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = [problem.place for problem in Folder(tmp_path / "empty").problems()]
    names = [
        "drivers",
        "gates",
        "grades",
        "life_tables",
        "question",
        "reference",
        "rival_tables",
        "rivals",
    ]
    assert [Path(place).stem for place in told] == names


def test_a_case_tells_its_size(folder: Folder) -> None:
    told = folder.load()
    assert repr(told).startswith("<Case belarus: ")
    assert repr(told.with_ledger(Ledger())).endswith(" 0 items, 79 series points>")


def test_evidence_is_cut_at_the_end_of_the_day(folder: Folder) -> None:
    told = folder.load()
    assert told.evidence(date(2020, 1, 1)) == Ledger()
    assert told.evidence(date(2020, 8, 14)).newest == date(2020, 8, 14)
    assert told.evidence(TODAY).items == told.ledger.items


NO_DEMAND = """
[event.no_demand]
title = "Moscow never asked"
weights = { demand = 1 }
because = "Nobody asked."
source = "judgement"
date = 2026-11-22
"""


def report(name: str, kind: str, **changes: str) -> str:
    """Report of the winter's episode."""
    stated = {"id": f'"{name}"', "kind": f'"{kind}"', "claim": f'"{name}"'} | changes
    return entry("event", **stated)


@pytest.mark.parametrize(
    ("entries", "clash"),
    [
        ([report("x", "no_demand"), report("y", "refusal")], "x (no_demand), y (refusal)"),
        ([report("x", "no_demand"), report("y", "refusal", revises='"x"', known="2022-12-21")], None),
        ([report("x", "no_demand"), report("y", "refusal", grade='"F6"')], None),
        (
            [
                report("x", "no_demand"),
                report("y", "refusal", known="2022-12-23"),
                entry("retraction", of='"x"', known="2022-12-23"),
            ],
            None,
        ),
        (
            [
                report("x", "no_demand"),
                report("y", "refusal"),
                entry("retraction", of='"x"', known="2022-12-23"),
            ],
            "x (no_demand), y (refusal)",
        ),
    ],
    ids=["two that clash", "revised", "without weight", "retracted the same day", "retracted later"],
)
def test_reports_clash_where_they_weigh_on_one_day(
    folder: Folder, entries: list[str], clash: str | None
) -> None:
    folder.append("gates.toml", NO_DEMAND)
    folder.ledger(*entries, file="more.toml")
    if clash is None:
        assert folder.load().ledger.items
    else:
        assert folder.problem() == (
            f"evidence: episode winter: reports rule out every ending: {clash}; "
            "correct a kind or give one another episode"
        )
