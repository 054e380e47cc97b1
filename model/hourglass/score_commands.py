"""Commands about what happened: how a question ended, and how its forecasts fared."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from hourglass import options
from hourglass.errors import InputError, Problem, stop_on
from hourglass.options import Json, Question, Root

if TYPE_CHECKING:
    from pathlib import Path

    from hourglass.question import Header
    from hourglass.scores import Record


def resolve(
    outcome: Annotated[str, typer.Argument(help="entry, the id of a rival, or none.")],
    day: Annotated[str, typer.Option("--date", help="Day on which it happened, as YYYY-MM-DD.")],
    source: Annotated[str, typer.Option(help="Who confirms it.")],
    question: Question = None,
    root: Root = None,
) -> int:
    """Write down how the question ended; no forecast is made as of that day or later."""
    from hourglass import resolution, score_display  # tomlkit: not to print help

    asked, today = options.opened(question, root), options.today()
    problems: list[Problem] = []
    when = _day(day, problems)
    stop_on([*problems, *resolution.faults(asked.case, outcome, when, source, today)])
    if when is not None:
        folder, place = asked.case.folder, asked.case.place
        ended = resolution.record(folder, place, outcome, when, source, today).question.header
        options.show(score_display.resolved(_record(asked.space.runs, ended), f"{place}/{resolution.FILE}"))
    return 0


def _day(text: str, problems: list[Problem]) -> date | None:
    """Day of `--date`; None where it is none, with the fault added to `problems`."""
    try:
        return options.day(text, "--date")
    except InputError as fault:
        problems += fault.problems
        return None


def score(question: Question = None, root: Root = None, as_json: Json = False) -> int:
    """How stored forecasts fared, by log and Brier score, beside the outside view."""
    from hourglass import score_display, scores  # NumPy: not to print help

    asked = options.opened(question, root)
    header = asked.case.question.header
    told = _record(asked.space.runs, header)
    if as_json:
        options.tell(scores.as_json(told))
    else:
        options.show(score_display.record(told, header.title))
    return 0


def _record(runs: "Path", header: "Header") -> "Record":
    from hourglass import scores, store  # as above

    told = list(store.history(runs, header.id))
    return scores.record(told, header, options.today(), store.unreadable(runs, header.id))
