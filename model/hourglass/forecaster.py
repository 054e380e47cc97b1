"""Making a forecast: the stored run where there is one, else a fit, its future and its verdict."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hourglass import calendar, store, summary, verdict
from hourglass.assembly import build, months_to
from hourglass.case import Case
from hourglass.errors import InputError, Problem, stop_on
from hourglass.ledger import weighing_items
from hourglass.question import LONGEST_HORIZON
from hourglass.summary import Evidence, Forecast, Run
from hourglass.verdict import Check, Verdict

if TYPE_CHECKING:
    from hourglass.draws import Draws
    from hourglass.panel import Array

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
    told = store.inputs(case, as_of)
    run = store.key(told, seed)
    kept = store.load(runs, case.question.header.id, run)
    if kept is not None and [(h.months, h.date) for h in kept.horizons] == list(asked):
        return replace(kept, run=replace(kept.run, stored=True))
    began = time.monotonic()
    folder = runs / case.question.header.id / run
    if kept is not None and (found := _stored_draws(folder)) is not None:
        talk("recomputing horizons from the stored draws")
        return replace(
            _summarise(case, as_of, asked, told, kept.run, found), run=replace(kept.run, stored=True)
        )
    inside, outside = fit(case, as_of, seed, machine_code, talk)
    talk("following the futures")
    shown = Run(run, str(folder.relative_to(runs.parent.parent)), "nuts", False, seed, 0.0, store.libraries())
    made = _summarise(case, as_of, asked, told, shown, (inside, outside))
    made = replace(made, run=replace(shown, seconds=round(time.monotonic() - began, 2)))
    store.save(
        runs,
        made,
        told,
        lambda draft: _keep_draws(case, as_of, inside, outside, draft, sound=made.verdict.passed),
    )
    return made


def fit(case: Case, as_of: date, seed: int, machine_code: Path, talk: Talk) -> "tuple[Draws, Draws]":
    """Draws given all evidence known at as-of, and given the class and own quiet alone."""
    use_machine_code(machine_code)
    talk("loading the sampler")
    from hourglass import inference  # loads PyMC: seconds, needed only for a fit
    from hourglass.panel import class_only

    panel, labels = build(case, as_of)
    talk("compiling the model (a minute or two the first time)")
    compiled = inference.compile_model(case, panel)
    talk("sampling the posterior")
    inside = inference.sample(compiled, panel, labels, seed)
    talk("sampling the outside view")
    outside = inference.sample(compiled, class_only(panel, own=True), labels, seed)
    return inside, outside


def use_machine_code(folder: Path) -> None:
    """Keep compiled models in `folder`, unless PyTensor has been told otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    if "base_compiledir" not in flags:
        os.environ["PYTENSOR_FLAGS"] = ",".join(part for part in (flags, f"base_compiledir={folder}") if part)


def _keep_draws(
    case: Case, as_of: date, inside: "Draws", outside: "Draws", folder: Path, *, sound: bool
) -> None:
    from hourglass import draws, information  # xarray: needed only to keep draws

    panel, labels = build(case, as_of)
    each = information.item_log_likelihood(case, panel, labels, inside) if sound else None
    draws.save(draws.as_tree(inside, each), folder / store.POSTERIOR)
    draws.save(draws.as_tree(outside), folder / store.OUTSIDE)


def _stored_draws(folder: Path) -> "tuple[Draws, Draws] | None":
    from hourglass import draws  # as above

    try:
        return draws.load(folder / store.POSTERIOR), draws.load(folder / store.OUTSIDE)
    except (OSError, KeyError, ValueError):
        return None


def _summarise(
    case: Case,
    as_of: date,
    asked: Horizons,
    told: Mapping[str, object],
    run: Run,
    found: "tuple[Draws, Draws]",
) -> Forecast:
    """Forecast from draws; its numbers only where the fits are sound, else the failed checks alone."""
    inside, outside = found
    fits = (*verdict.judge_fit(inside), *verdict.judge_fit(outside, name="outside view "))
    blank = _blank(case, as_of, asked, told, run, Verdict(fits))
    if not blank.verdict.passed:
        return blank
    made = _numbers(case, as_of, asked, blank, inside, outside)
    return made if made.verdict.passed else summary.withheld(made)


def _blank(
    case: Case, as_of: date, asked: Horizons, told: Mapping[str, object], run: Run, fits: Verdict
) -> Forecast:
    """Everything of a forecast but its numbers."""
    header, known = case.question.header, case.evidence(as_of)
    causes = ("entry", *(rival.id for rival in case.question.rivals), "none")
    return Forecast(
        question={"id": header.id, "title": header.title, "sha256": store.digest(told["question"])},
        as_of=as_of,
        horizons=tuple(summary.no_horizon(months, day, causes) for months, day in asked),
        drivers=dict.fromkeys(case.question.drivers, summary.NO_DRIVER),
        evidence=Evidence(weighing_items(known), None, known.newest, store.digest(told["evidence"])),
        priors=store.digest(told["priors"]),
        verdict=fits,
        run=run,
    )


def _numbers(
    case: Case, as_of: date, asked: Horizons, blank: Forecast, inside: "Draws", outside: "Draws"
) -> Forecast:
    """Fill in the numbers of a forecast, with the checks of its chances."""
    from hourglass import incidence, information  # SciPy: needed only to compute
    from hourglass.parameters import layout

    structure, days = layout(case.question), [day for _, day in asked]
    panel, labels = build(case, as_of)
    now = months_to(case.question, as_of) - 1
    present = incidence.present(inside, structure, panel, now)
    happened = incidence.outcomes(case, structure, present, as_of, days, blank.run.seed)
    class_view = incidence.outside_view(case, structure, panel, outside, as_of, days)
    chances = [
        _Chance(
            months, day, happened.cells[:, i], happened.weight, class_view[:, i], inside.grid, outside.grid
        )
        for i, (months, day) in enumerate(asked)
    ]
    paths = inside.stacked()["driver_path"][:, now]
    worth = information.effective_items(case, as_of, panel, labels, present.parameters)
    return replace(
        blank,
        horizons=tuple(chance.summary(happened.causes) for chance in chances),
        drivers={name: summary.driver(paths[:, k], happened.weight) for k, name in enumerate(blank.drivers)},
        evidence=replace(blank.evidence, effective_items=worth),
        verdict=Verdict((*blank.verdict.checks, *(check for chance in chances for check in chance.checks()))),
    )


@dataclass(frozen=True, slots=True)
class _Chance:
    """Draws of one horizon: cells (draw, cause), their weights, the outside view, and their chains."""

    months: float
    day: date
    cells: "Array"
    weight: "Array"
    class_view: "Array"
    grid: tuple[int, int]
    class_grid: tuple[int, int]

    def summary(self, causes: Sequence[str]) -> summary.Horizon:
        error = verdict.mcse(self.cells[:, 0].reshape(self.grid), self.weight.reshape(self.grid))
        outside = float(self.class_view.mean())
        return summary.horizon(self.months, self.day, causes, self.cells, self.weight, error, outside)

    def checks(self) -> Iterator[Check]:
        entry, weight = self.cells[:, 0].reshape(self.grid), self.weight.reshape(self.grid)
        yield from verdict.judge_chance(f"P in {self.months:g} months", entry, weight)
        outside = self.class_view.reshape(self.class_grid)
        yield from verdict.judge_chance(f"outside view in {self.months:g} months", outside, outside**0)
