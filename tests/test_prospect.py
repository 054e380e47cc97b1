"""What lies ahead of each draw, and what warnings make of it: the forecast's own numbers."""

from datetime import date
from pathlib import Path

import folders
import numpy as np
import pytest

from hourglass import assembly, calendar, incidence, parameters, prediction, prospect
from hourglass.case import Case
from hourglass.incidence import Present
from hourglass.parameters import Layout
from hourglass.prospect import Prospect
from hourglass.simulation import Truth

AS_OF = date(2023, 1, 26)
DAY = calendar.months_after(AS_OF, 6)


@pytest.fixture
def present(case: Case, layout: Layout, prior_draws: list[Truth]) -> Present:
    panel, labels = assembly.build(case, AS_OF)
    now = assembly.months_to(case.question, AS_OF) - 1
    return incidence.present(prediction.as_draws(layout, labels, prior_draws), layout, panel, now)


def seen(where: Path) -> Case:
    """Question with two warnings of one origin and one of another."""
    mine = folders.copied(where)
    mine.ledger(
        folders.entry("warning", id='"a"', date="2023-01-10", known="2023-01-10", claim='"A."'),
        folders.entry("warning", id='"b"', date="2023-01-20", known="2023-01-20", claim='"B."'),
        folders.entry("warning", id='"c"', origin='"other"', date="2023-01-15", known="2023-01-15"),
    )
    return mine.load()


def test_all_open_warnings_heard_are_the_forecast_s_outcomes(tmp_path: Path, present: Present) -> None:
    case = seen(tmp_path)
    layout = parameters.layout(case.question)
    warnings = incidence.open_warnings(case.evidence(AS_OF), AS_OF)
    assert len(warnings) == 3
    ends = [warning.window_end for warning in warnings]
    chance, weight = prospect.ahead(case, layout, present, AS_OF, DAY, ends, seed=1).heard(warnings)
    wanted = incidence.outcomes(case, layout, present, AS_OF, [DAY], seed=1)
    assert weight == pytest.approx(wanted.weight, rel=1e-12)
    assert chance / weight == pytest.approx(wanted.cells[:, 0, 0], rel=1e-12)


def test_unheard_warnings_leave_every_draw_its_weight(case: Case, layout: Layout, present: Present) -> None:
    chance, weight = prospect.ahead(case, layout, present, AS_OF, DAY, [], seed=1).heard(())
    wanted = incidence.outcomes(case, layout, present, AS_OF, [DAY], seed=1, warned=False)
    assert (weight == 1).all()
    assert chance == pytest.approx(wanted.cells[:, 0, 0], rel=1e-12)


def test_the_horizon_ends_where_it_was_asked_to_though_time_goes_on(tmp_path: Path, present: Present) -> None:
    case = seen(tmp_path)
    layout = parameters.layout(case.question)
    far = calendar.months_after(AS_OF, 12)
    near = prospect.ahead(case, layout, present, AS_OF, DAY, [far], seed=1)
    assert near.reach < len(near.slices.month)
    alone = prospect.ahead(case, layout, present, AS_OF, DAY, [], seed=1)
    assert near.heard(())[0] == pytest.approx(alone.heard(())[0], rel=1e-12)


def test_by_hand_two_slices_and_no_warning_sum_to_the_horizon() -> None:
    slices = calendar.Slices(np.array([0, 1]), np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    chance, weight = Prospect(slices, np.array([[0.25, 0.5]]), 1, 0.0, 1).heard(())
    assert (chance.tolist(), weight.tolist()) == ([0.25], [1.0])
