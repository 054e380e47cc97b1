"""What became known in the month after a day, held against what could be said on that day.

A reading is predicted given the earlier ones of its origin. A revision, a repeat, and what joins
a reading that is already held (the same origin, driver and month) bring no news.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np

from hourglass import calendar, parameters, persistence, predictive
from hourglass.assembly import build, merged, months_to
from hourglass.case import Case
from hourglass.draws import Draws
from hourglass.ledger import Ledger, Reading
from hourglass.panel import Array, Labels, Panel
from hourglass.persistence import Track, Value


@dataclass(frozen=True, slots=True)
class News:
    """Readings and points that became known in the month after a day.

    Attributes
    ----------
    panel, labels
        All that was known on the day, and the news.
    fresh
        Which items are the news, in the order of `predictive.predict`; (item).
    nowcast
        Which items speak of a time no later than the month of the day; (item).
    rival
        Log score of each of the news by the last value carried forward; None where too little
        had been seen to say.
    joined
        Readings that only joined one already held.
    """

    panel: Panel
    labels: Labels
    fresh: Array
    nowcast: Array
    rival: tuple[float | None, ...]
    joined: int


def after(case: Case, as_of: date, months: int) -> News:
    """News of the month after that of `as_of`, on a grid of `months` that reaches it."""
    then, until = case.evidence(as_of), calendar.last_day(calendar.month_of(as_of) + 1)
    held = {item.id for item in then.items}
    new = merged([
        item
        for item in case.evidence(until).of(Reading)
        if item.known > as_of and item.revises is None and item.id not in held
    ])  # fmt: skip
    old = merged(then.of(Reading))
    # What joins would change the level of a reading that the draws were fitted to, so it is left out.
    fresh_items = [item for spot, group in new.items() if spot not in old for item in group]
    both = Ledger(tuple(sorted((*then.items, *fresh_items), key=lambda item: (item.date, item.id))))
    before, known = build(case, as_of, months)
    panel, labels = build(case.with_ledger(both), until, months)
    arrived = set(labels.reading) - set(known.reading) | set(_points(labels)) - set(_points(known))
    names = (*labels.reading, *labels.episode, *_points(labels))
    fresh = np.array([name in arrived for name in names], dtype=bool)
    fresh[len(labels.reading) : len(labels.reading) + len(labels.episode)] = False
    late = _rows(panel) < months_to(case.question, as_of)
    return News(panel, labels, fresh, late, _rival(case, before, panel, fresh), len(new.keys() & old.keys()))


def _points(labels: Labels) -> tuple[str, ...]:
    return (*labels.poll, *labels.count, *labels.level)


def _rows(panel: Panel) -> Array:
    """Row of the last month that each item speaks of, in the order of `predictive.predict`."""
    months = len(panel.since)
    parts = [panel.reading_state % months, panel.episode_month]
    for kind in ("poll", "count", "level"):
        last = np.zeros(len(getattr(panel, f"{kind}_zero")), dtype=np.int64)
        np.maximum.at(last, getattr(panel, f"{kind}_point"), getattr(panel, f"{kind}_state") % months)
        parts.append(last)
    return np.concatenate(parts)


def _rival(case: Case, before: Panel, now: Panel, fresh: Array) -> tuple[float | None, ...]:
    layout = parameters.layout(case.question)
    past: dict[Track, list[Value]] = defaultdict(list)
    for step in persistence.values(before, layout):
        if step is not None:
            past[step[0]].append(step[1])
    each = zip(persistence.values(now, layout), fresh, strict=True)
    return tuple(
        persistence.log_score(past[step[0]], step[1]) for step, new in each if new and step is not None
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One of the news, as draws from before it had predicted it.

    Attributes
    ----------
    log_score
        Log of the density, or chance, that it was given.
    place
        Share of what was to be expected that lies below it.
    rival
        Log score of the last value carried forward; None where too little had been seen.
    """

    name: str
    group: str
    nowcast: bool
    log_score: float
    place: float
    rival: float | None


def told(case: Case, news: News, draws: Draws, seed: int) -> tuple[Told, ...]:
    """Each of the news as the draws of a fit to what was known before predict it."""
    readings = news.fresh[: len(news.labels.reading)]
    given = np.broadcast_to(~readings[:, None], (len(readings), len(readings)))
    which = np.flatnonzero(news.fresh)
    each = predictive.predict(case, news.panel, news.labels, draws, given).only(which)
    even = np.ones(len(each.log_density))
    scores, places = predictive.log_score(each, even), predictive.pit(each, even, seed)
    rows = zip(each.names, each.groups, news.nowcast[which], scores, places, news.rival, strict=True)
    return tuple(Told(n, g, bool(late), float(s), float(p), rival) for n, g, late, s, p, rival in rows)
