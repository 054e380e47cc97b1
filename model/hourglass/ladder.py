"""Fits between prior and posterior: one compiled model, the evidence raised to powers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hourglass import incidence, origins, standing, tempering, verdict, workspace
from hourglass.assembly import months_to
from hourglass.attribution import Part, log_odds
from hourglass.changes import WARNINGS
from hourglass.draws import Draws
from hourglass.forecaster import Talk
from hourglass.panel import Array
from hourglass.standing import Standing
from hourglass.tempering import Stage
from hourglass.verdict import Check

START = "the life tables and the beliefs alone"
"""Where a climb starts: what holds before any evidence of the state's own, its quiet among it."""
MISSED = "sum of the parts"
"""Name of the check of what the parts missed, in Monte Carlo standard errors."""
MOST_MISSED = 3
"""Monte Carlo standard errors by which the parts may miss the whole before they are adjusted to it."""
DRAWS = 500
"""Draws of each chain at each power."""


@dataclass(frozen=True, slots=True)
class Climb:
    """What took P from the life tables and the beliefs alone to now, as parts that sum to the whole.

    Parts are in log-odds.

    Attributes
    ----------
    before, after
        P without evidence of the state's own, and P as printed.
    checks
        Checks that failed: of the fits between, each with its power, and of the parts' sum.
    missed, error
        Log-odds by which the parts missed the whole before they were adjusted to sum to it, and
        the Monte Carlo standard error of that.
    """

    before: float
    after: float
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    missed: float
    error: float

    @property
    def whole(self) -> float:
        """Change of the log-odds."""
        return log_odds(self.after) - log_odds(self.before)


Fit = Callable[[float], Draws]
"""Draws of the posterior with the evidence raised to a power."""


def fits(stand: Standing, machine_code: Path, talk: Talk) -> Fit:
    """Fits of one compiled model, each told of by `talk`."""
    workspace.use_machine_code(machine_code)
    talk("loading the sampler and compiling the model")
    from hourglass import inference  # loads PyMC: seconds, needed only for fits

    panel, labels = stand.posterior.panel, stand.posterior.labels
    compiled = inference.compile_model(stand.case, panel)
    settings, seed = inference.Settings(draws=DRAWS), stand.run.forecast.run.seed

    def at(power: float) -> Draws:
        talk(f"sampling with the evidence to the power {power:.3g}")
        tempered = replace(panel, temperature=np.array([power]))
        own = np.random.default_rng([seed, int(power * 2**32)]).integers(2**31)  # errors of its own
        return inference.sample(compiled, tempered, labels, int(own), settings)

    return at


def climb(stand: Standing, fit: Fit) -> Climb:
    """Climb from no evidence to that of a run, whose own draws stand at the top.

    The life tables count in full all the way. Warnings weigh draws and outcomes, no likelihood,
    and come last.
    """
    panel, labels = stand.posterior.panel, stand.posterior.labels
    groups = origins.grouping(stand.layout, panel, labels)
    faults: list[Check] = []

    def draws_at(power: float) -> Stage:
        if power == 1:
            return _stage(stand, groups, stand.posterior.inside, stand.posterior.weight)
        found = fit(power)
        faults.extend(c for c in verdict.judge_fit(found, name=f"power {power:.3g} ") if not c.passed)
        return _stage(stand, groups, found, np.ones(found.grid[0] * found.grid[1]))

    told = tempering.ascend(draws_at, groups.names)
    after = stand.mean
    held = (replace(part, holds=names) for part, names in zip(told.parts, groups.holds, strict=True))
    heard = tuple(warning.id for warning in stand.warnings)
    warned = Part(WARNINGS, log_odds(after) - log_odds(told.after), "open at as-of", heard)
    parts = (*held, *((warned,) if stand.warnings else ()))
    apart = float(np.abs(told.missed) / np.float64(told.error))
    if not (reach := verdict.at_most(MISSED, apart, MOST_MISSED)).passed:
        faults.append(reach)
    return Climb(told.before, after, parts, tuple(faults), told.missed, told.error)


def _stage(stand: Standing, groups: origins.Grouping, draws: Draws, weight: Array) -> Stage:
    """What the draws of one power say of P and of each group."""
    panel, run = stand.posterior.panel, stand.run
    now = months_to(stand.case.question, run.as_of) - 1
    present = incidence.present(draws, stand.layout, panel, now)
    chance, _ = standing.look(run, stand.layout, present, stand.horizon, stand.warnings).heard(())
    density = origins.densities(stand.layout, panel, draws, groups)
    grid = draws.grid
    return Stage(chance.reshape(grid), density.reshape(*grid, -1), weight.reshape(grid))
