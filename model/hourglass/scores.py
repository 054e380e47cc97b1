"""How stored forecasts fared: proper scores of the chance of entry, beside the outside view's.

All of it is about one yes or no: did entry come after as-of and by the end of the horizon.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import inf, isinf, log, log1p
from statistics import fmean
from typing import Any, Literal

from hourglass.question import Header, Resolution
from hourglass.summary import Forecast, Horizon

SCHEMA = 1

Standing = Literal["entry", "no entry", "open", "unconfirmed", "over", "withheld"]
"""What became of a horizon: decided either way; still running; past, but no one has confirmed that
it stayed quiet; asked about after the question had ended; without a number to score."""
DECIDED: tuple[Standing, ...] = ("entry", "no entry")


@dataclass(frozen=True, slots=True)
class Score:
    """How a chance fared, or the mean over several.

    Attributes
    ----------
    log
        Natural logarithm of the chance given to what happened: 0 at best, minus infinity where
        that had been given none.
    brier
        Squared distance of the chance from what happened: 0 at best, 1 at worst.
    """

    log: float
    brier: float


def score(chance: float, entered: bool) -> Score:
    """Score of a chance of entry, in [0, 1], once it is known whether entry came."""
    given = chance if entered else 1 - chance
    told = -inf if given <= 0 else log(chance) if entered else log1p(-chance)
    return Score(told, (chance - entered) ** 2)


def skill(own: float, outside: float) -> float | None:
    """Share of the outside view's loss that a forecast saves: 1 at best, below 0 where it lost more.

    None where the outside view lost nothing, or both lost everything.
    """
    if outside == 0 or (isinf(own) and isinf(outside)):
        return None
    return 1 - own / outside


@dataclass(frozen=True, slots=True)
class Result:
    """One horizon of a stored forecast and what became of it.

    Attributes
    ----------
    end
        Last day of the horizon.
    chance, outside_view
        Chances of entry by then; None where the verdict withheld them.
    """

    run: str
    method: str
    as_of: date
    months: float
    end: date
    chance: float | None
    outside_view: float | None
    standing: Standing

    @property
    def decided(self) -> bool:
        """Whether it is known if entry came, and there is a chance to score."""
        return self.standing in DECIDED

    @property
    def own(self) -> Score | None:
        """Score of the forecast."""
        return self._score(self.chance)

    @property
    def outside(self) -> Score | None:
        """Score of the outside view."""
        return self._score(self.outside_view)

    def _score(self, chance: float | None) -> Score | None:
        return score(chance, self.standing == "entry") if self.decided and chance is not None else None


@dataclass(frozen=True, slots=True)
class Tally:
    """Mean scores over some decided horizons.

    Attributes
    ----------
    n
        How many there are.
    entries
        In how many entry came.
    impossible
        How many gave no chance to what happened; one of them makes the mean minus infinity.
    """

    n: int
    entries: int
    impossible: int
    own: Score
    outside: Score

    @property
    def log_skill(self) -> float | None:
        """Skill of the mean log score."""
        return skill(self.own.log, self.outside.log)

    @property
    def brier_skill(self) -> float | None:
        """Skill of the mean Brier score."""
        return skill(self.own.brier, self.outside.brier)


@dataclass(frozen=True, slots=True)
class Line:
    """Scores of one length of horizon: of every decided one, and of those whose windows lie apart.

    Only the latter are a track record: windows that overlap tell of the same months twice.
    """

    months: float
    every: Tally
    apart: Tally


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the stored forecasts of a question.

    Attributes
    ----------
    forecasts
        How many are stored, withheld ones among them.
    unreadable
        Runs whose forecast cannot be read any more.
    results
        Every horizon of every forecast, oldest as-of first.
    apart
        Results in the track record.
    """

    question: str
    resolved: Resolution | None
    confirmed_through: date
    forecasts: int
    unreadable: tuple[str, ...]
    results: tuple[Result, ...]
    apart: frozenset[Result]
    lines: tuple[Line, ...]

    def count(self, *standings: Standing) -> int:
        """How many horizons stand so."""
        return sum(result.standing in standings for result in self.results)

    @property
    def scored(self) -> int:
        """How many forecasts have a decided horizon."""
        return len({result.run for result in self.results if result.decided})


def record(
    forecasts: Sequence[Forecast], header: Header, today: date, unreadable: Sequence[str] = ()
) -> Record:
    """What became of stored forecasts, in whatever order they come, as it stands on a day."""
    header = _as_it_stood(header, today)
    ordered = sorted(forecasts, key=lambda one: (one.as_of, one.run.id))
    results = tuple(_result(one, h, header, today) for one in ordered for h in one.horizons)
    chosen: set[Result] = set()
    lines = []
    by_length = sorted((result for result in results if result.decided), key=lambda result: result.months)
    for months, group in groupby(by_length, key=lambda result: result.months):
        every = list(group)
        own = list(apart(every))
        chosen.update(own)
        lines.append(Line(months, _tally(every), _tally(own)))
    return Record(
        header.id, header.resolved, header.confirmed_through, len(ordered), tuple(unreadable), results,
        frozenset(chosen), tuple(lines),
    )  # fmt: skip


def _as_it_stood(header: Header, today: date) -> Header:
    """What was known of the end of a question on a day."""
    later = header.resolved is not None and header.resolved.date > today
    quiet = min(header.confirmed_through, today)
    return header.model_copy(
        update={"confirmed_through": quiet, "resolved": None if later else header.resolved}
    )


def _result(forecast: Forecast, horizon: Horizon, header: Header, today: date) -> Result:
    told = standing(forecast.as_of, horizon.date, header, today)
    if not forecast.verdict.passed or horizon.mean is None or horizon.outside_view is None:
        told = "withheld"
    return Result(
        forecast.run.id, forecast.run.method, forecast.as_of, horizon.months, horizon.date,
        horizon.mean, horizon.outside_view, told,
    )  # fmt: skip


def standing(as_of: date, end: date, header: Header, today: date) -> Standing:
    """What became of the window from the day after `as_of` to `end`.

    Entry counts on or before `end`; a rival that came first settles that there is none. While
    nothing is resolved, quiet is known through `confirmed_through` alone.
    """
    told = header.resolved
    if told is None:
        if end <= min(header.confirmed_through, today):
            return "no entry"
        return "unconfirmed" if end <= today else "open"
    if as_of >= told.date:
        return "over"
    if told.outcome == "entry" and told.date <= end:
        return "entry"
    # Of the time after a question closed it says nothing.
    return "open" if told.outcome == "none" and told.date < end else "no entry"


def apart(results: Sequence[Result]) -> Iterator[Result]:
    """Results whose windows do not overlap: the first by as-of, then the first after each has ended.

    Of forecasts as of one day the first by run is taken, which is blind to how they fared.
    """
    free: date | None = None
    for result in sorted(results, key=lambda one: (one.as_of, one.run)):
        if free is None or result.as_of >= free:
            free = result.end
            yield result


def _tally(results: Sequence[Result]) -> Tally:
    """Means over at least one decided result."""
    own = [found for result in results if (found := result.own)]
    outside = [found for result in results if (found := result.outside)]
    return Tally(
        n=len(results),
        entries=sum(result.standing == "entry" for result in results),
        impossible=sum(isinf(found.log) for found in own),
        own=_mean(own),
        outside=_mean(outside),
    )


def _mean(scores: Sequence[Score]) -> Score:
    return Score(fmean(one.log for one in scores), fmean(one.brier for one in scores))


def as_json(told: Record) -> dict[str, Any]:
    """The record as the JSON object that `score --json` prints; minus infinity is null, and counted."""
    standings: tuple[Standing, ...] = ("open", "unconfirmed", "over", "withheld")
    return {
        "schema": SCHEMA,
        "question": told.question,
        "resolved": None if told.resolved is None else told.resolved.model_dump(mode="json"),
        "confirmed_through": told.confirmed_through.isoformat(),
        "counts": {
            "forecasts": told.forecasts,
            "scored": told.scored,
            "unreadable": list(told.unreadable),
            "horizons": {"decided": told.count(*DECIDED)} | {name: told.count(name) for name in standings},
        },
        "record": [
            {"months": line.months, "all": _tally_json(line.every), "apart": _tally_json(line.apart)}
            for line in told.lines
        ],
        "forecasts": [_result_json(result, result in told.apart) for result in told.results],
    }


def _tally_json(told: Tally) -> dict[str, Any]:
    scores = _scores_json(told.own, told.outside)
    return {"n": told.n, "entries": told.entries, "impossible": told.impossible, **scores}


def _result_json(told: Result, apart: bool) -> dict[str, Any]:
    return {
        "run": told.run, "method": told.method, "as_of": told.as_of.isoformat(),
        "months": told.months, "date": told.end.isoformat(),
        "mean": told.chance, "outside_view": told.outside_view,
        "standing": told.standing, "apart": apart,
        "impossible": told.own and isinf(told.own.log), **_scores_json(told.own, told.outside),
    }  # fmt: skip


def _scores_json(own: Score | None, outside: Score | None) -> dict[str, Any]:
    if own is None or outside is None:
        return {"log": None, "brier": None}
    return {"log": _pair_json(own.log, outside.log), "brier": _pair_json(own.brier, outside.brier)}


def _pair_json(own: float, outside: float) -> dict[str, float | None]:
    told = {"own": own, "outside_view": outside, "skill": skill(own, outside)}
    return {name: None if value is None or isinf(value) else value for name, value in told.items()}
