"""The next point of each series: foreseen as the likelihood will weigh it, told in round values."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from outlooks import HORIZON, NEXT, later, paths, shipped, standing
from scipy import stats

from hourglass import likelihood, prospects, series, soundings
from hourglass.likelihood import NUMPY
from hourglass.prospects import Ahead
from hourglass.series import Point, Row
from hourglass.soundings import Sounding

VALUES = {"meetings": 2.0, "troops": 5200.0, "prisoners": 1480.0, "poll_join": 0.05, "poll_army": 0.8}
DENSITIES = {"poll": likelihood.polls, "count": likelihood.counts, "level": likelihood.levels}


@cache
def ahead() -> Ahead:
    """Look a month ahead from the shipped question."""
    return prospects.look(standing(), HORIZON)


@pytest.mark.parametrize("name", VALUES)
def test_a_point_is_foreseen_as_the_likelihood_weighs_it(name: str) -> None:
    row = Row(date=NEXT, known=NEXT, value=VALUES[name], n=500, source="made up")
    case = replace(shipped(), rows={**shipped().rows, name: (*shipped().rows[name], row)})
    asked = case.question.series[name]
    told = series.points(case.rows[name], asked, NEXT)
    assert told[-1].until == NEXT
    law = soundings.law(ahead(), name, told[-1])
    x, _ = paths(ahead())
    panel = later(case)
    place = list(case.question.series).index(name)
    last = np.flatnonzero(getattr(panel, f"{asked.kind}_series") == place)[-1]
    density = DENSITIES[asked.kind](NUMPY, standing().present.parameters, panel, x)[:, last]
    match asked.kind:
        case "poll":
            found = law.logpmf(np.round(500 * VALUES[name]))
        case "count":
            found = law.logpmf(VALUES[name])
        case _:
            value = told[-1].value
            found = law.logpdf(np.log(value) if asked.scale == "log" else value)
    np.testing.assert_allclose(found, density, rtol=1e-7, atol=1e-7)


def test_the_outcomes_of_each_series_are_sure_and_none_is_rare() -> None:
    told = list(soundings.prospects(ahead()))
    titles = {p.what.rsplit(": ", 1)[0] for p in told}
    assert titles == {s.title for s in shipped().question.series.values()}
    for title in titles:
        mine = [p for p in told if p.what.rsplit(": ", 1)[0] == title]
        np.testing.assert_allclose(sum(p.chance for p in mine), 1, rtol=1e-9)
        assert all(np.average(p.chance, weights=ahead().weight) > 0.1 for p in mine)


def test_a_series_that_has_never_spoken_is_left_out() -> None:
    silent = replace(shipped(), rows={name: () for name in shipped().rows})
    look = replace(ahead(), grounds=replace(standing(), case=silent))
    assert list(soundings.prospects(look)) == []


def outcomes(name: str, law: object, answers: int = 0) -> dict[str, list[float]]:
    """Outcomes of a series in two draws of equal weight."""
    sounding = Sounding(shipped().question.series[name], answers, law)
    rng = np.random.default_rng(1)
    return {words: chance.tolist() for words, chance in sounding.outcomes(np.ones(2), rng)}


def test_a_count_that_is_mostly_none_has_no_middling_outcome() -> None:
    found = outcomes("meetings", stats.binom(np.array([1, 1]), np.array([1e-9, 1e-9])))
    assert list(found) == ["at most 0 (meetings a month)", "at least 1 (meetings a month)"]
    np.testing.assert_allclose(list(found.values()), np.array([[1, 1], [1e-9, 1e-9]]), rtol=1e-6)


def test_a_count_is_parted_between_whole_numbers() -> None:
    found = outcomes("meetings", stats.randint(np.array([0, 4]), np.array([1, 5])))
    assert list(found) == [
        "at most 0 (meetings a month)", "between 0 and 4 (meetings a month)", "at least 4 (meetings a month)",
    ]  # fmt: skip
    assert list(found.values()) == [[1, 0], [0, 0], [0, 1]]


def test_a_poll_is_told_in_whole_percent_of_its_answers() -> None:
    # 201 of 1000 is told as 20 %, which 200 answers reach and 201 pass.
    found = outcomes("poll_join", stats.randint(np.array([200, 301]), np.array([202, 303])), 1000)
    assert next(iter(found)) == "at most 20 %"
    assert next(iter(found.values())) == [0.5, 0]


def test_a_size_is_told_to_two_figures_on_its_own_scale() -> None:
    sizes = np.log([1234.0, 9876.0])
    found = outcomes("troops", stats.norm(sizes, 1e-9))
    assert list(found) == [
        "at most 1,200 (soldiers)", "between 1,200 and 9,900 (soldiers)", "at least 9,900 (soldiers)",
    ]  # fmt: skip


def test_a_change_is_called_one_and_has_its_sign() -> None:
    found = outcomes("prisoners", stats.norm(np.array([-18.0, 40.0]), 1e-9))
    assert list(found) == [
        "change of at most -18 (persons a month)", "change between -18 and +40 (persons a month)",
        "change of at least +40 (persons a month)",
    ]  # fmt: skip


def test_a_change_speaks_of_the_months_since_the_last_point() -> None:
    """Half of two months each: the driver's mean is that of the two."""
    look = ahead()
    flat = standing().posterior.inside.stacked()["driver_path"]
    k, asked = 1, shipped().question.series["prisoners"]
    assert asked.change
    p = standing().present.parameters
    place = list(shipped().question.series).index("prisoners")
    # From the end of 16 January (15 days left of 31) to the end of 14 February (14 of 28).
    since, until = NEXT.replace(month=1, day=16), NEXT.replace(day=14)
    weights = np.array([15 / 31, 14 / 28])
    mean = (weights * np.stack([flat[:, -1, k], look.x[k][:, 0]], axis=1)).sum(axis=1) / weights.sum()
    law = soundings.law(look, "prisoners", Point(since, until, 0.0))
    np.testing.assert_allclose(
        law.median(), p.intercept[place][:, 0] + p.loading[place][:, 0] * mean, rtol=1e-9, atol=1e-9
    )
