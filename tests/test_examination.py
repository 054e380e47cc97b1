"""Answers to questions with known answers: by fits that know what was known, the same every time."""

from dataclasses import replace
from datetime import date

import pytest
from conftest import ROOT

from hourglass import examination, validation
from hourglass.case import Case
from hourglass.examination import Paper
from hourglass.ledger import Reading, Retraction
from hourglass.validation import Ground

WITHOUT_FITS = {"outside view", "naive Bayes", examination.KNOWN}


@pytest.fixture(scope="module")
def ground(case: Case) -> Ground:
    return validation.ground(case, ROOT / "benchmarks/synthetic", "synthetic", date(2026, 11, 22), 1)


def paper(ground: Ground, *numbers: int) -> Paper:
    answerers = {"full": ground.states.question}
    return Paper(ground.states, ground.design, answerers, 1, numbers)


def test_rivals_need_no_fit_and_every_open_day_has_its_row(ground: Ground) -> None:
    told = examination.trial(Paper(ground.states, ground.design, {}, 1, tuple(range(12))))["rows"]
    assert {row["question"] for row in told} <= set(range(12))
    assert all(set(row["chances"]) == WITHOUT_FITS for row in told)
    assert all(0 < chance < 1 for row in told for chance in row["chances"].values())
    places = [row["place"] for row in told if row["question"] == told[0]["question"]]
    assert places == list(range(len(places)))  # once a question has ended, no later day asks it


def test_the_outside_view_of_a_day_is_the_same_for_every_question(ground: Ground) -> None:
    rows = examination.trial(Paper(ground.states, ground.design, {}, 1, tuple(range(12))))["rows"]
    for place in {row["place"] for row in rows}:
        assert len({row["chances"]["outside view"] for row in rows if row["place"] == place}) == 1


def test_the_key_follows_the_design_and_who_answers(ground: Ground) -> None:
    one = paper(ground, 0, 1)
    assert examination.key(one) == examination.key(paper(ground, 2, 3))
    other = Paper(ground.states, ground.design.model_copy(update={"readings": 3}), one.answerers, 1, (0, 1))
    assert examination.key(one) != examination.key(other)
    assert examination.key(one) != examination.key(Paper(ground.states, ground.design, {}, 1, (0, 1)))


def test_the_key_follows_templates_that_no_longer_hold(ground: Ground) -> None:
    one, item = paper(ground, 0, 1), ground.states.ledger.of(Reading)[0]
    back = Retraction(id="back", of=item.id, known=item.known, why="Withdrawn.")
    ledger = replace(ground.states.ledger, retractions=(back,))
    without = replace(ledger, items=tuple(other for other in ledger.items if other is not item))
    held, gone = (replace(one, case=one.case.with_ledger(told)) for told in (ledger, without))
    day = ledger.newest
    assert day is not None
    assert held.case.evidence(day) == gone.case.evidence(day)
    assert examination.key(held) != examination.key(gone)
