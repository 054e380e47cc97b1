"""What could be seen next, and how likely each draw of the model holds it to be.

Everything is as if seen in the month after that of as-of, at one good grade, from an origin
that has not spoken before. Each draw takes one step of its own into that month.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from statistics import median
from zlib import crc32

import numpy as np
from scipy.special import ndtr

from hourglass import calendar, likelihood
from hourglass.assembly import report_weights
from hourglass.belief import curve_table, values
from hourglass.grounds import Grounds
from hourglass.ledger import Sighting
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.question import LETTERS, NUMBERS
from hourglass.supposition import Given

GRADE = "B2"
"""Grade at which each thing is taken to be reported: usually reliable, probably true."""
LEVELS = range(-3, 4)
"""Levels that a reading may round to; the outer ones take all beyond them."""
DETECTION = 0.5
"""Chance to see preparations for entry where no warning of the ledger states one."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One thing that could be seen.

    Attributes
    ----------
    kind, what
        `reading`, `event`, `warning` or `series`, and what it is in words.
    chance
        Each draw's chance of seeing it (draw).
    with_entry
        Each draw's chance of seeing it and of entry by the horizon (draw).
    """

    kind: str
    what: str
    chance: Array
    with_entry: Array


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where every draw stands a month on, and its chance of entry from there.

    Attributes
    ----------
    x, u
        Drivers and dispositions in the month after that of as-of, one (draw, 1) each.
    day
        As-of a month later.
    horizon, entry, weight
        Last day, each draw's chance of entry by it, and each draw's weight (draw).
    """

    grounds: Grounds
    x: list[Array]
    u: list[Array]
    given: Given
    day: date
    horizon: date
    entry: Array
    weight: Array


def look(grounds: Grounds, horizon: date) -> Ahead:
    """Take every draw one step of its own into the next month.

    No item speaks of a month after as-of, so that such a step is a draw from the posterior.
    """
    month = grounds.month + 1
    x, u = _step(grounds)
    given = Given(states={month: dict(enumerate([*x, *u]))})
    found = grounds.outcomes([horizon], given)
    weight = grounds.weight * found.weight
    day = calendar.months_after(grounds.as_of, 1)
    return Ahead(grounds, x, u, given, day, horizon, found.cells[:, 0, 0], weight)


def _step(grounds: Grounds) -> tuple[list[Array], list[Array]]:
    present, p = grounds.present, grounds.present.parameters
    rng = np.random.default_rng([grounds.forecast.run.seed, crc32(b"next month")])

    def onward(place: Array, half_life: Array, variance: Array) -> Array:
        memory = np.exp2(-1 / half_life)
        shock = np.sqrt(variance * (1 - memory**2)) * rng.standard_normal(place.shape)
        stepped: Array = memory * place + shock
        return stepped

    lasting = zip(p.level, present.walk, p.half_life, p.lasting_share, strict=True)
    stances = zip(present.stance, p.disposition_half_life, p.disposition_sd, strict=True)
    x = [level + onward(walk, half_life, 1 - share) for level, walk, half_life, share in lasting]
    return x, [onward(stance, half_life, sd**2) for stance, half_life, sd in stances]


def readings(ahead: Ahead) -> Iterator[Prospect]:
    """A reading of each driver that rounds to each level, from a new origin.

    The chances of one driver's levels sum to 1 in every draw.
    """
    p, asked = ahead.grounds.present.parameters, ahead.grounds.case.question.drivers
    letters, numbers = list(accumulate(p.letter_noise)), [1.0, *p.number_multiplier]
    noise = letters[LETTERS.index(GRADE[0])] * numbers[NUMBERS.index(GRADE[1])]
    spread = np.sqrt(noise**2 + p.origin_sd**2)
    edges = np.array([-np.inf, *(level + 0.5 for level in LEVELS[:-1]), np.inf])
    for x, driver in zip(ahead.x, asked.values(), strict=True):
        words = {float(step): text for step, text in driver.anchors.items()}
        chances = np.diff(ndtr((edges - x) / spread), axis=1)
        for level, chance in zip(LEVELS, chances.T, strict=True):
            sentence = f" ({words[level]})" if level in words else ""
            step = f"{level:+d}" if level else "0"
            yield Prospect("reading", f"{driver.title}: {step}{sentence}", chance, chance * ahead.entry)


def events(ahead: Ahead) -> Iterator[Prospect]:
    """A report of each kind on an occasion that ended without entry, against its contrary.

    Of likelihoods `l` it comes with chance `l / (max + min)` over the endings that it leaves
    open, as in simulated worlds. So a thing seen weighs exactly as such an item of the ledger.
    """
    grounds = ahead.grounds
    p, question = grounds.present.parameters, grounds.case.question
    logits = likelihood.gate_logits(NUMPY, p, grounds.layout, ahead.x, ahead.u)
    ends = np.concatenate(likelihood.endings(NUMPY, logits), axis=1)
    for kind, asked in question.events.items():
        stated = report_weights(kind, GRADE, question)
        may = stated > 0
        told = (ends * stated).sum(axis=1) / ends[:, may].sum(axis=1)
        chance = told / (stated[may].max() + stated[may].min())
        yield Prospect("event", f"{asked.title} ({kind})", chance, chance * ahead.entry)


def warnings(ahead: Ahead) -> Iterator[Prospect]:
    """Each kind of preparation that the ledger has told of, seen on as-of by a new origin.

    Where no entry comes in its window it is seen with one chance, where entry comes with the
    draw's ratio times that: on average over draws the ratio's `detection`, or that of the
    ledger's median warning.
    """
    grounds = ahead.grounds
    told = [w for w in grounds.case.evidence(grounds.as_of).of(Sighting) if not w.weightless]
    usual = median([w.detection for w in told if w.detection is not None] or [DETECTION])
    for warning in _kinds(told):
        closes = calendar.months_after(grounds.as_of, warning.window_months)
        days = sorted({closes, min(closes, ahead.horizon)})
        cells = grounds.outcomes(days, ahead.given).cells[..., 0]
        z = np.random.default_rng([grounds.forecast.run.seed, crc32(warning.id.encode())])
        ratio = _ratio(warning, z.standard_normal((len(cells), 1)))[:, 0]
        detected = usual if warning.detection is None else warning.detection
        alarm = detected / np.average(ratio, weights=ahead.weight)
        within, by_both = cells[:, days.index(closes)], cells[:, 0]
        chance = alarm * (1 + (ratio - 1) * within)
        with_entry = alarm * (ahead.entry + (ratio - 1) * by_both)
        again, months = "Seen again" if warning.found else "Seen now, not then", warning.window_months
        what = f"{again} (window {months} month{'s' * (months > 1)}): {warning.claim.rstrip('.')}"
        yield Prospect("warning", what, chance, with_entry)


def _ratio(warning: Sighting, z: Array) -> Array:
    """How many times likelier a sight itself is before entry, whether or not it was seen then."""
    ratio: Array = values(NUMPY, z, curve_table([warning.ratio]))
    return ratio if warning.found else np.maximum(ratio, 1.0)


def _kinds(told: Sequence[Sighting]) -> Iterator[Sighting]:
    """Newest warning of each kind: those of one origin, or of one window and ratio, are one."""
    seen: set[object] = set()
    for warning in sorted(told, key=lambda w: (w.date, w.id), reverse=True):
        ratio = (warning.ratio.q05, warning.ratio.q50, warning.ratio.q95)
        marks = {warning.origin, (warning.found, warning.window_months, ratio)}
        if not marks & seen:
            yield warning
        seen |= marks
