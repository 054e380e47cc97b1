"""Stored runs as they were asked: each question with the beliefs and evidence of its day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from hourglass import store
from hourglass.case import Case
from hourglass.ledger import KINDS, Item, Ledger
from hourglass.question import Question
from hourglass.series import Row
from hourglass.summary import Forecast
from hourglass.tables import ClassRow, RivalRow, Tables


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored fit: its forecast, its folder, its inputs, and the question as its draws saw it."""

    forecast: Forecast
    folder: Path
    inputs: Mapping[str, Any]
    case: Case


def as_it_was(case: Case, told: Mapping[str, Any]) -> Case | None:
    """The question as a run was asked it, beliefs, tables and all; None where its form has changed."""
    try:
        held = dict(told["priors"])
        classes, rivals = held.pop("class_rows"), held.pop("rival_rows")
        return replace(
            case,
            question=Question.model_validate(held | {"header": told["question"]}),
            tables=Tables(
                tuple(ClassRow.model_validate(row) for row in classes),
                tuple(RivalRow.model_validate(_stated(row)) for row in rivals),
            ),
            rows={
                name: tuple(Row.model_validate(row) for row in rows)
                for name, rows in told["evidence"]["series"].items()
            },
            ledger=Ledger(items=tuple(_item(row) for row in told["evidence"]["items"])),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _item(row: Mapping[str, Any]) -> Item:
    found = KINDS[row["table"]].model_validate({k: v for k, v in row.items() if k != "table"})
    if not isinstance(found, Item):
        raise TypeError(f"{row['table']} is no item")
    return found


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
    for forecast in store.history(runs, case.question.header.id):
        if forecast.as_of.isoformat() > told["as_of"] or forecast.run.seed != seed:
            continue
        inputs = store.told(runs, case.question.header.id, forecast.run.id)
        if inputs is None or store.key(inputs, seed) != forecast.run.id or not _alike(inputs, told):
            continue
        days = (date.fromisoformat(told["as_of"]) - forecast.as_of).days
        changes = _changes(inputs["evidence"], told["evidence"])
        beliefs = _beliefs(inputs["priors"]) ^ _beliefs(told["priors"])
        found.append((changes + len(beliefs) // 2, days, forecast.run.id))
    near = (kept(runs, case, run) for _, _, run in sorted(found))  # opened only as far as they are asked for
    yield from (one for one in near if one is not None)


def kept(runs: Path, case: Case, run: str) -> Kept | None:
    """Stored fit by its key; None where there is none, or it was not believed, or is damaged."""
    folder = runs / case.question.header.id / run
    forecast = store.load(runs, case.question.header.id, run)
    if forecast is None or not forecast.verdict.passed or not (folder / store.POSTERIOR).is_file():
        return None
    told = store.told(runs, case.question.header.id, run)
    was = None if told is None else as_it_was(case, told)
    return None if told is None or was is None else Kept(forecast, folder, told, was)


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
