"""`resolve` and `score` on the command line: exit codes, JSON, and that nothing half is written."""

import os
import shutil
from datetime import date
from pathlib import Path

import folders
import pytest
from shell import Run
from test_scores import forecast
from test_store import no_draws

from hourglass import store


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with the shipped question and three stored forecasts."""
    folders.copied(tmp_path / "priors")
    late = forecast("c", date(2026, 11, 1), date(2027, 2, 1))
    for one in (forecast("a"), forecast("b", date(2023, 2, 1), date(2023, 5, 1)), late):
        store.save(tmp_path / ".hourglass" / "runs", one, {}, no_draws)
    return tmp_path


def texts(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_question_is_resolved_and_its_forecasts_are_scored(run: Run, root: Path) -> None:
    told = run("resolve", "entry", "--date", "2023-04-28", "--source", "AP", "belarus", "--root", str(root))
    assert (told.code, told.err) == (0, "")
    assert "2 of 3 stored forecasts can now be scored" in told.out
    one = run("score", "--root", str(root), "--json").json
    assert one["resolved"] == {"outcome": "entry", "date": "2023-04-28", "source": "AP"}
    assert [h["standing"] for h in one["forecasts"]] == ["no entry", "entry", "over"]
    assert run("score", "--root", str(root)).out.count("-3.9120") == 1  # log 0.02
    told = run("forecast", "--root", str(root))
    assert (told.code, told.out) == (2, "")
    assert "resolved on 2023-04-28: entry" in told.err


def test_every_fault_is_told_at_once_and_nothing_is_written(run: Run, root: Path) -> None:
    before = texts(root)
    told = run("resolve", "entri", "--date", "soon", "--source", "", "--root", str(root))
    assert (told.code, told.out) == (2, "")
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["--date", "--source", "OUTCOME"]
    assert texts(root) == before


def test_a_second_resolution_is_exit_2(run: Run, root: Path) -> None:
    ask = ("resolve", "war_ends", "--date", "2023-04-28", "--source", "AP", "--root", str(root))
    assert run(*ask).code == 0
    before = texts(root)
    told = run(*ask)
    assert (told.code, told.out) == (2, "")
    assert "resolved: already war_ends on 2023-04-28 (AP)" in told.err
    assert texts(root) == before


def test_scores_of_an_open_question_are_of_what_is_confirmed(run: Run, root: Path) -> None:
    told = run("score", "--root", str(root))
    assert (told.code, told.err) == (0, "")
    assert "3 stored forecasts with 3 horizons: 2 decided, 1 open." in told.out
    assert "these scores choose nothing" in told.out
    (line,) = run("score", "--root", str(root), "--json").json["record"]
    assert (line["all"]["n"], line["apart"]["n"]) == (2, 1)


def test_a_run_that_cannot_be_read_is_named(run: Run, root: Path) -> None:
    (root / ".hourglass" / "runs" / "belarus" / "b" / "forecast.json").write_text("{")
    assert run("score", "--root", str(root), "--json").json["counts"]["unreadable"] == ["b"]
    assert "cannot be read, and do not count: b." in run("score", "--root", str(root)).out


def test_history_names_runs_that_cannot_be_read(run: Run, root: Path) -> None:
    assert "cannot be read" not in run("history", "--root", str(root)).out
    (root / ".hourglass" / "runs" / "belarus" / "b" / "forecast.json").write_text("{")
    words = "Stored runs that cannot be read, and do not count: b.\n"
    listed = run("history", "--root", str(root))
    assert (listed.code, listed.out.endswith(words), listed.err) == (0, True, "")
    listed = run("history", "--root", str(root), "--json")
    assert (listed.code, [one["run"]["id"] for one in listed.json], listed.err) == (0, ["a", "c"], words)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (("compare", "a", "b"), "compare: damaged, and cannot be read: b; name another run\n"),
        (("explain", "--to", "b"), "--to: damaged, and cannot be read: b; name another run\n"),
        (("compare", "a", "x"), "compare: 'x' is no run; known: a, c\n"),
        (
            ("compare", "a", "c-o"),
            "compare: damaged, and cannot be read: "
            "c-old (its folder's name is not that of its run, c); name another run\n",
        ),
    ],
)
def test_a_damaged_run_is_not_said_to_be_none(
    run: Run, root: Path, asked: tuple[str, ...], fault: str
) -> None:
    kept = root / ".hourglass" / "runs" / "belarus"
    (kept / "b" / "forecast.json").write_text("{")
    shutil.copytree(kept / "c", kept / "c-old")
    told = run(*asked, "--root", str(root))
    assert (told.code, told.out, told.err) == (2, "", fault)


def test_a_question_whose_only_run_is_damaged_is_told_so(run: Run, root: Path) -> None:
    kept = root / ".hourglass" / "runs" / "belarus"
    for name in "abc":
        (kept / name / "forecast.json").write_text("{")
    words = "priors/belarus: no forecast with numbers is stored (cannot be read: a, b, c); run hourglass"
    for asked in (("compare", "a", "b"), ("explain",)):
        told = run(*asked, "--root", str(root))
        assert (told.code, told.err.startswith(words)) == (2, True)


def test_the_copy_of_a_run_is_told_and_neither_listed_nor_scored(run: Run, root: Path) -> None:
    kept = root / ".hourglass" / "runs" / "belarus"
    shutil.copytree(kept / "b", kept / "b-backup")
    (kept / "a").rename(kept / "older")
    listed = run("history", "--root", str(root), "--json")
    assert (listed.code, [one["run"]["id"] for one in listed.json]) == (0, ["b", "c"])
    scored = run("score", "--root", str(root), "--json").json
    assert [one["run"] for one in scored["forecasts"]] == ["b", "c"]
    told = run("score", "--root", str(root)).out
    assert "b-backup (its folder's name is not that of its run, b)" in told
    assert "older (its folder's name is not that of its run, a)" in told


def test_a_question_without_forecasts_is_told_plainly(run: Run, tmp_path: Path) -> None:
    folders.copied(tmp_path / "priors")
    told = run("score", "--root", str(tmp_path))
    assert (told.code, told.err) == (0, "")
    assert "No forecast of this question is stored" in told.out


def test_what_a_resolution_needs_is_asked_for(run: Run, root: Path) -> None:
    told = run("resolve", "entry", "--date", "2023-04-28", "--root", str(root))
    assert (told.code, told.out) == (2, "")
    assert "--source" in told.err


@pytest.mark.parametrize("way", ["lock", "link", "pipe"])
def test_what_the_machine_refuses_is_exit_1_and_one_line(run: Run, root: Path, way: str) -> None:
    folder = root / "priors" / "belarus"
    match way:
        case "lock":
            (folder / ".lock").mkdir()
        case "link":
            (folder / "more").symlink_to("nowhere")
        case "pipe":
            os.mkfifo(folder / "more")
    told = run("resolve", "entry", "--date", "2023-04-28", "--source", "AP", "--root", str(root))
    assert (told.code, told.out, len(told.err.splitlines())) == (1, "", 1)
    assert told.err.startswith(f"priors/belarus/{'.lock' if way == 'lock' else 'more'}: cannot be ")
    assert "Errno" not in told.err
