"""What if: P under suppositions about months to come, or without some of the evidence.

A supposition is an intervention: the driver or the gate stands where it is put, in every
future, and nothing else moves for it. None is ever stored as a forecast.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import nan
from pathlib import Path
from typing import Any

from hourglass import calendar, grounds, removal, summary, verdict
from hourglass.case import Case
from hourglass.forecaster import Horizons, Talk
from hourglass.grounds import Grounds
from hourglass.incidence import Outcomes
from hourglass.panel import Array
from hourglass.summary import Forecast, Horizon
from hourglass.supposition import Given
from hourglass.verdict import Check, Verdict

GATE = "gate."
"""Before the name of a gate, to tell it from a driver."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A driver's level, or a gate's chance at an occasion, over some months.

    Attributes
    ----------
    name
        A driver, or `gate.NAME`.
    first, months
        Counted month with which it begins and how many it holds.
    """

    name: str
    value: float
    first: int
    months: int

    @property
    def span(self) -> range:
        """Counted months in which it holds."""
        return range(self.first, self.first + self.months)

    def __str__(self) -> str:
        first, last = (calendar.month_label(month) for month in (self.span[0], self.span[-1]))
        value = f"{self.value:g}" if self.name.startswith(GATE) else f"{self.value:+g}"
        return f"{self.name} = {value} from {first} through {last}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Suppositions about the months to come, and ids of items that are left out."""

    settings: tuple[Setting, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What is supposed, one thing each."""
        return (*map(str, self.settings), *(f"without {item}" for item in self.without))


@dataclass(frozen=True, slots=True)
class Row:
    """One horizon as forecast and as supposed; the latter without numbers where it is withheld."""

    forecast: Horizon
    supposed: Horizon


@dataclass(frozen=True, slots=True, repr=False)
class WhatIf:
    """P under a scenario beside the forecast.

    `verdict` holds the checks of the forecast, then those of the scenario; where one fails,
    the numbers are withheld.
    """

    question: str
    as_of: date
    scenario: Scenario
    rows: tuple[Row, ...]
    verdict: Verdict

    def __repr__(self) -> str:
        told = "; ".join(self.scenario.words)
        head = f"<WhatIf {self.question} as of {self.as_of}: {told or 'nothing supposed'}"
        if not self.verdict.passed:
            return f"{head}: withheld, failed {', '.join(check.name for check in self.verdict.failed)}>"
        rows = [
            f"{row.supposed.months:g} months {row.supposed.mean:.1%}, forecast {row.forecast.mean:.1%}"
            for row in self.rows
        ]
        return "\n  ".join([head, *rows]) + ">"


def ask(
    case: Case,
    as_of: date,
    asked: Horizons,
    scenario: Scenario,
    seed: int,
    runs: Path,
    machine_code: Path,
    talk: Talk,
) -> WhatIf:
    """P under a scenario, from the stored forecast or from one made now.

    Parameters
    ----------
    asked
        Checked horizons, of `forecaster.horizons_of`.
    scenario
        Checked too, of `wording.read`.
    runs, machine_code
        Folders of stored runs and of compiled models.
    """
    found = grounds.find(case, as_of, asked, seed, runs, machine_code, talk)
    if isinstance(found, Forecast):
        rows = tuple(Row(h, h) for h in found.horizons)
        return WhatIf(case.question.header.id, as_of, scenario, rows, found.verdict)
    talk("following the supposed futures")
    return what_if(found, scenario)


def what_if(found: Grounds, scenario: Scenario) -> WhatIf:
    """P under a scenario, at the horizons of the forecast it starts from.

    Open warnings weigh as in the forecast, upon the chances of entry that are supposed.
    """
    left = removal.remove(found, scenario.without) if scenario.without else None
    supposed = given(found, scenario.settings)
    happened = found.outcomes([day for _, day in found.asked], supposed, left.case if left else None)
    weight = happened.weight * (left.weights.weight if left else found.weight)
    horizons = [_horizon(found, happened, weight, i) for i in range(len(found.asked))]
    checks = [
        *found.forecast.verdict.checks,
        *(left.weights.checks("without") if left else ()),
        *map(_error, horizons),
    ]
    told = Verdict(tuple(checks))
    if not told.passed:
        horizons = [summary.no_horizon(h.months, h.date, happened.causes) for h in horizons]
        # From the limit of an error the chance that it is about could be read.
        told = Verdict(tuple(replace(c, limit=nan) if c.relative else c for c in checks))
    rows = tuple(Row(*pair) for pair in zip(found.forecast.horizons, horizons, strict=True))
    return WhatIf(found.case.question.header.id, found.as_of, scenario, rows, told)


def given(found: Grounds, settings: Sequence[Setting]) -> Given:
    """Where the settings put drivers and gates, month by month."""
    states: dict[int, dict[int, float | Array]] = {}
    passing: dict[int, dict[int, float]] = {}
    for setting in settings:
        for month in setting.span:
            if setting.name.startswith(GATE):
                gate = found.layout.gates.index(setting.name.removeprefix(GATE))
                passing.setdefault(month, {})[gate] = setting.value
            else:
                driver = found.layout.drivers.index(setting.name)
                states.setdefault(month, {})[driver] = setting.value
    return Given(states, passing)


def _horizon(found: Grounds, happened: Outcomes, weight: Array, place: int) -> Horizon:
    (months, day), cells = found.asked[place], happened.cells[:, place]
    grid = found.posterior.inside.grid
    error = verdict.mcse(cells[:, 0].reshape(grid), weight.reshape(grid))
    outside = found.forecast.horizons[place].outside_view
    told = nan if outside is None else outside
    return summary.horizon(months, day, happened.causes, cells, weight, error, told)


def _error(told: Horizon) -> Check:
    limit = max(verdict.ABSOLUTE_MCSE, verdict.RELATIVE_MCSE * (told.mean or 0.0))
    error = nan if told.mcse is None else told.mcse
    return verdict.at_most(f"supposed P in {told.months:g} months{verdict.RELATIVE}", error, limit)


def as_json(told: WhatIf) -> dict[str, Any]:
    """The answer as the JSON object that `scenario --json` prints."""
    settings = [
        {"name": s.name, "value": s.value, "from": calendar.month_label(s.first), "months": s.months}
        for s in told.scenario.settings
    ]
    return {
        "schema": summary.SCHEMA,
        "question": told.question,
        "as_of": told.as_of.isoformat(),
        "settings": settings,
        "without": list(told.scenario.without),
        "horizons": [
            {"months": row.forecast.months, "date": row.forecast.date.isoformat(),
             "forecast": _chances(row.forecast), "supposed": _chances(row.supposed)}
            for row in told.rows
        ],
        "verdict": summary.verdict_as_json(told.verdict),
    }  # fmt: skip


def _chances(told: Horizon) -> Mapping[str, object]:
    names = ("mean", *summary.QUANTILES, "mcse", "outcomes")
    return {name: getattr(told, name) for name in names}
