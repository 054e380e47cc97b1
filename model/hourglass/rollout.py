"""Draws and a few futures of each, laid out so that a page can follow them without a library.

The closed form is that of `incidence`, with every supposition held from the month after as-of
through that of the last horizon. A held driver stands; after its months it goes back toward its
own level along the steps that it would have taken anyway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from hourglass import calendar, incidence, likelihood
from hourglass.assembly import overlap, places, rival_spells
from hourglass.calendar import Slices
from hourglass.grounds import Grounds
from hourglass.likelihood import NUMPY
from hourglass.panel import Array
from hourglass.parameters import Effects

Places = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """What no draw changes.

    Attributes
    ----------
    gate_effects, rival_effects, disposition_of
        As those of the layout.
    moved, steady
        Spells of each rival that drivers move and those that they leave alone.
    exposure
        Months of each slice in each spell (spell, slice).
    month
        Months after that of as-of, of each slice.
    since, until
        Time since the choice arose at the start and the end of each slice, months.
    held
        Last month after that of as-of in which a supposition holds.
    by
        Places of the slices that end by the last horizon.
    """

    gate_effects: Effects
    rival_effects: Effects
    disposition_of: tuple[int | None, ...]
    moved: Places
    steady: Places
    exposure: Array
    month: Array
    since: Array
    until: Array
    held: int
    by: int


@dataclass(frozen=True, slots=True)
class Rollout:
    """Draws with their futures; the draw comes last but for the future.

    Attributes
    ----------
    weight
        Of each draw (draw).
    scale
        `M A` over the chance that the typical state passes every gate (draw).
    tau, nu, before, outside
        As in the closed form; `before` is `R` at as-of (draw).
    logit, gate_effect, rate, rival_effect, memory
        Log-odds of the typical state at each gate; the stated effects; monthly hazard of each
        spell; what is left of each driver's distance from its level after a month (place, draw).
    ratio
        What open warnings make of entry (slice, draw).
    state
        Drivers, then dispositions (walk, month, draw, future).
    """

    structure: Structure
    weight: Array
    scale: Array
    tau: Array
    nu: Array
    before: Array
    outside: Array
    logit: Array
    gate_effect: Array
    rate: Array
    rival_effect: Array
    memory: Array
    ratio: Array
    state: Array

    def take(self, draws: Array, weight: Array) -> "Rollout":
        """Some of the draws, with weights of their own."""
        parts = {
            name: getattr(self, name)[..., draws]
            for name in ("scale", "tau", "nu", "before", "outside", "logit", "gate_effect")
        }
        more = {name: getattr(self, name)[..., draws] for name in ("rate", "rival_effect", "memory", "ratio")}
        return replace(self, weight=weight, state=self.state[:, :, draws], **parts, **more)


def roll(found: Grounds, keep: Sequence[int]) -> Rollout:
    """All draws of a forecast, each with the futures `keep` of its own."""
    p, present = found.present.parameters, found.present
    warnings = incidence.open_warnings(found.case.evidence(found.as_of), found.as_of)
    days = [day for _, day in found.asked]
    ends = [*days, *(w.window_end for w in warnings)]
    slices = calendar.future_slices(found.case.question.header.starts, found.as_of, ends)
    structure, spells = _structure(found, slices, days)
    dawn, draws = incidence.dawn_of(found.case), len(present.multiplier)
    ratio = incidence.sighting_ratios(warnings, slices, dawn, draws, found.forecast.run.seed)
    typical = np.prod(p.gate_chance, axis=0)
    return Rollout(
        structure=structure,
        weight=found.weight / found.weight.sum(),
        scale=(present.multiplier * p.A / typical)[:, 0],
        tau=p.tau[:, 0],
        nu=p.nu[:, 0],
        before=present.risk_so_far[:, 0],
        outside=p.outside[:, 0],
        logit=_columns([likelihood.logit(NUMPY, chance) for chance in p.gate_chance], draws),
        gate_effect=_columns(p.gate_effect, draws),
        rate=present.rate[:, spells].T,
        rival_effect=_columns(p.rival_effect, draws),
        memory=_columns([np.exp2(-1 / half) for half in p.half_life], draws),
        ratio=ratio.T,
        state=_states(found, structure, keep),
    )


def _columns(parts: Sequence[Array], draws: int) -> Array:
    """Numbers of the draws, one row each; none at all where there are none."""
    return np.stack([part[:, 0] for part in parts]) if parts else np.empty((0, draws))


def _structure(found: Grounds, slices: Slices, days: Sequence[date]) -> tuple[Structure, Array]:
    """Structure, and which of the rivals' spells the time to come touches."""
    layout, spells = found.layout, rival_spells(found.case)
    exposure = overlap(slices, spells)
    open_ones = np.flatnonzero(exposure.sum(axis=1) > 0)
    order = {int(spell): i for i, spell in enumerate(open_ones)}
    moved, steady = (
        tuple(
            tuple(order[i] for i in rival if i in order)
            for rival in places(spells, len(layout.rivals), moved=m)
        )
        for m in (True, False)
    )
    last = max(days)
    structure = Structure(
        gate_effects=layout.gate_effects,
        rival_effects=layout.rival_effects,
        disposition_of=layout.disposition_of,
        moved=moved,
        steady=steady,
        exposure=exposure[open_ones],
        month=slices.month - found.month,
        since=slices.since,
        until=slices.until,
        held=calendar.month_of(last) - found.month,
        by=1 + incidence.last_slice(slices, found.case, last),
    )
    return structure, open_ones


def _states(found: Grounds, structure: Structure, keep: Sequence[int]) -> Array:
    """Where drivers and dispositions stand in each month to come (walk, month, draw, future)."""
    months = np.arange(found.month, found.month + int(structure.month[-1]) + 1)
    told = []
    for x, u in incidence.futures(found.present, months, found.month):
        wide = [np.broadcast_to(walk, (len(walk), incidence.FUTURES))[:, list(keep)] for walk in [*x, *u]]
        told.append(np.stack(wide))
    return np.stack(told, axis=1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where sliders stand: levels by the place of the driver, chances by that of the gate."""

    levels: Mapping[int, float]
    chances: Mapping[int, float]


NEUTRAL = Position({}, {})


def strikes(told: Rollout, position: Position = NEUTRAL) -> tuple[Array, Array]:
    """What open warnings make of the chance that each cause strikes in each slice, and of each draw.

    Returns
    -------
    (slice, cause, draw), entry first, the mean over futures, not yet divided by D; D (draw).
    """
    parts, one = told.structure, told.state.shape[2:]
    alive, before = np.ones(one), np.tile(told.before[:, None], (1, one[1]))
    struck = np.empty((len(parts.month), 1 + len(parts.moved), one[0]))
    for i, month in enumerate(parts.month):
        state = _supposed(told, position, int(month))
        stretch = _wide(_clock(told, i)) * _passing(told, position, int(month), state)
        months = parts.until[i] - parts.since[i]
        entry = _wide(told.nu) * np.log1p(stretch / (_wide(told.nu) + before)) + _wide(told.outside) * months
        hazards = np.stack([entry, *_rivals(told, i, state)])
        total = hazards.sum(axis=0)
        struck[i] = (hazards * (alive * -np.expm1(-total) / total)).mean(axis=-1)
        alive, before = alive * np.exp(-total), before + stretch
    weighed = struck.copy()
    weighed[:, 0] *= told.ratio
    return weighed, 1 + (weighed[:, 0] - struck[:, 0]).sum(axis=0)


def cumulative(told: Rollout, position: Position = NEUTRAL) -> Array:
    """Chance that each cause has struck by the end of each slice through the last horizon; (slice, cause)."""
    weighed, d = strikes(told, position)
    by: Array = np.cumsum(weighed[: told.structure.by] @ told.weight, axis=0) / (d @ told.weight)
    return by


def _wide(numbers: Array) -> Array:
    return numbers[:, None]


def _clock(told: Rollout, i: int) -> Array:
    """What a slice adds to `R` were every gate passed; (draw)."""
    since, until = told.structure.since[i], told.structure.until[i]
    found: Array = told.scale * (np.log1p(until / told.tau) - np.log1p(since / told.tau))
    return found


def _supposed(told: Rollout, position: Position, month: int) -> list[Array]:
    """Each walk in a month, one (draw, future)."""
    state, held = [told.state[k, month] for k in range(len(told.state))], told.structure.held
    for k, level in position.levels.items():
        if 1 <= month <= held:
            state[k] = np.full_like(state[k], level)
        elif month > held:
            state[k] = state[k] + _wide(told.memory[k] ** (month - held)) * (level - told.state[k, held])
    return state


def _passing(told: Rollout, position: Position, month: int, state: Sequence[Array]) -> Array:
    """Chance that an occasion passes every gate; (draw, future)."""
    parts, passing = told.structure, np.ones(told.state.shape[2:])
    for gate, (effects, which) in enumerate(zip(parts.gate_effects, parts.disposition_of, strict=True)):
        if gate in position.chances and 1 <= month <= parts.held:
            passing = passing * position.chances[gate]
            continue
        logit = _wide(told.logit[gate]) + likelihood.tilt(effects, _all(told.gate_effect), state)
        if which is not None:
            logit = logit + state[len(told.memory) + which]
        passing = passing / (1 + np.exp(-logit))
    return passing


def _all(rows: Array) -> list[Array]:
    return [_wide(row) for row in rows]


def _rivals(told: Rollout, i: int, state: Sequence[Array]) -> list[Array]:
    """Hazard of each rival over a slice; (draw, future)."""
    parts = told.structure
    spent = told.rate * parts.exposure[:, i : i + 1]
    moved, steady = (
        [_wide(spent[list(rival)].sum(axis=0)) for rival in kind] for kind in (parts.moved, parts.steady)
    )
    effects = _all(told.rival_effect)
    found = []
    for one, other, stated in zip(moved, steady, parts.rival_effects, strict=True):
        mean = sum(0.5 * effects[place] ** 2 for _, place in stated)
        factor = np.exp(likelihood.tilt(stated, effects, state) - mean) if stated else 1.0
        found.append(np.broadcast_to(one * factor + other, told.state.shape[2:]))
    return found
