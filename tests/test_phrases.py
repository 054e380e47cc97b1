"""Numbers as people read them."""

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


def test_one_month_is_no_plural() -> None:
    assert [phrases.span(m) for m in (1, 1.5, 12)] == ["1 month", "1.5 months", "12 months"]
    assert [phrases.many(n, "item") for n in (0, 1, 1200)] == ["0 items", "1 item", "1,200 items"]


def test_a_level_has_a_sign_and_an_interval() -> None:
    assert phrases.levels(Driver(0.26, -1.0, 1.44)) == ("+0.3", "-1.0 to +1.4")
    assert phrases.levels(NO_DRIVER) == ("withheld", "withheld")
