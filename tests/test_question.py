"""Faults in the files of the question itself, and what its parts promise."""

import re
from pathlib import Path

import pytest
from folders import Folder, copied

LOGIT = r'q05 = 0.08\nq50 = 0.2\nq95 = 0.4\nscale = "logit"'
"""The intercept of the first gate."""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


def check(folder: Folder, file: str, old: str, new: str, fault: str) -> None:
    folder.edit(file, old, new)
    assert folder.problem() == f"{file}: {fault}"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (r"^title", "titel", "unknown key 'titel'; did you mean 'title'?"),
        (r"^title", "titles = 1\ntitle", "unknown key 'titles'; did you mean 'title'?"),
        (r"^counts", "count", "edge_cases.number 1: unknown key 'count'; did you mean 'counts'?"),
        (r"^title.*$", "", "lacks title; add it"),
        (r'^id = "belarus"', 'id = " "', "id: is empty; fill it in"),
        (
            r'^id = "belarus"',
            'id = "../second"',
            "id: '../second' is not the folder's name; write id = 'belarus'",
        ),
        (r"\[3, 6, 12\]", "[0, 6]", "horizons.number 1: should be greater than or equal to 1, not 0"),
        (r"\[3, 6, 12\]", "[6, 500]", "horizons.number 2: should be less than or equal to 120, not 500"),
        (r"\[3, 6, 12\]", "[]", "horizons: is empty; fill it in"),
        (r"\[3, 6, 12\]", "6", "horizons: should be a list, not 6"),
        (r"\[3, 6, 12\]", "[3, 3]", "horizons: [3, 3] do not rise; write [3]"),
        (r"\[3, 6, 12\]", "[3, 3, 6, 1]", "horizons: [3, 3, 6, 1] do not rise; write [1, 3, 6]"),
        (r"\[3, 6, 12\]", "[1.5]", "horizons.number 1: should be a whole number, not 1.5"),
        (r"\[3, 6, 12\]", "[true]", "horizons.number 1: should be a whole number, not true"),
        (
            r"^starts = .*",
            "starts = 2022-02-24T00:00:00",
            "starts: should be a date, without quotes or time of day, not 2022-02-24 00:00:00",
        ),
        (
            r"^history_from = .*",
            "history_from = 0001-01-01",
            "history_from: should be greater than or equal to 1900-01-01, not 0001-01-01",
        ),
        (
            r"^closes = .*",
            "closes = 2022-01-01",
            "dates out of order: history_from 2020-08-01, starts 2022-02-24, closes 2022-01-01; "
            "write history_from <= starts < closes",
        ),
    ],
)
def test_a_fault_of_the_question_is_one_problem(folder: Folder, old: str, new: str, fault: str) -> None:
    check(folder, "question.toml", old, new, fault)


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (
            "q05 = 0.2\nq50 = 0.1\nq95 = 0.4",
            "quantiles out of order: q05 0.2, q50 0.1, q95 0.4; write q05 < q50 < q95",
        ),
        (
            "q05 = 0\nq50 = 0.1\nq95 = 0.4",
            "logit scale needs numbers between 0 and 1: q05 0.0, q50 0.1, q95 0.4",
        ),
        (
            "q05 = 0.1\nq50 = 0.2\nq95 = 1",
            "logit scale needs numbers between 0 and 1: q05 0.1, q50 0.2, q95 1.0",
        ),
        (
            'q05 = -1\nq50 = 1\nq95 = 2\nscale = "log"',
            "log scale needs three numbers of one sign: q05 -1.0, q50 1.0, q95 2.0",
        ),
    ],
)
def test_quantiles_that_cannot_be_are_one_problem(folder: Folder, new: str, fault: str) -> None:
    new = new if "scale" in new else f'{new}\nscale = "logit"'
    check(folder, "gates.toml", LOGIT, new, f"gate.demand.intercept: {fault}")


BELOW_ZERO = 'q05 = -3\nq50 = -2\nq95 = -1\nscale = "log"\n'
WIDE = "q05 = -5\nq50 = 0.5\nq95 = 7\n"
ABOVE = "of a number above 0; write scale = 'log' and three numbers above 0"
BETWEEN = "scale 'identity' of a number between 0 and 1; write scale = 'logit'"


@pytest.mark.parametrize(
    ("file", "table", "new", "fault"),
    [
        ("drivers", "pressure.half_life", BELOW_ZERO, f"q05 -3 on scale 'log', {ABOVE}"),
        ("drivers", "pressure.half_life", WIDE, f"q05 -5 on scale 'identity', {ABOVE}"),
        ("drivers", "pressure.lasting_share", WIDE, BETWEEN),
        ("drivers", "series.troops.loading", BELOW_ZERO, f"q05 -3 on scale 'log', {ABOVE}"),
        ("drivers", "series.troops", BELOW_ZERO, f"q05 -3 on scale 'log', {ABOVE}"),
        ("drivers", "series.poll_join", WIDE, BETWEEN),
        ("gates", "gate.disposition.sd", WIDE, f"q05 -5 on scale 'identity', {ABOVE}"),
        ("gates", "gate.intercept", WIDE, BETWEEN),
        ("grades", "letters.B.noise", BELOW_ZERO, f"q05 -3 on scale 'log', {ABOVE}"),
        ("grades", "origin", WIDE, f"q05 -5 on scale 'identity', {ABOVE}"),
        ("reference", "tau", BELOW_ZERO, f"q05 -3 on scale 'log', {ABOVE}"),
    ],
)
def test_a_belief_stays_among_the_numbers_that_its_kind_can_take(
    folder: Folder, file: str, table: str, new: str, fault: str
) -> None:
    of_whole_series = table in ("series.troops", "series.poll_join")
    place = f"{table}.dispersion" if of_whole_series else table
    text, count = re.subn(
        rf"^(\[{re.escape(place)}\]\n)(?:(?:q05|q50|q95|scale) = .*\n)+",
        rf"\g<1>{new}",
        (folder.path / f"{file}.toml").read_text(),
        count=1,
        flags=re.MULTILINE,
    )
    assert count == 1
    folder.write(f"{file}.toml", text)
    found = folder.problem()
    assert found.startswith(f"{file}.toml: ")
    assert found.endswith(f": {fault}")


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        (LOGIT.replace("q50", "q5"), ": unknown key 'q5'; did you mean 'q50'?"),
        (f"{LOGIT}\nsure = 1", ": unknown key 'sure'; did you mean 'source'?"),
        (LOGIT.replace("q50 = 0.2", 'q50 = "0.2"'), ".q50: should be a number, not '0.2'"),
        (LOGIT.replace("q50 = 0.2", "q50 = nan"), ".q50: should be a finite number, not nan"),
        (LOGIT.replace("q95 = 0.4", "q95 = inf"), ".q95: should be a finite number, not inf"),
        (LOGIT.replace("q95 = 0.4", "q95 = true"), ".q95: should be a number, not true"),
        (LOGIT.replace("logit", "probit"), ".scale: should be 'identity', 'log' or 'logit', not 'probit'"),
    ],
)
def test_a_fault_of_a_belief_is_one_problem(folder: Folder, new: str, fault: str) -> None:
    check(folder, "gates.toml", LOGIT, new, f"gate.demand.intercept{fault}")


@pytest.mark.parametrize("because", ["''", "' '"])
def test_a_belief_needs_its_sentence_source_date_and_author(folder: Folder, because: str) -> None:
    folder.write(
        "grades.toml",
        (folder.path / "grades.toml").read_text().partition("[origin]")[0]
        + f"[origin]\nq05 = 0.2\nq50 = 0.4\nq95 = 0.8\nbecause = {because}\n",
    )
    lacks, empty = folder.problems()
    assert str(lacks) == "priors/belarus/grades.toml: origin: lacks author, date, source; add them"
    assert str(empty) == "priors/belarus/grades.toml: origin.because: is empty; fill it in"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "gates.toml",
            r"^\[gate.effects.unrest\]",
            "[gate.effects.unrets]",
            "gate.order.effects: unknown driver 'unrets'",
        ),
        ("gates.toml", r"carry_out = 4", "carryout = 4", "event.demand.weights: unknown gate 'carryout'"),
        (
            "gates.toml",
            r"order = 4, ",
            "order = 0, ",
            "event.demand.weights.order: should be greater than 0, not 0",
        ),
        ("gates.toml", r"^\[event.demand\]", "[evnt.demand]", "unknown key 'evnt'; did you mean 'event'?"),
        (
            "gates.toml",
            r'^id = "order"',
            'id = "demand"',
            "id 'demand' stands twice in gates.toml and rivals.toml",
        ),
        (
            "gates.toml",
            r'^id = "order"',
            'idd = "order"',
            "gate.number 2: unknown key 'idd'; did you mean 'id'?",
        ),
        (
            "gates.toml",
            r"^\[gate.disposition.sd\]",
            "[gate.disposition.sdd]",
            "gate.order.disposition: unknown key 'sdd'",
        ),
        (
            "rivals.toml",
            r"^\[rival.effects.unrest\]",
            "[rival.effects.unres]",
            "rival.ruler_falls.effects: unknown driver",
        ),
        (
            "rivals.toml",
            r'^id = "war_ends"',
            'id = "none"',
            "rival.none.id: id 'none' already names an outcome",
        ),
        (
            "rivals.toml",
            r'^id = "war_ends"',
            'id = "entry"',
            "rival.entry.id: id 'entry' already names an outcome",
        ),
        (
            "rivals.toml",
            r'= "irregular_exit"',
            '= "irregular_exits"',
            "rival.ruler_falls: unknown table 'irregular_exits'",
        ),
        (
            "reference.toml",
            r"^weight = 0.6",
            "weight = 1.6",
            "class.allies_since_1945.weight: should be less than or equal",
        ),
        (
            "reference.toml",
            r"^weight = 0.6",
            "wieght = 0.6",
            "class.allies_since_1945: unknown key 'wieght'; did you mean",
        ),
        ("reference.toml", r"^\[tau\]", "[taus]", "unknown key 'taus'; did you mean 'tau'?"),
        (
            "grades.toml",
            r"^\[letters.E\]",
            "[letters.G]",
            "letters are ['A', 'B', 'C', 'D', 'G']; write A to E",
        ),
        (
            "grades.toml",
            r"^\[numbers.5.multiplier\]",
            "[numbers.1.multiplier]",
            "numbers ['1', '5']: 1 is the unit",
        ),
        (
            "grades.toml",
            r"^credence = 0.98",
            "credence = 1",
            "letters.A.credence: should be less than 1, not 1",
        ),
    ],
)
def test_a_fault_of_a_part_is_one_problem(folder: Folder, file: str, old: str, new: str, fault: str) -> None:
    if old == r"^\[letters.E\]":
        folder.edit(file, r"^\[letters.E.noise\]", "[letters.G.noise]")
    folder.edit(file, old, new)
    assert folder.problem().startswith(f"{file}: {fault}")


@pytest.mark.parametrize(
    ("top", "fault"),
    [
        ("pressure = 5", "pressure: should be a table of keys, not 5"),
        ("pressure = [1]", "pressure: should be a table of keys, not [1]"),
        ("series = 1", "series: should be tables such as [series.NAME], not 1"),
        ("series = []", "series: should be tables such as [series.NAME], not []"),
    ],
)
def test_what_is_no_driver_or_series_is_one_problem(folder: Folder, top: str, fault: str) -> None:
    text = (folder.path / "drivers.toml").read_text()
    start, end = (
        text.index("[pressure]"),
        text.index("[unrest]" if "pressure" in top else "[series.meetings]"),
    )
    kept = text[end:] if "pressure" in top else text[start:end]
    folder.write("drivers.toml", f"schema = 1\n{top}\n\n{kept}")
    assert folder.problem() == f"drivers.toml: {fault}"


def test_a_folder_without_drivers_is_told_so(folder: Folder) -> None:
    folder.write("drivers.toml", "schema = 1\n")
    told = [str(problem) for problem in folder.problems()]
    assert "priors/belarus/drivers.toml: names no driver; add a table such as [NAME]" in told


def test_series_under_a_misspelled_key_are_one_problem(folder: Folder) -> None:
    text = (folder.path / "drivers.toml").read_text()
    folder.write("drivers.toml", text.replace("[series.", "[seres."))
    assert folder.problem() == "drivers.toml: unknown key 'seres', no driver's; did you mean 'series'?"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            r'^driver = "pressure"',
            'driver = "presure"',
            " unknown driver 'presure'; did you mean 'pressure'?",
        ),
        (r'^kind = "count"', 'kind = "counts"', " kind: should be 'poll', 'count' or 'level', not 'counts'"),
        (
            r'^kind = "count"',
            'kind = "level"',
            " a level needs `tail`, the degrees of freedom of its Student t",
        ),
        (r'^kind = "count"', 'kind = "poll"', " scale 'log' does not fit kind 'poll'; use logit"),
        (r"^sign = 1", "sign = 2", " sign: should be 1 or -1, not 2"),
        (r"^sign = 1", "sign = true", " sign: is true; write 1 or -1"),
        (r"^sign = 1", "sign = 1\nchange = true", " `change` needs kind 'level' and scale 'identity'"),
        (r"^unit = .*", "unit = 3", " unit: should be text in quotes, not 3"),
    ],
)
def test_a_fault_of_a_series_is_one_problem(folder: Folder, old: str, new: str, fault: str) -> None:
    check(folder, "drivers.toml", old, new, f"series.meetings:{fault}")


def test_an_intercept_on_another_scale_than_its_series_is_one_problem(folder: Folder) -> None:
    folder.edit("drivers.toml", r'(?s)(\[series.poll_join.intercept\].*?)scale = "logit"', r'\1scale = "log"')
    fault = "intercept is on scale 'log'; write scale = 'logit'"
    assert folder.problem() == f"drivers.toml: series.poll_join: {fault}"


def test_a_poll_needs_a_size_for_waves_that_state_none(folder: Folder) -> None:
    folder.edit("drivers.toml", r"^assumed_n = 400\n", "")
    fault = "a poll needs `assumed_n` for waves that do not state theirs"
    assert folder.problem() == f"drivers.toml: series.poll_join: {fault}"


@pytest.mark.parametrize(
    ("file", "key"), [("gates.toml", "gate"), ("gates.toml", "event"), ("rivals.toml", "rival")]
)
def test_a_list_under_a_misspelled_key_is_one_problem(folder: Folder, file: str, key: str) -> None:
    text = (folder.path / file).read_text()
    folder.write(file, text.replace(f"[{key}", f"[{key}s"))
    assert folder.problem() == f"{file}: unknown key '{key}s'; did you mean {key!r}?"


def test_dispositions_are_the_gates_that_carry_one(folder: Folder) -> None:
    question = folder.load().question
    assert [gate.id for gate in question.dispositions] == [g.id for g in question.gates if g.disposition]


@pytest.mark.parametrize(("file", "name"), [("question.toml", "belarus"), ("gates.toml", "demand")])
def test_an_id_is_one_line_of_signs_that_print(folder: Folder, file: str, name: str) -> None:
    folder.edit(file, f'^id = "{name}', f'id = "{name}\\\\n')
    told = [str(problem) for problem in folder.problems()]
    assert any("id: holds '\\n', which does not print; leave it out" in line for line in told), told
    assert all("\n" not in line for line in told)
