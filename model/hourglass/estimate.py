"""The numbers of a forecast, from draws of the posterior."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from hourglass import draws, incidence, information, reweighting, store, summary, verdict
from hourglass.assembly import build, fitted_months, months_to
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.panel import Array, Labels, Panel, class_only
from hourglass.parameters import layout
from hourglass.question import Question
from hourglass.reweighting import Weights
from hourglass.summary import Evidence, Forecast, Run
from hourglass.verdict import Check, Verdict

OUTSIDE = "outside view"
"""How the names of checks begin that are not about the draws given all evidence."""


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
    weights, class_weights
        What an update makes of the draws inside and outside; None where they were fitted.
    beliefs
        The question whose beliefs the draws were drawn under; None: those of the question asked.
    """

    panel: Panel
    labels: Labels
    inside: Draws
    outside: Draws
    weights: Weights | None = None
    class_weights: Weights | None = None
    beliefs: Question | None = None

    @property
    def weight(self) -> Array:
        """Weight of each draw inside, mean 1; (draw)."""
        return _weight(self.inside, self.weights)

    @property
    def class_weight(self) -> Array:
        """Weight of each draw outside, mean 1; (draw)."""
        return _weight(self.outside, self.class_weights)

    @property
    def log_ratio(self) -> Array:
        """Logarithm of `weight` before it was smoothed, up to a constant; (draw)."""
        return np.zeros(len(self.weight)) if self.weights is None else self.weights.log_ratio

    def checks(self) -> Iterator[Check]:
        """Checks of both fits, and of the weights where there are any."""
        yield from verdict.judge_fit(self.inside)
        yield from verdict.judge_fit(self.outside, name=f"{OUTSIDE} ")
        yield from self.weight_checks()

    def weight_checks(self) -> Iterator[Check]:
        """Checks of the weights, none where the draws were fitted."""
        if self.weights is not None:
            yield from self.weights.checks("weights")
        if self.class_weights is not None:
            yield from self.class_weights.checks(f"{OUTSIDE} weights")


def _weight(draws: Draws, weights: Weights | None) -> Array:
    return np.ones(draws.grid[0] * draws.grid[1]) if weights is None else weights.weight


def fit(case: Case, as_of: date, seed: int, talk: Callable[[str], None]) -> Posterior:
    """Sample what is known at the end of `as_of`; `talk` is told what long work begins."""
    talk("loading the sampler")
    from hourglass import inference  # loads PyMC: seconds, needed only for a fit

    panel, labels = build(case, as_of, fitted_months(case.question, as_of))
    talk("compiling the model (two or three minutes the first time, then less)")
    compiled = inference.engine(case, panel)
    talk("sampling the posterior")
    inside = inference.sample(compiled, panel, labels, seed)
    talk("sampling the outside view")
    outside = inference.sample(compiled, class_only(panel, own=True), labels, seed)
    return Posterior(panel, labels, inside, outside, beliefs=case.question)


def update(case: Case, as_of: date, base: Posterior) -> Posterior:
    """Posterior of what is known at the end of `as_of`, from a fit to other evidence or beliefs."""
    panel, labels = build(case, as_of, base.inside.months)
    weights = reweighting.smooth(log_ratio(case, base, panel))
    structure = layout(case.question)
    of_class = _prior_log_ratio(case, base, base.outside)
    of_class += reweighting.class_log_ratio(structure, base.outside, base.panel, panel)
    class_weights = reweighting.smooth(of_class)
    return replace(base, panel=panel, labels=labels, weights=weights, class_weights=class_weights)


def log_ratio(case: Case, base: Posterior, panel: Panel) -> Array:
    """Log of prior and likelihood of a panel under a question's beliefs over those of a fit; (draw)."""
    told = reweighting.log_ratio(layout(case.question), base.inside, base.panel, panel)
    return told + _prior_log_ratio(case, base, base.inside)


def _prior_log_ratio(case: Case, base: Posterior, fitted: Draws) -> Array:
    then = layout(base.beliefs or case.question)
    return reweighting.prior_log_ratio(fitted, then, layout(case.question))


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
    return Posterior(panel, labels, inside, outside, beliefs=case.question)


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
    blank = _blank(case, as_of, asked, told, run, Verdict(tuple(found.checks())))
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
        evidence=Evidence(len(known.weighing(as_of)), None, known.newest, store.digest(told["evidence"])),
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
    weight = happened.weight * found.weight
    chances = [
        _Chance(months, day, happened.cells[:, i], weight, class_view[:, i], found)
        for i, (months, day) in enumerate(asked)
    ]
    paths = inside.stacked()["driver_path"][:, now]
    worth = information.effective_items(case, as_of, found.panel, found.labels, present.parameters)
    return replace(
        blank,
        horizons=tuple(chance.summary(happened.causes) for chance in chances),
        drivers={name: summary.driver(paths[:, k], weight) for k, name in enumerate(blank.drivers)},
        evidence=replace(blank.evidence, effective_items=worth),
        verdict=Verdict((*blank.verdict.checks, *(check for chance in chances for check in chance.checks()))),
    )


@dataclass(frozen=True, slots=True)
class _Chance:
    """Draws of one horizon: cells (draw, cause), their weights, the outside view, and their source."""

    months: float
    day: date
    cells: Array
    weight: Array
    class_view: Array
    found: Posterior

    def summary(self, causes: Sequence[str]) -> summary.Horizon:
        grid = self.found.inside.grid
        error = verdict.mcse(self.cells[:, 0].reshape(grid), self.weight.reshape(grid))
        outside = float(np.average(self.class_view, weights=self.found.class_weight))
        return summary.horizon(self.months, self.day, causes, self.cells, self.weight, error, outside)

    def checks(self) -> Iterator[Check]:
        parts = {
            "P": (self.found.inside.grid, self.cells[:, 0], self.weight),
            OUTSIDE: (self.found.outside.grid, self.class_view, self.found.class_weight),
        }
        for name, (grid, chances, weight) in parts.items():
            told = f"{name} in {self.months:g} months"
            yield from verdict.judge_chance(told, chances.reshape(grid), weight.reshape(grid))
