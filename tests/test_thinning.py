"""Few draws for many: what they say of suppositions is what all draws say."""

from functools import cache

import numpy as np
import pytest
from test_rollout import POSITIONS, grounds

from hourglass import rollout, thinning
from hourglass.panel import Array
from hourglass.rollout import NEUTRAL, Position, Rollout
from hourglass.whatif import KEPT


@cache
def pool(kind: str) -> Rollout:
    return rollout.roll(grounds(kind), KEPT)


@cache
def thin(kind: str) -> Rollout:
    return thinning.thin(pool(kind))


def apart(kind: str, position: Position) -> Array:
    few, all_draws = (rollout.cumulative(draws, position) for draws in (thin(kind), pool(kind)))
    found: Array = np.abs(few - all_draws)
    return found


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
def test_few_draws_are_kept_and_their_weights_are_sound(kind: str) -> None:
    weight = thin(kind).weight
    assert len(weight) == thinning.DRAWS
    assert np.all(weight > 0)
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    assert 1 / (weight**2).sum() > 0.8 * thinning.DRAWS


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
def test_few_draws_agree_with_all_where_they_were_compared(kind: str) -> None:
    for position in thinning.positions(3, 3):
        assert apart(kind, position)[-1].max() < 0.003


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
@pytest.mark.parametrize("position", POSITIONS)
def test_few_draws_agree_with_all_elsewhere_too(kind: str, position: Position) -> None:
    assert apart(kind, position).max() < 0.003


def test_weights_of_an_update_are_heeded() -> None:
    """Draws of no weight are not kept."""
    told = pool("plain")
    weight = np.where(np.arange(len(told.weight)) % 2, 2.0, 0.0) / len(told.weight)
    half = told.take(np.arange(len(weight)), weight)
    few = thinning.thin(half)
    odd = told.take(np.flatnonzero(weight), weight[weight > 0])
    assert set(few.scale) <= set(odd.scale)
    np.testing.assert_allclose(rollout.cumulative(few), rollout.cumulative(odd), atol=0.002)


def test_of_few_draws_all_are_kept() -> None:
    some = pool("plain").take(np.arange(500), np.full(500, 1 / 500))
    assert thinning.thin(some) is some


def test_the_first_position_is_neutral_and_no_two_are_alike() -> None:
    told = list(thinning.positions(3, 3))
    assert told[0] == NEUTRAL
    assert len({repr(position) for position in told}) == len(told)
