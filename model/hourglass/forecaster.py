"""Making a forecast: the stored run where there is one, else a fit, its future and its verdict."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from hourglass import calendar, store
from hourglass.case import Case
from hourglass.errors import InputError, Problem, stop_on
from hourglass.question import LONGEST_HORIZON
from hourglass.summary import Forecast, Run

Talk = Callable[[str], None]
"""Told in a few words what long work begins."""

Horizons = Sequence[tuple[float, date]]
"""Months and last day of each horizon."""


def horizons_of(case: Case, as_of: date, months: Sequence[int] | None, by: date | None) -> Horizons:
    """Horizons to forecast, checked: those asked for, else the question's own.

    Raises
    ------
    InputError
        Where a horizon is no whole number of months in 1 to 120, ends before as-of, or past
        the day on which the question closes.
    """
    header = case.question.header
    if by is not None:
        span = calendar.dusk(by) - calendar.dusk(as_of)
        if by <= as_of or span > LONGEST_HORIZON:
            raise InputError(
                [Problem("--by", f"{by} is not within {LONGEST_HORIZON} months after as-of {as_of}")]
            )
        asked: Horizons = [(round(span, 2), by)]
    else:
        wanted = tuple(header.horizons if months is None else months)
        stop_on(
            Problem("--horizons", f"{m} is outside 1 to {LONGEST_HORIZON} months; ask for fewer")
            for m in wanted
            if not 1 <= m <= LONGEST_HORIZON
        )
        asked = [(m, calendar.months_after(as_of, m)) for m in sorted(set(wanted))]
    stop_on(
        Problem("--horizons", f"{day} is after the question closes on {header.closes}; ask for less")
        for _, day in asked
        if day > header.closes
    )
    if not asked:
        raise InputError([Problem("--horizons", "is empty; name at least one number of months")])
    return asked


def check_as_of(case: Case, as_of: date, today: date) -> None:
    """Raise `InputError` where no forecast can be made as of that day."""
    header = case.question.header
    if as_of > today:
        raise InputError(
            [Problem("--as-of", f"{as_of} is after today {today}; no one knows its evidence yet")]
        )
    if as_of < header.starts:
        raise InputError(
            [Problem("--as-of", f"{as_of} is before the choice arose on {header.starts}; ask later")]
        )
    if header.resolved is not None and as_of >= header.resolved.date:
        told = f"resolved on {header.resolved.date}: {header.resolved.outcome}; ask as of an earlier day"
        raise InputError([Problem(case.place, told)])


def forecast(
    case: Case, as_of: date, asked: Horizons, seed: int, runs: Path, machine_code: Path, talk: Talk
) -> Forecast:
    """Forecast as of a day, from the store or from a fit.

    Parameters
    ----------
    asked
        Checked horizons, of `horizons_of`.
    runs, machine_code
        Folders of stored runs and of compiled models.
    """
    began, told = time.monotonic(), store.inputs(case, as_of)
    run = store.key(told, seed)
    kept = store.load(runs, case.question.header.id, run)
    if kept is not None and [(h.months, h.date) for h in kept.horizons] == list(asked):
        return replace(kept, run=replace(kept.run, stored=True))
    from hourglass import estimate  # SciPy and xarray: not to return a stored forecast

    folder = runs / case.question.header.id / run
    if kept is not None and (found := estimate.stored(case, as_of, folder)) is not None:
        talk("recomputing horizons from the stored draws")
        return estimate.summarise(case, as_of, asked, told, replace(kept.run, stored=True), found)
    use_machine_code(machine_code)
    found = estimate.fit(case, as_of, seed, talk)
    talk("following the futures")
    shown = Run(run, str(folder.relative_to(runs.parent.parent)), "nuts", False, seed, 0.0, store.libraries())
    made = estimate.summarise(case, as_of, asked, told, shown, found)
    made = replace(made, run=replace(shown, seconds=round(time.monotonic() - began, 2)))
    store.save(runs, made, told, lambda draft: estimate.keep(case, found, draft, sound=made.verdict.passed))
    return made


def use_machine_code(folder: Path) -> None:
    """Keep compiled models in `folder`, unless PyTensor has been told otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    if "base_compiledir" not in flags:
        os.environ["PYTENSOR_FLAGS"] = ",".join(part for part in (flags, f"base_compiledir={folder}") if part)
