"""The commands for readers: what they write, what they print, and what they refuse."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import folders
import pytest
import reports
from shell import AS_OF, Run, runner

from hourglass import publication, reporting

ROOT = Path(__file__).parents[1]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return the command line in the root of a report, reports on."""
    words = runner(capsys, monkeypatch, reports=True)
    root = str(reports.believed().root)
    return lambda *told: words(*told, "--root", root)


def ids() -> list[str]:
    """Keys of both stored runs."""
    return sorted(
        path.parent.name for path in reports.believed().root.glob(".hourglass/runs/belarus/*/inputs.json")
    )


def times(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_published_report_is_not_written_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    report = reports.believed()
    monkeypatch.setattr(reporting, "_files", lambda *_: pytest.fail("written again"))
    before = times(report.root / "reports")
    found = run("forecast", *AS_OF, "--horizons", "1,12")
    assert found.code == 0, found.err
    assert f"report: {report.folder / publication.PAGE}" in found.err
    assert "chance of entry" in found.out
    again = run("report", *AS_OF)
    assert (again.code, Path(again.out.strip())) == (0, report.folder / publication.PAGE)
    assert times(report.root / "reports") == before


def test_the_terminal_prints_the_strings_of_every_form(run: Run) -> None:
    report = reports.believed()
    found = run("forecast", *AS_OF, "--horizons", "1,3,6,12")
    printed = [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]
        for line in found.out.splitlines()
        if line.startswith(("│", "┃"))
    ]
    answer = [
        row for row in printed if len(row) == 6 and row[0] in ("1 month", "3 months", "6 months", "12 months")
    ]
    outcomes = [row for row in printed if len(row) == 5 and row[-1].endswith(" %")]
    levels = [row for row in printed if len(row) == 4 and " to " in row[2]]
    assert (len(answer), len(outcomes), len(levels)) == (4, 4, 3)
    sections = {
        one["name"]: one["parts"] for one in json.loads(report.text(publication.DATA))["brief"]["sections"]
    }
    for name, rows, width in (("answer", answer, 6), ("outcomes", outcomes, 5), ("drivers", levels, 4)):
        told = next(part for part in sections[name] if isinstance(part, dict) and "columns" in part)
        assert [row[:width] for row in told["rows"]] == rows
    for form in (publication.PAGE, publication.TEXT):
        text = report.text(form).replace("&lt;", "<")
        assert [cell for row in (*answer, *outcomes, *levels) for cell in row if cell not in text] == []


def test_a_day_that_the_report_lacks_is_named(run: Run) -> None:
    found = run("forecast", *AS_OF, "--by", "2023-05-03")
    assert found.code == 0, found.err
    assert found.err.rstrip().endswith("; of the run's own horizons, so without 2023-05-03")


def test_json_stays_one_object(run: Run) -> None:
    found = run("forecast", *AS_OF, "--json")
    assert found.json["as_of"] == "2023-01-26"
    assert "report:" in found.err


def test_no_report_is_written_where_none_is_wanted(run: Run) -> None:
    assert "report:" not in run("forecast", *AS_OF, "--no-report").err


def test_a_disk_that_refuses_costs_the_report_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reporting, "report", full)
    found = run("forecast", *AS_OF)
    assert found.code == 1
    assert "chance of entry" in found.out
    assert "no space left on device" in found.err
    assert "Traceback" not in found.err


def test_a_stored_forecast_with_a_report_loads_nothing_that_draws() -> None:
    code = (
        "import sys; from hourglass import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as left:\n    assert not left.code, left.code\n"
        "slow = ('altair', 'jinja2', 'scipy', 'pymc', 'xarray')\n"
        "print([name for name in slow if name in sys.modules], file=sys.stderr)"
    )
    root = str(reports.believed().root)
    words = ["forecast", *AS_OF, "--root", root, "--horizons", "1,12"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "model")}
    told = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True, env=environment
    )
    assert told.stderr.strip().splitlines()[-1] == "[]"


def test_a_withheld_report_is_written_and_the_code_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reports.withheld()
    capsys.readouterr()  # what was said while it was made, if it was now
    words = runner(capsys, monkeypatch, reports=True)
    with reports.without_sampler(passing=False):
        found = words("report", *AS_OF, "--root", str(report.root))
    assert found.code == 3
    assert Path(found.out.strip()).is_file()


def test_a_report_does_not_lose_what_draws_that_are_gone_gave_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = shutil.copytree(reports.believed().root, tmp_path / "root")
    for draws in root.glob(".hourglass/runs/*/*/posterior.nc"):
        draws.write_bytes(b"")
    for data in root.glob(f"reports/belarus/*/{publication.DATA}"):
        told = json.loads(data.read_text())
        told["report"]["extras"] = []
        data.write_text(json.dumps(told))
    pages = {path: path.read_bytes() for path in root.rglob("*.html")}
    words = runner(capsys, monkeypatch, reports=True)
    with reports.without_sampler(passing=True):
        found = words("report", *AS_OF, "--variants", "--root", str(root))
    assert (found.code, found.out) == (1, "")
    assert "stays as it is, since the draws behind run" in found.err
    assert {path: path.read_bytes() for path in root.rglob("*.html")} == pages


def test_a_withheld_report_takes_any_wish(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = shutil.copytree(reports.withheld().root, tmp_path / "root")
    for data in root.glob(f"reports/belarus/*/{publication.DATA}"):
        told = json.loads(data.read_text())
        told["report"]["extras"] = []
        data.write_text(json.dumps(told))
    words = runner(capsys, monkeypatch, reports=True)
    with reports.without_sampler(passing=False):
        found = words("report", *AS_OF, "--variants", "--root", str(root))
    assert (found.code, "Traceback" in found.err) == (3, False)


@pytest.mark.parametrize("words", [("--as-of", "2030-01-01"), ("--as-of", "soon"), ("--seed", "-1")])
def test_what_cannot_be_reported_is_refused(run: Run, words: tuple[str, ...]) -> None:
    found = run("report", *words)
    assert (found.code, found.out) == (2, "")
    assert "Traceback" not in found.err


def test_two_runs_stand_side_by_side_the_earlier_first(run: Run) -> None:
    one, other = ids()
    found = run("compare", one[:8], other[:8], "--json")
    assert found.code == 0, found.err
    assert list(found.json) == [
        "schema",
        "runs",
        "as_of",
        "horizons",
        "drivers",
        "evidence",
        "beliefs",
        "move",
    ]
    assert found.json["runs"] == run("compare", other, one, "--json").json["runs"]
    added = {change["name"] for change in found.json["evidence"]}
    wires = (f"wire-{day}" for day in range(1, reports.STORIES + 1))
    assert added == {*reports.CLAIMS, "unsafe", *wires}
    assert found.json["beliefs"] == {}
    parts = sum(part["log_odds"] for part in found.json["move"]["parts"])
    assert parts == pytest.approx(found.json["move"]["whole"], abs=1e-6)


def test_two_runs_are_compared_in_tables(run: Run) -> None:
    one, other = ids()
    found = run("compare", one, other)
    for words in (
        "Chance of entry",
        "Levels at as-of",
        "Evidence that differs",
        "cyrillic",
        "The beliefs are the same",
    ):
        assert words in found.out


@pytest.mark.parametrize(("first", "second", "fault"), [(0, 0, "both sides"), (0, None, "is no run")])
def test_runs_that_cannot_be_compared_are_refused(
    run: Run, first: int, second: int | None, fault: str
) -> None:
    found = run("compare", ids()[first], "zzz" if second is None else ids()[second])
    assert (found.code, found.out) == (2, "")
    assert fault in found.err


def test_a_question_without_runs_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders.copied(tmp_path / "priors")
    found = runner(capsys, monkeypatch)("compare", "a", "b", "--root", str(tmp_path))
    assert found.code == 2
    assert "run hourglass forecast first" in found.err


def test_the_list_of_a_question_names_every_report() -> None:
    report = reports.believed()
    told = (report.root / "reports/belarus/index.html").read_text()
    assert f"{report.folder.name}/brief.html" in told
    assert json.loads(report.text(publication.DATA))["report"]["extras"] == []
