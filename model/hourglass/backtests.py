"""Forecasts as they would have been made, month by month, and how they fared.

Each day sees only what was known at its end. But items, grades, levels and priors were judged
afterwards, by people who knew how it went, so a backtest shows how the model works, not how
well it would have done. Chances of entry are scored and choose nothing. What is tested in
earnest is whether each month's news was expected, beside a rival that carries the last value on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from hourglass import calendar, phrases, schedule, scores, summary, uniformity
from hourglass.case import Case
from hourglass.crowd import Saying
from hourglass.fitness import uniformity_as_json
from hourglass.news import Told
from hourglass.panel import Array
from hourglass.schedule import Plan
from hourglass.scores import Record
from hourglass.summary import Forecast
from hourglass.trial import EFFORTS
from hourglass.uniformity import Uniformity

SCHEMA = 1
READINGS, POINTS = "every reading", "every point"
JUDGED = "Items, grades, levels and priors were judged afterwards, by people who knew how it went."
"""Said with every backtest."""
NEVER = "Entry never came in these windows, so these scores favour whoever says never: they choose nothing."
"""Said beside scores of the chance of entry while none of the windows holds it."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day tried.

    Attributes
    ----------
    news
        What became known in the month after, as it was predicted.
    joined
        Readings of that month that only joined one already held, and were not predicted.
    sayings
        What crowds said in the month of the day.
    """

    forecast: Forecast
    news: tuple[Told, ...]
    joined: int
    sayings: tuple[Saying, ...]

    @property
    def as_of(self) -> date:
        """Day at whose end nothing later was known."""
        return self.forecast.as_of


@dataclass(frozen=True, slots=True)
class Gain:
    """How well a group's news were predicted, beside the last value carried forward.

    Attributes
    ----------
    n, nowcasts
        News that both predicted, and how many of these speak of a month already over by then.
    unscored
        News of which the rival could say nothing yet.
    own, rival
        Mean log scores.
    gain, error
        Mean of the difference, and its standard error with the news of one day taken as one
        cluster; None with fewer than two days.
    without
        Mean of the difference without the one news that moves it most; None of fewer than two.
    """

    group: str
    n: int
    nowcasts: int
    unscored: int
    own: float | None
    rival: float | None
    gain: float | None
    error: float | None
    without: float | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """What became of all the days that were tried.

    Attributes
    ----------
    record
        Scores of the chances of entry, for what they are worth.
    gains, uniformity
        How the news were predicted, by group.
    """

    question: Mapping[str, str]
    key: str
    plan: Plan
    days: tuple[Day, ...]
    record: Record
    gains: tuple[Gain, ...]
    uniformity: tuple[Uniformity, ...]

    @property
    def withheld(self) -> tuple[Day, ...]:
        """Days whose verdict failed."""
        return tuple(day for day in self.days if not day.forecast.verdict.passed)


def gather(
    case: Case, wanted: Plan, results: Mapping[str, Any], sayings: Sequence[Saying], today: date
) -> Backtest:
    """Put the results of the days together, in the order of the plan."""
    days = tuple(_day(results[str(day)], sayings) for day in wanted.days)
    groups = grouped(days)
    return Backtest(
        question={"id": case.question.header.id, "title": case.question.header.title},
        key=schedule.key(case, wanted),
        plan=wanted,
        days=days,
        record=scores.record([day.forecast for day in days], case.question.header, today),
        gains=tuple(gain(group, told) for group, told in groups.items()),
        uniformity=uniformity.judge({g: [one.place for _, one in told] for g, told in groups.items()}),
    )


def _day(result: Mapping[str, Any], sayings: Sequence[Saying]) -> Day:
    forecast = summary.from_json(result["forecast"])
    month = calendar.month_of(forecast.as_of)
    heard = tuple(one for one in sayings if calendar.month_of(one.forecast_date) == month)
    return Day(forecast, tuple(Told(**one) for one in result["news"]), result["joined"], heard)


Dated = Sequence[tuple[date, Told]]


def grouped(days: Sequence[Day]) -> dict[str, list[tuple[date, Told]]]:
    """News with their days: every reading, each grade, every point, each series."""
    each = [(day.as_of, one) for day in days for one in day.news]
    graded = {group: group.startswith("grade ") for group in sorted({one.group for _, one in each})}
    found = {}
    for name, of_grades in ((READINGS, True), (POINTS, False)):
        mine = [group for group, is_grade in graded.items() if is_grade == of_grades]
        found[name] = [pair for pair in each if pair[1].group in mine]
        found |= {group: [pair for pair in each if pair[1].group == group] for group in mine}
    return {name: told for name, told in found.items() if told}


def gain(group: str, told: Dated) -> Gain:
    """How a group's news were predicted, beside the rival."""
    pairs = [(day, one.log_score, one.rival) for day, one in told if one.rival is not None]
    nowcasts = sum(one.nowcast for _, one in told if one.rival is not None)
    if not pairs:
        return Gain(group, 0, 0, len(told), None, None, None, None, None)
    days, own, rival = zip(*pairs, strict=True)
    each = np.subtract(own, rival)
    return Gain(
        group=group,
        n=len(pairs),
        nowcasts=nowcasts,
        unscored=len(told) - len(pairs),
        own=float(np.mean(own)),
        rival=float(np.mean(rival)),
        gain=float(each.mean()),
        error=clustered_error(each.tolist(), days),
        without=_without_its_widest(each),
    )


def _without_its_widest(each: Array) -> float | None:
    """Mean without the value furthest from it; None where there is none or a score is infinite."""
    if len(each) < 2 or not np.isfinite(each).all():
        return None
    return float(np.delete(each, np.argmax(np.abs(each - each.mean()))).mean())


def clustered_error(values: Sequence[float], clusters: Sequence[date]) -> float | None:
    """Standard error of a mean whose values of one cluster may err together; None with one cluster."""
    sums: dict[date, float] = {}
    mean = float(np.mean(values))
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] = sums.get(cluster, 0.0) + value - mean
    if len(sums) < 2:
        return None
    squares = sum(part**2 for part in sums.values())
    return float(np.sqrt(squares * len(sums) / (len(sums) - 1)) / len(values))


def as_json(told: Backtest) -> dict[str, Any]:
    """The backtest as the JSON object that `backtest --json` prints; what is not finite is null."""
    record = scores.as_json(told.record)
    standings = {(row["as_of"], row["months"]): row["standing"] for row in record["forecasts"]}
    whole = {
        "schema": SCHEMA,
        "question": dict(told.question),
        "key": told.key,
        "seed": told.plan.seed,
        "efforts": [asdict(effort) for effort in EFFORTS],
        "horizons": list(told.plan.horizons),
        "remarks": remarks(told),
        "withheld": [str(day.as_of) for day in told.withheld],
        "days": [_day_json(day, standings) for day in told.days],
        "record": record["record"],
        "news": [asdict(one) for one in told.gains],
        "uniformity": [uniformity_as_json(one) for one in told.uniformity],
    }
    found: dict[str, Any] = _finite(whole)
    return found


def _day_json(day: Day, standings: Mapping[tuple[str, float], str]) -> dict[str, Any]:
    made = summary.as_json(day.forecast)
    as_of = made["as_of"]
    return {
        "as_of": as_of,
        "horizons": [h | {"standing": standings[as_of, h["months"]]} for h in made["horizons"]],
        "drivers": made["drivers"],
        "evidence": made["evidence"],
        "verdict": made["verdict"],
        "news": [asdict(one) for one in day.news],
        "joined": day.joined,
        "crowd": [_saying_json(one) for one in day.sayings],
    }


def _saying_json(saying: Saying) -> dict[str, Any]:
    fared = None if saying.score is None else asdict(saying.score)
    return saying.model_dump(mode="json") | {"score": fared}


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {name: _finite(part) for name, part in value.items()}
        case list() | tuple():
            return [_finite(part) for part in value]
        case float() if not isfinite(value):
            return None
    return value


def remarks(told: Backtest) -> list[str]:
    """What must be said beside the numbers."""
    said = [JUDGED] if entered(told) else [JUDGED, NEVER]
    scored = {line.months for line in told.record.lines}
    open_ones = [phrases.span(months) for months in told.plan.horizons if months not in scored]
    return [*said, f"No window of {', '.join(open_ones)} is decided yet."] if open_ones else said


def entered(told: Backtest) -> bool:
    """Whether entry came in any window."""
    return any(result.standing == "entry" for result in told.record.results)
