"""Where things lie: the folder that holds priors, runs and reports, and its questions."""

import os
from dataclasses import dataclass
from pathlib import Path

from hourglass.errors import InputError, Problem, did_you_mean

PRIORS = "priors"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A root folder and the folder of its questions."""

    root: Path
    priors: Path

    @property
    def runs(self) -> Path:
        """Folder of stored runs."""
        return self.root / ".hourglass" / "runs"

    @property
    def charts(self) -> Path:
        """Folder of the library that draws charts in a browser."""
        return self.root / ".hourglass" / "charts"

    @property
    def reports(self) -> Path:
        """Folder of what is written for readers."""
        return self.root / "reports"

    @property
    def asides(self) -> Path:
        """Folder of runs under other beliefs than the question's own; no history lists them."""
        return self.root / ".hourglass" / "asides"

    @property
    def calibrations(self) -> Path:
        """Folder of the worlds that calibrations have fitted."""
        return self.root / ".hourglass" / "calibrations"

    @property
    def backtests(self) -> Path:
        """Folder of the days that backtests have tried."""
        return self.root / ".hourglass" / "backtests"

    @property
    def machine_code(self) -> Path:
        """Folder of compiled models."""
        return self.root / ".hourglass" / "compiled"


def find(given: Path | None, start: Path) -> Workspace:
    """Workspace at `given`, else at the nearest parent of `start` that holds `priors/`.

    Where no parent does, the questions that came with the installed program are used, and
    runs are kept under `start`.
    """
    if given is not None:
        if not os.path.isdir(given / PRIORS):
            raise InputError([Problem(str(given), "holds no priors/ folder; pass another --root")])
        return Workspace(given, given / PRIORS)
    for folder in (start, *start.parents):
        if (folder / PRIORS).is_dir():
            return Workspace(folder, folder / PRIORS)
    shipped = Path(__file__).parent / PRIORS
    if shipped.is_dir():
        return Workspace(start, shipped)
    raise InputError([Problem(str(start), "no folder above it holds priors/; pass --root")])


def question_folder(space: Workspace, name: str | None) -> tuple[Path, str]:
    """Folder of a question and its name in messages; by default the only one, or `priors/default`."""
    known = sorted(path.parent.name for path in space.priors.glob("*/question.toml"))
    if name is None:
        default = space.priors / "default"
        name = default.read_text(encoding="utf-8").strip() if default.is_file() else None
        if name is None and len(known) != 1:
            message = f"holds {len(known)} questions; name one, or write its name into priors/default"
            raise InputError([Problem(PRIORS, message)])
        name = name or known[0]
    if name in ("", ".", "..") or Path(name).name != name or not os.path.isdir(space.priors / name):
        raise InputError([Problem(f"{PRIORS}/{name}", f"no such question; {did_you_mean(name, known)}")])
    return space.priors / name, f"{PRIORS}/{name}"


def use_machine_code(folder: Path) -> None:
    """Keep compiled models in `folder`, unless PyTensor has been told otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    if "base_compiledir" not in flags:
        os.environ["PYTENSOR_FLAGS"] = ",".join(part for part in (flags, f"base_compiledir={folder}") if part)
