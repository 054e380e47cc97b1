"""Making a report: gathered, written, published, and listed."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hourglass import publication, store
from hourglass.brief import Brief
from hourglass.case import Case
from hourglass.errors import HourglassError
from hourglass.forecaster import Talk
from hourglass.summary import Forecast
from hourglass.wish import Wish
from hourglass.workspace import Workspace

if TYPE_CHECKING:
    from hourglass.dossier import Dossier
    from hourglass.page import Addition


def report(case: Case, told: Forecast, wish: Wish, space: Workspace, talk: Talk) -> Path:
    """Report on a forecast; the folder that holds it.

    Where that run's report holds all that is wished for, it stays as it is, to the byte. A
    wish that an earlier report was granted is granted again.

    Raises
    ------
    HourglassError
        Where a report would lose what it holds, since the draws behind it are gone.
    OSError
        Where the disk refuses; no half of a report is left behind.
    """
    folder = space.reports / case.folder.name
    told = _whole(told, space)
    stamp = publication.stamp(told)
    known = publication.find(folder, told.as_of, stamp)
    if known is not None and wish.extras <= known.extras:
        if publication.recall(known, told.as_of):
            _list(case, space)
        return known.folder
    from hourglass import dossier, illustrations, outline, page  # slow: Altair, Jinja2, SciPy

    whole = wish if known is None else wish.joined(known.extras)
    d = dossier.gather(case, told, whole, space, talk)
    if known is not None and told.verdict.passed and d.found is None:
        remedy = "forecast as of this day with --method nuts to have a report anew"
        raise HourglassError(
            f"{known.folder}: stays as it is, since the draws behind run {told.run.id} are gone; {remedy}"
        )
    talk("writing the report")
    figures = illustrations.of(d)
    written = outline.brief(d, figures)
    bundle = illustrations.bundle(space.charts) if written.figures else ""
    files = _files(written, d.forecast, whole, stamp, page.html(written, _sliders(d), bundle))
    place = publication.publish(folder, told.as_of, stamp, whole.extras, files)
    _list(case, space)
    return place


def _list(case: Case, space: Workspace) -> None:
    from hourglass import catalogue, illustrations  # as above

    catalogue.renew(space.reports, case.folder.name, illustrations.history)


def untold(told: Forecast, space: Workspace) -> tuple[date, ...]:
    """Last days of horizons that were asked for and that the report on the run does not hold."""
    held = {horizon.date for horizon in _whole(told, space).horizons}
    return tuple(horizon.date for horizon in told.horizons if horizon.date not in held)


def _whole(told: Forecast, space: Workspace) -> Forecast:
    """Forecast with every horizon of its run, whichever were asked for."""
    kept = store.load(space.runs, told.question["id"], told.run.id)
    same = kept is not None and (kept.run.method, kept.run.fit) == (told.run.method, told.run.fit)
    whole = kept if kept is not None and same else told
    return replace(whole, run=replace(whole.run, stored=False))


def _sliders(d: "Dossier") -> "Addition":
    from hourglass import page, whatif  # as above

    values = None if d.found is None else whatif.gather(d.found.grounds)
    style, script = ("", "") if values is None else (page.source("whatif.css"), page.source("whatif.js"))
    return page.Addition(values, style, script)


def _files(told: Brief, forecast: Forecast, wish: Wish, stamp: str, html: str) -> publication.Files:
    from hourglass import brief, page, summary  # as above

    held = {"report": {"stamp": stamp, "extras": sorted(wish.extras)}, "brief": brief.as_json(told)}
    data = page.as_text(summary.as_json(forecast) | held)
    files = {publication.PAGE: html, publication.TEXT: page.markdown_page(told), publication.DATA: data}
    pictures = {f"{publication.FIGURES}/{one.id}.svg": one.svg.encode() for one in told.figures}
    pictures |= {f"{publication.FIGURES}/{one.id}.png": one.png for one in told.figures}
    return {name: text.encode() for name, text in files.items()} | pictures
