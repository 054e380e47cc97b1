"""What to watch for: each thing that could be seen next, and what it would do to P.

Seen or not, a thing speaks of P through the draws of the model that hold it likelier. How much
it says is the gain in log score that an analyst who looks can expect: the mutual information
of seeing it and of entry.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import rel_entr

from hourglass import grounds, phrases, prospects, soundings, summary
from hourglass.case import Case
from hourglass.forecaster import Talk
from hourglass.grounds import Grounds
from hourglass.panel import Array
from hourglass.prospects import Prospect
from hourglass.summary import Forecast
from hourglass.verdict import Verdict

THRESHOLDS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5)
"""Round chances that an analyst asks whether anything could pass."""
LEAST_CHANCE = 0.01
"""Chance below which a thing is too rare to plan for."""
LEAST_DRAWS = 100
"""Equal draws that must hold a thing for what follows from it to be told."""
SHOWN = 5
"""Lines that the short form of a list shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that could be seen next.

    Attributes
    ----------
    kind, what
        `reading`, `event`, `warning` or `series`, and what it is in words.
    chance
        Chance of seeing it, given that such an item comes at all.
    if_seen, if_not
        Chance of entry once it is seen, and once something else of its kind is.
    gain
        Expected gain in log score of knowing whether it is seen, nats.
    draws
        Equal draws that `if_seen` rests on.
    """

    kind: str
    what: str
    chance: float
    if_seen: float
    if_not: float
    gain: float
    draws: float

    @property
    def told(self) -> bool:
        """Whether enough draws hold it to say what would follow."""
        return self.draws >= LEAST_DRAWS

    @property
    def reaches(self) -> Iterator[tuple[float, str]]:
        """Chances of entry that it leads to often enough to plan for, and in which way."""
        if self.chance >= LEAST_CHANCE and self.told:
            yield self.if_seen, f"with “{self.what}”"
        if 1 - self.chance >= LEAST_CHANCE:
            yield self.if_not, f"without “{self.what}”"


@dataclass(frozen=True, slots=True, repr=False)
class Watchlist:
    """Things that could be seen within a month or two, the most telling first.

    Attributes
    ----------
    months, horizon
        Span and last day of the chance of entry that all lines speak of.
    chance
        The forecast's chance. The lines start from one where every draw takes a step of its own
        into the next month, which equals it to within Monte Carlo error. None where the forecast
        is withheld, and then there are no lines.
    verdict
        Checks of the forecast.
    """

    question: str
    as_of: date
    months: float
    horizon: date
    chance: float | None
    lines: tuple[Line, ...]
    verdict: Verdict

    @property
    def closing(self) -> str:
        """What no single observation of the list could do."""
        if self.chance is None:
            return "The forecast is withheld, and with it what could move it."
        reached = [
            (self.chance, "with nothing seen"),
            *(told for line in self.lines for told in line.reaches),
        ]
        least, most = min(reached), max(reached)
        span = (
            f"the highest it leads to is {phrases.percent(most[0])}, {most[1]}; "
            f"the lowest {phrases.percent(least[0])}, {least[1]}."
        )
        above = next((t for t in THRESHOLDS if t > most[0]), None)
        if above is None:
            return f"From P of {phrases.percent(self.chance)}, {span}"
        likely = f"Nothing on this list with a chance of at least {100 * LEAST_CHANCE:g} %"
        return f"{likely} takes P past {100 * above:g} %: {span}"

    def __repr__(self) -> str:
        now = "withheld" if self.chance is None else f"P {self.chance:.1%} in {self.months:g} months"
        head = f"<Watchlist {self.question} as of {self.as_of}: {now}"
        rows = [
            f"  {line.what}: chance {line.chance:.0%}, P {line.if_seen:.1%} if seen, {line.if_not:.1%} if not"
            for line in self.lines[:SHOWN]
        ]
        return "\n".join([head, *rows, f"  {self.closing}>"])


def ask(
    case: Case,
    as_of: date,
    horizon: tuple[float, date],
    seed: int,
    runs: Path,
    machine_code: Path,
    talk: Talk,
) -> Watchlist:
    """List of what could be seen next, from the stored forecast or from one made now.

    Parameters
    ----------
    horizon
        Months and last day of the chance of entry that is meant.
    runs, machine_code
        Folders of stored runs and of compiled models.
    """
    found = grounds.find(case, as_of, [horizon], seed, runs, machine_code, talk)
    if isinstance(found, Forecast):
        return Watchlist(case.question.header.id, as_of, *horizon, None, (), found.verdict)
    talk("looking at what could be seen")
    return watch(found, *horizon)


def watch(found: Grounds, months: float, horizon: date) -> Watchlist:
    """List of what could be seen next, for the chance of entry by a last day.

    A thing seen weighs as if it were known now; that no entry came before it is not counted in.
    """
    ahead = prospects.look(found, horizon)
    told = [
        *prospects.readings(ahead), *prospects.events(ahead), *prospects.warnings(ahead),
        *soundings.prospects(ahead),
    ]  # fmt: skip
    lines = [line(each, ahead.entry, ahead.weight) for each in told]
    return Watchlist(
        question=found.case.question.header.id,
        as_of=found.as_of,
        months=months,
        horizon=horizon,
        chance=next(h.mean for h in found.forecast.horizons if h.date == horizon),
        lines=tuple(sorted(lines, key=lambda one: (-one.gain, one.what))),
        verdict=found.forecast.verdict,
    )


def line(told: Prospect, entry: Array, weight: Array) -> Line:
    """What seeing a thing would do, from each draw's chances of it and of entry (draw)."""
    seen, both, either = (
        float(np.average(part, weights=weight)) for part in (told.chance, told.with_entry, entry)
    )
    joint = np.array([[both, seen - both], [either - both, 1 - seen - either + both]])
    alone = np.outer([seen, 1 - seen], [either, 1 - either])
    held = weight * told.chance
    return Line(
        kind=told.kind,
        what=told.what,
        chance=seen,
        if_seen=_share(both, seen, either),
        if_not=_share(either - both, 1 - seen, either),
        gain=max(float(rel_entr(np.maximum(joint, 0.0), alone).sum()), 0.0),
        draws=float(held.sum() ** 2 / (held**2).sum()) if held.any() else 0.0,
    )


def _share(part: float, whole: float, otherwise: float) -> float:
    """Part of a whole; what holds in general where there is none of it."""
    return part / whole if whole > 0 else otherwise


def as_json(told: Watchlist) -> dict[str, Any]:
    """The list as the JSON object that `watch --json` prints; gains in nats."""
    return {
        "schema": summary.SCHEMA,
        "question": told.question,
        "as_of": told.as_of.isoformat(),
        "horizon": {"months": told.months, "date": told.horizon.isoformat(), "mean": told.chance},
        "lines": [asdict(one) for one in told.lines],
        "closing": told.closing,
        "verdict": summary.verdict_as_json(told.verdict),
    }
