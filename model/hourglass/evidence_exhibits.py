"""What the figures of the evidence show, as plain values: drivers, series, what moved the chance."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from hourglass import calendar, changes, citation, ladder, phrases
from hourglass.assembly import months_to
from hourglass.attribution import Part
from hourglass.case import Case
from hourglass.changes import Change, Piece
from hourglass.estimate import Posterior
from hourglass.explanation import Explanation
from hourglass.forecast_exhibits import Spread, quantiles
from hourglass.ledger import Event, Graded, Reading, Sighting
from hourglass.panel import Array
from hourglass.question import Series
from hourglass.series import Row
from hourglass.summary import QUANTILES


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of evidence at its day.

    Attributes
    ----------
    value
        Level of a reading or size of a point.
    grade, origin
        Of an item; of a point its number of answers, if stated, and its source.
    weighs
        Whether it counts in the forecast: it is judged, and a warning's window is open.
    """

    name: str
    date: date
    value: float
    claim: str
    grade: str
    origin: str
    url: str
    weighs: bool = True


@dataclass(frozen=True, slots=True)
class Path:
    """Where a driver stood, month by month, and what was read of it.

    Attributes
    ----------
    months
        First day of each month up to that of as-of.
    levels
        Quantiles over draws in each month, in driver units.
    """

    name: str
    title: str
    months: tuple[date, ...]
    levels: tuple[Spread, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """A series as published, in its unit; `share` says that it is read in percent."""

    name: str
    title: str
    unit: str
    share: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An event, or a sign looked for, that has a day but no level."""

    kind: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Claim:
    """What an item or a point of a series says, and where that can be looked up."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one thing did to the log-odds of P, with the claims it stands for."""

    name: str
    detail: str
    log_odds: float
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """The way from one chance to another; the steps sum to the difference of log-odds.

    Attributes
    ----------
    start, end
        What each chance is, in words.
    """

    start: str
    before: float
    end: str
    after: float
    steps: tuple[Step, ...]


def paths(case: Case, as_of: date, found: Posterior, weight: Array) -> tuple[Path, ...]:
    """Every driver's path up to as-of, from draws weighed by `weight` (draw)."""
    first = calendar.month_of(case.question.header.history_from)
    count = months_to(case.question, as_of)
    months = tuple(date(m // 12, m % 12 + 1, 1) for m in range(first, first + count))
    walks = found.inside.stacked()["driver_path"][:, :count]
    levels = quantiles(walks, weight, np.array(list(QUANTILES.values())))
    readings = case.evidence(as_of).of(Reading)
    return tuple(
        Path(
            name, told.title, months,
            tuple(Spread(*row) for row in levels[:, :, k].T.tolist()),
            tuple(mark(item, as_of, item.level) for item in readings if item.driver == name),
        )
        for k, (name, told) in enumerate(case.question.drivers.items())
    )  # fmt: skip


def mark(item: Graded, as_of: date, value: float = 0.0) -> Mark:
    """An item at its day, as a forecast as of a day counts it."""
    weighs = item.weighs(as_of)
    return Mark(item.id, item.date, value, item.claim, item.grade, item.origin, item.source.url, weighs)


def tracks(case: Case, as_of: date) -> tuple[Track, ...]:
    """Every series as it was published by as-of; of several numbers of one day the last known."""
    return tuple(
        Track(name, told.title, told.unit, told.kind == "poll", tuple(_points(case, name, as_of)))
        for name, told in case.question.series.items()
    )


def _points(case: Case, name: str, as_of: date) -> Iterable[Mark]:
    known = {r.date: r for r in sorted(case.rows[name], key=lambda r: r.known) if r.known <= as_of}
    for day in sorted(known):
        row = known[day]
        cited = citation.cited(row.source)
        words = "; ".join(one.words for one in cited)
        url = next((one.url for one in cited if one.url), "")  # a mark leads to one page
        answers = f"{row.n:,} answers" if row.n else ""
        yield Mark(f"{name} {day}", day, row.value, words, answers, words, url)


def reports(case: Case, as_of: date) -> tuple[Report, ...]:
    """Events and signs known by as-of, under what each kind is called."""
    items = case.evidence(as_of).items
    return tuple(report(item, case, as_of) for item in items if isinstance(item, Event | Sighting))


def report(item: Event | Sighting, case: Case, as_of: date) -> Report:
    """An event or a sign, as a forecast as of a day counts it."""
    kinds = case.question.events
    sign = "Sign seen" if isinstance(item, Sighting) and item.found else "Sign looked for in vain"
    return Report(kinds[item.kind].title if isinstance(item, Event) else sign, mark(item, as_of))


def since_last(told: Explanation, then: Case | None, now: Case) -> Walk | None:
    """Walk from the earlier run to the one explained, None where there is none to tell of.

    Parameters
    ----------
    then, now
        The question as each run was asked it; the steps carry the claims that changed between.
    """
    if told.move is None or told.since_as_of is None:
        return None
    claims: dict[str, tuple[Claim, ...]] = {}
    if then is not None:
        _, groups = changes.grouped(changes.between(then, told.since_as_of, now, told.as_of))
        claims = {group.name: tuple(_changed(group.changes, now)) for group in groups}
    steps = tuple(_step(part, claims.get(part.name, ())) for part in told.move.parts)
    start, end = f"as of {told.since_as_of}", f"as of {told.as_of}"
    return Walk(start, told.move.before, end, told.move.after, steps)


def _changed(found: Iterable[Change], case: Case) -> Iterable[Claim]:
    """Claims of the pieces of some changes, each once; what was not added says what became of it."""
    pieces = [(change, piece) for change in found for piece in (change.come or change.gone)]
    told = ((change.what, _claim(piece, case)) for change, piece in pieces)
    return dict.fromkeys(
        claim if what == "added" else replace(claim, text=f"{claim.text} ({what})") for what, claim in told
    )


def _claim(piece: Piece, case: Case) -> Claim:
    if isinstance(piece, changes.Mark):
        return _number(case.question.series[piece.series], piece.rows[-1])
    return Claim(piece.claim, piece.source.url)


def _number(asked: Series, row: Row) -> Claim:
    size = phrases.percent(row.value) if asked.kind == "poll" else phrases.number(row.value)
    return Claim(f"{asked.title}, {row.date}: {size} ({asked.unit})")


def since_prior(told: Explanation, case: Case) -> Walk | None:
    """Walk from before any evidence of the state's own; None where it was not climbed."""
    if told.climb is None:
        return None
    steps = tuple(_step(part, named(part.holds, case, told.as_of)) for part in told.climb.parts)
    return Walk(f"by {ladder.START}", told.climb.before, f"as of {told.as_of}", told.climb.after, steps)


def _step(part: Part, claims: tuple[Claim, ...]) -> Step:
    return Step(part.name, part.detail, part.log_odds, claims)


def named(names: Iterable[str], case: Case, as_of: date) -> tuple[Claim, ...]:
    """What is claimed under the names that explanations give to evidence, each claim once.

    Parameters
    ----------
    names
        Items, several of them joined by a plus, episodes, and points as `series date`.
    as_of
        Day by which it is known.
    """
    items = case.evidence(as_of).items
    told: dict[str, list[Claim]] = defaultdict(list)
    for item in items:
        told[item.id].append(Claim(item.claim, item.source.url))
        if isinstance(item, Event) and item.weighs(as_of):
            told[item.episode].append(Claim(item.claim, item.source.url))
    for series, asked in case.question.series.items():
        known = (row for row in case.rows[series] if row.known <= as_of)
        for row in sorted(known, key=lambda row: row.known):
            told[f"{series} {row.date}"] = [_number(asked, row)]
    found = (claim for name in names for one in name.split("+") for claim in told[one])
    return tuple(dict.fromkeys(found))
