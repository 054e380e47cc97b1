"""What the figures of a forecast show, as plain numbers: chances, what comes first, past forecasts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from hourglass import calendar, incidence, phrases
from hourglass.assembly import months_to
from hourglass.case import Case
from hourglass.estimate import Posterior
from hourglass.panel import Array
from hourglass.parameters import layout
from hourglass.summary import QUANTILES, Forecast, Horizon

DOTS = 50
"""Dots of a chance: equally likely values, few enough to be counted."""
ENTRY, NONE = "entry", "none"


@dataclass(frozen=True, slots=True)
class Spread:
    """Quantiles over draws, ends of the 50 % and the 90 % interval."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance of entry within one horizon.

    Attributes
    ----------
    within
        The horizon in words, as `3 months, by 2024-01-31`.
    mean, outside_view
        The forecast, and the outside view.
    dots
        Equally likely values of the chance, in order.
    """

    within: str
    mean: float
    spread: Spread
    outside_view: float
    dots: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened first by each day.

    Attributes
    ----------
    days
        From as-of to the longest horizon.
    titles
        Of the outcomes: entry first, then each rival, none last.
    shares
        Chance of each outcome by each day; of one day they sum to 1.
    entry
        Quantiles over draws of the chance of entry by each day.
    outside_view
        The outside view's chance of entry by each day.
    """

    days: tuple[date, ...]
    titles: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    entry: tuple[Spread, ...]
    outside_view: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """One horizon of a stored forecast."""

    as_of: date
    months: float
    mean: float
    q05: float
    q95: float
    outside_view: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Chances of each outcome draw by draw, by each of some days.

    Attributes
    ----------
    cells
        (draw, day, outcome).
    weight
        Of the draws, with what open warnings make of each.
    outside_view
        Chance of entry by each day.
    """

    days: tuple[date, ...]
    cells: Array
    weight: Array
    outside_view: tuple[float, ...]


def outlook(case: Case, forecast: Forecast, found: Posterior) -> Outlook:
    """Outlook of a forecast by the end of every month and of every horizon.

    Time is cut where the forecast cut it, so its own horizons come out as printed.
    """
    as_of, structure = forecast.as_of, layout(case.question)
    days = tuple(_days(as_of, [h.date for h in forecast.horizons]))
    now = months_to(case.question, as_of) - 1
    present = incidence.present(found.inside, structure, found.panel, now)
    told = incidence.outcomes(case, structure, present, as_of, days, forecast.run.seed)
    outside = incidence.outside_view(case, structure, found.panel, found.outside, as_of, days)
    means = np.average(outside, axis=0, weights=found.class_weight)
    return Outlook(days, told.cells, told.weight * found.weight, tuple(means.tolist()))


def _days(as_of: date, horizons: Sequence[date]) -> list[date]:
    """Last days of the months after as-of and up to the last horizon, and the horizons."""
    last, first = max(horizons), date(as_of.year, as_of.month, 1)
    count = calendar.month_of(last) - calendar.month_of(as_of) + 1
    starts = [calendar.months_after(first, i) for i in range(count + 1)]
    ends = [date.fromordinal(b.toordinal() - 1) for _, b in pairwise(starts)]
    return sorted({*horizons, *(end for end in ends if as_of < end < last)})


def chances(forecast: Forecast, ahead: Outlook) -> tuple[Chance, ...]:
    """Chances of a forecast that its verdict lets stand, by horizon."""
    return tuple(_chance(h, ahead) for h in forecast.horizons)


def _chance(h: Horizon, ahead: Outlook) -> Chance:
    told = _spread(h)
    match h:
        case Horizon(mean=float(mean), outside_view=float(outside)) if told is not None:
            draws = ahead.cells[:, ahead.days.index(h.date), 0]
            within = f"{phrases.span(h.months)}, by {h.date}"
            return Chance(within, mean, told, outside, dots(draws, ahead.weight))
    raise ValueError(f"chance within {h.months:g} months is withheld; draw no figure of it")


def _spread(h: Horizon) -> Spread | None:
    """Quantiles of a horizon as the forecast states them; None where they are withheld."""
    match h:
        case Horizon(q05=float(a), q25=float(b), q50=float(c), q75=float(d), q95=float(e)):
            return Spread(a, b, c, d, e)
    return None


def dots(draws: Array, weight: Array) -> tuple[float, ...]:
    """Equally likely values: the middles of as many equal parts of the draws."""
    return tuple(quantiles(draws, weight, (np.arange(DOTS) + 0.5) / DOTS).tolist())


def quantiles(draws: Array, weight: Array, at: Array) -> Array:
    """Weighted quantiles over the first axis; (quantile, ...)."""
    return np.quantile(draws, at, axis=0, weights=weight, method="inverted_cdf")


def course(case: Case, forecast: Forecast, ahead: Outlook) -> Course:
    """Course of the outcomes from as-of on, where nothing has happened yet."""
    means = np.average(ahead.cells, axis=0, weights=ahead.weight)
    entry = quantiles(ahead.cells[:, :, 0], ahead.weight, np.array(list(QUANTILES.values())))
    rivals = [rival.title for rival in case.question.rivals]
    return Course(
        days=(forecast.as_of, *ahead.days),
        titles=("Entry first", *rivals, "None of these"),
        shares=((0.0, *(0.0 for _ in rivals), 1.0), *(tuple(row) for row in means.tolist())),
        entry=(Spread(0, 0, 0, 0, 0), *(Spread(*row) for row in entry.T.tolist())),
        outside_view=(0.0, *ahead.outside_view),
    )


def past(forecasts: Iterable[Forecast]) -> tuple[Past, ...]:
    """Horizons of stored forecasts that hold numbers, in order of as-of."""
    found = [told for one in forecasts for h in one.horizons if (told := _past(one, h))]
    return tuple(sorted(found, key=lambda one: (one.as_of, one.months)))


def _past(one: Forecast, h: Horizon) -> Past | None:
    match h:
        case Horizon(mean=float(mean), q05=float(low), q95=float(high), outside_view=float(outside)):
            return Past(one.as_of, h.months, mean, low, high, outside)
    return None
