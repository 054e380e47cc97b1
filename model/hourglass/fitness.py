"""Whether the model fits what was seen: each item without itself, and replicas of the whole record.

Nothing here gates a forecast. It says where model and evidence are at odds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from math import isnan
from typing import Any

import numpy as np

from hourglass import parameters, predictive, reweighting, simulation, uniformity
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.estimate import Posterior
from hourglass.panel import Array, Panel
from hourglass.predictive import Predictions
from hourglass.reweighting import MOST_K_HAT
from hourglass.simulation import Truth
from hourglass.uniformity import Uniformity

SCHEMA = 1
REPLICAS = 400
"""Records drawn from the posterior, against which the record is held."""
LEAST_STEPS = 3
"""Fewest points of a series whose changes are looked at."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item as the rest of the evidence would have predicted it.

    Attributes
    ----------
    place
        Share of what was to be expected that lies below it, in [0, 1], and a random part of what is
        exactly it; None for an episode.
    elpd
        Log of the density, or chance, that it was given.
    k_hat
        Shape of the tail of the weights that leave it out; above 0.7 they cannot be trusted.
    tail
        Chance of a value as far out or further, on its nearer side, 0 to 0.5; None for an episode.
    """

    name: str
    group: str
    place: float | None
    elpd: float
    k_hat: float
    tail: float | None

    @property
    def sound(self) -> bool:
        """Whether the weights that leave it out can be trusted."""
        return self.k_hat <= MOST_K_HAT


@dataclass(frozen=True, slots=True)
class Likeness:
    """One number of the record beside the same number of its replicas.

    Attributes
    ----------
    group, what
        Grade or series, and `mean`, `standard deviation` or `mean change from point to point`.
    tail
        Share of replicas beyond it on the nearer side, ties by half, 0 to 0.5.
    """

    group: str
    what: str
    observed: float
    q05: float
    q50: float
    q95: float
    tail: float

    @property
    def inside(self) -> bool:
        """Whether the observed number lies in the 90 % interval of its replicas."""
        return self.q05 <= self.observed <= self.q95


@dataclass(frozen=True, slots=True)
class Expected:
    """A point of a series beside the same point of its replicas, in the unit in which it enters."""

    series: str
    date: date
    observed: float
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


@dataclass(frozen=True, slots=True)
class Fitness:
    """How the model fits what was seen.

    Attributes
    ----------
    elpd, error
        Sum of the items' log densities, each without itself, and its standard error.
    points
        Of every series, series after series, by date.
    """

    items: tuple[Item, ...]
    elpd: float
    error: float
    uniformity: tuple[Uniformity, ...]
    likenesses: tuple[Likeness, ...]
    points: tuple[Expected, ...]

    def least_expected(self, k: int) -> tuple[Item, ...]:
        """The `k` items that lie furthest out, the furthest first."""
        placed = [(item.tail, item) for item in self.items if item.tail is not None]
        return tuple(item for _, item in sorted(placed, key=lambda pair: (pair[0], pair[1].name))[:k])


def assess(case: Case, found: Posterior, seed: int) -> Fitness:
    """Fitness of a posterior, weights included, to the evidence it was given.

    Parameters
    ----------
    seed
        For replicas, and for the even shares of discrete items.
    """
    told = predictive.predict(case, found.panel, found.labels, found.inside)
    items = left_out(told, found.log_ratio, seed)
    each = np.array([item.elpd for item in items])
    placed: dict[str, list[float]] = {}
    for item in items:
        if item.place is not None:
            placed.setdefault(item.group, []).append(item.place)
    records = _replicas(case, found, seed)
    return Fitness(
        items=items,
        elpd=float(each.sum()),
        error=float(np.sqrt(len(each) * each.var())) if len(each) else 0.0,
        uniformity=uniformity.judge(placed),
        likenesses=tuple(_likenesses(parameters.layout(case.question).series, found.panel, records)),
        points=tuple(_points(found, records)),
    )


def left_out(told: Predictions, log_ratio: Array, seed: int) -> tuple[Item, ...]:
    """Each item by draws weighed as if it had never been: by one over its density, Pareto-smoothed.

    Parameters
    ----------
    log_ratio
        Logarithms of the weights of the draws given all items, not smoothed; (draw).
    """
    kept = np.isfinite(log_ratio)  # a draw that an update has ruled out stays out
    each = [reweighting.smooth(log_ratio[kept] - density) for density in told.log_density[kept].T]
    weights = np.zeros_like(told.log_density)
    for i, one in enumerate(each):
        weights[kept, i] = one.weight
    places, scores = predictive.pit(told, weights, seed), predictive.log_score(told, weights)
    tails = predictive.tails(told, weights)
    found = zip(told.names, told.groups, places, scores, tails, each, strict=True)
    return tuple(
        Item(name, group, _number(place), float(score), one.k_hat, _number(tail))
        for name, group, place, score, tail, one in found
    )


def _number(told: float) -> float | None:
    return None if isnan(told) else float(told)


def _replicas(case: Case, found: Posterior, seed: int) -> list[Panel]:
    """Records that could as well have been seen, given all that was."""
    layout, rng = parameters.layout(case.question), np.random.default_rng(seed)
    truths = worlds(found.inside, found.weight, REPLICAS)
    return [simulation.observe(truth, layout, found.panel, rng) for truth in truths]


def _points(found: Posterior, records: list[Panel]) -> Iterator[Expected]:
    """Every point of every series, beside those of replicas."""
    labels, made = found.labels, np.stack([_published(record) for record in records])
    names = (*labels.poll, *labels.count, *labels.level)
    spreads = np.quantile(made, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0).T.tolist()
    for name, seen, spread in zip(names, _published(found.panel).tolist(), spreads, strict=True):
        series, _, day = name.rpartition(" ")
        yield Expected(series, date.fromisoformat(day), seen, *spread)


def _published(panel: Panel) -> Array:
    """Shares, counts and sizes of all points, none on a log scale."""
    sizes = np.where(panel.level_logged > 0, np.exp(panel.level_value), panel.level_value)
    return np.concatenate([panel.poll_yes / panel.poll_answers, panel.count_value, sizes])


def _likenesses(series: tuple[str, ...], panel: Panel, records: list[Panel]) -> Iterator[Likeness]:
    """Means, spreads and changes of every grade and series, beside those of replicas."""
    replicas = [_values(record, series) for record in records]
    for group, seen in _values(panel, series).items():
        made = np.stack([replica[group] for replica in replicas])
        yield _likeness(group, "mean", float(seen.mean()), made.mean(axis=1))
        if len(seen) > 1:
            yield _likeness(group, "standard deviation", float(seen.std()), made.std(axis=1))
        if len(seen) >= LEAST_STEPS and group in series:
            changes = [np.abs(np.diff(table)).mean(axis=-1) for table in (seen, made)]
            yield _likeness(group, "mean change from point to point", float(changes[0]), changes[1])


def worlds(draws: Draws, weight: Array, count: int) -> list[Truth]:
    """Draws as worlds, each in proportion to its weight."""
    flat = draws.stacked()
    return [
        Truth(flat["theta"][i], flat["log_multiplier"][i], flat["rival_rate"][i], flat["driver_path"][i],
              flat["disposition_path"][i])
        for i in reweighting.equal(weight, count)
    ]  # fmt: skip


def _values(panel: Panel, series: tuple[str, ...]) -> dict[str, Array]:
    """Levels of the readings of each grade, and points of each series in the order of their days."""
    graded = np.array(predictive.grades(panel))
    found = {grade: panel.reading_level[graded == grade] for grade in sorted(set(graded.tolist()))}
    shares = panel.poll_yes / panel.poll_answers
    kinds = ((panel.poll_series, shares), (panel.count_series, panel.count_value),
             (panel.level_series, panel.level_value))  # fmt: skip
    for which, values in kinds:
        found |= {series[i]: values[which == i] for i in sorted(set(which.tolist()))}
    return found


def _likeness(group: str, what: str, observed: float, made: Array) -> Likeness:
    low, middle, high = np.quantile(made, [0.05, 0.5, 0.95])
    equal = np.isclose(made, observed, rtol=1e-12, atol=1e-12)
    below = float(np.mean(np.where(equal, 0.5, made < observed)))
    tail = min(below, 1 - below)
    return Likeness(group, what, observed, float(low), float(middle), float(high), tail)


def as_json(told: Fitness) -> dict[str, Any]:
    """Fitness as one JSON object."""
    return {
        "schema": SCHEMA,
        "elpd": told.elpd,
        "error": told.error,
        "items": [_plain(item) | {"sound": item.sound} for item in told.items],
        "uniformity": [uniformity_as_json(one) for one in told.uniformity],
        "likenesses": [_plain(one) | {"inside": one.inside} for one in told.likenesses],
        "points": [_plain(one) | {"date": str(one.date)} for one in told.points],
    }


def uniformity_as_json(told: Uniformity) -> dict[str, Any]:
    """One group's places as a JSON object."""
    return _plain(told) | {"passed": told.passed, "beyond": told.beyond}


def _plain(told: Item | Likeness | Uniformity | Expected) -> dict[str, Any]:
    return {field.name: getattr(told, field.name) for field in fields(told)}
