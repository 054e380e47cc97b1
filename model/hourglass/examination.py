"""Forecasts of questions with known answers, each a fit of its own through one compiled model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hourglass import assembly, exam, incidence, naive, parameters, reweighting, store, verdict
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.exam import Design, Stage
from hourglass.naive import Bank
from hourglass.panel import Array, Panel, class_only
from hourglass.question import Question

CHAINS, DRAWS, TUNE, TARGET_ACCEPT = 2, 200, 200, 0.8
"""Sampling of each fit."""
LEAST_ESS = 100
"""How many independent draws those of a fit should be worth."""
KNOWN = "the world known"
"""Answerer who knows what no evidence tells: how well could be forecast at best."""
WORLDS = 8000
"""Worlds of the prior behind naive Bayes and the outside view."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Some synthetic questions and those who answer them.

    Attributes
    ----------
    case
        The question whose beliefs draw the worlds, its ledger the templates of items.
    answerers
        Beliefs that forecast, by name; those of `case` are one of them, if at all.
    numbers
        Which questions; each number and `seed` decide all that is random.
    """

    case: Case
    design: Design
    answerers: Mapping[str, Question]
    seed: int
    numbers: tuple[int, ...]


def trial(paper: Paper) -> dict[str, Any]:
    """Answers to the questions of a paper on every day of forecast that they were open."""
    stage = exam.stage(paper.case, paper.design)
    held = _bank(stage, paper.seed)
    outside = [_outside(held, place) for place in range(len(stage.days))]
    rows = []
    for number in paper.numbers:
        rng = np.random.default_rng([paper.seed, number])
        sitting = exam.sitting(stage, paper.case.ledger, rng)
        for place in range(len(stage.days)):
            came = exam.entered(sitting, stage, place)
            if came is not None:
                known = exam.known_by(sitting.panel, stage.panels[place])
                told = {"outside view": outside[place], "naive Bayes": naive.forecast(held, known, place)}
                told[KNOWN] = exam.best(sitting, stage, place)
                fits = {n: _answer(stage, q, known, place, number) for n, q in paper.answerers.items()}
                told |= {name: fit.pop("chance") for name, fit in fits.items()}
                row = {"question": number, "place": place, "entered": came, "chances": told, "fits": fits}
                rows.append(row)
    return {"rows": rows}


_banks: dict[tuple[str, str, int], Bank] = {}


def _bank(stage: Stage, seed: int) -> Bank:
    """Bank of a stage, filled once in a process."""
    key = (stage.case.question.model_dump_json(), stage.design.model_dump_json(), seed)
    if key not in _banks:
        _banks[key] = naive.fill(stage, WORLDS, seed)
    return _banks[key]


def _answer(stage: Stage, beliefs: Question, known: Panel, place: int, seed: int) -> dict[str, Any]:
    """P by a fit under some beliefs, its Monte Carlo error, and what is wrong with the fit."""
    from hourglass import inference  # PyMC: seconds, needed only for a fit

    layout = parameters.layout(beliefs)
    labels = assembly.build(stage.case, stage.days[-1], stage.months)[1]
    settings = inference.Settings(CHAINS, DRAWS, TUNE, cores=1, target_accept=TARGET_ACCEPT)
    engine = inference.engine(stage.case, stage.panels[0]).under(layout)
    draws = inference.sample(engine, known, labels, seed, settings)
    chances = exam.chances(stage, layout, draws, known, place).reshape(draws.grid)
    error = verdict.mcse(chances, np.ones_like(chances))
    return {"chance": float(chances.mean()), "error": error, "faults": verdict.faults(draws, LEAST_ESS)}


def _outside(held: Bank, place: int) -> float:
    """Outside view of a day: the class and the quiet so far are known, and no item."""
    stage, states = held.stage, held.states
    day, then = stage.days[place], stage.panels[place]
    view = incidence.outside_view(stage.case, held.layout, then, states, day, [exam.end(stage, place)])
    return float(np.average(view[:, 0], weights=_quiet(held, states, then)))


def _quiet(held: Bank, states: Draws, then: Panel) -> Array:
    """Weight of each world by the quiet so far, as that of a state of which only the class is known."""
    told = reweighting.class_log_ratio(held.layout, states, class_only(then, own=False), then)
    weight: Array = np.exp(told - told.max())
    return weight


def key(first: Paper) -> str:
    """Key of an examination: the same key means the same answers to each question."""
    how = {
        "design": first.design.model_dump(mode="json"),
        "sampling": [CHAINS, DRAWS, TUNE, TARGET_ACCEPT, WORLDS],
        "answerers": {n: q.model_dump(mode="json", by_alias=True) for n, q in first.answerers.items()},
        "paper": len(first.numbers),
    }
    asked = store.inputs(first.case, max(item.known for item in first.case.ledger.items))
    templates = store.written(first.case.ledger)
    return store.key(asked | {"examination": how, "templates": templates}, first.seed, "examination")
