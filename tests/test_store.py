"""Runs on disk: whole or not at all, and found again by all that their numbers follow from."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import folders
import pytest
from folders import Folder

from hourglass import store
from hourglass.case import Case
from hourglass.summary import Driver, Evidence, Forecast, Horizon, Run
from hourglass.verdict import Check, Verdict

AS_OF = date(2023, 1, 26)


def told(run: str = "run", as_of: date = AS_OF) -> Forecast:
    """Write a small sound forecast."""
    cells = {"entry": 0.1, "none": 0.9}
    chances = Horizon(3, date(2023, 4, 26), 0.1, 0.01, 0.05, 0.09, 0.15, 0.3, 0.001, 0.05, cells)
    return Forecast(
        question={"id": "belarus", "title": "Will it?", "sha256": "q"},
        as_of=as_of,
        horizons=(chances,),
        drivers={"pressure": Driver(1.0, 0.0, 2.0)},
        evidence=Evidence(2, 1.5, date(2023, 1, 20), "e"),
        priors="p",
        verdict=Verdict((Check("chains", 4, 4, True),)),
        run=Run(run, f".hourglass/runs/belarus/{run}", "nuts", run, False, 1, 2.5, {"numpy": "2"}),
    )


def no_draws(folder: Path) -> None:
    """Write no draws."""


def keep(runs: Path, forecast: Forecast) -> Path:
    store.save(runs, forecast, {"as_of": str(forecast.as_of)}, no_draws)
    return runs / "belarus" / forecast.run.id


def test_what_is_stored_comes_back_the_same(tmp_path: Path) -> None:
    keep(tmp_path, told())
    assert store.load(tmp_path, "belarus", "run") == told()


def test_a_run_that_was_never_made_is_absent(tmp_path: Path) -> None:
    assert store.load(tmp_path, "belarus", "run") is None
    assert list(store.history(tmp_path, "belarus")) == []


def test_a_run_keeps_its_draws_and_its_inputs(tmp_path: Path) -> None:
    store.save(tmp_path, told(), {"seed": 1}, lambda folder: (folder / "posterior.nc").touch())
    folder = tmp_path / "belarus" / "run"
    assert {path.name for path in folder.iterdir()} == {"posterior.nc", "inputs.json", "forecast.json"}
    assert json.loads((folder / "inputs.json").read_text()) == {"seed": 1}


def test_draws_that_cannot_be_written_leave_neither_run_nor_draft(tmp_path: Path) -> None:
    def failing(folder: Path) -> None:
        (folder / "posterior.nc").write_bytes(b"half of it")
        raise OSError(28, "no space left on device")

    with pytest.raises(OSError, match="no space"):
        store.save(tmp_path, told(), {}, failing)
    assert list((tmp_path / "belarus").iterdir()) == []


def test_a_failed_save_leaves_the_run_before_it(tmp_path: Path) -> None:
    keep(tmp_path, told())

    def failing(folder: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.save(tmp_path, told(as_of=date(2024, 1, 1)), {}, failing)
    assert store.load(tmp_path, "belarus", "run") == told()


def test_a_run_saved_again_takes_the_place_of_the_old(tmp_path: Path) -> None:
    (keep(tmp_path, told()) / "left over").touch()
    again = told(as_of=date(2024, 1, 1))
    folder = keep(tmp_path, again)
    assert store.load(tmp_path, "belarus", "run") == again
    assert not (folder / "left over").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "null",
        lambda text: "[]",
        lambda text: "{}",
        lambda text: text.replace('"as_of": "2023-01-26"', '"as_of": "soon"'),
        lambda text: text.replace('"drivers"', '"driven"'),
        lambda text: json.dumps(json.loads(text) | {"drivers": []}),
        lambda text: json.dumps(json.loads(text) | {"horizons": [1]}),
        lambda text: json.dumps(json.loads(text) | {"run": {"id": "run"}}),
        lambda text: text.replace('"mean": 0.1', '"mean": "abc"'),
        lambda text: text.replace('"mean": 0.1', '"mean": 2'),
        lambda text: text.replace('"mean": 0.1', '"mean": NaN'),
        lambda text: text.replace('"mean": 0.1', '"mean": 1e999'),
        lambda text: text.replace('"mean": 0.1', '"mean": true'),
        lambda text: text.replace('"mean": 0.1', '"mean": null'),
        lambda text: text.replace('"q05": 0.0', '"q05": NaN'),
        lambda text: text.replace('"none": 0.9', '"none": "most"'),
        lambda text: text.replace('"months": 3', '"months": "x"'),
        lambda text: text.replace('"date": "2023-04-26"', '"date": 5'),
        lambda text: text.replace('"value": 4', '"value": "four"'),
        lambda text: text.replace('"passed": true', '"passed": "yes"'),
        lambda text: text.replace('"id": "run"', '"id": 5'),
        lambda text: text.replace('"seconds": 2.5', '"seconds": 2.5, "minutes": 0'),
        lambda text: text.replace('"title"', '"titel"'),
        lambda text: json.dumps(json.loads(text) | {"horizons": []}),
        lambda text: "[" * 100_000 + "]" * 100_000,
    ],
    ids=[
        "empty", "half", "null", "list", "no keys", "no day", "no drivers", "drivers listed", "odd horizons",
        "odd run", "word for a chance", "chance above 1", "no number", "infinite", "truth for a chance",
        "passed without a chance", "no number for a level", "word for an outcome", "word for months",
        "number for a day", "word in a check", "word for a verdict", "number for an id", "unknown key",
        "no title", "no horizons", "nested",
    ],
)  # fmt: skip
def test_a_damaged_forecast_counts_as_absent(tmp_path: Path, damage: Callable[[str], str]) -> None:
    path = keep(tmp_path, told()) / "forecast.json"
    sound = path.read_text()
    path.write_text(damage(sound))
    assert path.read_text() != sound
    assert store.load(tmp_path, "belarus", "run") is None
    assert list(store.history(tmp_path, "belarus")) == []
    assert store.unreadable(tmp_path, "belarus") == ["run"]


def test_a_damaged_run_is_set_aside_whole(tmp_path: Path) -> None:
    assert store.set_aside(tmp_path, "belarus", "run") is None
    path = keep(tmp_path, told())
    assert store.set_aside(tmp_path, "belarus", "run") is None
    (path / "forecast.json").write_text("{")
    names = sorted(file.name for file in path.iterdir())
    aside = store.set_aside(tmp_path, "belarus", "run")
    assert aside is not None
    assert sorted(file.name for file in aside.iterdir()) == names
    assert not path.exists()
    assert store.unreadable(tmp_path, "belarus") == []


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000 + "]" * 100_000], ids=["half", "list", "nested"])
def test_damaged_inputs_count_as_gone(tmp_path: Path, text: str) -> None:
    (keep(tmp_path, told()) / "inputs.json").write_text(text)
    assert store.told(tmp_path, "belarus", "run") is None


def test_what_can_be_read_is_not_called_unreadable(tmp_path: Path) -> None:
    keep(tmp_path, told())
    assert store.unreadable(tmp_path, "belarus") == []


def test_a_folder_that_does_not_bear_its_runs_name_is_no_run(tmp_path: Path) -> None:
    shutil.copytree(keep(tmp_path, told("a")), tmp_path / "belarus" / "a-backup")
    keep(tmp_path, told("b")).rename(tmp_path / "belarus" / "best")
    assert [one.run.id for one in store.history(tmp_path, "belarus")] == ["a"]
    assert store.load(tmp_path, "belarus", "a-backup") is None
    assert store.unreadable(tmp_path, "belarus") == [
        "a-backup (its folder's name is not that of its run, a)",
        "best (its folder's name is not that of its run, b)",
    ]


def test_history_runs_from_the_oldest_day_to_the_newest_and_within_one_by_when_it_was_asked(
    tmp_path: Path,
) -> None:
    for run, day in (("a", "2024-05-01"), ("c", "2023-01-26"), ("b", "2023-01-26"), ("d", "2022-03-01")):
        keep(tmp_path, told(run, date.fromisoformat(day)))
    assert [one.run.id for one in store.history(tmp_path, "belarus")] == ["d", "c", "b", "a"]
    store.recall(tmp_path, told("c", date(2023, 1, 26)))
    assert [one.run.id for one in store.history(tmp_path, "belarus")] == ["d", "b", "c", "a"]


def test_drafts_are_no_part_of_history(tmp_path: Path) -> None:
    keep(tmp_path, told()).rename(tmp_path / "belarus" / ".draft-abc")
    assert list(store.history(tmp_path, "belarus")) == []


# Keys


def key(case: Case, as_of: date = AS_OF, seed: int = 1) -> str:
    return store.key(store.inputs(case, as_of), seed)


def changed(where: Path, change: Callable[[Folder], None]) -> str:
    mine = folders.copied(where, evidence=True)
    change(mine)
    return key(mine.load())


def test_the_same_question_in_another_folder_has_the_same_key(case: Case, tmp_path: Path) -> None:
    assert changed(tmp_path, lambda mine: None) == key(case)


def test_inputs_are_plain_values(case: Case) -> None:
    inputs = store.inputs(case, AS_OF)
    assert json.loads(json.dumps(inputs)) == inputs
    assert set(inputs) == {"question", "priors", "evidence", "as_of"}


def test_another_seed_or_day_has_another_key(case: Case) -> None:
    keys = {key(case), key(case, seed=2), key(case, as_of=date(2023, 1, 27))}
    assert len(keys) == 3


CHANGES: dict[str, Callable[[Folder], None]] = {
    "belief": lambda mine: mine.edit("gates.toml", r"^q50 = 0.2$", "q50 = 0.21"),
    "item": lambda mine: mine.ledger(folders.entry("note"), file="2019.toml"),
    "grade": lambda mine: mine.edit("evidence/2022.toml", r'^grade = "[A-E][1-5]"', 'grade = "F6"'),
    "life table": lambda mine: mine.edit("life_tables.csv", r"^hosts,0,1,63,59.5,3,", "hosts,0,1,63,59.5,4,"),
    "series": lambda mine: mine.append("series/prisoners.csv", "2023-01-25,2023-01-25,9999,,made up\n"),
    "class weight": lambda mine: mine.edit("reference.toml", r"^weight = .*", "weight = 0.123"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_belief_item_or_table_has_another_key(
    case: Case, tmp_path: Path, change: Callable[[Folder], None]
) -> None:
    assert changed(tmp_path, change) != key(case)


def test_a_comment_changes_no_key(case: Case, tmp_path: Path) -> None:
    assert changed(tmp_path, lambda mine: mine.append("gates.toml", "\n# A thought.\n")) == key(case)


def test_other_libraries_or_another_program_have_another_key(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(case)
    monkeypatch.setattr(store, "code", lambda stage: "other")
    program = key(case)
    monkeypatch.setattr(store, "libraries", lambda: {"numpy": "0"})
    assert len({before, program, key(case)}) == 3


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert store.digest({"a": 1, "b": 2}) == store.digest({"b": 2, "a": 1})
    assert store.digest({"a": 1, "b": 2}) != store.digest({"a": 2, "b": 1})
