"""Hourglass: a Bayesian forecaster of whether a state will enter a war, and of questions like it.

>>> import hourglass
>>> case = hourglass.load()                         # doctest: +SKIP
>>> hourglass.forecast(case, as_of=date(2023, 1, 26))  # doctest: +SKIP
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hourglass.case import Case
    from hourglass.forecaster import Talk
    from hourglass.summary import Forecast

__all__ = ["__version__", "forecast", "load"]
__version__ = "0.1.0"


def load(question: str | None = None, *, root: Path | None = None, today: date | None = None) -> "Case":
    """Question folder by name, whole and checked; by default the only one.

    Parameters
    ----------
    root
        Folder that holds `priors/`; default the nearest parent of the working folder.
    today
        Day after which nothing can be known; default the clock's.

    Raises
    ------
    hourglass.errors.InputError
        With every fault of every file at once.
    """
    from hourglass import case, workspace  # kept out of the import of the package, for speed

    folder, place = workspace.question_folder(workspace.find(root, Path.cwd()), question)
    return case.load(folder, place, today or date.today())


def forecast(
    case: "Case", *, as_of: date | None = None, horizons: Sequence[int] | None = None, by: date | None = None,
    seed: int = 1, root: Path | None = None, talk: "Talk | None" = None,
) -> "Forecast":  # fmt: skip
    """Probability of entry within each horizon, beside the outside view, under a verdict.

    Parameters
    ----------
    as_of
        Day at whose end nothing later is known; default today.
    horizons
        Whole months after `as_of`; default the question's own.
    by
        One last day instead of horizons.
    talk
        Told what long work begins.

    Returns
    -------
    Forecast whose numbers are None where the verdict withholds them.

    Raises
    ------
    hourglass.errors.InputError
        Where the day or a horizon cannot be asked for.
    """
    from hourglass import forecaster, workspace  # as above

    day, space = as_of or date.today(), workspace.find(root, Path.cwd())
    forecaster.check_as_of(case, day, date.today())
    asked = forecaster.horizons_of(case, day, horizons, by)
    return forecaster.forecast(
        case, day, asked, seed, space.runs, space.machine_code, talk or (lambda _: None)
    )
