"""What every look ahead starts from: a believed forecast and the draws behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hourglass import calendar, forecaster, incidence, parameters, supposition
from hourglass.assembly import months_to
from hourglass.case import Case
from hourglass.errors import HourglassError
from hourglass.estimate import Posterior
from hourglass.forecaster import Horizons, Talk
from hourglass.incidence import Outcomes, Present
from hourglass.panel import Array
from hourglass.parameters import Layout
from hourglass.summary import Forecast
from hourglass.supposition import Given


@dataclass(frozen=True, slots=True)
class Grounds:
    """A forecast that passed its checks, with its draws where they stand at as-of.

    Attributes
    ----------
    asked
        Months and last day of each horizon.
    """

    case: Case
    as_of: date
    asked: Horizons
    forecast: Forecast
    posterior: Posterior
    layout: Layout
    present: Present

    @property
    def weight(self) -> Array:
        """What an update makes of each draw, mean 1; (draw)."""
        return self.posterior.weight

    @property
    def month(self) -> int:
        """Counted month of as-of."""
        return calendar.month_of(self.as_of)

    @property
    def row(self) -> int:
        """Row of the month of as-of in the panel."""
        return months_to(self.case.question, self.as_of) - 1

    def outcomes(
        self, days: Sequence[date], given: Given = supposition.NOTHING, case: Case | None = None
    ) -> Outcomes:
        """Outcomes by the end of each of `days`, some months given, or on another ledger."""
        told, seed = case or self.case, self.forecast.run.seed
        return incidence.outcomes(told, self.layout, self.present, self.as_of, days, seed, given=given)


def stand(case: Case, as_of: date, asked: Horizons, forecast: Forecast, posterior: Posterior) -> Grounds:
    """Grounds of a forecast and its draws."""
    structure = parameters.layout(case.question)
    row = months_to(case.question, as_of) - 1
    present = incidence.present(posterior.inside, structure, posterior.panel, row)
    return Grounds(case, as_of, asked, forecast, posterior, structure, present)


def find(
    case: Case, as_of: date, asked: Horizons, seed: int, runs: Path, machine_code: Path, talk: Talk
) -> Forecast | Grounds:
    """Grounds of a forecast, stored or made now; the bare forecast where it is withheld.

    Raises
    ------
    hourglass.errors.HourglassError
        Where the draws of a stored run are missing or damaged.
    """
    told = forecaster.forecast(case, as_of, asked, seed, runs, machine_code, talk)
    if not told.verdict.passed:
        return told
    talk("reading the stored draws")
    posterior = forecaster.posterior(case, as_of, told.run, runs)
    if posterior is None:
        folder = runs / told.question["id"] / told.run.fit
        raise HourglassError(f"{folder}: its draws are missing or damaged; remove the folder and ask again")
    return stand(case, as_of, asked, told, posterior)
