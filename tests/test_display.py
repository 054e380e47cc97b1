"""Tables and sentences: a withheld number is nowhere in them, and words stay as written."""

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from rich.console import Console, RenderableType
from test_forecaster import prior_fit

from hourglass import display, summary
from hourglass.case import Case
from hourglass.errors import Problem
from hourglass.reweighting import Weights
from hourglass.summary import Driver, Evidence, Forecast, Horizon, Line, Run
from hourglass.verdict import Check, Verdict, judge_chance, judge_fit


def shown(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=250)
    with console.capture() as caught:
        console.print(what)
    return caught.get()


@pytest.fixture
def believed(case: Case) -> Forecast:
    """Return a forecast of the shipped question that passed its checks."""
    cells = {"entry": 0.071, "war_ends": 0.2, "ruler_falls": 0.05, "none": 0.679}
    chances = Horizon(12, date(2024, 1, 26), 0.071, 0.01, 0.04, 0.06, 0.09, 0.21, 0.001, 0.033, cells)
    return Forecast(
        question={"id": "belarus", "title": case.question.header.title, "sha256": "q"},
        as_of=date(2023, 1, 26),
        horizons=(chances,),
        drivers={"pressure": Driver(1.04, -0.2, 2.3)},
        evidence=Evidence(40, 21.5, date(2023, 1, 20), "e"),
        priors="p",
        verdict=Verdict((Check("chains", 4, 4, True),)),
        run=Run("abc", ".hourglass/runs/belarus/abc", "nuts", "abc", False, 1, 12.5, {}),
    )


@pytest.fixture
def doubted(believed: Forecast) -> Forecast:
    """Return the same forecast, withheld for one divergence."""
    return summary.withheld(replace(believed, verdict=Verdict((Check("divergences", 1, 0, False),))))


def test_a_believed_forecast_shows_chance_interval_outside_view_and_driver(
    believed: Forecast, case: Case
) -> None:
    told = shown(display.forecast(believed, case))
    for words in (
        "Verdict: passed", "7.1 %", "4.0 % to 9.0 %", "1.0 % to 21.0 %", "3.3 %", "67.9 %", "+1.0",
        "-0.2 to +2.3", "40 items of evidence", "worth 22 independent ones",
        "newest 2023-01-20, 6 days before",
    ):  # fmt: skip
        assert words in told


def test_a_withheld_forecast_shows_the_failed_check_and_no_chance(doubted: Forecast, case: Case) -> None:
    told = shown(display.forecast(doubted, case))
    assert "Verdict: withheld" in told
    assert "divergences" in told
    assert "%" not in told
    assert "+1.0" not in told


def test_history_says_withheld_where_the_verdict_failed(doubted: Forecast, believed: Forecast) -> None:
    assert "%" not in shown(display.history([doubted]))
    assert "withheld" in shown(display.history([doubted]))
    assert "7.1 %" in shown(display.history([believed]))


def test_a_check_without_a_number_is_shown(doubted: Forecast, case: Case) -> None:
    odd = replace(doubted, verdict=Verdict((Check("r_hat", float("nan"), 1.01, False),)))
    assert "r_hat" in shown(display.forecast(odd, case))
    assert display.check_row(odd.verdict.checks[0]) == ("r_hat", "none", "at most 1.01")


def test_a_limit_says_on_which_side_it_lies() -> None:
    draws, grid = prior_fit(), np.random.default_rng(1).random((4, 500))
    weights = Weights(np.ones(2000), 0.1, 2000.0, np.zeros(2000)).checks("weights")
    checks = [*judge_fit(draws), *judge_chance("P in 12 months", grid, np.ones((4, 500))), *weights]
    assert len(checks) == 7 + 4 + 2
    for check in checks:  # where the value lies says it, too
        way = "at least" if check.value > check.limit or check.name == "chains" else "at most"
        assert check.passed
        assert display.check_row(check)[2] == f"{way} {check.limit:.4g}"
        last = check.name.split(" ")[-1]
        assert (last if last in display.CHECKED else last.partition("_")[0]) in display.CHECKED


def test_a_limit_from_which_a_chance_could_be_read_is_withheld(believed: Forecast, case: Case) -> None:
    error = Check("P in 12 months mcse", 0.0071, 0.08 * 0.071, False)
    told = summary.withheld(replace(believed, verdict=Verdict((error,))))
    assert display.check_row(told.verdict.checks[0]) == ("P in 12 months mcse", "0.0071", "withheld")
    words = shown(display.forecast(told, case))
    assert "nan" not in words
    assert "independent ones" not in words


def test_a_forecast_without_evidence_names_no_newest(believed: Forecast, case: Case) -> None:
    bare = replace(believed, evidence=Evidence(0, 0.0, None, "e"))
    assert "0 items of evidence" in shown(display.forecast(bare, case))
    assert "newest" not in shown(display.forecast(bare, case))


def test_quiet_after_the_confirmed_day_is_said_to_be_assumed(believed: Forecast, case: Case) -> None:
    confirmed = case.question.header.confirmed_through
    assert not list(display.assumed(replace(believed, as_of=confirmed), case))
    later = replace(believed, as_of=date(2026, 11, 1))
    words = f"Nothing was checked after {confirmed}: the quiet since then is assumed."
    assert list(display.assumed(later, case)) == [words]
    assert words in shown(display.forecast(later, case))


def test_the_run_can_be_found_again(believed: Forecast) -> None:
    told = " ".join(display.remarks(believed))
    assert "Run abc: a fit, in 12.5 s, seed 1, in .hourglass/runs/belarus/abc" in told
    stored = replace(believed, run=replace(believed.run, stored=True))
    assert "Run abc: a fit, from the store, seed 1" in " ".join(display.remarks(stored))


def test_problems_have_one_line_each() -> None:
    found = [Problem("a.toml", "is empty"), Problem("b.toml: x", "is missing")]
    assert display.problems(found) == "a.toml: is empty\nb.toml: x: is missing"


def test_every_item_has_its_id_in_the_list(case: Case) -> None:
    items = case.evidence(date(2023, 1, 26)).items
    told = shown(display.evidence(items))
    assert items
    assert all(item.id in told for item in items)


def test_a_list_of_nothing_says_so() -> None:
    assert "No item of the ledger is so." in shown(display.evidence([]))


def test_predictions_say_whether_what_was_seen_lies_within() -> None:
    lines = [Line("a", 1, 2, 3, 2.5), Line("b", 1, 2, 3, 9.0), Line("c", 1, 2, 3)]
    told = shown(display.predictions(lines)).splitlines()
    rows = [row for row in told if row.startswith(("│ a", "│ b"))]
    assert "yes" in rows[0]
    assert "no" in rows[1]
    assert [line.inside for line in lines] == [True, False, None]
