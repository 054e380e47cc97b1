"""Evidence taken out: each draw loses what the item said of it, and heavy weights are refused."""

from dataclasses import replace

import numpy as np
import pytest
from outlooks import grounds_of, holding, reading, shipped, sight, standing

from hourglass import estimate, information, removal
from hourglass.ledger import Event, Graded


def test_a_draw_loses_what_the_item_said_of_it() -> None:
    """Below the smoothed tail a weight is one over the density of the item given the rest."""
    grounds = grounds_of(holding(reading("one", grade="E5"), reading("two", origin="one", driver="unrest")))
    posterior = grounds.posterior
    each = information.item_log_likelihood(grounds.case, posterior.panel, posterior.labels, posterior.inside)
    found = removal.remove(grounds, ["one"])
    total = (np.log(found.weights.weight) + each["one"].ravel())[
        found.weights.weight < np.quantile(found.weights.weight, 0.5)
    ]
    np.testing.assert_allclose(total, total[0], atol=1e-9)
    assert all(check.passed for check in found.weights.checks("without"))


def test_what_an_update_has_just_added_leaves_the_draws_as_they_were_fitted() -> None:
    """The smoothed tail of the update is not in the way: the item's own density is taken back whole."""
    fitted = grounds_of(holding(reading("kept")))
    case = holding(reading("kept"), reading("new", level=2.5, grade="A1"))
    updated = estimate.update(case, fitted.as_of, fitted.posterior)
    found = removal.remove(replace(fitted, case=case, posterior=updated), ["new"])
    assert np.ptp(updated.weight) > 1
    np.testing.assert_array_equal(found.weights.weight, 1)
    assert all(check.passed for check in found.weights.checks("without"))


def test_of_two_reprints_one_may_go_without_loss() -> None:
    """Their mean level stays, and so does the better grade."""
    twins = reading("one"), reading("two", origin="one", claim="The same.")
    found = removal.remove(grounds_of(holding(*twins)), ["two"])
    np.testing.assert_allclose(found.weights.weight, 1, rtol=1e-12)


def test_a_removed_item_is_gone_from_the_case_and_the_rest_stay() -> None:
    found = removal.remove(grounds_of(holding(reading("one"), reading("two"))), ["one"])
    assert [item.id for item in found.case.ledger.items] == ["two"]


def test_a_warning_and_an_item_without_weight_change_no_draw() -> None:
    grounds = grounds_of(holding(sight("convoy", 1.1, 2, 4), reading("doubted", grade="F6"), reading("kept")))
    found = removal.remove(grounds, ["convoy", "doubted"])
    np.testing.assert_array_equal(found.weights.weight, grounds.weight)
    assert found.weights.k_hat == 0
    assert all(check.passed for check in found.weights.checks("without"))


def test_the_weights_of_an_update_are_kept_and_multiplied() -> None:
    case = holding(reading("one", grade="E5"), sight("convoy", 1.1, 2, 4))
    before = np.linspace(0.5, 1.5, 2000)
    updated = grounds_of(case, before)
    np.testing.assert_array_equal(removal.remove(updated, ["convoy"]).weights.weight, before)
    even, found = (removal.remove(g, ["one"]).weights.weight for g in (grounds_of(case), updated))
    body = (found < np.quantile(found, 0.5)) & (even < np.quantile(even, 0.5))
    share = (found / even / before)[body]
    np.testing.assert_allclose(share, share[0], rtol=1e-9)
    assert found.mean() == pytest.approx(1)


def test_an_item_that_stands_for_a_revised_one_takes_it_along() -> None:
    old, new = reading("old"), reading("new", revises="old", level=2.0)
    found = removal.remove(grounds_of(holding(old, new)), ["new"])
    assert found.case.ledger.items == ()


def test_all_the_evidence_at_once_is_refused() -> None:
    """Draws from the priors cannot tell what a fit to the ledger leaves when the ledger is gone."""
    known = shipped().evidence(standing().as_of).items
    everything = [item.id for item in known if isinstance(item, Graded)]
    assert any(isinstance(item, Event) for item in known)
    failed = [
        check.name
        for check in removal.remove(standing(), everything).weights.checks("without")
        if not check.passed
    ]
    assert failed == ["without k_hat", "without ess"]
