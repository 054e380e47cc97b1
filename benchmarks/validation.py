"""Write `model/VALIDATION.md`, its figures and its place in the README: long checks, from runs.

.venv/bin/python benchmarks/validation.py            # the whole, some hours; what is done is kept
.venv/bin/python benchmarks/validation.py --quick    # 30 worlds, 6 days, 200 questions; prints the page
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from hourglass import case, cli, options, validation, validation_page, workspace
from hourglass.validation import QUICK, WHOLE

ROOT = Path(__file__).parents[1]
SYNTHETIC = "benchmarks/synthetic"
PAGE, FIGURES, FRONT = ROOT / "model" / "VALIDATION.md", "validation", ROOT / "README.md"


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="print a quick form instead")
    parser.add_argument("--workers", type=int, help="processes; default one for each processor")
    parser.add_argument("--scheduler", help="Dask scheduler instead, as tcp://host:port")
    parser.add_argument("--seed", type=_seed, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())
    asked = parser.parse_args()
    space = workspace.find(ROOT, ROOT)
    where, name = workspace.question_folder(space, None)
    told = case.load(where, name, asked.today)
    ground = validation.ground(told, ROOT / SYNTHETIC, SYNTHETIC, asked.today, asked.seed)
    place, kept = (
        options.place(asked.workers, asked.scheduler, space),
        space.root / ".hourglass" / "validation",
    )
    found = validation.run(ground, QUICK if asked.quick else WHOLE, kept, place, options.counting)
    if asked.quick:
        sys.stdout.write(validation_page.markdown(found, str(asked.today), FIGURES))
        return
    with options.progress() as talk:
        found = validation.examined(found, told, space, talk)
    for figure, drawn in validation_page.drawings(found, told).items():
        path = PAGE.parent / FIGURES / f"{figure}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    page = validation_page.markdown(found, str(asked.today), FIGURES)
    PAGE.write_text(page, encoding="utf-8")
    FRONT.write_text(validation_page.front(FRONT.read_text(encoding="utf-8"), page), encoding="utf-8")


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 0 to {2**32 - 1}")
    return int(text)


if __name__ == "__main__":
    cli.leave(main)
