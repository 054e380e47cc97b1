"""Fits: sound, repeatable, and right about truths that are known."""

from pathlib import Path

import errands
import numpy as np
import pytest
from conftest import ROOT, Engine
from test_batch import FULL

from hourglass import batch, likelihood, parameters, verdict
from hourglass.batch import Place
from hourglass.case import Case
from hourglass.draws import DIMS, Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Panel
from hourglass.parameters import Layout

pytestmark = pytest.mark.slow


def test_the_fit_of_the_real_evidence_passes_its_gate(fit: Draws) -> None:
    assert [check for check in verdict.judge_fit(fit) if not check.passed] == []


def test_the_fit_of_the_life_tables_alone_passes_its_gate(class_fit: Draws) -> None:
    assert [check for check in verdict.judge_fit(class_fit) if not check.passed] == []


def test_workers_that_compile_anew_draw_the_same_to_the_bit(
    engine: Engine, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here machine code came from disk, if it was there; the workers make theirs and find each other's."""
    assert engine.compiled.sampler is not None  # here it is compiled by now
    ours = batch.run(errands.fitted, {"it": case}, tmp_path / "ours", Place(), errands.quiet)["it"]
    monkeypatch.delenv("PYTENSOR_FLAGS")
    monkeypatch.setenv("PYTHONPATH", FULL)
    there = Place(workers=2, machine_code=tmp_path / "code")
    theirs = batch.run(
        errands.fitted, {"one": case, "other": case}, tmp_path / "theirs", there, errands.quiet
    )
    assert {name: found["marks"] for name, found in theirs.items()} == dict.fromkeys(theirs, ours["marks"])
    assert all(str(tmp_path / "code") in found["machine code"] for found in theirs.values())
    assert set(ours["marks"]) == set(DIMS)
    assert str(tmp_path) not in ours["machine code"]


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
