"""What looks ahead stand on: the stored draws of a believed forecast, or one made now."""

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from outlooks import ASKED, shipped, standing
from test_cli import GATE
from test_forecaster import AS_OF, Fits, prior_fit

from hourglass import calendar, grounds
from hourglass.errors import HourglassError
from hourglass.grounds import Grounds
from hourglass.summary import Forecast


def found(root: Path) -> Grounds | Forecast:
    return grounds.find(
        shipped(), AS_OF, ASKED, 1, root / ".hourglass/runs", root / ".hourglass/compiled", lambda _: None
    )


def test_a_first_look_makes_the_forecast_and_a_second_reads_its_draws(fits: Fits, tmp_path: Path) -> None:
    first, second = found(tmp_path), found(tmp_path)
    assert fits.asked == [AS_OF]
    assert isinstance(first, Grounds)
    assert isinstance(second, Grounds)
    np.testing.assert_array_equal(first.present.risk_so_far, second.present.risk_so_far)
    np.testing.assert_array_equal(first.weight, np.ones(2000))
    assert first.forecast.horizons == second.forecast.horizons


def test_a_withheld_forecast_is_no_ground(fits: Fits, tmp_path: Path) -> None:
    fits.inside = GATE["one divergence"][0](prior_fit())
    told = found(tmp_path)
    assert isinstance(told, Forecast)
    assert not told.verdict.passed


def test_a_run_whose_draws_are_lost_says_what_to_do(fits: Fits, tmp_path: Path) -> None:
    found(tmp_path)
    (draws,) = tmp_path.rglob("posterior.nc")
    draws.unlink()
    with pytest.raises(HourglassError, match="draws are missing or damaged; remove the folder and ask again"):
        found(tmp_path)
    shutil.rmtree(draws.parent)
    assert isinstance(found(tmp_path), Grounds)


def test_the_month_of_as_of_and_its_row_are_those_of_the_panel() -> None:
    first = shipped().question.header.history_from
    assert standing().month == calendar.month_of(date(2023, 1, 1))
    assert standing().month - standing().row == calendar.month_of(first)


def test_outcomes_are_those_of_the_forecast() -> None:
    cells = standing().outcomes([day for _, day in ASKED])
    for place, horizon in enumerate(standing().forecast.horizons):
        mean = np.average(cells.cells[:, place, 0], weights=cells.weight)
        assert mean == pytest.approx(horizon.mean, abs=1e-15)
