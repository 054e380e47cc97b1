"""Entries beside one another: one fact weighs once, and no reference leads astray."""

from datetime import date
from pathlib import Path

import pytest
from folders import Folder, copied, entry

SPOT = "evidence/2022.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return copied(tmp_path)


def revision(name: str, of: str = "it", **keys: str) -> str:
    return entry("reading", id=f'"{name}"', revises=f'"{of}"', **keys)


def retraction(of: str, known: str = "2023-01-20") -> str:
    return entry("retraction", id=f'"{of}-back"', of=f'"{of}"', known=known)


# One fact weighs once


def test_an_item_that_was_retracted_is_had_again_by_a_revision(folder: Folder) -> None:
    folder.ledger(entry("reading"), retraction("it"), revision("anew", known="2023-02-01"))
    assert [item.id for item in folder.load().evidence(date(2023, 2, 1)).items] == ["anew"]


def test_an_item_is_revised_once(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y", level="1"), revision("z", level="2"))
    assert folder.problem() == f"{SPOT}: z: 'it' is revised by 'y' already; revise 'y'"


def test_each_further_revision_of_an_item_is_told(folder: Folder) -> None:
    folder.ledger(entry("reading"), *(revision(name, claim=f'"{name}"') for name in "xyz"))
    assert [p.message for p in folder.problems()] == ["'it' is revised by 'x' already; revise 'x'"] * 2


def test_a_revision_of_a_revision_is_sound(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y", level="1"), revision("z", "y", level="2"))
    assert [item.id for item in folder.load().evidence(folder.load().ledger.items[0].known).items] == ["z"]


def test_a_revision_that_was_revised_bars_another_one_too(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y"), revision("z", "y"), revision("w"))
    assert folder.problem().startswith(f"{SPOT}: w: stands beside 'z' from 2022-12-20 on")


def test_an_item_may_be_revised_anew_once_its_revision_is_retracted(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y"), retraction("y"), revision("z", known="2023-01-20"))
    assert len(folder.load().ledger.items) == 3


def test_an_item_is_not_revised_anew_before_its_revision_is_retracted(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y"), retraction("y"), revision("z", known="2023-01-19"))
    assert folder.problem() == f"{SPOT}: z: 'it' is revised by 'y' already; revise 'y'"


def test_a_retraction_inside_a_chain_of_revisions_leaves_no_fact_twice(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y"), revision("z", "y"), retraction("y"))
    fault = "stands beside 'it' from 2023-01-20 on, though one corrects the other; retract one of them"
    assert folder.problem() == f"{SPOT}: z: {fault}"


def test_a_revision_that_repeats_another_fact_exactly_is_refused(folder: Folder) -> None:
    other = entry("reading", id='"other"', claim='"Another."')
    folder.ledger(entry("reading"), other, revision("z", "other"))
    fault = "repeats it exactly; remove it or add repeat_of = 'it'"
    assert folder.problem() == f"{SPOT}: z: {fault}"


def test_a_revision_copied_under_another_id_is_one_problem(folder: Folder) -> None:
    folder.ledger(entry("reading"), revision("y"), revision("y"))
    assert folder.problem() == f"{SPOT}: y: id stands twice, in this file; rename one or remove it"


# References


@pytest.mark.parametrize("key", ["revises", "repeat_of"])
def test_two_items_that_refer_to_each_other_are_one_problem(folder: Folder, key: str) -> None:
    there, back = {key: '"b"'}, {key: '"a"'}
    folder.ledger(entry("reading", id='"a"', **there), entry("reading", id='"b"', claim='"B."', **back))
    fault = f"{key} 'b' leads back to it; leave one of the references out"
    assert folder.problem() == f"{SPOT}: a: {fault}"


def test_a_circle_of_revisions_and_repeats_is_one_problem_and_what_leads_into_it_is_none(
    folder: Folder,
) -> None:
    folder.ledger(
        revision("into", "a", claim='"I."'),
        revision("a", "b", claim='"A."'),
        entry("reading", id='"b"', claim='"B."', repeat_of='"c"'),
        revision("c", "a", claim='"C."'),
    )
    told = [str(p) for p in folder.problems() if "leads back" in p.message]
    assert told == [
        "priors/belarus/evidence/2022.toml: a: revises 'b' leads back to it; leave one of the references out"
    ]


def test_each_circle_is_told(folder: Folder) -> None:
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]
    folder.ledger(*(revision(one, other, claim=f'"{one}"') for one, other in pairs))
    assert [p.place[-1] for p in folder.problems()] == ["a", "c"]


@pytest.mark.parametrize("key", ["revises", "repeat_of"])
def test_an_item_refers_to_none_that_was_known_only_later(folder: Folder, key: str) -> None:
    early = {"date": "2022-12-18", "known": "2022-12-19", key: '"it"'}
    folder.ledger(entry("reading"), entry("reading", id='"early"', **early))
    fault = "known 2022-12-19 is before 'it' was known on 2022-12-20; correct one of them"
    assert folder.problem() == f"{SPOT}: early: {fault}"


def test_an_item_is_not_retracted_before_it_is_known(folder: Folder) -> None:
    folder.ledger(entry("reading"), retraction("it", known="2022-12-19"))
    fault = "known 2022-12-19 is before 'it' was known on 2022-12-20; correct one of them"
    assert folder.problem() == f"{SPOT}: it-back: {fault}"


def test_an_item_may_be_retracted_on_the_day_it_is_known(folder: Folder) -> None:
    folder.ledger(entry("reading"), retraction("it", known="2022-12-20"))
    assert folder.load().ledger.retractions
