"""Numbers as people read them: one way of writing each, for terminal, page and file alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import isnan

from hourglass.summary import Driver, Horizon

WITHHELD = "withheld"
NONE_STORED = "No forecast of this question is stored; make one with `hourglass forecast`."
CHANCES = ("within", "by", "chance of entry", "50 % interval", "90 % interval", "outside view")
"""Columns of the table of chances."""


def unreadable(runs: Sequence[str]) -> str:
    """That stored runs cannot be read, and which."""
    return f"Stored runs that cannot be read, and do not count: {', '.join(runs)}."


def percent(chance: float | None) -> str:
    """A chance as people read it; within one in a thousand of 0 or 1 the bound alone."""
    if chance is None:
        return WITHHELD
    if chance > 0.999:
        return "> 99.9 %"
    return "< 0.1 %" if chance < 0.001 else f"{100 * chance:.1f} %"


def interval(low: float | None, high: float | None) -> str:
    """An interval of chances."""
    return f"{percent(low)} to {percent(high)}"


def span(months: float) -> str:
    """A number of months."""
    return "1 month" if months == 1 else f"{months:g} months"


def age(known: date, as_of: date) -> str:
    """How long before a day something was known."""
    return f"{many((as_of - known).days, 'day')} before" if known < as_of else "the same day"


def chances(horizons: Iterable[Horizon]) -> list[tuple[str, ...]]:
    """Rows of the table of chances, under the columns `CHANCES`."""
    return [
        (
            span(h.months), str(h.date), percent(h.mean),
            interval(h.q25, h.q75), interval(h.q05, h.q95), percent(h.outside_view),
        )
        for h in horizons
    ]  # fmt: skip


def level(number: float) -> str:
    """A driver's level or a change in log-odds to one decimal, with its sign."""
    return f"{number:+z.1f}"


def levels(told: Driver) -> tuple[str, str]:
    """Where a driver stands, and the 90 % interval of that."""
    match told:
        case Driver(mean=float(mean), q05=float(low), q95=float(high)):
            return level(mean), f"{level(low)} to {level(high)}"
    return WITHHELD, WITHHELD


def nearest(anchors: Mapping[str, str], at: float) -> str:
    """Words of the anchor that is nearest to a level as it is printed; none where there are no anchors."""
    printed = float(level(at))
    step = min(anchors, key=lambda step: abs(float(step) - printed), default="")
    return anchors.get(step, "")


def log_odds(number: float) -> str:
    """A change in log-odds, with its sign."""
    return f"{number:+z.3f}"


def number(value: float) -> str:
    """Number of a series as its source gives it, with commas between thousands."""
    return f"{value:,.10g}"


def rounded(value: float) -> str:
    """Number that the model made, to three digits."""
    return number(float(f"{value:.3g}"))


def measured(value: float, limit: float) -> str:
    """What a check found, with the digits that tell it from its limit."""
    if isnan(value):
        return "none"
    told = (f"{value:.{digits}g}" for digits in range(4, 18))
    return next((text for text in told if text != f"{limit:.4g}"), f"{value:.4g}")


def many(count: int, noun: str) -> str:
    """A count of things."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
