"""Calendar months as the clock of the model: positions in time, shares of months, horizons."""

import calendar as civil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np


def month_of(day: date) -> int:
    """Count of calendar months from year 0 to the month of `day`."""
    return day.year * 12 + day.month - 1


def month_label(month: int) -> str:
    """Name of a counted month, as `2023-01`."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def dawn(day: date) -> float:
    """Position of the start of `day`, in months: the month plus the share of it gone."""
    return month_of(day) + (day.day - 1) / civil.monthrange(day.year, day.month)[1]


def dusk(day: date) -> float:
    """Position of the end of `day`, in months."""
    return month_of(day) + day.day / civil.monthrange(day.year, day.month)[1]


def months_after(day: date, months: int) -> date:
    """Same day `months` calendar months later, or the last of that month if it is shorter."""
    year, month = divmod(month_of(day) + months, 12)
    return date(year, month + 1, min(day.day, civil.monthrange(year, month + 1)[1]))


def last_day(month: int) -> date:
    """Last day of a counted month."""
    year, of_year = divmod(month, 12)
    return date(year, of_year + 1, civil.monthrange(year, of_year + 1)[1])


@dataclass(frozen=True, slots=True)
class Slices:
    """Stretches of time within which nothing steps.

    Attributes
    ----------
    month
        Counted month of each slice.
    since, until
        Time since the choice arose at its start and end, months.
    """

    month: np.ndarray
    since: np.ndarray
    until: np.ndarray


def past_slices(first: int, count: int, starts: date, as_of: date) -> Slices:
    """One slice a month from counted month `first`; empty before `starts` and after `as_of`."""
    month = first + np.arange(count)
    origin, now = dawn(starts), dusk(as_of)
    edges = np.clip(np.append(month, first + count), origin, max(now, origin)) - origin
    return Slices(month, edges[:-1], edges[1:])


def future_slices(starts: date, as_of: date, ends: Iterable[date]) -> Slices:
    """Slices from the end of `as_of` to the last of `ends`, cut at months and at each of them."""
    now = dusk(as_of)
    stops = sorted({dusk(end) for end in ends if dusk(end) > now})
    cuts = np.unique(np.concatenate([[now], np.arange(np.floor(now) + 1, np.ceil(stops[-1])), stops]))
    origin = dawn(starts)
    return Slices(np.floor(cuts[:-1]).astype(int), cuts[:-1] - origin, cuts[1:] - origin)
