"""Whether places are spread evenly: by hand, and as often as the band says in uniform worlds."""

from dataclasses import replace

import numpy as np
import pytest

from hourglass import uniformity
from hourglass.uniformity import Uniformity

EVEN = [(i + 0.5) / 20 for i in range(20)]


def test_even_places_pass_and_crowded_ones_do_not() -> None:
    found = uniformity.judge(
        {"even": EVEN, "low": [p / 4 for p in EVEN], "middle": [0.45 + p / 10 for p in EVEN]}
    )
    assert {one.group: one.passed for one in found} == {"even": True, "low": False, "middle": False}
    assert found[1].beyond == pytest.approx(0.25, abs=0.06)
    assert found[0].beyond is None


def test_the_way_to_the_edge_of_the_band_is_by_hand() -> None:
    told = Uniformity("a", 8, 0.95, (0.0, 0.5, 1.0), (0.0, 0.6, 1.0), (0.0, 0.3, 1.0), (0.0, 0.9, 1.0))
    assert told.way == pytest.approx(0.1 / 0.4)
    assert replace(told, share=(0.0, 0.4, 1.0)).way == pytest.approx(0.1 / 0.2)
    outside = replace(told, share=(0.0, 0.2, 1.0))
    assert outside.way == pytest.approx(1.5)
    assert not outside.passed
    assert replace(outside, low=(0.0, 0.0, 1.0)).way == 0.0  # no share is below that


def test_small_groups_are_not_judged() -> None:
    assert uniformity.judge({"small": EVEN[:7]}) == ()
    assert [one.n for one in uniformity.judge({"enough": EVEN[:8]})] == [8]


def test_bands_are_wider_where_more_groups_are_judged() -> None:
    one, two = uniformity.judge({"a": EVEN})[0], uniformity.judge({"a": EVEN, "b": EVEN})[0]
    assert one.level == pytest.approx(0.95)
    assert two.level == pytest.approx(0.95**0.5)
    assert all(a >= b for a, b in zip(one.low, two.low, strict=True))
    assert all(a <= b for a, b in zip(one.high, two.high, strict=True))
    assert one.high != two.high


def test_a_place_at_either_end_is_no_departure() -> None:
    assert uniformity.judge({"a": [0.0, *EVEN[1:-1], 1.0]})[0].passed


@pytest.mark.parametrize("n", [8, 30])
def test_uniform_places_leave_their_band_as_seldom_as_it_says(n: int) -> None:
    rng = np.random.default_rng(n)
    left = sum(not uniformity.judge({"a": rng.random(n).tolist()})[0].passed for _ in range(2000))
    assert 0.03 < left / 2000 <= 0.06
