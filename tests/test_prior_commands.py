"""Commands about beliefs: a revision is written whatever its forecast says, a variant never leads."""

import json
from pathlib import Path

import folders
import pytest
from shell import AS_OF, Run
from test_cli import GATE
from test_forecaster import Fits, prior_fit

from hourglass import variant
from hourglass.belief import Belief

LEVEL = ("drivers.pressure.level", "--q05", "-0.5", "--q50", "0.5", "--q95", "1.5")
REVISE = ("prior", "revise", *LEVEL, "--because", "A lull.", "--author", "Ada")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with the shipped question and none of its evidence."""
    folders.copied(tmp_path / "priors")
    return tmp_path


def held(root: Path) -> Belief:
    return variant.by_path(folders.Folder(root / "priors" / "belarus").load().question)[LEVEL[0]]


def test_a_revision_shows_density_rates_and_chances_before_and_after(
    run: Run, fits: Fits, root: Path
) -> None:
    told = run(*REVISE, *AS_OF, "--root", str(root))
    assert told.code == 0
    for words in ("drivers.pressure.level: revised in priors/belarus/drivers.toml", "▁", "a typical state",
                  "the state asked about", "P before", "P after", "difference in log-odds"):  # fmt: skip
        assert words in told.out
    assert "priors/belarus/drivers.toml: drivers.pressure.level is revised" in told.err
    assert (held(root).q05, held(root).q50, held(root).q95) == (-0.5, 0.5, 1.5)
    assert (held(root).author, held(root).source, held(root).date) == ("Ada", "judgement", folders.TODAY)
    assert [old.q50 for old in held(root).history] == [0.9]
    assert len(fits.asked) == 1  # the belief revised is weighed into the draws of the one held before


def test_a_revision_in_json_is_one_object(run: Run, fits: Fits, root: Path) -> None:
    told = run(*REVISE, *AS_OF, "--root", str(root), "--json")
    assert told.code == 0
    assert set(told.json) == {
        "schema", "path", "file", "written", "before", "after", "density", "rates", "forecast",
    }  # fmt: skip
    assert (told.json["path"], told.json["written"]) == ("drivers.pressure.level", True)
    assert (told.json["before"]["q50"], told.json["after"]["q50"]) == (0.9, 0.5)
    assert [old["q50"] for old in told.json["after"]["history"]] == [0.9]
    assert told.json["forecast"]["names"] == ["before", "after"]
    assert list(told.json["forecast"]["beliefs"]) == ["drivers.pressure.level"]
    assert [h["months"] for h in told.json["forecast"]["horizons"]] == [3, 6, 12]
    typical, asked = told.json["rates"]
    assert typical["before"] == typical["after"]  # a level of one state is no matter of the typical one
    assert asked["after"]["q50"] < asked["before"]["q50"]
    step = told.json["density"]["at"][1] - told.json["density"]["at"][0]
    assert sum(told.json["density"]["before"]) * step == pytest.approx(0.98, abs=0.02)


def test_a_dry_run_writes_no_belief_and_leaves_no_trace_in_history(run: Run, fits: Fits, root: Path) -> None:
    before = held(root)
    told = run(*REVISE, *AS_OF, "--root", str(root), "--dry-run", "--json")
    assert (told.code, told.json["written"]) == (0, False)
    assert held(root) == before
    assert "is revised" not in told.err
    listed = run("history", "--root", str(root), "--json").json
    first, second = told.json["forecast"]["forecasts"]
    assert [one["run"]["id"] for one in listed] == [first["run"]["id"]]
    assert second["run"]["path"].startswith(".hourglass/asides/belarus/")


def test_a_revision_without_a_forecast_needs_no_fit(run: Run, fits: Fits, root: Path) -> None:
    told = run(*REVISE, "--root", str(root), "--no-forecast", "--json")
    assert (told.code, told.json["forecast"]) == (0, None)
    assert held(root).q50 == 0.5
    assert not fits.asked


def test_a_withheld_forecast_is_exit_3_and_the_revision_stands(run: Run, fits: Fits, root: Path) -> None:
    fits.inside = GATE["one divergence"][0](prior_fit())
    told = run(*REVISE, *AS_OF, "--root", str(root))
    assert told.code == 3
    assert "the revision stands; the forecasts are withheld" in told.err
    assert "Verdict under after: withheld, failed divergences." in told.out
    assert "%" not in told.out.split("Chance of entry")[1]
    assert held(root).q50 == 0.5


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*REVISE, "--q50", "9"), "drivers.pressure.level: quantiles out of order"),
        ((*REVISE, "--because", ""), "drivers.pressure.level: because: is empty; fill it in"),
        (("prior", "revise", "drivers.presure.level", *REVISE[3:]), "did you mean 'drivers.pressure.level'?"),
        ((*REVISE, "--as-of", "2030-01-01"), "after today"),
        ((*REVISE, "--as-of", "2030-01-01", "--no-forecast"), "after today"),
        ((*REVISE, "--q05", "low"), "Invalid value for '--q05'"),
        (REVISE[:-4], "Missing option '--because'"),
        (("prior", "compare", "dove", "hwak"), "unknown variant 'hwak'; did you mean 'hawk'?"),
        (("prior", "compare", "dove", "dove"), "'dove' stands on both sides"),
        (("prior", "compare", "dove"), "Missing argument 'second'"),
        (("prior", "compare", "dove", "hawk", "--as-of", "2030-01-01"), "after today"),
    ],
)
def test_what_is_asked_wrongly_is_exit_2_with_nothing_written(
    run: Run, fits: Fits, root: Path, words: tuple[str, ...], told: str
) -> None:
    before = held(root)
    found = run(*words, "--root", str(root))
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert len(found.err.splitlines()) == 1
    assert held(root) == before
    assert not fits.asked


def test_two_sets_are_compared_on_the_same_evidence(run: Run, fits: Fits, root: Path) -> None:
    told = run("prior", "compare", "dove", "hawk", *AS_OF, "--root", str(root), "--json")
    assert told.code == 0
    one = told.json
    assert (one["names"], one["as_of"]) == (["dove", "hawk"], "2023-01-26")
    first, second = one["forecasts"]
    assert first["priors"]["sha256"] != second["priors"]["sha256"]
    assert first["question"] == second["question"]
    assert first["evidence"]["sha256"] == second["evidence"]["sha256"]
    assert first["run"]["id"] != second["run"]["id"]
    assert [belief["q50"] for belief in one["beliefs"]["reference.nu"]] == [0.6, 5]
    assert "drivers.pressure.half_life" not in one["beliefs"]


def test_a_variant_never_appears_in_history(run: Run, fits: Fits, root: Path) -> None:
    told = run("prior", "compare", "base", "hawk", *AS_OF, "--root", str(root), "--json").json
    base, hawk = told["forecasts"]
    listed = run("history", "--root", str(root), "--json").json
    assert [one["run"]["id"] for one in listed] == [base["run"]["id"]]
    assert (
        json.loads((root / hawk["run"]["path"] / "forecast.json").read_text())["run"]["id"]
        == hawk["run"]["id"]
    )
    again = run("prior", "compare", "base", "hawk", *AS_OF, "--root", str(root), "--json").json
    assert [one["run"]["stored"] for one in again["forecasts"]] == [True, True]
    assert len(fits.asked) == 2


def test_the_table_of_two_sets_tells_whose_they_are_and_where_they_differ(
    run: Run, fits: Fits, root: Path
) -> None:
    told = run("prior", "compare", "dove", "hawk", *AS_OF, "--root", str(root))
    assert told.code == 0
    for words in ("not our belief: the dove", "not our belief: the hawk", "P dove", "P hawk", "Pressure from",
                  "reference.nu", "0.15, 0.6, 2.5", "1.5, 5, 16"):  # fmt: skip
        assert words in told.out


def test_a_withheld_side_of_a_comparison_is_exit_3(run: Run, fits: Fits, root: Path) -> None:
    fits.outside = GATE["one divergence"][0](prior_fit())
    told = run("prior", "compare", "dove", "base", *AS_OF, "--root", str(root), "--json")
    assert told.code == 3
    assert [h["mean"] for h in told.json["horizons"]] == [[None, None]] * 3
    assert [h["log_odds"] for h in told.json["horizons"]] == [None] * 3


def test_a_belief_is_shown_with_what_was_held_before(run: Run, root: Path) -> None:
    run(*REVISE, "--root", str(root), "--no-forecast")
    told = run("prior", "show", "--root", str(root), "--json").json
    assert [old["author"] for old in told["drivers.pressure.level"]["history"]] == ["Hourglass team"]
    assert "history" not in told["drivers.unrest.level"]
