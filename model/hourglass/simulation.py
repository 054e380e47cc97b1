"""Worlds drawn from the model: parameters, paths of the drivers, evidence, what happens first.

Nothing here calls the likelihood or the graph: paths step month by month, evidence comes from
NumPy's distributions, causes strike in continuous time. So it can prove either of them wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.special import gammaln

from hourglass import belief
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout
from hourglass.question import LETTERS, NUMBERS

Rng = np.random.Generator
Told = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Truth:
    """One world: every parameter and where the state stood in each month.

    Attributes
    ----------
    theta
        Parameters on their natural scales, in the order of the layout.
    log_multiplier, rate
        Of each class, the state's own last; monthly hazard of each spell of the rivals' tables.
    x, u
        Drivers (month, driver) and dispositions (month, disposition).
    """

    theta: Array
    log_multiplier: Array
    rate: Array
    x: Array
    u: Array


def prior(layout: Layout, panel: Panel, rng: Rng) -> Truth:
    """World in which every elicited number is drawn from its quantiles."""
    module = SimpleNamespace(exp=np.exp, expm1=np.expm1)
    theta = belief.values(module, rng.standard_normal(len(layout.names)), layout.curves)
    spread, classes = named(layout, theta)["reference.spread"], int(panel.knot_class.max()) + 1
    multiplier = spread * rng.standard_normal(classes)
    rate = rng.gamma(panel.spell_shape, 1 / panel.spell_rate)
    return from_class_posterior(layout, panel, rng, theta=theta, log_multiplier=multiplier, rate=rate)


def from_class_posterior(
    layout: Layout, panel: Panel, rng: Rng, *, theta: Array, log_multiplier: Array, rate: Array
) -> Truth:
    """World of given parameters, such as a draw that has seen the life tables, on fresh paths."""
    x, u = paths(layout, theta, len(panel.since), rng)
    return Truth(theta, log_multiplier, rate, x, u)


def named(layout: Layout, theta: Array) -> Told:
    """Parameters by their dotted paths in the question folder."""
    return dict(zip(layout.names, theta.tolist(), strict=True))


def paths(layout: Layout, theta: Array, months: int, rng: Rng) -> tuple[Array, Array]:
    """Drivers (month, driver) and dispositions (month, disposition) over some months.

    A driver is its level and what the lasting share leaves to a walk; a disposition is all walk.
    """
    told = named(layout, theta)
    x, u = np.empty((months, len(layout.drivers))), np.empty((months, len(layout.dispositions)))
    for k, name in enumerate(layout.drivers):
        sd = np.sqrt(1 - told[f"drivers.{name}.lasting_share"])
        x[:, k] = told[f"drivers.{name}.level"] + sd * walk(told[f"drivers.{name}.half_life"], months, rng)
    for k, gate in enumerate(layout.dispositions):
        sd, half_life = (told[f"gates.{gate}.disposition.{part}"] for part in ("sd", "half_life"))
        u[:, k] = sd * walk(half_life, months, rng)
    return x, u


def walk(half_life: float, months: int, rng: Rng) -> Array:
    """Stationary Ornstein-Uhlenbeck walk of variance 1, month by month."""
    keep = 0.5 ** (1 / half_life)
    z = rng.standard_normal(months)
    for t in range(1, months):
        z[t] = keep * z[t - 1] + np.sqrt(1 - keep**2) * z[t]
    return z


def observe(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> Panel:
    """Panel of the same design whose evidence comes from the world of `truth`.

    What was read, counted and reported is drawn anew; all else stays, the life tables too.
    """
    drawn: dict[str, Any] = {}
    for draw in (_readings, _episodes, _polls, _counts, _levels):
        drawn |= draw(truth, layout, panel, rng)
    return replace(panel, **drawn)


def _readings(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> dict[str, Array]:
    """Draw each reading from where the driver stood, its origin's error and its grade's noise."""
    told = named(layout, truth.theta)
    slant = told["grades.origin"] * rng.standard_normal(len(panel.block_zero))
    level = np.empty_like(panel.reading_level)
    for i, block in enumerate(panel.reading_block):
        driver, month = divmod(int(panel.reading_state[i]), len(truth.x))
        level[i] = truth.x[month, driver] + slant[block] + rng.normal(0, grade_noise(told, panel, i))
    return {"reading_level": level}


def grade_noise(told: Told, panel: Panel, reading: int) -> float:
    """Noise that the grade of a reading stands for, a standard deviation in driver units."""
    letters = LETTERS[: panel.reading_letter[reading] + 1]
    noise = sum(told[f"grades.letters.{letter}.noise"] for letter in letters)
    return noise * told.get(f"grades.numbers.{NUMBERS[panel.reading_number[reading]]}.multiplier", 1.0)


def _episodes(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> dict[str, Array]:
    """Draw how each episode ended and whether the reports stand as they were or to the contrary.

    Reports of likelihoods `w` come with chance `w / (max + min)` over the open endings; the
    contrary has the rest of the chance of each ending.
    """
    told = named(layout, truth.theta)
    weight = np.zeros_like(panel.episode_weight)
    for i, month in enumerate(panel.episode_month):
        stated, may = panel.episode_weight[:, i], panel.episode_open[:, i] > 0
        chance = ending_chances(told, layout, truth.x[month], truth.u[month]) * may
        ending = rng.choice(len(stated), p=chance / chance.sum())
        report = stated / (stated[may].max() + stated[may].min())
        weight[:, i] = np.where(may, report if rng.random() < report[ending] else 1 - report, 0)
    return {"episode_weight": weight}


def passing(told: Told, layout: Layout, x: Array, u: Array) -> Array:
    """Chance that an occasion passes each gate, given drivers and dispositions; (..., gate)."""
    chances = []
    for gate in layout.gates:
        typical = told[f"gates.{gate}.intercept"]
        odds = np.full(x.shape[:-1], typical / (1 - typical))
        for k, driver in enumerate(layout.drivers):
            odds = odds * np.exp(told.get(f"gates.{gate}.effects.{driver}", 0.0) * x[..., k])
        if gate in layout.dispositions:
            odds = odds * np.exp(u[..., layout.dispositions.index(gate)])
        chances.append(odds / (1 + odds))
    return np.stack(chances, axis=-1)


def ending_chances(told: Told, layout: Layout, x: Array, u: Array) -> Array:
    """Chance that an occasion ends at each gate, having passed those before; (..., gate)."""
    through = passing(told, layout, x, u)
    chances = np.empty_like(through)
    for k in range(through.shape[-1]):
        chances[..., k] = through[..., :k].prod(axis=-1) * (1 - through[..., k])
    return chances


def _points(truth: Truth, layout: Layout, panel: Panel, kind: str) -> Iterator[tuple[float, ...]]:
    """Intercept and dispersion of each point's series, and the pull of its driver."""
    told = named(layout, truth.theta)
    series, state, weight, point = (
        getattr(panel, f"{kind}_{part}") for part in ("series", "state", "weight", "point")
    )
    for i, which in enumerate(series):
        part = f"series.{layout.series[which]}"
        stood = float((truth.x.T.ravel()[state] * weight)[point == i].sum())
        yield told[f"{part}.intercept"], told[f"{part}.dispersion"], told[f"{part}.loading"] * stood


def _polls(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> dict[str, Array]:
    """Draw of each poll wave the share of the public, then the answers."""
    yes, n = np.zeros_like(panel.poll_yes), panel.poll_answers
    for i, (typical, alike, pull) in enumerate(_points(truth, layout, panel, "poll")):
        odds, size = typical / (1 - typical) * np.exp(pull), 1 / alike - 1
        yes[i] = rng.binomial(int(n[i]), rng.beta(size * odds / (1 + odds), size / (1 + odds)))
    return {"poll_yes": yes, "poll_constant": gammaln(n + 1) - gammaln(yes + 1) - gammaln(n - yes + 1)}


def _counts(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> dict[str, Array]:
    """Draw of each count the rate that month, then the events."""
    value = np.zeros_like(panel.count_value)
    for i, (typical, over, pull) in enumerate(_points(truth, layout, panel, "count")):
        value[i] = rng.poisson(typical * np.exp(pull) * rng.gamma(1 / over, over))
    return {"count_value": value, "count_constant": -gammaln(value + 1)}


def _levels(truth: Truth, layout: Layout, panel: Panel, rng: Rng) -> dict[str, Array]:
    """Draw each level, or its logarithm, about where the driver pulls it."""
    value = np.zeros_like(panel.level_value)
    for i, (typical, scale, pull) in enumerate(_points(truth, layout, panel, "level")):
        center = np.log(typical) if panel.level_logged[i] else typical
        value[i] = center + pull + scale * rng.standard_t(panel.level_tail[i])
    return {"level_value": value}


@dataclass(frozen=True, slots=True)
class Course:
    """Slices of time and where the state stands in them, on one path or on many.

    `since` and `until` are months since the choice arose, `exposure` (spell, slice) the months
    in each spell of the rivals' tables; `x` and `u` (path, slice, driver or disposition).
    """

    since: Array
    until: Array
    exposure: Array
    x: Array
    u: Array


@dataclass(frozen=True, slots=True)
class Strikes:
    """What struck first in each world, and when, in months since the choice arose.

    Cause 0 is entry, then come the rivals; one more is none, and its time is infinite.
    """

    cause: Array
    time: Array


def outcome(truth: Truth, layout: Layout, panel: Panel, rng: Rng, replicates: int) -> Strikes:
    """First cause to strike by the panel's as-of in each of `replicates` worlds of one truth."""
    course = Course(panel.since, panel.until, panel.rival_exposure, truth.x[None], truth.u[None])
    return first_cause(truth, layout, panel, course, rng, replicates=replicates)


def first_cause(
    truth: Truth,
    layout: Layout,
    panel: Panel,
    course: Course,
    rng: Rng,
    *,
    replicates: int,
    risk: float = 0.0,
) -> Strikes:
    """First cause to strike in the slices of `course`, each world on a path taken at random.

    Every cause has its own waiting time, by inversion of its cumulative hazard. Of those who
    have survived a `risk` of `M sum r dH0` before, the frailty is Gamma(nu, nu + risk).
    """
    told = named(layout, truth.theta)
    nu, tau, days = told["reference.nu"], told["reference.tau"], (course.since, course.until)
    path, one = rng.integers(len(course.x), size=replicates), np.ones(replicates)
    frailty = rng.gamma(nu, 1 / (nu + risk), size=replicates)
    # The hazard through the gates is level on the clock log(tau + s), all others on the calendar.
    clock = np.log(tau + course.since), np.log(tau + course.until)
    gates = relative_risk(told, layout, course) * (clock[1] - clock[0]) * told["reference.A"]
    through = _first_passage((np.exp(truth.log_multiplier[-1]) * gates)[path], frailty, clock, rng)
    outside = np.tile(told["reference.outside"] * (course.until - course.since), (replicates, 1))
    waits = [np.minimum(np.exp(through) - tau, _first_passage(outside, one, days, rng))]
    for rival in range(len(layout.rivals)):
        added = rival_risk(truth, layout, panel, course, rival)
        waits.append(_first_passage(np.broadcast_to(added, gates.shape)[path], one, days, rng))
    first = np.min(waits, axis=0)
    return Strikes(np.where(np.isinf(first), len(waits), np.argmin(waits, axis=0)), first)


def relative_risk(told: Told, layout: Layout, course: Course) -> Array:
    """Chance to pass all gates relative to that of the typical state; (path, slice)."""
    nowhere = np.zeros(len(layout.drivers)), np.zeros(len(layout.dispositions))
    typical = passing(told, layout, *nowhere).prod(axis=-1)
    risk: Array = passing(told, layout, course.x, course.u).prod(axis=-1) / typical
    return risk


def rival_risk(truth: Truth, layout: Layout, panel: Panel, course: Course, rival: int) -> Array:
    """Hazard of one rival that each slice adds; (path, slice).

    Drivers multiply its moved part by a factor whose mean over the reference class is 1.
    """
    told, name = named(layout, truth.theta), layout.rivals[rival]
    effect = np.array([told.get(f"rivals.{name}.effects.{k}", 0.0) for k in layout.drivers])
    factor = np.exp(course.x @ effect) / np.exp(0.5 * (effect @ effect))
    spent = truth.rate[:, None] * course.exposure
    moved, steady = (spent[list(part[rival])].sum(axis=0) for part in (panel.moved, panel.steady))
    hazard: Array = factor * moved + steady
    return hazard


def _first_passage(added: Array, scale: Array, clock: tuple[Array, Array], rng: Rng) -> Array:
    """When a cumulative hazard passes a unit exponential, by the clock; infinite if it never does.

    The hazard that each slice adds (world, slice) is level between the clock's two readings at
    the slice's ends; `scale` (world) multiplies it.
    """
    need = rng.exponential(size=len(scale)) / scale
    total = np.cumsum(added, axis=1)
    at = (total < need[:, None]).sum(axis=1)
    reading = np.full(len(scale), np.inf)
    struck = np.flatnonzero(at < added.shape[1])
    at = at[struck]
    left = (total[struck, at] - need[struck]) / added[struck, at]
    reading[struck] = clock[1][at] - left * (clock[1] - clock[0])[at]
    return reading
