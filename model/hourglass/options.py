"""What the commands share: their common options, the question they open, how they talk."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hourglass import case, documents, workspace
from hourglass.batch import Place
from hourglass.errors import InputError, Problem
from hourglass.workspace import Workspace

WITHHELD = 3
"""Exit code where a verdict withholds the numbers."""
AN_HOUR = 3600
"""Seconds that the time left is judged by; one fit may take minutes."""
NARROWEST = 120
"""Columns that a table is given where no terminal says how wide it is."""

Question = Annotated[str | None, typer.Argument(help="Folder under priors/; default the only one.")]
Root = Annotated[Path | None, typer.Option(help="Folder that holds priors/; default the nearest parent.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Day, as YYYY-MM-DD; default today.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Workers = Annotated[
    int | None, typer.Option(help="Processes that share the work; default one for each processor.")
]
Scheduler = Annotated[
    str | None, typer.Option(help="Dask scheduler whose workers do the work instead, as tcp://host:port.")
]
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
    found = documents.day(text)
    if found is None:
        raise InputError([Problem(option, f"{text!r} is no day; write it as YYYY-MM-DD")])
    return found


def known(as_of: str | None) -> date:
    """As-of day whose evidence is known, today or before."""
    asked = day(as_of, "--as-of")
    if asked > today():
        raise InputError([Problem("--as-of", f"{asked} is after today; name a day whose evidence is known")])
    return asked


def months(text: str | None) -> list[int] | None:
    """Horizons that an option lists; None where it is not given."""
    if text is None:
        return None
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError([Problem("--horizons", f"{text!r} is no list of months; write 3,6,12")]) from None
    once = list(dict.fromkeys(found))
    if found != once:
        remedy = ",".join(str(number) for number in once)
        raise InputError([Problem("--horizons", f"{text!r} names a horizon twice; write {remedy}")])
    return found


def place(workers: int | None, scheduler: str | None, space: Workspace) -> Place:
    """Where a batch runs: on the cluster that an option names, else on processes here."""
    if workers is not None and scheduler is not None:
        raise InputError([Problem("--workers", "and --scheduler name two places; give one of them")])
    return Place(processors() if workers is None else workers, scheduler, space.machine_code)


def processors() -> int:
    """Processors that this process may use."""
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    return os.cpu_count() or 1


def month(text: str | None, option: str) -> date | None:
    """First day of the month that an option names; None where it is not given."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise InputError([Problem(option, f"{text!r} is no month; write it as YYYY-MM")]) from None


def tell(value: object, *, allow_nan: bool = True) -> None:
    """Print a value as JSON, for programs; its own escapes where the output does not hold every letter."""
    whole = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    print(json.dumps(value, indent=1, ensure_ascii=not whole, allow_nan=allow_nan))


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


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Tell how much of a batch of `what` is done, on standard error.

    A bar with the time that is left; in a pipe plain lines at the start, each tenth and the end.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _tenths(what)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, speed_estimate_period=AN_HOUR) as bar:
        task = bar.add_task(what, total=None)

        def told(done: int, total: int) -> None:
            if bar.tasks[0].total is None:
                bar.reset(task, total=total, completed=done)  # what was kept tells nothing of the speed
            else:
                bar.update(task, completed=done)

        yield told


def _tenths(what: str) -> Callable[[int, int], None]:
    said: set[int] = set()

    def told(done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if tenth not in said:
            print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)
        said.add(tenth)

    return told
