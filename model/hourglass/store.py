"""Runs on disk: each forecast with its draws and the very inputs it was made from.

A run is found again by its key, a hash of everything that its numbers follow from: question,
priors, tables, series and evidence as cut at as-of, seed, code and locked libraries.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from hourglass import summary
from hourglass.case import Case
from hourglass.ledger import Entry, Ledger, kind_of
from hourglass.summary import Forecast

LIBRARIES = ("pymc", "nutpie", "pytensor", "numba", "numpy", "scipy", "arviz-stats")
FORECAST, POSTERIOR, OUTSIDE, INPUTS = "forecast.json", "posterior.nc", "outside_view.nc", "inputs.json"


def inputs(case: Case, as_of: date) -> dict[str, Any]:
    """Everything that a forecast's numbers follow from, cut at as-of, as plain JSON values."""
    question = case.question.model_dump(mode="json", by_alias=True)
    rows = {
        name: [row.model_dump(mode="json") for row in rows if row.known <= as_of]
        for name, rows in case.rows.items()
    }
    evidence = [_entry(item) for item in case.evidence(as_of).items]
    header = question.pop("header")
    header.pop("resolved")  # known only after any day that can be asked about
    header.pop("leaves_out")  # words for readers
    return {
        "question": header,
        "priors": question | {
            "class_rows": [row.model_dump(mode="json", by_alias=True) for row in case.tables.classes],
            "rival_rows": [{k: str(v) for k, v in row.model_dump().items()} for row in case.tables.rivals],
        },
        "evidence": {"items": evidence, "series": rows},
        "as_of": as_of.isoformat(),
    }  # fmt: skip


def written(ledger: Ledger) -> list[dict[str, Any]]:
    """Every entry as it was written, also what was revised or retracted later, as plain JSON values.

    What is tried on several days follows from all of them: an early day saw what no longer holds.
    """
    return [_entry(entry) for entry in (*ledger.items, *ledger.retractions)]


def _entry(entry: Entry) -> dict[str, Any]:
    return {"table": kind_of(entry)} | entry.model_dump(mode="json")


def digest(value: object) -> str:
    """SHA-256 of a plain value in its canonical JSON form."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def key(told: Mapping[str, Any], seed: int, stage: str = "estimate") -> str:
    """Key of a run: the same key means the same numbers.

    Parameters
    ----------
    stage
        Module of the program that makes the numbers.
    """
    return digest([told, seed, code(stage), libraries()])[:16]


@cache
def code(stage: str | None = None) -> str:
    """SHA-256 of the program, or of one of its stages and all that it builds on."""
    paths = sorted(Path(__file__).parent.glob("*.py"))
    found = hashlib.sha256()
    for path in paths if stage is None else sorted(_behind(Path(__file__).parent / f"{stage}.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _behind(path: Path) -> set[Path]:
    """A module of the program and all those that it imports, near or far."""
    found, ahead = set(), [path]
    while ahead:
        one = ahead.pop()
        if one not in found and one.is_file():
            found.add(one)
            names = re.findall(IMPORT, one.read_text(encoding="utf-8"), re.MULTILINE)
            told = re.findall(r"\w+", " ".join(word for parts in names for word in parts))
            ahead += [path.with_name(f"{name}.py") for name in told]
    return found


IMPORT = r"^ *from hourglass import (?:\(([^)]*)\)|([^#\n]*))|^ *from hourglass\.(\w+) import"
"""Imports of the program's own modules."""


@cache
def libraries() -> Mapping[str, str]:
    """Versions of the libraries that the numbers depend on, as the lock installed them."""
    return {name: metadata.version(name) for name in LIBRARIES}


def save(
    runs: Path, forecast: Forecast, told: Mapping[str, Any], write_draws: Callable[[Path], None]
) -> None:
    """Keep a run whole or not at all.

    Parameters
    ----------
    runs
        Folder of all runs.
    told
        Inputs of the run.
    write_draws
        Writes the draws into the folder that it is given.
    """
    folder = runs / forecast.question["id"] / forecast.run.id
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        write_draws(draft)
        _write(draft / INPUTS, told)
        _write(draft / FORECAST, summary.as_json(forecast))
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def load(runs: Path, question: str, run: str) -> Forecast | None:
    """Stored forecast of a run; None where there is none, or it is damaged or another run's."""
    found = summary.read(runs / question / run / FORECAST)
    return found if found is not None and found.run.id == run else None


def set_aside(runs: Path, question: str, run: str) -> Path | None:
    """Move a damaged run out of the way; where to, None where there is none or it can be read."""
    folder = runs / question / run
    if not folder.exists() or load(runs, question, run) is not None:
        return None
    kept = Path(tempfile.mkdtemp(prefix=f".damaged-{run}-", dir=folder.parent))
    os.replace(folder, kept)
    return kept


def recall(runs: Path, forecast: Forecast) -> None:
    """Note that a stored forecast was asked for again: it is the last of its day."""
    with suppress(OSError):  # a store that can only be read still answers
        (runs / forecast.question["id"] / forecast.run.id / FORECAST).touch()


def history(runs: Path, question: str) -> Iterator[Forecast]:
    """All stored forecasts of a question, oldest as-of first, and then by when each was last asked for."""
    found = [forecast for name in _names(runs, question) if (forecast := load(runs, question, name))]

    def asked(told: Forecast) -> int:
        return (runs / question / told.run.id / FORECAST).stat().st_mtime_ns

    yield from sorted(found, key=lambda told: (told.as_of, asked(told)))


def told(runs: Path, question: str, run: str) -> Mapping[str, Any] | None:
    """Inputs of a stored run; None where they are gone or damaged."""
    try:
        found = json.loads((runs / question / run / INPUTS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def unreadable(runs: Path, question: str) -> list[str]:
    """Runs of a question that `history` leaves out: damaged, in a form of another time, or misnamed."""
    each = ((name, summary.read(runs / question / name / FORECAST)) for name in _names(runs, question))
    return [
        name if found is None else f"{name} (its folder's name is not that of its run, {found.run.id})"
        for name, found in each
        if found is None or found.run.id != name
    ]


def _names(runs: Path, question: str) -> list[str]:
    return sorted(path.parent.name for path in (runs / question).glob("[!.]*/" + FORECAST))
