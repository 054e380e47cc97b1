"""Question and ledger, cut at the as-of date, put together into the arrays of a panel."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil, inf
from statistics import fmean

import numpy as np
from scipy.special import gammaln, ndtri

from hourglass import calendar
from hourglass.case import Case
from hourglass.ledger import Event, Reading
from hourglass.panel import Array, Labels, Panel
from hourglass.question import LETTERS, NUMBERS, Question
from hourglass.series import Point, points
from hourglass.tables import RivalRow

CLASS_POINTS = 64
"""States that stand for the reference class: scrambled Sobol points."""
CLASS_SEED = 64
JEFFREYS = 0.5
"""Events that Jeffreys' prior on a Poisson rate adds to a rival's table."""

YEAR = 12
SPARE_MONTHS = 3

Part = tuple[dict[str, Array], dict[str, Sequence[str]]]


def months_to(question: Question, as_of: date) -> int:
    """Months of the grid from the first of the history to that of `as_of`, both counted."""
    return calendar.month_of(as_of) - calendar.month_of(question.header.history_from) + 1


def fitted_months(question: Question, as_of: date) -> int:
    """Months of the grid of a fit: whole years, so that fits of near days share one compiled model.

    At least `SPARE_MONTHS` lie past `as_of`, so that the draws also serve days soon after it.
    """
    return YEAR * ceil((months_to(question, as_of) + SPARE_MONTHS) / YEAR)


def build(case: Case, as_of: date, months: int | None = None) -> tuple[Panel, Labels]:
    """Panel of what was known at the end of `as_of`, with the names along its axes.

    Parameters
    ----------
    case
        The question with its data; later knowledge in it is ignored.
    months
        Length of the grid; default up to `as_of`. Longer grids let one model serve a batch.
    """
    question = case.question
    grid = Grid(
        calendar.month_of(question.header.history_from),
        months or months_to(question, as_of),
        tuple(question.drivers),
    )
    known = case.evidence(as_of)
    parts = [
        _risk(case, as_of, grid),
        _readings(known.of(Reading), question, grid),
        _episodes(known.of(Event), question, grid),
        *_series(case, as_of, grid),
        _tables(case),
    ]
    labels = {key: tuple(value) for _, names in parts for key, value in names.items()}
    month = tuple(calendar.month_label(grid.first + i) for i in range(grid.count))
    spells, rivals = rival_spells(case), len(question.rivals)
    moved, steady = (places(spells, rivals, moved=which) for which in (True, False))
    arrays = {k: v for part, _ in parts for k, v in part.items()} | {"temperature": np.ones(1)}
    return Panel(**arrays, moved=moved, steady=steady), Labels(month=month, **labels)


@dataclass(frozen=True, slots=True)
class Grid:
    """Months by drivers: where a state stands among all states, month after month."""

    first: int
    count: int
    drivers: tuple[str, ...]

    def row(self, day: date) -> int:
        """Row of the month of `day`."""
        return calendar.month_of(day) - self.first

    def state(self, row: int, driver: str) -> int:
        """Position of a month of one driver among all states."""
        return self.drivers.index(driver) * self.count + row

    def span(self, point: Point) -> Mapping[int, float]:
        """Weights of the months that a point speaks of, by row; they sum to 1."""
        if point.since == point.until:
            return {self.row(point.until): 1.0}
        months = self.first + np.arange(self.count + 1)
        edges = np.clip(months, calendar.dusk(point.since), calendar.dusk(point.until))
        shares = np.diff(edges) / (edges[-1] - edges[0])
        return {int(row): float(shares[row]) for row in np.flatnonzero(shares)}


def _ints(values: Iterable[int]) -> Array:
    return np.array(list(values), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Spell:
    """One interval of a rival's table; drivers move its hazard where `moved`."""

    rival: int
    moved: bool
    row: RivalRow
    until: float


def rival_spells(case: Case) -> tuple[Spell, ...]:
    """Spells of all rivals in order; the last one of each table reaches on for ever."""
    found = []
    for i, rival in enumerate(case.question.rivals):
        for table in (rival.table, rival.background):
            rows = [row for row in case.tables.rivals if row.table == table]
            last = max((row.to_month for row in rows), default=inf)
            ends = [inf if row.to_month == last else row.to_month for row in rows]
            found += [Spell(i, table == rival.table, row, end) for row, end in zip(rows, ends, strict=True)]
    return tuple(found)


def overlap(slices: calendar.Slices, spells: Sequence[Spell]) -> Array:
    """Months of each slice within each spell; (spell, slice)."""
    edges = np.array([(spell.row.from_month, spell.until) for spell in spells]).reshape(-1, 2)
    low = np.maximum(slices.since, edges[:, :1])
    high = np.minimum(slices.until, edges[:, 1:])
    months: Array = np.maximum(high - low, 0.0)
    return months


def places(spells: Sequence[Spell], rivals: int, *, moved: bool) -> tuple[tuple[int, ...], ...]:
    """Positions of the spells of each rival that drivers move, or of those they do not."""
    return tuple(
        tuple(i for i, s in enumerate(spells) if (s.rival, s.moved) == (r, moved)) for r in range(rivals)
    )


def _risk(case: Case, as_of: date, grid: Grid) -> Part:
    past = calendar.past_slices(grid.first, grid.count, case.question.header.starts, as_of)
    spells = rival_spells(case)
    part = {
        "since": past.since,
        "until": past.until,
        "rival_exposure": overlap(past, spells),
        "spell_shape": np.array([s.row.ended + JEFFREYS for s in spells]),
        "spell_rate": np.array([s.row.exposure_months for s in spells]),
    }
    return part, {"spell": [f"{s.row.table} {s.row.from_month:g}-{s.row.to_month:g}" for s in spells]}


def merged(items: Sequence[Reading]) -> dict[tuple[str, str, int], list[Reading]]:
    """Readings that weigh by origin, driver and month: each group counts as one."""
    groups: dict[tuple[str, str, int], list[Reading]] = defaultdict(list)
    for item in items:
        if not item.weightless:
            groups[item.origin, item.driver, calendar.month_of(item.date)].append(item)
    return groups


def _readings(items: Sequence[Reading], question: Question, grid: Grid) -> Part:
    """Readings of one origin, driver and month averaged into one with the best grade's noise."""
    held = merged(items)
    blocks = list(dict.fromkeys((origin, driver) for origin, driver, _ in held))
    best = [
        min((noise_order(question, item.grade), item.grade) for item in group)[1] for group in held.values()
    ]
    part = {
        "reading_state": _ints(grid.state(month - grid.first, driver) for _, driver, month in held),
        "reading_level": np.array([fmean(item.level for item in group) for group in held.values()]),
        "reading_letter": _ints(LETTERS.index(grade[0]) for grade in best),
        "reading_number": _ints(NUMBERS.index(grade[1]) for grade in best),
        "reading_block": _ints(blocks.index(key[:2]) for key in held),
        "block_zero": np.zeros(len(blocks)),
    }
    names: dict[str, Sequence[str]] = {
        "reading": ["+".join(item.id for item in group) for group in held.values()],
        "block": [f"{origin}/{driver}" for origin, driver in blocks],
    }
    return part, names


def noise_order(question: Question, grade: str) -> float:
    """Median noise that a grade stands for: the order of grades from best to worst."""
    letters = LETTERS[: LETTERS.index(grade[0]) + 1]
    noise = sum(question.grades.letters[letter].noise.q50 for letter in letters)
    multiplier = question.grades.numbers[grade[1]].multiplier
    return noise * (multiplier.q50 if multiplier else 1.0)


def _episodes(items: Sequence[Event], question: Question, grid: Grid) -> Part:
    grouped: dict[str, list[Event]] = defaultdict(list)
    for item in items:
        if not item.weightless:
            grouped[item.episode].append(item)
    weights = [episode_weights(group, question) for group in grouped.values()]
    table = np.array(weights).reshape(-1, len(question.gates)).T
    part = {
        "episode_month": _ints(grid.row(group[0].date) for group in grouped.values()),
        "episode_open": (table > 0).astype(float),
        "episode_weight": table,
    }
    return part, {"episode": list(grouped)}


def episode_weights(reports: Sequence[Event], question: Question) -> Array:
    """Likelihood of an episode's reports for each ending; 0 where one of them rules it out.

    A report is genuine with the credence of its grade, else it says nothing. Reports of one
    origin enter as their geometric mean, so that reprints weigh no more than one.
    """
    by_origin: dict[str, list[Array]] = defaultdict(list)
    for report in reports:
        by_origin[report.origin].append(report_weights(report.kind, report.grade, question))
    means = [np.prod(rows, axis=0) ** (1 / len(rows)) for rows in by_origin.values()]
    weights: Array = np.prod(means, axis=0)
    return weights


def report_weights(kind: str, grade: str, question: Question) -> Array:
    """Likelihood of one report of a kind for each ending; 0 where it rules the ending out."""
    stated, grades = question.events[kind].weights, question.grades
    credence = grades.letters[grade[0]].credence * grades.numbers[grade[1]].credence
    return np.array(
        [1 - credence + credence * stated[g.id] if g.id in stated else 0.0 for g in question.gates]
    )


def _series(case: Case, as_of: date, grid: Grid) -> list[Part]:
    """Points of every series, by kind."""
    told = case.question.series
    parts: list[Part] = []
    for kind, data in (("poll", _poll_data), ("count", _count_data), ("level", _level_data)):
        rows = [
            (name, point)
            for name, series in told.items()
            if series.kind == kind
            for point in points(case.rows[name], series, as_of)
        ]
        spans = [
            (i, name, row, share)
            for i, (name, point) in enumerate(rows)
            for row, share in grid.span(point).items()
        ]
        part = {
            f"{kind}_series": _ints(list(told).index(name) for name, _ in rows),
            f"{kind}_zero": np.zeros(len(rows)),
            f"{kind}_state": _ints(grid.state(row, told[name].driver) for _, name, row, _ in spans),
            f"{kind}_weight": np.array([share * told[name].sign for _, name, _, share in spans]),
            f"{kind}_point": _ints(i for i, _, _, _ in spans),
        }
        part |= {f"{kind}_{key}": value for key, value in data(rows, case.question).items()}
        parts.append((part, {kind: [f"{name} {point.until}" for name, point in rows]}))
    return parts


def _poll_data(rows: Sequence[tuple[str, Point]], question: Question) -> dict[str, Array]:
    n = np.array([float(point.n) for _, point in rows])
    k = np.round(n * np.array([point.value for _, point in rows]))
    return {"yes": k, "answers": n, "constant": gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)}


def _count_data(rows: Sequence[tuple[str, Point]], question: Question) -> dict[str, Array]:
    k = np.array([point.value for _, point in rows])
    return {"value": k, "constant": -gammaln(k + 1)}


def _level_data(rows: Sequence[tuple[str, Point]], question: Question) -> dict[str, Array]:
    value = np.array([point.value for _, point in rows])
    logged = np.array([question.series[name].scale == "log" for name, _ in rows], dtype=bool)
    tail = np.array([question.series[name].tail or inf for name, _ in rows])
    return {
        "value": np.log(value, where=logged, out=value.copy()),
        "logged": logged.astype(float),
        "tail": tail,
        "constant": gammaln((tail + 1) / 2) - gammaln(tail / 2) - 0.5 * np.log(tail * np.pi),
    }


def _tables(case: Case) -> Part:
    names = list(case.question.reference.classes)
    rows = case.tables.classes
    since = [(names.index(r.name), r.from_month) for r in rows]
    until = [(names.index(r.name), r.to_month) for r in rows]
    knots = [*sorted({*since, *until}), (len(names), 0.0)]
    joined = np.array([float(r.joined) for r in rows])
    part = {
        "class_points": _class_points(len(case.question.drivers) + len(case.question.dispositions)),
        "knot_class": _ints(which for which, _ in knots),
        "knot_months": np.array([month for _, month in knots]),
        "own_knot": (np.array([which for which, _ in knots]) == len(names)).astype(float),
        "row_since": _ints(knots.index(end) for end in since),
        "row_until": _ints(knots.index(end) for end in until),
        "row_rate_time": np.array([r.exposure_months / (r.to_month - r.from_month) for r in rows]),
        "row_joined": joined,
        "row_constant": gammaln(joined + 1),
        "row_weight": np.array([case.question.reference.classes[r.name].weight for r in rows]),
    }
    return part, {"row": [f"{r.name} {r.from_month:g}-{r.to_month:g}" for r in rows]}


@cache
def _class_points(dimensions: int) -> Array:
    from scipy.stats import qmc  # slow to import, and needed only for a fit

    sobol = qmc.Sobol(dimensions, rng=np.random.default_rng(CLASS_SEED))
    normals: Array = ndtri(sobol.random(CLASS_POINTS)).T
    return normals
