"""Where things lie: the folder that holds priors, runs and reports, and its questions."""

import os
from dataclasses import dataclass
from pathlib import Path

from hourglass.documents import read_text
from hourglass.errors import InputError, Problem, did_you_mean, stop_on

PRIORS, DEFAULT = "priors", "default"


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
    name = _default(space, known) if name is None else name
    if not _holds(space, name):
        raise InputError([Problem(f"{PRIORS}/{name}", f"no such question; {did_you_mean(name, known)}")])
    return space.priors / name, f"{PRIORS}/{name}"


def _holds(space: Workspace, name: str) -> bool:
    """Whether a folder right under `priors/` bears the name."""
    return name not in ("", ".", "..") and Path(name).name == name and os.path.isdir(space.priors / name)


def _default(space: Workspace, known: list[str]) -> str:
    """Question that `priors/default` names, else the only one."""
    file, place = space.priors / DEFAULT, f"{PRIORS}/{DEFAULT}"
    problems: list[Problem] = []
    asked = file.exists() and DEFAULT not in known  # a question may bear that name
    name = (read_text(file, place, problems) or "").strip() if asked else ""
    if name and not _holds(space, name):
        problems.append(Problem(place, f"{name!r} is no question; {did_you_mean(name, known)}"))
    elif not problems and not name and len(known) != 1:
        told = f"holds {len(known)} questions; name one, or write its name into {place}"
        problems.append(Problem(PRIORS, told))
    stop_on(problems)
    return name or known[0]


def use_machine_code(folder: Path) -> None:
    """Keep compiled models in `folder`, unless PyTensor has been told otherwise."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.environ.get("PYTENSOR_FLAGS", "")
    if "base_compiledir" not in flags:
        os.environ["PYTENSOR_FLAGS"] = ",".join(part for part in (flags, f"base_compiledir={folder}") if part)
