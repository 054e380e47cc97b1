"""How fast a fit is, beside a bare `pm.sample` of the same model on the same data.

Run with `python benchmarks/fit.py [AS_OF]`. Each contender runs in processes of its own, first
with an empty cache of compiled code (cold), then with the one it left (warm). The rival's
settings are PyMC's defaults: four chains of 1000 tuning and 1000 kept draws.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
ROWS = {
    "compiling, s": "compile",
    "sampling, s": "sample",
    "whole process, s": "whole",
    "least ESS of P": "ess_p",
    "least ESS of drivers": "ess_drivers",
    "ESS of P a second of sampling": "rate_p",
    "ESS of drivers a second of sampling": "rate_drivers",
    "ESS of P a second of the whole": "whole_p",
    "ESS of drivers a second of the whole": "whole_drivers",
    "peak memory, MB": "memory",
}


def main() -> None:
    """Run both contenders, cold and warm, and print their figures side by side."""
    as_of = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date(2025, 12, 31)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for contender in ("hourglass", "pymc"):
        with tempfile.TemporaryDirectory() as cache:
            for state in ("cold", "warm"):
                found[contender, state] = _run(contender, as_of, Path(cache))
                print(contender, state, "done", file=sys.stderr, flush=True)
    Console(width=120).print(_table(found))


def _run(contender: str, as_of: date, cache: Path) -> dict[str, float]:
    began = time.monotonic()
    command = [sys.executable, __file__, "--contend", contender, as_of.isoformat()]
    flags = os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={cache}"}
    done = subprocess.run(command, check=True, env=flags, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    told["whole"] = time.monotonic() - began
    for name in ("p", "drivers"):
        told[f"rate_{name}"] = told[f"ess_{name}"] / told["sample"]
        told[f"whole_{name}"] = told[f"ess_{name}"] / told["whole"]
    return told


def _table(found: dict[tuple[str, str], dict[str, float]]) -> Table:
    table = Table("", *(f"{contender}, {state}" for contender, state in found), "ratio cold", "ratio warm")
    for title, key in ROWS.items():
        ratios = []
        for state in ("cold", "warm"):
            ratio = found["hourglass", state][key] / found["pymc", state][key]
            ratios.append(f"{ratio if 'ess' in key or 'rate' in key or '_' in key else 1 / ratio:.2f}")
        table.add_row(title, *(f"{told[key]:.1f}" for told in found.values()), *ratios)
    return table


def _contend(contender: str, as_of: date) -> None:
    from hourglass import assembly, case

    told = case.load(ROOT / "priors" / "belarus", "priors/belarus", date.today())
    panel, labels = assembly.build(told, as_of)
    figures = _hourglass(told, panel, labels) if contender == "hourglass" else _pymc(told, panel, labels)
    draws, compiling, sampling = figures
    ess = _least_ess(told, panel, draws, as_of)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    memory += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"compile": compiling, "sample": sampling, "memory": memory} | ess))


def _hourglass(told: Any, panel: Any, labels: Any) -> tuple[Any, float, float]:
    from hourglass import inference

    start = time.monotonic()
    compiled = inference.compile_model(told, panel)
    middle = time.monotonic()
    draws = inference.sample(compiled, panel, labels, seed=1)
    return draws, middle - start, time.monotonic() - middle


def _pymc(told: Any, panel: Any, labels: Any) -> tuple[Any, float, float]:
    """Bare `pm.sample`; what it compiles is counted as compiling by a first run of one draw."""
    import pymc as pm

    from hourglass import graph, parameters
    from hourglass.draws import DIMS, Draws

    structure = parameters.layout(told.question)
    model = graph.build(structure, list(told.question.reference.classes), panel)
    start = time.monotonic()
    with model:
        tree = pm.sample(
            1000, tune=1000, chains=4, nuts_sampler="pymc", random_seed=1, progressbar=False,
            compute_convergence_checks=False,
        )  # fmt: skip
    whole = time.monotonic() - start
    sampling = float(tree["sample_stats"].attrs.get("sampling_time", whole))
    posterior = tree["posterior"].to_dataset().transpose("chain", "draw", ...)
    draws = Draws({name: posterior[name].to_numpy() for name in DIMS}, {}, {})
    return draws, whole - sampling, sampling


def _least_ess(told: Any, panel: Any, draws: Any, as_of: date) -> dict[str, float]:
    from arviz_stats.base.array import array_stats

    from hourglass import calendar, incidence, parameters

    structure = parameters.layout(told.question)
    present = incidence.present(draws, structure, panel, len(panel.since) - 1)
    days = [calendar.months_after(as_of, months) for months in told.question.header.horizons]
    cells = incidence.outcomes(told, structure, present, as_of, days, seed=1).cells[..., 0]
    tables = {"p": cells.reshape(*draws.grid, -1), "drivers": draws.posterior["driver_path"][:, :, -1]}
    return {
        f"ess_{name}": float(np.min(array_stats.ess(table, chain_axis=0, draw_axis=1, method="bulk")))
        for name, table in tables.items()
    }


if __name__ == "__main__":
    if "--contend" in sys.argv:
        _contend(sys.argv[-2], date.fromisoformat(sys.argv[-1]))
    else:
        main()
