"""What seeing a thing would do: worked by hand for two draws, and sure sums over all lines."""

from dataclasses import replace
from datetime import date
from functools import cache
from math import log

import numpy as np
import pytest
from outlooks import ASKED, grounds_of, shipped, standing

from hourglass import prospects, watchlist
from hourglass.prospects import Prospect
from hourglass.verdict import Check, Verdict
from hourglass.watchlist import Line, Watchlist

ENTRY = np.array([0.1, 0.3])
SIGHT = Prospect("event", "A sight", np.array([0.5, 0.25]), np.array([0.05, 0.075]))
PASSED = Verdict((Check("chains", 4, 4, True),))

NOTHING = "Nothing on this list with a chance of at least 1 % takes P past"


@cache
def shown() -> Watchlist:
    """Watch from the shipped question."""
    return watchlist.watch(standing(), *ASKED[-1])


def test_two_draws_by_hand() -> None:
    """Seen in 0.375, with entry in 0.0625; entry in 0.2: P is 1/6 if seen, 0.22 if not."""
    found = watchlist.line(SIGHT, ENTRY, np.ones(2))
    assert found.chance == pytest.approx(0.375, rel=1e-12)
    assert found.if_seen == pytest.approx(1 / 6, rel=1e-12)
    assert found.if_not == pytest.approx(0.22, rel=1e-12)
    seen = 1 / 6 * log(1 / 6 / 0.2) + 5 / 6 * log(5 / 6 / 0.8)
    unseen = 0.22 * log(0.22 / 0.2) + 0.78 * log(0.78 / 0.8)
    assert found.gain == pytest.approx(0.375 * seen + 0.625 * unseen, rel=1e-9)
    assert found.draws == pytest.approx(0.75**2 / (0.5**2 + 0.25**2))


def test_a_draw_without_weight_has_no_say() -> None:
    found = watchlist.line(SIGHT, ENTRY, np.array([0.0, 2.0]))
    assert (found.chance, found.if_seen, found.if_not) == pytest.approx((0.25, 0.3, 0.3), rel=1e-12)
    assert found.gain == pytest.approx(0, abs=1e-15)


def test_what_is_never_seen_leaves_the_chance_as_it_is() -> None:
    never = Prospect("event", "Never", np.zeros(2), np.zeros(2))
    assert watchlist.line(never, ENTRY, np.ones(2)) == Line("event", "Never", 0.0, 0.2, 0.2, 0.0, 0.0)


def stepped() -> float:
    """Return the chance of entry along one step of each draw, from which all lines start."""
    ahead = prospects.look(standing(), ASKED[-1][1])
    return float(np.average(ahead.entry, weights=ahead.weight))


def test_the_chance_now_is_the_forecast_s_own() -> None:
    own = standing().forecast.horizons[-1].mean
    assert shown().chance == own
    assert own is not None
    assert 0 < abs(stepped() - own) < 0.005  # its own Monte Carlo error, so that it is not the same number


def test_seen_or_not_every_line_averages_to_the_chance_now() -> None:
    now = stepped()
    for one in shown().lines:
        assert one.chance * one.if_seen + (1 - one.chance) * one.if_not == pytest.approx(now, abs=1e-12)
        assert one.gain >= 0


def test_the_levels_of_a_driver_average_to_the_chance_now() -> None:
    now = stepped()
    for driver in shipped().question.drivers.values():
        mine = [one for one in shown().lines if one.kind == "reading" and one.what.startswith(driver.title)]
        assert len(mine) == 7
        assert sum(one.chance for one in mine) == pytest.approx(1, abs=1e-12)
        assert sum(one.chance * one.if_seen for one in mine) == pytest.approx(now, abs=1e-12)


def test_the_most_telling_stands_first() -> None:
    gains = [one.gain for one in shown().lines]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 10 * gains[-1]
    assert {one.kind for one in shown().lines} == {"reading", "event", "warning", "series"}


def test_higher_pressure_read_means_a_higher_chance_and_unrest_a_lower_one() -> None:
    told = {one.what.split(" (")[0]: one for one in shown().lines}
    pressure, unrest = (shipped().question.drivers[k].title for k in ("pressure", "unrest"))
    assert told[f"{pressure}: +2"].if_seen > told[f"{pressure}: 0"].if_seen > told[f"{pressure}: -2"].if_seen
    assert told[f"{unrest}: +2"].if_seen < told[f"{unrest}: 0"].if_seen < told[f"{unrest}: -2"].if_seen


def test_the_weights_of_an_update_count() -> None:
    """All weight on the draws in which the ruler is pressed hard: a hard push is likelier read."""
    pressed = standing().present.walk[0][:, 0] > 0
    weighed = grounds_of(shipped(), np.where(pressed, 1.0, 0.0) / pressed.mean())
    look = prospects.look(weighed, ASKED[-1][1])
    even = prospects.look(standing(), ASKED[-1][1])
    hard, soft = (
        np.average(list(prospects.readings(one))[5].chance, weights=one.weight) for one in (look, even)
    )
    assert hard > 1.2 * soft


def listed(*lines: Line, chance: float | None = 0.04) -> Watchlist:
    return Watchlist("here", date(2023, 1, 26), 12, date(2024, 1, 26), chance, lines, PASSED)


@pytest.mark.parametrize(
    ("highest", "words"),
    [
        (
            0.041,
            f"{NOTHING} 5 %: the highest it leads to is 4.1 %, with “A”;",
        ),
        (
            0.05,
            f"{NOTHING} 10 %: the highest it leads to is 5.0 %, with “A”;",
        ),
        (
            0.149,
            f"{NOTHING} 15 %: the highest it leads to is 14.9 %, with “A”;",
        ),
        (0.6, "From P of 4.0 %, the highest it leads to is 60.0 %, with “A”;"),
    ],
)
def test_the_list_closes_with_what_nothing_on_it_does(highest: float, words: str) -> None:
    found = listed(
        Line("event", "A", 0.3, highest, 0.03, 0.1, 900), Line("event", "B", 0.5, 0.02, 0.04, 0.1, 900)
    )
    assert found.closing == f"{words} the lowest 2.0 %, with “B”."


def test_the_closing_writes_a_chance_as_the_table_does() -> None:
    low = listed(Line("event", "A", 0.3, 0.0004, 0.0003, 0.1, 900), chance=0.0005)
    assert "the highest it leads to is < 0.1 %, with nothing seen; the lowest < 0.1 %" in low.closing
    high = listed(Line("event", "A", 0.3, 0.9996, 0.9992, 0.1, 900), chance=0.9995)
    assert high.closing.startswith("From P of > 99.9 %, the highest it leads to is > 99.9 %")


def test_the_closing_speaks_of_nothing_rarer_than_one_in_a_hundred() -> None:
    found = listed(
        Line("event", "rare", 0.0099, 0.9, 0.0399, 0.1, 900),
        Line("event", "sure", 0.995, 0.041, 0.9, 0.1, 900),
    )
    assert (
        "past 5 %: the highest it leads to is 4.1 %, with “sure”; the lowest 4.0 %, without “rare”"
        in found.closing
    )


def test_nothing_is_said_to_follow_from_what_too_few_draws_hold() -> None:
    found = listed(Line("event", "A", 0.3, 0.9, 0.04, 0.1, 99), Line("event", "B", 0.5, 0.03, 0.04, 0.1, 900))
    assert "the highest it leads to is 4.0 %" in found.closing


def test_a_list_reads_plainly_in_a_session() -> None:
    told = repr(shown())
    assert told.startswith("<Watchlist belarus as of 2023-01-26: P ")
    assert "in 12 months" in told
    assert told.count(" if seen, ") == watchlist.SHOWN
    assert "Nothing on this list with a chance of at least 1 % takes P past" in told


def test_a_withheld_list_tells_no_number() -> None:
    failed = Verdict((Check("r_hat", 1.2, 1.01, False),))
    found = replace(listed(chance=None), verdict=failed)
    assert "%" not in repr(found) + found.closing
    assert "withheld" in repr(found)


def test_the_json_holds_every_line_and_the_closing() -> None:
    told = watchlist.as_json(shown())
    assert set(told) == {"schema", "question", "as_of", "horizon", "lines", "closing", "verdict"}
    assert told["horizon"] == {"months": 12, "date": "2024-01-26", "mean": shown().chance}
    assert all(
        set(one) == {"kind", "what", "chance", "if_seen", "if_not", "gain", "draws"} for one in told["lines"]
    )
    assert len(told["lines"]) == len(shown().lines)
    assert told["closing"] == shown().closing
