"""What the figures of a forecast show is what the forecast says, to the last digit that is printed."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from outlooks import forecast, shipped, standing

from hourglass import forecast_exhibits, summary
from hourglass.forecast_exhibits import Outlook


@cache
def ahead() -> Outlook:
    """Look ahead from the shipped question."""
    return forecast_exhibits.outlook(shipped(), forecast(), standing().posterior)


def test_chances_and_their_intervals_are_those_of_the_forecast() -> None:
    told = forecast_exhibits.chances(forecast(), ahead())
    for chance, h in zip(told, forecast().horizons, strict=True):
        assert (chance.mean, chance.outside_view) == (h.mean, h.outside_view)
        assert tuple(getattr(chance.spread, q) for q in summary.QUANTILES) == (
            h.q05,
            h.q25,
            h.q50,
            h.q75,
            h.q95,
        )


def test_chances_follow_the_forecast_where_the_draws_say_otherwise() -> None:
    (*others, last) = forecast().horizons
    told = replace(forecast(), horizons=(*others, replace(last, q05=0.001, q95=0.9)))
    spread = forecast_exhibits.chances(told, ahead())[-1].spread
    assert (spread.q05, spread.q95) == (0.001, 0.9)


def test_dots_are_the_middles_of_fifty_equal_parts_of_the_draws() -> None:
    dots = forecast_exhibits.dots(np.arange(100.0), np.ones(100))
    assert len(dots) == forecast_exhibits.DOTS == 50
    assert dots[:2] == (0.0, 2.0)
    assert dots[-1] == 98.0
    for chance in forecast_exhibits.chances(forecast(), ahead()):
        inside = [chance.spread.q25 <= dot <= chance.spread.q75 for dot in chance.dots]
        assert sum(inside) == pytest.approx(25, abs=1)


def test_the_course_passes_through_every_horizon() -> None:
    told = forecast_exhibits.course(shipped(), forecast(), ahead())
    assert told.days[0] == forecast().as_of
    assert told.days[-1] == forecast().horizons[-1].date
    assert len(told.days) == len(told.shares) == len(told.entry) == len(told.outside_view) == 1 + 12 + 2
    for h in forecast().horizons:
        at = told.days.index(h.date)
        assert told.shares[at] == pytest.approx(list(h.outcomes.values()), rel=1e-9)
        assert told.outside_view[at] == pytest.approx(h.outside_view, rel=1e-9)
        own = [h.q05, h.q25, h.q50, h.q75, h.q95]
        assert [getattr(told.entry[at], q) for q in summary.QUANTILES] == pytest.approx(own, rel=1e-9)


def test_the_course_begins_with_nothing_and_every_day_sums_to_one() -> None:
    told = forecast_exhibits.course(shipped(), forecast(), ahead())
    assert told.shares[0] == (0.0, 0.0, 0.0, 1.0)
    assert [sum(shares) for shares in told.shares] == pytest.approx([1.0] * len(told.days), abs=1e-12)
    entry = [shares[0] for shares in told.shares]
    assert entry == sorted(entry)


def test_a_withheld_chance_is_drawn_nowhere() -> None:
    withheld = summary.withheld(forecast())
    with pytest.raises(ValueError, match="chance within 3 months is withheld"):
        forecast_exhibits.chances(withheld, ahead())
    assert forecast_exhibits.past([withheld]) == ()
    assert [one.mean for one in forecast_exhibits.past([forecast()])] == [h.mean for h in forecast().horizons]
