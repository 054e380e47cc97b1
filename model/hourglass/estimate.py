"""The numbers of a forecast, from draws of the posterior."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hourglass import draws, incidence, information, store, summary, verdict
from hourglass.assembly import build, fitted_months, months_to
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.ledger import weighing_items
from hourglass.panel import Array, Labels, Panel, class_only
from hourglass.parameters import layout
from hourglass.summary import Evidence, Forecast, Run
from hourglass.verdict import Check, Verdict


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws given all evidence and draws given the class alone, with the panel they were fitted to.

    Attributes
    ----------
    panel, labels
        The evidence as arrays, and the names along their axes.
    inside
        Draws given all evidence known at as-of.
    outside
        Draws given the life tables and the state's own quiet, all else unknown.
    """

    panel: Panel
    labels: Labels
    inside: Draws
    outside: Draws


def fit(case: Case, as_of: date, seed: int, talk: Callable[[str], None]) -> Posterior:
    """Sample what is known at the end of `as_of`; `talk` is told what long work begins."""
    talk("loading the sampler")
    from hourglass import inference  # loads PyMC: seconds, needed only for a fit

    panel, labels = build(case, as_of, fitted_months(case.question, as_of))
    talk("compiling the model (two or three minutes the first time, then less)")
    compiled = inference.compile_model(case, panel)
    talk("sampling the posterior")
    inside = inference.sample(compiled, panel, labels, seed)
    talk("sampling the outside view")
    outside = inference.sample(compiled, class_only(panel, own=True), labels, seed)
    return Posterior(panel, labels, inside, outside)


def keep(case: Case, found: Posterior, folder: Path, *, sound: bool) -> None:
    """Write the draws into the folder of a run, with each item's log density where they are `sound`."""
    each = None
    if sound:
        each = information.item_log_likelihood(case, found.panel, found.labels, found.inside)
    draws.save(draws.as_tree(found.inside, each), folder / store.POSTERIOR)
    draws.save(draws.as_tree(found.outside), folder / store.OUTSIDE)


def stored(case: Case, as_of: date, folder: Path) -> Posterior | None:
    """Posterior that `keep` wrote; None where its files are missing or damaged."""
    try:
        inside, outside = draws.load(folder / store.POSTERIOR), draws.load(folder / store.OUTSIDE)
        panel, labels = build(case, as_of, inside.months)
    except (OSError, KeyError, ValueError):
        return None
    return Posterior(panel, labels, inside, outside)


def summarise(
    case: Case,
    as_of: date,
    asked: Sequence[tuple[float, date]],
    told: Mapping[str, object],
    run: Run,
    found: Posterior,
) -> Forecast:
    """Forecast from draws; its numbers only where the fits are sound, else the failed checks alone.

    Parameters
    ----------
    asked
        Months and last day of each horizon.
    told
        Inputs of the run, of `store.inputs`.
    """
    fits = (*verdict.judge_fit(found.inside), *verdict.judge_fit(found.outside, name="outside view "))
    blank = _blank(case, as_of, asked, told, run, Verdict(fits))
    if not blank.verdict.passed:
        return blank
    made = _numbers(case, as_of, asked, blank, found)
    return made if made.verdict.passed else summary.withheld(made)


def _blank(
    case: Case,
    as_of: date,
    asked: Sequence[tuple[float, date]],
    told: Mapping[str, object],
    run: Run,
    fits: Verdict,
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
    case: Case, as_of: date, asked: Sequence[tuple[float, date]], blank: Forecast, found: Posterior
) -> Forecast:
    """Fill in the numbers of a forecast, with the checks of its chances."""
    structure, days = layout(case.question), [day for _, day in asked]
    now, inside, outside = months_to(case.question, as_of) - 1, found.inside, found.outside
    present = incidence.present(inside, structure, found.panel, now)
    happened = incidence.outcomes(case, structure, present, as_of, days, blank.run.seed)
    class_view = incidence.outside_view(case, structure, found.panel, outside, as_of, days)
    chances = [
        _Chance(
            months, day, happened.cells[:, i], happened.weight, class_view[:, i], inside.grid, outside.grid
        )
        for i, (months, day) in enumerate(asked)
    ]
    paths = inside.stacked()["driver_path"][:, now]
    worth = information.effective_items(case, as_of, found.panel, found.labels, present.parameters)
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
    cells: Array
    weight: Array
    class_view: Array
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
