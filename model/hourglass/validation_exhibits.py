"""What the figures of a validation show: ranks and their band, P over the months, and its evidence."""

from hourglass import evidence_exhibits
from hourglass.backtests import Backtest
from hourglass.case import Case
from hourglass.evidence_exhibits import Report
from hourglass.ledger import Event, Reading, Sighting
from hourglass.record_exhibits import Anew, Band, Crowd, Steps
from hourglass.record_exhibits import Backtest as Course
from hourglass.summary import Forecast
from hourglass.uniformity import Uniformity


def steps(judged: tuple[Uniformity, ...]) -> tuple[tuple[Steps, ...], Band]:
    """Distribution of every quantity's ranks less that of uniform ones, and the band of all."""
    found = tuple(Steps(one.group, one.at, _less(one.share, one.at), one.way) for one in judged)
    one = judged[0]
    return found, Band(one.at, _less(one.low, one.at), _less(one.high, one.at))


def _less(shares: tuple[float, ...], at: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(share - place for share, place in zip(shares, at, strict=True))


def _anew(told: Forecast) -> Anew:
    last = told.horizons[-1]
    return Anew(told.as_of, last.mean, last.q05, last.q95, last.outside_view, told.evidence.items)


def evidence(case: Case, told: Backtest) -> tuple[Report, ...]:
    """Readings, events and signs of the months that a backtest covers, each as it counted when it came."""
    first, last = case.question.header.starts, told.days[-1].forecast.as_of
    drivers = case.question.drivers
    held = case.evidence(last)
    readings = (
        Report(drivers[item.driver].title, evidence_exhibits.mark(item, item.known, item.level))
        for item in held.of(Reading)
    )
    signs = (item for item in held.items if isinstance(item, Event | Sighting))
    every = (*readings, *(evidence_exhibits.report(item, case, item.known) for item in signs))
    return tuple(one for one in every if first <= one.mark.date <= last)


def course(told: Backtest) -> Course:
    """P of the longest horizon, month by month, with what a crowd said of it."""
    last = max(told.plan.horizons)
    days = tuple(_anew(day.forecast) for day in told.days)
    heard = tuple(
        Crowd(one.forecast_date, one.probability, f"{one.platform}, {one.statistic}", one.source_url)
        for day in told.days
        for one in day.sayings
        if one.probability is not None
    )
    return Course(f"{last} months", days, heard)
