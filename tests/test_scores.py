"""How forecasts fared: scores worked by hand, windows that are decided, and those that lie apart."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import inf, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import told

from hourglass import scores, summary
from hourglass.case import Case
from hourglass.question import Header, Resolution
from hourglass.scores import Record, Score
from hourglass.summary import Forecast
from hourglass.verdict import Check, Verdict

TODAY = date(2026, 11, 22)
AS_OF, END = date(2023, 1, 26), date(2023, 4, 26)


@pytest.fixture
def header(case: Case) -> Header:
    """Return the shipped question: starts 2022-02-24, closes 2030-12-31, quiet through 2026-08-22."""
    return case.question.header


def ended(header: Header, outcome: str, day: date) -> Header:
    return header.model_copy(update={"resolved": Resolution(outcome=outcome, date=day, source="News")})


def forecast(
    run: str,
    as_of: date = AS_OF,
    end: date = END,
    mean: float = 0.02,
    outside: float = 0.1,
    months: float = 3,
) -> Forecast:
    one = told(run, as_of)
    horizon = replace(one.horizons[0], months=months, date=end, mean=mean, outside_view=outside)
    return replace(one, horizons=(horizon,))


def record(header: Header, *forecasts: Forecast) -> Record:
    return scores.record(forecasts, header, TODAY)


def standings(found: Record) -> Sequence[str]:
    return [result.standing for result in found.results]


# Scores


@pytest.mark.parametrize(
    ("chance", "entered", "log", "brier"),
    [
        (0.02, False, -0.020202707, 0.0004),
        (0.02, True, -3.912023005, 0.9604),
        (0.5, True, -0.693147181, 0.25),
        (1.0, True, 0.0, 0.0),
        (0.0, False, 0.0, 0.0),
        (0.0, True, -inf, 1.0),
        (1.0, False, -inf, 1.0),
    ],
)
def test_scores_are_those_worked_by_hand(chance: float, entered: bool, log: float, brier: float) -> None:
    found = scores.score(chance, entered)
    assert (found.log, found.brier) == pytest.approx((log, brier), abs=1e-9)


def test_a_chance_below_rounding_still_costs_something() -> None:
    assert scores.score(1e-18, False).log == pytest.approx(-1e-18, rel=1e-6, abs=0)


CHANCES = st.floats(0, 1)


@given(true=CHANCES, stated=CHANCES)
def test_no_chance_scores_better_on_average_than_the_true_one(true: float, stated: float) -> None:
    def expected(chance: float) -> Score:
        cells = [(share, scores.score(chance, came)) for share, came in ((true, True), (1 - true, False))]
        met = [(share, found) for share, found in cells if share > 0]  # never met: nothing lost by it
        return Score(sum(p * s.log for p, s in met), sum(p * s.brier for p, s in met))

    honest, other = expected(true), expected(stated)
    assert honest.log >= other.log - 1e-12
    assert honest.brier <= other.brier + 1e-12


@given(true=st.floats(0.001, 0.999), away=st.floats(0.01, 0.5))
def test_a_chance_away_from_the_true_one_scores_worse(true: float, away: float) -> None:
    for stated in (true - away, true + away):
        if 0 <= stated <= 1:
            lost = sum(
                share * (scores.score(stated, came).brier - scores.score(true, came).brier)
                for share, came in ((true, True), (1 - true, False))
            )
            assert lost == pytest.approx(away**2)
            means = [
                true * scores.score(p, True).log + (1 - true) * scores.score(p, False).log
                for p in (true, stated)
            ]
            assert means[0] > means[1]


def test_skill_is_the_share_of_the_loss_that_is_saved() -> None:
    assert scores.skill(-0.1, -0.4) == pytest.approx(0.75)
    assert scores.skill(0.6, 0.4) == pytest.approx(-0.5)
    assert scores.skill(-0.1, -inf) == 1
    assert scores.skill(-inf, -0.1) == -inf


def test_there_is_no_skill_against_nothing_lost_nor_where_both_lost_all() -> None:
    assert scores.skill(-0.1, 0.0) is None
    assert scores.skill(-inf, -inf) is None


# What is decided


@pytest.mark.parametrize(
    ("outcome", "day", "found"),
    [
        ("entry", date(2023, 4, 26), "entry"),  # on the last day
        ("entry", date(2023, 4, 27), "no entry"),  # a day late
        ("entry", date(2023, 1, 27), "entry"),  # the day after as-of
        ("entry", date(2023, 1, 26), "over"),  # on the day of as-of
        ("entry", date(2022, 5, 1), "over"),
        ("war_ends", date(2023, 3, 1), "no entry"),  # a rival came first
        ("war_ends", date(2025, 3, 1), "no entry"),  # whatever came, it came later
        ("war_ends", date(2023, 1, 26), "over"),
    ],
)
def test_an_outcome_decides_the_windows_that_it_ends(
    header: Header, outcome: str, day: date, found: str
) -> None:
    assert scores.standing(AS_OF, END, ended(header, outcome, day), TODAY) == found


@pytest.mark.parametrize(("outcome", "found"), [("entry", "entry"), ("war_ends", "no entry")])
def test_an_outcome_decides_a_window_that_would_still_run(header: Header, outcome: str, found: str) -> None:
    over = ended(header, outcome, date(2026, 11, 1))
    assert scores.standing(date(2026, 10, 1), date(2027, 10, 1), over, TODAY) == found


def test_a_question_that_closed_without_an_outcome_decides_all_its_windows(header: Header) -> None:
    closed, later = ended(header, "none", date(2030, 12, 31)), date(2031, 2, 1)
    assert scores.standing(date(2030, 1, 1), date(2030, 12, 31), closed, later) == "no entry"
    assert scores.standing(date(2030, 10, 1), date(2031, 1, 31), closed, later) == "open"


@pytest.mark.parametrize(
    ("end", "found"),
    [
        (date(2026, 8, 22), "no entry"),  # confirmed through that day
        (date(2026, 8, 23), "unconfirmed"),
        (date(2026, 11, 22), "unconfirmed"),  # today
        (date(2026, 11, 23), "open"),
    ],
)
def test_without_an_outcome_quiet_is_known_only_as_far_as_it_is_confirmed(
    header: Header, end: date, found: str
) -> None:
    assert scores.standing(date(2026, 5, 1), end, header, TODAY) == found


def test_nothing_is_confirmed_of_days_to_come(header: Header) -> None:
    hasty = header.model_copy(update={"confirmed_through": date(2030, 1, 1)})
    assert scores.standing(date(2026, 5, 1), date(2027, 5, 1), hasty, TODAY) == "open"


def test_a_past_day_knows_of_no_later_end_and_no_later_confirmation(header: Header) -> None:
    entered = ended(header, "entry", date(2023, 3, 1))
    then = scores.record([forecast("a")], entered, AS_OF)
    assert (standings(then), then.resolved, then.confirmed_through) == (["open"], None, AS_OF)
    after = scores.record([forecast("a")], entered, date(2023, 3, 1))
    assert (standings(after), after.resolved) == (["entry"], entered.resolved)


def test_a_withheld_forecast_is_counted_and_not_scored(header: Header) -> None:
    hidden = summary.withheld(forecast("a"))
    found = record(header, hidden, forecast("b"))
    assert standings(found) == ["withheld", "no entry"]
    assert (found.forecasts, found.scored, found.count("withheld"), found.lines[0].every.n) == (2, 1, 1, 1)
    assert found.results[0].own is None


def test_numbers_that_failed_their_checks_are_not_scored_where_they_stand(header: Header) -> None:
    failed = replace(forecast("a"), verdict=Verdict((Check("r_hat", 1.2, 1.01, False),)))
    assert standings(record(header, failed)) == ["withheld"]


def test_an_update_counts_like_a_fit(header: Header) -> None:
    one = forecast("a")
    update = replace(one, run=replace(one.run, id="b", method="reweight", fit="a"))
    found = record(header, one, update)
    assert [result.method for result in found.results] == ["nuts", "reweight"]
    assert found.lines[0].every.n == 2


# The record


def test_means_and_skill_are_those_worked_by_hand(header: Header) -> None:
    (line,) = record(header, forecast("a"), forecast("b", END, date(2023, 7, 26), 0.5, 0.5)).lines
    assert (line.every.n, line.apart.n, line.apart.entries) == (2, 2, 0)
    assert line.apart.own.brier == pytest.approx((0.0004 + 0.25) / 2)
    assert line.apart.outside.brier == pytest.approx((0.01 + 0.25) / 2)
    assert line.apart.brier_skill == pytest.approx(1 - 0.2504 / 0.26)
    assert line.apart.own.log == pytest.approx((-0.0202027 - 0.6931472) / 2)
    assert line.apart.log_skill == pytest.approx(1 - 0.7133499 / (0.1053605 + 0.6931472))


def test_a_window_begins_when_the_one_before_it_has_ended(header: Header) -> None:
    days = [date(2023, month, 1) for month in (1, 2, 3, 4, 5, 7)]
    ends = [date(2023, month, 1) for month in (4, 5, 6, 7, 8, 10)]
    spans = zip("abcdef", days, ends, strict=True)
    found = record(header, *(forecast(run, day, end) for run, day, end in spans))
    assert sorted(result.run for result in found.apart) == ["a", "d", "f"]
    assert (found.lines[0].every.n, found.lines[0].apart.n) == (6, 3)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 100)), min_size=1, max_size=20))
def test_windows_apart_never_overlap_and_leave_no_room_for_one_that_starts_later(
    spans: list[tuple[int, int]],
) -> None:
    first = date(2022, 3, 1).toordinal()
    days = [(date.fromordinal(first + at), date.fromordinal(first + at + length)) for at, length in spans]
    results = [
        scores.Result(str(n), "nuts", *(day, 3.0, end, 0.1, 0.1, "no entry"))
        for n, (day, end) in enumerate(days)
    ]
    chosen = list(scores.apart(results))
    assert all(one.end <= other.as_of for one, other in pairwise(chosen))
    for left in set(results) - set(chosen):
        assert any(one.as_of <= left.as_of < one.end for one in chosen)


def test_lengths_of_horizon_have_lines_of_their_own_in_order(header: Header) -> None:
    year = forecast("a", end=date(2024, 1, 26), months=12)
    both = replace(year, horizons=(*year.horizons, *forecast("a").horizons))
    assert [line.months for line in record(header, both).lines] == [3, 12]


def test_of_one_day_the_choice_of_a_run_is_blind_to_its_score(header: Header) -> None:
    for means in ((0.9, 0.1), (0.1, 0.9)):
        found = record(header, forecast("b", mean=means[0]), forecast("a", mean=means[1]))
        assert [result.run for result in found.apart] == ["a"]


def test_an_open_window_does_not_stand_in_the_way_of_a_decided_one(header: Header) -> None:
    found = record(header, forecast("a", end=date(2027, 4, 26)), forecast("b"))
    assert [result.run for result in found.apart] == ["b"]


def test_nothing_stored_makes_an_empty_record(header: Header) -> None:
    found = record(header)
    assert (found.forecasts, found.scored, found.results, found.lines) == (0, 0, (), ())


# JSON


def test_a_chance_of_nothing_that_happened_is_counted_and_null_in_json(header: Header) -> None:
    found = record(
        ended(header, "entry", END), forecast("a", mean=0.0), forecast("b", date(2023, 2, 1), mean=0.2)
    )
    (line,) = found.lines
    assert (line.every.own.log, line.every.impossible, line.every.log_skill) == (-inf, 1, -inf)
    told = json.loads(json.dumps(scores.as_json(found), allow_nan=False))
    assert told["record"][0]["all"]["log"]["own"] is None
    assert told["record"][0]["all"]["impossible"] == 1
    assert [one["impossible"] for one in told["forecasts"]] == [True, False]


def test_the_json_holds_counts_means_and_every_forecast(header: Header) -> None:
    found = scores.record(
        [forecast("a"), forecast("b", date(2026, 11, 1), date(2027, 2, 1))], header, TODAY, ["odd"]
    )
    one = scores.as_json(found)
    assert set(one) == {
        "schema",
        "question",
        "resolved",
        "confirmed_through",
        "counts",
        "record",
        "forecasts",
    }
    assert one["resolved"] is None
    assert one["counts"] == {
        "forecasts": 2, "scored": 1, "unreadable": ["odd"],
        "horizons": {"decided": 1, "open": 1, "unconfirmed": 0, "over": 0, "withheld": 0},
    }  # fmt: skip
    assert (one["record"][0]["months"], one["record"][0]["apart"]["n"]) == (3, 1)
    decided, waiting = one["forecasts"]
    assert (decided["standing"], decided["apart"], decided["date"]) == ("no entry", True, "2023-04-26")
    assert decided["brier"]["own"] == pytest.approx(0.0004)
    assert (waiting["standing"], waiting["log"], waiting["brier"]) == ("open", None, None)
    assert waiting["impossible"] is None


@given(own=CHANCES, outside=CHANCES, came=st.booleans())
def test_no_score_and_no_skill_is_ever_no_number(own: float, outside: float, came: bool) -> None:
    one, other = scores.score(own, came), scores.score(outside, came)
    for pair in ((one.log, other.log), (one.brier, other.brier)):
        found = scores.skill(*pair)
        assert found is None or not isnan(found)
