"""The command line as a contract: keys of the JSON, exit codes, and a gate that fails closed."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import folders
import numpy as np
import pytest
from shell import AS_OF, Run, Told, numbers
from test_forecaster import Fits, prior_fit

from hourglass import __main__, __version__, cli, estimate, options, phrases
from hourglass.draws import Draws
from hourglass.panel import Array


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with the shipped question and all its evidence."""
    folders.copied(tmp_path / "priors", evidence=True)
    return tmp_path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root that holds one run, of one month as of the founding article."""
    root = tmp_path_factory.mktemp("kept")
    folders.copied(root / "priors", evidence=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        patch.setattr(
            sys,
            "argv",
            ["hourglass", "forecast", *AS_OF, "--root", str(root), "--horizons", "1,30", "--no-report"],
        )
        with pytest.raises(SystemExit) as left:
            cli.main()
    assert left.value.code == 0
    return root


# The gate

Spoil = Callable[[Draws], Draws]


def posterior(change: Callable[[Array], Array], *names: str) -> Spoil:
    """Change some variables of the posterior, by default all of them."""

    def spoil(draws: Draws) -> Draws:
        changed = {k: change(v) if not names or k in names else v for k, v in draws.posterior.items()}
        return replace(draws, posterior=changed)

    return spoil


def stats(change: Callable[[Mapping[str, Array]], Mapping[str, Array]]) -> Spoil:
    return lambda draws: replace(draws, stats=change(draws.stats))


def once(values: Array) -> Array:
    marked = np.zeros_like(values)
    marked[2, 17] = 1
    return marked


def one_infinite(values: Array) -> Array:
    marked = values.copy()
    marked[2, 17] = inf
    return marked


def without(name: str) -> Spoil:
    return lambda draws: replace(draws, posterior={k: v for k, v in draws.posterior.items() if k != name})


GATE: Mapping[str, tuple[Spoil, str]] = {
    "nan": (posterior(lambda v: v * nan), "r_hat"),
    "one chain": (
        lambda d: Draws(
            {k: v[:1] for k, v in d.posterior.items()}, {k: v[:1] for k, v in d.stats.items()}, d.coords
        ),
        "chains",
    ),
    "no statistics": (stats(lambda s: {}), "divergences"),
    "no energy": (stats(lambda s: {k: v for k, v in s.items() if k != "energy"}), "e_bfmi"),
    "saturated": (stats(lambda s: {**s, "maxdepth_reached": once(s["energy"])}), "saturated_trees"),
    "one divergence": (stats(lambda s: {**s, "diverging": once(s["energy"])}), "divergences"),
    "one infinite draw": (posterior(one_infinite, "theta"), "r_hat"),
    "constant": (posterior(lambda v: v[:1, :1] + 0 * v, "theta"), "r_hat"),
    "all constant": (posterior(lambda v: v[:1, :1] + np.zeros_like(v)), "r_hat"),
    "no multipliers": (without("log_multiplier"), "r_hat"),
    "no parameters": (without("theta"), "r_hat"),
    "no paths": (without("driver_path"), "r_hat"),
    "no rivals": (without("rival_rate"), "r_hat"),
    "empty": (lambda d: Draws({}, {}, {}), "chains"),
    "no draws": (posterior(lambda v: v[:, :0]), "ess_bulk"),
}


OUTSIDE = ("nan", "one chain", "one divergence", "empty")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the arithmetic of no numbers may complain
@pytest.mark.parametrize(
    ("side", "case"), [*(("inside", c) for c in GATE), *(("outside", c) for c in OUTSIDE)]
)
def test_a_fit_that_cannot_be_believed_withholds_every_number(
    run: Run, fits: Fits, root: Path, case: str, side: str
) -> None:
    spoil, check = GATE[case]
    setattr(fits, side, spoil(prior_fit()))
    ask = ("forecast", *AS_OF, "--root", str(root), "--horizons", "1")
    told = run(*ask, "--json")
    assert told.code == 3
    stored = json.loads((root / told.json["run"]["path"] / "forecast.json").read_text())
    for one, months in ((told.json, [1]), (stored, [1, 3, 6, 12])):  # the question's own are kept too
        assert one["verdict"]["passed"] is False
        failed = [c["name"] for c in one["verdict"]["checks"] if not c["passed"]]
        assert check in [name.removeprefix("outside view ") for name in failed]
        assert [h.pop("months") for h in one["horizons"]] == months
        assert not list(numbers(one["horizons"]))
        assert not list(numbers(one["drivers"]))
    again = run(*ask)
    assert again.code == 3
    assert len(fits.asked) == 1
    assert check in again.out
    assert "withheld" in again.out
    assert "%" not in again.out + again.err


def test_no_check_of_a_withheld_forecast_gives_the_chance_away(
    run: Run, fits: Fits, root: Path, kept: Path
) -> None:
    believed = run("forecast", *AS_OF, "--root", str(kept), "--horizons", "1,30", "--json").json
    fits.inside = GATE["one divergence"][0](prior_fit())
    told = run("forecast", *AS_OF, "--root", str(root), "--horizons", "1,30", "--json")
    assert told.code == 3
    found = np.array(list(numbers(told.json["verdict"])))
    for horizon in believed["horizons"]:
        for factor in (1, 0.08):  # the error allowed is 8 % of the chance
            assert not np.isclose(found, factor * horizon["mean"], rtol=1e-6).any()


# What is asked wrongly

ASKED_WRONGLY = {
    "no horizon": ["forecast", *AS_OF, "--horizons", "0"],
    "far horizon": ["forecast", *AS_OF, "--horizons", "500"],
    "word for a horizon": ["forecast", *AS_OF, "--horizons", "x"],
    "empty horizons": ["forecast", *AS_OF, "--horizons", ""],
    "gap in horizons": ["forecast", *AS_OF, "--horizons", "3,,6"],
    "future as-of": ["forecast", "--as-of", "2030-01-01"],
    "early as-of": ["forecast", "--as-of", "2022-02-23"],
    "as-of that is no day": ["forecast", "--as-of", "nonsense"],
    "impossible as-of": ["forecast", "--as-of", "2023-02-30"],
    "early by": ["forecast", *AS_OF, "--by", "2022-12-01"],
    "by on the day": ["forecast", *AS_OF, "--by", "2023-01-26"],
    "by that is no day": ["forecast", *AS_OF, "--by", "soon"],
    "empty by": ["forecast", *AS_OF, "--by", ""],
    "by and horizons": ["forecast", *AS_OF, "--by", "2023-06-01", "--horizons", "3"],
    "unknown question": ["forecast", "belaruss", *AS_OF],
    "long question": ["forecast", "x" * 300, *AS_OF],
    "negative seed": ["forecast", *AS_OF, "--seed", "-1"],
    "unknown option": ["forecast", *AS_OF, "--horizon", "3"],
    "unknown command": ["forcast"],
    "unknown evidence command": ["evidence", "chekc"],
    "future evidence": ["evidence", "list", "--as-of", "2030-01-01"],
    "future priors": ["prior", "check", "--as-of", "2030-01-01"],
    "too few draws": ["prior", "check", *AS_OF, "--draws", "1"],
}


@pytest.mark.parametrize("case", ASKED_WRONGLY)
def test_what_is_asked_wrongly_is_told_in_one_line_and_exit_2(
    run: Run, fits: Fits, root: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.chdir(root)
    told = run(*ASKED_WRONGLY[case])
    assert (told.code, told.out) == (2, "")
    assert len(told.err.splitlines()) == 1
    assert not fits.asked


def test_a_misspelled_question_is_answered_with_the_one_meant(run: Run, root: Path) -> None:
    told = run("evidence", "check", "belaruss", "--root", str(root))
    assert told.err == "priors/belaruss: no such question; did you mean 'belarus'?\n"


def test_a_root_without_priors_is_exit_2(run: Run, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        told = run("evidence", "check", "--root", str(folder))
        assert (told.code, told.out) == (2, "")
        assert told.err == f"{folder}: holds no priors/ folder; pass another --root\n"


def test_a_folder_that_holds_no_question_is_exit_2(run: Run, root: Path) -> None:
    (root / "priors" / "moldova").mkdir()
    told = run("evidence", "check", "moldova", "--root", str(root))
    assert (told.code, told.out) == (2, "")
    assert "priors/moldova/question.toml: file is missing" in told.err


def test_every_fault_of_a_ledger_has_its_line(run: Run, tmp_path: Path) -> None:
    mine = folders.copied(tmp_path / "priors")
    mine.ledger(
        folders.entry("reading", id='"a"', driver='"presure"'),
        folders.entry("reading", id='"b"', grade='"Z9"', claim='"B."'),
        folders.entry("reading", id='"c"', known="2026-11-23", claim='"C."'),
    )
    for ask in (["evidence", "check"], ["forecast", *AS_OF], ["prior", "show"], ["history"]):
        told = run(*ask, "--root", str(tmp_path))
        assert (told.code, told.out) == (2, "")
        lines = told.err.splitlines()
        assert [line.split(": ")[1] for line in lines] == ["a", "b", "c"]
        assert "did you mean 'pressure'?" in lines[0]


def test_a_resolved_question_is_refused_from_the_day_of_its_outcome(
    run: Run, fits: Fits, tmp_path: Path
) -> None:
    mine = folders.copied(tmp_path / "priors")
    mine.append("question.toml", '\n[resolved]\noutcome = "entry"\ndate = 2023-01-27\nsource = "News"\n')
    ask = ("forecast", "--root", str(tmp_path), "--horizons", "1", "--as-of")
    assert run(*ask, "2023-01-26").code == 0
    told = run(*ask, "2023-01-27")
    assert (told.code, told.out) == (2, "")
    assert told.err == "priors/belarus: resolved on 2023-01-27: entry; ask as of an earlier day\n"


def test_an_interruption_is_exit_130(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(estimate, "fit", fit)
    told = run("forecast", *AS_OF, "--root", str(root), "--horizons", "1")
    assert (told.code, told.out) == (130, "")
    assert not list((root / ".hourglass").rglob("*.json"))


def test_a_failing_disk_is_exit_1(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fit(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(estimate, "fit", fit)
    told = run("forecast", *AS_OF, "--root", str(root), "--horizons", "1")
    assert (told.code, told.out) == (1, "")
    assert "no space left on device" in told.err


# What is printed

CHANCES = {"mean", "q05", "q25", "q50", "q75", "q95", "mcse", "outside_view"}


def test_the_json_holds_the_keys_of_the_contract_and_no_others(run: Run, fits: Fits, kept: Path) -> None:
    told = run("forecast", *AS_OF, "--root", str(kept), "--horizons", "1,30", "--json")
    assert told.code == 0
    one = told.json
    assert set(one) == {
        "schema", "question", "as_of", "horizons", "drivers", "evidence", "priors", "verdict", "run",
    }  # fmt: skip
    assert (one["schema"], one["as_of"]) == (1, "2023-01-26")
    assert set(one["question"]) == {"id", "title", "sha256"}
    for horizon in one["horizons"]:
        assert set(horizon) == CHANCES | {"months", "date", "outcomes"}
        assert list(horizon["outcomes"]) == ["entry", "war_ends", "ruler_falls", "none"]
        assert sum(horizon["outcomes"].values()) == pytest.approx(1, abs=1e-9)
        assert horizon["mean"] == horizon["outcomes"]["entry"]
        assert (
            0 <= horizon["q05"] <= horizon["q25"] <= horizon["q50"] <= horizon["q75"] <= horizon["q95"] <= 1
        )
    assert [(h["months"], h["date"]) for h in one["horizons"]] == [(1, "2023-02-26"), (30, "2025-07-26")]
    assert list(one["drivers"]) == ["pressure", "unrest", "loyalty"]
    assert all(set(driver) == {"mean", "q05", "q95"} for driver in one["drivers"].values())
    assert set(one["evidence"]) == {"items", "effective_items", "newest", "sha256"}
    assert set(one["priors"]) == {"sha256"}
    assert set(one["verdict"]) == {"passed", "checks"}
    assert all(set(check) == {"name", "value", "limit", "passed"} for check in one["verdict"]["checks"])
    assert set(one["run"]) == {"id", "path", "method", "fit", "stored", "seed", "seconds", "versions"}
    assert (one["run"]["method"], one["run"]["stored"], one["run"]["seed"]) == ("nuts", True, 1)


def test_a_first_run_says_so_and_a_second_returns_its_numbers(
    run: Run, fits: Fits, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = ("forecast", *AS_OF, "--root", str(root), "--horizons", "1", "--json")
    first = run(*ask).json
    monkeypatch.delattr(estimate, "fit")
    second = run(*ask).json
    assert (first["run"].pop("stored"), second["run"].pop("stored")) == (False, True)
    assert second == first


def test_other_horizons_of_a_stored_run_need_no_fit(
    run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(estimate, "fit")
    ask = ("forecast", *AS_OF, "--root", str(kept), "--json")
    told = run(*ask, "--horizons", "2")
    assert told.code == 0
    assert told.json["run"]["stored"] is True
    by = run(*ask, "--by", "2023-03-26").json["horizons"][0]
    assert by["date"] == "2023-03-26"
    assert by["mean"] == pytest.approx(told.json["horizons"][0]["mean"])


def test_the_table_shows_chances_beside_the_outside_view(run: Run, kept: Path) -> None:
    told = run("forecast", *AS_OF, "--root", str(kept), "--horizons", "1,30")
    assert told.code == 0
    for words in ("Verdict: passed", "chance of entry", "outside view", "30 months", "2025-07-26", "%"):
        assert words in told.out


def test_quiet_after_the_confirmed_day_is_said_to_be_assumed(
    run: Run, fits: Fits, root: Path, kept: Path
) -> None:
    question = folders.Folder(root / "priors" / "belarus")
    question.edit("question.toml", r"^confirmed_through = .*", "confirmed_through = 2023-01-25")
    ask = ("forecast", *AS_OF, "--horizons", "1", "--root")
    words = "Nothing was checked after 2023-01-25: the quiet since then is assumed."
    told = run(*ask, str(root), "--json")
    assert told.json
    assert words in told.err
    assert words in run(*ask, str(root)).out
    assert "assumed" not in run(*ask, str(kept)).out


def test_a_ledger_of_no_items_is_forecast(run: Run, fits: Fits, tmp_path: Path) -> None:
    folders.copied(tmp_path / "priors")
    ask = ("forecast", *AS_OF, "--root", str(tmp_path), "--horizons", "1")
    told = run(*ask, "--json")
    assert told.code == 0
    assert told.json["evidence"]["items"] == 0
    assert told.json["evidence"]["newest"] is None
    assert "0 items of evidence" in run(*ask).out
    assert run("evidence", "list", "--root", str(tmp_path), "--json").json == []


def test_history_lists_stored_runs(run: Run, kept: Path, root: Path) -> None:
    ask = ("history", "--root", str(kept))
    (one,) = run(*ask, "--json").json
    assert one["as_of"] == "2023-01-26"
    assert one["run"]["id"] in run(*ask).out
    empty = run("history", "--root", str(root), "--json")
    assert (empty.code, empty.json) == (0, [])
    assert run("history", "--root", str(root)).out.strip() == phrases.NONE_STORED


def test_a_sound_question_is_checked_in_silence(run: Run, root: Path) -> None:
    assert run("evidence", "check", "--root", str(root)) == Told(0, "", "")


def test_the_evidence_list_is_cut_at_as_of(run: Run, root: Path) -> None:
    listed = run("evidence", "list", "--root", str(root), *AS_OF, "--json").json
    assert listed
    assert max(item["known"] for item in listed) <= "2023-01-26"
    more = run("evidence", "list", "--root", str(root), "--json").json
    assert len(more) > len(listed)


def test_claims_are_shown_as_they_were_written(run: Run, tmp_path: Path) -> None:
    claim = "He said [sic] that [/b] and [red]never[/red]."
    folders.copied(tmp_path / "priors").ledger(folders.entry("reading", claim=f'"{claim}"'))
    told = run("evidence", "list", "--root", str(tmp_path))
    assert told.code == 0
    assert claim in told.out


@pytest.mark.parametrize("as_json", [True, False])
def test_letters_that_the_output_cannot_hold_are_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    folders.copied(tmp_path / "priors").ledger(folders.entry("note", claim='"Менск"'))
    page = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(page, encoding="ascii"))
    words = ["evidence", "list", "--root", str(tmp_path), *(["--json"] if as_json else [])]
    monkeypatch.setattr(sys, "argv", ["hourglass", *words])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    sys.stdout.flush()
    assert not left.value.code
    told = page.getvalue().decode("ascii")
    assert r"\u041c\u0435\u043d\u0441\u043a" in told
    if as_json:
        assert json.loads(told)[0]["claim"] == "Менск"


def test_json_is_escaped_by_its_own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    page = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(page, encoding="ascii", errors="backslashreplace"))
    options.tell(["Zoë 🕊"])
    sys.stdout.flush()
    assert json.loads(page.getvalue()) == ["Zoë 🕊"]


def test_sentences_of_beliefs_are_shown_as_they_were_written(run: Run, tmp_path: Path) -> None:
    mine = folders.copied(tmp_path / "priors")
    mine.edit("gates.toml", '^because = ".*"', 'because = "As [sic] judged."')
    assert "[sic]" in run("prior", "show", "--root", str(tmp_path)).out


def test_every_belief_is_shown_with_its_sentence(run: Run, root: Path) -> None:
    told = run("prior", "show", "--root", str(root), "--json")
    belief = told.json["gates.demand.intercept"]
    assert (belief["q05"], belief["q50"], belief["q95"]) == (0.08, 0.2, 0.4)
    assert belief["because"].endswith(".")
    assert "gates.demand.intercept" in run("prior", "show", "--root", str(root)).out


def test_priors_are_checked_alone(run: Run, root: Path) -> None:
    ask = ("prior", "check", *AS_OF, "--root", str(root), "--draws", "100")
    lines = run(*ask, "--json").json
    assert all(set(line) >= {"about", "q05", "q50", "q95", "observed"} for line in lines)
    assert "P of entry within 12 months" in [line["about"] for line in lines]
    assert "P of entry within 12 months" in run(*ask).out


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version") == Told(0, f"{__version__}\n", "")


@pytest.mark.parametrize("words", [["--help"], ["forecast", "--help"], ["evidence", "--help"]])
def test_help_goes_to_standard_output(run: Run, words: list[str]) -> None:
    told = run(*words)
    assert (told.code, told.err) == (0, "")
    assert "Usage:" in told.out


@pytest.mark.parametrize("wait", [0.05, 0.3])
def test_an_interrupt_is_quiet_even_while_the_program_loads(kept: Path, wait: float) -> None:
    held = [sys.executable, "-c", INTERRUPTED, str(wait), str(kept)]
    told = subprocess.run(held, cwd=folders.ROOT / "model", capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (130, "", "interrupted\n")


INTERRUPTED = """
import signal, sys
from hourglass.__main__ import main
signal.signal(signal.SIGALRM, signal.default_int_handler)  # what Ctrl-C does
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
sys.argv = ["hourglass", "prior", "check", "--draws", "20000", "--root", sys.argv[2]]
main()
"""


SPARING = """
import sys
from hourglass import cli

sys.modules["hourglass.inference"] = None  # a fit would be an error
root = ["--root", sys.argv[1]]
forecast = ["forecast", "--no-report", "--as-of", "2023-01-26", "--horizons", "1,30"]
for words in (
    ["--help"], ["forecast", "--help"], ["evidence", "check", *root], ["evidence", "list", *root],
    ["prior", "show", *root], ["history", *root], [*forecast, *root], [*forecast[:-1], "2", *root],
):
    sys.argv = ["hourglass", *words]
    try:
        cli.main()
    except SystemExit as left:
        assert left.code == 0, (words, left.code)
    slow = {"pymc", "pytensor", "nutpie"}
    if words != [*forecast[:-1], "2", *root]:  # the only one that computes
        slow |= {"scipy", "xarray", "pandas"}
    assert not slow & set(sys.modules), (words, slow & set(sys.modules))
"""


def test_the_sampler_is_loaded_for_a_fit_alone(kept: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", SPARING, str(kept)], cwd=folders.ROOT / "model",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
