"""`backtest` on the command line: exit codes, JSON, and what it refuses before any fit."""

from pathlib import Path
from typing import Any

import folders
import pytest
from shell import Run
from test_backtests import MARCH, MAY, news, result

from hourglass import backtest_commands, schedule
from hourglass.batch import Place
from hourglass.options import Asked
from hourglass.schedule import Plan


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a root with the shipped question, whose days need no fit; May is withheld."""
    folders.copied(tmp_path / "priors")

    def results(asked: Asked, wanted: Plan, place: Place) -> dict[str, Any]:
        days = schedule.tasks(asked.case, wanted)
        made = {d: result(t.as_of, news("a", -1.0, -2.0)) for d, t in days.items() if t.as_of != MAY}
        return {str(MAY): result(MAY, chance=None)} | made

    monkeypatch.setattr(backtest_commands, "_run", results)
    return tmp_path


def test_a_backtest_is_shown_and_told_as_json(run: Run, root: Path) -> None:
    ask = ("backtest", "--since", "2022-03", "--until", "2022-05", "--horizons", "1,3", "--root", str(root))
    told = run(*ask)
    assert (told.code, told.err) == (0, "")
    assert "3 days from 2022-03-31 to 2022-05-31" in told.out
    assert "judged afterwards" in told.out
    held = run(*ask, "--json").json
    assert [day["as_of"] for day in held["days"]] == ["2022-03-31", "2022-04-30", "2022-05-31"]
    assert held["withheld"] == ["2022-05-31"]


def test_where_every_day_is_withheld_the_exit_code_says_so(run: Run, root: Path) -> None:
    ask = ("backtest", "--since", "2022-05", "--until", "2022-05", "--horizons", "1,3", "--root", str(root))
    assert run(*ask).code == 3


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--since", "March", "--since: 'March' is no month; write it as YYYY-MM"),
        ("--since", "2022-01", "--since: 2022-01 is before the choice arose"),
        ("--until", "2031-01", "--until: 2031-01 is not over by today"),
        ("--every", "0", "--every: 0 is no step"),
        ("--horizons", "a", "--horizons: 'a' is no list of months"),
        ("--horizons", "120", "--horizons: 120 months from 2025-12-31 end on"),
    ],
)
def test_what_cannot_be_tried_is_exit_2_in_one_line(
    run: Run, root: Path, option: str, value: str, told: str
) -> None:
    found = run("backtest", option, value, "--root", str(root))
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(told)
    assert len(found.err.splitlines()) == 1


def test_a_broken_file_of_the_crowd_is_exit_2(run: Run, root: Path) -> None:
    (root / "priors" / "belarus" / "crowd.csv").write_text("platform\nMetaculus\n")
    found = run("backtest", "--root", str(root))
    assert found.code == 2
    assert found.err.startswith("priors/belarus/crowd.csv: header lacks")


def test_results_lie_under_the_question_and_the_key(root: Path) -> None:
    from hourglass import case, workspace

    space = workspace.find(root, root)
    asked = Asked(space, case.load(space.priors / "belarus", folders.PLACE, folders.TODAY))
    wanted = schedule.plan(asked.case, folders.TODAY, MARCH, MARCH, 1, (1,), 1)
    found = backtest_commands.folder_of(asked, wanted)
    assert found == root / ".hourglass" / "backtests" / "belarus" / schedule.key(asked.case, wanted)
