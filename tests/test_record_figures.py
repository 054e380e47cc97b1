"""Figures of a track record: hit rates with their intervals, calibration, backtests."""

from dataclasses import replace
from datetime import date

from test_figures import HOSTILE, links
from test_forecast_figures import rows, sound

from hourglass import record_figures
from hourglass.grading import Bin
from hourglass.record_exhibits import Anew, Backtest, Band, Crowd, Steps

DAY = date(2023, 1, 31)
ANEW = Anew(DAY, 0.02, 0.01, 0.05, 0.015, 40)


def test_reliability_says_where_hits_are_not_what_was_right() -> None:
    found = [Bin(20, 0.1, 0.0, 0.0, 0.3), Bin(20, 0.5, 1.0, 0.2, 0.8)]
    told = record_figures.reliability(found)
    assert [row["place"] for row in rows(told, "place")] == ["inside 99 %", "outside 99 %"]
    assert "50.0 % forecast, 20 of 20 came" in told.words
    sound(told)


def test_the_quantities_nearest_to_their_edge_are_told_apart() -> None:
    at = (0.0, 0.5, 1.0)
    told = [Steps(f"q{i}", at, (0.0, -0.01 * i, 0.0), 0.2 * i) for i in range(9)]
    drawn = record_figures.calibration(told, Band(at, (0.0, -0.05, 0.0), (0.0, 0.05, 0.0)))
    assert {row["shown"] for row in rows(drawn, "shown")} == {"others", "q6", "q7", "q8"}
    assert "edge of the band: q8 160 %; q7 140 %; q6 120 %" in drawn.words
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
