"""Work for batches, where workers can import it."""

import hashlib
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from hourglass import assembly
from hourglass.case import Case
from hourglass.errors import InputError, Problem


@dataclass(frozen=True)
class Errand:
    """A piece of work with a seed of its own, and a folder where it can leave signs."""

    seed: int
    folder: Path


def quiet(done: int, total: int) -> None:
    """Hear nothing of a batch."""


def doubled(number: int) -> Mapping[str, object]:
    """Twice a number."""
    return {"twice": 2 * number}


def odd_values(_: object) -> Mapping[str, object]:
    """Values that JSON keeps, some of them only in Python."""
    return {"z": float("nan"), "a": [float("inf"), -float("inf"), 0.1 + 0.2], "ü": None, "deep": {"b": True}}


def drawn(errand: Errand) -> Mapping[str, object]:
    """Random numbers, and a product whose last bits depend on how many threads make it."""
    rng = np.random.default_rng(errand.seed)
    table = rng.standard_normal((300, 300))
    return {
        "draws": rng.standard_normal(3).tolist(),
        "bits": (table @ table)[0].tolist(),
        "nan": float("nan"),
    }


def counted(errand: Errand) -> Mapping[str, object]:
    """Draw, and leave a sign for each call."""
    number = len(list(errand.folder.glob(f"{errand.seed}-*")))
    (errand.folder / f"{errand.seed}-{number}").touch()
    return drawn(errand)


def mortal(errand: Errand) -> Mapping[str, object]:
    """Draw; the first worker that comes to seed 3 is killed."""
    if errand.seed == 3:
        try:
            (errand.folder / "killed").touch(exist_ok=False)
        except FileExistsError:
            return drawn(errand)
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(errand)


def deadly(errand: Errand) -> Mapping[str, object]:
    """Kill every worker that comes to seed 1."""
    if errand.seed == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(errand)


def refusing(errand: Errand) -> Mapping[str, object]:
    """Find two faults in what seed 1 asks for."""
    if errand.seed == 1:
        raise InputError([Problem("b", "is odd; even it"), Problem("a", "is even; odd it")])
    return drawn(errand)


def timed_out(errand: Errand) -> Mapping[str, object]:
    """Fail as work may that waits for something."""
    raise TimeoutError(f"seed {errand.seed} waited too long")


def unplain(_: object) -> Mapping[str, object]:
    """Give what JSON has no form for."""
    return {"path": Path()}


def endless(errand: Errand) -> Mapping[str, object]:
    """Draw at once for seed 0, never for another."""
    if errand.seed:
        time.sleep(600)
    return drawn(errand)


def measured(case: Case) -> Mapping[str, object]:
    """Items of a whole case."""
    return {"items": [item.id for item in case.ledger.items]}


def fitted(case: Case) -> Mapping[str, object]:
    """Marks of the draws of a short fit, and where this process keeps its machine code."""
    from hourglass import inference

    panel, labels = assembly.build(case, date(2023, 1, 26))
    settings = inference.Settings(chains=2, draws=50, tune=100)
    draws = inference.sample(inference.engine(case, panel), panel, labels, 5, settings)
    marks = {name: hashlib.sha256(found.tobytes()).hexdigest() for name, found in draws.posterior.items()}
    return {"marks": marks, "machine code": os.environ["PYTENSOR_FLAGS"]}
