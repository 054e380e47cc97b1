"""Draws of a fit as plain arrays, and as the netCDF file that other tools read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hourglass.panel import Array

if TYPE_CHECKING:
    import xarray as xr

DIMS: Mapping[str, tuple[str, ...]] = {
    "theta": ("parameter",),
    "driver_path": ("month", "driver"),
    "disposition_path": ("month", "disposing_gate"),
    "log_multiplier": ("class",),
    "rival_rate": ("spell",),
}
"""Axes of each posterior variable after chain and draw."""
EVIDENCE = "evidence"
"""Variable of the log likelihood that holds the log density of every item."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What a sampler left behind.

    Attributes
    ----------
    posterior
        Variables by name (chain, draw, ...), their further axes as in `DIMS`.
    stats
        Statistics of the sampler by name (chain, draw).
    coords
        Names along the axes.
    """

    posterior: Mapping[str, Array]
    stats: Mapping[str, Array]
    coords: Mapping[str, tuple[str, ...]]

    @property
    def grid(self) -> tuple[int, int]:
        """Numbers of chains and of draws in each."""
        chains, draws = self.posterior["theta"].shape[:2]
        return chains, draws

    @property
    def months(self) -> int:
        """Months of the grid on which the drivers walk."""
        months: int = self.posterior["driver_path"].shape[2]
        return months

    def states(self) -> tuple[list[Array], list[Array]]:
        """Drivers and dispositions of every draw, chains end to end; one (draw, month) each."""
        flat = self.stacked()
        drivers, dispositions = flat["driver_path"], flat["disposition_path"]
        return (
            [drivers[..., k] for k in range(drivers.shape[-1])],
            [dispositions[..., i] for i in range(dispositions.shape[-1])],
        )

    def stacked(self) -> dict[str, Array]:
        """Posterior with chains end to end: (draw, ...)."""
        chains, draws = self.grid
        return {name: held.reshape(chains * draws, *held.shape[2:]) for name, held in self.posterior.items()}


def as_tree(draws: Draws, log_likelihood: Mapping[str, Array] | None = None) -> "xr.DataTree":
    """Draws as an ArviZ tree with named dims; `log_likelihood` (chain, draw) by item."""
    import xarray as xr  # slow to import, and needed only to keep or to hand on draws

    posterior = {k: (("chain", "draw", *DIMS[k]), v) for k, v in draws.posterior.items()}
    stats = {k: (("chain", "draw"), v) for k, v in draws.stats.items()}
    used = {axis for k in draws.posterior for axis in DIMS[k]}
    coords = {k: list(v) for k, v in draws.coords.items() if k in used}
    groups = {"posterior": xr.Dataset(posterior, coords=coords), "sample_stats": xr.Dataset(stats)}
    if log_likelihood:
        values = np.stack(list(log_likelihood.values()), axis=-1)
        groups["log_likelihood"] = xr.Dataset(
            {EVIDENCE: (("chain", "draw", "item"), values)}, coords={"item": list(log_likelihood)}
        )
    return xr.DataTree.from_dict(groups)


def save(tree: "xr.DataTree", path: Path) -> None:
    """Write an ArviZ tree as netCDF."""
    tree.to_netcdf(path, engine="h5netcdf")


def load(path: Path) -> Draws:
    """Draws from a netCDF file that `save` wrote."""
    import xarray as xr  # as above

    with xr.open_datatree(path, engine="h5netcdf") as tree:
        posterior = tree["posterior"].to_dataset().load()
        stats = tree["sample_stats"].to_dataset().load()
    return Draws(
        posterior={str(k): v.to_numpy() for k, v in posterior.items()},
        stats={str(k): v.to_numpy() for k, v in stats.items()},
        coords={str(k): tuple(str(x) for x in v.to_numpy()) for k, v in posterior.coords.items()},
    )
