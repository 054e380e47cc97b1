"""Numbers as people read them."""

from datetime import date

import pytest

from hourglass import phrases
from hourglass.summary import NO_DRIVER, Driver


@pytest.mark.parametrize(
    ("chance", "told"),
    [
        (0.0, "< 0.1 %"),
        (0.0009, "< 0.1 %"),
        (0.001, "0.1 %"),
        (0.0114, "1.1 %"),
        (0.5, "50.0 %"),
        (0.999, "99.9 %"),
        (0.9996, "> 99.9 %"),
        (None, "withheld"),
    ],
)
def test_a_chance_is_a_percentage_or_a_bound(chance: float | None, told: str) -> None:
    assert phrases.percent(chance) == told


def test_an_interval_names_both_ends() -> None:
    assert phrases.interval(0.0002, 0.031) == "< 0.1 % to 3.1 %"


def test_a_number_of_a_series_keeps_its_digits() -> None:
    assert [phrases.number(n) for n in (0.25, 1503.0, 1234567.0)] == ["0.25", "1,503", "1,234,567"]


def test_one_month_is_no_plural() -> None:
    assert [phrases.span(m) for m in (1, 1.5, 12)] == ["1 month", "1.5 months", "12 months"]
    assert [phrases.many(n, "item") for n in (0, 1, 1200)] == ["0 items", "1 item", "1,200 items"]


def test_a_level_has_a_sign_and_an_interval() -> None:
    assert phrases.levels(Driver(0.26, -1.0, 1.44)) == ("+0.3", "-1.0 to +1.4")
    assert phrases.levels(NO_DRIVER) == ("withheld", "withheld")


def test_nothing_has_a_plus_and_no_minus() -> None:
    assert phrases.level(-0.04) == "+0.0"
    assert phrases.log_odds(-0.0001) == "+0.000"


def test_words_of_a_level_are_those_of_the_level_as_printed() -> None:
    anchors = {"0": "calm", "1": "tense"}
    assert [phrases.nearest(anchors, at) for at in (0.49, 0.51, 0.56)] == ["calm", "calm", "tense"]
    assert phrases.nearest({}, 0.5) == ""


def test_an_age_is_in_days() -> None:
    day = date(2023, 1, 26)
    told = [phrases.age(known, day) for known in (day, date(2023, 1, 25), date(2022, 1, 26))]
    assert told == ["the same day", "1 day before", "365 days before"]


@pytest.mark.parametrize(
    ("value", "limit", "told"),
    [
        (1.0043, 1.01, "1.004"),
        (1.01004, 1.01, "1.01004"),
        (1.01, 1.01, "1.01"),
        (0.00203402, 0.00203398, "0.00203402"),
        (0.0, 0, "0"),
        (float("nan"), 1.01, "none"),
        (1.2, float("nan"), "1.2"),
    ],
)
def test_what_a_check_found_is_told_from_its_limit(value: float, limit: float, told: str) -> None:
    assert phrases.measured(value, limit) == told
