"""What crowds of forecasters said of questions near this one. Shown and scored, never an input."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from hourglass import documents
from hourglass.documents import Day, Schema, Text
from hourglass.errors import Problem
from hourglass.scores import Score, score

FILE = "crowd.csv"
ENTERED = {"yes": True, "no": False}
"""Resolutions that say whether what was asked about came; under others nothing is scored."""


class Saying(Schema):
    """One forecast by a crowd: its question, the day of the forecast, and the chance.

    `sameness` says how near its question is to ours, and in what it differs.
    """

    platform: Text
    question_id: Text
    question_text: Text
    question_url: str | None = None
    open_date: Day | None = None
    close_date: Day | None = None
    resolution: Text | None = None
    forecast_date: Day
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    statistic: Text | None = None
    n: Text | None = None
    sameness: Text
    verbal: Text | None = None
    icd203_band: Text | None = None
    source_url: Text
    verified: Text

    @property
    def score(self) -> Score | None:
        """How it fared on its own question; None where that is open or no chance was given."""
        entered = ENTERED.get((self.resolution or "").lower())
        return None if entered is None or self.probability is None else score(self.probability, entered)


def load(folder: Path, place: str, today: date, problems: list[Problem]) -> tuple[Saying, ...]:
    """Forecasts of crowds by day, none where the folder has no such file; faults go to `problems`."""
    if not os.path.lexists(folder / FILE):  # unlike `Path.exists`, True for a link to nothing
        return ()
    lines = documents.read_cells(Saying, folder / FILE, f"{place}/{FILE}", problems)
    rows = documents.rows(Saying, lines or {}, problems)
    problems += [Problem(spot, message) for spot, row in rows.items() for message in _faults(row, today)]
    return tuple(sorted(rows.values(), key=lambda row: (row.forecast_date, row.platform, row.question_id)))


def _faults(row: Saying, today: date) -> Iterator[str]:
    if row.forecast_date > today:
        yield f"forecast_date {row.forecast_date} is after today {today}; correct it"
    if row.open_date and row.close_date and row.open_date > row.close_date:
        yield f"open_date {row.open_date} is after close_date {row.close_date}; correct one of them"
    if row.probability is None and row.verbal is None:
        yield "states neither probability nor verbal; add one"
