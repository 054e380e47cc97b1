"""Stored runs as they were asked: the question comes back whole, and fits are found by nearness."""

import json
from datetime import date

import pytest

from hourglass import archive, store
from hourglass.case import Case

AS_OF = date(2023, 1, 26)


def test_a_question_is_built_again_from_what_a_run_was_asked(case: Case) -> None:
    told = json.loads(json.dumps(store.inputs(case, AS_OF), default=str))
    again = archive.as_it_was(case, told)
    assert again is not None
    assert store.inputs(again, AS_OF) == store.inputs(case, AS_OF)
    assert again.tables == case.tables
    assert again.question.reference == case.question.reference


@pytest.mark.parametrize("damage", [{"priors": {}}, {"priors": None}, {"question": {"id": "q"}}])
def test_a_question_of_another_form_is_not_built_again(case: Case, damage: dict[str, object]) -> None:
    told = dict(store.inputs(case, AS_OF)) | damage
    assert archive.as_it_was(case, told) is None
