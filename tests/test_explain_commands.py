"""The command that explains: keys of its JSON, which runs it takes, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import folders
import pytest
from shell import Clock, Run, runner
from test_forecaster import Fits, made, prior_fit

from hourglass import estimate, explain_display, explanation, options, store
from hourglass.case import Case
from hourglass.errors import InputError
from hourglass.explanation import Asked, Explanation

VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2022-12-20")
SIGHT = folders.entry("reading", id='"sight"', origin='"sight"', known="2023-01-22", claim='"Drills."')
ALARM = folders.entry("warning", id='"alarm"', date="2023-01-21", known="2023-01-21")


def case_of(root: Path, *entries: str) -> Case:
    """Write the question of the root anew, with a ledger of these entries."""
    where = folders.Folder(root / "priors" / "belarus")
    where.ledger(*entries)
    return where.load()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with a fit and an update of it by one item."""
    root = tmp_path_factory.mktemp("explained")
    folders.copied(root / "priors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        made(case_of(root, VISIT), root, 1, 3)
        made(case_of(root, VISIT, SIGHT, ALARM), root, 1, 3)
    return root


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the command line in that root."""
    monkeypatch.setattr(options, "today", Clock.today)
    words = runner(capsys, monkeypatch)
    return lambda *told: words(*told, "--root", str(root))


def ids(root: Path) -> list[str]:
    """Keys of the stored runs, the fit first."""
    told = [json.loads(path.read_text()) for path in root.glob(f".hourglass/runs/belarus/*/{store.FORECAST}")]
    return [one["run"]["id"] for one in sorted(told, key=lambda one: one["run"]["method"])]


@pytest.fixture(scope="module")
def told(root: Path) -> Explanation:
    return ask(root)


def ask(root: Path, **asked: Any) -> Explanation:
    case = folders.Folder(root / "priors" / "belarus").load()
    runs, code = root / ".hourglass/runs", root / ".hourglass/compiled"
    return explanation.ask(case, Asked(**asked), runs, code, lambda _: None)


def test_the_last_two_runs_are_explained_and_the_parts_sum_to_the_whole(run: Run, root: Path) -> None:
    found = run("explain", "--json")
    assert found.code == 0, found.err
    assert list(found.json) == [
        "schema", "question", "run", "as_of", "since", "since_as_of", "months", "chance", "move", "climb",
        "typical", "influences", "sensitivities", "evidence", "remarks",
    ]  # fmt: skip
    fit, update = ids(root)
    assert (found.json["since"], found.json["run"], found.json["months"]) == (fit, update, 12)
    move = found.json["move"]
    assert sum(part["log_odds"] for part in move["parts"]) == pytest.approx(move["whole"], abs=1e-6)
    assert {"sight", "alarm"} <= {part["name"] for part in move["parts"]}
    assert found.json["climb"] is None
    assert "opening run" in found.err


def test_tables_name_what_moved_p(run: Run) -> None:
    found = run("explain")
    assert found.code == 0, found.err
    for words in ("What moved P", "sight", "alarm", "refit and Monte Carlo", "P would be", "reference.nu"):
        assert words in found.out
    assert "3 items of evidence weigh" in found.out


def test_ids_may_be_shortened_and_horizons_chosen(run: Run, root: Path) -> None:
    fit, update = ids(root)
    found = run("explain", "--from", fit[:6], "--to", update[:6], "--horizon", "1", "--json")
    assert (found.json["since"], found.json["run"], found.json["months"]) == (fit, update, 1)


def test_of_a_first_run_only_what_it_rests_on_is_told(run: Run, root: Path) -> None:
    fit, _ = ids(root)
    found = run("explain", "--to", fit, "--json")
    assert found.code == 0
    assert (found.json["since"], found.json["move"]) == (None, None)
    assert [one["item"] for one in found.json["influences"] if one["item"] == "visit"] == ["visit"]
    assert "No earlier run" in found.json["remarks"][0]
    assert "No earlier run" in found.err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--from", "zzz"], "is no run; known"),
        (["--to", ""], "is no run; known"),
        (["--horizon", "2"], "2 is no horizon of the runs; known: 1, 3"),
        (["--from-prior", "--from", "a"], "give one of them"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(run: Run, words: list[str], fault: str) -> None:
    found = run("explain", *words)
    assert (found.code, found.out) == (2, "")
    assert fault in found.err
    assert "Traceback" not in found.err


def test_a_run_is_not_explained_by_itself(run: Run, root: Path) -> None:
    _, update = ids(root)
    found = run("explain", "--from", update)
    assert found.code == 2
    assert "name an earlier one" in found.err


def test_without_a_run_nothing_is_explained(tmp_path: Path) -> None:
    folders.copied(tmp_path / "priors")
    with pytest.raises(InputError, match="run hourglass forecast first"):
        ask(tmp_path)


def test_a_run_whose_draws_are_gone_is_refused_or_told_apart(tmp_path: Path, fits: Fits) -> None:
    folders.copied(tmp_path / "priors")
    first = made(case_of(tmp_path, VISIT), tmp_path, 1)
    made(case_of(tmp_path, VISIT, SIGHT), tmp_path, 1, method="nuts")
    (tmp_path / first.run.path / store.POSTERIOR).write_bytes(b"damaged")
    move = ask(tmp_path, start=first.run.id).move
    assert move is not None
    assert [part.name for part in move.parts] == ["beliefs or program changed"]
    assert "gone" in move.remark
    with pytest.raises(InputError, match="forecast again as of that day"):
        ask(tmp_path, end=first.run.id)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    stand_in = Fits(prior_fit(), prior_fit())
    monkeypatch.setattr(estimate, "fit", stand_in.fit)
    return stand_in


def test_beliefs_of_the_folder_that_changed_since_do_not_matter(tmp_path: Path, fits: Fits) -> None:
    folders.copied(tmp_path / "priors")
    made(case_of(tmp_path, VISIT), tmp_path, 1)
    before = ask(tmp_path)
    folders.Folder(tmp_path / "priors" / "belarus").edit("reference.toml", r"^q50 = .*", "q50 = 0.021")
    assert ask(tmp_path).typical == before.typical


def test_an_explanation_says_itself_in_a_line(told: Explanation) -> None:
    assert repr(told).startswith("<Explanation belarus as of 2023-01-26, 12 months")
    assert "log-odds" in repr(told)


def test_a_table_in_the_terminal_holds_the_strongest_and_says_so(told: Explanation) -> None:
    shown = list(explain_display.remarks(told))
    assert any("--json holds all" in words for words in shown)
