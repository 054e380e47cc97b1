"""Fits: sound, repeatable, and right about truths that are known."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, Engine

from hourglass import likelihood, parameters, verdict
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Panel
from hourglass.parameters import Layout

pytestmark = pytest.mark.slow

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


def test_the_machine_code_is_kept_where_it_was_asked_for(engine: Engine) -> None:
    assert any(Path(ROOT / ".hourglass" / "compiled").rglob("*.nbi"))
    assert engine.compiled.months == len(engine.labels.month)
