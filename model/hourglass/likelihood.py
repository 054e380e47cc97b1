"""The likelihood, written once for two array modules: NumPy here, PyTensor in the graph.

Every function takes the module as `xp` and works on one state of the parameters or on many
draws at once: leading axes are draws, the named axis comes last. Drivers `x` and dispositions
`u` come one array (..., place) each, a place being a month or a state of the reference class.
Items find their month, driver and parameters by position (`pick`) and are summed by group
(`pool`), so that any number of items fits one compiled model. A test holds the two modules
equal. Plain sums over gates and drivers let each compile into one pass over the months.
"""

from collections.abc import Sequence
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.special import gammaln

from hourglass.panel import Panel
from hourglass.parameters import Layout, Parameters


def _pool(groups: Any, values: Any, index: Any) -> Any:
    return values @ (index[:, None] == np.arange(groups.shape[-1])).astype(float)


NUMPY = SimpleNamespace(
    concatenate=lambda parts: np.concatenate(np.broadcast_arrays(*parts), axis=-1),
    cumsum=lambda x: np.cumsum(x, axis=-1), exp=np.exp, expm1=np.expm1, gammaln=gammaln, log=np.log,
    log1p=np.log1p, mean=lambda x: np.mean(x, axis=-1), pick=lambda x, index: x[..., index], pool=_pool,
    softplus=lambda x: np.logaddexp(0.0, x), split=lambda x, parts: np.split(x, parts, axis=-1),
)  # fmt: skip
"""NumPy under the names that the likelihood uses.

`pick` takes positions of the last axis, `pool` adds values into groups of it.
"""


def logit(xp: Any, chance: Any) -> Any:
    """Log-odds of a chance."""
    return xp.log(chance) - xp.log1p(-chance)


def gate_logits(xp: Any, p: Parameters, layout: Layout, x: Sequence[Any], u: Sequence[Any]) -> list[Any]:
    """Log-odds that an occasion passes each gate, one (..., place) a gate."""
    logits = [
        logit(xp, chance) + tilt(effects, p.gate_effect, x)
        for chance, effects in zip(p.gate_chance, layout.gate_effects, strict=True)
    ]
    return [
        value if which is None else value + u[which]
        for value, which in zip(logits, layout.disposition_of, strict=True)
    ]


def tilt(effects: Sequence[tuple[int, int]], group: Sequence[Any], x: Sequence[Any]) -> Any:
    """What the drivers add to a log-odds or a log-hazard, `sum_k effect_k x_k`; (..., place)."""
    return sum(group[place] * x[driver] for driver, place in effects) if effects else 0.0 * x[0]


def relative_risk(xp: Any, p: Parameters, layout: Layout, x: Sequence[Any], u: Sequence[Any]) -> Any:
    """Hazard relative to that of the typical state, for which it is 1; (..., place)."""
    logits = gate_logits(xp, p, layout, x, u)
    passing = [
        xp.softplus(-logit(xp, c)) - xp.softplus(-v) for c, v in zip(p.gate_chance, logits, strict=True)
    ]
    return xp.exp(sum(passing))


def baseline(xp: Any, p: Parameters, s: Any) -> Any:
    """Cumulative hazard of the typical state after `s` months, `A log(1 + s/tau)`; (..., s)."""
    return p.A * xp.log1p(s / p.tau)


def stretches(xp: Any, p: Parameters, multiplier: Any, risk: Any, since: Any, until: Any) -> Any:
    """What each slice adds to the hazard before frailty, `M r dH0`; (..., slice)."""
    return multiplier * risk * (baseline(xp, p, until) - baseline(xp, p, since))


def entry_hazard(xp: Any, p: Parameters, before: Any, stretch: Any, months: Any) -> Any:
    """Cumulative hazard of entry over a slice with the frailty integrated out.

    `nu log((nu + R_t) / (nu + R_{t-1}))` of a Gamma(nu, nu) frailty, plus entry by a route
    outside the list of gates.

    Parameters
    ----------
    before, stretch
        `R` before the slice and what the slice adds to it.
    months
        Length of the slice.
    """
    return p.nu * xp.log1p(stretch / (p.nu + before)) + p.outside * months


def rival_hazards(
    xp: Any, p: Parameters, layout: Layout, spent: Sequence[Any], steady: Sequence[Any], x: Sequence[Any]
) -> list[Any]:
    """Cumulative hazard of each rival over each slice, one (..., slice) a rival.

    Drivers move one part, relative to its mean over states whose drivers are standard normal.

    Parameters
    ----------
    spent, steady
        Hazard times months of each rival in the moved and in the steady part (..., slice).
    """
    found = []
    for moved, still, effects in zip(spent, steady, layout.rival_effects, strict=True):
        mean = sum(0.5 * p.rival_effect[place] ** 2 for _, place in effects)
        found.append(
            moved * xp.exp(tilt(effects, p.rival_effect, x) - mean) + still if effects else moved + still
        )
    return found


def spent_hazards(xp: Any, rate: Any, exposure: Any, spells: Sequence[tuple[int, ...]]) -> list[Any]:
    """Hazard times months of the given spells of each rival, one (..., slice) a rival.

    Parameters
    ----------
    rate
        Monthly hazard of each spell (..., spell).
    exposure
        Months of each slice in each spell (spell, slice).
    spells
        Positions of each rival's spells.
    """
    none = 0.0 * exposure[:1].sum(axis=0)
    return [sum(rate[..., i : i + 1] * exposure[i] for i in places) if places else none for places in spells]


def survival(
    xp: Any,
    p: Parameters,
    layout: Layout,
    panel: Panel,
    multiplier: Any,
    rate: Any,
    x: Sequence[Any],
    u: Sequence[Any],
) -> Any:
    """Log chance, month by month, of neither entry nor a rival since the choice arose.

    Parameters
    ----------
    multiplier
        The state's own class multiplier (..., 1).
    rate
        Monthly hazard of each spell of the rivals' tables (..., spell).

    Returns
    -------
    (..., month)
    """
    risk = relative_risk(xp, p, layout, x, u)
    stretch = stretches(xp, p, multiplier, risk, panel.since, panel.until)
    entry = entry_hazard(xp, p, xp.cumsum(stretch) - stretch, stretch, panel.until - panel.since)
    spent, steady = (
        spent_hazards(xp, rate, panel.rival_exposure, part) for part in (panel.moved, panel.steady)
    )
    return -sum(rival_hazards(xp, p, layout, spent, steady, x), entry)


def reading_noise(xp: Any, p: Parameters, panel: Panel) -> Any:
    """Standard deviation of each reading about the driver and its origin's error; (..., reading)."""
    letters = xp.concatenate(list(accumulate(p.letter_noise)))
    numbers = xp.concatenate([p.letter_noise[0] ** 0, *p.number_multiplier])
    return xp.pick(letters, panel.reading_letter) * xp.pick(numbers, panel.reading_number)


def readings(xp: Any, p: Parameters, panel: Panel, x: Sequence[Any]) -> Any:
    """Log density of each block of readings, an origin's on one driver; (..., block).

    The origin's error is integrated out: covariance `diag(s^2) + s_origin^2`.
    """
    noise = reading_noise(xp, p, panel)
    residual = panel.reading_level - xp.pick(xp.concatenate(x), panel.reading_state)
    weight = noise**-2
    alone = -0.5 * (np.log(2 * np.pi) + weight * residual**2) - xp.log(noise)
    own, precision, pull = (
        xp.pool(panel.block_zero, part, panel.reading_block) for part in (alone, weight, weight * residual)
    )
    shrink = p.origin_sd**2
    return own + 0.5 * (shrink * pull**2 / (1 + shrink * precision) - xp.log1p(shrink * precision))


def endings(xp: Any, logits: Sequence[Any]) -> list[Any]:
    """Chance that an occasion ends without entry at each gate, from its log-odds at each."""
    passed = [-xp.softplus(-value) for value in logits]
    reached = [0.0, *accumulate(passed)][:-1]
    return [xp.exp(before - xp.softplus(value)) for before, value in zip(reached, logits, strict=True)]


def episodes(xp: Any, p: Parameters, layout: Layout, panel: Panel, x: Sequence[Any], u: Sequence[Any]) -> Any:
    """Log likelihood of the reports of each episode; (..., episode).

    `sum_k p_k prod_j l_jk / sum_k p_k`, both sums over the endings that no report rules out.
    """
    logits = [xp.pick(value, panel.episode_month) for value in gate_logits(xp, p, layout, x, u)]
    chances = list(enumerate(endings(xp, logits)))
    told = sum(chance * panel.episode_weight[k] for k, chance in chances)
    return xp.log(told) - xp.log(sum(chance * panel.episode_open[k] for k, chance in chances))


def followed(xp: Any, x: Sequence[Any], zero: Any, state: Any, weight: Any, point: Any) -> Any:
    """Drivers as the points of a series follow them, signed, over their months; (..., point)."""
    return xp.pool(zero, xp.pick(xp.concatenate(x), state) * weight, point)


def polls(xp: Any, p: Parameters, panel: Panel, x: Sequence[Any]) -> Any:
    """Log chance of each poll wave, BetaBinomial; `dispersion` is the correlation of answers."""
    center, loading, spread = told(xp, p, panel.poll_series)
    driver = followed(xp, x, panel.poll_zero, panel.poll_state, panel.poll_weight, panel.poll_point)
    share = 1 / (1 + (1 / center - 1) * xp.exp(-loading * driver))
    size = (1 - spread) / spread
    a, b, k, n = share * size, (1 - share) * size, panel.poll_yes, panel.poll_answers
    yes = xp.gammaln(k + a) - xp.gammaln(a)
    no = xp.gammaln(n - k + b) - xp.gammaln(b)
    return panel.poll_constant + yes + no - (xp.gammaln(n + size) - xp.gammaln(size))


def counts(xp: Any, p: Parameters, panel: Panel, x: Sequence[Any]) -> Any:
    """Log chance of each count, NegativeBinomial of variance `mean + dispersion mean^2`."""
    center, loading, spread = told(xp, p, panel.count_series)
    driver = followed(xp, x, panel.count_zero, panel.count_state, panel.count_weight, panel.count_point)
    k, ratio = panel.count_value, xp.log(center * spread) + loading * driver
    constant = panel.count_constant + xp.gammaln(k + 1 / spread) - xp.gammaln(1 / spread)
    return constant - k * xp.softplus(-ratio) - xp.softplus(ratio) / spread


def levels(xp: Any, p: Parameters, panel: Panel, x: Sequence[Any]) -> Any:
    """Log density of each level, Student t about its predictor; `dispersion` is its scale.

    On a log scale the density is that of the logarithm.
    """
    stated, loading, scale = told(xp, p, panel.level_series)
    driver = followed(xp, x, panel.level_zero, panel.level_state, panel.level_weight, panel.level_point)
    logged, df = panel.level_logged, panel.level_tail
    center = logged * xp.log(logged * stated + (1 - logged)) + (1 - logged) * stated
    z = (panel.level_value - center - loading * driver) / scale
    return panel.level_constant - xp.log(scale) - 0.5 * (df + 1) * xp.log1p(z**2 / df)


def told(xp: Any, p: Parameters, series: Any) -> list[Any]:
    """Intercept, loading and dispersion of each point, by its series; (..., point) each."""
    return [xp.pick(xp.concatenate(group), series) for group in (p.intercept, p.loading, p.dispersion)]


def class_log_survival(xp: Any, p: Parameters, layout: Layout, points: Any, multiplier: Any, s: Any) -> Any:
    """Log chance that a state of the reference class has not entered after `s` months.

    The mean over the class, whose drivers and dispositions stand at fixed points.

    Parameters
    ----------
    points
        Standard normals (driver and then disposition, class point).
    multiplier, s
        Class multiplier (..., place) and months (place).

    Returns
    -------
    (..., place)
    """
    drivers = len(layout.drivers)
    x = [points[k] for k in range(drivers)]
    u = [points[drivers + i] * sd for i, sd in enumerate(p.disposition_sd)]
    risk = relative_risk(xp, p, layout, x, u)
    total = (multiplier * baseline(xp, p, s) / p.nu)[..., :, None] * risk[..., None, :]
    return xp.log(xp.mean(xp.exp(-p.nu[..., None] * xp.log1p(total)))) - p.outside * s


def table_means(xp: Any, panel: Panel, at_knot: Any) -> Any:
    """Expected joins of each life-table row, `exposure log(S(s0) / S(s1)) / (s1 - s0)`; (..., row).

    Parameters
    ----------
    at_knot
        `class_log_survival` at the panel's knots (..., knot).
    """
    return (xp.pick(at_knot, panel.row_since) - xp.pick(at_knot, panel.row_until)) * panel.row_rate_time


def tables(xp: Any, p: Parameters, panel: Panel, at_knot: Any) -> Any:
    """Log chance of the joins of each life-table row, tempered by its class's weight; (..., row).

    NegativeBinomial of variance `mean + clumping mean^2`: allies join in clumps, war by war.
    """
    scaled, k = table_means(xp, panel, at_knot) * p.clumping, panel.row_joined
    clumps = xp.gammaln(k + 1 / p.clumping) - xp.gammaln(1 / p.clumping)
    chance = clumps + k * xp.log(scaled) - (k + 1 / p.clumping) * xp.log1p(scaled)
    return panel.row_weight * (chance - panel.row_constant)


def log_densities(
    xp: Any,
    p: Parameters,
    layout: Layout,
    panel: Panel,
    multiplier: Any,
    rate: Any,
    x: Sequence[Any],
    u: Sequence[Any],
) -> dict[str, Any]:
    """Log density of each part of the evidence by name: block, episode, point, row, month.

    Parameters
    ----------
    multiplier
        Multiplier of each class, the state's own last (..., class).
    rate
        Monthly hazard of each spell of the rivals' tables (..., spell).
    """
    place = xp.pick(multiplier, panel.knot_class)
    at_knot = class_log_survival(xp, p, layout, panel.class_points, place, panel.knot_months)
    power = panel.temperature.sum()  # of the state's own evidence; the life tables count in full
    return {
        "readings": power * readings(xp, p, panel, x),
        "episodes": power * episodes(xp, p, layout, panel, x, u),
        "polls": power * polls(xp, p, panel, x),
        "counts": power * counts(xp, p, panel, x),
        "levels": power * levels(xp, p, panel, x),
        "tables": tables(xp, p, panel, at_knot),
        "own_class_survival": at_knot * panel.own_knot,
        "survival": power * survival(xp, p, layout, panel, multiplier[..., -1:], rate, x, u),
    }
