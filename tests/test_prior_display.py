"""Densities as a reader sees them: on one range and one scale."""

from datetime import date

from hourglass import prior_display
from hourglass.belief import Belief, common_range

TOLD = {"because": "As told.", "source": "A talk.", "author": "Ada"}


def believed(q05: float, q50: float, q95: float) -> Belief:
    return Belief.model_validate({**TOLD, "q05": q05, "q50": q50, "q95": q95, "date": date(2024, 1, 1)})


def test_the_narrower_of_two_densities_is_the_taller() -> None:
    wide, narrow = believed(-2, 0, 2), believed(-1, 0, 1)
    low, high = common_range([wide, narrow])
    first, second = prior_display.densities([wide, narrow], low, high)
    assert len(first) == len(second) == prior_display.COLUMNS
    assert (max(first), max(second)) == ("▄", "█")
    assert first == first[::-1]


def test_a_density_rises_where_the_belief_lies() -> None:
    low_held, high_held = believed(0, 1, 2), believed(4, 5, 6)
    first, second = prior_display.densities([low_held, high_held], 0, 6)
    assert first.index("█") < prior_display.COLUMNS / 3 < second.index("█")


def test_the_common_range_leaves_out_one_in_a_hundred_on_either_side() -> None:
    # 1.645 standard deviations on either side are 1, so 2.326 of them are 2.326 / 1.645.
    low, high = common_range([believed(-1, 0, 1), believed(4, 5, 6)])
    assert abs(low + 2.3263 / 1.6449) < 1e-3
    assert abs(high - (5 + 2.3263 / 1.6449)) < 1e-3
