"""Write `model/VALIDATION.md` and its figures: every long check of the model's honesty, from runs.

.venv/bin/python benchmarks/validation.py            # the whole, some hours; what is done is kept
.venv/bin/python benchmarks/validation.py --quick    # 30 worlds, 6 days, 200 questions; prints the page
"""

import argparse
import sys
from datetime import date
from pathlib import Path

from hourglass import case, options, validation, validation_page, workspace
from hourglass.validation import QUICK, WHOLE

ROOT = Path(__file__).parents[1]
SYNTHETIC = "benchmarks/synthetic"
PAGE, FIGURES = ROOT / "model" / "VALIDATION.md", "validation"


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="print a quick form instead")
    parser.add_argument("--workers", type=int, help="processes; default one for each processor")
    parser.add_argument("--scheduler", help="Dask scheduler instead, as tcp://host:port")
    parser.add_argument("--seed", type=int, default=1)
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
    PAGE.write_text(validation_page.markdown(found, str(asked.today), FIGURES), encoding="utf-8")


if __name__ == "__main__":
    main()
