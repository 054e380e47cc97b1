"""When entry would come, draw by draw, and what sets of warnings make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hourglass import calendar, incidence
from hourglass.calendar import Slices
from hourglass.case import Case
from hourglass.incidence import Present
from hourglass.ledger import Sighting
from hourglass.panel import Array
from hourglass.parameters import Layout


@dataclass(frozen=True, slots=True)
class Prospect:
    """Chance that entry comes first in each slice of time, before any warning is heard.

    Attributes
    ----------
    slices
        Stretches of time to the last horizon or end of a warning's window.
    entry
        (draw, slice)
    reach
        Slices within the horizon.
    dawn, seed
        Position of the day on which the choice arose; seed of the ratios of warnings.
    """

    slices: Slices
    entry: Array
    reach: int
    dawn: float
    seed: int

    def heard(self, warnings: Sequence[Sighting]) -> tuple[Array, Array]:
        """Chance of entry within the horizon times `D`, and `D`, each draw's weight; (draw) both."""
        ratio = incidence.sighting_ratios(warnings, self.slices, self.dawn, len(self.entry), self.seed)
        weighed = self.entry * ratio
        return weighed[:, : self.reach].sum(axis=1), 1 + (weighed - self.entry).sum(axis=1)


def ahead(
    case: Case,
    layout: Layout,
    present: Present,
    as_of: date,
    day: date,
    also: Sequence[date],
    seed: int,
) -> Prospect:
    """Prospect from the end of `as_of` to the end of `day`.

    Parameters
    ----------
    also
        Other days at which time is cut: further horizons, ends of the windows of warnings.
    """
    slices = calendar.future_slices(case.question.header.starts, as_of, [day, *also])
    dawn = incidence.dawn_of(case)
    reach = 1 + incidence.last_slice(slices, case, day)
    entry = incidence.strikes(case, layout, present, as_of, slices)[:, :, 0]
    return Prospect(slices, entry, reach, dawn, seed)
