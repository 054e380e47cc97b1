"""The commands about beliefs: what is held, what it implies, how it is changed and compared."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hourglass import belief, display, options, variant
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.errors import InputError, Problem
from hourglass.options import Asked, AsOf, Json, Question, Root, Seed

if TYPE_CHECKING:
    from hourglass.comparison import Comparison
    from hourglass.forecaster import Horizons
    from hourglass.revision import Revision
    from hourglass.summary import Line

RATE_DRAWS = 4000
"""Draws from the priors behind an implied rate: its median is good to about 3 %."""
POINTS = 101
"""Points of a density in JSON."""

app = typer.Typer(help="The beliefs of a question.", no_args_is_help=True)


@app.command("show")
def show(question: Question = None, root: Root = None, as_json: Json = False) -> int:
    """Every belief of a question with its sentence, source and date."""
    asked = options.opened(question, root)
    told = variant.by_path(asked.case.question)
    if as_json:
        options.tell({path: _with_history(held) for path, held in told.items()})
    else:
        options.show(display.beliefs(told))
    return 0


@app.command("check")
def check(
    question: Question = None,
    root: Root = None,
    as_of: AsOf = None,
    draws: Annotated[int, typer.Option(min=100, max=20_000, help="Draws from the priors.")] = 1000,
    seed: Seed = 1,
    as_json: Json = False,
) -> int:
    """What the priors alone say of P, of the class, of drivers and of each series."""
    from hourglass import forecaster, prediction  # SciPy: not to print help

    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    forecaster.check_as_of(asked.case, day, options.today())
    lines = list(prediction.prior_predictive(asked.case, day, draws, seed))
    if as_json:
        options.tell([asdict(line) for line in lines])
    else:
        options.show(display.predictions(lines))
    return 0


@app.command("revise")
def revise(
    path: Annotated[str, typer.Argument(help="Belief by its path, as `prior show` names it.")],
    q05: Annotated[float, typer.Option("--q05", help="One in twenty lies below.")],
    q50: Annotated[float, typer.Option("--q50", help="Half lies below.")],
    q95: Annotated[float, typer.Option("--q95", help="One in twenty lies above.")],
    because: Annotated[str, typer.Option(help="The sentence that justifies it.")],
    question: Question = None,
    source: Annotated[str, typer.Option(help="On what ground.")] = "judgement",
    author: Annotated[str | None, typer.Option(help="Who holds it; default git's user.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would do; write nothing.")] = False,
    forecast: Annotated[bool, typer.Option(help="Show P before and after.")] = True,
    as_of: AsOf = None,
    seed: Seed = 1,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """State a belief anew; the old statement stays beneath it, with its author and date."""
    from hourglass import prediction, prior_display, revision  # tomlkit, SciPy: not to print help

    asked, day = options.opened(question, root), options.known(as_of)
    wanted = _horizons(asked.case, day) if forecast else None  # refused before anything is written
    told = revision.revise(
        asked.case.folder, asked.case.place, path, (q05, q50, q95), because, source=source,
        author=author or revision.default_author(asked.case.folder), today=options.today(), write=not dry_run,
    )  # fmt: skip
    if not dry_run:
        print(f"{told.file}: {path} is revised", file=sys.stderr)
    before, after = (
        list(prediction.entry_rates(one.question, RATE_DRAWS, seed)) for one in (told.before, told.after)
    )
    if not as_json:
        options.show(prior_display.revision(told, written=not dry_run))
        options.show(prior_display.rates(before, after))
    cases = {"before": told.before, "after": told.after}
    aside = {"after"} if dry_run else set()
    found = None if wanted is None else _compared(asked, cases, aside, day, wanted, seed)
    if as_json:
        options.tell(_revision_json(told, before, after, found, written=not dry_run))
    elif found is not None:
        options.show(prior_display.chances(found))
    if found is None or found.passed:
        return 0
    if not dry_run:
        print("the revision stands; the forecasts are withheld", file=sys.stderr)
    return options.WITHHELD


@app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(help="Set of beliefs: a file of variants/, or base.")],
    second: Annotated[str, typer.Argument(help="Another one.")],
    question: Question = None,
    as_of: AsOf = None,
    seed: Seed = 1,
    root: Root = None,
    as_json: Json = False,
) -> int:
    """The same evidence under two named sets of beliefs: chances, drivers, and what differs."""
    asked, day = options.opened(question, root), options.day(as_of, "--as-of")
    if first == second:
        raise InputError([Problem("compare", f"{first!r} stands on both sides; name two sets of beliefs")])
    cases = {name: asked.case.under(name) for name in (first, second)}
    wanted = _horizons(asked.case, day)
    found = _compared(asked, cases, cases.keys() - {variant.BASE}, day, wanted, seed)
    from hourglass import comparison, prior_display  # as above

    if as_json:
        options.tell(comparison.as_json(found))
    else:
        options.show(prior_display.comparison(found, asked.case))
    return 0 if found.passed else options.WITHHELD


def _horizons(case: Case, day: date) -> "Horizons":
    from hourglass import forecaster  # as above

    forecaster.check_as_of(case, day, options.today())
    return forecaster.horizons_of(case, day, None, None)


def _compared(
    asked: Asked, cases: Mapping[str, Case], aside: set[str], day: date, wanted: "Horizons", seed: int
) -> "Comparison":
    """Forecasts of two cases by name; those `aside` are kept where no history lists them."""
    from hourglass import forecaster  # as above
    from hourglass.comparison import Comparison

    space = asked.space
    with options.progress() as talk:
        told = []
        for name, case in cases.items():
            talk(f"forecast: {name}")
            runs = space.asides if name in aside else space.runs
            told.append(forecaster.forecast(case, day, wanted, seed, runs, space.machine_code, talk))
    one, other = cases.values()
    first, second = cases
    return Comparison((first, second), (told[0], told[1]), variant.changed(one.question, other.question))


def _revision_json(
    told: "Revision", before: list["Line"], after: list["Line"], found: "Comparison | None", *, written: bool
) -> dict[str, Any]:
    from hourglass import comparison  # as above

    low, high = belief.common_range([told.old, told.new])
    steps = [low + i * (high - low) / (POINTS - 1) for i in range(POINTS)]
    old, new = (belief.curve(held) for held in (told.old, told.new))
    return {
        "schema": comparison.SCHEMA,
        "path": told.path,
        "file": told.file,
        "written": written,
        "before": _with_history(told.old),
        "after": _with_history(told.new),
        "density": {
            "at": steps,
            "before": [belief.density(step, old) for step in steps],
            "after": [belief.density(step, new) for step in steps],
        },
        "rates": [
            {"about": one.about, "before": _three(one), "after": _three(other)}
            for one, other in zip(before, after, strict=True)
        ],
        "forecast": None if found is None else comparison.as_json(found),
    }


def _three(line: "Line") -> dict[str, float]:
    return {"q05": line.q05, "q50": line.q50, "q95": line.q95}


def _with_history(held: Belief) -> dict[str, Any]:
    history = [old.model_dump(mode="json") for old in held.history]
    return {**held.model_dump(mode="json"), **({"history": history} if history else {})}
