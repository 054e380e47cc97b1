"""Commands for readers: the report on a forecast, and two runs side by side."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hourglass import options
from hourglass.options import Asked, AsOf, Json, Question, Root, Seed
from hourglass.wish import Wish

if TYPE_CHECKING:
    from hourglass.summary import Forecast

PLAIN = Wish()
"""Only what the stored draws can tell."""


def report(
    question: Question = None,
    as_of: AsOf = None,
    seed: Seed = 1,
    from_prior: Annotated[
        bool,
        typer.Option(
            "--from-prior",
            help="Tell what moved P since the life tables and beliefs alone, by fits: minutes.",
        ),
    ] = False,
    variants: Annotated[
        bool, typer.Option("--variants", help="Fit other people's beliefs where weights fail: minutes.")
    ] = False,
    root: Root = None,
) -> int:
    """Write the report on a forecast, as one page, as text and as data; made now where it is not stored."""
    from hourglass import forecaster  # NumPy: not to print help

    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    forecaster.check_as_of(asked.case, day, options.today())
    wanted = forecaster.horizons_of(asked.case, day, None, None)
    with options.progress() as talk:
        space = asked.space
        told = forecaster.forecast(asked.case, day, wanted, seed, space.runs, space.machine_code, talk)
    print(publish(asked, told, Wish(from_prior, variants)))
    return 0 if told.verdict.passed else options.WITHHELD


def publish(asked: Asked, told: "Forecast", wish: Wish = PLAIN) -> Path:
    """Write the report on a forecast where there is none yet; its page."""
    from hourglass import publication, reporting  # as above

    with options.progress() as talk:
        folder = reporting.report(asked.case, told, wish, asked.space, talk)
    page = folder / publication.PAGE
    missing = ", ".join(f"{day}" for day in reporting.untold(told, asked.space))
    note = f"; of the run's own horizons, so without {missing}" if missing else ""
    print(f"report: {page}{note}", file=sys.stderr)
    return page


def compare(
    first: Annotated[str, typer.Argument(help="Beginning of a run's id, as `history` lists it.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    question: Question = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """Two stored runs side by side: chances, drivers, evidence and beliefs that differ, what moved P."""
    from hourglass import contrast, contrast_display  # as above

    asked = options.opened(question, root)
    with options.progress() as talk:
        told = contrast.ask(asked.case, first, second, asked.space.runs, talk)
    if as_json:
        options.tell(contrast.as_json(told))
    else:
        options.show(contrast_display.contrast(told, asked.case))
    return 0
