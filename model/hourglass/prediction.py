"""What the priors alone say, before any evidence: of P, of the class, of drivers and series."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from hourglass import belief, calendar, incidence, likelihood, parameters, simulation
from hourglass.assembly import build, months_to
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Layout
from hourglass.question import Question
from hourglass.summary import Line

YEAR = 12.0
"""Months."""


def prior_predictive(case: Case, as_of: date, draws: int, seed: int) -> Iterator[Line]:
    """Lines on P, the class's yearly rate, the drivers and each series, from the priors alone."""
    rng = np.random.default_rng(seed)
    panel, labels = build(case, as_of)
    structure = parameters.layout(case.question)
    truths = [simulation.prior(structure, panel, rng) for _ in range(draws)]
    yield from _chances(case, structure, panel, truths, as_of)
    yield from _class_rates(case, structure, panel, truths)
    yield from _drivers(structure, truths)
    yield from _series(structure, panel, labels, truths, rng)


def entry_rates(question: Question, draws: int, seed: int) -> Iterator[Line]:
    """Lines on the yearly rate of entry in the first year after the choice arose, by the priors alone.

    Of a typical state (`x = u = 0`) of a class like any other, and of the state asked about,
    whose drivers stand where they are believed to before any evidence. The same seed draws the
    same normals for any question of the same parts, so that two of them differ by belief alone.
    """
    layout, rng = parameters.layout(question), np.random.default_rng(seed)
    theta = belief.values(NUMPY, rng.standard_normal((draws, len(layout.names))), layout.curves)
    p = parameters.unpack(NUMPY, theta, layout)
    multiplier = np.exp(p.spread * rng.standard_normal((draws, 1)))
    z = iter(rng.standard_normal((len(layout.drivers) + len(layout.dispositions), draws, 1)))
    x = [m + np.sqrt(1 - share) * next(z) for m, share in zip(p.level, p.lasting_share, strict=True)]
    u = [sd * next(z) for sd in p.disposition_sd]
    states = {
        "a typical state": 1.0,
        "the state asked about": likelihood.relative_risk(NUMPY, p, layout, x, u),
    }
    for name, risk in states.items():
        spent = likelihood.stretches(NUMPY, p, multiplier, risk, 0.0, YEAR)
        yield _line(f"first year, {name}", likelihood.entry_hazard(NUMPY, p, 0.0, spent, YEAR)[:, 0])


def as_draws(layout: Layout, labels: Labels, truths: list[simulation.Truth]) -> Draws:
    """Simulated truths in the form of a fit's draws, as one chain."""
    posterior = {
        "theta": np.stack([t.theta for t in truths])[None],
        "driver_path": np.stack([t.x for t in truths])[None],
        "disposition_path": np.stack([t.u for t in truths])[None],
        "log_multiplier": np.stack([t.log_multiplier for t in truths])[None],
        "rival_rate": np.stack([t.rate for t in truths])[None],
    }
    return Draws(posterior, {}, {"parameter": layout.names, "month": labels.month, "driver": layout.drivers})


def _line(about: str, values: Array, observed: float | None = None) -> Line:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return Line(about, float(low), float(middle), float(high), observed)


def _chances(
    case: Case, layout: Layout, panel: Panel, truths: list[simulation.Truth], as_of: date
) -> Iterator[Line]:
    _, labels = build(case, as_of)
    now = months_to(case.question, as_of) - 1
    stand = incidence.present(as_draws(layout, labels, truths), layout, panel, now)
    months = case.question.header.horizons
    days = [calendar.months_after(as_of, m) for m in months]
    cells = incidence.outcomes(case, layout, stand, as_of, days, seed=1, warned=False).cells
    for i, m in enumerate(months):
        yield _line(f"P of entry within {m} months", cells[:, i, 0])


def _class_rates(case: Case, layout: Layout, panel: Panel, truths: list[simulation.Truth]) -> Iterator[Line]:
    p = parameters.unpack(NUMPY, np.stack([t.theta for t in truths]), layout)
    multipliers = np.exp(np.stack([t.log_multiplier for t in truths]))
    for c, name in enumerate(case.question.reference.classes):
        at = likelihood.class_log_survival(
            NUMPY, p, layout, panel.class_points, multipliers[:, c : c + 1], np.array([YEAR, 2 * YEAR])
        )
        for years, hazard in (("first", -at[:, 0]), ("second", at[:, 0] - at[:, 1])):
            low, high = (0.0, YEAR) if years == "first" else (YEAR, 2 * YEAR)
            rows = [
                r
                for r in case.tables.classes
                if r.name == name and low <= r.from_month and r.to_month <= high
            ]
            time = sum(r.exposure_months for r in rows)
            seen = YEAR * sum(r.joined for r in rows) / time if time else None
            yield _line(f"rate of entry in the {years} year, {name}", hazard, seen)


def _drivers(layout: Layout, truths: list[simulation.Truth]) -> Iterator[Line]:
    for k, name in enumerate(layout.drivers):
        paths = np.stack([t.x[:, k] for t in truths])
        yield _line(f"level of {name} at as-of", paths[:, -1])
        yield _line(f"range of {name} over the months", np.ptp(paths, axis=1))


def _series(
    layout: Layout, panel: Panel, labels: Labels, truths: list[simulation.Truth], rng: np.random.Generator
) -> Iterator[Line]:
    told = [simulation.observe(truth, layout, panel, rng) for truth in truths]
    for i, name in enumerate(layout.series):
        for kind in ("poll", "count", "level"):
            mine = getattr(panel, f"{kind}_series") == i
            if mine.any():
                seen = _values(panel, kind)[mine]
                made = np.stack([_values(replica, kind)[mine] for replica in told])
                yield _line(f"mean of series {name}", made.mean(axis=1), float(seen.mean()))
                if mine.sum() > 1:
                    yield _line(f"standard deviation of series {name}", made.std(axis=1), float(seen.std()))


def _values(panel: Panel, kind: str) -> Array:
    """Points of a kind of series on the scale on which they weigh: shares, counts, (log) levels."""
    match kind:
        case "poll":
            shares: Array = panel.poll_yes / panel.poll_answers
            return shares
        case "count":
            return panel.count_value
        case _:
            return panel.level_value
