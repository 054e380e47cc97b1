"""Which days of the past are tried in a backtest, how far ahead, and under which key."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from hourglass import calendar, store
from hourglass.assembly import fitted_months
from hourglass.case import Case
from hourglass.errors import InputError, Problem, stop_on
from hourglass.question import LONGEST_HORIZON
from hourglass.trial import EFFORTS, Task

HORIZONS = (1, 3, 6, 12)
"""Months."""


@dataclass(frozen=True, slots=True)
class Span:
    """Months that a question's record covers: counted months of the first and the last as-of day."""

    first: int
    last: int

    @property
    def anchor(self) -> date:
        """First as-of day."""
        return calendar.last_day(self.first)

    @property
    def end(self) -> date:
        """Last as-of day."""
        return calendar.last_day(self.last)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which days are tried, and how.

    Attributes
    ----------
    days
        As-of days, each the last of its month.
    horizons
        Months after each.
    span
        What the whole record covers, whatever part of it is tried.
    """

    days: tuple[date, ...]
    horizons: tuple[int, ...]
    seed: int
    span: Span


def newest(case: Case) -> date | None:
    """Day on which the newest item or number became known."""
    numbers = (row.known for rows in case.rows.values() for row in rows)
    return max((*numbers, *filter(None, [case.ledger.newest])), default=None)


def span(case: Case, today: date) -> Span:
    """Months from the first whole one in which entry was a choice to that of the newest evidence.

    Raises
    ------
    InputError
        Where there is no such month.
    """
    header, known = case.question.header, newest(case)
    if known is None:
        raise InputError([Problem(case.place, "holds no evidence, so nothing can be tried; add an item")])
    end = min([today, *([header.resolved.date - timedelta(1)] if header.resolved else [])])
    first = calendar.month_of(header.starts - timedelta(1)) + 1
    ended = calendar.month_of(end + timedelta(1)) - 1  # last month that is over by then
    last = min(calendar.month_of(known), ended)
    if last < first:
        told = f"no whole month from {header.starts} to {end} with evidence; ask later"
        raise InputError([Problem(case.place, told)])
    return Span(first, last)


def plan(
    case: Case,
    today: date,
    since: date | None,
    until: date | None,
    every: int,
    horizons: Sequence[int],
    seed: int,
) -> Plan:
    """Days and horizons of a backtest, checked.

    Parameters
    ----------
    since, until
        Days in the first and the last month; default those of the record.
    every
        Step between the days in months.

    Raises
    ------
    InputError
        With every fault at once.
    """
    whole = span(case, today)
    first, last = (calendar.month_of(day) if day else own
                   for day, own in ((since, whole.first), (until, whole.last)))  # fmt: skip
    stop_on(_misplaced(case, whole, today, since, until, first, last))
    stop_on(_empty(whole, since, until, first, last))
    if every < 1:
        raise InputError([Problem("--every", f"{every} is no step between months; write 1 or more")])
    days = tuple(calendar.last_day(month) for month in range(first, last + 1, every))
    wanted = tuple(sorted(set(horizons)))
    stop_on(_misasked(case, today, whole, days[-1], wanted))
    return Plan(days, wanted, seed, whole)


def _misplaced(
    case: Case, whole: Span, today: date, since: date | None, until: date | None, first: int, last: int
) -> Iterator[Problem]:
    """Faults of the range of days."""
    header = case.question.header
    for option, given, month in (("--since", since, first), ("--until", until, last)):
        name, day = calendar.month_label(month), calendar.last_day(month)
        if given is None:
            continue
        if day < header.starts:
            yield Problem(option, f"{name} is before the choice arose on {header.starts}; ask later")
        elif day > today:
            yield Problem(option, f"{name} is not over by today {today}; ask for an earlier month")
        elif header.resolved and day >= header.resolved.date:
            yield Problem(
                option, f"{name} ends after the question did on {header.resolved.date}; ask earlier"
            )
        elif month > whole.last:
            yield Problem(option, f"{name} is after the newest evidence, known {newest(case)}; ask earlier")


def _empty(whole: Span, since: date | None, until: date | None, first: int, last: int) -> Iterator[Problem]:
    """Fault of a range without a day, both of whose ends are sound in themselves."""
    if first <= last:
        return
    names = calendar.month_label(first), calendar.month_label(last)
    if since and until:
        yield Problem("--since", f"{names[0]} is after the last month {names[1]}; swap --since and --until")
    else:
        told = f"{names[1]} is before the first whole month {calendar.month_label(whole.first)}"
        yield Problem("--until", f"{told}; ask for a later one")


def _misasked(case: Case, today: date, whole: Span, last: date, horizons: Sequence[int]) -> Iterator[Problem]:
    """Faults of the horizons."""
    header, first = case.question.header, calendar.last_day(whole.first)
    decided = today if header.resolved else min(today, header.confirmed_through)
    if not horizons:
        yield Problem("--horizons", "is empty; name at least one number of months")
    for months in horizons:
        if not 1 <= months <= LONGEST_HORIZON:
            yield Problem(
                "--horizons", f"{months} is outside 1 to {LONGEST_HORIZON} months; ask for one inside"
            )
        elif (end := calendar.months_after(last, months)) > header.closes:
            told = f"{months} months from {last} end on {end}, after the question closes on {header.closes}"
            yield Problem("--horizons", f"{told}; ask for fewer")
        elif (end := calendar.months_after(first, months)) > decided:
            told = f"{months} months from {first}, the record's first day, end on {end}, after {decided}"
            yield Problem("--horizons", f"{told}, the last day that is decided; ask for fewer")


def tasks(case: Case, wanted: Plan) -> dict[str, Task]:
    """Work of each day, by its name."""
    months = fitted_months(case.question, wanted.span.end)
    return {
        str(day): Task(case, day, wanted.horizons, wanted.seed, months, wanted.span.anchor)
        for day in wanted.days
    }


def key(case: Case, wanted: Plan) -> str:
    """Key of the folder of results: the same key means the same numbers for a day, whatever the days."""
    told = store.inputs(case, newest(case) or wanted.span.end)
    how = {
        "horizons": wanted.horizons,
        "efforts": [asdict(effort) for effort in EFFORTS],
        "span": [wanted.span.first, wanted.span.last],
    }
    return store.key(told | {"backtest": how, "ledger": store.written(case.ledger)}, wanted.seed, "trial")
