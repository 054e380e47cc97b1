"""Fitting: the model compiled once, sampled for any panel of the same grid."""

import warnings
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import nutpie
import xarray as xr
from pytensor.configdefaults import config

from hourglass import graph
from hourglass.case import Case
from hourglass.draws import DIMS, Draws
from hourglass.panel import Labels, Panel, pack
from hourglass.parameters import Layout, layout
from hourglass.whitening import whitening

STATS = ("diverging", "maxdepth_reached", "depth", "energy", "n_steps")
"""Statistics of the sampler that are kept."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How hard to sample."""

    chains: int = 4
    draws: int = 1500
    tune: int = 800
    cores: int = 2
    target_accept: float = 0.95


@dataclass(frozen=True, slots=True)
class Compiled:
    """A question's model in machine code, for every panel on a grid of `months`."""

    layout: Layout
    classes: tuple[str, ...]
    months: int
    sampler: Any

    def under(self, beliefs: Layout) -> "Compiled":
        """The same machine code under other beliefs about the same parameters."""
        return replace(self, layout=beliefs)


def compile_model(case: Case, panel: Panel) -> Compiled:
    """Compile the model of a question for panels with as many months as `panel`."""
    structure = layout(case.question)
    model = graph.build(structure, list(case.question.reference.classes), panel)
    classes = (*case.question.reference.classes, graph.OWN)
    # Fast maths would sum in another order when parts of the machine code are found on disk.
    with config.change_flags(numba__fastmath=False):
        return Compiled(structure, classes, len(panel.since), nutpie.compile_pymc_model(model))


_engines: dict[tuple[object, ...], Compiled] = {}


def engine(case: Case, panel: Panel) -> Compiled:
    """Compiled model of a question under its beliefs, compiled once in a process.

    Questions of the same structure share the machine code, whatever they believe.
    """
    told = layout(case.question)
    fixed = (getattr(told, field.name) for field in fields(told) if field.name != "curves")
    curves, classes = (told.curves.scales, told.curves.signs), tuple(case.question.reference.classes)
    key = (*fixed, *curves, classes, panel.moved, panel.steady, len(panel.since))
    if key not in _engines:
        _engines[key] = compile_model(case, panel)
    return _engines[key].under(told)


def sample(
    compiled: Compiled, panel: Panel, labels: Labels, seed: int, settings: Settings | None = None
) -> Draws:
    """Draws from the posterior given `panel`, under the beliefs of the compiled model's layout."""
    how = settings or Settings()
    loaded = compiled.sampler.with_data(
        **pack(panel), whitening=whitening(compiled.layout, panel), curves=graph.bend(compiled.layout)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the sampler's own warnings; the verdict judges the draws
        tree = nutpie.sample(
            loaded, draws=how.draws, tune=how.tune, chains=how.chains, cores=min(how.cores, how.chains),
            seed=seed, target_accept=how.target_accept, progress_bar=False, save_warmup=False,
        )  # fmt: skip
    return _plain(tree, compiled, labels)


def _plain(tree: xr.DataTree, compiled: Compiled, labels: Labels) -> Draws:
    """Keep what the forecast needs, in plain arrays."""
    posterior = tree["posterior"].to_dataset().transpose("chain", "draw", ...)
    stats = tree["sample_stats"].to_dataset().transpose("chain", "draw", ...)
    held = {name: posterior[name].to_numpy() for name in DIMS if name in posterior}
    chains, draws = held["theta"].shape[:2]
    held.setdefault("disposition_path", np.zeros((chains, draws, compiled.months, 0)))
    held.setdefault("rival_rate", np.zeros((chains, draws, 0)))
    layout = compiled.layout
    coords = {
        "parameter": layout.names, "driver": layout.drivers, "disposing_gate": layout.dispositions,
        "month": labels.month, "spell": labels.spell, "class": compiled.classes,
    }  # fmt: skip
    return Draws(held, {name: stats[name].to_numpy() for name in STATS if name in stats}, coords)
