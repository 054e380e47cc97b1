"""Naive Bayes: one item alone is Bayes itself; many are multiplied as if independent."""

from datetime import date

import numpy as np
import pytest
from conftest import ROOT
from scipy.special import expit, logit

from hourglass import exam, naive, reweighting, validation
from hourglass.case import Case
from hourglass.exam import Stage
from hourglass.naive import Bank
from hourglass.panel import Panel

EVERY = ("poll", "count", "level")


@pytest.fixture(scope="module")
def stage(case: Case) -> Stage:
    folder = ROOT / "benchmarks/synthetic"
    told = validation.ground(case, folder, "synthetic", date(2026, 11, 22), 1)
    return exam.stage(told.states, told.design)


@pytest.fixture(scope="module")
def bank(stage: Stage) -> Bank:
    return naive.fill(stage, 3000, 1)


@pytest.fixture(scope="module")
def panel(stage: Stage, case: Case) -> Panel:
    return exam.known_by(exam.sitting(stage, case.ledger, np.random.default_rng(5)).panel, stage.panels[-1])


def only(panel: Panel, blocks: list[int], episodes: list[int]) -> Panel:
    keep = {"block": np.array(blocks, dtype=int), "episode": np.array(episodes, dtype=int)}
    return reweighting.select(panel, keep | dict.fromkeys(EVERY, np.zeros(0, dtype=int)))


def exact(bank: Bank, panel: Panel, place: int) -> float:
    """P by the whole likelihood of all items."""
    x, u = bank.states.states()
    told = reweighting.densities(bank.parameters, bank.layout, panel, x, u)
    weight = bank.quiet[place] + sum(part.sum(axis=-1) for part in told)
    return float(np.average(bank.chance[place], weights=np.exp(weight - weight.max())))


def test_without_items_it_is_the_quiet_alone(bank: Bank, panel: Panel) -> None:
    blank = only(panel, [], [])
    assert naive.forecast(bank, blank, 1) == pytest.approx(exact(bank, blank, 1))


def test_of_a_single_item_it_is_bayes_itself(bank: Bank, panel: Panel) -> None:
    alone = [b for b in range(len(panel.block_zero)) if (panel.reading_block == b).sum() == 1]
    for one in (only(panel, alone[:1], []), only(panel, [], [0])):
        assert naive.forecast(bank, one, 2) == pytest.approx(exact(bank, one, 2))


def test_odds_ratios_of_items_multiply(bank: Bank, panel: Panel) -> None:
    alone = [b for b in range(len(panel.block_zero)) if (panel.reading_block == b).sum() == 1][:2]
    before = logit(naive.forecast(bank, only(panel, [], []), 2))
    each = [logit(naive.forecast(bank, only(panel, [b], []), 2)) - before for b in alone]
    both = naive.forecast(bank, only(panel, alone, []), 2)
    assert both == pytest.approx(float(expit(before + sum(each))))
    assert both != pytest.approx(exact(bank, only(panel, alone, []), 2), rel=1e-6)


def test_the_same_seed_fills_the_same_bank(stage: Stage, bank: Bank) -> None:
    again = naive.fill(stage, 3000, 1)
    np.testing.assert_array_equal(again.chance, bank.chance)
    np.testing.assert_array_equal(again.quiet, bank.quiet)


def test_quiet_grows_less_likely_and_chances_lie_between_none_and_all(bank: Bank) -> None:
    assert (np.diff(bank.quiet, axis=0) < 0).all()
    assert ((bank.chance > 0) & (bank.chance < 1)).all()
