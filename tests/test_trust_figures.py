"""Figures of trust: views side by side, densities, expectations and ranks, by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.integrate import trapezoid
from test_evidence_figures import path
from test_figures import mark
from test_forecast_figures import rows, sound
from test_forecaster import AS_OF, prior_fit

from hourglass import assembly, evidence_figures, figures, trust_exhibits, trust_figures
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.evidence_exhibits import Report, Step, Track, Walk
from hourglass.fitness import Expected
from hourglass.sensitivity import Sensitivity
from hourglass.trust_exhibits import Answer, Expectation, Level, Ranks, View


def view(name: str, within: str = "3 months", mean: float = 0.1) -> View:
    return View(name, within, mean, mean / 4, mean / 2, mean, min(2 * mean, 0.99999))


def test_views_of_one_horizon_stand_together() -> None:
    told = [
        view("dove", "3 months"),
        view("dove", "12 months"),
        view("hawk", "3 months", 0.3),
        view("hawk", "12 months"),
    ]
    shown = rows(trust_figures.disagreement(told), "chance")
    assert [(row["within"], row["name"]) for row in shown] == [
        ("3 months", "dove"), ("3 months", "hawk"), ("12 months", "dove"), ("12 months", "hawk"),
    ]  # fmt: skip
    assert shown[1]["odds"] == pytest.approx(np.log(3 / 7))
    assert [float(str(row["at"])) for row in shown] == sorted(float(str(row["at"])) for row in shown)


@pytest.mark.parametrize("mean", [0.0001, 0.9999])
def test_views_near_the_ends_can_be_drawn(mean: float) -> None:
    sound(trust_figures.disagreement([view("base", mean=mean)]))


def test_the_answers_keep_the_strongest_the_disputed_and_the_always_told() -> None:
    weak = [Sensitivity(f"prior {i}", 0.06 if i == 0 else 0.01, 0.1, 0.02) for i in range(20)]
    disputed = Sensitivity("disputed", 0.0, 0.0, 0.1, own=0.1, told=0.1, shift=2.0)
    told = trust_exhibits.answers([*weak, disputed, Sensitivity("reference.nu", 0.0, 0.0, 0.1)], most=3)
    assert [one.about for one in told] == ["prior 0", "prior 1", "prior 2", "disputed", "reference.nu"]
    assert [one.strong for one in told] == [True, False, False, False, False]
    assert told[3].conflict


def test_sensitivity_shows_each_answer_at_its_size() -> None:
    told = trust_figures.sensitivity(
        [Answer("A", -0.5, 0.1, True, True), Answer("B", 0.0, 0.1, False, False)]
    )
    assert [row["moved"] for row in rows(told, "moved")] == [-0.5, 0.0]
    assert "A -0.500 ± 0.100 (strong, prior-data conflict); B +0.000 ± 0.100." in told.words
    assert "strongest first" not in told.words
    heads = [str(row["words"]) for row in rows(told, "moved")]
    assert [head.endswith("A (strong, prior-data conflict)") for head in heads] == [True, False]
    sound(told)
    sound(trust_figures.sensitivity([Answer("B", 0.0, 0.1, False, False)]))


def test_a_level_has_the_densities_of_its_prior_and_of_the_draws(case: Case) -> None:
    panel, labels = assembly.build(case, AS_OF)
    for told in trust_exhibits.levels(case, Posterior(panel, labels, prior_fit(), prior_fit())):
        # These draws are from the prior, so that the two nearly agree.
        assert trapezoid(told.prior, told.grid) == pytest.approx(1, abs=0.01)
        assert trapezoid(told.posterior, told.grid) == pytest.approx(1, abs=0.01)
        assert np.abs(np.subtract(told.prior, told.posterior)).max() < 0.1
        sound(trust_figures.level(told))


def test_a_level_has_a_tick_at_every_step() -> None:
    even = tuple(i / 10 for i in range(-30, 31))
    told = figures.svg(trust_figures.level(Level("a", "A", even, even, even)))
    assert [step in told for step in (">−3<", ">−2<", ">−1<", ">0<", ">+1<", ">+2<", ">+3<")] == [True] * 7  # noqa: RUF001


def test_points_outside_their_interval_are_counted() -> None:
    points = tuple(
        Expected("s", date(2023, month, 1), seen, 0, 1, 2, 3, 4) for month, seen in ((1, 2.0), (2, 5.0))
    )
    told = trust_figures.expectation(Expectation("s", "A series", "units", share=False, points=points))
    assert [row["fill"] for row in rows(told, "fill")] == ["inside 90 %", "outside 90 %"]
    assert told.words == "A series: 1 of 2 points outside the 90 % predictive interval."
    sound(told)


def test_what_was_seen_keeps_its_digits_and_what_was_expected_has_three() -> None:
    points = (Expected("s", date(2023, 1, 1), 30_000.0, 3764.2, 8000.0, 15_000.0, 2e4, 38_949.0),)
    (row,) = rows(trust_figures.expectation(Expectation("s", "S", "men", share=False, points=points)), "seen")
    assert row["seen"] == "30,000"
    assert row["expected, 90 %"] == "3,760 to 38,900"


def test_chains_that_agree_fill_all_columns_alike() -> None:
    draws = np.stack([np.arange(chain, 400, 4.0) for chain in range(4)])
    told = trust_exhibits._ranks("p", "P", draws)
    assert told.counts == ((5,) * 20,) * 4


def test_a_chain_that_stands_apart_fills_its_own_columns() -> None:
    draws = np.stack([np.arange(100.0), np.arange(100.0) + 1000])
    first, second = trust_exhibits._ranks("p", "P", draws).counts
    assert first == (10,) * 10 + (0,) * 10
    assert second == (0,) * 10 + (10,) * 10


def test_ranks_can_be_drawn_and_told() -> None:
    told = trust_figures.ranks(Ranks("p", "P", ((5, 15), (15, 5))))
    assert told.words == "Ranks of P over 2 chains: columns hold 5 to 15 draws, 10 on average."
    sound(told)


def test_only_forecasts_and_the_outside_view_have_their_colours() -> None:
    even = tuple(i / 10 for i in range(-30, 31))
    points = (Expected("s", date(2023, 1, 1), 5.0, 0, 1, 2, 3, 4),)
    reading = replace(mark(), value=1.5)
    walk = Walk("then", 0.1, "now", 0.1, (Step("a", "", 0.1), Step("b", "", -0.1)))
    told = [
        trust_figures.sensitivity([Answer("A", -0.5, 0.1, True, True), Answer("B", 0.1, 0.1, False, False)]),
        trust_figures.level(Level("a", "A", even, even, even)),
        trust_figures.expectation(Expectation("s", "S", "units", share=False, points=points)),
        trust_figures.ranks(Ranks("p", "P", ((5, 15), (15, 5)))),
        evidence_figures.driver(path(reading)),
        evidence_figures.series(Track("s", "S", "units", share=False, marks=(reading,))),
        evidence_figures.reports([Report("Seen", reading)]),
        evidence_figures.moves(walk),
    ]
    both = figures.ENTRY, figures.OUTSIDE
    assert [one.name for one in told if any(colour in str(one.spec) for colour in both)] == []
    others = (figures.MODEL, figures.EVIDENCE, figures.FLAG, figures.GREY, *figures.PALETTE)
    assert not {*both, figures.RAISED, figures.LOWERED} & set(others)


@pytest.mark.parametrize(
    "colour", [figures.ENTRY, figures.OUTSIDE, figures.MODEL, figures.GREY, figures.RAISED, figures.LOWERED]
)
def test_a_colour_stands_out_on_white_and_on_black(colour: str) -> None:
    shares = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert min(1.05 / (light + 0.05), (light + 0.05) / 0.05) >= 3  # WCAG 2.2, 1.4.11
