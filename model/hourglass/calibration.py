"""Simulation-based calibration: fits of worlds whose truth is known, at the real design points.

Of each world the truth is drawn from what the life tables alone say, and drawn again where
entry or a rival would have come before as-of; its evidence has the real dates, grades, origins
and series. If the machine is right, the truth is as likely to stand at any rank among the draws
of its fit (Talts et al. 2018, https://arxiv.org/abs/1804.06788; Modrák et al. 2023,
https://doi.org/10.1214/23-BA1404): of every parameter, of the drivers at as-of, and of P itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from hourglass import assembly, calendar, incidence, parameters, simulation, store, uniformity, verdict
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.panel import Array, Labels, Panel, class_only
from hourglass.parameters import Layout
from hourglass.question import Question
from hourglass.simulation import Truth
from hourglass.uniformity import Uniformity

CHAINS, DRAWS, TUNE = 2, 320, 400
"""Sampling of each fit; enough for its ranks, too little for a forecast."""
KEPT = 119
"""Draws of a fit that a truth is ranked among: 120 ranks hold 50, 80, 90 and 95 % exactly."""
COVERAGES = (0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Trial:
    """One world to be fitted.

    Attributes
    ----------
    case, as_of
        The question whose truth and design points are simulated.
    months
        Horizons of P.
    number
        Which world; it and `seed` decide all that is random.
    fitted
        Beliefs that the fit holds instead, where a fault is planted.
    """

    case: Case
    as_of: date
    months: tuple[int, ...]
    seed: int
    number: int
    fitted: Question | None = None


def trials(first: Trial, fits: int) -> dict[str, Trial]:
    """So many worlds like the first, by name."""
    return {f"{number:04d}": replace(first, number=number) for number in range(fits)}


def key(told: Trial) -> str:
    """Key of a calibration: the same key means the same numbers for each world."""
    how = {"months": told.months, "chains": CHAINS, "draws": DRAWS, "tune": TUNE}
    beliefs = None if told.fitted is None else told.fitted.model_dump(mode="json", by_alias=True)
    asked = store.inputs(told.case, told.as_of)
    return store.key(asked | {"calibration": how, "fitted": beliefs}, told.seed, "calibration")


def trial(told: Trial) -> dict[str, Any]:
    """Ranks of one world's truth among the draws of its fit, and how the fit fared."""
    from hourglass import inference  # PyMC: seconds, needed only for a fit

    panel, labels = _panel(told.case, told.as_of)
    layout, rng = parameters.layout(told.case.question), np.random.default_rng([told.seed, told.number])
    truth = world(told.case, told.as_of, told.seed, rng)
    replica = simulation.observe(truth, layout, panel, rng)
    engine = inference.engine(told.case, panel)
    if told.fitted is not None:
        engine = engine.under(parameters.layout(told.fitted))
    settings = inference.Settings(chains=CHAINS, draws=DRAWS, tune=TUNE, cores=1)
    draws = inference.sample(engine, replica, labels, int(rng.integers(2**32)), settings)
    ranked = _quantities(told, layout, panel, labels, truth, draws)
    ranks = {name: int((values[1:] < values[0]).sum()) for name, values in ranked.items()}
    return {"ranks": ranks, "faults": verdict.faults(draws, KEPT)}


def _panel(case: Case, as_of: date) -> tuple[Panel, Labels]:
    """Real evidence on the grid that a forecast of that day is fitted on."""
    return assembly.build(case, as_of, assembly.fitted_months(case.question, as_of))


def world(case: Case, as_of: date, seed: int, rng: np.random.Generator) -> Truth:
    """World of the life tables' posterior in which nothing had ended the question by as-of."""
    layout, panel = parameters.layout(case.question), _panel(case, as_of)[0]
    flat = _class_draws(case, as_of, seed)
    while True:
        i = rng.integers(len(flat["theta"]))
        truth = simulation.from_class_posterior(
            layout, panel, rng,
            theta=flat["theta"][i], log_multiplier=flat["log_multiplier"][i], rate=flat["rival_rate"][i],
        )  # fmt: skip
        if simulation.outcome(truth, layout, panel, rng, 1).cause[0] == len(layout.rivals) + 1:
            return truth


_drawn: dict[tuple[str, date, int], Mapping[str, Array]] = {}


def _class_draws(case: Case, as_of: date, seed: int) -> Mapping[str, Array]:
    """Draws given the life tables alone, sampled once in a process."""
    from hourglass import inference  # as above

    key = (case.question.model_dump_json(), as_of, seed)
    if key not in _drawn:
        panel, labels = _panel(case, as_of)
        settings = inference.Settings(draws=1000, tune=600, cores=1)
        engine = inference.engine(case, panel)
        _drawn[key] = inference.sample(engine, class_only(panel, own=False), labels, seed, settings).stacked()
    return _drawn[key]


def _thinned(draws: Draws) -> list[int]:
    """Places of `KEPT` draws, as far apart as can be."""
    chains, length = draws.grid
    return np.linspace(0, chains * length - 1, KEPT).round().astype(int).tolist()


def _quantities(
    told: Trial, layout: Layout, panel: Panel, labels: Labels, truth: Truth, draws: Draws
) -> dict[str, Array]:
    """Every ranked quantity by name: the truth's value, then those of the thinned draws."""
    places, flat = _thinned(draws), draws.stacked()
    true = {
        "theta": truth.theta, "driver_path": truth.x, "disposition_path": truth.u,
        "log_multiplier": truth.log_multiplier, "rival_rate": truth.rate,
    }  # fmt: skip
    both = {name: np.concatenate([true[name][None], flat[name][places]]) for name in true}
    found = {name: both["theta"][:, j] for j, name in enumerate(layout.names)}
    classes = (*told.case.question.reference.classes, "own")
    found |= {f"multiplier of {name}": both["log_multiplier"][:, c] for c, name in enumerate(classes)}
    found |= {f"rate of {name}": both["rival_rate"][:, s] for s, name in enumerate(labels.spell)}
    now = assembly.months_to(told.case.question, told.as_of) - 1
    found |= {f"{name} at as-of": both["driver_path"][:, now, k] for k, name in enumerate(layout.drivers)}
    stances = enumerate(layout.dispositions)
    found |= {f"disposition of {name} at as-of": both["disposition_path"][:, now, i] for i, name in stances}
    return found | _chances(told, layout, panel, both)


def _chances(told: Trial, layout: Layout, panel: Panel, both: Mapping[str, Array]) -> dict[str, Array]:
    """P by each horizon, without warnings: the truth's and the draws' futures come from one stream."""
    states = Draws({name: values[None] for name, values in both.items()}, {}, {})
    now = assembly.months_to(told.case.question, told.as_of) - 1
    present = incidence.present(states, layout, panel, now)
    days = [calendar.months_after(told.as_of, m) for m in told.months]
    cells = incidence.outcomes(told.case, layout, present, told.as_of, days, told.seed, warned=False).cells
    return {f"P within {m} months": cells[:, i, 0] for i, m in enumerate(told.months)}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the ranks of many worlds say.

    Attributes
    ----------
    ranks
        Of every quantity, its rank among `KEPT` draws in each world.
    judged
        Every quantity against the band, the nearest to its edge first.
    coverage
        Of every quantity, the share of worlds whose truth its central intervals of `COVERAGES` held.
    faults
        How many fits had each fault.
    failed
        How many fits had any; they count like the others.
    """

    fits: int
    ranks: Mapping[str, Array]
    judged: tuple[Uniformity, ...]
    coverage: Mapping[str, tuple[float, ...]]
    faults: Mapping[str, int]
    failed: int

    @property
    def passed(self) -> bool:
        """Whether every quantity lies inside its band."""
        return not self.outside

    @property
    def outside(self) -> tuple[str, ...]:
        """Quantities that leave their band, the furthest first."""
        return tuple(one.group for one in self.judged if not one.passed)


def gather(results: Sequence[Mapping[str, Any]]) -> Calibration:
    """Calibration of the results of `trial`."""
    names = list(results[0]["ranks"])
    ranks = {name: np.array([one["ranks"][name] for one in results]) for name in names}
    faults = [fault for one in results for fault in one["faults"]]
    return Calibration(
        fits=len(results),
        ranks=ranks,
        judged=tuple(sorted(uniformity.judge(spread(ranks)), key=lambda one: -one.way)),
        coverage={name: _coverage(told) for name, told in ranks.items()},
        faults={name: faults.count(name) for name in sorted(set(faults))},
        failed=sum(bool(one["faults"]) for one in results),
    )


def spread(ranks: Mapping[str, Array]) -> dict[str, list[float]]:
    """Ranks as numbers in (0, 1), each at random within its own step, so that they are uniform."""
    rng = np.random.default_rng(KEPT)
    return {name: ((told + rng.random(len(told))) / (KEPT + 1)).tolist() for name, told in ranks.items()}


def _coverage(ranks: Array) -> tuple[float, ...]:
    tails = [round((KEPT + 1) * (1 - share) / 2) for share in COVERAGES]
    return tuple(float(np.mean((ranks >= tail) & (ranks <= KEPT - tail))) for tail in tails)


def as_json(told: Calibration) -> dict[str, Any]:
    """The calibration as the JSON object that `calibrate --json` prints."""
    return {
        "schema": 1,
        "fits": told.fits,
        "passed": told.passed,
        "failed_fits": told.failed,
        "faults": dict(told.faults),
        "quantities": [
            {"name": one.group, "inside": one.passed, "way": one.way, "excess": one.excess,
             "coverage": dict(zip(map(str, COVERAGES), told.coverage[one.group], strict=True)),
             "ranks": told.ranks[one.group].tolist()}
            for one in told.judged
        ],
    }  # fmt: skip
