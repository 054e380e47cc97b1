"""What moved the forecast between two runs, in log-odds: the later day, each change, the rest.

The draws of one fit walk the whole way. First the later day: the same evidence, months in which
nothing struck, warnings that lapse, a window that has moved on. Then the changes of evidence, by
exact Shapley values, so that no order is preferred. What is left of the move between the two
printed chances is the later run's own fit, smoothing of weights, Monte Carlo error. Weights on
the way are not smoothed: a smoothing of each subset by itself would be noise between them.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import log

import numpy as np

from hourglass import (
    changes,
    estimate,
    incidence,
    likelihood,
    parameters,
    prospect,
    reweighting,
    shapley,
    variant,
)
from hourglass.assembly import build, months_to
from hourglass.case import Case
from hourglass.changes import WARNINGS, Group, Piece
from hourglass.draws import Draws
from hourglass.estimate import Posterior
from hourglass.ledger import Sighting
from hourglass.panel import Array
from hourglass.parameters import Layout, Parameters
from hourglass.prospect import Prospect
from hourglass.record import Record
from hourglass.reweighting import Weights
from hourglass.summary import Horizon
from hourglass.verdict import Check

LATER, LATER_HOLDS = "the later day", "quiet until then, lapsed warnings, a later window"
REFIT = "refit and Monte Carlo"
OTHER = "beliefs or program changed"
EXACT = 1e-6
"""Log-odds within which a chance is the same as that printed."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing did to the log-odds of P.

    Attributes
    ----------
    detail
        More of it: what became of an item, how many stand in a group.
    holds
        Names of the items, episodes and points of series that it stands for.
    """

    name: str
    log_odds: float
    detail: str = ""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The way from one chance to another, as parts in log-odds that sum to the whole.

    Attributes
    ----------
    before, after
        Chances as printed.
    grouping
        What the changes of evidence are grouped by.
    checks
        Guard of the weights at the end of the way that is further from the fit.
    remark
        What a reader must know of the last part.
    """

    months: float
    before: float
    after: float
    grouping: str
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    remark: str

    @property
    def whole(self) -> float:
        """Change of the log-odds."""
        return log_odds(self.after) - log_odds(self.before)


def log_odds(chance: float) -> float:
    """Log-odds of a chance between 0 and 1."""
    return log(chance) - log(1 - chance)


@dataclass(frozen=True, slots=True)
class Told:
    """The two printed horizons between which P moved."""

    then: Horizon
    now: Horizon

    def move(self, grouping: str, parts: Sequence[Part], checks: Collection[Check], rest: Part) -> Move:
        """Close the sum with what the parts leave."""
        before, after = self.then.mean or 0.0, self.now.mean or 0.0
        left = log_odds(after) - log_odds(before) - sum(part.log_odds for part in parts)
        whole = (*parts, Part(rest.name, left))
        return Move(self.then.months, before, after, grouping, whole, tuple(checks), rest.detail)


def apart(told: Told, why: str) -> Move:
    """Move of which nothing can be told, and why."""
    return told.move("change", (), (), Part(OTHER, 0.0, why))


def between(one: Record, other: Record, told: Told) -> Move:
    """What moved P from a run to a later one."""
    base = _bridge(one, other)
    if isinstance(base, str):
        return apart(told, base)
    by, groups = changes.grouped(changes.between(one.case, one.as_of, other.case, other.as_of))
    way = _Way(one, other, base, told, groups)
    start, worth, ends = way.start(), way.worth(), way.ends()
    later = [Part(LATER, float(worth[0]) - start, LATER_HOLDS)] if one.as_of < other.as_of else []
    parts = later + [
        Part(group.name, float(share), _detail(group), tuple(c.name for c in group.changes))
        for group, share in zip(groups, shapley.shares(worth), strict=True)
    ]
    furthest = max(ends, key=lambda weights: (weights.k_hat, -weights.ess))
    return told.move(by, parts, furthest.checks("weights"), _rest(way))


def _bridge(one: Record, other: Record) -> Posterior | str:
    """Draws that can walk the whole way, else why there are none."""
    last = months_to(other.case.question, other.as_of)
    if _names(one.case) != _names(other.case):
        return "drivers, gates, events or series are not the same"
    if last <= one.base.inside.months:
        return one.base
    if _beliefs(one) == _beliefs(other):
        return other.base
    return "the beliefs are not the same, and the earlier draws do not reach the later day"


def _names(case: Case) -> tuple[Hashable, ...]:
    structure, asked = parameters.layout(case.question), case.question
    return (structure.names, tuple(asked.events), asked.header.history_from, asked.header.starts)


def _beliefs(run: Record) -> object:
    return run.inputs["priors"]


def _rest(way: "_Way") -> Part:
    """The last part: its name, and what it holds."""
    if _beliefs(way.one) != _beliefs(way.other):
        paths = ", ".join(variant.changed(way.one.case.question, way.other.case.question))
        fit = "" if way.other.forecast.run.method == "reweight" else " It holds the later run's own fit, too."
        return Part(
            OTHER,
            0.0,
            f"revised: {paths or 'tables or weights'}; the parts above hold the beliefs before.{fit}",
        )
    if not (way.one.by_this_program and way.other.by_this_program) and not way.echoes():
        return Part(OTHER, 0.0, "one of the runs was made by another version of the program.")
    return Part(REFIT, 0.0, "it holds the later run's own fit, smoothing of weights, and Monte Carlo error.")


def _detail(group: Group) -> str:
    if len(group.changes) == 1:
        only = group.changes[0]
        return f"{only.what}, {only.about}, {only.date}"
    return f"{len(group.changes)} changes"


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of one fit's draws from the evidence of a run to that of a later one."""

    one: Record
    other: Record
    base: Posterior
    told: Told
    groups: tuple[Group, ...]

    @property
    def layout(self) -> Layout:
        return parameters.layout(self.one.case.question)

    @property
    def held(self) -> tuple[Piece, ...]:
        return changes.pieces(self.one.case, self.one.as_of)

    def start(self) -> float:
        """Log-odds of P of the earlier run, in these draws."""
        return self._first(self._ratio(self.one.case, self.one.as_of))

    def echoes(self) -> bool:
        """Whether this program finds in the earlier run's own draws the chance that it printed."""
        if self.base is not self.one.base:
            return False
        found = self._first(np.log(self.one.found.weight))
        return abs(found - log_odds(self.told.then.mean or 0.0)) < EXACT

    def _first(self, log_weight: Array) -> float:
        warnings = _heard(self.held, self.one.as_of)
        chance, weight = self._ahead(self.one, self.told.then, warnings).heard(warnings)
        return _mean(log_weight, chance, weight)

    def worth(self) -> Array:
        """Log-odds of P at the later day after every subset of the changes; (2^group)."""
        day, tables = self.other.as_of, self._tables()
        every = {w.id: w for w in (*_heard(self.held, day), *_heard(self._come(), day))}
        ahead = self._ahead(self.other, self.told.now, list(every.values()))
        ratio = self._ratio(self.one.case, day)
        deaf = sum(1 << i for i, group in enumerate(self.groups) if not _warns(group))
        found = np.empty(1 << len(self.groups))
        for loud in _subsets(~deaf & len(found) - 1):
            after = changes.applied(self.held, _members(self.groups, loud))
            chance, weight = ahead.heard(_heard(after, day))
            for quiet in _subsets(deaf):
                subset = loud | quiet
                added = sum((table[subset & mask] for mask, table in tables.items()), np.zeros(1))
                found[subset] = _mean(ratio + added, chance, weight)
        return found

    def ends(self) -> Iterator[Weights]:
        """Weights of the draws at both ends of the way."""
        yield reweighting.smooth(self._ratio(self.one.case, self.one.as_of))
        yield reweighting.smooth(
            self._ratio(
                changes.case_of(self.one.case, changes.applied(self.held, self.groups)), self.other.as_of
            )
        )

    def _come(self) -> list[Piece]:
        return [piece for group in self.groups for change in group.changes for piece in change.come]

    def _ratio(self, case: Case, as_of: date) -> Array:
        panel, _ = build(case, as_of, self.base.inside.months)
        return estimate.log_ratio(case, self.base, panel)

    def _ahead(self, run: Record, horizon: Horizon, warnings: Sequence[Sighting]) -> Prospect:
        panel, _ = build(run.case, run.as_of, self.base.inside.months)
        now = months_to(run.case.question, run.as_of) - 1
        present = incidence.present(self.base.inside, self.layout, panel, now)
        also = [h.date for h in run.forecast.horizons] + [w.window_end for w in warnings]
        seed = run.forecast.run.seed
        return prospect.ahead(run.case, self.layout, present, run.as_of, horizon.date, also, seed)

    def _tables(self) -> Mapping[int, Mapping[int, Array]]:
        """What the changes add to the log likelihood.

        Evidence that the same groups touch stands together: by the mask of those groups, then
        by the subset of them; (draw).
        """
        question = self.one.case.question
        touched: dict[tuple[Hashable, ...], int] = defaultdict(int)
        for i, group in enumerate(self.groups):
            for change in group.changes:
                for piece in (*change.gone, *change.come):
                    touched[changes.key(piece, question)] |= 1 << i
        states = _states(self.layout, self.base.inside)
        found: dict[int, dict[int, Array]] = {}
        for mask in sorted(set(touched.values())):
            keys = {key for key, groups in touched.items() if groups == mask and key[0] != WARNINGS}
            if keys:
                each = {s: self._density(states, keys, s) for s in _subsets(mask)}
                found[mask] = {s: density - each[0] for s, density in each.items()}
        return found

    def _density(self, states: "_States", keys: Collection[Hashable], subset: int) -> Array:
        """Log likelihood of what bears these keys, after the changes of a subset; (draw)."""
        question = self.one.case.question
        after = changes.applied(self.held, _members(self.groups, subset))
        mine = [piece for piece in after if changes.key(piece, question) in keys]
        case = changes.case_of(self.one.case, mine)
        panel, _ = build(case, self.other.as_of, self.base.inside.months)
        parts = reweighting.densities(states.p, self.layout, panel, states.x, states.u)
        return sum((part.sum(axis=-1) for part in parts), np.zeros(len(states.x[0])))


@dataclass(frozen=True, slots=True)
class _States:
    """Parameters, drivers and dispositions of every draw."""

    p: Parameters
    x: list[Array]
    u: list[Array]


def _states(layout: Layout, draws: Draws) -> _States:
    return _States(parameters.unpack(likelihood.NUMPY, draws.stacked()["theta"], layout), *draws.states())


def _heard(held: Sequence[Piece], day: date) -> list[Sighting]:
    """Warnings among what is held whose windows reach past a day, in the order of a ledger."""
    heard = [piece for piece in held if isinstance(piece, Sighting) and piece.weighs(day)]
    return sorted(heard, key=lambda warning: (warning.date, warning.id))


def _warns(group: Group) -> bool:
    return any(
        isinstance(piece, Sighting) for change in group.changes for piece in (*change.gone, *change.come)
    )


def _members(groups: Sequence[Group], subset: int) -> list[Group]:
    return [group for i, group in enumerate(groups) if subset >> i & 1]


def _subsets(mask: int) -> list[int]:
    """Subsets of the bits of a mask, the empty one first."""
    bits = [1 << i for i in range(mask.bit_length()) if mask >> i & 1]
    return [sum(chosen) for size in range(len(bits) + 1) for chosen in combinations(bits, size)]


def _mean(log_weight: Array, chance: Array, weight: Array) -> float:
    """Log-odds of the mean chance of weighed draws."""
    told = np.exp(log_weight - log_weight.max())
    mean = float(told @ chance / (told @ weight))
    return log_odds(mean)
