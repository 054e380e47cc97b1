"""The calibration as tables and sentences."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass.calibration import COVERAGES, KEPT, Calibration
from hourglass.uniformity import LEVEL

MANY = 100
"""Worlds below which only gross faults show, and no machine is called calibrated."""
SHOWN = 8
"""Quantities that are named, those nearest the edge of their band or beyond it first."""


def calibration(told: Calibration) -> RenderableType:
    """Verdict, faults of the fits, and the quantities nearest to the edge of their band or beyond it."""
    return Group(*(Text(line) for line in sentences(told)), table(told))


def sentences(told: Calibration) -> Iterator[str]:
    """What the calibration found, in words."""
    many = f"{told.fits} worlds, {len(told.judged)} quantities ranked among {KEPT} draws each"
    held = f"Bands that hold all quantities with {LEVEL:.0%}"
    if told.passed:
        verdict = "calibrated" if told.fits >= MANY else "no fault found; so few worlds show gross ones alone"
        yield f"{many}: {verdict}. {held} hold every one."
    else:
        yield f"{many}: NOT calibrated. {held} fail for {', '.join(told.outside)}."
        chance = f"{1 - LEVEL:.0%}"
        yield f"With {chance} a calibrated machine fails, too; another --seed tells luck from fault."
    faults = ", ".join(f"{count} by {name}" for name, count in told.faults.items()) or "none"
    yield f"Fits with a fault of their own: {told.failed} ({faults}). They count like all others."


def table(told: Calibration) -> Table:
    """Quantities nearest to the edge of their band, with how often their intervals held the truth."""
    heads = [f"{share:.0%} held" for share in COVERAGES]
    way = "way to the edge of its band; above 100.0%: outside"
    found = Table(Column("quantity", overflow="fold"), way, *heads)
    chances = [one for one in told.judged if one.group.startswith("P within")]
    for one in (*told.judged[:SHOWN], *(one for one in chances if one not in told.judged[:SHOWN])):
        found.add_row(one.group, f"{one.way:.1%}", *(f"{share:.0%}" for share in told.coverage[one.group]))
    return found
