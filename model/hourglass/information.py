"""How much the evidence is worth: items against independent items, and each given the rest."""

from datetime import date

import numpy as np

from hourglass import likelihood, parameters
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.incidence import open_warnings
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Labels, Panel
from hourglass.parameters import Parameters


def effective_items(case: Case, as_of: date, panel: Panel, labels: Labels, p: Parameters) -> float:
    """What the weighing items are worth as independent ones.

    Of readings, the information of each origin's block relative to that of one independent
    item of the same noise; an episode counts once, and so do the open warnings of an origin.
    """
    noise = likelihood.reading_noise(NUMPY, p, panel)
    shared = p.origin_sd**2
    alone = NUMPY.pool(panel.block_zero, 1 / (noise**2 + shared), panel.reading_block)
    precision = NUMPY.pool(panel.block_zero, noise**-2, panel.reading_block)
    together = precision / (1 + shared * precision)
    members = NUMPY.pool(panel.block_zero, np.ones(len(labels.reading)), panel.reading_block)
    readings = float((members * together / alone).mean(axis=0).sum()) if len(labels.block) else 0.0
    warnings = {w.origin for w in open_warnings(case.evidence(as_of), as_of)}
    return round(readings + len(labels.episode) + len(warnings), 2)


def item_log_likelihood(case: Case, panel: Panel, labels: Labels, draws: Draws) -> dict[str, Array]:
    """Log density of each item given the rest of its origin and the draw, by item: (chain, draw).

    A reading's is normal about the driver and what the rest of its block says of the origin's
    error; an episode and a point of a series stand alone.
    """
    flat, layout = draws.stacked(), parameters.layout(case.question)
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x, u = draws.states()
    parts = [
        (labels.reading, _readings(p, panel, x)),
        (labels.episode, likelihood.episodes(NUMPY, p, layout, panel, x, u)),
        (labels.poll, likelihood.polls(NUMPY, p, panel, x)),
        (labels.count, likelihood.counts(NUMPY, p, panel, x)),
        (labels.level, likelihood.levels(NUMPY, p, panel, x)),
    ]
    grid = draws.posterior["theta"].shape[:2]
    return {name: table[:, i].reshape(grid) for names, table in parts for i, name in enumerate(names)}


def _readings(p: Parameters, panel: Panel, x: list[Array]) -> Array:
    """Log density of each reading given the others of its block; (draw, reading)."""
    return readings_given(p, panel, x, others(panel))


def others(panel: Panel) -> Array:
    """Whether the first reading is another of the second's block; (reading, reading)."""
    block = panel.reading_block
    found: Array = (block[:, None] == block) & ~np.eye(len(block), dtype=bool)
    return found


def readings_given(p: Parameters, panel: Panel, x: list[Array], given: Array) -> Array:
    """Log density of each reading given some others of its block; (draw, reading).

    Parameters
    ----------
    given
        Whether the first reading is given for the second (reading, reading).
    """
    mean, spread = readings_expected(p, panel, x, given)
    z = (panel.reading_level - mean) / spread
    density: Array = -0.5 * (np.log(2 * np.pi) + z**2) - np.log(spread)
    return density


def readings_expected(p: Parameters, panel: Panel, x: list[Array], given: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each reading, a normal, given others; (draw, reading) each."""
    noise = likelihood.reading_noise(NUMPY, p, panel)
    stood = np.concatenate(x, axis=-1)[:, panel.reading_state]
    weight, shared = noise**-2, p.origin_sd**2
    told = given.astype(float)
    precision, pull = weight @ told, (weight * (panel.reading_level - stood)) @ told
    shrunk = shared / (1 + shared * precision)
    return stood + shrunk * pull, np.sqrt(noise**2 + shrunk)
