"""Entries as they are handed in: flags, CSV lines and TOML, each fault at its place."""

import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import folders
import pytest
from folders import TODAY

from hourglass import intake
from hourglass.ledger import KINDS, Event, Reading, Retraction, Sighting

ITEM = {
    "date": "2022-12-19",
    "claim": "Putin's first visit to Minsk, of all places, since 2019.",
    "source_title": "News",
    "source_url": "",
    "source_date": "2022-12-20",
}
GRADED = ITEM | {"grade": "B2", "origin": "news"}
FLAGS: Mapping[str, Mapping[str, str]] = {
    "reading": GRADED | {"driver": "pressure", "level": "1.5"},
    "event": GRADED | {"kind": "refusal", "episode": "winter"},
    "warning": GRADED
    | {"window_months": "3", "found": "true", "ratio": "1.5, 3,8", "ratio_because": "Common."},
    "note": ITEM,
    "retraction": {"of": "it", "why": "Withdrawn."},
}
COLUMNS = (
    "kind,id,date,known,driver,level,event_kind,episode,grade,origin,claim,"
    "source_title,source_url,source_date\n"
)
LINE = "reading,,2022-12-19,,pressure,1,,,B2,news,A visit.,News,,2022-12-20\n"


def faults(batch: intake.Batch) -> list[str]:
    return sorted(str(problem) for problem in batch.problems)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_filled_in_by_flags(kind: str) -> None:
    batch = intake.filled(kind, FLAGS[kind], TODAY)
    assert batch.problems == ()
    (draft,) = batch.drafts
    assert type(draft.entry) is KINDS[kind]
    assert not draft.named


def test_flags_are_read_as_the_types_of_their_fields() -> None:
    (draft,) = intake.filled("warning", FLAGS["warning"], TODAY).drafts
    sight = draft.entry
    assert isinstance(sight, Sighting)
    assert (sight.window_months, sight.found, sight.date) == (3, True, date(2022, 12, 19))
    assert (sight.ratio.q05, sight.ratio.q50, sight.ratio.q95) == (1.5, 3, 8)


@pytest.mark.parametrize("kind", KINDS)
def test_each_flag_that_is_missing_has_its_line(kind: str) -> None:
    expected = [f"{intake.option(name)}: is missing; " for name in FLAGS[kind]]
    found = faults(intake.filled(kind, {}, TODAY))
    assert len(found) == len(expected)
    assert all(any(line.startswith(start) for line in found) for start in expected)


def test_faults_of_what_is_given_are_told_beside_what_is_missing() -> None:
    flags = {"level": "7", "grade": "Z9", "date": "2022-2-30", "origin": " ", "episode": "winter"}
    told = faults(intake.filled("reading", flags, TODAY))
    assert [line for line in told if "is missing" not in line] == [
        "--date: '2022-2-30' is no day; write it as YYYY-MM-DD",
        "--episode: is no field of a reading; leave it out",
        "--grade: 'Z9' is no grade; write a letter A to F and a number 1 to 6, as B2",
        "--level: should be less than or equal to 3, not '7'",
        "--origin: is empty; fill it in",
    ]


NO_DAYS = [
    "1668902400",
    "0",
    "19000.0",
    "20221219",
    "2022-W51-1",
    "2022-2-3",
    "2022-02-30",
    "٢٠٢٢-١٢-١٩",
    "soon",
]


@pytest.mark.parametrize("name", ["date", "known", "source_date"])
@pytest.mark.parametrize("text", NO_DAYS)
def test_a_day_is_written_in_one_way_alone(name: str, text: str) -> None:
    (told,) = faults(intake.filled("note", {**FLAGS["note"], name: text}, TODAY))
    assert told == f"{intake.option(name)}: {text!r} is no day; write it as YYYY-MM-DD"


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "1 2 3"])
def test_a_ratio_is_three_numbers(text: str) -> None:
    told = faults(intake.filled("warning", {**FLAGS["warning"], "ratio": text}, TODAY))
    assert f"--ratio: {text!r} is no three numbers; write 1.5,3,8" in told


@pytest.mark.parametrize("text", ["3,2,1", "-1,2,3", "a,2,3"])
def test_a_ratio_in_disorder_is_told_at_its_flag(text: str) -> None:
    (told,) = faults(intake.filled("warning", {**FLAGS["warning"], "ratio": text}, TODAY))
    assert told.startswith("--ratio: ")


def test_a_search_in_vain_needs_its_detection() -> None:
    flags = {**FLAGS["warning"], "found": "false"}
    assert intake.missing("warning", flags) == ["detection"]
    (told,) = faults(intake.filled("warning", flags, TODAY))
    assert told.startswith("--detection: is missing")
    assert not intake.filled("warning", {**flags, "detection": "0.4"}, TODAY).problems


KNOWN = [
    ({}, "2022-12-20"),
    ({"source_date": "2022-12-18"}, "2022-12-19"),
    ({"date": "2026-11-20", "source_date": "2026-11-30"}, "2026-11-22"),
    ({"known": "2022-12-19"}, "2022-12-19"),
]


@pytest.mark.parametrize(("changes", "known"), KNOWN)
def test_a_thing_is_known_by_default_on_the_day_of_its_source(changes: dict[str, str], known: str) -> None:
    (draft,) = intake.filled("note", {**FLAGS["note"], **changes}, TODAY).drafts
    assert draft.entry is not None
    assert str(draft.entry.known) == known


def test_a_retraction_is_known_by_default_today() -> None:
    (draft,) = intake.filled("retraction", FLAGS["retraction"], TODAY).drafts
    assert isinstance(draft.entry, Retraction)
    assert (draft.entry.known, draft.entry.id) == (TODAY, f"{TODAY}-retracts-it")


SLUGS = [
    (ITEM["claim"], "2022-12-19-putins-first-visit-to-minsk-of"),
    ("Минск: «да»!", "2022-12-19-минск-да"),
    ("!!!", "2022-12-19-note"),
    ("x" * 200, "2022-12-19-" + "x" * 60),
]


@pytest.mark.parametrize(("claim", "name"), SLUGS)
def test_an_id_is_made_of_the_day_and_the_first_words(claim: str, name: str) -> None:
    (draft,) = intake.filled("note", {**FLAGS["note"], "claim": claim}, TODAY).drafts
    assert draft.entry is not None
    assert draft.entry.id == name


def test_an_id_that_is_given_stands() -> None:
    (draft,) = intake.filled("note", {**FLAGS["note"], "id": "mine"}, TODAY).drafts
    assert draft.entry is not None
    assert (draft.entry.id, draft.named) == ("mine", True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_hands_in_the_same_flags_again(kind: str) -> None:
    words = shlex.split(intake.command(kind, FLAGS[kind]))
    assert words[:4] == ["hourglass", "evidence", "add", kind]
    for name, text in FLAGS[kind].items():
        place = words.index("--found" if name == "found" else intake.option(name))
        assert name == "found" or words[place + 1] == text


# Files


def test_lines_of_a_csv_file_are_entries(tmp_path: Path) -> None:
    event = "event,mine,2022-12-19,2022-12-19,,,refusal,winter,A1,speech,"
    event += '"He said ""no"", twice.",News,u,2022-12-20\n'
    (tmp_path / "in.csv").write_text(COLUMNS + LINE + event)
    batch = intake.read(tmp_path / "in.csv", TODAY)
    assert batch.problems == ()
    reading, told = (draft.entry for draft in batch.drafts)
    assert isinstance(reading, Reading)
    assert (reading.id, reading.known, reading.source.url) == (
        "2022-12-19-a-visit", date(2022, 12, 20), "",
    )  # fmt: skip
    assert isinstance(told, Event)
    assert (told.id, told.kind, told.claim) == ("mine", "refusal", 'He said "no", twice.')


def test_every_fault_of_a_csv_file_stands_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    lines = [
        LINE,
        LINE.replace("B2", "Z9"),
        LINE.replace("reading", "reeding"),
        LINE.replace("reading", "note"),
        LINE.replace("2022-12-20", ""),
        LINE.strip() + ",more\n",
        LINE.replace("2022-12-19", "1668902400"),
    ]
    path.write_text(COLUMNS + "".join(lines))
    assert faults(intake.read(path, TODAY)) == [
        f"{path}: line 3: grade: 'Z9' is no grade; write a letter A to F and a number 1 to 6, as B2",
        f"{path}: line 4: unknown kind 'reeding'; did you mean 'reading'?",
        f"{path}: line 5: driver is no field of a note; leave it empty",
        f"{path}: line 5: level is no field of a note; leave it empty",
        f"{path}: line 6: lacks source_date; fill it in",
        f"{path}: line 7: more cells than the header; quote cells that hold commas",
        f"{path}: line 8: date: '1668902400' is no day; write it as YYYY-MM-DD",
    ]


def test_what_a_line_lacks_is_told_by_its_columns_beside_its_other_faults(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    event = "event,,2022-12-19,,,,,winter,Z9,speech,He declined.,,,\n"
    path.write_text(COLUMNS + event)
    assert faults(intake.read(path, TODAY)) == [
        f"{path}: line 2: grade: 'Z9' is no grade; write a letter A to F and a number 1 to 6, as B2",
        f"{path}: line 2: lacks source_title, source_date, event_kind; fill them in",
    ]


def test_a_fault_in_a_line_stands_at_its_column(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(COLUMNS + LINE.replace("2022-12-20", "soon").replace("News", " "))
    assert faults(intake.read(path, TODAY)) == [
        f"{path}: line 2: source_date: 'soon' is no day; write it as YYYY-MM-DD",
        f"{path}: line 2: source_title: is empty; fill it in",
    ]


def test_lines_of_nothing_but_commas_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(COLUMNS + LINE + "," * COLUMNS.count(",") + "\n")
    batch = intake.read(path, TODAY)
    assert (len(batch.drafts), batch.problems) == (1, ())


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("", "file is empty; write the header kind,id,known,"),
        ("id,date\n", "header lacks kind; add the column"),
        ("kind,drivr\n", "unknown column 'drivr'; did you mean 'driver'?"),
        ("kind,id,id\n", "column 'id' stands twice; remove one"),
        ("kind;id;date\n", "columns are separated by semicolons; save the file with commas between them"),
        ("kind\tid\tdate\n", "columns are separated by tabs; save the file with commas between them"),
        (COLUMNS, "holds no entry; add one"),
    ],
)
def test_a_header_names_fields(tmp_path: Path, header: str, fault: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(header)
    (told,) = faults(intake.read(path, TODAY))
    assert told.startswith(f"{path}: {fault}")


def test_an_ending_may_be_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "FACTS.CSV").write_text(COLUMNS + LINE)
    (tmp_path / "FACTS.TOML").write_text("schema = 1\n" + folders.entry("note"))
    for name in ("FACTS.CSV", "FACTS.TOML"):
        batch = intake.read(tmp_path / name, TODAY)
        assert (len(batch.drafts), batch.problems) == (1, ())


def test_a_toml_file_is_in_the_format_of_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "in.toml"
    path.write_text("schema = 1\n" + "".join(folders.entry(kind, id=f'"{kind}"') for kind in folders.KEYS))
    batch = intake.read(path, TODAY)
    assert batch.problems == ()
    assert {type(draft.entry) for draft in batch.drafts} == set(KINDS.values())
    assert all(draft.named for draft in batch.drafts)


def test_every_fault_of_a_toml_file_stands_at_its_id(tmp_path: Path) -> None:
    path = tmp_path / "in.toml"
    bad = folders.entry("reading", id='"a"', level="7") + folders.entry("event", id=None)
    path.write_text("schema = 1\n" + folders.entry("note") + bad)
    assert faults(intake.read(path, TODAY)) == [
        f"{path}: a: level: should be less than or equal to 3, not 7",
        f"{path}: event number 1: lacks id; add it",
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("in.toml", None, "file is missing; restore it or create it"),
        ("in.csv", None, "file is missing; restore it or create it"),
        ("in.json", "{}", "is no .toml or .csv file; write the entries in one of these"),
        ("in.toml", "schema = 1\n", "holds no entry; add one"),
        ("in.toml", "schema = 1\n[[reading\n", "broken TOML: "),
        ("in.csv", 'kind\n"', "line 2: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(
    tmp_path: Path, name: str, content: str | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    (told,) = faults(intake.read(tmp_path / name, TODAY))
    assert told.startswith(f"{tmp_path / name}: {fault}")
