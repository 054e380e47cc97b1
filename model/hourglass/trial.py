"""One day of a backtest: a forecast with what was known on it, and the next month's news as it saw them."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hourglass import calendar, estimate, news, parameters, reweighting, store, summary, verdict
from hourglass.assembly import build
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.estimate import Posterior
from hourglass.forecaster import NUTS
from hourglass.panel import Labels, Panel, class_only
from hourglass.reweighting import Weights
from hourglass.summary import Forecast, Run


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a day is sampled."""

    draws: int
    tune: int
    target_accept: float


EFFORTS = (Effort(1000, 400, 0.9), Effort(1500, 800, 0.95))
"""Less than a forecast is, under the same verdict; where it fails a check, as a forecast is."""


@dataclass(frozen=True, slots=True)
class Task:
    """One day to be tried.

    Attributes
    ----------
    horizons
        Months after `as_of`.
    months
        Length of the grid, the same for all days of a backtest, so that they share one model.
    anchor
        Day whose outside view is fitted and then weighed for every other day.
    """

    case: Case
    as_of: date
    horizons: tuple[int, ...]
    seed: int
    months: int
    anchor: date


def trial(task: Task) -> dict[str, Any]:
    """What a day's forecast was and how it saw the news of the next month, as plain JSON values.

    Under `forecast` the object that `forecast --json` prints; under `news` one row each, none
    where the verdict withholds the numbers. News are predicted by all evidence but open
    warnings, which say nothing of other items.
    """
    case, as_of = task.case, task.as_of
    panel, labels = build(case, as_of, task.months)
    outside, weights = _outside(task, panel, labels)
    for effort in EFFORTS:
        inside = _sample(task, panel, labels, effort)
        found = Posterior(panel, labels, inside, outside, class_weights=weights, beliefs=case.question)
        made = _forecast(task, found)
        if all(check.name.startswith(estimate.OUTSIDE) for check in made.verdict.failed):
            break  # another fit of the day would mend nothing
    coming = news.after(case, as_of, task.months)
    told = news.told(case, coming, inside, task.seed) if made.verdict.passed else ()
    return {
        "forecast": summary.as_json(made),
        "news": [asdict(one) for one in told],
        "joined": coming.joined,
    }


def _forecast(task: Task, found: Posterior) -> Forecast:
    case, as_of = task.case, task.as_of
    asked = [(float(m), calendar.months_after(as_of, m)) for m in task.horizons]
    run = Run(str(as_of), "", NUTS, str(as_of), False, task.seed, 0.0, store.libraries())
    return estimate.summarise(case, as_of, asked, store.inputs(case, as_of), run, found)


def _sample(task: Task, panel: Panel, labels: Labels, effort: Effort) -> Draws:
    from hourglass import inference  # loads PyMC: seconds

    how = inference.Settings(**asdict(effort), cores=1)
    return inference.sample(inference.engine(task.case, panel), panel, labels, task.seed, how)


_anchors: dict[str, tuple[Panel, Draws]] = {}
"""Outside views that this process has fitted, by all that they follow from."""


def _outside(task: Task, panel: Panel, labels: Labels) -> tuple[Draws, Weights | None]:
    """Draws of the outside view: the anchor's, weighed for the day, else a fit of the day's own."""
    key = store.key(store.inputs(task.case, task.anchor) | {"months": task.months}, task.seed)
    if key not in _anchors:
        base, names = build(task.case, task.anchor, task.months)
        _anchors[key] = base, _settled(task, class_only(base, own=True), names)
    base, draws = _anchors[key]
    layout = parameters.layout(task.case.question)
    weights = reweighting.smooth(reweighting.class_log_ratio(layout, draws, base, panel))
    if all(check.passed for check in weights.checks("weights")):
        return draws, weights
    return _settled(task, class_only(panel, own=True), labels), None


def _settled(task: Task, panel: Panel, labels: Labels) -> Draws:
    """Draws of the lighter effort if their fit passes its checks, else of the harder."""
    light, hard = EFFORTS
    draws = _sample(task, panel, labels, light)
    if all(check.passed for check in verdict.judge_fit(draws)):
        return draws
    return _sample(task, panel, labels, hard)
