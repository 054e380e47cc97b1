"""Stored runs opened again: by the beginning of their ids, with the question as it then was."""

from dataclasses import replace
from pathlib import Path

import folders
import numpy as np
import pytest
from test_forecaster import Fits, made, prior_fit, with_items

from hourglass import contrast, estimate, explanation, record, store
from hourglass.errors import InputError
from hourglass.summary import Forecast
from hourglass.verdict import Check, Verdict

VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2022-12-20")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forecast:
    """Return a stored run of one item."""
    monkeypatch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
    return made(with_items(tmp_path / "a", VISIT), tmp_path, 1)


def named(told: Forecast, *ids: str) -> list[Forecast]:
    return [replace(told, run=replace(told.run, id=name)) for name in ids]


def test_a_run_is_known_by_any_beginning_that_is_its_own(kept: Forecast) -> None:
    known = named(kept, "ab12", "ab34", "cd56")
    assert record.chosen(known, "c", "--to").run.id == "cd56"
    assert record.chosen(known, "ab3", "--to").run.id == "ab34"
    with pytest.raises(InputError, match="--to: 'ab' begins 2 runs: ab12, ab34; write more of it"):
        record.chosen(known, "ab", "--to")
    for nothing in ("x", ""):
        with pytest.raises(InputError, match="is no run; known: ab12, ab34, cd56"):
            record.chosen(known, nothing, "--to")


def test_a_run_without_numbers_is_said_to_be_withheld(kept: Forecast) -> None:
    failed = Verdict((Check("chains", 4, 4, True), Check("divergences", 1, 0, False)))
    (doubted,) = named(replace(kept, verdict=failed), "ab99")
    known = named(kept, "ab12", "cd56")
    words = r"--to: run ab99 is withheld, since checks failed \(divergences\); name one with numbers"
    with pytest.raises(InputError, match=words):
        record.chosen(known, "ab9", "--to", [doubted])
    assert record.chosen(known, "ab", "--to", [doubted]).run.id == "ab12"
    for nothing in ("x", ""):
        with pytest.raises(InputError, match="is no run; known: ab12, cd56"):
            record.chosen(known, nothing, "--to", [doubted])


def test_stored_runs_with_and_without_numbers_are_told_apart(tmp_path: Path, kept: Forecast) -> None:
    case, runs = with_items(tmp_path / "b", VISIT), tmp_path / ".hourglass/runs"
    assert ([one.run.id for one in record.believed(case, runs)], record.withheld(case, runs)) == (
        [kept.run.id], [],
    )  # fmt: skip
    diverging = replace(prior_fit(), stats={**prior_fit().stats, "diverging": np.ones((4, 500))})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(diverging, diverging).fit)
        doubted = made(case, tmp_path, 1, seed=2, method="nuts")
    assert [one.run.id for one in record.withheld(case, runs)] == [doubted.run.id]
    for option, ask in (
        ("compare", lambda: contrast.ask(case, kept.run.id, doubted.run.id, runs, print)),
        ("--to", lambda: explanation.ask(case, explanation.Asked(end=doubted.run.id), runs, runs, print)),
    ):
        with pytest.raises(InputError, match=f"{option}: run {doubted.run.id} is withheld"):
            ask()


def test_a_run_is_opened_with_the_beliefs_of_its_day(tmp_path: Path, kept: Forecast) -> None:
    case = with_items(tmp_path / "a2", VISIT)
    told = store.inputs(case, kept.as_of)
    mine = folders.copied(tmp_path / "later")
    mine.edit("reference.toml", r"^q50 = .*", "q50 = 0.021")
    mine.edit("life_tables.csv", r"^(\w+,[\d.]+,[\d.]+,\d+),[\d.]+", r"\1,9999")
    later = mine.load()
    assert store.inputs(later, kept.as_of) != told
    opened = record.opened(later, kept, tmp_path / ".hourglass/runs")
    assert opened is not None
    assert store.inputs(opened.case, kept.as_of) == told
    assert opened.by_this_program
    assert opened.base is opened.found


def test_runs_stand_in_order_of_their_day_and_then_of_their_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Forecast
) -> None:
    other = made(with_items(tmp_path / "b"), tmp_path, 1, method="nuts")
    found = record.believed(with_items(tmp_path / "c"), tmp_path / ".hourglass/runs")
    assert [one.run.id for one in found] == [kept.run.id, other.run.id]


def test_what_is_asked_for_again_is_the_last_of_its_day(tmp_path: Path, kept: Forecast) -> None:
    other = made(with_items(tmp_path / "b"), tmp_path, 1, method="nuts")
    again = made(with_items(tmp_path / "again", VISIT), tmp_path, 1)
    assert (again.run.id, again.run.stored) == (kept.run.id, True)
    found = record.believed(with_items(tmp_path / "c"), tmp_path / ".hourglass/runs")
    assert [one.run.id for one in found] == [other.run.id, kept.run.id]


@pytest.mark.parametrize("name", [store.INPUTS, store.POSTERIOR, store.OUTSIDE])
def test_a_run_that_lost_a_file_is_not_opened(tmp_path: Path, kept: Forecast, name: str) -> None:
    (tmp_path / kept.run.path / name).write_bytes(b"{}")
    assert record.opened(with_items(tmp_path / "b"), kept, tmp_path / ".hourglass/runs") is None
