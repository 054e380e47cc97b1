"""Figures of a forecast: their numbers by hand, and the ends of what a chance can be."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from test_figures import NARROW

from hourglass import figures, forecast_exhibits, forecast_figures
from hourglass.figures import Figure, odds
from hourglass.forecast_exhibits import Chance, Course, Past, Spread

DAYS = (date(2023, 1, 26), date(2023, 4, 26))
QUIET = Spread(0, 0, 0, 0, 0)


def chance(mean: float, low: float | None = None, high: float | None = None) -> Chance:
    """Take a chance between two others, by default a half and twice of it."""
    low, high = low or mean / 2, high or min(2 * mean, 0.99999)
    dots = tuple(np.linspace(low, high, 50).tolist())
    return Chance("3 months, by 2023-04-26", mean, Spread(low, mean, mean, mean, high), mean, dots)


def course(*ends: float) -> Course:
    titles = ("Entry first", *(f"Rival {i}" for i in range(len(ends) - 2)), "None of these")
    start = (*(0.0 for _ in ends[1:]), 1.0)
    spread = Spread(ends[0] / 2, ends[0], ends[0], ends[0], ends[0] * 2)
    return Course(DAYS, titles, (start, ends), (QUIET, spread), (0.0, ends[0]))


def rows(told: Figure, *keys: str) -> list[dict[str, object]]:
    """Rows of a specification that have all of the keys."""
    every = [row for values in told.spec["datasets"].values() for row in values]
    return [row for row in every if set(keys) <= row.keys()]


def sound(told: Figure) -> None:
    """Draw a figure in both widths without a number that is none."""
    for width in (figures.WIDE, NARROW):
        svg = figures.svg(told, width)
        ElementTree.fromstring(svg)
        assert "NaN" not in svg


def test_fifty_dots_stand_for_a_chance() -> None:
    told = forecast_figures.chance([chance(0.02)])
    dots = [row for row in rows(told, "odds", "at") if set(row) == {"odds", "at"}]
    assert len(dots) == 50
    assert len({(row["odds"], row["at"]) for row in dots}) == 50


def test_a_dot_stands_within_a_column_of_its_value() -> None:
    told = [chance(0.02, 0.001, 0.2)]
    spec = forecast_figures.chance(told)
    placed = sorted(float(str(row["odds"])) for row in rows(spec, "odds", "at") if set(row) == {"odds", "at"})
    low, high = figures.odds_scale([0.001, 0.2])["domain"]
    column = (high - low) / forecast_figures.BINS
    assert all(abs(at - odds(dot)) <= column for at, dot in zip(placed, told[0].dots, strict=True))


def test_the_forecast_and_the_outside_view_stand_at_their_log_odds() -> None:
    told = forecast_figures.chance([replace(chance(0.02), outside_view=0.01)])
    marks = {row["what"]: row for row in rows(told, "what")}
    assert marks["forecast"]["odds"] == pytest.approx(-3.8918, abs=1e-4)
    assert marks["outside view"]["odds"] == pytest.approx(-4.5951, abs=1e-4)
    assert "Within 3 months, by 2023-04-26: 2.0 %" in told.words
    assert "outside view 1.0 %" in told.words


@pytest.mark.parametrize("mean", [0.0, 0.0001, 0.5, 0.9999, 1.0])
def test_every_chance_can_be_drawn(mean: float) -> None:
    sound(forecast_figures.chance([replace(chance(mean), dots=(mean,) * 50)]))
    sound(forecast_figures.history([Past(DAYS[0], 3, mean, mean / 2, mean, mean)]))


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0001, "fewer than 1 in 1,000"), (0.003, "about 3 in 1,000"), (0.06, "about 60 in 1,000"),
     (0.25, "about 25 in 100"), (0.97, "about 970 in 1,000"), (0.9999, "more than 999 in 1,000")],
)  # fmt: skip
def test_a_chance_is_also_said_as_a_count(chance: float, words: str) -> None:
    assert forecast_figures.frequency(chance) == words


def test_outcomes_are_stacked_to_the_whole() -> None:
    told = forecast_figures.outcomes(course(0.01, 0.5, 0.04, 0.45))
    last = [row for row in rows(told, "low", "high") if row["by"] == "2023-04-26"]
    assert [row["outcome"] for row in last] == ["Entry first", "Rival 0", "Rival 1", "None of these"]
    assert [row["low"] for row in last] == pytest.approx([0, 0.01, 0.51, 0.55])
    assert [row["high"] for row in last] == pytest.approx([0.01, 0.51, 0.55, 1])
    assert "Entry first: 1.0 %; Rival 0: 50.0 %" in told.words


def test_outcomes_without_rivals_and_with_nine_can_be_drawn() -> None:
    sound(forecast_figures.outcomes(course(0.0001, 0.9999)))
    sound(forecast_figures.outcomes(course(0.1, *(0.09,) * 9, 0.09)))


def test_entry_alone_has_an_axis_of_its_own() -> None:
    told = forecast_figures.entry(course(0.004, 0.996))
    assert {row["mean"] for row in rows(told, "mean")} == {0.0, 0.004}
    assert "by 2023-04-26: forecast 0.4 %, 90 % interval 0.2 % to 0.8 %" in told.words
    sound(told)


def test_horizons_of_one_day_stand_beside_each_other() -> None:
    past = [Past(DAYS[0], months, 0.02, 0.01, 0.01, 0.05) for months in (3, 6, 12)]
    for one in (past, [*past, Past(DAYS[-1], 3, 0.02, 0.01, 0.01, 0.05)]):
        told = forecast_figures.history(one)
        (rows,) = told.spec["datasets"].values()
        days = [row["day"] for row in rows if row["as of"] == str(DAYS[0])]
        assert len(set(days)) == 3
        assert days == sorted(days)


def test_history_tells_the_last_forecast_of_each_horizon() -> None:
    past = [Past(day, months, 0.01 * months, 0.01, 0.2, 0.02) for day in DAYS for months in (3, 12)]
    told = forecast_figures.history(past)
    assert "Within 3 months, as of 2023-04-26: 3.0 %" in told.words
    assert "as of 2023-01-26" not in told.words
    assert len(rows(told, "within")) == 4


def test_month_ends_lie_between_as_of_and_the_last_horizon() -> None:
    found = forecast_exhibits._days(date(2023, 1, 31), [date(2023, 2, 15), date(2023, 4, 30)])
    assert [str(day) for day in found] == ["2023-02-15", "2023-02-28", "2023-03-31", "2023-04-30"]
    assert all(a < b for a, b in pairwise(found))


def test_dots_are_the_middles_of_equal_parts() -> None:
    draws = np.arange(100) / 100
    assert forecast_exhibits.dots(draws, np.ones(100)) == pytest.approx(np.arange(50) / 50)
