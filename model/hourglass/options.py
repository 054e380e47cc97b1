"""What the commands share: their common options, the question they open, how they talk."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType

from hourglass import case, workspace
from hourglass.errors import InputError, Problem
from hourglass.workspace import Workspace

WITHHELD = 3
"""Exit code where a verdict withholds the numbers."""
NARROWEST = 100
"""Columns that a table is given where no terminal says how wide it is."""

Question = Annotated[str | None, typer.Argument(help="Folder under priors/; default the only one.")]
Root = Annotated[Path | None, typer.Option(help="Folder that holds priors/; default the nearest parent.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day, as YYYY-MM-DD; default today.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of every random draw.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question a command is about and where it lies."""

    space: Workspace
    case: case.Case


def today() -> date:
    """Day by the clock."""
    return date.today()


def folder(question: str | None, root: Path | None) -> tuple[Workspace, Path, str]:
    """Workspace, folder of the question, and that folder's name in messages."""
    space = workspace.find(root, Path.cwd())
    return space, *workspace.question_folder(space, question)


def opened(question: str | None, root: Path | None) -> Asked:
    """Question that was asked about, whole and checked."""
    space, where, place = folder(question, root)
    return Asked(space, case.load(where, place, today()))


def day(text: str | None, option: str) -> date:
    """Day that an option names; default today."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Problem(option, f"{text!r} is no day; write it as YYYY-MM-DD")]) from None


def months(text: str | None) -> list[int] | None:
    """Horizons that an option lists; None where it is not given."""
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError([Problem("--horizons", f"{text!r} is no list of months; write 3,6,12")]) from None


def show(renderable: RenderableType) -> None:
    """Print a table or a sentence as it is."""
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, NARROWEST)
    console.print(renderable)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Talk of what long work begins, on standard error: a spinner, or plain lines in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda words: print(words, file=sys.stderr, flush=True)
        return
    with console.status("starting") as status:
        yield status.update
