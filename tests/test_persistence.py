"""The last value carried forward: scores by hand, and cells that fill the line."""

from datetime import date
from math import inf, log

import numpy as np
import pytest
from scipy import stats

from hourglass import assembly, persistence, predictive
from hourglass.case import Case
from hourglass.panel import Panel
from hourglass.parameters import Layout
from hourglass.persistence import Value

PAST = [Value(0.0), Value(1.0), Value(0.0), Value(2.0)]
"""Steps of 1, -1 and 2: their root mean square is the root of 2."""


def test_a_value_is_normal_about_the_last_with_the_spread_of_past_steps() -> None:
    assert persistence.log_score(PAST, Value(2.0)) == pytest.approx(-0.5 * log(2 * np.pi * 2))
    expected = stats.norm.logpdf(0.5, 2.0, np.sqrt(2))
    assert persistence.log_score(PAST, Value(0.5)) == pytest.approx(expected)


def test_two_steps_are_too_few_and_three_that_never_moved_say_nothing() -> None:
    assert persistence.log_score(PAST[:3], Value(2.0)) is None
    assert persistence.log_score([Value(1.0)] * 4, Value(1.0)) is None
    assert persistence.log_score([], Value(1.0)) is None


def test_a_discrete_value_has_the_mass_of_its_cell() -> None:
    past = [persistence.count(k) for k in (0, 1, 0, 2)]
    steps = np.diff(np.log([0.5, 1.5, 0.5, 2.5]))
    law = stats.norm(log(2.5), np.sqrt(np.mean(steps**2)))
    for k in (1, 2, 7):
        found = persistence.log_score(past, persistence.count(k))
        assert found == pytest.approx(log(law.cdf(log(k + 1)) - law.cdf(log(k))))
    assert persistence.log_score(past, persistence.count(0)) == pytest.approx(law.logcdf(0.0))


@pytest.mark.parametrize("whole", ["counts", "shares"])
def test_cells_of_all_values_sum_to_one(whole: str) -> None:
    past = [persistence.count(k) for k in (0, 1, 0, 2)]
    all_values = [persistence.count(k) for k in range(2000)]
    if whole == "shares":
        past = [persistence.share(k, 50) for k in (3, 9, 5, 8)]
        all_values = [persistence.share(k, 60) for k in range(61)]
    chances = [np.exp(persistence.log_score(past, value) or -inf) for value in all_values]
    assert sum(chances) == pytest.approx(1.0, abs=2e-3 if whole == "counts" else 1e-12)


def test_shares_stand_on_log_odds_half_an_answer_added() -> None:
    assert persistence.share(0, 9).center == pytest.approx(log(0.5 / 9.5))
    none, every = persistence.share(0, 9).cell, persistence.share(9, 9).cell
    assert none is not None
    assert every is not None
    assert (none[0], every[1]) == (-inf, inf)
    assert (none[1], every[0]) == pytest.approx((-log(9), log(9)))


def test_chances_far_out_on_either_side_stay_finite() -> None:
    past = [Value(c) for c in (0.0, 0.1, 0.0, 0.1)]
    for sign in (1, -1):
        edges = sorted((sign * 5.1, sign * 6.1))
        found = persistence.log_score(past, Value(sign * 5.6, (edges[0], edges[1])))
        z = (5.1 - sign * 0.1) / 0.1
        assert found == pytest.approx(stats.norm.logsf(z), rel=1e-9)


def test_values_follow_the_items_of_a_panel(case: Case, panel: Panel, layout: Layout) -> None:
    labels = assembly.build(case, date(2023, 1, 26))[1]
    found = list(persistence.values(panel, layout))
    names = (*labels.reading, *labels.episode, *labels.poll, *labels.count, *labels.level)
    assert len(found) == len(names)
    told = dict(zip(names, found, strict=True))
    assert all(told[name] is None for name in labels.episode)
    groups = [*predictive.grades(panel), *labels.episode]
    points = [step[0] for step in found[len(groups) :] if step is not None]
    assert {kind for kind, _ in points} == {"series"}
    meeting = told["meetings 2021-02-28"]
    assert meeting == (("series", "meetings"), persistence.count(1.0))
    first = told[labels.reading[0]]
    assert first is not None
    assert first[0] == ("driver", layout.drivers[panel.reading_state[0] // len(panel.since)])
    assert first[1] == Value(float(panel.reading_level[0]))
