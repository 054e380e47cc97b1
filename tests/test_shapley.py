"""Fair shares: by hand for two and three players, and against every order of them."""

from itertools import permutations

import numpy as np
import pytest

from hourglass import shapley
from hourglass.panel import Array


def by_orders(worth: Array) -> list[float]:
    """What each player adds to those before it, the mean over all orders."""
    players = len(worth).bit_length() - 1
    orders = list(permutations(range(players)))
    total = [0.0] * players
    for order in orders:
        there = 0
        for player in order:
            total[player] += float(worth[there | 1 << player] - worth[there])
            there |= 1 << player
    return [value / len(orders) for value in total]


def test_two_players_split_what_they_only_make_together() -> None:
    # Alone 1 and 2, together 7: each gets its own and half of the 4 that are left.
    assert shapley.shares(np.array([0.0, 1.0, 2.0, 7.0])).tolist() == [3.0, 4.0]


def test_three_players_of_whom_one_holds_the_glove() -> None:
    # A pair is worth 1 and needs the third player: 1/6, 1/6, 4/6.
    worth = np.array([0.0, 0, 0, 0, 0, 1, 1, 1])
    assert shapley.shares(worth) == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_a_player_who_adds_nothing_gets_nothing() -> None:
    assert shapley.shares(np.array([1.0, 3.0, 1.0, 3.0])).tolist() == [2.0, 0.0]


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_shares_are_the_mean_over_all_orders(players: int) -> None:
    worth = np.random.default_rng(players).normal(size=1 << players)
    assert shapley.shares(worth) == pytest.approx(by_orders(worth), abs=1e-12)


def test_twelve_players_share_the_whole() -> None:
    worth = np.random.default_rng(1).normal(size=4096)
    assert shapley.shares(worth).sum() == pytest.approx(worth[-1] - worth[0], abs=1e-12)


def test_no_players_share_nothing() -> None:
    assert shapley.shares(np.array([5.0])).tolist() == []
