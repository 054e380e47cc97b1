"""Evidence by driver and quarter: its densities sum to that of the whole."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import folders
import numpy as np
import pytest

from hourglass import assembly, likelihood, origins, parameters, prediction
from hourglass.case import Case
from hourglass.likelihood import NUMPY
from hourglass.panel import Labels, Panel
from hourglass.parameters import Layout
from hourglass.simulation import Truth

AS_OF = date(2023, 1, 26)


@pytest.fixture
def labels(case: Case) -> Labels:
    return assembly.build(case, AS_OF)[1]


def test_groups_are_drivers_by_quarter_events_and_own_quiet(
    layout: Layout, panel: Panel, labels: Labels
) -> None:
    found = origins.grouping(layout, panel, labels)
    quarters = [name for name in found.names if name not in ("events", "own quiet")]
    assert {name.split(", ")[0] for name in quarters} <= set(layout.drivers)
    assert [name.split(", ")[1] for name in quarters] == sorted(name.split(", ")[1] for name in quarters)
    data = (
        len(labels.reading) + len(labels.episode) + len(labels.poll) + len(labels.count) + len(labels.level)
    )
    assert len(found.place) == data + 1
    assert set(found.place) == set(range(len(found.names)))


def test_densities_of_the_groups_sum_to_that_of_all_the_evidence(
    layout: Layout, panel: Panel, labels: Labels, prior_draws: list[Truth]
) -> None:
    draws = prediction.as_draws(layout, labels, prior_draws)
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]
    multiplier = np.exp(flat["log_multiplier"])
    parts = likelihood.log_densities(NUMPY, p, layout, panel, multiplier, flat["rival_rate"], x, u)
    own = [part.sum(axis=-1) for name, part in parts.items() if name not in ("tables", "own_class_survival")]
    found = origins.densities(layout, panel, draws, origins.grouping(layout, panel, labels))
    np.testing.assert_allclose(found.sum(axis=1), sum(own), rtol=1e-9)


def test_a_reading_falls_in_its_month_and_a_point_in_its_last(tmp_path: Path) -> None:
    mine = folders.copied(tmp_path)
    told = [("2022-09-30", "2022 Q3"), ("2022-10-01", "2022 Q4")]
    mine.ledger(*(folders.entry("reading", id=f'"{day}"', date=day, claim=f'"On {day}."') for day, _ in told))
    case = mine.load()
    panel, labels = assembly.build(case, AS_OF)
    found = origins.grouping(parameters.layout(case.question), panel, labels)
    for i, (_, quarter) in enumerate(told):
        assert found.names[found.place[i]] == f"pressure, {quarter}"
    at = len(labels.reading) + len(labels.episode) + len(labels.poll) + len(labels.count)
    for i, name in enumerate(labels.level):
        day = date.fromisoformat(name.split()[1])
        assert found.names[found.place[at + i]].endswith(f"{day.year} Q{(day.month + 2) // 3}")


def test_the_temperature_scales_all_evidence_and_no_life_table(
    layout: Layout, panel: Panel, labels: Labels, prior_draws: list[Truth]
) -> None:
    flat = prediction.as_draws(layout, labels, prior_draws).stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x = [flat["driver_path"][..., k] for k in range(len(layout.drivers))]
    u = [flat["disposition_path"][..., i] for i in range(len(layout.dispositions))]
    rest = (np.exp(flat["log_multiplier"]), flat["rival_rate"], x, u)
    whole = likelihood.log_densities(NUMPY, p, layout, panel, *rest)
    half = likelihood.log_densities(NUMPY, p, layout, replace(panel, temperature=np.array([0.5])), *rest)
    for name, density in whole.items():
        share = 1.0 if name in ("tables", "own_class_survival") else 0.5
        np.testing.assert_allclose(half[name], share * density, err_msg=name)
