"""Suppositions as a person writes them: `DRIVER=+1.5`, `gate.NAME=0.9@YYYY-MM:6m`."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from hourglass import calendar
from hourglass.case import Case
from hourglass.errors import InputError, Problem, did_you_mean, stop_on
from hourglass.forecaster import Horizons
from hourglass.scenario import GATE, Scenario, Setting

HIGHEST = 3.0
"""Levels are -3 to 3, as those of readings."""
FORM = re.compile(r"(?P<name>[^=@]+)=(?P<value>[^=@]+)(@(?P<first>[^:@=]+)(:(?P<span>[^:@=]+))?)?")


def read(
    case: Case,
    as_of: date,
    asked: Horizons,
    stated: Sequence[str],
    since: str | None,
    span: str | None,
    without: Sequence[str],
) -> Scenario:
    """Scenario of what `--set`, `--from`, `--for` and `--without` say.

    By default a setting holds from the month after that of as-of through the last horizon.

    Raises
    ------
    hourglass.errors.InputError
        With every fault of every option at once.
    """
    if not stated and (since or span or not without):
        raise InputError([Problem("--set", "is missing; write --set DRIVER=+1.5, or --without ITEM alone")])
    problems: list[Problem] = []
    last = max(calendar.month_of(day) for _, day in asked)
    first = calendar.month_of(as_of) + 1 if since is None else _month(since, "--from", problems)
    months = None if span is None else _span(span, "--for", problems)
    read_ones = [_setting(text, first, months, last, problems) for text in stated]
    found = Scenario(tuple(s for s in read_ones if s is not None), tuple(dict.fromkeys(without)))
    stop_on([*problems, *faults(case, as_of, asked, found)])
    return found


def _month(text: str, place: str, problems: list[Problem]) -> int | None:
    told = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if told is None:
        problems.append(Problem(place, f"{text!r} is no month; write it as YYYY-MM"))
        return None
    return calendar.month_of(date(max(int(told[1]), 1), int(told[2]), 1))


def _span(text: str, place: str, problems: list[Problem]) -> int | None:
    told = re.fullmatch(r"([1-9]\d{0,2})m?", text)
    if told is None:
        problems.append(Problem(place, f"{text!r} is no number of months; write it as 6m"))
        return None
    return int(told[1])


def _setting(
    text: str, first: int | None, months: int | None, last: int, problems: list[Problem]
) -> Setting | None:
    """Setting of one `--set`, None where it is faulty; by default through the month `last`."""
    place, told = f"--set {text}", FORM.fullmatch(text)
    if told is None:
        problems.append(Problem(place, "cannot be read; write DRIVER=+1.5 or gate.NAME=0.9@YYYY-MM:6m"))
        return None
    try:
        value = float(told["value"])
    except ValueError:
        problems.append(Problem(place, f"{told['value']!r} is no number; write a level or a chance"))
        return None
    start = first if told["first"] is None else _month(told["first"], place, problems)
    length = months if told["span"] is None else _span(told["span"], place, problems)
    if start is None or (told["span"] is not None and length is None):
        return None
    return Setting(told["name"].strip(), value, start, max(last - start + 1, 1) if length is None else length)


def faults(case: Case, as_of: date, asked: Horizons, scenario: Scenario) -> Iterator[Problem]:
    """What of a scenario cannot be supposed of this question as of that day."""
    gates = [f"{GATE}{gate.id}" for gate in case.question.gates]
    now, last = calendar.month_of(as_of), max(calendar.month_of(day) for _, day in asked)
    for setting in scenario.settings:
        place = f"--set {setting.name}"
        if setting.name in gates:
            if not 0 < setting.value < 1:
                yield Problem(place, f"{setting.value:g} is no chance; write a number between 0 and 1")
        elif setting.name not in case.question.drivers:
            remedy = did_you_mean(setting.name, [*case.question.drivers, *gates])
            yield Problem(place, f"names no driver and no gate; {remedy}")
        elif not -HIGHEST <= setting.value <= HIGHEST:
            yield Problem(place, f"{setting.value:g} is outside -3 to 3; write a level within")
        if setting.span[0] < now or setting.span[0] > last:
            start, *ends = (calendar.month_label(month) for month in (setting.span[0], now, last))
            yield Problem(
                place, f"{start} is no month of the forecast, {' to '.join(ends)}; begin in one of them"
            )
    for one, other in combinations(scenario.settings, 2):
        if one.name == other.name and set(one.span) & set(other.span):
            yield Problem(f"--set {one.name}", "stands twice for some months; give each its own")
    known = {item.id for item in case.evidence(as_of).items}
    gone = {item.id for item in case.ledger.items if item.known <= as_of} - known
    for item in scenario.without:
        if item in gone:
            told = "was withdrawn or revised by then and weighs nothing; leave it out of the request"
            yield Problem("--without", f"{item!r} {told}")
        elif item not in known:
            yield Problem("--without", f"{item!r} is no item known by {as_of}; {did_you_mean(item, known)}")
