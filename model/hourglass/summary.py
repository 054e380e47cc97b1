"""The forecast as a value: what the terminal, the JSON and the store all show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from hourglass.panel import Array
from hourglass.quantities import Chance, Day, Finite, Number, Truth, Whole
from hourglass.verdict import Verdict

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Horizon:
    """Chances by the end of one horizon; every number is None where the verdict withholds it.

    Attributes
    ----------
    mean
        Chance of entry, the entry cell of `outcomes`.
    q05, q25, q50, q75, q95
        Quantiles of that chance over draws of the model.
    mcse
        Monte Carlo standard error of `mean`.
    outside_view
        Chance of entry for a state of which only the class and the quiet so far are known.
    outcomes
        Chance of each outcome: entry, each rival, none; they sum to 1.
    """

    months: Number
    date: Day
    mean: Chance | None
    q05: Chance | None
    q25: Chance | None
    q50: Chance | None
    q75: Chance | None
    q95: Chance | None
    mcse: Finite | None
    outside_view: Chance | None
    outcomes: Mapping[str, Chance | None]

    @property
    def told(self) -> bool:
        """Whether its chance and every quantile of that are numbers."""
        return None not in (self.mean, self.q05, self.q25, self.q50, self.q75, self.q95)


@dataclass(frozen=True, slots=True)
class Driver:
    """Where a driver stands at as-of, in standard deviations among states in that position."""

    mean: Finite | None
    q05: Finite | None
    q95: Finite | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much evidence stands behind a forecast.

    `items` counts those that weigh; `effective_items` what they are worth as independent ones.
    """

    items: Whole
    effective_items: Finite | None
    newest: Day | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Run:
    """How and when a forecast was made.

    `method` is `nuts` for a fit of its own and `reweight` for the draws of the stored `fit`.
    """

    id: str
    path: str
    method: str
    fit: str
    stored: Truth
    seed: Whole
    seconds: Number
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Forecast:
    """A probability with its uncertainty, the outside view beside it, and a verdict."""

    question: Mapping[str, str]
    as_of: Day
    horizons: tuple[Horizon, ...]
    drivers: Mapping[str, Driver]
    evidence: Evidence
    priors: str
    verdict: Verdict
    run: Run

    def __repr__(self) -> str:
        if not self.verdict.passed:
            names = ", ".join(check.name for check in self.verdict.failed)
            return f"<Forecast {self.question['id']} as of {self.as_of}: withheld, failed {names}>"
        told = ", ".join(f"{h.months:g} months {h.mean:.1%}" for h in self.horizons)
        return f"<Forecast {self.question['id']} as of {self.as_of}: {told}>"


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity as the priors alone predict it, beside what was observed.

    `observed` is None where nothing observes it; `inside` says whether it lies in the 90 %
    interval from `q05` to `q95`.
    """

    about: str
    q05: float
    q50: float
    q95: float
    observed: float | None = None

    @property
    def inside(self) -> bool | None:
        """Whether the observed value lies in the 90 % interval."""
        return None if self.observed is None else self.q05 <= self.observed <= self.q95


def horizon(
    months: float, day: date, names: Sequence[str], cells: Array, weight: Array, error: float, outside: float
) -> Horizon:
    """Summary of one horizon's draws.

    Parameters
    ----------
    cells
        Chance of each outcome (draw, cause), entry first.
    weight
        Weights of the draws.
    error
        Monte Carlo standard error of the mean chance of entry.
    """
    means = np.average(cells, axis=0, weights=weight)
    spread = {key: _quantile(cells[:, 0], weight, q) for key, q in QUANTILES.items()}
    outcomes = {name: float(mean) for name, mean in zip(names, means, strict=True)}
    return Horizon(
        months, day, float(means[0]), **spread, mcse=error, outside_view=outside, outcomes=outcomes
    )


def driver(draws: Array, weight: Array) -> Driver:
    """Summary of the draws of one driver's level at as-of."""
    mean = float(np.average(draws, weights=weight))
    return Driver(mean, _quantile(draws, weight, 0.05), _quantile(draws, weight, 0.95))


def _quantile(draws: Array, weight: Array, q: float) -> float:
    return float(np.quantile(draws, q, weights=weight, method="inverted_cdf"))


NO_DRIVER = Driver(None, None, None)
"""A driver of which nothing may be said."""


def no_horizon(months: float, day: date, causes: Sequence[str]) -> Horizon:
    """Horizon of which nothing may be said."""
    blank: dict[str, Any] = dict.fromkeys((*QUANTILES, "mean", "mcse", "outside_view"))
    return Horizon(months, day, **blank, outcomes=dict.fromkeys(causes))


def withheld(forecast: Forecast) -> Forecast:
    """The same forecast without its numbers, nor limits from which a chance could be read."""
    checks = tuple(replace(c, limit=nan) if c.relative else c for c in forecast.verdict.checks)
    return replace(
        forecast,
        horizons=tuple(no_horizon(h.months, h.date, tuple(h.outcomes)) for h in forecast.horizons),
        drivers=dict.fromkeys(forecast.drivers, NO_DRIVER),
        verdict=Verdict(checks),
    )


def as_json(forecast: Forecast) -> dict[str, Any]:
    """The forecast as the JSON object that `forecast --json` prints."""
    return {
        "schema": SCHEMA,
        "question": dict(forecast.question),
        "as_of": forecast.as_of.isoformat(),
        "horizons": [_plain(h) for h in forecast.horizons],
        "drivers": {name: _plain(told) for name, told in forecast.drivers.items()},
        "evidence": _plain(forecast.evidence),
        "priors": {"sha256": forecast.priors},
        "verdict": verdict_as_json(forecast.verdict),
        "run": _plain(forecast.run),
    }


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Checks as JSON can hold them."""
    return {"passed": verdict.passed, "checks": [_plain(check) for check in verdict.checks]}


def _plain(value: Any) -> dict[str, Any]:
    """Fields of a frozen value as JSON can hold them; a number that is none is null."""
    told = {name: getattr(value, name) for name in value.__slots__}
    return {name: _json(field) for name, field in told.items()}


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def read(path: Path) -> Forecast | None:
    """Forecast that a file holds; None where there is none, or it is damaged."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def from_json(told: Mapping[str, Any]) -> Forecast:
    """Forecast from the JSON object that `as_json` made.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        Where it is damaged, or of another form.
    """
    stated = {name: told[name] for name in ("question", "as_of", "horizons", "drivers", "evidence")}
    stated |= {
        "priors": told["priors"]["sha256"],
        "verdict": {"checks": told["verdict"]["checks"]},
        "run": {"fit": told["run"]["id"]} | told["run"],  # before updates, each was a fit of its own
    }
    made = _form().validate_python(stated, extra="forbid")
    if not made.question.keys() >= {"id", "title", "sha256"}:
        raise ValueError(f"question: states {sorted(made.question)}; not its id, title and sha256")
    if len({tuple(sorted(horizon.outcomes)) for horizon in made.horizons}) != 1:
        raise ValueError("horizons: there are none, or their outcomes differ")
    if made.verdict.passed and not all(horizon.told for horizon in made.horizons):
        raise ValueError("horizons: a chance is null though the verdict passed")
    if not made.verdict.passed and any(horizon.mean is not None for horizon in made.horizons):
        raise ValueError("horizons: a chance is told though the verdict failed")
    if made.verdict.passed != told["verdict"]["passed"]:
        raise ValueError("verdict: says another thing than its checks")
    return made


@cache
def _form() -> TypeAdapter[Forecast]:
    return TypeAdapter(Forecast)
