"""Updates by weights against fits anew, on the real ledger: where the guard passes they agree."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from conftest import AS_OF, Engine
from scipy.special import logit

from hourglass import assembly, calendar, estimate, incidence, parameters, verdict
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.ledger import Event, Item, Reading
from hourglass.panel import Array

pytestmark = pytest.mark.slow
DAYS = (date(2022, 3, 23), date(2022, 10, 20), AS_OF)


@dataclass(frozen=True)
class Chance:
    """P of entry within 12 months: its draws and their weights, and its Monte Carlo error."""

    draws: Array
    weight: Array
    error: float

    @property
    def mean(self) -> float:
        return float(np.average(self.draws, weights=self.weight))

    @property
    def spread(self) -> float:
        """Posterior standard deviation of the log-odds."""
        odds = logit(self.draws)
        center = np.average(odds, weights=self.weight)
        return float(np.sqrt(np.average((odds - center) ** 2, weights=self.weight)))

    @property
    def log_odds_error(self) -> float:
        return self.error / (self.mean * (1 - self.mean))


@dataclass(frozen=True)
class Update:
    """One item more or less: P by weights, P by a fit, and whether the weights may be believed."""

    weighed: Chance
    fitted: Chance
    believed: bool

    @property
    def gap(self) -> float:
        """Difference of the log-odds, in posterior standard deviations."""
        return abs(float(logit(self.weighed.mean) - logit(self.fitted.mean))) / self.fitted.spread

    @property
    def noise(self) -> float:
        """Combined Monte Carlo error of the log-odds."""
        return float(np.hypot(self.weighed.log_odds_error, self.fitted.log_odds_error))


def chance(case: Case, as_of: date, found: Posterior) -> Chance:
    layout = parameters.layout(case.question)
    now = assembly.months_to(case.question, as_of) - 1
    present = incidence.present(found.inside, layout, found.panel, now)
    days = [calendar.months_after(as_of, 12)]
    happened = incidence.outcomes(case, layout, present, as_of, days, seed=1)
    draws, weight = happened.cells[:, 0, 0], happened.weight * found.weight
    grid = found.inside.grid
    return Chance(draws, weight, verdict.mcse(draws.reshape(grid), weight.reshape(grid)))


def without(case: Case, item: Item) -> Case:
    ledger = replace(case.ledger, items=tuple(i for i in case.ledger.items if i.id != item.id))
    return case.with_ledger(ledger)


def fitted(case: Case, as_of: date, engine: Engine, seed: int) -> Posterior:
    panel, labels = assembly.build(case, as_of, engine.compiled.months)
    draws = engine.sample(panel, seed)
    return Posterior(panel, labels, draws, draws)


def updates(case: Case, engine: Engine, as_of: date, items: int) -> Iterator[Update]:
    """Take each of some random items out of the ledger, and put it back: two updates an item."""
    known = case.evidence(as_of).items
    weighing = [i for i in known if isinstance(i, Reading | Event) and not i.weightless]
    chosen = np.random.default_rng(as_of.toordinal()).choice(len(weighing), items, replace=False)
    whole = fitted(case, as_of, engine, seed=1)
    for n, place in enumerate(chosen):
        rest = without(case, weighing[place])
        less = fitted(rest, as_of, engine, seed=2 + n)
        for told, base, anew in ((rest, whole, less), (case, less, whole)):
            weighed = estimate.update(told, as_of, base)
            assert weighed.weights is not None
            by_weights, by_fit = chance(told, as_of, weighed), chance(told, as_of, anew)
            small = by_weights.error <= max(0.002, 0.08 * by_weights.mean)
            sound = all(check.passed for check in weighed.weights.checks("weights"))
            yield Update(by_weights, by_fit, sound and small)


@pytest.mark.parametrize("items", [2, pytest.param(10, marks=pytest.mark.validate)])
def test_weights_agree_with_fits_where_they_may_be_believed(case: Case, engine: Engine, items: int) -> None:
    found = [update for day in DAYS for update in updates(case, engine, day, items)]
    assert len(found) == 6 * items
    believed = [update for update in found if update.believed]
    assert len(believed) >= len(found) / 2
    for update in believed:
        assert update.gap * update.fitted.spread <= 0.1 * update.fitted.spread + 3 * update.noise
        errors = 3 * np.hypot(update.weighed.error, update.fitted.error)
        assert abs(update.weighed.mean - update.fitted.mean) <= 0.005 + errors
    assert np.median([update.gap for update in believed]) < 0.1
