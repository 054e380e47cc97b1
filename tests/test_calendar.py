"""Months as the clock: positions in time, horizons, slices of past and future."""

from datetime import date

import numpy as np
import pytest

from hourglass import calendar

STARTS, AS_OF = date(2022, 2, 24), date(2023, 1, 26)
FEBRUARY = 2022 * 12 + 1
SO_FAR = 5 / 28 + 10 + 26 / 31


def test_february_2022_is_the_24266th_month_and_counts_one_less_from_zero() -> None:
    assert calendar.month_of(STARTS) == 24265
    assert calendar.month_label(24265) == "2022-02"
    assert calendar.month_label(calendar.month_of(date(2022, 12, 31))) == "2022-12"


def test_a_day_lies_between_its_dawn_and_its_dusk() -> None:
    assert calendar.dawn(STARTS) == FEBRUARY + 23 / 28
    assert calendar.dusk(STARTS) == FEBRUARY + 24 / 28
    assert calendar.dusk(date(2024, 2, 24)) == FEBRUARY + 24 + 24 / 29


def test_the_last_dusk_of_a_month_is_the_first_dawn_of_the_next() -> None:
    assert calendar.dusk(date(2022, 12, 31)) == calendar.dawn(date(2023, 1, 1)) == FEBRUARY + 11


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (AS_OF, 12, date(2024, 1, 26)),
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 12, 31), 1, date(2023, 1, 31)),
    ],
)
def test_a_horizon_falls_on_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert calendar.months_after(day, months) == later


def test_the_choice_had_been_open_for_eleven_months_on_the_day_of_the_article() -> None:
    past = calendar.past_slices(FEBRUARY - 2, 14, STARTS, AS_OF)
    assert past.month.tolist() == list(range(FEBRUARY - 2, FEBRUARY + 12))
    assert past.until[-1] == pytest.approx(SO_FAR, abs=1e-10)
    days = past.until - past.since
    np.testing.assert_allclose(days, [0, 0, 5 / 28, *[1] * 10, 26 / 31], atol=1e-10)
    np.testing.assert_array_equal(past.since[1:], past.until[:-1])


def test_months_after_the_as_of_day_are_not_at_risk() -> None:
    past = calendar.past_slices(FEBRUARY, 16, STARTS, AS_OF)
    np.testing.assert_array_equal(past.since[12:], past.until[12:])
    assert past.until[-1] == pytest.approx(SO_FAR, abs=1e-10)


def test_nothing_is_at_risk_before_the_choice_arose() -> None:
    past = calendar.past_slices(FEBRUARY - 3, 4, STARTS, date(2022, 1, 15))
    np.testing.assert_array_equal(past.since, 0)
    np.testing.assert_array_equal(past.until, 0)


def test_the_day_of_the_choice_itself_is_at_risk() -> None:
    past = calendar.past_slices(FEBRUARY, 1, STARTS, STARTS)
    assert past.until[0] == pytest.approx(1 / 28, abs=1e-10)


def test_the_future_is_cut_at_months_and_at_every_end() -> None:
    ends = [date(2023, 4, 26), date(2023, 3, 10), date(2023, 4, 26)]
    future = calendar.future_slices(STARTS, AS_OF, ends)
    assert (future.month - FEBRUARY).tolist() == [11, 12, 13, 13, 14]
    np.testing.assert_allclose(
        future.until - future.since, [5 / 31, 1, 10 / 31, 21 / 31, 26 / 30], atol=1e-10
    )
    assert future.since[0] == pytest.approx(SO_FAR, abs=1e-10)
    np.testing.assert_array_equal(future.since[1:], future.until[:-1])


def test_an_end_on_the_last_of_a_month_makes_no_empty_slice() -> None:
    future = calendar.future_slices(STARTS, AS_OF, [date(2023, 2, 28), date(2023, 3, 31)])
    np.testing.assert_allclose(future.until - future.since, [5 / 31, 1, 1], atol=1e-10)


def test_from_the_last_of_a_month_the_future_starts_with_the_next() -> None:
    future = calendar.future_slices(STARTS, date(2023, 1, 31), [date(2023, 3, 15)])
    assert (future.month - FEBRUARY).tolist() == [12, 13]


def test_ends_that_have_passed_leave_no_mark() -> None:
    with_passed = calendar.future_slices(STARTS, AS_OF, [date(2022, 12, 1), AS_OF, date(2023, 3, 5)])
    without = calendar.future_slices(STARTS, AS_OF, [date(2023, 3, 5)])
    np.testing.assert_array_equal(with_passed.until, without.until)


def test_past_and_future_slices_meet() -> None:
    past = calendar.past_slices(FEBRUARY, 12, STARTS, AS_OF)
    future = calendar.future_slices(STARTS, AS_OF, [date(2023, 6, 1)])
    assert past.until[-1] == future.since[0]
