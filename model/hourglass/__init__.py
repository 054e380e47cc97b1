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
    from hourglass.explanation import Explanation
    from hourglass.forecaster import Method, Talk
    from hourglass.ledger import Entry
    from hourglass.scenario import WhatIf
    from hourglass.summary import Forecast
    from hourglass.watchlist import Watchlist

__all__ = ["__version__", "explain", "forecast", "load", "report", "update", "watch", "what_if"]
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
    seed: int = 1, method: "Method" = "auto", root: Path | None = None, talk: "Talk | None" = None,
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
    method
        `nuts` fits, `reweight` weighs the draws of a stored fit, `auto` does that if it can.
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
        case, day, asked, seed, space.runs, space.machine_code, talk or _silent, method
    )


def update(case: "Case", *entries: "Entry", today: date | None = None) -> "Case":
    """Write new entries into the ledger, all or none, and return the question with them.

    A forecast of what is returned weighs the draws of the last fit where that can be believed.

    Parameters
    ----------
    entries
        Readings, events, warnings, notes, retractions (`hourglass.ledger`).
    today
        Day after which nothing can be known; default the clock's.

    Raises
    ------
    hourglass.errors.InputError
        With every fault that the folder would have; nothing is written.
    """
    from hourglass import case as cases  # as above
    from hourglass import journal

    day = today or date.today()
    journal.append(case.folder, case.place, entries, day)
    return cases.load(case.folder, case.place, day)


def explain(
    case: "Case", *, start: str | None = None, end: str | None = None, months: float | None = None,
    from_prior: bool = False, root: Path | None = None, talk: "Talk | None" = None,
) -> "Explanation":  # fmt: skip
    """What moved P between two stored forecasts, what it rests on, and how it answers to each prior.

    Parameters
    ----------
    start, end
        Beginnings of the ids of the earlier and the later run; default the last two.
    months
        Horizon; default the longest that both have.
    from_prior
        Whether to start at the life tables and the beliefs alone instead, by fits between: some minutes.
    """
    from hourglass import explanation, workspace  # as above

    space = workspace.find(root, Path.cwd())
    asked = explanation.Asked(start, end, months, from_prior)
    return explanation.ask(case, asked, space.runs, space.machine_code, talk or _silent)


def what_if(
    case: "Case", *settings: str, since: str | None = None, span: str | None = None,
    without: Sequence[str] = (), as_of: date | None = None, horizons: Sequence[int] | None = None,
    seed: int = 1, root: Path | None = None, talk: "Talk | None" = None,
) -> "WhatIf":  # fmt: skip
    """P of entry were drivers or gates to stand elsewhere, or without some items; never stored.

    Parameters
    ----------
    settings
        As of the command `scenario`: `"DRIVER=+1.5"`, `"gate.NAME=0.9"`, with months of
        their own `"DRIVER=+1.5@YYYY-MM:6m"`.
    since, span
        First month and length of the settings, as `"YYYY-MM"` and `"6m"`.
    without
        Ids of items to leave out.
    """
    from hourglass import forecaster, scenario, wording, workspace  # as above

    day, space = as_of or date.today(), workspace.find(root, Path.cwd())
    forecaster.check_as_of(case, day, date.today())
    asked = forecaster.horizons_of(case, day, horizons, None)
    told = wording.read(case, day, asked, settings, since, span, without)
    return scenario.ask(case, day, asked, told, seed, space.runs, space.machine_code, talk or _silent)


def watch(
    case: "Case", *, horizon: int | None = None, as_of: date | None = None, seed: int = 1,
    root: Path | None = None, talk: "Talk | None" = None,
) -> "Watchlist":  # fmt: skip
    """What could be seen in the next month or two, and P of entry if it is and if it is not.

    Parameters
    ----------
    horizon
        Months ahead that P is of; default the question's longest.
    """
    from hourglass import forecaster, watchlist, workspace  # as above

    day, space = as_of or date.today(), workspace.find(root, Path.cwd())
    forecaster.check_as_of(case, day, date.today())
    months = max(case.question.header.horizons) if horizon is None else horizon
    (asked,) = forecaster.horizons_of(case, day, [months], None)
    return watchlist.ask(case, day, asked, seed, space.runs, space.machine_code, talk or _silent)


def report(
    case: "Case", *, as_of: date | None = None, seed: int = 1, from_prior: bool = False,
    variants: bool = False, root: Path | None = None, talk: "Talk | None" = None,
) -> Path:  # fmt: skip
    """Write the report on a forecast, stored or made now, and return its folder.

    A report on the same run that holds what is asked for stays as it is.

    Parameters
    ----------
    from_prior, variants
        Whether to tell what moved P since the prior, and to fit other people's beliefs where the
        draws cannot be weighed for them; each takes some minutes.
    """
    from hourglass import forecaster, reporting, workspace  # as above
    from hourglass.wish import Wish

    day, space, heard = as_of or date.today(), workspace.find(root, Path.cwd()), talk or _silent
    forecaster.check_as_of(case, day, date.today())
    asked = forecaster.horizons_of(case, day, None, None)
    told = forecaster.forecast(case, day, asked, seed, space.runs, space.machine_code, heard)
    return reporting.report(case, told, Wish(from_prior, variants), space, heard)


def _silent(words: str) -> None:
    """Hear what long work begins, and say nothing."""
