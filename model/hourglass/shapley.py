"""Fair shares of a whole among those who made it together (Shapley 1953).

A player's share is what it adds to those before it, on average over all orders of the players.
"""

from math import factorial

import numpy as np

from hourglass.panel import Array


def shares(worth: Array) -> Array:
    """Share of each player; they sum to the worth of all less that of none.

    Parameters
    ----------
    worth
        Worth of every subset of n players; (2^n), player i standing for bit i of the index.
    """
    subset = np.arange(len(worth))
    players = len(worth).bit_length() - 1
    size = np.bitwise_count(subset)
    chance = np.array(
        [factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)]
    )
    found = np.empty(players)
    for player in range(players):
        without = subset[subset >> player & 1 == 0]
        found[player] = chance[size[without]] @ (worth[without | 1 << player] - worth[without])
    return found
