"""The command that tries the model on the past, month by month."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hourglass import options
from hourglass.errors import InputError, Problem, stop_on
from hourglass.options import Asked, Json, Question, Root, Scheduler, Seed, Workers

if TYPE_CHECKING:
    from hourglass.backtests import Backtest
    from hourglass.batch import Place
    from hourglass.schedule import Plan

Month = Annotated[str | None, typer.Option(help="Month, as YYYY-MM; default that of the record.")]


def backtest(
    question: Question = None,
    since: Month = None,
    until: Month = None,
    every: Annotated[int, typer.Option(help="Months from one day to the next.")] = 1,
    horizons: Annotated[str, typer.Option(help="Months, as 1,3,6,12.")] = "1,3,6,12",
    seed: Seed = 1,
    workers: Workers = None,
    scheduler: Scheduler = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """P as of the end of each month with what was known then, and how the next month's news came out."""
    from hourglass import backtest_display, backtests, crowd, schedule  # SciPy and xarray: not for help

    asked, today = options.opened(question, root), options.today()
    first, last = _months(since, until)
    wanted = schedule.plan(asked.case, today, first, last, every, options.months(horizons) or [], seed)
    faults: list[Problem] = []
    sayings = crowd.load(asked.case.folder, asked.case.place, today, faults)
    stop_on(faults)
    results = _run(asked, wanted, options.place(workers, scheduler, asked.space))
    told = backtests.gather(asked.case, wanted, results, sayings, today)
    if as_json:
        options.tell(backtests.as_json(told), allow_nan=False)
    else:
        options.show(backtest_display.backtest(told))
    return _code(told)


def _months(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """Months of both options; the faults of both are told at once."""
    found: list[date | None] = []
    faults: list[Problem] = []
    for text, option in ((since, "--since"), (until, "--until")):
        try:
            found.append(options.month(text, option))
        except InputError as error:
            faults += error.problems
    stop_on(faults)
    return found[0], found[1]


def _run(asked: Asked, wanted: "Plan", place: "Place") -> dict[str, Any]:
    """Results of all days, those on disk not made again."""
    from hourglass import batch, schedule, trial  # as above

    with options.counting("days fitted") as told:
        tasks = schedule.tasks(asked.case, wanted)
        return batch.run(trial.trial, tasks, folder_of(asked, wanted), place, told)


def folder_of(asked: Asked, wanted: "Plan") -> Path:
    """Folder in which the results of a backtest's days are kept."""
    from hourglass import schedule  # as above

    return asked.space.backtests / asked.case.question.header.id / schedule.key(asked.case, wanted)


def _code(told: "Backtest") -> int:
    """Withheld where not one day may be shown; single days that are withheld are told in words."""
    return options.WITHHELD if len(told.withheld) == len(told.days) else 0
