"""Few draws for many: which to keep, and with what weights, so that suppositions come out as of all.

Draws are kept at even steps of weight along their chance under the strongest push. Their weights
are then tilted as little as may be (entropy) until they agree with all draws at many positions of
the sliders. In trials that cut the error of a supposed P, up to 0.01, to a tenth or a quarter.
"""

from collections.abc import Iterator

import numpy as np

from hourglass.panel import Array
from hourglass.rollout import NEUTRAL, Position, Rollout, strikes

DRAWS, FEWEST = 800, 200
"""Most and fewest draws that are kept."""
ROOM = 20_000
"""Draws times months that are kept at most, so that the longest horizon takes 0.6 MB of a page too."""
AT_RANDOM = 12
"""Positions of all sliders at random, beside those of one slider alone and of all together."""
COMPONENTS = 20
"""Kept draws for each direction in which they are made to agree: fewer would wear the weights out."""
HIGHEST, SUREST = 3.0, 0.99
SEED = 64


def thin(pool: Rollout) -> Rollout:
    """At most `DRAWS` draws that stand for all, by weights of their own; all of so few draws."""
    draws = min(max(ROOM // pool.state.shape[1], FEWEST), DRAWS)
    if len(pool.weight) <= draws:
        return pool
    pushed, told = _told(pool)
    kept = _even(pushed, pool.weight, draws)
    return pool.take(kept, _tilted(told, pool.weight, kept))


def positions(drivers: int, gates: int) -> Iterator[Position]:
    """Positions of the sliders at which few draws are compared with all, the neutral one first."""
    yield NEUTRAL
    for end in (-1, 1):
        yield from (Position({k: 2.5 * end}, {}) for k in range(drivers))
        yield from (Position({}, {k: 0.5 + 0.45 * end}) for k in range(gates))
    yield Position({}, dict.fromkeys(range(gates), SUREST))
    rng = np.random.default_rng(SEED)
    for _ in range(AT_RANDOM):
        levels = {k: float(rng.uniform(-HIGHEST, HIGHEST)) for k in range(drivers) if rng.random() < 0.6}
        chances = {k: float(rng.uniform(1 - SUREST, SUREST)) for k in range(gates) if rng.random() < 0.6}
        yield Position(levels, chances)


def _told(pool: Rollout) -> tuple[Array, Array]:
    """Chance of entry of each draw when every gate is nearly sure, and what draws say at all positions.

    The latter are entry by a third, two thirds and all of the time, the rivals by then, and what
    open warnings make of the draw; (number, draw).
    """
    parts, rows, surest = pool.structure, [], np.empty(0)
    early = [parts.by // 3, 2 * parts.by // 3]
    for position in positions(len(pool.memory), len(pool.logit)):
        weighed, d = strikes(pool, position)
        by = np.cumsum(weighed[: parts.by], axis=0)
        rows += [*by[early, 0], *by[-1], d]
        if len(position.chances) == len(pool.logit) and not position.levels:
            surest = by[-1, 0] / d
    return surest, np.stack(rows)


def _even(key: Array, weight: Array, draws: int) -> Array:
    """Draws at even steps of weight, in the order of a key; a heavy one more than once."""
    order = np.argsort(key, kind="stable")
    reached = np.cumsum(weight[order])
    steps = (np.arange(draws) + 0.5) / draws * reached[-1]
    kept: Array = order[np.searchsorted(reached, steps)]
    return kept


def _tilted(told: Array, weight: Array, kept: Array) -> Array:
    """Weights of the kept draws under which their means are those of all draws.

    `w_i ~ exp(sum_j a_j z_ij)` along the main directions `z` of what the draws say, each of mean 0
    and variance 1 over all of them; Newton's steps find `a` as the minimum of a convex function.
    """
    apart: Array = told - (told @ weight)[:, None]
    spread = np.sqrt(apart**2 @ weight)
    apart = apart[spread > 1e-9 * spread.max()] / spread[spread > 1e-9 * spread.max(), None]
    size, axes = np.linalg.eigh((apart * weight) @ apart.T)
    main = np.flatnonzero(size > 1e-6 * size[-1])[-(len(kept) // COMPONENTS) :]
    z: Array = (axes[:, main].T @ apart / np.sqrt(size[main])[:, None])[:, kept]
    tilt: Array = np.zeros(len(main))
    for _ in range(50):
        w = _softmax(tilt @ z)
        mean: Array = z @ w
        if np.abs(mean).max() < 1e-9:
            break
        curve = (z * w) @ z.T - np.outer(mean, mean) + 1e-9 * np.eye(len(main))
        tilt = tilt - np.linalg.solve(curve, mean) / max(1.0, float(np.abs(mean).max()))
    return _softmax(tilt @ z)


def _softmax(logs: Array) -> Array:
    found = np.exp(logs - logs.max())
    shares: Array = found / found.sum()
    return shares
