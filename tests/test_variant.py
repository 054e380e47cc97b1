"""Variants: other people's beliefs on the same evidence, checked with the folder."""

from dataclasses import asdict
from datetime import date
from math import isclose
from pathlib import Path

import folders
import pytest
from folders import Folder

from hourglass import store, variant
from hourglass.case import Case
from hourglass.errors import InputError

NU = "q05 = 1\nq50 = 4\nq95 = 12\nscale = 'log'"
UNREST = "q05 = -2\nq50 = -1.2\nq95 = -0.6\nscale = 'log'"
AS_OF = date(2023, 1, 26)
SETS = ("dove", "hawk")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return folders.copied(tmp_path)


def test_a_variant_replaces_its_beliefs_and_no_others(folder: Folder, case: Case) -> None:
    logs = ("reference.nu", "rivals.ruler_falls.effects.unrest", "grades.letters.B.noise",
            "grades.origin", "series.poll_join.loading", "gates.order.disposition.sd")  # fmt: skip
    level = "q05 = 0\nq50 = 1\nq95 = 2"
    stated = dict.fromkeys(logs, NU) | {"gates.order.effects.unrest": UNREST, "drivers.unrest.level": level}
    folder.write("variants/theirs.toml", folders.variant(**stated))
    mine = folder.load()
    theirs = mine.under("theirs")
    assert set(variant.changed(mine.question, theirs.question)) == set(stated)
    assert theirs.question.reference.nu.q50 == 4
    order = next(gate for gate in theirs.question.gates if gate.id == "order")
    assert (order.effects["unrest"].q50, order.effects["unrest"].author) == (-1.2, "They")
    assert theirs.question.header == mine.question.header
    assert (theirs.rows, theirs.tables, theirs.ledger) == (mine.rows, mine.tables, mine.ledger)
    assert [gate.id for gate in theirs.question.gates] == [gate.id for gate in mine.question.gates]
    found = mine.variants["theirs"]
    assert (found.name, found.title, found.because) == ("theirs", "Theirs", "For comparison.")
    assert set(found.beliefs) == set(stated)


def test_a_run_under_a_variant_has_a_key_of_its_own_and_the_same_question(folder: Folder) -> None:
    folder.write("variants/theirs.toml", folders.variant(**{"reference.nu": NU}))
    mine = folder.load()
    own, other = (store.inputs(one, AS_OF) for one in (mine, mine.under("theirs")))
    assert own["question"] == other["question"]
    assert own["evidence"] == other["evidence"]
    assert store.digest(own["priors"]) != store.digest(other["priors"])
    assert store.key(own, 1) != store.key(other, 1)


def test_a_variant_that_lies_there_changes_no_run_of_the_folder(folder: Folder) -> None:
    before = store.inputs(folder.load(), AS_OF)
    folder.write("variants/theirs.toml", folders.variant(**{"reference.nu": NU}))
    assert store.inputs(folder.load(), AS_OF) == before


def test_the_folder_itself_goes_by_base(folder: Folder) -> None:
    mine = folder.load()
    assert mine.under("base") is mine


@pytest.mark.parametrize("name", ["doves", ""])
def test_an_unknown_variant_is_answered_with_those_there_are(case: Case, name: str) -> None:
    with pytest.raises(InputError) as refusal:
        case.under(name)
    told = "did you mean 'dove'?" if name else "known: base, dove, hawk"
    assert str(refusal.value) == f"priors/belarus/variants: unknown variant {name!r}; {told}"


FAULTS = {
    "unknown path": (folders.variant(**{"drivers.presure.level": NU}),
                     "unknown belief 'drivers.presure.level'; did you mean 'drivers.pressure.level'?"),
    "part of a path": ("schema = 1\ntitle = 'T'\nbecause = 'B'\n[drivers.pressure]\ntitle = 'P'\n",
                       "drivers.pressure: unknown key 'title'; "),
    "other scale": (folders.variant(**{"reference.nu": "q05 = 1\nq50 = 4\nq95 = 12"}),
                    "reference.nu: scale 'identity' is not the one it replaces; write scale = 'log'"),
    "other sign": (folders.variant(**{"gates.order.effects.unrest": NU}),
                   "gates.order.effects.unrest: q50 4 has not the sign of the -0.6 it replaces"),
    "wrong sign": (folders.variant(**{"gates.order.effects.unrest": NU.replace("= 1\n", "= -1\n")}),
                   "gates.order.effects.unrest: log scale needs three numbers of one sign: "),
    "no order": (folders.variant(**{"reference.nu": NU.replace("= 4", "= 40")}),
                 "reference.nu: quantiles out of order: q05 1.0, q50 40.0, q95 12.0; "),
    "no sentence": (folders.variant(**{"reference.nu": NU}).replace("because = 'As they hold.'\n", ""),
                    "reference.nu: lacks because; add it"),
    "no title": (folders.variant(**{"reference.nu": NU}).replace("title =", "titel ="),
                 "unknown key 'titel'; did you mean 'title'?"),
    "no belief": (folders.variant(), "replaces no belief; add a table such as [reference.nu]"),
    "another question": (folders.variant(**{"reference.nu": NU}) + "[question]\nid = 'x'\n",
                         "unknown belief 'question'; "),
    "no schema": (folders.variant(**{"reference.nu": NU}).replace("schema = 1\n", ""), "schema is missing; "),
    "broken": ("schema = ", "broken TOML: "),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_variant_is_told_with_the_folder(folder: Folder, name: str) -> None:
    text, message = FAULTS[name]
    folder.write("variants/theirs.toml", text)
    told = [str(problem).removeprefix(f"{folders.PLACE}/") for problem in folder.problems()]
    assert any(line.startswith(f"variants/theirs.toml: {message}") for line in told), told


def test_a_variant_may_not_take_the_name_of_the_folder_itself(folder: Folder) -> None:
    folder.write("variants/base.toml", folders.variant(**{"reference.nu": NU}))
    assert folder.problem() == (
        "variants/base.toml: 'base' names the beliefs of the folder itself; rename the file"
    )


def test_faults_of_the_folder_and_of_its_variants_are_told_at_once(folder: Folder) -> None:
    folder.edit("drivers.toml", "^q50 = 0.9", "q50 = 9")
    folder.write("variants/theirs.toml", folders.variant(**{"reference.nu": NU.replace("= 4", "= 40")}))
    assert [Path(problem.place.split(":")[0]).name for problem in folder.problems()] == [
        "drivers.toml", "theirs.toml",
    ]  # fmt: skip


# The shipped variants


@pytest.mark.parametrize("name", SETS)
def test_a_shipped_variant_says_that_it_is_a_stance(case: Case, name: str) -> None:
    told = case.variants[name]
    assert "not our belief" in told.title
    assert 8 <= len(told.beliefs) <= 14
    for path, belief in told.beliefs.items():
        assert len(belief.because.split()) >= 8, path
        assert belief.because.endswith("."), path
        assert "judgement" in belief.source, path
        assert (belief.author, belief.date) == ("Hourglass team", folders.TODAY), path


def test_there_are_two_shipped_variants(case: Case) -> None:
    assert tuple(sorted(case.variants)) == SETS


def test_no_shipped_stance_repeats_what_the_folder_holds(case: Case) -> None:
    own = variant.by_path(case.question)
    for name in SETS:
        for path, belief in case.variants[name].beliefs.items():
            assert not isclose(belief.q50, own[path].q50), (name, path)
            assert belief.because != own[path].because, (name, path)


def test_a_case_with_variants_can_be_taken_apart(case: Case) -> None:
    assert set(asdict(case.variants["dove"])) == {"name", "title", "because", "beliefs", "question"}
