"""`watch` and `scenario` on the command line: their JSON, their exit codes, and nothing stored."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folders
import pytest
from shell import AS_OF, Run, Told, numbers
from test_cli import GATE
from test_forecaster import Fits, prior_fit

from hourglass import cli, estimate

ITEM = "2022-10-10-joint-grouping-ordered"
COMMANDS = {"watch": ("watch",), "scenario": ("scenario", "--set", "pressure=+1.5")}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root that holds one run as of the founding article."""
    root = tmp_path_factory.mktemp("kept")
    folders.copied(root / "priors", evidence=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        patch.setattr(sys, "argv", ["hourglass", "forecast", *AS_OF, "--root", str(root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
    assert left.value.code == 0
    return root


Ask = Callable[..., Told]


@pytest.fixture
def ask(run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return the command line on the root that holds a run, where no fit can be made."""
    monkeypatch.delattr(estimate, "fit")
    return lambda *words: run(*words, *AS_OF, "--root", str(kept))


def stored(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def forecast(run: Ask) -> Any:
    return run("forecast", "--json").json["horizons"]


def test_watch_lists_what_could_be_seen_as_json(ask: Ask) -> None:
    told = ask("watch", "--json")
    assert told.code == 0
    one = told.json
    assert set(one) == {"schema", "question", "as_of", "horizon", "lines", "closing", "verdict"}
    assert (one["horizon"]["months"], one["horizon"]["date"]) == (12, "2024-01-26")
    assert one["horizon"]["mean"] == pytest.approx(forecast(ask)[-1]["mean"], rel=0.04)
    assert all(
        0 <= x <= 1 for line in one["lines"] for x in (line["chance"], line["if_seen"], line["if_not"])
    )


def test_watch_speaks_of_the_horizon_that_is_asked(ask: Ask) -> None:
    near, far = (ask("watch", "--horizon", months, "--json").json["horizon"] for months in ("3", "12"))
    assert (near["months"], near["date"]) == (3, "2023-04-26")
    assert near["mean"] < far["mean"]


def test_watch_ends_its_table_with_what_nothing_on_it_does(ask: Ask) -> None:
    told = ask("watch").out
    for words in ("P if seen", "gain", "an ultimatum", "(refusal)", "soldiers", "Seen again"):
        assert words in told
    lines = told.splitlines()
    last_row = max(i for i, line in enumerate(lines) if line.startswith("└"))
    assert lines[last_row + 1].startswith("Nothing on this list with a chance of at least 1 % takes P past ")


def test_a_scenario_shows_both_chances_and_says_what_it_is(ask: Ask) -> None:
    told = ask(
        "scenario", "--set", "pressure=+1.5", "--from", "2023-03", "--for", "6m", "--set", "gate.order=0.6"
    )
    assert told.code == 0
    for words in (
        "pressure = +1.5 from 2023-03 through 2023-08", "gate.order = 0.6 from 2023-03 through 2023-08",
        "forecast", "what if", "50 % interval", "90 % interval", "nothing else moves for it",
        "A supposition is not a forecast and is not stored.",
    ):  # fmt: skip
        assert words in told.out


def test_the_json_of_a_scenario_sets_the_forecast_beside_it(ask: Ask) -> None:
    told = ask("scenario", "--set", "pressure=+3", "--json")
    assert told.code == 0
    for one, row in zip(forecast(ask), told.json["horizons"], strict=True):
        assert row["forecast"]["mean"] == pytest.approx(one["mean"], abs=1e-12)
        assert row["supposed"]["mean"] > 1.2 * one["mean"]
        assert sum(row["supposed"]["outcomes"].values()) == pytest.approx(1, abs=1e-9)
    assert "nothing else moves for it" in told.err


def test_a_scenario_without_a_warning_is_told(ask: Ask) -> None:
    told = ask("scenario", "--without", ITEM, "--json")
    assert (told.code, told.json["without"]) == (0, [ITEM])
    names = [check["name"] for check in told.json["verdict"]["checks"]]
    assert {"without k_hat", "without ess"} <= set(names)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nothing_is_stored(ask: Ask, kept: Path, command: tuple[str, ...]) -> None:
    before = stored(kept)
    assert ask(*command).code == 0
    assert stored(kept) == before


def test_where_the_stored_draws_cannot_tell_the_answer_is_withheld(ask: Ask, kept: Path) -> None:
    known = [item.id for item in folders.Folder(kept / "priors/belarus").load().ledger.items]
    dropped = [word for name in known if name < "2023-01-20" for word in ("--without", name)]
    told = ask("scenario", *dropped, "--json")
    assert told.code == 3
    assert all(not list(numbers(row["supposed"])) for row in told.json["horizons"])
    assert "that takes a refit" in told.err
    shown = ask("scenario", *dropped)
    assert shown.code == 3
    assert "without k_hat" in shown.out
    assert "that takes a refit" in shown.out
    assert "chance of entry" not in shown.out


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_withheld_forecast_is_exit_3_without_a_number(
    run: Run, fits: Fits, tmp_path: Path, command: tuple[str, ...]
) -> None:
    folders.copied(tmp_path / "priors", evidence=True)
    fits.inside = GATE["one divergence"][0](prior_fit())
    told = run(*command, *AS_OF, "--root", str(tmp_path), "--json")
    assert told.code == 3
    shown = told.json
    assert shown.pop("verdict")["passed"] is False
    assert shown.pop("schema") == 1
    shown.pop("settings", None)
    for row in (shown.get("horizon"), *shown.get("horizons", [])):
        assert row is None or not list(numbers({k: v for k, v in row.items() if k != "months"}))
    assert shown.get("lines", []) == []
    told = run(*command, *AS_OF, "--root", str(tmp_path))
    assert told.code == 3
    assert "divergences" in told.out
    assert "%" not in told.out + told.err


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_look_where_nothing_is_stored_makes_the_forecast_first(
    run: Run, fits: Fits, tmp_path: Path, command: tuple[str, ...]
) -> None:
    folders.copied(tmp_path / "priors")
    for _ in range(2):
        assert run(*command, *AS_OF, "--root", str(tmp_path)).code == 0
    assert len(fits.asked) == 1


ASKED_WRONGLY = {
    "unknown driver": (["scenario", "--set", "presure=1"], "did you mean 'pressure'?"),
    "unknown gate": (["scenario", "--set", "gate.ordr=0.5"], "did you mean 'gate.order'?"),
    "nothing supposed": (["scenario"], "--set: is missing"),
    "unknown item": (["scenario", "--without", "no-such"], "is no item known by 2023-01-26"),
    "late window": (["scenario", "--set", "pressure=1", "--from", "2025-01"], "no month of the forecast"),
    "no months": (["scenario", "--set", "pressure=1", "--horizons", "x"], "is no list of months"),
    "far horizon": (["watch", "--horizon", "500"], "--horizon"),
    "no horizon": (["watch", "--horizon", "0"], "--horizon"),
    "a word for a horizon": (["watch", "--horizon", "x"], "--horizon"),
}


@pytest.mark.parametrize("case", ASKED_WRONGLY)
def test_what_is_asked_wrongly_is_told_in_one_line_and_exit_2(ask: Ask, case: str) -> None:
    asked, words = ASKED_WRONGLY[case]
    told = ask(*asked)
    assert (told.code, told.out) == (2, "")
    assert words in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_day_after_today_is_refused(run: Run, kept: Path, command: tuple[str, ...]) -> None:
    told = run(*command, "--as-of", "2030-01-01", "--root", str(kept))
    assert (told.code, told.out) == (2, "")
    assert "after today" in told.err


def test_the_command_line_loads_no_slow_library_for_them() -> None:
    code = "import sys; from hourglass import cli; print('scipy' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folders.ROOT / "model", capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
