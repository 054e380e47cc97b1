"""Fits: sound, repeatable, and right about truths that are known."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import AS_OF, ROOT, Engine

from hourglass import calendar, incidence, likelihood, parameters, prediction, simulation, verdict
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout
from hourglass.simulation import Truth

pytestmark = pytest.mark.slow
TRUTHS = 20
COVERED = 14
"""Of 20 intervals of 90 %, fewer than 14 hold the truth once in 400 times."""
HORIZON = calendar.months_after(AS_OF, 12)

SCRIPT = """
import hashlib, sys
from datetime import date
from pathlib import Path
from hourglass import assembly, case, workspace
root = Path(sys.argv[1])
workspace.use_machine_code(root / ".hourglass" / "compiled")
from hourglass import inference
told = case.load(root / "priors" / "belarus", "priors/belarus", date(2026, 11, 22))
panel, labels = assembly.build(told, date(2023, 1, 26))
draws = inference.sample(inference.compile_model(told, panel), panel, labels, 5,
                         inference.Settings(draws=50, tune=100))
print(hashlib.sha256(b"".join(v.tobytes() for _, v in sorted(draws.posterior.items()))).hexdigest())
"""


def test_the_fit_of_the_real_evidence_passes_its_gate(fit: Draws) -> None:
    assert [check for check in verdict.judge_fit(fit) if not check.passed] == []


def test_the_fit_of_the_life_tables_alone_passes_its_gate(class_fit: Draws) -> None:
    assert [check for check in verdict.judge_fit(class_fit) if not check.passed] == []


def test_two_processes_draw_the_same_from_the_same_seed() -> None:
    run = [sys.executable, "-c", SCRIPT, str(ROOT)]
    first, second = (subprocess.run(run, check=True, capture_output=True, text=True).stdout for _ in range(2))
    assert len(first.strip()) == hashlib.sha256().digest_size * 2
    assert first == second


def test_joins_of_allies_lie_where_the_model_expects_them(
    fit: Draws, layout: Layout, panel: Panel, case: Case
) -> None:
    """In each interval of both tables of allies, inside the 90 % posterior predictive interval."""
    flat = fit.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    place = np.exp(flat["log_multiplier"])[:, panel.knot_class]
    at_knot = likelihood.class_log_survival(NUMPY, p, layout, panel.class_points, place, panel.knot_months)
    mean, rng = likelihood.table_means(NUMPY, panel, at_knot), np.random.default_rng(3)
    joins = rng.poisson(mean * rng.gamma(1 / p.clumping, p.clumping, size=mean.shape))
    low, high = np.quantile(joins, [0.05, 0.95], axis=0, method="inverted_cdf")
    allies = np.array([row.name.startswith("allies") for row in case.tables.classes])
    assert allies.sum() == 15
    outside = allies & ((panel.row_joined < low) | (panel.row_joined > high))
    assert [case.tables.classes[i] for i in np.flatnonzero(outside)] == []


def truths(class_fit: Draws, layout: Layout, panel: Panel) -> Iterator[Truth]:
    """Worlds of the life tables' posterior in which neither entry nor a rival came before as-of."""
    flat, rng = class_fit.stacked(), np.random.default_rng(11)
    while True:
        i = rng.integers(len(flat["theta"]))
        world = simulation.from_class_posterior(
            layout, panel, rng,
            theta=flat["theta"][i], log_multiplier=flat["log_multiplier"][i], rate=flat["rival_rate"][i],
        )  # fmt: skip
        if simulation.outcome(world, layout, panel, rng, 1).cause[0] == len(layout.rivals) + 1:
            yield world


def chances(case: Case, layout: Layout, panel: Panel, draws: Draws) -> Array:
    """Chance of entry within 12 months, draw by draw."""
    present = incidence.present(draws, layout, panel, len(panel.since) - 1)
    found = incidence.outcomes(case, layout, present, AS_OF, [HORIZON], seed=1, warned=False)
    cells: Array = found.cells[:, 0, 0]
    return cells


def inside(truth: float, draws: Array) -> bool:
    low, high = np.quantile(draws, [0.05, 0.95])
    return bool(low <= truth <= high)


def test_intervals_hold_known_truths(
    case: Case, layout: Layout, panel: Panel, engine: Engine, class_fit: Draws
) -> None:
    rng, worlds = np.random.default_rng(12), truths(class_fit, layout, panel)
    held: dict[str, int] = dict.fromkeys((*layout.drivers, "P"), 0)
    for seed in range(TRUTHS):
        truth = next(worlds)
        replica = simulation.observe(truth, layout, panel, rng)
        draws = engine.sample(replica, seed, draws=500)
        last = draws.stacked()["driver_path"][:, -1]
        for k, name in enumerate(layout.drivers):
            held[name] += inside(truth.x[-1, k], last[:, k])
        (known,) = chances(case, layout, panel, prediction.as_draws(layout, engine.labels, [truth]))
        held["P"] += inside(known, chances(case, layout, replica, draws))
    assert {name: count for name, count in held.items() if count < COVERED} == {}, held


def test_the_machine_code_is_kept_where_it_was_asked_for(engine: Engine) -> None:
    assert any(Path(ROOT / ".hourglass" / "compiled").rglob("*.nbi"))
    assert engine.compiled.months == len(engine.labels.month)
