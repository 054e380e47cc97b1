"""The evidence: each fault of an item told once, and nothing known later leaves a trace."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from folders import PLACE, RATIO, Folder, copied, entry
from hypothesis import given
from hypothesis import strategies as st

from hourglass import ledger as ledgers
from hourglass.ledger import Event, Item, Ledger, Note, Reading, Retraction, Source, as_known

DAY = date(2022, 3, 1)
SOURCE = Source(title="News", url="", date=DAY)
LOW = '{ q05 = 0.9, q50 = 1.5, q95 = 3, because = "Common." }'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


def note(name: str, known: int = 0, **keys: str) -> Note:
    day = DAY + timedelta(days=known)
    return Note(id=name, date=DAY, known=day, claim="A visit.", source=SOURCE, **keys)


def back(of: str, known: int) -> Retraction:
    return Retraction(id=f"{of}-back", known=DAY + timedelta(days=known), of=of, why="Withdrawn.")


def held(ledger: Ledger, day: int) -> list[str]:
    return [item.id for item in as_known(ledger, DAY + timedelta(days=day)).items]


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("reading", {"driver": '"presure"'}, "it: unknown driver 'presure'; did you mean 'pressure'?"),
        ("reading", {"level": "3.5"}, "it: level: should be less than or equal to 3, not 3.5"),
        ("reading", {"level": "-4"}, "it: level: should be greater than or equal to -3, not -4"),
        ("reading", {"level": "nan"}, "it: level: should be a finite number, not nan"),
        ("reading", {"level": "inf"}, "it: level: should be a finite number, not inf"),
        ("reading", {"level": "1e999"}, "it: level: should be a finite number, not inf"),
        ("reading", {"level": '"1.5"'}, "it: level: should be a number, not '1.5'"),
        ("reading", {"level": "true"}, "it: level: should be a number, not true"),
        ("reading", {"level": "[1.5]"}, "it: level: should be a number, not [1.5]"),
        ("reading", {"level": None}, "it: lacks level; add it"),
        ("reading", {"level": None, "levl": "1"}, "it: unknown key 'levl'; did you mean 'level'?"),
        (
            "reading",
            {"episode": '"winter"'},
            "it: unknown key 'episode'; known: because, claim, date, driver",
        ),
        ("reading", {"origin": '""'}, "it: origin: is empty; fill it in"),
        ("reading", {"origin": '" "'}, "it: origin: is empty; fill it in"),
        ("reading", {"driver": '""'}, "it: driver: is empty; fill it in"),
        ("reading", {"claim": '""'}, "it: claim: is empty; fill it in"),
        (
            "reading",
            {"grade": '"G7"'},
            "it: grade: 'G7' is no grade; write a letter A to F and a number 1 to 6, as B2",
        ),
        ("reading", {"grade": '"b2"'}, "it: grade: 'b2' is no grade"),
        ("reading", {"grade": '"B2\\n"'}, "it: grade: 'B2\\n' is no grade"),
        ("reading", {"grade": "2"}, "it: grade: should be text in quotes, not 2"),
        (
            "reading",
            {"date": "2022-12-21"},
            "it: date: 2022-12-21 is after known 2022-12-20; correct one of them",
        ),
        (
            "reading",
            {"date": "2020-07-31"},
            "it: date 2020-07-31 is before history_from 2020-08-01; leave the item out",
        ),
        ("reading", {"known": "2026-11-23"}, "it: known 2026-11-23 is after today 2026-11-22; correct it"),
        (
            "reading",
            {"source": '{ title = "News", url = "", date = 2026-11-23 }'},
            "it: source date 2026-11-23 is after today 2026-11-22; correct it",
        ),
        (
            "reading",
            {"date": "2022-12-19T00:00:00"},
            "it: date: should be a date, without quotes or time of day",
        ),
        (
            "reading",
            {"known": "2022-12-20T10:00:00Z"},
            "it: known: should be a date, without quotes or time of day",
        ),
        ("reading", {"date": '"2022-12-19"'}, "it: date: should be a date, without quotes or time of day"),
        ("reading", {"date": "20221219"}, "it: date: should be a date, without quotes or time of day"),
        ("reading", {"source": '"News"'}, "it: source: should be a table of keys, not 'News'"),
        ("reading", {"source": "[]"}, "it: source: should be a table of keys, not []"),
        (
            "reading",
            {"source": '{ titel = "News", url = "", date = 2022-12-20 }'},
            "it: source: unknown key 'titel'; did",
        ),
        ("reading", {"source": '{ title = "News", url = "" }'}, "it: source: lacks date; add it"),
        ("reading", {"id": None}, "reading number 1: lacks id; add it"),
        ("reading", {"id": '""'}, "reading number 1: id: is empty; fill it in"),
        ("reading", {"id": '"a\\nb"'}, "reading number 1: id: holds '\\n', which does not print; leave"),
        ("reading", {"id": '"a\\u0007"'}, "reading number 1: id: holds '\\x07', which does not print"),
        ("reading", {"claim": '"a\\u001b[2J"'}, "it: claim: holds '\\x1b', which does not print; leave"),
        ("reading", {"id": "3"}, "reading number 1: id: should be text in quotes, not 3"),
        ("reading", {"id": "[[1]]"}, "reading number 1: id: should be text in quotes, not [[1]]"),
        ("reading", {"driver": "{}"}, "it: driver: should be text in quotes, not {}"),
        ("reading", {"revises": '"lost"'}, "it: revises 'lost' is no other item; none is known"),
        ("reading", {"revises": '"it"'}, "it: revises 'it' is no other item; none is known"),
        ("reading", {"repeat_of": '"lost"'}, "it: repeat_of 'lost' is no other item; none is known"),
        ("event", {"kind": '"refusl"'}, "it: unknown kind 'refusl'; did you mean 'refusal'?"),
        ("event", {"kind": "3"}, "it: kind: should be text in quotes, not 3"),
        ("event", {"episode": None}, "it: lacks episode; add it"),
        ("warning", {"detection": "0.5"}, "it: detection 0.5 of a warning that was found; remove it"),
        (
            "warning",
            {"found": "false"},
            "it: not found, and no detection: add the chance that it would have been seen",
        ),
        ("warning", {"found": '"yes"'}, "it: found: should be true or false, not 'yes'"),
        ("warning", {"found": "1"}, "it: found: should be true or false, not 1"),
        (
            "warning",
            {"found": "false", "detection": "0.5", "ratio": LOW},
            "it: ratio q05 0.9 of a sight looked for in vain must be above 1; correct it",
        ),
        ("warning", {"found": "false", "detection": "1"}, "it: detection: should be less than 1, not 1"),
        ("warning", {"found": "false", "detection": "0"}, "it: detection: should be greater than 0, not 0"),
        ("warning", {"window_months": "0"}, "it: window_months: should be greater than or equal to 1, not 0"),
        ("warning", {"window_months": "true"}, "it: window_months: should be a whole number, not true"),
        ("warning", {"ratio": "2"}, "it: ratio: should be a table of keys, not 2"),
        (
            "warning",
            {"ratio": LOW.replace("0.9", "-0.9")},
            "it: ratio: log scale needs three numbers of one sign",
        ),
        (
            "warning",
            {"ratio": LOW.replace("0.9", "1.6")},
            "it: ratio: quantiles out of order: q05 1.6, q50 1.5, q95 3.0",
        ),
        ("warning", {"ratio": LOW.replace("q05", "q5")}, "it: ratio: unknown key 'q5'; did you mean 'q05'?"),
        ("note", {"level": "1"}, "it: unknown key 'level'; known: because"),
        ("retraction", {}, "back: of 'it' is no other item; none is known"),
        ("retraction", {"why": None}, "back: lacks why; add it"),
    ],
)
def test_a_fault_of_an_item_is_one_problem(
    folder: Folder, kind: str, changes: dict[str, str | None], fault: str
) -> None:
    aim = [entry("note")] if kind == "retraction" and changes else []
    folder.ledger(*aim, entry(kind, **changes))
    assert folder.problem().startswith(f"evidence/2022.toml: {fault}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reading = 3", "reading is not a list of tables; write [[reading]]"),
        ("reading = 'x'", "reading is not a list of tables; write [[reading]]"),
        ("[reading]", "reading is not a list of tables; write [[reading]]"),
        ("reading = [3]", "reading number 1: should be a table of keys, not 3"),
        ("[[readin]]", "unknown key 'readin'; did you mean 'reading'?"),
        ("title = 'x'", "unknown key 'title'; known: event, note, reading, retraction, warning"),
        (
            "[[reading]]",
            "reading number 1: lacks claim, date, driver, grade, id, known, level, origin, source; add them",
        ),
    ],
)
def test_what_is_no_list_of_items_is_one_problem(folder: Folder, text: str, fault: str) -> None:
    folder.ledger(text)
    assert folder.problem() == f"evidence/2022.toml: {fault}"


def test_all_faults_of_one_item_are_told_at_once(folder: Folder) -> None:
    folder.ledger(
        entry("reading", driver='"x"', level="9", grade='"Z9"', date="2023-01-01", revises='"lost"')
    )
    assert len(folder.problems()) == 5


def test_an_id_that_stands_twice_is_one_problem(folder: Folder) -> None:
    folder.ledger(entry("note"), entry("reading"))
    assert (
        folder.problem() == "evidence/2022.toml: it: id stands twice, in this file; rename one or remove it"
    )


def test_an_id_that_stands_in_two_files_is_one_problem_that_names_both(folder: Folder) -> None:
    folder.ledger(entry("note"), file="2021.toml")
    folder.ledger(entry("reading"))
    also = f"also in {PLACE}/evidence/2021.toml: it"
    assert folder.problem() == f"evidence/2022.toml: it: id stands twice, {also}; rename one or remove it"


def test_an_item_copied_whole_is_one_problem(folder: Folder) -> None:
    folder.ledger(entry("reading"), entry("reading"))
    assert "id stands twice" in folder.problem()


def test_an_exact_repeat_is_refused(folder: Folder) -> None:
    folder.ledger(entry("reading"), entry("reading", id='"again"'))
    fault = "repeats it exactly; remove it or add repeat_of = 'it'"
    assert folder.problem() == f"evidence/2022.toml: again: {fault}"


@pytest.mark.parametrize("key", ["origin", "claim"])
def test_another_origin_or_claim_is_no_repeat(folder: Folder, key: str) -> None:
    folder.ledger(entry("reading"), entry("reading", id='"again"', **{key: '"other"'}))
    assert len(folder.load().ledger.items) == 2


def test_a_recorded_repeat_carries_no_weight(folder: Folder) -> None:
    folder.ledger(entry("reading"), entry("reading", id='"again"', repeat_of='"it"'))
    case = folder.load()
    assert [item.id for item in case.ledger.items] == ["again", "it"]
    assert [item.id for item in case.evidence(date(2023, 1, 1)).items] == ["it"]


def test_a_revision_may_repeat_what_it_revises(folder: Folder) -> None:
    folder.ledger(entry("reading"), entry("reading", id='"again"', revises='"it"', level="0.5"))
    (kept,) = folder.load().evidence(date(2023, 1, 1)).of(Reading)
    assert kept.level == 0.5


def test_a_reference_to_a_faulty_item_is_no_second_problem(folder: Folder) -> None:
    folder.ledger(entry("reading", level="9"), entry("note", id='"b"', revises='"it"'), entry("retraction"))
    assert "it: level" in folder.problem()


@pytest.mark.parametrize("broken", ["a = ", "[[readin]]\nid = 'it'", "[reading]"])
def test_a_reference_into_an_unreadable_file_is_no_second_problem(folder: Folder, broken: str) -> None:
    folder.ledger(broken, file="2021.toml")
    folder.ledger(entry("retraction"))
    assert folder.problem().startswith("evidence/2021.toml: ")


def test_a_retraction_of_a_retraction_is_one_problem(folder: Folder) -> None:
    folder.ledger(entry("note"), entry("retraction"), entry("retraction", id='"b"', of='"back"'))
    remedy = "to have 'it' again, add an item that revises it"
    assert folder.problem() == f"evidence/2022.toml: b: of 'back' is a retraction, and stands; {remedy}"


def test_an_item_is_retracted_once(folder: Folder) -> None:
    folder.ledger(entry("note"), entry("retraction"), entry("retraction", id='"again"'))
    assert folder.problem() == (
        "evidence/2022.toml: again: of 'it' is retracted by 'back' already; remove one"
    )


def test_other_alphabets_and_long_claims_are_welcome(folder: Folder) -> None:
    claim = "Визит в Минск. " * 140
    folder.ledger(entry("reading", claim=f'"{claim}"', origin='"крэмль"', id='"візіт"'))
    (item,) = folder.load().ledger.items
    assert len(item.claim) > 2000
    assert item.claim == claim


@pytest.mark.parametrize("entries", [None, (), ("# nothing yet\n",)])
def test_no_evidence_is_no_fault(folder: Folder, entries: tuple[str, ...] | None) -> None:
    if entries is not None:
        folder.ledger(*entries)
    ledger = folder.load().ledger
    assert ledger == Ledger()
    assert ledger.newest is None


def test_an_empty_evidence_folder_is_no_fault(folder: Folder) -> None:
    (folder.path / "evidence").mkdir()
    assert folder.load().ledger == Ledger()


def test_items_are_ordered_by_day_and_sorted_by_kind(folder: Folder) -> None:
    folder.ledger(
        entry("reading", id='"r"', date="2022-12-01"),
        entry("note", id='"n"', date="2022-11-01"),
        entry("event", id='"e"'),
        entry("warning", id='"w"', date="2022-12-02"),
        entry("retraction", of='"n"'),
    )
    ledger = folder.load().ledger
    assert [item.id for item in ledger.items] == ["n", "r", "w", "e"]
    assert [len(ledger.of(kind)) for kind in (Reading, Event, ledgers.Sighting, Note)] == [1, 1, 1, 1]
    assert ledger.newest == date(2022, 12, 20)


@pytest.mark.parametrize(("grade", "weightless"), [("A1", False), ("E5", False), ("F1", True), ("B6", True)])
def test_what_cannot_be_judged_is_weightless(folder: Folder, grade: str, weightless: bool) -> None:
    folder.ledger(entry("reading", grade=f'"{grade}"'))
    (item,) = folder.load().ledger.of(Reading)
    assert item.weightless == weightless


def test_what_is_judged_weighs_and_a_warning_until_its_window_has_passed(folder: Folder) -> None:
    folder.ledger(
        entry("reading", id='"r"'),
        entry("reading", id='"unjudged"', grade='"B6"', claim='"Another."'),
        entry("event", id='"e"'),
        entry("warning", id='"w"', date="2022-12-19", window_months="3"),
        entry("note", id='"n"'),
    )
    ledger = folder.load().ledger
    assert [item.id for item in ledger.weighing(date(2023, 3, 18))] == ["e", "r", "w"]
    assert [item.id for item in ledger.weighing(date(2023, 3, 19))] == ["e", "r"]


def test_a_ratio_is_on_the_log_scale(folder: Folder) -> None:
    folder.ledger(entry("warning", ratio=RATIO))
    (item,) = folder.load().ledger.of(ledgers.Sighting)
    assert item.ratio.scale == "log"


def test_an_item_counts_from_the_end_of_the_day_it_is_known() -> None:
    ledger = Ledger(items=(note("a", 0), note("b", 5)))
    assert [held(ledger, day) for day in (-1, 0, 4, 5)] == [[], ["a"], ["a"], ["a", "b"]]


def test_a_retraction_takes_an_item_from_its_own_day_on() -> None:
    ledger = Ledger(items=(note("a", 0),), retractions=(back("a", 5),))
    assert [held(ledger, day) for day in (0, 4, 5)] == [["a"], ["a"], []]


def test_a_revision_takes_the_place_of_an_item_from_its_own_day_on() -> None:
    ledger = Ledger(items=(note("a", 0), note("b", 5, revises="a"), note("c", 9, revises="b")))
    assert [held(ledger, day) for day in (0, 4, 5, 9)] == [["a"], ["a"], ["b"], ["c"]]


def test_what_is_known_later_leaves_no_trace() -> None:
    early = Ledger(items=(note("a", 0), note("b", 2)))
    late = (note("c", 5), note("d", 6, revises="a"), note("e", 7, repeat_of="a"))
    ledger = Ledger(items=early.items + late, retractions=(back("b", 5),))
    assert as_known(ledger, DAY + timedelta(days=4)) == early


@st.composite
def histories(draw: st.DrawFn) -> Ledger:
    """Draw a few items that revise, repeat and retract one another on random days."""
    names = [f"i{n}" for n in range(draw(st.integers(0, 6)))]
    days = st.integers(0, 9)
    items: list[Item] = []
    for name in names:
        key = draw(st.sampled_from([None, "revises", "repeat_of"]))
        others = [other for other in names if other != name]
        keys = {key: draw(st.sampled_from(others))} if key and others else {}
        items.append(note(name, draw(days), **keys))
    retracted = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return Ledger(tuple(items), tuple(back(name, draw(days)) for name in retracted))


@given(histories(), st.integers(0, 9))
def test_the_past_depends_on_what_was_known_by_then_alone(ledger: Ledger, day: int) -> None:
    as_of = DAY + timedelta(days=day)
    past = Ledger(
        items=tuple(item for item in ledger.items if item.known <= as_of),
        retractions=tuple(entry for entry in ledger.retractions if entry.known <= as_of),
    )
    assert as_known(ledger, as_of) == as_known(past, as_of)
    assert all(item.known <= as_of for item in as_known(ledger, as_of).items)


@given(histories(), st.integers(0, 9))
def test_knowing_the_same_day_twice_changes_nothing(ledger: Ledger, day: int) -> None:
    as_of = DAY + timedelta(days=day)
    once = as_known(ledger, as_of)
    assert as_known(once, as_of) == replace(once, retractions=())
