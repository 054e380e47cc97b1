"""Questions with known answers: worlds of the model, small ledgers, and what struck first.

Each question is a world drawn from beliefs alone, without the life tables. Its ledger is small:
dates at random, drivers, kinds and grades as those of the real ledger's items, several items to
an origin. Forecasts are asked for on a few days; entry, a rival or nothing comes in continuous
time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from hourglass import assembly, calendar, documents, incidence, parameters, simulation
from hourglass.calendar import Slices
from hourglass.case import Case
from hourglass.documents import Schema
from hourglass.draws import Draws
from hourglass.errors import InputError, Problem
from hourglass.ledger import Event, Graded, Ledger, Reading
from hourglass.panel import Array, Panel
from hourglass.parameters import Layout
from hourglass.reweighting import select
from hourglass.simulation import Course, Rng, Truth, first_cause

Count = Annotated[int, Field(ge=0, le=100)]


class Design(Schema):
    """What a synthetic question looks like.

    Attributes
    ----------
    history_months
        Months of record before the choice arises.
    as_of_months
        Days of forecast: the last day of the month so many months after that of `starts`.
    horizon
        Months within which entry is asked about.
    readings, events
        Items in a ledger by the last day of forecast.
    shared_origin
        Chance that an item comes from the origin of the reading before it.
    """

    history_months: Annotated[int, Field(ge=1, le=60)]
    as_of_months: Annotated[tuple[Count, ...], Field(min_length=1)]
    horizon: Annotated[int, Field(ge=1, le=60)]
    readings: Count
    events: Count
    shared_origin: Annotated[float, Field(ge=0, le=1)]
    because: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.as_of_months) != sorted(set(self.as_of_months)):
            raise ValueError(f"as_of_months {list(self.as_of_months)} do not rise; put them in order")
        return self


def design(path: Path, place: str) -> Design:
    """Design that a file states.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    problems: list[Problem] = []
    table = documents.read_toml(path, place, problems)
    found = None if table is None else documents.validate(Design, table, place, problems)
    if found is None:
        raise InputError(problems)
    return found


_READING = ("reading_state", "reading_level", "reading_letter", "reading_number", "reading_block")


@dataclass(frozen=True, slots=True)
class Stage:
    """The days on which forecasts are asked for, and time as they see it.

    Attributes
    ----------
    case
        The question with the record's first month as designed, without items, series or life tables.
    days
        As-of days, ends of months.
    panels
        What is known on each of them but for the items: the quiet so far.
    life
        Panel through the end of the last horizon, on which worlds are drawn.
    """

    case: Case
    design: Design
    days: tuple[date, ...]
    panels: tuple[Panel, ...]
    life: Panel

    @property
    def months(self) -> int:
        """Months of the grid through the last day of forecast."""
        return len(self.panels[0].since)


def stage(case: Case, told: Design) -> Stage:
    """Stage of a question under its own beliefs."""
    header = case.question.header
    first = header.starts.replace(day=1)
    since = calendar.months_after(first, -told.history_months)
    days = [calendar.months_after(first, m + 1) - timedelta(days=1) for m in told.as_of_months]
    last = calendar.months_after(days[-1], told.horizon)
    question = case.question.model_copy(update={"header": header.model_copy(update={"history_from": since})})
    tables = replace(case.tables, classes=())
    bare = replace(case, question=question, tables=tables, rows=dict.fromkeys(case.rows, ()), ledger=Ledger())
    months = assembly.months_to(question, days[-1])
    panels = tuple(assembly.build(bare, day, months)[0] for day in days)
    return Stage(bare, told, tuple(days), panels, assembly.build(bare, last)[0])


@dataclass(frozen=True, slots=True)
class Sitting:
    """One synthetic question.

    Attributes
    ----------
    truth
        Its world through the last day of forecast.
    panel
        Its evidence through that day.
    cause, time
        What struck first (0 is entry) and when, in months since the choice arose.
    """

    truth: Truth
    panel: Panel
    cause: int
    time: float


def sitting(asked: Stage, templates: Ledger, rng: Rng) -> Sitting:
    """Question drawn anew: its world, its evidence and its outcome."""
    layout = parameters.layout(asked.case.question)
    truth = simulation.prior(layout, asked.life, rng)
    items = _items(asked, templates, rng)
    known = asked.case.with_ledger(Ledger(items=tuple(items)))
    blank = assembly.build(known, asked.days[-1], asked.months)[0]
    seen = replace(truth, x=truth.x[: asked.months], u=truth.u[: asked.months])
    panel = simulation.observe(seen, layout, blank, rng)
    life = asked.life
    course = Course(life.since, life.until, life.rival_exposure, truth.x[None], truth.u[None])
    struck = first_cause(truth, layout, life, course, rng, replicates=1)
    return Sitting(seen, panel, int(struck.cause[0]), float(struck.time[0]))


def _items(asked: Stage, templates: Ledger, rng: Rng) -> list[Graded]:
    """Items of a ledger: like the real ones, but for their day, their origin and what they say."""
    first = asked.case.question.header.history_from
    span = (asked.days[-1] - first).days + 1
    readings = [item for item in templates.of(Reading) if not item.weightless]
    events = [item for item in templates.of(Event) if not item.weightless]
    found: list[Graded] = []
    for i in range(asked.design.readings):
        again = bool(found) and rng.random() < asked.design.shared_origin
        day, origin = _day(first, span, rng), found[-1].origin if again else f"origin {i}"
        found.append(_like(readings, rng).model_copy(update=_told(i, day) | {"origin": origin}))
    start = asked.case.question.header.starts
    for i in range(asked.design.readings, asked.design.readings + asked.design.events):
        day, name = _day(start, (asked.days[-1] - start).days + 1, rng), f"episode {i}"
        found.append(_like(events, rng).model_copy(update=_told(i, day) | {"origin": name, "episode": name}))
    return found


def _like[K: Graded](items: Sequence[K], rng: Rng) -> K:
    return items[int(rng.integers(len(items)))]


def _day(first: date, span: int, rng: Rng) -> date:
    return first + timedelta(days=int(rng.integers(span)))


def _told(number: int, day: date) -> dict[str, object]:
    return {"id": f"item {number}", "date": day, "known": day}


def known_by(panel: Panel, then: Panel) -> Panel:
    """Evidence of a panel as it stood when `then` was known, the end of a month.

    Parameters
    ----------
    then
        Panel of that day without items.
    """
    months = int(np.argmax(then.until)) + 1
    reading = panel.reading_state % len(panel.since) < months
    block = np.unique(panel.reading_block[reading])
    whole = replace(panel, **{n: getattr(panel, n)[reading] for n in _READING})
    episode = np.flatnonzero(panel.episode_month < months)
    every = {kind: np.arange(len(getattr(panel, f"{kind}_series"))) for kind in ("poll", "count", "level")}
    kept = select(whole, {"block": block, "episode": episode} | every)
    return replace(kept, since=then.since, until=then.until, rival_exposure=then.rival_exposure)


def end(asked: Stage, place: int) -> date:
    """Last day of the horizon after a day of forecast."""
    return calendar.months_after(asked.days[place], asked.design.horizon)


def slices(asked: Stage, place: int) -> Slices:
    """Months from a day of forecast through its horizon."""
    return calendar.future_slices(asked.case.question.header.starts, asked.days[place], [end(asked, place)])


def chances(asked: Stage, layout: Layout, draws: Draws, known: Panel, place: int) -> Array:
    """Chance that entry comes first within the horizon after a day, draw by draw."""
    day = asked.days[place]
    now = assembly.months_to(asked.case.question, day) - 1
    present = incidence.present(draws, layout, known, now)
    struck = incidence.strikes(asked.case, layout, present, day, slices(asked, place))
    chance: Array = struck[:, :, 0].sum(axis=1)
    return chance


def best(found: Sitting, asked: Stage, place: int) -> float:
    """Chance that entry comes first within the horizon after a day for one who knows the world.

    Its numbers and where its states stand are known, its future and its frailty are not: no forecast from
    evidence can be expected to score better.
    """
    layout, truth = parameters.layout(asked.case.question), found.truth
    held = {
        "theta": truth.theta, "driver_path": truth.x, "disposition_path": truth.u,
        "log_multiplier": truth.log_multiplier, "rival_rate": truth.rate,
    }  # fmt: skip
    world = Draws({name: values[None, None] for name, values in held.items()}, {}, {})
    return float(chances(asked, layout, world, asked.panels[place], place)[0])


def entered(found: Sitting, asked: Stage, place: int) -> bool | None:
    """Whether entry came first within the horizon after a day; None if the question had ended."""
    told = slices(asked, place)
    if found.time <= told.since[0]:
        return None
    return found.cause == 0 and found.time <= float(told.until[-1])
