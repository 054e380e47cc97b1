"""What became known in the month after a day: which items, given what, and nothing from later on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import folders
import numpy as np
import pytest
from scipy import stats
from test_information import reading
from test_predictive import Medians, still

from hourglass import assembly, news, persistence, predictive, store
from hourglass.case import Case
from hourglass.ledger import Ledger, Reading
from hourglass.news import News
from hourglass.parameters import Layout
from hourglass.persistence import Value

AS_OF = date(2022, 3, 31)
MONTHS = 24


def told_of(where: Path, *entries: str) -> tuple[Case, News]:
    """Read a ledger of one's own, beside the shipped series."""
    mine = folders.copied(where)
    mine.ledger(*entries)
    case = mine.load()
    return case, news.after(case, AS_OF, MONTHS)


def names(told: News) -> list[str]:
    labels = told.labels
    each = (*labels.reading, *labels.episode, *labels.poll, *labels.count, *labels.level)
    return [each[i] for i in np.flatnonzero(told.fresh)]


def at(number: int, day: str, known: str, origin: str = "one", **changes: str) -> str:
    return reading(number, origin, date=day, known=known, **changes)


def test_only_the_next_months_items_are_news(tmp_path: Path) -> None:
    early, now = at(1, "2022-03-01", "2022-03-31"), at(2, "2022-04-01", "2022-04-30")
    late, weightless = (
        at(3, "2022-05-01", "2022-05-01"),
        at(4, "2022-04-02", "2022-04-02", origin="x", grade='"F6"'),
    )
    _, told = told_of(tmp_path, early, now, late, weightless)
    assert [name for name in names(told) if name.startswith("r")] == ["r2"]
    assert "meetings 2022-04-30" in names(told)
    assert not {"meetings 2022-03-31", "meetings 2022-05-31"} & set(names(told))


def test_what_is_known_late_is_a_nowcast(tmp_path: Path) -> None:
    _, told = told_of(
        tmp_path, at(1, "2022-03-01", "2022-04-05"), at(2, "2022-04-01", "2022-04-05", origin="two")
    )
    late = dict(zip(names(told), told.nowcast[told.fresh], strict=True))
    assert (late["r1"], late["r2"], late["meetings 2022-04-30"]) == (True, False, False)


def test_revisions_and_joined_readings_are_no_news(tmp_path: Path) -> None:
    first = at(1, "2022-03-01", "2022-03-01")
    joins, revises = (
        at(2, "2022-03-09", "2022-04-02"),
        at(3, "2022-03-01", "2022-04-03", origin="three", revises='"r1"'),
    )
    _, told = told_of(tmp_path, first, joins, revises)
    assert [name for name in names(told) if "r" in name[:1]] == []
    assert told.joined == 1


def test_what_joins_a_held_reading_tells_nothing_of_other_news(tmp_path: Path) -> None:
    first, other = at(1, "2022-03-01", "2022-03-01", level="0.0"), at(3, "2022-04-10", "2022-04-10")
    joins = at(2, "2022-03-20", "2022-04-03", level="3.0")
    _, told = told_of(tmp_path, first, joins, other)
    assert told.labels.reading == ("r1", "r3")
    assert told.panel.reading_level[0] == 0.0  # the draws were fitted to it


def test_a_reading_is_predicted_given_the_earlier_ones_of_its_origin_alone(
    tmp_path: Path, layout: Layout, medians: Medians
) -> None:
    old = at(1, "2022-03-01", "2022-03-01", level="0.5")
    one = at(2, "2022-04-01", "2022-04-01", level="2.0")
    case, coming = told_of(tmp_path, old, one, at(3, "2022-02-01", "2022-04-02", level="1.5"))
    theta = medians({"grades.letters.A.noise": 0.4, "grades.origin": 0.3})
    draws = still(layout, theta, coming.panel, coming.labels, x=1.0)
    told = {one.name: one for one in news.told(case, coming, draws, seed=1)}
    law = stats.norm(0.82, np.sqrt(0.2176))  # as by hand in test_predictive
    for name, level in (("r2", 2.0), ("r3", 1.5)):
        assert told[name].log_score == pytest.approx(law.logpdf(level))
        assert told[name].place == pytest.approx(law.cdf(level))
        assert told[name].group == "grade A1"


def test_the_rival_carries_the_last_value_that_was_known(tmp_path: Path) -> None:
    levels = {1: "0.0", 2: "1.0", 3: "0.0", 4: "2.0"}
    past = [at(i, f"2021-{i:02d}-01", f"2021-{i:02d}-01", f"o{i}", level=y) for i, y in levels.items()]
    new = at(5, "2022-04-01", "2022-04-01", "o5", level="0.5")
    _, told = told_of(tmp_path, *past, new)
    rival = dict(zip(names(told), told.rival, strict=True))
    assert rival["r5"] == pytest.approx(stats.norm.logpdf(0.5, 2.0, np.sqrt(2)))
    counts = [persistence.count(k) for k in _known_meetings(tmp_path)]
    new_count = persistence.count(_meetings(tmp_path, date(2022, 4, 30)))
    assert rival["meetings 2022-04-30"] == persistence.log_score(counts, new_count)
    assert isinstance(counts[0], Value)


def _known_meetings(where: Path) -> list[float]:
    rows = folders.Folder(where / "belarus").load().rows["meetings"]
    return [row.value for row in rows if row.known <= AS_OF]


def _meetings(where: Path, day: date) -> float:
    rows = folders.Folder(where / "belarus").load().rows["meetings"]
    return next(row.value for row in rows if row.date == day)


def test_nothing_known_later_moves_the_inputs_of_a_day(case: Case) -> None:
    until = date(2022, 4, 30)
    kept = tuple(item for item in case.ledger.items if item.known <= until)
    assert len(kept) < len(case.ledger.items)
    rows = {name: tuple(row for row in told if row.known <= until) for name, told in case.rows.items()}
    blind = replace(case, rows=rows).with_ledger(Ledger(kept))
    one, other = (news.after(whole, AS_OF, MONTHS) for whole in (case, blind))
    for name in predictive_arrays():
        np.testing.assert_array_equal(getattr(one.panel, name), getattr(other.panel, name))
    assert (one.labels, one.rival, one.joined) == (other.labels, other.rival, other.joined)
    np.testing.assert_array_equal(one.fresh, other.fresh)


def test_next_months_items_move_no_input_of_the_fit(case: Case) -> None:
    known = tuple(item for item in case.ledger.items if item.known <= AS_OF)
    blind = case.with_ledger(Ledger(known))
    assert any(isinstance(item, Reading) for item in case.ledger.items if item not in known)
    assert store.inputs(case, AS_OF) == store.inputs(blind, AS_OF)
    one, other = (assembly.build(whole, AS_OF, MONTHS) for whole in (case, blind))
    assert one[1] == other[1]
    for name in predictive_arrays():
        np.testing.assert_array_equal(getattr(one[0], name), getattr(other[0], name))


def predictive_arrays() -> list[str]:
    from hourglass.panel import AXES

    assert predictive.TABLES == ("log_density", "below", "exact")
    return list(AXES)
