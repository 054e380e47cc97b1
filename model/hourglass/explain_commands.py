"""The command that says why P stands where it stands."""

import sys
from typing import Annotated

import typer

from hourglass import options
from hourglass.errors import InputError, Problem
from hourglass.options import Json, Question, Root


def explain(
    question: Question = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Beginning of the earlier run's id; default the one before.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="Beginning of the run's id; default the last.")
    ] = None,
    from_prior: Annotated[
        bool,
        typer.Option(
            "--from-prior", help="Climb from the life tables and the beliefs alone, by fits: minutes."
        ),
    ] = False,
    horizon: Annotated[
        float | None, typer.Option(help="Months; default the longest that both runs have.")
    ] = None,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """What moved P between two runs, and what it rests on."""
    from hourglass import explain_display, explanation  # NumPy, SciPy and xarray: not to print help

    if from_prior and start is not None:
        raise InputError([Problem("--from-prior", "and --from ask for two things; give one of them")])
    asked = options.opened(question, root)
    wanted = explanation.Asked(start, end, horizon, from_prior)
    with options.progress() as talk:
        told = explanation.ask(asked.case, wanted, asked.space.runs, asked.space.machine_code, talk)
    if as_json:
        options.tell(explanation.as_json(told))
        for words in explain_display.remarks(told):
            print(words, file=sys.stderr)
    else:
        options.show(explain_display.explanation(told, asked.case))
    return 0
