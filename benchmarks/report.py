"""How long a report takes beside a fit anew in one run, and how soon a browser has drawn its page.

Run with `python benchmarks/report.py [AS_OF]`. In a root of its own the question is fitted twice,
the second time with compiled code at hand; then its report is written, and opened. Chromium must
be installed for the last.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from limits import Limit, judge
from rich.console import Console
from rich.table import Table

from hourglass import publication

ROOT = Path(__file__).parents[1]
OPENINGS = 3
DRAWN = "() => !document.querySelector('[aria-busy=\"true\"], [data-drawing]')"
READ = """async () => {
    const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())));
    for (const figure of document.querySelectorAll("figure")) { figure.scrollIntoView(); await frame(); }
}"""


def main() -> None:
    """Time the parts and print them as shares of a fit."""
    as_of = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else date(2025, 12, 31)
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        shutil.copytree(ROOT / "priors", root / "priors")
        _run(root, "forecast", as_of, "--method", "nuts", "--seed", "2", "--no-report")
        fitted = _run(root, "forecast", as_of, "--method", "nuts", "--no-report")
        written, again = _run(root, "report", as_of), _run(root, "forecast", as_of)
        (page,) = root.glob(f"reports/*/{as_of}/{publication.PAGE}")
        table = Table("whole process", "seconds", "share of a fit")
        parts = {"a fit": fitted, "its report": written, "forecast and report from the store": again}
        opened, read = _drawn(page)
        parts |= {"opened and drawn in a browser": opened, "opened and read to its end": read}
        for name, seconds in parts.items():
            table.add_row(name, f"{seconds:.1f}", f"{seconds / fitted:.2f}")
        console = Console(width=100)
        console.print(table)
        console.print(f"page: {page.stat().st_size / 1e6:.2f} MB")
    judge((Limit("report, in fits", written / fitted, 0.5), Limit("page drawn, in seconds", opened, 1.5)))


def _run(root: Path, command: str, as_of: date, *options: str) -> float:
    """Seconds that a whole command takes."""
    flags = os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={root}/compiled"}
    words = [command, "--root", str(root), "--as-of", as_of.isoformat(), *options]
    began = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-m", "hourglass", *words], env=flags, capture_output=True, check=False
    )
    seconds, said = time.monotonic() - began, told.stderr.decode().splitlines()[-1:]
    print(command, told.returncode, said, file=sys.stderr, flush=True)
    if told.returncode:
        sys.exit(f"{command} ended with {told.returncode}")
    return seconds


def _drawn(page: Path) -> tuple[float, float]:
    """Seconds from opening a page until it is drawn, and until it was read through; each in the middle."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox"])
        opened, read = [], []
        for _ in range(OPENINGS):
            tab, began = browser.new_page(), time.monotonic()
            tab.goto(page.as_uri())
            tab.wait_for_function(DRAWN)
            opened.append(time.monotonic() - began)
            tab.evaluate(READ)
            tab.wait_for_function(DRAWN)
            read.append(time.monotonic() - began)
            tab.close()
        browser.close()
    return median(opened), median(read)


if __name__ == "__main__":
    main()
