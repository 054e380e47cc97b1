"""How long backtests and calibration take beside one cold forecast, all in one run, whole processes.

Run with `python benchmarks/validate.py [FITS]`. In a root of its own: a cold forecast; 24 days of the
past; 300 worlds (or FITS) by two workers; then the first 30 of them once more by one. Some worlds take
half as long again as others, so the paces of two workers and of one are those of the same 30. What one
worker would take for all worlds is its whole process for the 30 and its pace for the others.
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
        cold = _run(root, "forecast", "--as-of", AS_OF, "--no-report")
        past = ("backtest", "--since", "2024-01", "--until", "2025-12")
        days = _run(root, *past, "--workers", str(WORKERS))
        many = ("calibrate", "--as-of", AS_OF, "--fits")
        worlds, both = _run(root, *many, str(fits), "--workers", str(WORKERS)), _pace(root)
        few, alone = _run(root, *many, str(FEW), "--workers", "1"), _pace(root)
    parts = {
        "one cold forecast": cold,
        f"{DAYS} days of the past, {WORKERS} workers": days,
        f"{fits} worlds, {WORKERS} workers": worlds,
        f"{FEW} worlds, 1 worker": few,
        f"{fits} worlds, 1 worker, by its pace": few + (fits - FEW) * alone,
        f"one more world, {WORKERS} workers": both,
        "one more world, 1 worker": alone,
    }
    table = Table("whole process", "seconds", "cold forecasts")
    for name, seconds in parts.items():
        table.add_row(name, f"{seconds:.1f}", f"{seconds / cold:.2f}")
    Console().print(table)
    judge((
        Limit(f"{DAYS} days of the past, in cold forecasts", days / cold, 3),
        Limit("300 worlds, in cold forecasts", (worlds + (300 - fits) * both) / cold, 15),
        Limit("one worker, in times of two", alone / both, 1.6, least=True),
    ))  # fmt: skip


def _pace(root: Path) -> float:
    """Seconds that one of the first worlds takes, by when those of the last run were kept; forgets all."""
    kept = root / ".hourglass" / "calibrations"
    times = sorted(path.stat().st_mtime for path in sorted(kept.rglob("*.json"))[:FEW])
    shutil.rmtree(kept)
    return (times[-1] - times[0]) / (len(times) - 1)


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
