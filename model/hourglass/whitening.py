"""A linear map under which the drivers' posterior is nearly round, so that a sampler runs fast.

Evidence on neighbouring months pins sums of shocks far better than each shock, and a level
with its walk better than either. At the median of the priors, with the items' information
taken as normal, the posterior of level and shocks has precision ``H = 1 + B' P B``; with
``H = G G'`` the map ``v = G'^-1 xi`` gives ``xi`` unit variance. It changes how the model is
walked, not what it says: the prior of ``v`` stays standard normal.
"""

import numpy as np

from hourglass import belief, likelihood
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout, Parameters, unpack

STEP = 1e-4
"""Half width over which the slope of a level's curve is taken, in standard normals."""


def whitening(layout: Layout, panel: Panel) -> Array:
    """Map of each driver from round coordinates to its level and shocks.

    Returns
    -------
    (driver, 1 + month, 1 + month); first the level's standard normal, then the walk's shocks.
    """
    middle = np.zeros(len(layout.names))
    p = unpack(NUMPY, belief.values(NUMPY, middle, layout.curves), layout)
    up, down = (belief.values(NUMPY, middle + step, layout.curves) for step in (STEP, -STEP))
    slopes = (up - down)[: len(layout.drivers)] / (2 * STEP)
    months = len(panel.since)
    seen = np.sqrt(panel.temperature.sum()) * _information(p, panel, len(layout.drivers) * months)
    maps = []
    for k in range(len(layout.drivers)):
        shocks = np.sqrt(1 - p.lasting_share[k]) * walk_matrix(float(p.half_life[k][0]), months)
        told = np.column_stack([np.full(months, slopes[k]), shocks])
        rows = seen[:, k * months : (k + 1) * months] @ told
        lower = np.linalg.cholesky(np.eye(months + 1) + rows.T @ rows)
        maps.append(np.linalg.inv(lower.T))
    return np.stack(maps)


def walk_matrix(half_life: float, months: int) -> Array:
    """Stationary walk of variance 1 as a sum of its shocks; (month, shock)."""
    memory = 0.5 ** (1 / half_life)
    age = np.subtract.outer(np.arange(months), np.arange(months))
    fresh = np.where(np.arange(months) > 0, np.sqrt(1 - memory**2), 1.0)
    weights: Array = np.where(age >= 0, memory ** np.maximum(age, 0) * fresh, 0.0)
    return weights


def _information(p: Parameters, panel: Panel, states: int) -> Array:
    """Rows whose squares are the information of each item about the states; (item, state)."""
    noise = likelihood.reading_noise(NUMPY, p, panel) ** 2 + p.origin_sd**2
    rows = [np.eye(states)[panel.reading_state] / np.sqrt(noise)[:, None]]
    for kind, fisher in (("poll", _poll(p, panel)), ("count", _count(p, panel)), ("level", _level(p, panel))):
        state, weight, point = (getattr(panel, f"{kind}_{part}") for part in ("state", "weight", "point"))
        table = np.zeros((len(fisher), states))
        np.add.at(table, (point, state), weight)
        loading = np.concatenate(p.loading)[getattr(panel, f"{kind}_series")]
        rows.append(table * (loading * np.sqrt(fisher))[:, None])
    return np.concatenate(rows)


def _poll(p: Parameters, panel: Panel) -> Array:
    share = (panel.poll_yes + 1) / (panel.poll_answers + 2)
    spread = np.concatenate(p.dispersion)[panel.poll_series]
    found: Array = panel.poll_answers * share * (1 - share) / (1 + (panel.poll_answers - 1) * spread)
    return found


def _count(p: Parameters, panel: Panel) -> Array:
    mean = np.concatenate(p.intercept)[panel.count_series]
    found: Array = mean / (1 + mean * np.concatenate(p.dispersion)[panel.count_series])
    return found


def _level(p: Parameters, panel: Panel) -> Array:
    scale = np.concatenate(p.dispersion)[panel.level_series]
    found: Array = (panel.level_tail + 1) / ((panel.level_tail + 3) * scale**2)
    return found
