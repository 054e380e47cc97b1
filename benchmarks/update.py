"""How fast an update is, beside a fit anew, on the same question after one new item.

Run with `python benchmarks/update.py [AS_OF]`. In a root of its own the question is first fitted;
then one reading is added, and the same `hourglass forecast` is run whole: by weights, by a fit
with compiled code at hand, and again from the store. The bare weighing is timed in memory.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from hourglass import archive, draws, estimate, parameters, reweighting, store
from hourglass import case as cases
from hourglass.assembly import build

ROOT = Path(__file__).parents[1]
REPEATS = 20
ITEM = """
[[reading]]
id = "benchmark"
date = {day}
known = {day}
driver = "{driver}"
level = 1.0
grade = "B2"
origin = "benchmark"
claim = "Stands in no ledger."
source = {{ title = "None", url = "", date = {day} }}
"""


def main() -> None:
    """Time each way to the same forecast and print the ratios."""
    as_of = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date(2025, 12, 31)
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        shutil.copytree(ROOT / "priors", root / "priors")
        _forecast(root, as_of, "nuts")
        base = cases.load(root / "priors/belarus", "priors/belarus", date.today())
        ledger = root / "priors/belarus/evidence" / f"{as_of.year}.toml"
        with ledger.open("a", encoding="utf-8") as stream:
            stream.write(ITEM.format(day=as_of, driver=next(iter(base.question.drivers))))
        weighed, stored = _forecast(root, as_of, "reweight"), _forecast(root, as_of, "auto")
        fitted = _forecast(root, as_of, "nuts")
        console = Console(width=100)
        table = Table("whole process", "seconds", "share of a fit")
        for name, seconds in (("a fit", fitted), ("an update", weighed), ("from the store", stored)):
            table.add_row(name, f"{seconds:.1f}", f"{seconds / fitted:.2f}")
        console.print(table)
        console.print(_in_memory(root, as_of))


def _forecast(root: Path, as_of: date, method: str) -> float:
    """Seconds that a whole forecast takes."""
    flags = os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={root}/compiled"}
    words = ["--root", str(root), "--as-of", as_of.isoformat(), "--method", method, "--json", "--no-report"]
    began = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-m", "hourglass", "forecast", *words], env=flags, capture_output=True, check=False
    )
    print(method, told.returncode, told.stderr.decode().splitlines()[-1:], file=sys.stderr, flush=True)
    return time.monotonic() - began


def _in_memory(root: Path, as_of: date) -> Table:
    """Times of the parts of an update once the draws are at hand, for 4,000 draws."""
    case = cases.load(root / "priors/belarus", "priors/belarus", date.today())
    told = store.inputs(case, as_of)
    kept = list(archive.fits(root / ".hourglass/runs", case, told, 1))[-1]  # the fit without the item
    base = estimate.stored(kept.case, kept.forecast.as_of, kept.folder)
    assert base is not None
    some = {name: held[:, :1000] for name, held in base.inside.posterior.items()}
    inside = draws.Draws(some, base.inside.stats, base.inside.coords)
    layout = parameters.layout(case.question)
    now, _ = build(case, as_of, inside.months)
    ratio = reweighting.log_ratio(layout, inside, base.panel, now)
    table = Table(f"in memory, {len(ratio)} draws, {len(case.evidence(as_of).items)} items", "milliseconds")
    table.add_row("panel of the new evidence", _milliseconds(lambda: build(case, as_of, inside.months)))
    table.add_row("log ratio", _milliseconds(lambda: reweighting.log_ratio(layout, inside, base.panel, now)))
    table.add_row("smoothed weights", _milliseconds(lambda: reweighting.smooth(ratio)))
    return table


def _milliseconds(work: Callable[[], object]) -> str:
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return f"{1000 * median(taken):.1f}"


if __name__ == "__main__":
    main()
