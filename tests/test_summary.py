"""A forecast as a value: weighted summaries, what is withheld, and JSON there and back."""

import json
from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from test_store import told

from hourglass import summary
from hourglass.summary import Driver, Evidence
from hourglass.verdict import Check, Verdict

DAY = told().horizons[0].date


def test_a_horizon_is_the_weighted_mean_of_its_draws() -> None:
    cells = np.array([[0.1, 0.9], [0.3, 0.7]])
    horizon = summary.horizon(3, DAY, ("entry", "none"), cells, np.array([3.0, 1.0]), 0.01, 0.2)
    assert horizon.mean == pytest.approx(0.15)  # (3 x 0.1 + 1 x 0.3) / 4
    assert horizon.outcomes == pytest.approx({"entry": 0.15, "none": 0.85})
    assert (horizon.q50, horizon.q95, horizon.mcse, horizon.outside_view) == (0.1, 0.3, 0.01, 0.2)


def test_quantiles_are_those_of_the_draws() -> None:
    draws = np.arange(1, 101) / 100
    cells = np.stack([draws, 1 - draws], axis=1)
    horizon = summary.horizon(3, DAY, ("entry", "none"), cells, np.ones(100), 0.01, 0.2)
    found = (horizon.q05, horizon.q25, horizon.q50, horizon.q75, horizon.q95)
    assert found == pytest.approx((0.05, 0.25, 0.5, 0.75, 0.95), abs=0.011)


def test_a_draw_without_weight_does_not_count() -> None:
    driver = summary.driver(np.array([1.0, 2.0, 99.0]), np.array([1.0, 1.0, 0.0]))
    assert driver == Driver(1.5, 1.0, 2.0)


def test_withholding_leaves_no_number_and_keeps_the_names() -> None:
    bare = summary.as_json(summary.withheld(told()))
    (horizon,) = bare["horizons"]
    assert horizon.pop("outcomes") == {"entry": None, "none": None}
    assert (horizon.pop("months"), horizon.pop("date")) == (3, "2023-04-26")
    assert set(horizon.values()) == {None}
    assert bare["drivers"] == {"pressure": {"mean": None, "q05": None, "q95": None}}


def test_json_and_back_is_the_same_forecast() -> None:
    text = json.dumps(summary.as_json(told()), allow_nan=False)
    assert summary.from_json(json.loads(text)) == told()
    failed = replace(told(), verdict=Verdict((Check("r_hat", 1.2, 1.01, False),)))
    withheld = summary.withheld(failed)
    assert summary.from_json(summary.as_json(withheld)) == withheld


def test_numbers_come_back_as_they_were_written() -> None:
    text = json.dumps(summary.as_json(told()))
    assert '"months": 3,' in text  # not 3.0
    assert json.dumps(summary.as_json(summary.from_json(json.loads(text)))) == text


def test_a_chance_that_rounding_carried_past_1_can_be_read() -> None:
    certain = summary.as_json(told())
    certain["horizons"][0]["q95"] = 1 + 2**-52
    assert summary.from_json(certain).horizons[0].q95 == 1 + 2**-52


def test_horizons_of_other_outcomes_are_no_forecast() -> None:
    odd = summary.as_json(replace(told(), horizons=told().horizons * 2))
    odd["horizons"][1] = odd["horizons"][1] | {"outcomes": {"entry": 0.1}}
    with pytest.raises(ValueError, match="their outcomes differ"):
        summary.from_json(odd)


def test_a_chance_beside_a_failed_verdict_is_no_forecast() -> None:
    odd = summary.as_json(told())
    odd["verdict"]["checks"][0]["passed"] = False
    with pytest.raises(ValueError, match="told though the verdict failed"):
        summary.from_json(odd)


def test_a_verdict_that_says_another_thing_than_its_checks_is_no_forecast() -> None:
    odd = summary.as_json(told())
    odd["verdict"]["passed"] = False
    with pytest.raises(ValueError, match="another thing than its checks"):
        summary.from_json(odd)


def test_a_forecast_from_before_there_were_updates_can_still_be_read() -> None:
    old = summary.as_json(told())
    del old["run"]["fit"]
    assert summary.from_json(old) == told()


def test_no_evidence_has_no_newest_day() -> None:
    bare = replace(told(), evidence=Evidence(0, 0.0, None, "e"))
    assert summary.from_json(summary.as_json(bare)) == bare


@pytest.mark.parametrize("value", [nan, inf])
def test_a_number_that_is_none_is_null_in_json(value: float) -> None:
    odd = summary.withheld(replace(told(), verdict=Verdict((Check("r_hat", value, 1.01, False),))))
    text = json.dumps(summary.as_json(odd), allow_nan=False)
    assert json.loads(text)["verdict"]["checks"][0]["value"] is None
    assert not summary.from_json(json.loads(text)).verdict.passed


def test_a_forecast_reads_as_a_sentence() -> None:
    assert repr(told()) == "<Forecast belarus as of 2023-01-26: 3 months 10.0%>"
    odd = replace(told(), verdict=Verdict((Check("r_hat", 1.2, 1.01, False),)))
    assert repr(summary.withheld(odd)) == "<Forecast belarus as of 2023-01-26: withheld, failed r_hat>"
