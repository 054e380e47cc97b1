"""What changed between two bodies of evidence, and how changes are told together."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import folders
import pytest

from hourglass import changes
from hourglass.case import Case
from hourglass.changes import Change

THEN, NOW = date(2023, 1, 10), date(2023, 1, 26)
OLD = folders.entry("reading", id='"old"', origin='"old"', date="2022-10-10", known="2022-10-10")
VISIT = folders.entry("reading", id='"visit"', known="2023-01-20", claim='"Talks."')
REVISION = folders.entry(
    "reading", id='"better"', origin='"old"', date="2022-10-10", known="2023-01-20", revises='"old"',
    level="-0.5",
)  # fmt: skip
BACK = folders.entry("retraction", id='"back"', of='"old"', known="2023-01-20")
WARNING = folders.entry("warning", id='"sight"', date="2023-01-15", known="2023-01-20")
POINT = "2023-01-15,2023-01-20,1500,,made up\n"


def folder(where: Path, *entries: str, points: str = "") -> Case:
    mine = folders.copied(where)
    mine.ledger(*entries)
    if points:
        mine.append("series/prisoners.csv", points)
    return mine.load()


def found(where: Path, *entries: str, points: str = "", today: date = NOW) -> tuple[Change, ...]:
    then = folder(where / "then", OLD)
    return changes.between(then, THEN, folder(where / "now", *entries, points=points), today)


def told(where: Path, *entries: str, points: str = "") -> list[tuple[str, str, str]]:
    return [(c.name, c.what, c.about) for c in found(where, *entries, points=points)]


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        ([OLD], []),
        ([OLD, VISIT], [("visit", "added", "pressure")]),
        ([], [("old", "withdrawn", "pressure")]),
        ([OLD, BACK], [("old", "withdrawn", "pressure")]),
        ([OLD, REVISION], [("better", "revised", "pressure")]),
        ([OLD.replace("level = 1.5", "level = 2")], [("old", "revised", "pressure")]),
        ([OLD, WARNING], [("sight", "added", "warnings")]),
        ([OLD, folders.entry("event", id='"no"', known="2023-01-20")], [("no", "added", "events")]),
    ],
)
def test_an_item_comes_goes_or_takes_the_place_of_another(
    tmp_path: Path, entries: Sequence[str], wanted: list[tuple[str, str, str]]
) -> None:
    assert told(tmp_path, *entries) == wanted


@pytest.mark.parametrize(
    "entry",
    [
        VISIT.replace("known = 2023-01-20", "known = 2023-01-27"),
        VISIT.replace('"B2"', '"B6"'),
        folders.entry("note", id='"note"', known="2023-01-20"),
        folders.entry("warning", id='"lapsed"', date="2022-10-15", known="2023-01-20"),
    ],
    ids=["known later", "weightless", "note", "window has passed"],
)
def test_what_does_not_weigh_is_no_change(tmp_path: Path, entry: str) -> None:
    assert told(tmp_path, OLD, entry) == []


def test_other_words_are_no_change(tmp_path: Path) -> None:
    assert told(tmp_path, OLD.replace("A visit.", "Another wording.")) == []
    assert told(tmp_path / "b", OLD, REVISION.replace("level = -0.5", "level = 1.5")) == []


def test_a_revision_taken_back_is_one_change(tmp_path: Path) -> None:
    then = folder(tmp_path / "then", OLD, REVISION)
    back = folders.entry("retraction", id='"back"', of='"better"', known="2023-01-24")
    again = folder(tmp_path / "now", OLD, REVISION, back)
    (only,) = changes.between(then, date(2023, 1, 20), again, NOW)
    assert (only.name, only.what, [p.date for p in only.gone]) == ("old", "revised", [date(2022, 10, 10)])


def test_a_point_of_a_series_is_a_change_of_its_driver(tmp_path: Path) -> None:
    (only,) = found(tmp_path, OLD, points=POINT)
    assert (only.name, only.what, only.origin) == ("prisoners 2023-01-15", "added", "prisoners")
    assert only.about == "unrest"


def many(where: Path, n: int, *, origins: int, years: Sequence[int] = (2022,)) -> tuple[Change, ...]:
    """Changes of n items, of some origins, spread over the months of some years."""
    entries = [
        folders.entry(
            "reading", id=f'"r{i}"', origin=f'"o{i % origins}"', claim=f'"Claim {i}."',
            date=f"{years[i % len(years)]}-{1 + i % 12:02d}-10", known="2023-01-12",
        )
        for i in range(n)
    ]  # fmt: skip
    return found(where, OLD, *entries)


def test_twelve_changes_are_told_one_by_one(tmp_path: Path) -> None:
    by, groups = changes.grouped(many(tmp_path, 12, origins=12))
    assert (by, len(groups)) == ("change", 12)


def test_more_are_grouped_by_origin_then_by_driver_and_quarter_then_by_year(tmp_path: Path) -> None:
    by, groups = changes.grouped(many(tmp_path / "a", 13, origins=5))
    assert (by, len(groups)) == ("origin", 5)
    by, groups = changes.grouped(many(tmp_path / "b", 20, origins=20))
    assert (by, {g.name for g in groups}) == (
        "driver and quarter", {f"pressure, 2022 Q{q}" for q in (1, 2, 3, 4)},
    )  # fmt: skip
    by, groups = changes.grouped(many(tmp_path / "c", 24, origins=24, years=(2021, 2022)), most=3)
    assert (by, len(groups)) == ("driver and year", 2)


def test_no_change_is_lost_in_groups(tmp_path: Path) -> None:
    told = many(tmp_path, 30, origins=30)
    for most in (1, 3, 12, 40):
        _, groups = changes.grouped(told, most)
        assert len(groups) <= most
        assert sorted(c.name for g in groups for c in g.changes) == sorted(c.name for c in told)


def test_all_changes_applied_are_the_later_evidence(tmp_path: Path) -> None:
    then = folder(tmp_path / "then", OLD)
    now = folder(tmp_path / "now", OLD, REVISION, VISIT, WARNING, points=POINT)
    _, groups = changes.grouped(changes.between(then, THEN, now, NOW))
    after = changes.applied(changes.pieces(then, THEN), groups)
    assert sorted(map(repr, after)) == sorted(map(repr, changes.pieces(now, NOW)))
    rebuilt = changes.case_of(then, after)
    assert rebuilt.evidence(NOW).items == now.evidence(NOW).items
    assert changes.pieces(then, THEN) == tuple(changes.applied(changes.pieces(then, THEN), []))


def test_what_weighs_together_has_one_key(tmp_path: Path) -> None:
    one, two = (f'"{name}"' for name in ("one", "two"))
    case = folder(
        tmp_path,
        folders.entry("reading", id='"a"', origin=one, claim='"A."'),
        folders.entry("reading", id='"b"', origin=one, claim='"B."'),
        folders.entry("reading", id='"c"', origin=one, driver='"unrest"'),
        folders.entry("event", id='"d"', origin=one),
        folders.entry("event", id='"e"', origin=two),
    )
    held = {getattr(p, "id", ""): p for p in changes.pieces(case, NOW)}
    keys = {name: changes.key(held[name], case.question) for name in "abcde"}
    assert keys["a"] == keys["b"] != keys["c"]
    assert keys["d"] == keys["e"] != keys["a"]
    marks = [p for p in changes.pieces(case, folders.TODAY) if isinstance(p, changes.Mark)]
    told = {m.series: {changes.key(n, case.question) for n in marks if n.series == m.series} for m in marks}
    assert {name: len(k) == 1 for name, k in told.items()} == {
        name: series.change for name, series in case.question.series.items()
    }
