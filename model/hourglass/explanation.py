"""Why P stands where it stands: what moved it, what it rests on, what it would be otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from hourglass import attribution, influence, ladder, record, sensitivity, standing, store
from hourglass.attribution import Move, Told, apart
from hourglass.case import Case
from hourglass.errors import InputError, Problem
from hourglass.forecaster import Talk
from hourglass.influence import Influence, Typical
from hourglass.ladder import Climb
from hourglass.record import Record
from hourglass.sensitivity import Sensitivity
from hourglass.standing import Standing
from hourglass.summary import Evidence, Forecast, Horizon

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Which runs are to be explained, by the beginnings of their ids, and how.

    Attributes
    ----------
    start, end
        The earlier run and the later one; None is the run before the later one, and the last.
    months
        Horizon; None is the longest that both runs have.
    from_prior
        Whether to climb from the life tables and the beliefs alone instead, by fits between.
    """

    start: str | None = None
    end: str | None = None
    months: float | None = None
    from_prior: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """What a forecast of one horizon rests on.

    Attributes
    ----------
    run, as_of
        The run that is explained, and its day.
    since, since_as_of
        The earlier run and its day, where there is one.
    chance
        P as printed.
    move
        What moved P since the earlier run.
    climb
        What took P from the life tables and the beliefs alone to now.
    typical, influences, sensitivities
        P with drivers at rest; what each item does; how P answers to each prior. The strongest first.
    evidence
        Nominal and effective number of items.
    remarks
        What is missing, in sentences.
    """

    question: Mapping[str, str]
    run: str
    as_of: date
    since: str | None
    since_as_of: date | None
    months: float
    chance: float
    move: Move | None
    climb: Climb | None
    typical: tuple[Typical, ...]
    influences: tuple[Influence, ...]
    sensitivities: tuple[Sensitivity, ...]
    evidence: Evidence
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        about = f"{self.question['id']} as of {self.as_of}, {self.months:g} months {self.chance:.1%}"
        told = self.move or self.climb
        moved = "" if told is None else f", {told.whole:+z.2f} log-odds from {told.before:.1%}"
        strongest = self.influences[0].item if self.influences else "no item"
        return f"<Explanation {about}{moved}; most rests on {strongest}>"


Pair = tuple[Forecast | None, Forecast]


def ask(case: Case, asked: Asked, runs: Path, machine_code: Path, talk: Talk) -> Explanation:
    """Explain a stored run of a question.

    Parameters
    ----------
    runs, machine_code
        Folders of stored runs and of compiled models; only `from_prior` compiles.

    Raises
    ------
    InputError
        Where no such runs are stored, or their draws are gone.
    """
    earlier, later = _pair(case, runs, asked)
    horizon = horizon_of(earlier, later, asked.months)
    talk(f"opening run {later.run.id}")
    run = record.opened(case, later, runs)
    if run is None:
        remedy = "forecast again as of that day"
        raise InputError(
            [Problem(later.run.path, f"draws or inputs are gone or of another program; {remedy}")]
        )
    code = machine_code if asked.from_prior else None
    return of(case, standing.of(run, horizon), earlier, runs, code, talk)


def of(
    case: Case, stand: Standing, earlier: Forecast | None, runs: Path, machine_code: Path | None, talk: Talk
) -> Explanation:
    """Explain a run that is open before one of its horizons, since an earlier run where one is given.

    Parameters
    ----------
    earlier
        Run that has this horizon, too.
    machine_code
        Folder of compiled models, to climb from the life tables and the beliefs alone, by fits; None: not.
    """
    move = None if earlier is None else _moved(case, earlier, stand.run, stand.horizon, runs, talk)
    talk("asking what the forecast rests on")
    climb = None if machine_code is None else ladder.climb(stand, ladder.fits(stand, machine_code, talk))
    return _told(stand, earlier, move, climb)


def _told(stand: Standing, earlier: Forecast | None, move: Move | None, climb: Climb | None) -> Explanation:
    later = stand.run.forecast
    alone = earlier is None and climb is None
    return Explanation(
        question={name: later.question[name] for name in ("id", "title")},
        run=later.run.id,
        as_of=later.as_of,
        since=earlier.run.id if earlier else None,
        since_as_of=earlier.as_of if earlier else None,
        months=stand.horizon.months,
        chance=stand.horizon.mean or 0.0,
        move=move,
        climb=climb,
        typical=influence.typical(stand),
        influences=influence.influences(stand),
        sensitivities=sensitivity.sensitivities(stand),
        evidence=later.evidence,
        remarks=("No earlier run is stored, so nothing is said of what moved P.",) if alone else (),
    )


def _pair(case: Case, runs: Path, asked: Asked) -> Pair:
    """The earlier run and the later one.

    Raises
    ------
    InputError
        Where there is none, or they are not in this order.
    """
    known, damaged = record.believed(case, runs), store.unreadable(runs, case.question.header.id)
    if not known:
        raise record.none(case.place, damaged)
    withheld = record.withheld(case, runs)
    later = known[-1] if asked.end is None else record.chosen(known, asked.end, "--to", withheld, damaged)
    if asked.from_prior:
        return None, later
    if asked.start is None:
        return before(known, later), later
    earlier = record.chosen(known, asked.start, "--from", withheld, damaged)
    if earlier.run.id == later.run.id:
        raise InputError([Problem("--from", f"{earlier.run.id} is the run to explain; name an earlier one")])
    if earlier.as_of > later.as_of:
        order = f"as of {earlier.as_of} is after --to, as of {later.as_of}; change their places"
        raise InputError([Problem("--from", order)])
    return earlier, later


def before(known: Sequence[Forecast], later: Forecast) -> Forecast | None:
    """The last run before another that shares a horizon with it; None where there is none.

    Parameters
    ----------
    known
        Believed runs in their order, the other among them.
    """
    earlier = [one for one in known[: _place(known, later)] if _shared(one, later)]
    return earlier[-1] if earlier else None


def _place(known: Sequence[Forecast], one: Forecast) -> int:
    return next(i for i, other in enumerate(known) if other.run.id == one.run.id)


def _shared(one: Forecast | None, other: Forecast) -> list[float]:
    """Months of the horizons that both runs have."""
    return [
        h.months for h in other.horizons if one is None or any(h.months == g.months for g in one.horizons)
    ]


def horizon_of(earlier: Forecast | None, later: Forecast, months: float | None = None) -> Horizon:
    """Horizon of the later run that both have, by default the longest.

    Raises
    ------
    InputError
        Where they share none, or not that one.
    """
    shared = _shared(earlier, later)
    if not shared:
        raise InputError(
            [Problem("--from", "the runs share no horizon; forecast both with the same --horizons")]
        )
    wanted = max(shared) if months is None else months
    if wanted not in shared:
        known = ", ".join(f"{m:g}" for m in shared)
        raise InputError([Problem("--horizon", f"{wanted:g} is no horizon of the runs; known: {known}")])
    return _at(later, wanted)


def _at(told: Forecast, months: float) -> Horizon:
    return next(horizon for horizon in told.horizons if horizon.months == months)


def _moved(case: Case, earlier: Forecast, run: Record, horizon: Horizon, runs: Path, talk: Talk) -> Move:
    talk(f"walking the draws from run {earlier.run.id}")
    told = Told(_at(earlier, horizon.months), horizon)
    one = record.opened(case, earlier, runs)
    if one is None:
        return apart(told, "The earlier run's draws or inputs are gone or of another program.")
    return attribution.between(one, run, told)


def as_json(told: Explanation) -> dict[str, Any]:
    """The explanation as the JSON object that `explain --json` prints."""
    made: dict[str, Any] = plain(told)
    for one, shown in zip(told.sensitivities, made["sensitivities"], strict=True):
        shown["conflict"] = one.conflict
    for way in ("move", "climb"):
        held: Move | Climb | None = getattr(told, way)
        if held is not None:
            made[way]["whole"] = held.whole
    return {"schema": SCHEMA} | made


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a number that is none is null."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(held) for key, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(held) for held in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not isfinite(value) else value
