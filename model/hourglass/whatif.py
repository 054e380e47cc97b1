"""Sliders for a page: what it needs to show P under suppositions without the program.

A slider means what `scenario --set` means: held from the month after as-of through that of the
last horizon. At its neutral position it supposes nothing, and the page shows the forecast itself.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from hourglass import calendar, incidence, likelihood, rollout, thinning
from hourglass.grounds import Grounds
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.rollout import Rollout
from hourglass.scenario import GATE
from hourglass.summary import Forecast
from hourglass.wording import HIGHEST

KEPT = (0, incidence.FUTURES // 2)
"""Futures that are kept of each draw: one and its mirror image."""
SUREST = 0.99
STEPS = 2**15 - 1
"""Steps to either side of 0 in which states are rounded."""


@dataclass(frozen=True, slots=True)
class Slider:
    """A driver or a gate that a reader may put elsewhere.

    Attributes
    ----------
    name
        As `scenario --set` takes it.
    place
        Among the drivers, or among the gates.
    now
        Where it stands on average at as-of.
    anchors
        Levels and what they are like in words; none of a gate.
    """

    name: str
    title: str
    gate: bool
    place: int
    low: float
    high: float
    step: float
    now: float
    anchors: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """All that the section of a page needs.

    Attributes
    ----------
    command
        The command that answers the same, but for its settings.
    example
        A setting to show where the page cannot run.
    span
        Days between which suppositions hold: the first and the last month, each by its first day.
    data
        What `whatif.js` reads, as JSON can hold it.
    """

    sliders: tuple[Slider, ...]
    command: str
    example: str
    span: tuple[date, date]
    data: Mapping[str, Any]


def gather(found: Forecast | Grounds) -> WhatIf | None:
    """Sliders of a forecast; None where it is withheld, or nothing can be supposed."""
    if isinstance(found, Forecast) or not reaches(found):
        return None
    draws = kept(found)
    sliders = (*_drivers(found), *_gates(found))
    span = (_first_day(found.month + 1), _first_day(calendar.month_of(_last(found))))
    asks = command(found)
    data = {
        "command": asks,
        "as_of": found.as_of.isoformat(),
        "span": [day.isoformat() for day in span],
        "sliders": [{name: getattr(s, name) for name in Slider.__slots__} for s in sliders],
        "outcomes": [{"name": name, "title": title} for name, title in _titles(found)],
        "horizons": [
            {"months": h.months, "date": h.date.isoformat(), "slice": _slice(found, draws, h.date),
             "chances": list(h.outcomes.values())}
            for h in found.forecast.horizons
        ],
        "curve": _curve(found, draws),
        "model": packed(draws),
    }  # fmt: skip
    return WhatIf(sliders, asks, setting(found), span, data)


def reaches(found: Grounds) -> bool:
    """Whether the forecast reaches past the month of as-of, before which nothing can be supposed."""
    return calendar.month_of(_last(found)) > found.month


def setting(found: Grounds) -> str:
    """An example of what `scenario --set` takes: the first driver halfway to its highest."""
    return f"{next(iter(found.case.question.drivers))}={HIGHEST / 2:+g}"


def _last(found: Grounds) -> date:
    return max(day for _, day in found.asked)


def kept(found: Grounds) -> Rollout:
    """The draws and futures that a page carries."""
    return thinning.thin(rollout.roll(found, KEPT))


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def command(found: Grounds) -> str:
    """Command that supposes nothing yet, of the same question, day, horizons and seed."""
    header, run = found.case.question.header, found.forecast.run
    parts = ["hourglass scenario", header.id, f"--as-of {found.as_of}"]
    months = [months for months, _ in found.asked]
    if not all(float(m).is_integer() for m in months):
        parts.append(f"--for {calendar.month_of(_last(found)) - found.month}m")
    elif months != list(header.horizons):
        parts.append("--horizons " + ",".join(f"{m:g}" for m in months))
    return " ".join([*parts, f"--seed {run.seed}"] if run.seed != 1 else parts)


def _drivers(found: Grounds) -> Sequence[Slider]:
    sliders = []
    for place, (name, asked) in enumerate(found.case.question.drivers.items()):
        mean = found.forecast.drivers[name].mean or 0.0
        now = round(min(max(mean, -HIGHEST), HIGHEST), 1)
        anchors = tuple(sorted((float(step), words) for step, words in asked.anchors.items()))
        sliders.append(Slider(name, asked.title, False, place, -HIGHEST, HIGHEST, 0.1, now, anchors))
    return sliders


def _gates(found: Grounds) -> Sequence[Slider]:
    p, present, sliders = found.present.parameters, found.present, []
    x = [level + walk for level, walk in zip(p.level, present.walk, strict=True)]
    logits = likelihood.gate_logits(NUMPY, p, found.layout, x, present.stance)
    for place, (gate, logit) in enumerate(zip(found.case.question.gates, logits, strict=True)):
        mean = float(np.average(1 / (1 + np.exp(-logit[:, 0])), weights=found.weight))
        now = round(min(max(mean, 1 - SUREST), SUREST), 2)
        name = f"{GATE}{gate.id}"
        sliders.append(Slider(name, gate.title, True, place, round(1 - SUREST, 2), SUREST, 0.01, now, ()))
    return sliders


def _titles(found: Grounds) -> Sequence[tuple[str, str]]:
    rivals = [(rival.id, rival.title) for rival in found.case.question.rivals]
    return [("entry", "Entry first"), *rivals, ("none", "None of these")]


def _slice(found: Grounds, draws: Rollout, day: date) -> int:
    """Place of the slice that a horizon ends."""
    ends = draws.structure.until + incidence.dawn_of(found.case)
    return int(np.argmin(np.abs(ends - calendar.dusk(day))))


def _curve(found: Grounds, draws: Rollout) -> Mapping[str, Any]:
    """Chances of all draws by the end of each slice, and how long after as-of that is."""
    last, evidence = _last(found), found.case.evidence(found.as_of)
    cuts = {day for _, day in found.asked}
    cuts |= {w.window_end for w in incidence.open_warnings(evidence, found.as_of)}
    months = range(found.month + 1, calendar.month_of(last) + 1)
    cuts |= {date.fromordinal(_first_day(month).toordinal() - 1) for month in months}
    days = sorted(day for day in cuts if found.as_of < day <= last)
    told = found.outcomes(days)
    means = np.einsum("d,dhc->hc", weight := told.weight * found.weight, told.cells) / weight.sum()
    if len(means) != draws.structure.by:
        raise ValueError(f"{len(means)} days of the curve but {draws.structure.by} slices")
    return {"months": (draws.structure.until - draws.structure.since[0])[: len(days)].tolist(),
            "days": [day.isoformat() for day in days], "chances": np.round(means, 9).tolist()}  # fmt: skip


def packed(told: Rollout) -> Mapping[str, Any]:
    """Draws as JSON can hold them: numbers of single precision, states in 32,767 steps to each side."""
    parts = told.structure
    wide = np.abs(told.state).max(axis=(1, 2, 3)) / STEPS
    steps = np.rint(told.state / np.where(wide > 0, wide, 1.0)[:, None, None, None])
    numbers = ("weight", "scale", "tau", "nu", "before", "outside", "logit", "gate_effect", "rate",
               "rival_effect", "memory", "ratio")  # fmt: skip
    return {
        "gate_effects": parts.gate_effects,
        "rival_effects": parts.rival_effects,
        "disposition_of": parts.disposition_of,
        "moved": parts.moved,
        "steady": parts.steady,
        "exposure": parts.exposure.tolist(),
        "month": parts.month.tolist(),
        "since": parts.since.tolist(),
        "until": parts.until.tolist(),
        "held": parts.held,
        "by": parts.by,
        "draws": told.state.shape[2],
        "futures": told.state.shape[3],
        "numbers": {name: _base64(getattr(told, name), "<f4") for name in numbers},
        "state": _base64(steps, "<i2"),
        "step": wide.tolist(),
    }


def _base64(numbers: Array, kind: str) -> str:
    return b64encode(np.ascontiguousarray(numbers, dtype=kind).tobytes()).decode()
