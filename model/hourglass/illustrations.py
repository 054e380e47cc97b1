"""The pictures of a report, and what a browser needs to draw them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import vl_convert

from hourglass import (
    brief,
    evidence_exhibits,
    evidence_figures,
    figures,
    forecast_exhibits,
    forecast_figures,
    trust_exhibits,
    trust_figures,
)
from hourglass.dossier import Dossier, Found
from hourglass.figures import Figure
from hourglass.ladder import START
from hourglass.outline import Figures
from hourglass.summary import Forecast
from hourglass.variant import BASE

Captioned = tuple[Figure, str]
MARK = re.compile(r'(id="|url\(#|href="#)')


def of(d: Dossier) -> Figures:
    """Pictures of a dossier by the section that they open; none where the numbers are withheld."""
    if d.found is None:
        return {}
    found, case, told = d.found, d.case, d.forecast
    ahead = forecast_exhibits.outlook(case, told, found.run.found)
    course = forecast_exhibits.course(case, told, ahead)
    every = {
        "answer": [
            (
                forecast_figures.chance(forecast_exhibits.chances(told, ahead)),
                "Chance of entry by horizon. Of the 50 dots each is as likely as any other to be the chance; "
                "the scale stretches small chances.",
            )
        ],
        "outcomes": [
            (forecast_figures.outcomes(course), "What has happened first by each day."),
            (forecast_figures.entry(course), "Entry alone, on a scale of its own, with 50 and 90 % bands."),
        ],
        "drivers": _drivers(d, found),
        "moves": _moves(d, found),
        "disagreement": _disagreement(d, found),
        "trust": _trust(d, found),
    }
    return {name: tuple(_drawn(told) for told in pictures) for name, pictures in every.items()}


def _drivers(d: Dossier, found: Found) -> Iterator[Captioned]:
    day, weight = d.forecast.as_of, found.run.found.weight * found.standing.warned
    paths = evidence_exhibits.paths(d.case, day, found.run.found, weight)
    for path in paths:
        yield (
            evidence_figures.driver(path),
            f"{path.title}: median, 50 and 90 % bands, and every item at its month and level, shaped by the "
            "letter of its grade. In standard deviations among states in that position.",
        )
    ends = _ends(d)
    for track in evidence_exhibits.tracks(d.case, day):
        yield evidence_figures.series(track, ends), f"{track.title}, as published."
    reports = evidence_exhibits.reports(d.case, day)
    if reports:
        yield (
            evidence_figures.reports(reports, ends),
            "Reports of occasions, and warnings, by day. A pale one does not weigh: it cannot be judged, or "
            "the window of the warning has passed.",
        )


def _ends(d: Dossier) -> tuple[date, date]:
    """First and last day of the record, for figures that stand one below the other."""
    return d.case.question.header.history_from, d.forecast.as_of


def _moves(d: Dossier, found: Found) -> Iterator[Captioned]:
    last = evidence_exhibits.since_last(found.explanation, found.then, d.case)
    if last is not None:
        yield evidence_figures.moves(last, "moves"), "What moved the chance since the last forecast."
    prior = evidence_exhibits.since_prior(found.explanation, d.case)
    if prior is not None:
        yield evidence_figures.moves(prior, "moves-prior"), f"What took the chance from {START} to now."


def _disagreement(d: Dossier, found: Found) -> Iterator[Captioned]:
    told = [(one.name, one.forecast) for one in found.stances if one.forecast is not None]
    if told:
        views = trust_exhibits.views([(BASE, d.forecast), *told])
        yield trust_figures.disagreement(views), "The same evidence under other beliefs."
    answers = trust_exhibits.answers(found.explanation.sensitivities)
    yield (
        trust_figures.sensitivity(answers),
        "How far the log-odds would move were a prior to count double. Order and colour are by sensitivity: "
        "how far the whole spread of the chance would move, not its mean alone.",
    )


def _trust(d: Dossier, found: Found) -> Iterator[Captioned]:
    for level in trust_exhibits.levels(d.case, found.run.found):
        yield trust_figures.level(level), f"{level.title}: lasting level, before the data and after."
    for series in trust_exhibits.expectations(d.case, found.fitness.points):
        yield (
            trust_figures.expectation(series, _ends(d)),
            f"{series.title}: each point that weighs, beside the 50 and 90 % intervals of what the model "
            "would expect of it, given all evidence.",
        )
    for ranks in trust_exhibits.ranks(found.standing):
        yield (
            trust_figures.ranks(ranks),
            f"{ranks.title[:1].upper()}{ranks.title[1:]}: "
            "ranks of each chain's draws; where chains agree, columns are even.",
        )


def history(told: Sequence[Forecast]) -> Iterator[brief.Figure]:
    """Picture of all forecasts of a question over time."""
    past = forecast_exhibits.past(told)
    if past:
        yield _drawn((forecast_figures.history(past), "Forecasts by their day, with 90 % intervals."))


def _drawn(told: Captioned) -> brief.Figure:
    picture, caption = told
    svg = MARK.sub(rf"\g<1>{picture.name}-", figures.svg(picture))
    return brief.Figure(picture.name, caption, picture.words, svg, _png(svg), picture.spec)


def _png(svg: str) -> bytes:
    """The same on white, for slides."""
    ground = f'<rect width="100%" height="100%" fill="{figures.PAPER}"/>'
    drawn: bytes = vl_convert.svg_to_png(svg.replace(">", f">{ground}", 1), scale=2)
    return drawn


def bundle(folder: Path) -> str:
    """Library that draws the pictures in a browser, kept in a folder since it takes seconds to make."""
    return figures.bundle(folder)
