"""Runs on disk: each forecast with its draws and the very inputs it was made from.

A run is found again by its key, a hash of everything that its numbers follow from: question,
priors, tables, series and evidence as cut at as-of, seed, code and locked libraries.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from hourglass import summary
from hourglass.case import Case
from hourglass.ledger import KINDS, Item, Ledger, kind_of
from hourglass.question import Question
from hourglass.series import Row
from hourglass.summary import Forecast
from hourglass.tables import ClassRow, RivalRow, Tables

LIBRARIES = ("pymc", "nutpie", "pytensor", "numba", "numpy", "scipy", "arviz-stats")
FORECAST, POSTERIOR, OUTSIDE, INPUTS = "forecast.json", "posterior.nc", "outside_view.nc", "inputs.json"


def inputs(case: Case, as_of: date) -> dict[str, Any]:
    """Everything that a forecast's numbers follow from, cut at as-of, as plain JSON values."""
    question = case.question.model_dump(mode="json", by_alias=True)
    rows = {
        name: [row.model_dump(mode="json") for row in rows if row.known <= as_of]
        for name, rows in case.rows.items()
    }
    evidence = [
        {"table": kind_of(item)} | item.model_dump(mode="json") for item in case.evidence(as_of).items
    ]
    header = question.pop("header")
    header.pop("resolved")  # known only after any day that can be asked about
    return {
        "question": header,
        "priors": question | {
            "class_rows": [row.model_dump(mode="json", by_alias=True) for row in case.tables.classes],
            "rival_rows": [{k: str(v) for k, v in row.model_dump().items()} for row in case.tables.rivals],
        },
        "evidence": {"items": evidence, "series": rows},
        "as_of": as_of.isoformat(),
    }  # fmt: skip


def digest(value: object) -> str:
    """SHA-256 of a plain value in its canonical JSON form."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def key(told: Mapping[str, Any], seed: int) -> str:
    """Key of a run: the same key means the same numbers."""
    return digest([told, seed, code(), libraries()])[:16]


@cache
def code() -> str:
    """SHA-256 of the program itself."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


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
    """Stored forecast of a run; None where there is none or it is damaged."""
    try:
        told = json.loads((runs / question / run / FORECAST).read_text(encoding="utf-8"))
        return summary.from_json(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored fit: its forecast, its folder, its inputs, and the question as its draws saw it."""

    forecast: Forecast
    folder: Path
    inputs: Mapping[str, Any]
    case: Case


def told(runs: Path, question: str, run: str) -> Mapping[str, Any] | None:
    """Inputs of a stored run; None where they are gone or damaged."""
    try:
        found = json.loads((runs / question / run / INPUTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def as_it_was(case: Case, told: Mapping[str, Any]) -> Case | None:
    """The question as a run was asked it, beliefs, tables and all; None where its form has changed."""
    try:
        held = dict(told["priors"])
        classes, rivals = held.pop("class_rows"), held.pop("rival_rows")
        question = Question.model_validate(held | {"header": told["question"]})
        life = Tables(
            tuple(ClassRow.model_validate(row) for row in classes),
            tuple(RivalRow.model_validate(_stated(row)) for row in rivals),
        )
        return _as_it_was(replace(case, question=question, tables=life), told)
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _stated(row: Mapping[str, str]) -> dict[str, str]:
    """Cells of a rival's row that its file states; the others stand for no limit and no number."""
    return {name: cell for name, cell in row.items() if cell not in ("inf", "None")}


def fits(runs: Path, case: Case, told: Mapping[str, Any], seed: int) -> Iterator[Kept]:
    """Believed fits whose draws can be weighed to answer for `told`, the nearest first.

    They were made by this very program with the same seed from the same question, which may have
    had other evidence and other beliefs, no later than as-of. Nearest is the one that differs in
    the fewest beliefs and entries of the ledger, then the one nearest in days.
    """
    found = []
    for forecast in history(runs, case.question.header.id):
        if forecast.as_of.isoformat() > told["as_of"] or forecast.run.seed != seed:
            continue
        near = kept(runs, case, forecast.run.id)
        if near is not None and _alike(near.inputs, told) and key(near.inputs, seed) == forecast.run.id:
            days = (date.fromisoformat(told["as_of"]) - forecast.as_of).days
            changes = _changes(near.inputs["evidence"], told["evidence"])
            beliefs = _beliefs(near.inputs["priors"]) ^ _beliefs(told["priors"])
            found.append(((changes + len(beliefs) // 2, days, forecast.run.id), near))
    yield from (near for _, near in sorted(found, key=lambda pair: pair[0]))


def kept(runs: Path, case: Case, run: str) -> Kept | None:
    """Stored fit by its key; None where there is none, or it was not believed, or is damaged."""
    folder = runs / case.question.header.id / run
    forecast = load(runs, case.question.header.id, run)
    if forecast is None or not forecast.verdict.passed or not (folder / POSTERIOR).is_file():
        return None
    try:
        told = json.loads((folder / INPUTS).read_text(encoding="utf-8"))
        return Kept(forecast, folder, told, _as_it_was(case, told))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _alike(fitted: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether draws of one speak of the other: the same but for evidence, days and beliefs."""
    begins = ("history_from", "starts")
    return bool(_bare(fitted["priors"]) == _bare(told["priors"])) and all(
        fitted["question"][name] == told["question"][name] for name in begins
    )


def _bare(priors: Any) -> Any:
    """Priors with each belief reduced to its scale and sign: what the draws' structure follows from."""
    match priors:
        case {"q05": _, "q50": middle, "q95": _, "scale": scale}:
            return [scale, middle > 0 or scale != "log"]
        case dict():
            return {name: _bare(part) for name, part in priors.items()}
        case list():
            return [_bare(part) for part in priors]
    return priors


def _beliefs(priors: Any, path: str = "") -> set[tuple[str, str]]:
    """Three quantiles of every belief of some priors, by path."""
    match priors:
        case {"q05": low, "q50": middle, "q95": high, "scale": _}:
            return {(path, f"{low} {middle} {high}")}
        case dict():
            return set[tuple[str, str]]().union(
                *(_beliefs(part, f"{path}.{k}") for k, part in priors.items())
            )
        case list():
            return set[tuple[str, str]]().union(
                *(_beliefs(part, f"{path}.{i}") for i, part in enumerate(priors))
            )
    return set()


def _changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> int:
    """Entries of the evidence that stand in one of two ledgers alone."""
    one, other = (
        {
            json.dumps(entry, sort_keys=True)
            for entry in (
                *told["items"],
                *([name, row] for name in told["series"] for row in told["series"][name]),
            )
        }
        for told in (then, now)
    )
    return len(one ^ other)


def _as_it_was(case: Case, fitted: Mapping[str, Any]) -> Case:
    """The question with the beliefs and the evidence that a run saw."""
    items = tuple(
        KINDS[item["table"]].model_validate({k: v for k, v in item.items() if k != "table"})
        for item in fitted["evidence"]["items"]
    )
    rows = {
        name: tuple(Row.model_validate(row) for row in rows)
        for name, rows in fitted["evidence"]["series"].items()
    }
    held = Ledger(items=tuple(item for item in items if isinstance(item, Item)))
    priors = {k: v for k, v in fitted["priors"].items() if k not in ("class_rows", "rival_rows")}
    question = Question.model_validate({"header": fitted["question"], **priors})
    return replace(case, question=question, ledger=held, rows=rows)


def history(runs: Path, question: str) -> Iterator[Forecast]:
    """All stored forecasts of a question, oldest as-of first."""
    names = sorted(path.parent.name for path in (runs / question).glob("[!.]*/" + FORECAST))
    found = [forecast for name in names if (forecast := load(runs, question, name))]
    yield from sorted(found, key=lambda f: (f.as_of, f.run.id))
