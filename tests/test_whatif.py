"""What a page is given: sliders in words, the forecast's own numbers, and few draws of many."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from conftest import AS_OF
from outlooks import ASKED, forecast, standing
from test_rollout import POSITIONS, answer, grounds, of_fit, supposed
from test_thinning import thin

from hourglass import calendar, incidence, rollout, summary, whatif
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.grounds import Grounds
from hourglass.panel import Array
from hourglass.rollout import NEUTRAL, Position, Rollout
from hourglass.whatif import WhatIf


@cache
def sliders(kind: str) -> WhatIf:
    return made(grounds(kind))


def made(found: Grounds) -> WhatIf:
    told = whatif.gather(found)
    assert told is not None
    return told


def corrected(told: WhatIf, draws: Rollout, position: Position) -> Array:
    """Chances at each horizon as the page finds them: few draws, set right where nothing is supposed."""
    found = []
    for h in told.data["horizons"]:
        moved, neutral = (rollout.cumulative(draws, p)[h["slice"]] for p in (position, NEUTRAL))
        one = np.array(h["chances"]) * _closed(moved) / _closed(neutral)
        found.append(one / one.sum())
    return np.array(found)


def _closed(by: Array) -> Array:
    return np.append(by, 1 - by.sum())


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
@pytest.mark.parametrize("position", POSITIONS)
def test_the_page_agrees_with_the_scenario(kind: str, position: Position) -> None:
    found = corrected(sliders(kind), thin(kind), position)
    np.testing.assert_allclose(found, supposed(answer(grounds(kind), position)), atol=0.003)


@pytest.mark.slow
@pytest.mark.parametrize("position", POSITIONS)
def test_on_draws_of_a_fit_the_page_agrees_with_the_scenario(
    case: Case, fit: Draws, position: Position
) -> None:
    found = of_fit(case, fit)
    draws = whatif.kept(found)
    np.testing.assert_allclose(
        corrected(made(found), draws, position), supposed(answer(found, position)), atol=0.003
    )


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
def test_where_nothing_is_supposed_the_numbers_are_those_of_the_forecast(kind: str) -> None:
    for told, h in zip(sliders(kind).data["horizons"], grounds(kind).forecast.horizons, strict=True):
        assert told["chances"] == list(h.outcomes.values())
        assert (told["months"], told["date"]) == (h.months, h.date.isoformat())
        curve = sliders(kind).data["curve"]["chances"][told["slice"]]
        np.testing.assert_allclose(curve, told["chances"], atol=1e-8)


def test_the_curve_goes_by_months_and_ends_with_the_last_horizon() -> None:
    curve = sliders("plain").data["curve"]
    assert curve["days"][:4] == ["2023-01-31", "2023-02-28", "2023-03-31", "2023-04-26"]
    assert curve["days"][-1] == ASKED[-1][1].isoformat()
    assert curve["months"][-1] == pytest.approx(calendar.dusk(ASKED[-1][1]) - calendar.dusk(AS_OF))
    assert len(curve["days"]) == len(curve["months"]) == len(curve["chances"]) == 14


def test_the_page_grows_by_well_under_a_megabyte() -> None:
    assert len(json.dumps(sliders("plain").data)) < 400_000
    assert len(json.dumps(sliders("warned").data)) < 750_000
    far = [(36, calendar.months_after(AS_OF, 36))]
    long = replace(standing(), asked=far, forecast=replace(forecast(), horizons=(_blank(far[0][1]),)))
    assert len(json.dumps(made(long).data)) < 800_000


def _blank(day: date) -> summary.Horizon:
    return replace(forecast().horizons[-1], months=36, date=day)


def test_numbers_come_out_of_the_page_as_they_went_in() -> None:
    model, draws = sliders("plain").data["model"], thin("plain")
    rate = np.frombuffer(b64decode(model["numbers"]["rate"]), "<f4").reshape(draws.rate.shape)
    np.testing.assert_allclose(rate, draws.rate, rtol=1e-6)
    steps = np.frombuffer(b64decode(model["state"]), "<i2").reshape(draws.state.shape)
    for walk, state, step in zip(steps, draws.state, model["step"], strict=True):
        np.testing.assert_allclose(walk * step, state, atol=step)
        assert step < 0.001


def test_sliders_say_what_they_are_in_the_words_of_the_question(case: Case) -> None:
    told = sliders("plain").sliders
    assert [s.name for s in told] == [
        *case.question.drivers, *(f"gate.{gate.id}" for gate in case.question.gates)
    ]  # fmt: skip
    first = told[0]
    asked = case.question.drivers["pressure"]
    assert (first.title, first.low, first.high) == (asked.title, -3, 3)
    assert [level for level, _ in first.anchors] == [-3, -2, -1, 0, 1, 2, 3]
    assert dict(first.anchors)[3] == asked.anchors["3"]
    assert (told[-1].low, told[-1].high, told[-1].anchors) == (0.01, 0.99, ())


def test_a_slider_rests_where_its_driver_or_gate_stands_now() -> None:
    told = sliders("plain").sliders
    assert told[0].now == pytest.approx(forecast().drivers["pressure"].mean, abs=0.05)
    assert all(0.01 <= s.now <= 0.99 for s in told if s.gate)


def test_suppositions_hold_from_the_month_after_as_of_through_the_last_horizon() -> None:
    assert [day.isoformat()[:7] for day in sliders("plain").span] == ["2023-02", "2024-01"]


def test_the_command_asks_the_same_of_the_program() -> None:
    told = sliders("plain")
    assert told.command == "hourglass scenario belarus --as-of 2023-01-26 --horizons 3,12"
    assert told.example == "pressure=+1.5"
    seeded = replace(forecast(), run=replace(forecast().run, seed=7))
    assert made(replace(standing(), forecast=seeded)).command.endswith("--horizons 3,12 --seed 7")
    odd = [(11.0, ASKED[0][1]), (2.5, ASKED[1][1])]
    assert made(replace(standing(), asked=odd)).command.endswith("--as-of 2023-01-26 --for 12m")


def test_a_forecast_that_is_withheld_has_no_sliders() -> None:
    assert whatif.gather(summary.withheld(forecast())) is None


def test_a_forecast_that_ends_within_the_month_has_none_either() -> None:
    soon = [(0.1, AS_OF.replace(day=30))]
    assert whatif.gather(replace(standing(), asked=soon)) is None


def test_open_warnings_are_in_the_page() -> None:
    model = sliders("warned").data["model"]
    ratio = np.frombuffer(b64decode(model["numbers"]["ratio"]), "<f4")
    assert not np.allclose(ratio, 1)
    assert model["month"][-1] == 24
    assert incidence.open_warnings(grounds("warned").case.evidence(AS_OF), AS_OF)
