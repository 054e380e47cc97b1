"""Whether the whole model earns its place: simpler ones asked the same, on the same evidence.

A contender is the question under other beliefs, such as origins that never err. Where all
predict the same items they are compared by leave-one-out (Vehtari, Gelman & Gabry 2017,
https://doi.org/10.1007/s11222-016-9696-4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from hourglass import (
    assembly,
    calendar,
    fitness,
    incidence,
    parameters,
    predictive,
    scores,
    variant,
    verdict,
)
from hourglass.case import Case
from hourglass.errors import InputError, Problem
from hourglass.panel import Array
from hourglass.question import Question
from hourglass.reweighting import MOST_K_HAT

FULL = "full model"
"""Name of the beliefs that the contenders depart from."""
CHAINS, DRAWS, TUNE = 4, 1000, 400
"""Sampling of each fit, that of a backtest."""


def contenders(folder: Path, place: str, asked: Question) -> dict[str, Question]:
    """Beliefs of each contender by its title, the question's own first.

    Parameters
    ----------
    folder
        Files in the form of a question's `variants/`.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    problems: list[Problem] = []
    found = variant.load(folder, place, asked, problems)
    if problems:
        raise InputError(problems)
    return {FULL: asked} | {one.title: one.question for one in found.values()}


@dataclass(frozen=True, slots=True)
class Bout:
    """One contender before the evidence of one day.

    Attributes
    ----------
    case
        The question under the contender's beliefs.
    grid
        Months of the grid, the same for all bouts, so that they share one compiled model.
    months
        Horizon of P.
    """

    case: Case
    as_of: date
    grid: int
    months: int
    seed: int


def trial(bout: Bout) -> dict[str, Any]:
    """P of a contender, and how it expects each item from all the others."""
    from hourglass import inference  # PyMC: seconds, needed only for a fit

    case, as_of, seed = bout.case, bout.as_of, bout.seed
    panel, labels = assembly.build(case, as_of, bout.grid)
    settings = inference.Settings(CHAINS, DRAWS, TUNE, cores=1)
    draws = inference.sample(inference.engine(case, panel), panel, labels, seed, settings)
    layout = parameters.layout(case.question)
    present = incidence.present(draws, layout, panel, assembly.months_to(case.question, as_of) - 1)
    end = calendar.months_after(as_of, bout.months)
    happened = incidence.outcomes(case, layout, present, as_of, [end], seed)
    chance = float(np.average(happened.cells[:, 0, 0], weights=happened.weight))
    told = predictive.predict(case, panel, labels, draws)
    items = fitness.left_out(told, np.zeros(len(told.log_density)), seed)
    each = {item.name: [item.elpd, item.k_hat] for item in items}
    faults = [check.name for check in verdict.judge_fit(draws) if not check.passed]
    return {"chance": chance, "items": each, "faults": faults}


@dataclass(frozen=True, slots=True)
class Lead:
    """A sum of differences in log density over items, and its standard error."""

    value: float
    error: float

    @property
    def clear(self) -> int:
        """1 where it is above 0 by more than two standard errors, -1 where as far below, else 0."""
        return (self.value > 2 * self.error) - (-self.value > 2 * self.error)


def lead(ahead: Array) -> Lead:
    """Lead of one model over another, from what each item adds to it; (item)."""
    return Lead(float(ahead.sum()), sqrt(len(ahead) * float(ahead.var())) if len(ahead) else 0.0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One contender beside the full model, on the real evidence.

    Attributes
    ----------
    elpd
        Sum over items of the log density that all others give each.
    lead
        How far the full model is ahead; 0 for the full model itself.
    unsound
        Items whose weights cannot be trusted in either of the two.
    sound
        How far the full model is ahead without those items.
    faults
        Fits of any day that fail a check, of so many days.
    chances
        P of entry as of each day, in the order of the days.
    score
        Mean log score of `chances` over the windows that are decided; None where none is.
    """

    name: str
    elpd: float
    lead: Lead
    unsound: int
    sound: Lead
    faults: int
    chances: tuple[float, ...]
    score: float | None


Told = Mapping[str, Any]
"""Result of one bout."""


def standings(
    case: Case,
    days: Sequence[date],
    months: int,
    results: Mapping[str, Sequence[Told]],
    today: date,
) -> tuple[Standing, ...]:
    """Standing of each contender, whose results come day by day, the last day that of the items.

    Raises
    ------
    ValueError
        Where contenders predict different items: their sums would not compare.
    """
    base = results[FULL][-1]["items"]
    if any(told[-1]["items"].keys() != base.keys() for told in results.values()):
        raise ValueError("contenders predict different items")
    ends = [
        scores.standing(day, calendar.months_after(day, months), case.question.header, today) for day in days
    ]
    return tuple(_standing(name, told, base, ends) for name, told in results.items())


def _standing(name: str, told: Sequence[Told], base: Told, ends: Sequence[str]) -> Standing:
    own = told[-1]["items"]
    ahead = np.array([base[item][0] - own[item][0] for item in base])
    sound = np.array([max(base[item][1], own[item][1]) <= MOST_K_HAT for item in base], dtype=bool)
    chances = tuple(one["chance"] for one in told)
    decided = [
        scores.score(chance, end == "entry").log
        for chance, end in zip(chances, ends, strict=True)
        if end in scores.DECIDED
    ]
    return Standing(
        name=name,
        elpd=sum(elpd for elpd, _ in own.values()),
        lead=lead(ahead),
        unsound=int((~sound).sum()),
        sound=lead(ahead[sound]),
        faults=sum(bool(one["faults"]) for one in told),
        chances=chances,
        score=float(np.mean(decided)) if decided else None,
    )
