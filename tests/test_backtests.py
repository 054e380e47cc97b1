"""What became of the days of a backtest: scores of news by hand, P in its place, plain JSON."""

import io
import json
from dataclasses import asdict, replace
from datetime import date
from math import inf, sqrt
from typing import Any

import numpy as np
import outlooks
import pytest
from outlooks import shipped
from rich.console import Console

from hourglass import backtest_display, backtests, calendar, crowd, schedule, summary
from hourglass.backtests import Backtest
from hourglass.crowd import Saying
from hourglass.news import Told
from hourglass.summary import Forecast
from hourglass.verdict import Check, Verdict

TODAY = date(2026, 11, 22)
MARCH, APRIL, MAY = (date(2022, month, day) for month, day in ((3, 31), (4, 30), (5, 31)))


def news(
    name: str,
    own: float,
    rival: float | None,
    group: str = "grade B2",
    place: float = 0.5,
    nowcast: bool = False,
) -> Told:
    return Told(name, group, nowcast, own, place, rival)


def forecast(as_of: date, chance: float | None = 0.05) -> Forecast:
    """Forecast as of a day, withheld where no chance is given."""
    told = outlooks.forecast()
    horizons = tuple(
        replace(
            told.horizons[0], months=m, date=calendar.months_after(as_of, m), mean=chance, outside_view=0.02
        )
        for m in (1, 3)
    )
    made = replace(told, as_of=as_of, horizons=horizons, run=replace(told.run, id=str(as_of)))
    failed = Verdict((Check("r_hat", 1.2, 1.01, False),))
    return made if chance is not None else summary.withheld(replace(made, verdict=failed))


def result(as_of: date, *told: Told, chance: float | None = 0.05, joined: int = 0) -> dict[str, Any]:
    each = [asdict(one) for one in told]
    return {"forecast": summary.as_json(forecast(as_of, chance)), "news": each, "joined": joined}


def gathered(results: dict[str, Any], sayings: tuple[Saying, ...] = ()) -> Backtest:
    days = [date.fromisoformat(day) for day in results]
    asked = schedule.plan(shipped(), TODAY, days[0], days[-1], 1, (1, 3), 1)
    return backtests.gather(shipped(), asked, results, sayings, TODAY)


@pytest.fixture(scope="module")
def told() -> Backtest:
    """Return three days, the last withheld, with news of both kinds."""
    return gathered(
        {
            str(MARCH): result(
                MARCH, news("a", -1.0, -2.0), news("b", -1.0, None), news("m", -0.5, -1.5, "meetings")
            ),
            str(APRIL): result(APRIL, news("c", -2.0, -1.0, nowcast=True), chance=0.03, joined=2),
            str(MAY): result(MAY, chance=None),
        },
        _sayings(),
    )


def _sayings() -> tuple[Saying, ...]:
    problems: list[Any] = []
    return crowd.load(shipped().folder, shipped().place, TODAY, problems)


def test_gains_are_means_of_differences_by_group(told: Backtest) -> None:
    gains = {one.group: one for one in told.gains}
    assert list(gains) == ["every reading", "grade B2", "every point", "meetings"]
    one = gains["grade B2"]
    assert (one.n, one.unscored, one.nowcasts) == (2, 1, 1)
    assert (one.own, one.rival, one.gain) == (-1.5, -1.5, 0.0)
    # Differences of 1 and -1 in two clusters: root of (1 + 1) x 2 / 1, over 2.
    assert one.error == pytest.approx(1.0)
    assert gains["every reading"] == replace(one, group="every reading")
    assert one.without in (-1.0, 1.0)  # the other of both
    assert (gains["meetings"].gain, gains["meetings"].error, gains["meetings"].without) == (1.0, None, None)


def test_a_gain_that_is_one_news_says_so() -> None:
    told = [(MARCH, news("a", 0.1, 0.0)), (APRIL, news("b", 6.3, 0.0)), (MAY, news("c", 0.1, 0.0))]
    found = backtests.gain("g", told)
    assert found.gain == pytest.approx(6.5 / 3)
    assert found.without == pytest.approx(0.1)


def test_news_of_one_day_err_together() -> None:
    days = [MARCH, MARCH, APRIL, APRIL]
    alone = np.std([1.0, 1.0, 0.0, 0.0], ddof=1) / sqrt(4)
    assert backtests.clustered_error([1.0, 1.0, 0.0, 0.0], days) == pytest.approx(0.5)
    assert alone < 0.5
    apart = [date(2022, 1, i) for i in range(1, 5)]
    assert backtests.clustered_error([1.0, 1.0, 0.0, 0.0], apart) == pytest.approx(alone)
    assert backtests.clustered_error([1.0, 2.0], [MARCH, MARCH]) is None


def test_news_that_the_rival_cannot_score_are_counted() -> None:
    one = backtests.gain("g", [(MARCH, news("a", -1.0, None))])
    assert (one.n, one.unscored, one.gain, one.error, one.without) == (0, 1, None, None, None)


def test_places_of_groups_with_enough_news_are_judged() -> None:
    day = result(MARCH, *(news(f"n{i}", -1.0, -1.0, place=(i + 0.5) / 9) for i in range(9)))
    found = {one.group: one.passed for one in gathered({str(MARCH): day}).uniformity}
    assert found == {"every reading": True, "grade B2": True}


def test_a_withheld_day_is_kept_counted_and_not_scored(told: Backtest) -> None:
    assert [day.as_of for day in told.withheld] == [MAY]
    months = {line.months: line for line in told.record.lines}
    assert months[1].every.n == 2
    assert told.record.count("withheld") == 2
    assert backtests.as_json(told)["withheld"] == [str(MAY)]


def test_overlapping_windows_are_counted_once(told: Backtest) -> None:
    months = {line.months: line for line in told.record.lines}
    assert (months[1].apart.n, months[3].apart.n) == (2, 1)
    assert months[3].apart.own.brier == pytest.approx(0.05**2)


def test_the_crowd_stands_beside_the_day_of_its_month_and_is_scored_alone(told: Backtest) -> None:
    assert [len(day.sayings) for day in told.days[:2]] == [0, 0]
    assert [one.forecast_date for one in told.days[2].sayings] == [MAY] * len(told.days[2].sayings)
    assert told.days[2].sayings
    without = gathered({str(MARCH): result(MARCH)})
    assert without.key == told.key


def test_json_is_plain_and_infinities_are_null(told: Backtest) -> None:
    held = json.loads(json.dumps(backtests.as_json(told), allow_nan=False))
    assert [day["as_of"] for day in held["days"]] == [str(MARCH), str(APRIL), str(MAY)]
    assert held["days"][2]["horizons"][0]["mean"] is None
    assert [h["standing"] for h in held["days"][0]["horizons"]] == ["no entry", "no entry"]
    assert held["news"][0]["group"] == "every reading"
    assert backtests.JUDGED in held["remarks"]
    never = gathered({str(MARCH): result(MARCH, news("a", -inf, -1.0))})
    assert backtests.as_json(never)["news"][0]["own"] is None


def test_what_is_shown_says_what_it_is_worth(told: Backtest) -> None:
    console = Console(width=180, record=True, file=io.StringIO())
    console.print(backtest_display.backtest(told))
    shown = console.export_text()
    for words in (
        backtests.JUDGED,
        backtests.NEVER,
        "withholds 1 of them: 2022-05-31 (r_hat)",
        "2 of the readings",
    ):
        assert " ".join(words.split()) in " ".join(shown.split())
    assert "2 of 3" in shown
    assert "2022-03-31" in shown.split("Chance of entry")[1]
    assert "-1.50" in shown
    assert "crowd: 1.0 %" in shown


def test_a_backtest_whose_windows_hold_entry_says_nothing_of_never() -> None:
    told = gathered({str(MARCH): result(MARCH)})
    results = tuple(replace(one, standing="entry") for one in told.record.results)
    assert backtests.remarks(replace(told, record=replace(told.record, results=results))) == [
        backtests.JUDGED
    ]


def test_horizons_of_which_no_window_is_decided_are_named() -> None:
    told = gathered({str(MARCH): result(MARCH)})
    assert backtests.remarks(told) == [backtests.JUDGED, backtests.NEVER]
    longer = replace(told, plan=replace(told.plan, horizons=(1, 3, 6, 12)))
    assert backtests.remarks(longer)[-1] == "No window of 6 months, 12 months is decided yet."
