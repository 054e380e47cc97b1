"""Commands that look ahead: what to watch for, and what if."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hourglass import options
from hourglass.options import Asked, AsOf, Json, Question, Root, Seed
from hourglass.question import LONGEST_HORIZON

Months = Annotated[str | None, typer.Option("--horizons", help="Months, as 3,6,12; default the question's.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="DRIVER=+1.5 or gate.NAME=0.9; its own months as @YYYY-MM:6m."),
]
First = Annotated[
    str | None, typer.Option("--from", help="First month, as YYYY-MM; default the one after as-of.")
]
Items = Annotated[list[str] | None, typer.Option("--without", help="Id of an item to leave out.")]


def watch(
    question: Question = None,
    as_of: AsOf = None,
    horizon: Annotated[
        int | None,
        typer.Option(
            min=1, max=LONGEST_HORIZON, help="Months ahead that P is of; default the question's longest."
        ),
    ] = None,
    seed: Seed = 1,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """What could be seen in the next month or two, and P if it is and if it is not."""
    from hourglass import forecaster, outlook_display, watchlist  # NumPy and SciPy: not to print help

    asked, day = _asked(question, root, as_of)
    longest = max(asked.case.question.header.horizons)
    wanted = forecaster.horizons_of(asked.case, day, [longest if horizon is None else horizon], None)
    with options.progress() as talk:
        space = asked.space
        told = watchlist.ask(asked.case, day, wanted[0], seed, space.runs, space.machine_code, talk)
    if as_json:
        options.tell(watchlist.as_json(told))
    else:
        options.show(outlook_display.watchlist(told, asked.case))
    return 0 if told.verdict.passed else options.WITHHELD


def scenario(
    question: Question = None,
    settings: Settings = None,
    since: First = None,
    span: Annotated[str | None, typer.Option("--for", help="How long, as 6m.")] = None,
    without: Items = None,
    as_of: AsOf = None,
    horizons: Months = None,
    seed: Seed = 1,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """P if a driver or a gate stood elsewhere, or without some items; never stored as a forecast."""
    from hourglass import forecaster, outlook_display, wording  # as above
    from hourglass import scenario as scenarios

    asked, day = _asked(question, root, as_of)
    wanted = forecaster.horizons_of(asked.case, day, options.months(horizons), None)
    told = wording.read(asked.case, day, wanted, settings or [], since, span, without or [])
    with options.progress() as talk:
        space = asked.space
        found = scenarios.ask(asked.case, day, wanted, told, seed, space.runs, space.machine_code, talk)
    if as_json:
        options.tell(scenarios.as_json(found))
        for words in outlook_display.asides(found):
            print(words, file=sys.stderr)
    else:
        options.show(outlook_display.what_if(found, asked.case))
    return 0 if found.verdict.passed else options.WITHHELD


def _asked(question: str | None, root: Path | None, as_of: str | None) -> tuple[Asked, date]:
    """Question and day of a command, a day of which a forecast can be made."""
    from hourglass import forecaster  # as above

    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    forecaster.check_as_of(asked.case, day, options.today())
    return asked, day
