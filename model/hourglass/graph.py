"""The PyMC model: the one place that holds random variables.

Every elicited number is a curve of a standard normal, the drivers are sums of standard normal
shocks, and the likelihood comes from `likelihood`, so that the sampler sees one plain space.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from hourglass import belief, likelihood
from hourglass.panel import AXES, POSITIONS, Array, Panel, pack
from hourglass.parameters import Layout, Parameters, unpack
from hourglass.whitening import whitening

PYTENSOR = SimpleNamespace(
    concatenate=lambda parts: pt.concatenate(list(parts)), cumsum=pt.cumsum, exp=pt.exp, expm1=pt.expm1,
    gammaln=pt.gammaln, log=pt.log, log1p=pt.log1p, mean=lambda x: pt.mean(x, axis=-1),
    pick=lambda x, index: x[index],
    pool=lambda groups, values, index: pt.inc_subtensor(groups[index], values),
    softplus=pt.softplus, split=lambda x, parts: pt.split(x, np.ones(parts, dtype=int), n_splits=parts),
)  # fmt: skip
"""PyTensor under the names that the likelihood uses."""

OWN = "own"
"""Name of the class that holds the state of the question and no other."""


def build(layout: Layout, classes: Sequence[str], panel: Panel) -> pm.Model:
    """Model of a question, with the panel and the curves of its beliefs as data.

    Parameters
    ----------
    layout
        Names and structure of the parameters.
    classes
        Names of the reference classes; the state's own is added as the last.
    panel
        Data to start with; any other panel of the same grid can take its place.

    Returns
    -------
    Model with the deterministics `theta` (parameter), `driver_path` (month, driver),
    `disposition_path` (month, gate), `log_multiplier` (class), and with `rival_rate` (spell).
    """
    with pm.Model(coords=_coords(layout, classes, panel)) as model:
        data = _unpacked(panel, {name: pm.Data(name, array) for name, array in pack(panel).items()})
        p, multiplier, rate, x, u = _variables(layout, panel, data, len(classes))
        terms = likelihood.log_densities(PYTENSOR, p, layout, data, multiplier, rate, x, u)
        for name, term in terms.items():
            pm.Potential(f"{name}_log_density", term)
    return model


def _unpacked(panel: Panel, held: dict[str, Any]) -> Panel:
    """Panel whose arrays are cut out of the three that the model holds as data."""
    cut = {}
    for i, (name, axes) in enumerate(AXES.items()):
        whole = held["positions" if name in POSITIONS else "amounts"]
        part = whole[held["bounds"][i, 0] : held["bounds"][i, 1]]
        cut[name] = part if len(axes) == 1 else part.reshape((len(getattr(panel, name)), -1))
    return replace(panel, **cut)


def _coords(layout: Layout, classes: Sequence[str], panel: Panel) -> dict[str, Sequence[Any]]:
    return {
        "parameter": layout.names, "month": range(len(panel.since)), "driver": layout.drivers,
        "disposing_gate": layout.dispositions, "class": (*classes, OWN),
        "spell": range(len(panel.spell_rate)),
    }  # fmt: skip


def _variables(
    layout: Layout, panel: Panel, data: Panel, classes: int
) -> tuple[Parameters, Any, Any, Any, Any]:
    """Parameters, class multipliers, rivals' rates, drivers, dispositions of the current model."""
    months = len(panel.since)
    # Levels and shocks of the drivers: standard normals, walked in coordinates that the evidence
    # makes nearly round. The map is linear, so the prior of what it gives is stated as it is.
    maps = pm.Data("whitening", whitening(layout, panel))
    told = []
    for k in range(len(layout.drivers)):
        xi = pm.Flat(f"round_driver_{k}", shape=months + 1)
        told.append(pt.sum(maps[k] * xi[None, :], axis=1))
        pm.Potential(f"driver_prior_{k}", -0.5 * (told[k] ** 2 + np.log(2 * np.pi)))
    # Elicited numbers: standard normals bent onto their stated quantiles, the levels first.
    table, drivers = layout.curves, len(layout.drivers)
    curves = pm.Data("curves", bend(layout))
    z = pm.Normal("z", shape=len(layout.names) - drivers)
    whole = pt.concatenate([*(v[:1] for v in told), z])
    theta = pm.Deterministic("theta", belief.values(PYTENSOR, whole, table, curves), dims="parameter")
    p = unpack(PYTENSOR, theta, layout)
    # Drivers: a lasting level and an Ornstein-Uhlenbeck walk about it.
    x = [
        level + pt.sqrt(1 - lasting) * walk_from_shocks(v[1:], half_life, months)
        for v, level, half_life, lasting in zip(told, p.level, p.half_life, p.lasting_share, strict=True)
    ]
    pm.Deterministic("driver_path", pt.stack(x, axis=-1), dims=("month", "driver"))
    # Dispositions: what no driver explains of a gate.
    u = []
    for i, (sd, half_life) in enumerate(zip(p.disposition_sd, p.disposition_half_life, strict=True)):
        shock = pm.Normal(f"disposition_shock_{i}", shape=months, dims="month")
        u.append(sd * walk_from_shocks(shock, half_life, months))
    if u:
        pm.Deterministic("disposition_path", pt.stack(u, axis=-1), dims=("month", "disposing_gate"))
    # Classes differ by a factor, whose spread is learned; the state's own class is one more.
    class_z = pm.Normal("class_z", shape=classes + 1, dims="class")
    log_multiplier = pm.Deterministic("log_multiplier", p.spread * class_z, dims="class")
    # Rivals: each interval of their tables has a rate, conjugate to its exposure. Chains start from
    # a number that no table decides: that of the panel at compiling would follow into every other.
    rate = None
    if layout.rivals:
        start = np.ones(len(panel.spell_rate))
        unit = pm.Gamma(
            "rival_unit", alpha=data.spell_shape, beta=1, shape=start.shape, initval=start, dims="spell"
        )
        rate = pm.Deterministic("rival_rate", unit / data.spell_rate, dims="spell")
    return p, pt.exp(log_multiplier), rate, x, u


def bend(layout: Layout) -> Array:
    """What bends standard normals onto the stated quantiles; (center slope skew, parameter)."""
    return np.stack([layout.curves.center, layout.curves.slope, layout.curves.skew])


def walk_from_shocks(shock: Any, half_life: Any, months: int) -> Any:
    """Stationary Ornstein-Uhlenbeck walk of variance 1 from standard normal shocks; (month).

    `z_t = f^t (e_0 + sqrt(1 - f^2) sum_{0 < j <= t} f^-j e_j)` with `f` the share of a
    disturbance left after a month: the walk's recursion, solved.

    Parameters
    ----------
    shock
        (month)
    half_life
        Months after which half of a disturbance is left; (1).
    """
    decay = np.log(2) / half_life
    age = np.arange(months, dtype=float)
    later = (age > 0).astype(float)
    fresh = (1 - later) + later * pt.sqrt(-pt.expm1(-2 * decay))
    return pt.exp(-age * decay) * pt.cumsum(pt.exp(age * decay) * fresh * shock)
