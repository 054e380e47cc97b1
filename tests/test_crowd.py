"""Forecasts of crowds: read, checked and scored, and absent where a question has none."""

from datetime import date
from math import log
from pathlib import Path

import folders
import pytest

from hourglass import crowd
from hourglass.errors import Problem

HEADER = (
    "platform,question_id,question_text,forecast_date,probability,sameness,source_url,verified,resolution"
)
SOUND = "Crowd,1,Will it?,2022-05-31,0.2,exact,http://x,verified,No"


def read(where: Path, *lines: str, header: str = HEADER) -> tuple[tuple[crowd.Saying, ...], list[str]]:
    problems: list[Problem] = []
    (where / crowd.FILE).write_text("\n".join([header, *lines]) + "\n")
    found = crowd.load(where, "priors/x", folders.TODAY, problems)
    return found, [str(problem) for problem in problems]


def test_the_shipped_file_is_sound_and_scored() -> None:
    problems: list[Problem] = []
    found = crowd.load(folders.SHIPPED, folders.PLACE, folders.TODAY, problems)
    assert problems == []
    assert [row.forecast_date for row in found] == sorted(row.forecast_date for row in found)
    assert any(row.score for row in found)


def test_a_question_without_the_file_has_no_crowd(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert crowd.load(tmp_path, "priors/x", folders.TODAY, problems) == ()
    assert problems == []


def test_a_link_to_nothing_is_a_fault(tmp_path: Path) -> None:
    problems: list[Problem] = []
    (tmp_path / crowd.FILE).symlink_to("nowhere")
    crowd.load(tmp_path, "priors/x", folders.TODAY, problems)
    assert [str(p) for p in problems] == ["priors/x/crowd.csv: file is missing; restore it or create it"]


def test_a_forecast_is_scored_on_its_own_question(tmp_path: Path) -> None:
    yes, unclear = SOUND.replace(",No", ",Yes"), SOUND.replace(",No", ",Annulled")
    found, problems = read(tmp_path, SOUND, yes, unclear)
    assert problems == []
    assert [row.score.log if row.score else None for row in found] == [
        pytest.approx(log(0.8)),
        pytest.approx(log(0.2)),
        None,
    ]
    assert found[0].forecast_date == date(2022, 5, 31)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2022-05-31", "2027-01-01", "forecast_date 2027-01-01 is after today 2026-11-22; correct it"),
        ("2022-05-31", "31 May", "'31 May' is no day; write it as YYYY-MM-DD"),
        ("0.2", "1.2", "less than or equal to 1, not '1.2'"),
        ("0.2", "", "states neither probability nor verbal; add one"),
        ("exact", "", "lacks sameness; add it"),
    ],
)
def test_a_fault_is_told_at_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    _, problems = read(tmp_path, SOUND.replace(old, new))
    assert len(problems) == 1
    assert problems[0].startswith("priors/x/crowd.csv: line 2")
    assert told in problems[0]


def test_an_unknown_column_is_named(tmp_path: Path) -> None:
    _, problems = read(tmp_path, SOUND, header=HEADER.replace("resolution", "resolutions"))
    assert problems == ["priors/x/crowd.csv: unknown column 'resolutions'; did you mean 'resolution'?"]
