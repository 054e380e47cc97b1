"""How long backtests and calibration take beside one cold forecast, all in one run, whole processes.

Run with `python benchmarks/validate.py [FITS]`. In a root of its own: a cold forecast; 24 days of the
past; 300 worlds (or FITS); then 30 worlds of another seed by one worker and by two, code at hand.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from limits import Limit, judge
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
AS_OF = "2025-12-31"
DAYS, FEW = 24, 30
WORKERS = 2


def main() -> None:
    """Time the parts and print them as multiples of a cold forecast."""
    fits = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        shutil.copytree(ROOT / "priors", root / "priors")
        parts = {"one cold forecast": _run(root, "forecast", "--as-of", AS_OF, "--no-report")}
        past = ("backtest", "--since", "2024-01", "--until", "2025-12")
        parts[f"{DAYS} days of the past, {WORKERS} workers"] = _run(root, *past, "--workers", str(WORKERS))
        many = ("calibrate", "--as-of", AS_OF, "--fits")
        parts[f"{fits} worlds, {WORKERS} workers"] = _run(root, *many, str(fits), "--workers", str(WORKERS))
        for workers in (1, WORKERS):
            shutil.rmtree(root / ".hourglass" / "calibrations")
            asked = (*many, str(FEW), "--seed", "2", "--workers", str(workers))
            parts[f"{FEW} worlds, {workers} worker{'s' * (workers > 1)}, warm"] = _run(root, *asked)
    table = Table("whole process", "seconds", "cold forecasts")
    cold, days, worlds, one, two = parts.values()
    for name, seconds in parts.items():
        table.add_row(name, f"{seconds:.1f}", f"{seconds / cold:.2f}")
    Console().print(table)
    judge((
        Limit(f"{DAYS} days of the past, in cold forecasts", days / cold, 3),
        Limit("300 worlds, in cold forecasts", worlds / cold * 300 / fits, 15),
        Limit("one worker, in times of two", one / two, 1.6, least=True),
    ))  # fmt: skip


def _run(root: Path, *command: str) -> float:
    """Seconds that a command takes, start to end; a calibration that fails (3) has run too."""
    began = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "hourglass", *command, "--root", str(root)], capture_output=True, check=False
    )
    seconds = time.perf_counter() - began
    print(
        *command, told.returncode, f"{seconds:.1f}", told.stderr.decode()[-200:], file=sys.stderr, flush=True
    )
    if told.returncode not in (0, 3):
        sys.exit(f"{command[0]} ended with {told.returncode}")
    return seconds


if __name__ == "__main__":
    main()
