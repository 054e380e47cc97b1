"""How forecasts fared, in words: a plain sentence where nothing is decided, and nothing hidden."""

from dataclasses import replace
from datetime import date

import pytest
from test_display import shown
from test_scores import END, TODAY, ended, forecast

from hourglass import score_display, scores, summary
from hourglass.case import Case
from hourglass.question import Header

NEVER = "Entry came in none of these windows"
INFINITE = "scores minus infinity"


@pytest.fixture
def header(case: Case) -> Header:
    return case.question.header


def told(header: Header, *forecasts: summary.Forecast, unreadable: tuple[str, ...] = ()) -> str:
    return shown(score_display.record(scores.record(forecasts, header, TODAY, unreadable), "Will it?"))


def test_scores_stand_beside_the_outside_view_with_both_counts(header: Header) -> None:
    text = told(header, forecast("a"), forecast("b", date(2023, 2, 1), date(2023, 5, 1)))
    assert "Not resolved; no source up to 2026-08-22 confirms entry." in text
    assert "2 stored forecasts with 2 horizons: 2 decided." in text
    (line,) = [line for line in text.splitlines() if "3 months" in line]
    assert [cell.strip() for cell in line.strip("│ ").split("│")] == [
        "3 months", "2", "1", "-0.0202", "-0.1054", "+0.81", "0.0004", "0.0100", "+0.96",
    ]  # fmt: skip
    rows = [line.split() for line in text.splitlines() if line.strip().startswith("2023-")]
    assert [(row[1], row[-1]) for row in rows] == [("a", "yes"), ("b", "0.0004")]


def test_scores_without_an_entry_are_said_to_choose_nothing(header: Header) -> None:
    assert NEVER in told(header, forecast("a"))
    assert NEVER not in told(ended(header, "entry", END), forecast("a"))


def test_a_plain_sentence_where_nothing_is_stored(header: Header) -> None:
    assert "No forecast of this question is stored; make one with `hourglass forecast`." in told(header)


def test_a_plain_sentence_where_nothing_is_decided(header: Header) -> None:
    text = told(header, forecast("a", date(2026, 11, 1), date(2027, 2, 1)))
    assert "1 stored forecast with 1 horizon: 1 open." in text
    assert (
        "Nothing is decided yet, so there is nothing to score; the first horizon ends on 2027-02-01." in text
    )
    assert NEVER not in text
    assert "Brier" not in text


def test_what_is_past_and_unconfirmed_says_what_to_do(header: Header) -> None:
    text = told(header, forecast("a", date(2026, 7, 1), date(2026, 10, 1)))
    assert "1 past and unconfirmed" in text
    assert "raise `confirmed_through`" in text


def test_minus_infinity_is_said_not_hidden(header: Header) -> None:
    text = told(ended(header, "entry", END), forecast("a", mean=0.0))
    assert "minus infinity" in text
    assert INFINITE in text
    assert INFINITE not in told(header, forecast("a"))


def test_withheld_and_unreadable_forecasts_are_counted(header: Header) -> None:
    text = told(header, summary.withheld(forecast("a")), forecast("b"), unreadable=("odd",))
    assert "2 stored forecasts with 2 horizons: 1 decided, 1 withheld." in text
    assert "Stored runs that cannot be read, and do not count: odd." in text


def test_a_resolution_tells_what_follows(header: Header) -> None:
    over = ended(header, "entry", date(2023, 3, 1))
    late = forecast("b", date(2023, 3, 1), date(2023, 6, 1))
    text = shown(score_display.resolved(scores.record([forecast("a"), late], over, TODAY), "question.toml"))
    assert "question.toml says so now. Resolved: entry on 2023-03-01 (News)." in text
    assert "Forecasts as of 2023-03-01 or later are refused" in text
    assert "1 of 2 stored forecasts can now be scored" in text
    assert "1 horizon of forecasts as of that day or later will not be scored" in text


def test_quiet_that_was_confirmed_past_an_entry_is_to_be_corrected(header: Header) -> None:
    found = scores.record([], ended(header, "entry", header.confirmed_through), TODAY)
    assert "2026-08-22 was confirmed quiet; correct that too" in shown(score_display.resolved(found, "f"))
    for other in (replace(found, confirmed_through=date(2026, 8, 21)), replace(found, resolved=None)):
        assert "correct that" not in shown(score_display.resolved(other, "f"))
