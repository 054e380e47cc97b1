"""Earned trust: every long check of the model's honesty, run whole or in a quick form.

Worlds whose truth is known, days of the past, questions with known answers, and simpler models
asked the same. Results are kept piece by piece, so a run that was cut short goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from hourglass import (
    assembly,
    backtests,
    batch,
    calendar,
    calibration,
    contest,
    crowd,
    exam,
    examination,
    fitness,
    forecaster,
    grading,
    record,
    schedule,
    sensitivity,
    standing,
    store,
    trial,
)
from hourglass.backtests import Backtest
from hourglass.batch import Place
from hourglass.calibration import Calibration
from hourglass.case import Case
from hourglass.contest import FULL
from hourglass.errors import HourglassError, Problem, stop_on
from hourglass.exam import Design
from hourglass.fitness import Fitness
from hourglass.forecaster import Talk
from hourglass.grading import Grade, Interval, Soundness
from hourglass.question import Question
from hourglass.sensitivity import Sensitivity
from hourglass.workspace import Workspace

RIVALS = ("outside view", "naive Bayes")
"""Whom the model must beat on questions with known answers."""
PAPER = 20
"""Questions that a worker is handed at once."""
YEAR = 12

Counting = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
"""Tells how much of a batch is done."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is run: worlds fitted, months between backtests, questions asked, and those of a contest."""

    fits: int
    every: int
    questions: int
    contest: int


WHOLE = Scale(fits=300, every=1, questions=6000, contest=100)
QUICK = Scale(fits=30, every=9, questions=200, contest=0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a validation is run on.

    Attributes
    ----------
    case
        The question, all of whose evidence is the last day's.
    states
        The question under the beliefs of synthetic questions.
    contenders, synthetic
        Beliefs of simpler models on the real evidence, and on synthetic questions, by title. Where
        entry is commoner on these, a contender may have beliefs of its own for them.
    """

    case: Case
    design: Design
    states: Case
    contenders: Mapping[str, Question]
    synthetic: Mapping[str, Question]
    today: date
    seed: int


def ground(case: Case, folder: Path, place: str, today: date, seed: int) -> Ground:
    """Ground of a question, with the design of synthetic questions that a folder states.

    Raises
    ------
    hourglass.errors.InputError
        With the faults of the folder's files.
    """
    (states,) = list(contest.contenders(folder / "states", f"{place}/states", case.question).values())[1:]
    there, name = folder / "contenders", f"{place}/contenders"
    raised = contest.contenders(folder / "raised", f"{place}/raised", states)
    return Ground(
        case=case,
        design=exam.design(folder / "design.toml", f"{place}/design.toml"),
        states=replace(case, question=states, variants={}),
        contenders=contest.contenders(there, name, case.question),
        synthetic=contest.contenders(there, name, states) | raised,
        today=today,
        seed=seed,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One model's answers to questions that another drew.

    Attributes
    ----------
    score
        Mean log score.
    lead
        How far the model that drew them is ahead.
    """

    truth: str
    answerer: str
    score: float
    lead: Interval


@dataclass(frozen=True, slots=True)
class Validation:
    """What all checks found.

    Attributes
    ----------
    again
        As many other worlds, drawn with the next seed, where a quantity was out of its band: in 5 of
        100 runs one is, with a calibrated machine too. None where all were inside.
    answers, rivals
        How far the fits of questions can be trusted, and those of the contest.
    cells
        Contest on synthetic questions; empty in a quick run, like `standings`.
    fit, conflicts
        How the fit of all evidence expects each item from the others, and beliefs that the data
        pull away from what was stated; None in a quick run.
    """

    scale: Scale
    seed: int
    as_of: date
    calibration: Calibration
    again: Calibration | None
    backtest: Backtest
    grade: Grade
    answers: Soundness
    cells: tuple[Cell, ...]
    rivals: Soundness | None
    standings: tuple[contest.Standing, ...]
    days: tuple[date, ...]
    fit: Fitness | None = None
    conflicts: tuple[Sensitivity, ...] = ()


def run(told: Ground, scale: Scale, folder: Path, place: Place, counting: Counting) -> Validation:
    """Run every check, or read again what is kept in `folder`."""
    span = schedule.span(told.case, told.today)
    days = tuple(calendar.months_after(span.end, -YEAR * i) for i in (3, 2, 1, 0)) if scale.contest else ()
    with batch.shared(place) as there:
        ranks = _calibration(told, span.end, scale, folder, there, counting)
        other = replace(told, seed=told.seed + 1)
        again = None if ranks.passed else _calibration(other, span.end, scale, folder, there, counting)
        past = _backtest(told, scale, folder, there, counting)
        grade, answers = _grade(told, scale, folder, there, counting)
        cells, rivals = _cells(told, scale, folder, there, counting) if days else ((), None)
        standings = _standings(told, days, folder, there, counting) if days else ()
    return Validation(
        scale, told.seed, span.end, ranks, again, past, grade, answers, cells, rivals, standings, days
    )


def _calibration(
    told: Ground, as_of: date, scale: Scale, folder: Path, place: Place, counting: Counting
) -> Calibration:
    months = tuple(told.case.question.header.horizons)
    trials = calibration.trials(calibration.Trial(told.case, as_of, months, told.seed, 0), scale.fits)
    kept = folder / "calibration" / calibration.key(trials["0000"])
    with counting("worlds fitted") as count:
        return calibration.gather(list(batch.run(calibration.trial, trials, kept, place, count).values()))


def _backtest(told: Ground, scale: Scale, folder: Path, place: Place, counting: Counting) -> Backtest:
    wanted = schedule.plan(told.case, told.today, None, None, scale.every, schedule.HORIZONS, told.seed)
    faults: list[Problem] = []
    sayings = crowd.load(told.case.folder, told.case.place, told.today, faults)
    stop_on(faults)
    kept = folder / "backtest" / schedule.key(told.case, wanted)
    with counting("days fitted") as count:
        results = batch.run(trial.trial, schedule.tasks(told.case, wanted), kept, place, count)
    return backtests.gather(told.case, wanted, results, sayings, told.today)


def _papers(
    told: Ground, truth: Question, answerers: Mapping[str, Question], count: int
) -> dict[str, examination.Paper]:
    case = replace(told.states, question=truth)
    return {
        f"{first:05d}": examination.Paper(
            case, told.design, answerers, told.seed, tuple(range(first, min(first + PAPER, count)))
        )
        for first in range(0, count, PAPER)
    }


def _answered(
    told: Ground,
    papers: Mapping[str, examination.Paper],
    what: str,
    folder: Path,
    place: Place,
    counting: Counting,
) -> list[dict[str, Any]]:
    kept = folder / "examination" / examination.key(papers["00000"])
    with counting(what) as count:
        return list(batch.run(examination.trial, papers, kept, place, count).values())


def _grade(
    told: Ground, scale: Scale, folder: Path, place: Place, counting: Counting
) -> tuple[Grade, Soundness]:
    truth = told.states.question
    papers = _papers(told, truth, {FULL: truth}, scale.questions)
    answers = _answered(told, papers, "papers of questions answered", folder, place, counting)
    found = grading.grade(grading.marks(answers), FULL, RIVALS, examination.KNOWN)
    return found, grading.soundness(answers)


def _cells(
    told: Ground, scale: Scale, folder: Path, place: Place, counting: Counting
) -> tuple[tuple[Cell, ...], Soundness]:
    """Every model's answers to the questions of every model."""
    found: list[Cell] = []
    every: list[dict[str, Any]] = []
    for truth, beliefs in told.synthetic.items():
        papers = _papers(told, beliefs, told.synthetic, scale.contest)
        answers = _answered(told, papers, f"papers of the contest, {truth}", folder, place, counting)
        marks = grading.marks(answers)
        every += answers
        for name in (*told.synthetic, RIVALS[0]):
            score = float(grading.log_scores(marks.chances[name], marks.entered).mean())
            found.append(Cell(truth, name, score, grading.lead(marks, truth, name)))
    return tuple(found), grading.soundness(every)


def _standings(
    told: Ground, days: Sequence[date], folder: Path, place: Place, counting: Counting
) -> tuple[contest.Standing, ...]:
    """Simpler models on the real evidence."""
    grid = assembly.fitted_months(told.case.question, days[-1])
    bouts = {
        f"{i}-{day}": contest.Bout(replace(told.case, question=q, variants={}), day, grid, YEAR, told.seed)
        for i, q in enumerate(told.contenders.values())
        for day in days
    }
    asked = [store.inputs(bout.case, bout.as_of) for bout in bouts.values()]
    kept = folder / "contest" / store.key({"asked": asked, "grid": grid}, told.seed, "contest")
    with counting("fits of contenders") as count:
        results = batch.run(contest.trial, bouts, kept, place, count)
    each: dict[str, Sequence[Mapping[str, Any]]] = {
        name: [results[f"{i}-{day}"] for day in days] for i, name in enumerate(told.contenders)
    }
    return contest.standings(told.case, days, YEAR, each, told.today)


def examined(told: Validation, case: Case, space: Workspace, talk: Talk) -> Validation:
    """The same with the fit of all evidence held against every item and every belief.

    Raises
    ------
    HourglassError
        Where the verdict withholds that fit.
    """
    horizons = forecaster.horizons_of(case, told.as_of, None, None)
    made = forecaster.forecast(
        case, told.as_of, horizons, told.seed, space.runs, space.machine_code, talk, method="nuts"
    )
    run = record.opened(case, made, space.runs) if made.verdict.passed else None
    if run is None:
        raise HourglassError(
            f"the fit as of {told.as_of} is withheld; see `hourglass forecast --as-of {told.as_of}`"
        )
    stand = standing.of(run, made.horizons[-1])
    pulled = tuple(one for one in sensitivity.sensitivities(stand) if one.conflict)
    return replace(told, fit=fitness.assess(case, run.found, told.seed), conflicts=pulled)
