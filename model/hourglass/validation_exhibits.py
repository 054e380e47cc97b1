"""What the figures of a validation show: ranks and their band, bins of questions, P over the months."""

from hourglass import grading
from hourglass.backtests import Backtest
from hourglass.grading import Grade
from hourglass.record_exhibits import Anew, Band, Bin, Crowd, Steps
from hourglass.record_exhibits import Backtest as Course
from hourglass.summary import Forecast
from hourglass.uniformity import Uniformity


def steps(judged: tuple[Uniformity, ...]) -> tuple[tuple[Steps, ...], Band]:
    """Distribution of every quantity's ranks less that of uniform ones, and the band of all."""
    found = tuple(
        Steps(one.group, one.at, tuple(share - at for share, at in zip(one.share, one.at, strict=True)))
        for one in judged
    )
    one = judged[0]
    low, high = (
        tuple(edge - at for edge, at in zip(edges, one.at, strict=True)) for edges in (one.low, one.high)
    )
    return found, Band(one.at, low, high)


def _anew(told: Forecast) -> Anew:
    last = told.horizons[-1]
    return Anew(told.as_of, last.mean, last.q05, last.q95, last.outside_view, told.evidence.items)


def bins(told: Grade) -> tuple[Bin, ...]:
    """Hit rate of each bin; the interval is where it lies were the chances right, about the rate."""
    return tuple(_bin(one) for one in told.bins)


def _bin(told: grading.Bin) -> Bin:
    apart = told.hits + told.mean
    return Bin(told.mean, round(told.hits * told.n), told.n, apart - told.most, apart - told.least)


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
