"""Tables of what could be seen and of what if: plain words, and no number where one is withheld."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from outlooks import shipped
from test_display import shown

from hourglass import outlook_display
from hourglass.scenario import Row, Scenario, Setting, WhatIf
from hourglass.summary import Horizon, no_horizon
from hourglass.verdict import Check, Verdict
from hourglass.watchlist import Line, Watchlist

PASSED = Verdict((Check("chains", 4, 4, True),))
FAILED = Verdict((Check("without k_hat", 0.83, 0.69, False),))
CAUSES = ("entry", "war_ends", "ruler_falls", "none")


def horizon(entry: float) -> Horizon:
    cells = dict(zip(CAUSES, (entry, 0.2, 0.05, 0.75 - entry), strict=True))
    return Horizon(12, date(2024, 1, 26), entry, 0.01, 0.04, 0.06, 0.09, 0.21, 0.001, 0.033, cells)


LIST = Watchlist(
    "belarus", date(2023, 1, 26), 12, date(2024, 1, 26), 0.071,
    (Line("event", "A refusal", 0.25, 0.052, 0.0773, 0.00123, 900.0),), PASSED,
)  # fmt: skip
ANSWER = WhatIf(
    "belarus", date(2023, 1, 26), Scenario((Setting("gate.demand", 0.9, 24277, 6),), ("visit",)),
    (Row(horizon(0.071), horizon(0.142)),), PASSED,
)  # fmt: skip


def has(told: str, words: Sequence[str]) -> bool:
    return all(word in told for word in words)


def test_a_list_tells_chance_both_ways_and_gain_in_thousandths() -> None:
    told = shown(outlook_display.watchlist(LIST, shipped()))
    assert has(
        told, ["by 2024-01-26 (12 months) 7.1 %", "event: A refusal", "25.0 %", "5.2 %", "7.7 %", "1.23"]
    )
    assert has(told, [LIST.closing, "grade B2", "within Monte Carlo error"])


def test_what_too_few_draws_hold_is_too_rare_to_say_what_follows() -> None:
    (line,) = LIST.lines
    told = shown(outlook_display.watchlist(replace(LIST, lines=(replace(line, draws=99.0),)), shipped()))
    assert "too few draws" in told
    assert "5.2 %" not in told


def test_a_withheld_list_shows_the_failed_check_alone() -> None:
    told = shown(outlook_display.watchlist(replace(LIST, chance=None, lines=(), verdict=FAILED), shipped()))
    assert has(told, ["Verdict: withheld", "without k_hat"])
    assert "%" not in told


def test_an_answer_tells_suppositions_both_chances_and_outcomes() -> None:
    told = shown(outlook_display.what_if(ANSWER, shipped()))
    assert has(told, ["gate.demand = 0.9 from 2023-02 through 2023-07", "without visit", "7.1 %", "14.2 %"])
    assert has(told, ["7.1 %, 14.2 %", "67.9 %, 60.8 %", "how often occasions arise stays", "not stored"])


def test_only_what_is_set_is_called_an_intervention() -> None:
    bare = replace(ANSWER, scenario=Scenario((), ("visit",)))
    assert "intervention" not in shown(outlook_display.what_if(bare, shipped()))
    assert "intervention" in shown(outlook_display.what_if(ANSWER, shipped()))


def test_a_withheld_answer_shows_the_failed_check_and_the_way_out() -> None:
    rows = (Row(horizon(0.071), no_horizon(12, date(2024, 1, 26), CAUSES)),)
    told = shown(outlook_display.what_if(replace(ANSWER, rows=rows, verdict=FAILED), shipped()))
    assert has(told, ["without k_hat", "0.83", "that takes a refit"])
    assert "%" not in told
