"""What can happen by when: cumulative incidence of entry and its rivals, draw by draw.

All causes compete. For each draw of the parameters and each future of the drivers the chance
that a cause strikes in a slice of time is ``S (1 - exp(-L)) L_k / L`` with ``L`` the hazards
of all causes over the slice and ``S`` the chance that none has struck before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np

from hourglass import calendar, likelihood, parameters, supposition
from hourglass.assembly import overlap, places, rival_spells
from hourglass.belief import curve_table, values
from hourglass.calendar import Slices
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.ledger import Ledger, Sighting
from hourglass.likelihood import NUMPY
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout, Parameters
from hourglass.supposition import NOTHING, Given

FUTURES = 64
"""Futures of the drivers that each draw's chances average over: 32 and their mirror images."""
FUTURE_SEED = 64


@dataclass(frozen=True, slots=True)
class Present:
    """Draws of everything that the future depends on, at the end of as-of.

    Attributes
    ----------
    parameters
        Parameters by group (draw, ...).
    multiplier
        The state's own class multiplier (draw, 1).
    rate
        Monthly hazard of each spell of the rivals' tables (draw, spell).
    risk_so_far
        `R` at as-of (draw, 1).
    walk, stance
        Each driver's distance from its level and each disposition in the month of as-of,
        one (draw, 1) each.
    """

    parameters: Parameters
    multiplier: Array
    rate: Array
    risk_so_far: Array
    walk: list[Array]
    stance: list[Array]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Chances of each outcome by each horizon, draw by draw.

    Attributes
    ----------
    causes
        Names of the outcomes: entry, each rival, none.
    cells
        (draw, horizon, cause); they sum to 1 over causes.
    weight
        What the open warnings make of each draw, 1 where there are none; (draw).
    """

    causes: tuple[str, ...]
    cells: Array
    weight: Array


def outcomes(
    case: Case,
    layout: Layout,
    present: Present,
    as_of: date,
    horizons: Sequence[date],
    seed: int,
    *,
    warned: bool = True,
    given: Given = NOTHING,
) -> Outcomes:
    """Outcomes by the end of each of `horizons`, given what is known at the end of `as_of`.

    Parameters
    ----------
    horizons
        Days after `as_of`, in order.
    seed
        For the ratios of warnings, which are drawn from their quantiles.
    warned
        Whether open warnings weigh.
    given
        What is known or supposed of the months to come.
    """
    warnings = open_warnings(case.evidence(as_of), as_of) if warned else ()
    ends = [*horizons, *(w.window_end for w in warnings)]
    slices = calendar.future_slices(case.question.header.starts, as_of, ends)
    struck = strikes(case, layout, present, as_of, slices, given)
    ratio = sighting_ratios(warnings, slices, dawn_of(case), len(struck), seed)
    weighed = struck.copy()
    weighed[:, :, 0] *= ratio
    weight = 1 + (weighed[:, :, 0] - struck[:, :, 0]).sum(axis=1)
    by = (
        np.cumsum(weighed, axis=1)[:, [last_slice(slices, case, day) for day in horizons]]
        / weight[:, None, None]
    )
    cells = np.concatenate([by, 1 - by.sum(axis=2, keepdims=True)], axis=2)
    return Outcomes(("entry", *layout.rivals, "none"), cells, weight)


def dawn_of(case: Case) -> float:
    """Position of the day on which the choice arose."""
    return calendar.dawn(case.question.header.starts)


def last_slice(slices: Slices, case: Case, day: date) -> int:
    """Place of the slice that ends with a day at which time is cut."""
    return int(np.argmin(np.abs(slices.until + dawn_of(case) - calendar.dusk(day))))


def strikes(
    case: Case, layout: Layout, present: Present, as_of: date, slices: Slices, given: Given = NOTHING
) -> Array:
    """Chance that each cause strikes first in each slice, the mean over futures.

    Returns
    -------
    (draw, slice, cause), entry first.
    """
    p, spells, rivals = present.parameters, rival_spells(case), len(layout.rivals)
    exposure = overlap(slices, spells)
    spent, steady = (
        likelihood.spent_hazards(NUMPY, present.rate, exposure, places(spells, rivals, moved=moved))
        for moved in (True, False)
    )
    alive, before = np.ones((len(present.multiplier), FUTURES)), present.risk_so_far
    found = np.empty((len(alive), len(slices.month), 1 + rivals))
    for i, (x, u) in enumerate(futures(present, slices.month, calendar.month_of(as_of), given)):
        passing = given.passing.get(int(slices.month[i]), {})
        risk = supposition.relative_risk(p, layout, x, u, passing)
        stretch = likelihood.stretches(NUMPY, p, present.multiplier, risk, slices.since[i], slices.until[i])
        moved, still = ([part[..., i : i + 1] for part in kind] for kind in (spent, steady))
        hazards = [
            likelihood.entry_hazard(NUMPY, p, before, stretch, slices.until[i] - slices.since[i]),
            *likelihood.rival_hazards(NUMPY, p, layout, moved, still, x),
        ]
        total = sum(hazards)
        share = alive * -np.expm1(-total) / total
        found[:, i] = np.stack([(share * hazard).mean(axis=1) for hazard in hazards], axis=1)
        alive, before = alive * np.exp(-total), before + stretch
    return found


State = list[Array]


def futures(
    present: Present, months: Array, now: int, given: Given = NOTHING
) -> Iterator[tuple[State, State]]:
    """Drivers and dispositions in each slice, one (draw, future) each.

    Every draw has futures of its own, so that their chance errors average out over draws and
    show in the Monte Carlo error. With each month after that of as-of, `now`, the walks step; the
    rest of that month has one future, where the draw stands (draw, 1). A walk whose state is
    given stands there, in every future, and steps on from there.
    """
    p, drivers = present.parameters, len(present.walk)
    half_lives = [*p.half_life, *p.disposition_half_life]
    spreads = [*(np.sqrt(1 - share) for share in p.lasting_share), *p.disposition_sd]
    at = [place / spread for place, spread in zip([*present.walk, *present.stance], spreads, strict=True)]
    steps = np.random.default_rng(FUTURE_SEED)
    _place(at, given, now, p.level, spreads)
    for month in months:
        while now < month:
            now += 1
            shock = steps.standard_normal((len(at), len(present.multiplier), FUTURES // 2))
            at = [_step(z, half_life, e) for z, half_life, e in zip(at, half_lives, shock, strict=True)]
            _place(at, given, now, p.level, spreads)
        state = [spread * z for spread, z in zip(spreads, at, strict=True)]
        yield [level + x for level, x in zip(p.level, state[:drivers], strict=True)], state[drivers:]


def _place(at: State, given: Given, month: int, levels: Sequence[Array], spreads: Sequence[Array]) -> None:
    """Put the walks of which a state is given where they then stand."""
    for k, state in given.states.get(month, {}).items():
        at[k] = (state - (levels[k] if k < len(levels) else 0.0)) / spreads[k]


def _step(z: Array, half_life: Array, shock: Array) -> Array:
    """A walk of variance 1 one month on, along each shock and its mirror image."""
    memory = np.exp2(-1 / half_life)
    stepped: Array = memory * z + np.sqrt(1 - memory**2) * np.concatenate([shock, -shock], axis=-1)
    return stepped


def open_warnings(evidence: Ledger, as_of: date) -> tuple[Sighting, ...]:
    """Warnings that weigh and whose window reaches past `as_of`."""
    return tuple(warning for warning in evidence.of(Sighting) if warning.weighs(as_of))


def sighting_ratios(
    warnings: Sequence[Sighting], slices: Slices, dawn: float, draws: int, seed: int
) -> Array:
    """How much likelier entry in each slice is made by the open warnings; (draw, slice).

    Warnings of one origin share one error, so that their ratios enter as a geometric mean;
    those of different origins multiply.
    """
    log_ratio = np.zeros((draws, len(slices.month)))
    for origin in dict.fromkeys(w.origin for w in warnings):
        told = [w for w in warnings if w.origin == origin]
        z = np.random.default_rng([seed, crc32(origin.encode())]).standard_normal((draws, 1))
        covers = np.array(
            [slices.until + dawn <= calendar.dusk(w.window_end) + 1e-9 for w in told], dtype=float
        )
        each = np.stack([np.log(ratio_of(w, z)) * cover for w, cover in zip(told, covers, strict=True)])
        log_ratio += each.sum(axis=0) / np.maximum(covers.sum(axis=0), 1)
    return np.exp(log_ratio)


def ratio_of(warning: Sighting, z: Array) -> Array:
    """Likelihood ratio of a warning for entry in its window, at standard normals `z`.

    Looked for in vain: `(1 - delta) / (1 - delta / rho)`, with `delta` the chance that it
    would have been seen were entry coming.
    """
    ratio: Array = values(NUMPY, z, curve_table([warning.ratio]))
    if warning.detection is None:
        return ratio
    # A sight that was looked for never speaks against entry: its ratio is at least 1.
    return (1 - warning.detection) / (1 - warning.detection / np.maximum(ratio, 1.0))


def present(draws: Draws, layout: Layout, panel: Panel, now: int) -> Present:
    """Where every draw of a fit stands at as-of.

    Parameters
    ----------
    now
        Row of the month of as-of in the panel.
    """
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    x, u = draws.states()
    multiplier = np.exp(flat["log_multiplier"][:, -1:])
    risk = likelihood.relative_risk(NUMPY, p, layout, x, u)
    stretch = likelihood.stretches(NUMPY, p, multiplier, risk, panel.since, panel.until)
    return Present(
        parameters=p,
        multiplier=multiplier,
        rate=flat["rival_rate"],
        risk_so_far=stretch.sum(axis=1, keepdims=True),
        walk=[path[:, now : now + 1] - level for path, level in zip(x, p.level, strict=True)],
        stance=[path[:, now : now + 1] for path in u],
    )


def outside_view(
    case: Case, layout: Layout, panel: Panel, draws: Draws, as_of: date, horizons: Sequence[date]
) -> Array:
    """Chance of entry by each horizon for a state of which only its class and its quiet are known.

    `1 - S(T + h) / S(T)` with the state's own multiplier, through the same rivals at their
    tables' rates.

    Returns
    -------
    (draw, horizon)
    """
    flat = draws.stacked()
    p = parameters.unpack(NUMPY, flat["theta"], layout)
    own = np.exp(flat["log_multiplier"][:, -1:])
    slices = calendar.future_slices(case.question.header.starts, as_of, horizons)
    times = np.append(slices.since, slices.until[-1])
    entry = -np.diff(likelihood.class_log_survival(NUMPY, p, layout, panel.class_points, own, times), axis=1)
    total = entry + flat["rival_rate"] @ overlap(slices, rival_spells(case))
    alive = np.exp(-(np.cumsum(total, axis=1) - total))
    struck: Array = np.cumsum(alive * -np.expm1(-total) * entry / total, axis=1)
    return struck[:, [last_slice(slices, case, day) for day in horizons]]
