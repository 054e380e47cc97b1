"""What an item does to P: the update to a ledger without it, and drivers at their typical level."""

from pathlib import Path

import folders
import numpy as np
import pytest
from test_forecaster import AS_OF, Fits, made, prior_fit

from hourglass import estimate, influence, record, sensitivity, standing
from hourglass.attribution import log_odds
from hourglass.case import Case
from hourglass.influence import EVERY, Influence
from hourglass.panel import Array
from hourglass.sensitivity import ALWAYS, EVIDENCE, TABLES
from hourglass.standing import Standing

VISIT = folders.entry("reading", id='"visit"', origin='"visit"', known="2022-12-20")
ECHO = folders.entry("reading", id='"echo"', origin='"visit"', date="2022-11-10", known="2022-11-10")
REFUSED = folders.entry("event", id='"no"', origin='"no"', known="2023-01-24", grade='"A1"')
WARNING = folders.entry("warning", id='"alarm"', date="2023-01-21", known="2023-01-21")
LEDGER = {"visit": VISIT, "echo": ECHO, "no": REFUSED, "alarm": WARNING}


def case_of(where: Path, *entries: str) -> Case:
    mine = folders.copied(where)
    mine.ledger(*entries)
    return mine.load()


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Return a fit's standing before three months, with a warning open."""
    root = tmp_path_factory.mktemp("stand")
    case = case_of(root, *LEDGER.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        told = made(case, root, 1, 3)
    run = record.opened(case, told, root / ".hourglass/runs")
    assert run is not None
    return standing.of(run, told.horizons[-1])


def test_the_standing_is_the_forecast_as_printed(stand: Standing) -> None:
    assert stand.mean == pytest.approx(stand.horizon.mean, rel=1e-12)
    assert [warning.id for warning in stand.warnings] == ["alarm"]
    assert np.ptp(stand.warned) > 0


@pytest.mark.parametrize("item", ["visit", "echo", "no"])
def test_p_without_an_item_is_the_update_to_a_ledger_without_it(
    tmp_path: Path, stand: Standing, item: str
) -> None:
    case = case_of(tmp_path, *(entry for name, entry in LEDGER.items() if name != item))
    less = estimate.update(case, AS_OF, stand.run.base)
    wanted = float(np.average(stand.chance, weights=less.weight * stand.warned))
    name = "winter" if item == "no" else item
    (found,) = [one for one in influence.influences(stand) if one.item == name]
    assert found.without == pytest.approx(wanted, rel=1e-6)
    assert found.log_odds == pytest.approx(log_odds(stand.mean) - log_odds(wanted), abs=1e-6)
    assert less.weights is not None
    assert found.sound == all(check.passed for check in less.weights.checks("weights"))


def test_an_item_that_an_update_has_just_added_is_clear(tmp_path: Path) -> None:
    before = case_of(tmp_path / "before", REFUSED)
    after = case_of(tmp_path / "after", REFUSED, VISIT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "fit", Fits(prior_fit(), prior_fit()).fit)
        then, now = (made(case, tmp_path, 3) for case in (before, after))
    run = record.opened(after, now, tmp_path / ".hourglass/runs")
    assert run is not None
    found = {one.item: one for one in influence.influences(standing.of(run, now.horizons[-1]))}
    assert (found["visit"].k_hat, found["visit"].clear) == (0, True)
    assert found["visit"].without == pytest.approx(then.horizons[-1].mean)


def test_p_without_a_warning_is_that_of_draws_that_did_not_hear_it(stand: Standing) -> None:
    (found,) = [one for one in influence.influences(stand) if one.item == "alarm"]
    chance, warned = stand.prospect.heard(())
    assert (warned == 1).all()
    assert found.without == pytest.approx(chance.mean())
    assert found.log_odds > 0
    assert found.k_hat == 0


def jackknife(stand: Standing, chance: Array, weight: Array) -> float:
    """Error of what an item adds, each draw left out in turn; of draws that do not depend on each other."""

    def left_out(chance: Array, weight: Array) -> Array:
        mean = ((chance * weight).sum() - chance * weight) / (weight.sum() - weight)
        odds: Array = np.log(mean / (1 - mean))
        return odds

    added = left_out(stand.chance, stand.weight) - left_out(chance, weight)
    return float(np.sqrt((len(added) - 1) * added.var()))


def test_the_error_of_what_an_item_adds_is_that_of_the_jackknife(tmp_path: Path, stand: Standing) -> None:
    found = {one.item: one for one in influence.influences(stand)}
    unheard, _ = stand.prospect.heard(())
    assert found["alarm"].mcse == pytest.approx(jackknife(stand, unheard, np.ones(len(unheard))), rel=0.1)
    case = case_of(tmp_path, *(entry for name, entry in LEDGER.items() if name != "no"))
    weight = estimate.update(case, AS_OF, stand.run.base).weight * stand.warned
    assert found["winter"].mcse == pytest.approx(jackknife(stand, stand.chance, weight), rel=0.1)


def test_an_item_is_clear_where_what_it_adds_exceeds_three_errors() -> None:
    near, beyond, below = (Influence("it", 0.1, added, 0.1, 0.0, True) for added in (0.29, 0.31, -0.31))
    assert (near.clear, beyond.clear, below.clear) == (False, True, True)
    assert not Influence("it", 0.1, 9.0, 0.1, 0.9, False).clear
    assert not Influence("it", 0.1, 9.0, float("nan"), 0.1, True).clear


def test_the_strongest_item_comes_first(stand: Standing) -> None:
    strengths = [abs(one.log_odds) for one in influence.influences(stand)]
    assert strengths == sorted(strengths, reverse=True)


def test_at_rest_a_driver_stands_at_zero_and_the_others_where_they_were(stand: Standing) -> None:
    rested = influence._at_rest(stand.present, [0])
    assert not rested.walk[0].any()
    assert not rested.parameters.level[0].any()
    assert rested.walk[1] is stand.present.walk[1]
    assert rested.parameters.level[1] is stand.present.parameters.level[1]


def test_a_driver_that_pushes_and_stands_high_lowers_p_when_typical(stand: Standing) -> None:
    found = {one.driver: one for one in influence.typical(stand)}
    assert list(found) == [*stand.layout.drivers, EVERY]
    rested = influence._at_rest(stand.present, [0, 1, 2])
    ahead = standing.look(stand.run, stand.layout, rested, stand.horizon, stand.warnings)
    chance, warned = ahead.heard(stand.warnings)
    assert found[EVERY].chance == pytest.approx(np.average(chance / warned, weights=stand.weight))
    assert all(
        one.log_odds == pytest.approx(log_odds(one.chance) - log_odds(stand.mean)) for one in found.values()
    )


def test_every_prior_and_the_data_have_a_sensitivity(stand: Standing) -> None:
    found = sensitivity.sensitivities(stand)
    assert {one.about for one in found} == {*stand.layout.names, EVIDENCE, TABLES}
    assert ALWAYS in {one.about for one in found}
    strengths = [one.of_chance for one in found]
    assert strengths == sorted(strengths, reverse=True)
    assert all(np.isfinite(strengths))


def test_of_draws_from_the_priors_no_parameter_has_moved(stand: Standing) -> None:
    # The stand-in's draws are draws from the priors: each normal has mean 0, give or take 0.1.
    shifts = [one.shift for one in sensitivity.sensitivities(stand) if one.shift is not None]
    assert len(shifts) == len(stand.layout.names)
    assert max(map(abs, shifts)) < 0.2
    assert not any(one.conflict for one in sensitivity.sensitivities(stand))
