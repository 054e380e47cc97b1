"""The command that asks whether the machine is calibrated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hourglass import options
from hourglass.options import Asked, AsOf, Json, Question, Root, Scheduler, Seed, Workers

if TYPE_CHECKING:
    from hourglass.calibration import Trial

Fits = Annotated[int, typer.Option(min=8, max=10_000, help="Worlds to draw and fit.")]


def calibrate(
    question: Question = None,
    fits: Fits = 300,
    as_of: AsOf = None,
    seed: Seed = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """Fit worlds whose truth is known, with the real dates and grades, and rank the truth."""
    from hourglass import batch, calibration, calibration_display, forecaster  # SciPy: not to print help

    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    forecaster.check_as_of(asked.case, day, options.today())
    place = options.place(workers, scheduler, asked.space)
    months = tuple(asked.case.question.header.horizons)
    trials = calibration.trials(calibration.Trial(asked.case, day, months, seed, 0), fits)
    with options.counting("worlds fitted") as told:
        results = batch.run(calibration.trial, trials, folder(asked, trials["0000"]), place, told)
    found = calibration.gather(list(results.values()))
    if as_json:
        options.tell(calibration.as_json(found))
    else:
        options.show(calibration_display.calibration(found))
    return 0 if found.passed else options.WITHHELD


def folder(asked: Asked, first: "Trial") -> Path:
    """Folder in which the worlds of a calibration are kept, however many are asked for."""
    from hourglass import calibration  # as above

    return asked.space.calibrations / asked.case.question.header.id / calibration.key(first)
