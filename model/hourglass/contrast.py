"""Two stored runs side by side: what they say, what they rest on, and what moved P between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hourglass import attribution, changes, explanation, record, store, variant
from hourglass.attribution import Move, Told
from hourglass.belief import Belief
from hourglass.case import Case
from hourglass.changes import Change
from hourglass.comparison import gap
from hourglass.errors import InputError, Problem
from hourglass.forecaster import Talk
from hourglass.record import Record
from hourglass.summary import Forecast, Horizon

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two runs of a question, the one as of the earlier day first.

    Attributes
    ----------
    pairs
        Their horizons of the same length.
    evidence
        What the second knew otherwise; None where the inputs of a run are gone.
    beliefs
        What they state differently, by dotted path, one of each.
    move
        What moved P over the longest of those horizons; None where the draws of a run are gone.
    """

    forecasts: tuple[Forecast, Forecast]
    pairs: tuple[tuple[Horizon, Horizon], ...]
    evidence: tuple[Change, ...] | None
    beliefs: Mapping[str, tuple[Belief, Belief]]
    move: Move | None


def ask(case: Case, first: str, second: str, runs: Path, talk: Talk) -> Contrast:
    """Put two runs side by side, named by the beginnings of their ids.

    Raises
    ------
    hourglass.errors.InputError
        Where a beginning names no run with numbers, or both name the same.
    """
    known, damaged = record.believed(case, runs), store.unreadable(runs, case.question.header.id)
    if not known:
        raise record.none(case.place, damaged)
    withheld = record.withheld(case, runs)
    chosen = [record.chosen(known, start, "compare", withheld, damaged) for start in (first, second)]
    if chosen[0].run.id == chosen[1].run.id:
        raise InputError([Problem("compare", f"{chosen[0].run.id} stands on both sides; name two runs")])
    one, other = sorted(chosen, key=known.index)
    talk("opening both runs")
    return _contrast(one, other, record.opened(case, one, runs), record.opened(case, other, runs))


def _contrast(one: Forecast, other: Forecast, left: Record | None, right: Record | None) -> Contrast:
    pairs = tuple((a, b) for a in one.horizons for b in other.horizons if a.months == b.months)
    if left is None or right is None:
        return Contrast((one, other), pairs, None, {}, None)
    evidence = changes.between(left.case, left.as_of, right.case, right.as_of)
    beliefs = variant.changed(left.case.question, right.case.question)
    move = attribution.between(left, right, Told(*pairs[-1])) if pairs else None
    return Contrast((one, other), pairs, evidence, beliefs, move)


def as_json(told: Contrast) -> dict[str, Any]:
    """The contrast as the JSON object that `compare --json` prints; pairs are in the order of `runs`."""
    one, other = told.forecasts
    return {
        "schema": SCHEMA,
        "runs": [one.run.id, other.run.id],
        "as_of": [one.as_of.isoformat(), other.as_of.isoformat()],
        "horizons": [_horizon(a, b) for a, b in told.pairs],
        "drivers": {
            name: [explanation.plain(each.drivers.get(name)) for each in told.forecasts]
            for name in one.drivers
        },
        "evidence": None if told.evidence is None else [_change(change) for change in told.evidence],
        "beliefs": {
            path: [belief.model_dump(mode="json") for belief in pair] for path, pair in told.beliefs.items()
        },
        "move": None if told.move is None else explanation.plain(told.move) | {"whole": told.move.whole},
    }


def _horizon(one: Horizon, other: Horizon) -> dict[str, Any]:
    return {
        "months": one.months,
        "date": [one.date.isoformat(), other.date.isoformat()],
        "mean": [one.mean, other.mean],
        "log_odds": gap(one.mean, other.mean),
    }


def _change(change: Change) -> dict[str, str]:
    named = ("name", "what", "about", "origin")
    return {name: getattr(change, name) for name in named} | {"date": change.date.isoformat()}
