"""Making a forecast: the stored run where there is one, else a fit, its future and its verdict."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hourglass import archive, calendar, store
from hourglass.case import Case
from hourglass.errors import InputError, Problem, stop_on
from hourglass.question import LONGEST_HORIZON
from hourglass.summary import Forecast, Run
from hourglass.workspace import use_machine_code

if TYPE_CHECKING:
    from hourglass.estimate import Posterior

Talk = Callable[[str], None]
"""Told in a few words what long work begins."""

Method = Literal["auto", "nuts", "reweight"]
NUTS, REWEIGHT = "nuts", "reweight"
MOST_TRIED = 3
"""Stored fits whose draws are weighed, the nearest first, before a fit is made."""

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
            Problem("--horizons", f"{m} is outside 1 to {LONGEST_HORIZON} months; ask for one inside")
            for m in wanted
            if not 1 <= m <= LONGEST_HORIZON
        )
        asked = [(m, calendar.months_after(as_of, m)) for m in sorted(set(wanted))]
    stop_on(
        Problem(
            "--horizons" if by is None else "--by",
            f"{day} is after the question closes on {header.closes}; ask for a day up to then",
        )
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
    case: Case,
    as_of: date,
    asked: Horizons,
    seed: int,
    runs: Path,
    machine_code: Path,
    talk: Talk,
    method: Method = "auto",
) -> Forecast:
    """Forecast as of a day: from the store, by an update of a stored fit, or from a new fit.

    Parameters
    ----------
    asked
        Checked horizons, of `horizons_of`.
    runs, machine_code
        Folders of stored runs and of compiled models.
    method
        `nuts` fits, `reweight` weighs the draws of a stored fit, `auto` does so where that can
        be believed and fits where it cannot.

    Raises
    ------
    InputError
        Where a stored fit must be weighed and there is none.
    """
    began, told = time.monotonic(), store.inputs(case, as_of)
    run = store.key(told, seed)
    if (aside := store.set_aside(runs, case.question.header.id, run)) is not None:
        talk(f"the stored run {run} is damaged: it is kept as {aside}, and made anew")
    kept = store.load(runs, case.question.header.id, run)
    if kept is not None and method == NUTS != kept.run.method:
        kept = None
    if kept is not None:
        store.recall(runs, kept)
    if kept is not None and (ready := _narrowed(kept, asked)) is not None:
        return replace(ready, run=replace(ready.run, stored=True))
    from hourglass import estimate  # SciPy and xarray: not to return a stored forecast

    if kept is not None and (found := posterior(case, as_of, kept.run, runs)) is not None:
        talk("recomputing horizons from the stored draws")
        return estimate.summarise(case, as_of, asked, told, replace(kept.run, stored=True), found)
    place, whole = (
        str((runs / case.question.header.id / run).relative_to(runs.parent.parent)),
        _whole(case, as_of, asked),
    )
    shown = Run(run, place, NUTS, run, False, seed, 0.0, store.libraries())
    if method != NUTS and (updated := _update(case, as_of, whole, told, shown, runs, talk)) is not None:
        updated = _timed(updated, began)
        if updated.verdict.passed:
            store.save(runs, updated, told, lambda _: None)
        if updated.verdict.passed or method == REWEIGHT:
            return _narrowed(updated, asked) or updated
        failed = (f"{c.name} {c.value:.3g}, limit {c.limit:.3g}" for c in updated.verdict.failed)
        talk(f"the stored draws cannot be believed here ({'; '.join(failed)}): fitting anew")
    elif method == REWEIGHT:
        remedy = "ask once without --method reweight"
        raise InputError(
            [Problem("--method reweight", f"no fit as of {as_of} or before is stored; {remedy}")]
        )
    use_machine_code(machine_code)
    found = estimate.fit(case, as_of, seed, talk)
    talk("following the futures")
    made = _timed(estimate.summarise(case, as_of, whole, told, shown, found), began)
    store.save(runs, made, told, lambda draft: estimate.keep(case, found, draft, sound=made.verdict.passed))
    return _narrowed(made, asked) or made


def _whole(case: Case, as_of: date, asked: Horizons) -> Horizons:
    """Horizons that are kept: those asked for, and the question's own while it is open."""
    own = [(m, calendar.months_after(as_of, m)) for m in case.question.header.horizons]
    return sorted({*asked, *(h for h in own if h[1] <= case.question.header.closes)}, key=lambda h: h[1])


def _narrowed(made: Forecast, asked: Horizons) -> Forecast | None:
    """Forecast with only the horizons that are asked for; None where it lacks one."""
    held = {(h.months, h.date): h for h in made.horizons}
    if not held.keys() >= set(asked):
        return None
    return replace(made, horizons=tuple(held[horizon] for horizon in asked))


def _timed(made: Forecast, began: float) -> Forecast:
    return replace(made, run=replace(made.run, seconds=round(time.monotonic() - began, 2)))


def _update(
    case: Case,
    as_of: date,
    asked: Horizons,
    told: Mapping[str, Any],
    run: Run,
    runs: Path,
    talk: Talk,
) -> Forecast | None:
    """Forecast by the draws of the nearest stored fit that can be believed here, else of the nearest."""
    from hourglass import estimate  # as above

    tried: list[Forecast] = []
    for near in archive.fits(runs, case, told, run.seed):
        base = estimate.stored(near.case, near.forecast.as_of, near.folder)
        if base is not None and within(case, as_of, base):
            talk(f"weighing the draws of run {near.forecast.run.id}")
            found = estimate.update(case, as_of, base)
            how = replace(run, method=REWEIGHT, fit=near.forecast.run.id)
            tried.append(estimate.summarise(case, as_of, asked, told, how, found))
            if tried[-1].verdict.passed or len(tried) == MOST_TRIED:
                break
    return next((one for one in tried if one.verdict.passed), tried[0] if tried else None)


def within(case: Case, as_of: date, base: "Posterior") -> bool:
    """Whether the draws of a fit walk on to the month of `as_of`."""
    first = calendar.month_of(case.question.header.history_from)
    return calendar.month_of(as_of) - first < base.inside.months


def posterior(case: Case, as_of: date, run: Run, runs: Path) -> "Posterior | None":
    """Draws behind a stored forecast, weighed where it was an update; None where they are gone."""
    from hourglass import estimate  # as above

    kept = archive.kept(runs, case, run.fit)
    base = None if kept is None else estimate.stored(kept.case, kept.forecast.as_of, kept.folder)
    return base if base is None or run.fit == run.id else estimate.update(case, as_of, base)
