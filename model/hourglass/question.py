"""A question as its folder states it: criteria, drivers, gates, rivals, reference class, grades.

Every number a person may argue with is here, each with a sentence, a source and a date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hourglass.belief import Belief
from hourglass.documents import Name, Schema, Text


def _no_truth_value(sign: object) -> object:
    if isinstance(sign, bool):  # Python takes true for 1
        raise ValueError(f"is {str(sign).lower()}; write 1 or -1")
    return sign


def _rising(months: tuple[int, ...]) -> tuple[int, ...]:
    rising = sorted(set(months))
    if list(months) != rising:
        raise ValueError(f"{list(months)} do not rise; write {rising}")
    return months


def _no_outcome(rival: str) -> str:
    if rival in OUTCOMES:
        raise ValueError(f"id {rival!r} already names an outcome of every forecast; choose another")
    return rival


Share = Annotated[float, Field(gt=0, lt=1)]

LETTERS = ("A", "B", "C", "D", "E")
"""Admiralty letters that carry weight, most reliable source first; F carries none."""
NUMBERS = ("1", "2", "3", "4", "5")
"""Admiralty numbers that carry weight, most credible report first; 6 carries none."""
OUTCOMES = ("entry", "none")
"""Outcomes of every forecast beside its rivals."""
EARLIEST = date(1900, 1, 1)
"""First day of any history: each month of it is a step of every fit, and nothing before is weighed."""
MOST_ASKED = 10_000_000
"""Answers of a poll at most."""
LONGEST_HORIZON = 120
"""Months; past ten years a monthly walk of the drivers says nothing."""


class EdgeCase(Schema):
    """A case near the border of the question and whether it counts as entry."""

    case: Text
    counts: bool
    because: Text


class Resolution(Schema):
    """What happened in the end, by a source."""

    outcome: Text
    date: date
    source: Text


class Header(Schema):
    """The question itself: what is asked, from when, and what would count."""

    id: Name
    title: Text
    criteria: Text
    edge_cases: tuple[EdgeCase, ...]
    history_from: Annotated[date, Field(ge=EARLIEST)]
    starts: date
    closes: date
    confirmed_through: date
    horizons: Annotated[
        tuple[Annotated[int, Field(ge=1, le=LONGEST_HORIZON)], ...],
        Field(min_length=1),
        AfterValidator(_rising),
    ]
    leaves_out: tuple[Text, ...] = ()
    resolved: Resolution | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if not self.history_from <= self.starts < self.closes:
            stated = f"history_from {self.history_from}, starts {self.starts}, closes {self.closes}"
            raise ValueError(f"dates out of order: {stated}; write history_from <= starts < closes")
        return self


def _above_zero(told: Belief) -> Belief:
    if told.scale != "log" or told.q05 <= 0:
        stated = f"q05 {told.q05:g} on scale {told.scale!r}"
        raise ValueError(f"{stated}, of a number above 0; write scale = 'log' and three numbers above 0")
    return told


def _between_zero_and_one(told: Belief) -> Belief:
    if told.scale != "logit":
        raise ValueError(f"scale {told.scale!r} of a number between 0 and 1; write scale = 'logit'")
    return told


Positive = Annotated[Belief, AfterValidator(_above_zero)]
Fraction = Annotated[Belief, AfterValidator(_between_zero_and_one)]


class Driver(Schema):
    """A force on the choice, in standard deviations among states in the same position."""

    title: Text
    level: Belief
    half_life: Positive
    lasting_share: Fraction
    anchors: Mapping[str, Text]


class Series(Schema):
    """Numbers over time that follow one driver.

    `poll`: share of n answers; `count`: events a month; `level`: a size. With `change`, the
    file holds a stock, and what enters is its change a month between successive points. `unit`
    is that of the file.
    """

    title: Text
    unit: Text
    driver: Text
    kind: Literal["poll", "count", "level"]
    scale: Literal["identity", "log", "logit"]
    sign: Annotated[Literal[1, -1], BeforeValidator(_no_truth_value)]
    change: bool = False
    tail: Annotated[float, Field(ge=1)] | None = None
    assumed_n: Annotated[int, Field(ge=1, le=MOST_ASKED)] | None = None
    loading: Positive
    intercept: Belief
    dispersion: Belief

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> Self:
        wanted = {"poll": ("logit",), "count": ("log",), "level": ("identity", "log")}[self.kind]
        if self.scale not in wanted:
            fit = " or ".join(wanted)
            raise ValueError(f"scale {self.scale!r} does not fit kind {self.kind!r}; use {fit}")
        if self.kind == "level" and self.tail is None:
            raise ValueError("a level needs `tail`, the degrees of freedom of its Student t")
        if self.kind == "poll" and self.assumed_n is None:
            raise ValueError("a poll needs `assumed_n` for waves that do not state theirs")
        if self.intercept.scale != self.scale:
            stated = self.intercept.scale
            raise ValueError(f"intercept is on scale {stated!r}; write scale = {self.scale!r}")
        if self.kind == "poll":
            _between_zero_and_one(self.dispersion)
        else:
            _above_zero(self.dispersion)
        if self.scale == "log":
            _above_zero(self.intercept)
        if self.change and (self.kind, self.scale) != ("level", "identity"):
            raise ValueError("`change` needs kind 'level' and scale 'identity'")
        return self

    @property
    def entering(self) -> str:
        """Unit of what enters."""
        return f"{self.unit} a month" if self.change else self.unit


class Disposition(Schema):
    """What no driver explains of a gate and only events inform: its spread and its memory."""

    sd: Positive
    half_life: Positive


class Gate(Schema):
    """A step that an occasion must pass: its chance for the typical state and what moves it."""

    id: Name
    title: Text
    intercept: Fraction
    effects: Mapping[str, Belief]
    disposition: Disposition | None = None


class EventKind(Schema):
    """A kind of report on how an occasion ended.

    `weights` gives the likelihood of such a report for each ending, named by the gate at
    which the occasion stopped; an ending that is not named is ruled out.
    """

    title: Text
    weights: Mapping[str, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    because: Text
    source: Text
    date: date


class Rival(Schema):
    """Another way for the exposure to end first; drivers move the hazard of `table` alone."""

    id: Annotated[Name, AfterValidator(_no_outcome)]
    title: Text
    table: Text
    background: Text | None = None
    effects: Mapping[str, Belief] = {}
    because: Text


class ReferenceClass(Schema):
    """States that stood where this one stands, and how far their record counts here."""

    title: Text
    weight: Annotated[float, Field(ge=0, le=1)]
    because: Text
    source: Text
    date: date


class Reference(Schema):
    """The outside view: classes and the shape of the population's hazard."""

    classes: Mapping[str, ReferenceClass] = Field(alias="class", min_length=1)
    A: Positive
    tau: Positive
    nu: Positive
    spread: Positive
    clumping: Positive
    outside: Positive


class Letter(Schema):
    """Noise of a source: of letter A itself, of the others what they add to the letter before."""

    noise: Positive
    credence: Share
    because: Text


class Number(Schema):
    """How far the noise grows with doubt about the report; none is stated for 1, which is 1."""

    multiplier: Positive | None = None
    credence: Share
    because: Text


class Grades(Schema):
    """What an Admiralty grade is worth."""

    letters: Mapping[str, Letter]
    numbers: Mapping[str, Number]
    origin: Positive

    @model_validator(mode="after")
    def _whole_scale(self) -> Self:
        if tuple(sorted(self.letters)) != LETTERS:
            raise ValueError(f"letters are {sorted(self.letters)}; write A to E (F carries no weight)")
        if tuple(sorted(self.numbers)) != NUMBERS:
            raise ValueError(f"numbers are {sorted(self.numbers)}; write 1 to 5 (6 carries no weight)")
        unit = [n for n in NUMBERS if (self.numbers[n].multiplier is None) != (n == "1")]
        if unit:
            raise ValueError(f"numbers {unit}: 1 is the unit without a multiplier, 2 to 5 need one")
        return self


class GateFile(Schema):
    """What `gates.toml` holds: the gates in order and the kinds of event."""

    gate: tuple[Gate, ...] = Field(min_length=1)
    event: Mapping[str, EventKind] = {}


class RivalFile(Schema):
    """What `rivals.toml` holds."""

    rival: tuple[Rival, ...] = ()


class Question(Schema):
    """Everything a question folder says apart from its data and its evidence."""

    header: Header
    drivers: Mapping[str, Driver]
    series: Mapping[str, Series]
    gates: tuple[Gate, ...]
    events: Mapping[str, EventKind]
    rivals: tuple[Rival, ...]
    reference: Reference
    grades: Grades

    @property
    def dispositions(self) -> tuple[Gate, ...]:
        """Gates that carry a disposition, in order."""
        return tuple(gate for gate in self.gates if gate.disposition is not None)


@dataclass(frozen=True, slots=True)
class Names:
    """What the files of a question name, so that its data and evidence are checked beside them.

    An entry that is itself faulty counts as named. None: too much is unreadable to say.

    Attributes
    ----------
    drivers, kinds, classes
        Names of drivers, kinds of event, reference classes.
    rivals
        Life tables that each rival draws on.
    series
        Series by name, None where faulty.
    history_from
        First day of the record.
    """

    drivers: frozenset[str] | None
    kinds: frozenset[str] | None
    classes: frozenset[str] | None
    rivals: Mapping[str, tuple[str, ...]] | None
    series: Mapping[str, Series | None]
    history_from: date | None
