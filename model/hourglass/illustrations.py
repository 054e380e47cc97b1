"""The pictures of a report, and what a browser needs to draw them."""

from collections.abc import Sequence

from hourglass.brief import Figure
from hourglass.dossier import Dossier
from hourglass.outline import Figures
from hourglass.summary import Forecast


def of(d: Dossier) -> Figures:
    """Pictures of a dossier by the section that they open; none where the numbers are withheld."""
    return {}


def history(told: Sequence[Forecast]) -> Sequence[Figure]:
    """Picture of all forecasts of a question over time."""
    return ()


def bundle() -> str:
    """Library that draws the pictures in a browser."""
    return ""
