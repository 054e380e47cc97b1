"""Naive Bayes: what each item would do to P alone, put together as if items were independent.

The odds without items are multiplied by each item's own odds ratio. Both come from a bank of
worlds of the prior, whose chance of entry from each day of forecast is followed once.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from hourglass import (
    belief,
    exam,
    likelihood,
    parameters,
)
from hourglass.draws import Draws
from hourglass.exam import Stage
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout, Parameters
from hourglass.simulation import Rng

FOLLOWED = 4000
"""Draws whose futures are followed at once."""


@dataclass(frozen=True, slots=True)
class Bank:
    """Worlds of the prior.

    Attributes
    ----------
    states
        The worlds, as the draws of one chain.
    quiet
        Log chance of no entry and no rival up to each day of forecast; (day, draw).
    chance
        Chance that entry comes first within the horizon after each day; (day, draw).
    """

    stage: Stage
    layout: Layout
    states: Draws
    parameters: Parameters
    quiet: Array
    chance: Array


def fill(stage: Stage, size: int, seed: int) -> Bank:
    """Bank of so many worlds of the prior; the same seed gives the same worlds."""
    layout, rng = parameters.layout(stage.case.question), np.random.default_rng([seed, size])
    states = _prior(stage, layout, size, rng)
    flat, (x, u) = states.stacked(), states.states()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    multiplier = np.exp(flat["log_multiplier"][:, -1:])
    quiet = [
        likelihood.survival(NUMPY, p, layout, then, multiplier, flat["rival_rate"], x, u).sum(axis=-1)
        for then in stage.panels
    ]
    chance = [_chances(stage, layout, states, i) for i in range(len(stage.days))]
    return Bank(stage, layout, states, p, np.stack(quiet), np.stack(chance))


def _prior(stage: Stage, layout: Layout, size: int, rng: Rng) -> Draws:
    """Worlds of the prior as the draws of one chain."""
    theta = belief.values(NUMPY, rng.standard_normal((size, len(layout.names))), layout.curves)
    p, panel = parameters.unpack(NUMPY, theta, layout), stage.panels[0]
    x, u = _paths(p, stage.months, rng)
    classes = int(panel.knot_class.max()) + 1
    held = {
        "theta": theta,
        "driver_path": np.stack(x, axis=-1),
        "disposition_path": np.stack(u, axis=-1) if u else np.zeros((size, stage.months, 0)),
        "log_multiplier": p.spread * rng.standard_normal((size, classes)),
        "rival_rate": rng.gamma(panel.spell_shape, 1 / panel.spell_rate, (size, len(panel.spell_rate))),
    }
    return Draws({name: values[None] for name, values in held.items()}, {}, {})


def _paths(p: Parameters, months: int, rng: Rng) -> tuple[list[Array], list[Array]]:
    """Drivers and dispositions of every draw on fresh walks; one (draw, month) each."""
    x = [
        level + np.sqrt(1 - share) * _walks(half_life, months, rng)
        for level, share, half_life in zip(p.level, p.lasting_share, p.half_life, strict=True)
    ]
    spreads = zip(p.disposition_sd, p.disposition_half_life, strict=True)
    return x, [sd * _walks(half_life, months, rng) for sd, half_life in spreads]


def _walks(half_life: Array, months: int, rng: Rng) -> Array:
    """Stationary walks of variance 1, one a half-life; (draw, month)."""
    keep = np.exp2(-1 / half_life[:, 0])
    z = rng.standard_normal((months, len(keep)))
    for t in range(1, months):
        z[t] = keep * z[t - 1] + np.sqrt(1 - keep**2) * z[t]
    return z.T.copy()


def _part(states: Draws, rows: slice) -> Draws:
    return Draws({name: values[:, rows] for name, values in states.posterior.items()}, {}, {})


def _chances(stage: Stage, layout: Layout, states: Draws, place: int) -> Array:
    """Chance of entry within the horizon from one day on, some draws at a time."""
    found = []
    for start in range(0, states.grid[1], FOLLOWED):
        part = _part(states, slice(start, start + FOLLOWED))
        found.append(exam.chances(stage, layout, part, stage.panels[place], place))
    return np.concatenate(found)


def forecast(held: Bank, known: Panel, place: int) -> float:
    """P on one day by naive Bayes, from a question's evidence of that day."""
    x, u = held.states.states()
    alone = [_readings_alone(held.parameters, known, x)]
    if len(known.episode_month):
        alone.append(likelihood.episodes(NUMPY, held.parameters, held.layout, known, x, u))
    prior, chance = np.exp(held.quiet[place] - held.quiet[place].max()), held.chance[place]
    each = np.exp(np.concatenate(alone, axis=-1))
    before = prior @ chance / prior.sum()
    after = (prior * chance) @ each / (prior @ each)
    found: float = expit(logit(before) + np.sum(logit(after) - logit(before)))
    return float(found)


def _readings_alone(p: Parameters, known: Panel, x: list[Array]) -> Array:
    """Log density of each reading were it the only one of its origin; (draw, reading)."""
    noise = likelihood.reading_noise(NUMPY, p, known)
    residual = known.reading_level - np.concatenate(x, axis=-1)[:, known.reading_state]
    variance = noise**2 + p.origin_sd**2
    found: Array = -0.5 * (np.log(2 * np.pi * variance) + residual**2 / variance)
    return found
