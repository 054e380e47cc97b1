"""Stored runs opened again: which one is meant, and the question and draws behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hourglass import archive, estimate, forecaster, store
from hourglass.case import Case
from hourglass.errors import InputError, Problem
from hourglass.estimate import Posterior
from hourglass.summary import Forecast


@dataclass(frozen=True, slots=True)
class Record:
    """A run whose draws can still be weighed.

    Attributes
    ----------
    inputs
        What its numbers followed from, as plain values.
    case
        The question as it was asked then: its beliefs, tables and evidence.
    base, found
        Posterior of the fit, and that of the run itself: the same, or an update of it.
    """

    forecast: Forecast
    inputs: Mapping[str, Any]
    case: Case
    base: Posterior
    found: Posterior

    @property
    def as_of(self) -> date:
        """Day at whose end nothing later was known."""
        return self.forecast.as_of

    @property
    def by_this_program(self) -> bool:
        """Whether this very program, with these libraries, made it."""
        return store.key(self.inputs, self.forecast.run.seed) == self.forecast.run.id


def believed(case: Case, runs: Path) -> list[Forecast]:
    """Stored forecasts with numbers, by as-of and then by when they were last asked for."""
    told = store.history(runs, case.question.header.id)
    return [forecast for forecast in told if forecast.verdict.passed]


def withheld(case: Case, runs: Path) -> list[Forecast]:
    """Stored forecasts whose numbers are withheld."""
    told = store.history(runs, case.question.header.id)
    return [forecast for forecast in told if not forecast.verdict.passed]


def none(place: str, unreadable: Sequence[str]) -> InputError:
    """The fault of a question of which no run with numbers can be read."""
    damaged = f" (cannot be read: {', '.join(unreadable)})" if unreadable else ""
    fault = f"no forecast with numbers is stored{damaged}; run hourglass forecast first"
    return InputError([Problem(place, fault)])


def chosen(
    known: Sequence[Forecast], start: str, option: str,
    withheld: Sequence[Forecast] = (), unreadable: Sequence[str] = (),
) -> Forecast:  # fmt: skip
    """The run whose id begins with `start`; of those that are `withheld` or `unreadable` it says so.

    Raises
    ------
    InputError
        Where none or several do, or only one whose numbers are withheld or that cannot be read.
    """
    found = [forecast for forecast in known if start and forecast.run.id.startswith(start)]
    if len(found) == 1:
        return found[0]
    for one in withheld:
        if start and not found and one.run.id.startswith(start):
            failed = ", ".join(check.name for check in one.verdict.failed)
            fault = f"run {one.run.id} is withheld, since checks failed ({failed}); name one with numbers"
            raise InputError([Problem(option, fault)])
    damaged = ", ".join(name for name in unreadable if start and not found and name.startswith(start))
    if damaged:
        raise InputError([Problem(option, f"damaged, and cannot be read: {damaged}; name another run")])
    ids = ", ".join(forecast.run.id for forecast in (found or known))
    fault = f"begins {len(found)} runs: {ids}; write more of it" if found else f"is no run; known: {ids}"
    raise InputError([Problem(option, f"{start!r} {fault}")])


def opened(case: Case, forecast: Forecast, runs: Path) -> Record | None:
    """Open a run with its draws; None where they, or its inputs, are gone or of another form."""
    inputs = store.told(runs, case.question.header.id, forecast.run.id)
    was = None if inputs is None else archive.as_it_was(case, inputs)
    if inputs is None or was is None:
        return None
    fitted = archive.kept(runs, was, forecast.run.fit)
    if fitted is None:
        return None
    base = estimate.stored(fitted.case, fitted.forecast.as_of, fitted.folder)
    if base is None or not forecaster.within(was, forecast.as_of, base):
        return None
    same = forecast.run.fit == forecast.run.id
    return Record(forecast, inputs, was, base, base if same else estimate.update(was, forecast.as_of, base))
