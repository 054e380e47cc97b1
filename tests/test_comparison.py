"""Two forecasts side by side: their difference in log-odds, and nothing of what is withheld."""

from dataclasses import replace
from datetime import date
from math import log

import pytest

from hourglass import comparison, summary
from hourglass.comparison import Comparison
from hourglass.summary import Driver, Evidence, Forecast, Horizon, Run
from hourglass.verdict import Check, Verdict


def told(chance: float) -> Forecast:
    """Write a small sound forecast of one chance."""
    cells = {"entry": chance, "none": 1 - chance}
    horizon = Horizon(3, date(2023, 4, 26), chance, 0.01, 0.05, 0.09, 0.15, 0.3, 0.001, 0.05, cells)
    return Forecast(
        question={"id": "it", "title": "Will it?", "sha256": "q"},
        as_of=date(2023, 1, 26),
        horizons=(horizon,),
        drivers={"pressure": Driver(1.0, 0.0, 2.0)},
        evidence=Evidence(2, 1.5, date(2023, 1, 20), "e"),
        priors="p",
        verdict=Verdict((Check("chains", 4, 4, True),)),
        run=Run("run", ".hourglass/runs/it/run", "nuts", "run", False, 1, 2.5, {"numpy": "2"}),
    )


def withheld() -> Forecast:
    failed = Verdict((Check("chains", 1, 4, False),))
    return summary.withheld(replace(told(0.2), verdict=failed))


def test_from_one_in_five_to_one_in_two_the_odds_grow_fourfold() -> None:
    # Odds of 1 to 4 and of 1 to 1.
    found = Comparison(("dove", "hawk"), (told(0.2), told(0.5)), {})
    assert list(found.gaps) == pytest.approx([log(4)])
    assert found.passed


@pytest.mark.parametrize(("one", "other"), [(None, 0.5), (0.5, None), (0.0, 0.5), (0.5, 1.0)])
def test_no_difference_is_told_where_a_chance_is_none_or_certain(
    one: float | None, other: float | None
) -> None:
    assert comparison.gap(one, other) is None


def test_one_withheld_forecast_withholds_the_difference_and_the_pass() -> None:
    found = Comparison(("dove", "hawk"), (told(0.2), withheld()), {})
    assert found.gaps == (None,)
    assert not found.passed
    assert comparison.as_json(found)["horizons"] == [
        {"months": 3, "date": "2023-04-26", "mean": [0.2, None], "log_odds": None}
    ]
