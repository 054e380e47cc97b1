"""Figures of a track record: hit rates with their intervals, calibration, backtests."""

from dataclasses import replace
from datetime import date

import pytest
from test_figures import HOSTILE, links
from test_forecast_figures import rows, sound

from hourglass import record_exhibits, record_figures
from hourglass.record_exhibits import Anew, Backtest, Band, Crowd, Steps

DAY = date(2023, 1, 31)
ANEW = Anew(DAY, 0.02, 0.01, 0.05, 0.015, 40)


def test_forecasts_fall_into_bins_with_exact_intervals() -> None:
    found = record_exhibits.bins([0.0, 0.1, 0.3, 1.0], [False, False, True, True], [0.0, 0.2, 0.5, 0.9, 1.0])
    assert [(one.hits, one.count) for one in found] == [(0, 2), (1, 1), (1, 1)]
    assert found[0].forecast == pytest.approx(0.05)
    # Of two without a hit the rate is p where (1 - p)^2 is half a percent.
    assert (found[0].low, found[0].high) == pytest.approx((0.0, 1 - 0.005**0.5))
    assert (found[1].low, found[1].high) == pytest.approx((0.005, 1.0))


def test_reliability_says_where_forecast_and_hits_disagree() -> None:
    found = record_exhibits.bins([0.5] * 20 + [0.1] * 20, [True] * 20 + [False] * 20, [0.0, 0.2, 1.0])
    told = record_figures.reliability(found)
    assert [row["place"] for row in rows(told, "place")] == ["agrees", "disagrees"]
    assert "50.0 % forecast, 20 of 20 came" in told.words
    sound(told)


def test_the_worst_quantities_are_told_apart() -> None:
    at = (0.0, 0.5, 1.0)
    told = [Steps(f"q{i}", at, (0.0, -0.01 * i, 0.0)) for i in range(9)]
    drawn = record_figures.calibration(told, Band(at, (0.0, -0.05, 0.0), (0.0, 0.05, 0.0)))
    assert {row["shown"] for row in rows(drawn, "shown")} == {"others", "q6", "q7", "q8"}
    assert "furthest: q8 0.080; q7 0.070; q6 0.060" in drawn.words
    sound(drawn)
    sound(record_figures.calibration(told[:1], Band(at, (0.0,) * 3, (0.0,) * 3)))


def test_a_withheld_day_is_counted_and_not_drawn() -> None:
    blank = replace(ANEW, as_of=date(2023, 2, 28), mean=None, q05=None, q95=None, outside_view=None)
    told = record_figures.backtest(Backtest("12 months", (ANEW, blank)))
    assert {row["as of"] for row in rows(told, "as of")} == {"2023-01-31"}
    assert told.words.endswith("; 1 withheld.")
    sound(told)


def test_the_crowd_stands_beside_the_forecasts() -> None:
    crowd = (
        Crowd(DAY, 0.01, HOSTILE, "https://example.org/q"),
        Crowd(DAY, 0.0, "Nobody", "javascript:alert(1)"),
    )
    told = record_figures.backtest(Backtest("12 months", (ANEW,), crowd))
    assert len(rows(told, "who")) == 2
    assert set(links(told)) == {"https://example.org/q"}
    sound(told)
