"""What the draws of a fit say of each item that was seen: how likely it was, and where it fell.

A reading is judged given others of its origin's block, every other item given the draw alone.
"""

from dataclasses import dataclass, fields, replace
from typing import Any
from zlib import crc32

import numpy as np
from scipy import stats

from hourglass import information, likelihood, parameters
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Layout, Parameters
from hourglass.question import LETTERS, NUMBERS

EPISODES = "episodes"
"""Group of the episodes. Reports of how they ended have no order, and so no place."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """What each draw says of each item.

    Attributes
    ----------
    names, groups
        Of each item: `a+b` for the readings of one origin, driver and month, `NAME DAY` for a
        point; and its grade, its series or `episodes`.
    log_density
        Log density, or log chance, of what was seen (draw, item).
    below, exact
        Chance of a smaller value and of exactly this one (draw, item); NaN for an episode.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    log_density: Array
    below: Array
    exact: Array

    def only(self, which: Array) -> "Predictions":
        """Predictions of some items, by their places."""
        held: dict[str, Any] = {k: tuple(getattr(self, k)[i] for i in which) for k in ("names", "groups")}
        return replace(self, **held, **{k: getattr(self, k)[:, which] for k in TABLES})


TABLES = tuple(field.name for field in fields(Predictions) if field.type is Array)


def predict(
    case: Case, panel: Panel, labels: Labels, draws: Draws, given: Array | None = None
) -> Predictions:
    """What the draws say of every reading, episode and point of a panel on their grid, in this order.

    Parameters
    ----------
    given
        Whether the first reading is given for the second (reading, reading), where they are of
        one block; default all others of the block.
    """
    flat, layout = draws.stacked(), parameters.layout(case.question)
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x, u = draws.states()
    of_readings = information.others(panel) if given is None else given & information.others(panel)
    parts = [
        (labels.reading, grades(panel), _readings(p, panel, x, of_readings)),
        (labels.episode, [EPISODES] * len(labels.episode), _episodes(p, layout, panel, x, u)),
        (labels.poll, _series(layout, panel.poll_series), _polls(p, panel, x)),
        (labels.count, _series(layout, panel.count_series), _counts(p, panel, x)),
        (labels.level, _series(layout, panel.level_series), _levels(p, panel, x)),
    ]
    tables = zip(*(told for _, _, told in parts), strict=True)
    return Predictions(
        tuple(name for names, _, _ in parts for name in names),
        tuple(group for _, groups, _ in parts for group in groups),
        *(np.concatenate(table, axis=1) for table in tables),
    )


def grades(panel: Panel) -> list[str]:
    """Group of each reading: the grade that it was given, or the best of those that it joins."""
    pairs = zip(panel.reading_letter, panel.reading_number, strict=True)
    return [f"grade {LETTERS[letter]}{NUMBERS[number]}" for letter, number in pairs]


def _series(layout: Layout, which: Array) -> list[str]:
    return [layout.series[i] for i in which]


Told = tuple[Array, Array, Array]
"""Log density, chance of less, and chance of just this; (draw, item) each."""


def _readings(p: Parameters, panel: Panel, x: list[Array], given: Array) -> Told:
    density = information.readings_given(p, panel, x, given)
    mean, spread = information.readings_expected(p, panel, x, given)
    below = stats.norm.cdf(panel.reading_level, mean, spread)
    return density, np.asarray(below), np.zeros_like(density)


def _episodes(p: Parameters, layout: Layout, panel: Panel, x: list[Array], u: list[Array]) -> Told:
    density = likelihood.episodes(NUMPY, p, layout, panel, x, u)
    nowhere = np.full_like(density, np.nan)
    return density, nowhere, nowhere


def _pulled(p: Parameters, panel: Panel, kind: str, x: list[Array]) -> Told:
    """Intercept and dispersion of each point's series, and the pull of its driver; (draw, point) each."""
    which, zero, state, weight, point = (
        getattr(panel, f"{kind}_{part}") for part in ("series", "zero", "state", "weight", "point")
    )
    center, loading, spread = likelihood.told(NUMPY, p, which)
    return center, spread, loading * likelihood.followed(NUMPY, x, zero, state, weight, point)


def _polls(p: Parameters, panel: Panel, x: list[Array]) -> Told:
    density = likelihood.polls(NUMPY, p, panel, x)
    center, spread, pull = _pulled(p, panel, "poll", x)
    share, size = 1 / (1 + (1 / center - 1) * np.exp(-pull)), (1 - spread) / spread
    below = np.empty_like(density)
    for i, (yes, answers) in enumerate(zip(panel.poll_yes, panel.poll_answers, strict=True)):
        below[:, i] = _fewer(int(yes), int(answers), share[:, i] * size[:, i], (1 - share[:, i]) * size[:, i])
    return density, below, np.exp(density)


def _fewer(yes: int, answers: int, a: Array, b: Array) -> Array:
    """Chance of fewer than `yes` among the answers, BetaBinomial, by the shorter of its sums; (draw)."""
    short = yes <= answers / 2
    values = np.arange(yes) if short else np.arange(yes, answers + 1)
    total: Array = np.sum(stats.betabinom.pmf(values, answers, a[:, None], b[:, None]), axis=1)
    return total if short else 1 - total


def _counts(p: Parameters, panel: Panel, x: list[Array]) -> Told:
    density = likelihood.counts(NUMPY, p, panel, x)
    center, spread, pull = _pulled(p, panel, "count", x)
    below = stats.nbinom.cdf(panel.count_value - 1, 1 / spread, 1 / (1 + center * spread * np.exp(pull)))
    return density, np.asarray(below), np.exp(density)


def _levels(p: Parameters, panel: Panel, x: list[Array]) -> Told:
    density = likelihood.levels(NUMPY, p, panel, x)
    stated, scale, pull = _pulled(p, panel, "level", x)
    center = np.where(panel.level_logged > 0, np.log(np.where(panel.level_logged > 0, stated, 1.0)), stated)
    below = stats.t.cdf(panel.level_value, panel.level_tail, center + pull, scale)
    return density, np.asarray(below), np.zeros_like(density)


def pit(told: Predictions, weight: Array, seed: int) -> Array:
    """Where each item fell among all that was to be expected, in [0, 1]; uniform if the model is right.

    The weighted mean over draws of the chance of a smaller value; of a discrete item plus an
    even share of the chance of exactly this one (Czado, Gneiting & Held 2009,
    https://doi.org/10.1111/j.1541-0420.2009.01191.x). An item's share follows from the seed
    and its name alone.

    Parameters
    ----------
    weight
        Of the draws, for all items alike (draw) or for each (draw, item).

    Returns
    -------
    (item), NaN for an episode.
    """
    below, exact = _below_and_exact(told, weight)
    share = np.array([np.random.default_rng([seed, crc32(name.encode())]).random() for name in told.names])
    found: Array = np.clip(below + share * exact, 0.0, 1.0)
    return found


def tails(told: Predictions, weight: Array) -> Array:
    """Chance of a value as far out or further, on its nearer side, 0 to 0.5; weights as for `pit`; (item)."""
    below, exact = _below_and_exact(told, weight)
    found: Array = np.clip(np.minimum(below + exact, 1 - below), 0.0, 0.5)
    return found


def _below_and_exact(told: Predictions, weight: Array) -> tuple[Array, Array]:
    """Chances of less and of just that value, all draws together; (item)."""
    each = np.broadcast_to(weight.reshape(len(weight), -1), told.below.shape)
    below, exact = (np.average(table, axis=0, weights=each) for table in (told.below, told.exact))
    return below, exact


def log_score(told: Predictions, weight: Array) -> Array:
    """Log of the density that the draws together gave to each item; weights as for `pit`; (item)."""
    each = np.broadcast_to(weight.reshape(len(weight), -1), told.log_density.shape)
    top = told.log_density.max(axis=0, initial=-np.inf)
    found: Array = top + np.log(np.average(np.exp(told.log_density - top), axis=0, weights=each))
    return found
