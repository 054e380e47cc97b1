"""Reports as files: whole or not at all, never over another run's, and the same run rewrites nothing."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import outlooks
import pytest

from hourglass import page, publication, summary
from hourglass.publication import DATA, PAGE, TEXT
from hourglass.summary import Forecast

DAY = date(2023, 1, 26)


def files(stamp: str, page_text: str = "page", extras: tuple[str, ...] = ()) -> dict[str, bytes]:
    held = summary.as_json(outlooks.forecast()) | {"report": {"stamp": stamp, "extras": list(extras)}}
    return {
        PAGE: page_text.encode(),
        TEXT: b"text",
        DATA: page.as_text(held).encode(),
        "figures/p.svg": b"<svg/>",
    }


def test_a_report_is_named_by_its_day_and_found_by_its_stamp(tmp_path: Path) -> None:
    place = publication.publish(tmp_path / "q", DAY, "one", set(), files("one"))
    assert place == tmp_path / "q" / "2023-01-26"
    assert (place / "figures/p.svg").read_bytes() == b"<svg/>"
    found = publication.find(tmp_path / "q", DAY, "one")
    assert found is not None
    assert (found.folder, found.extras) == (place, frozenset())
    assert publication.find(tmp_path / "q", DAY, "other") is None
    assert publication.find(tmp_path / "q", date(2023, 1, 27), "one") is None


def test_another_run_of_that_day_gets_a_name_of_its_own(tmp_path: Path) -> None:
    names = [publication.publish(tmp_path, DAY, s, set(), files(s, s)).name for s in ("a", "b", "c", "b")]
    assert names == ["2023-01-26", "2023-01-26.2", "2023-01-26.3", "2023-01-26.2"]
    assert (tmp_path / "2023-01-26" / PAGE).read_text() == "a"


def test_a_folder_that_is_no_report_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "2023-01-26").mkdir()
    (tmp_path / "2023-01-26" / "notes.txt").write_text("mine")
    assert publication.publish(tmp_path, DAY, "a", set(), files("a")).name == "2023-01-26.2"
    assert (tmp_path / "2023-01-26" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("damage", ["{", "{}", "[]", '{"report": {"stamp": "a"}}'])
def test_a_damaged_report_is_not_found(tmp_path: Path, damage: str) -> None:
    place = publication.publish(tmp_path, DAY, "a", set(), files("a"))
    (place / DATA).write_text(damage)
    assert publication.find(tmp_path, DAY, "a") is None


def test_a_report_without_its_page_is_not_found(tmp_path: Path) -> None:
    place = publication.publish(tmp_path, DAY, "a", set(), files("a"))
    (place / PAGE).write_text("")
    assert publication.find(tmp_path, DAY, "a") is None
    (place / PAGE).unlink()
    assert publication.find(tmp_path, DAY, "a") is None


def test_what_a_reader_put_beside_a_report_stays(tmp_path: Path) -> None:
    place = publication.publish(tmp_path, DAY, "a", set(), files("a"))
    (place / "notes.txt").write_text("mine")
    (place / "drafts").mkdir()
    (place / "drafts" / "one.txt").write_text("mine, too")
    publication.publish(tmp_path, DAY, "a", {"variants"}, files("a", "new", ("variants",)))
    assert [(place / name).read_text() for name in (PAGE, "notes.txt", "drafts/one.txt")] == [
        "new",
        "mine",
        "mine, too",
    ]


def test_a_report_that_holds_less_does_not_replace_one_of_the_same_run(tmp_path: Path) -> None:
    place = publication.publish(tmp_path, DAY, "a", {"variants"}, files("a", "more", ("variants",)))
    assert publication.publish(tmp_path, DAY, "a", set(), files("a", "less")) == place
    assert (place / PAGE).read_text() == "more"


def test_a_link_that_leads_nowhere_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "2023-01-26").symlink_to(tmp_path / "nowhere")
    assert publication.publish(tmp_path, DAY, "a", set(), files("a")).name == "2023-01-26.2"


@pytest.mark.parametrize("at", [1, 2])
def test_a_disk_that_refuses_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    place = publication.publish(tmp_path, DAY, "a", set(), files("a", "old"))
    calls, replace_ = [], os.replace

    def refuse(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == at:
            raise OSError(28, "No space left on device")
        replace_(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        publication.publish(tmp_path, DAY, "a", set(), files("a", "new"))
    assert (place / PAGE).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name != publication.LOCK] == ["2023-01-26"]


def test_a_page_that_would_not_change_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "q" / "index.html"
    assert publication.renew(path, "one")
    os.utime(path, (1, 1))
    assert not publication.renew(path, "one")
    assert path.stat().st_mtime == 1
    assert publication.renew(path, "two")
    assert (path.read_text(), [p.name for p in path.parent.iterdir()]) == ("two", ["index.html"])


def test_the_stamp_tells_forecasts_apart_but_not_how_one_was_found() -> None:
    told = outlooks.forecast()

    def changed(**run: object) -> Forecast:
        return replace(told, run=replace(told.run, **run))  # type: ignore[arg-type]

    own = publication.stamp(told)
    assert publication.stamp(changed(stored=True)) == own
    assert publication.stamp(changed(seconds=9.5)) == own
    assert publication.stamp(changed(method="reweight")) != own
    assert publication.stamp(replace(told, horizons=told.horizons[:1])) != own


def test_a_report_that_is_asked_for_again_is_the_last_of_its_day(tmp_path: Path) -> None:
    for stamp in "ab":
        publication.publish(tmp_path, DAY, stamp, set(), files(stamp))
    first, last = (publication.find(tmp_path, DAY, stamp) for stamp in "ab")
    assert first is not None
    assert last is not None
    assert not publication.recall(last, DAY)
    assert publication.recall(first, DAY)
    assert [name for name, _ in publication.forecasts(tmp_path)] == ["2023-01-26.2", "2023-01-26"]
    assert not publication.recall(first, DAY)


def test_published_forecasts_come_by_day_and_then_by_count(tmp_path: Path) -> None:
    for stamp in "abcdefghijkl":
        publication.publish(tmp_path, DAY, stamp, set(), files(stamp))
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / DATA).write_text("damaged")
    found = publication.forecasts(tmp_path)
    assert [name for name, _ in found] == ["2023-01-26", *(f"2023-01-26.{n}" for n in range(2, 13))]
    assert found[0][1].horizons == outlooks.forecast().horizons
