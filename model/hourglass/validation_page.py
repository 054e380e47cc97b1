"""The page on whether the model may be trusted, from one validation; every number from its value."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hourglass import (
    backtests,
    calibration,
    evidence_figures,
    examination,
    figures,
    page,
    record_figures,
    store,
    uniformity,
    validation_exhibits,
)
from hourglass.backtests import Backtest, Gain
from hourglass.calibration import COVERAGES, Calibration
from hourglass.case import Case
from hourglass.contest import FULL
from hourglass.fitness import Fitness
from hourglass.grading import WIDEST_SLOPE, Interval
from hourglass.phrases import percent, span
from hourglass.validation import Validation

SHOWN = 12
"""Rows of long tables: quantities nearest their band, least expected items."""
TEMPLATE = "validation.md.j2"
START, END = "<!-- validation -->", "<!-- /validation -->"
"""Where the README holds the gist."""
AGAINST = (
    "What speaks against it: simpler models (a flat baseline, no gates, no error that reports of one "
    "origin share) were asked\nbeside it to expect each item of the real evidence from the others."
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that a sound model must show, and whether it does."""

    what: str
    found: str
    held: bool


def requirements(told: Validation) -> tuple[Requirement, ...]:
    """What was promised beforehand, and what was found."""
    grade, found = told.grade, _inside(told.calibration)
    if told.again:
        found += f"; again with seed {told.seed + 1}: {_inside(told.again)}"
    ahead = "; ".join(f"{rival} {_interval(lead)}" for rival, lead in grade.leads.items())
    slope, width = grade.slope, grade.slope.high - grade.slope.low
    missed = [one for one in grade.bins if not one.held]
    hits = f"{len(grade.bins) - len(missed)} of {len(grade.bins)}"
    fits = f"Ranks of {told.calibration.fits} known truths: every quantity inside its simultaneous band"
    scored = "Questions with known answers: mean log score above both rivals', 95 % interval above 0"
    stretch = "Slope of recalibration: its 95 % interval holds 1"
    return (
        Requirement(fits, found, told.calibration.passed),
        Requirement(scored, ahead, all(lead.low > 0 for lead in grade.leads.values())),
        Requirement(stretch, _interval(slope), slope.low <= 1 <= slope.high),
        Requirement(f"and is narrower than {WIDEST_SLOPE:g}", f"{width:.3f}", width < WIDEST_SLOPE),
        Requirement("Hit rate of every bin inside its 99 % interval", hits, not missed),
    )


def _inside(told: Calibration) -> str:
    out, count = told.outside, len(told.judged)
    return f"{count - len(out)} of {count}" + (f"; outside: {', '.join(out)}" if out else "")


def _interval(told: Interval) -> str:
    return f"{told.value:.4f} ({told.low:.4f} to {told.high:.4f})"


def drawings(told: Validation, case: Case) -> dict[str, str]:
    """SVG of each figure by its name."""
    steps, band = validation_exhibits.steps(told.calibration.judged)
    known = validation_exhibits.evidence(case, told.backtest)
    ends = case.question.header.starts, told.backtest.days[-1].forecast.as_of
    made = (
        record_figures.calibration(steps, band),
        record_figures.reliability(told.grade.bins),
        record_figures.backtest(validation_exhibits.course(told.backtest)),
        replace(evidence_figures.reports(known, ends), name="evidence"),
    )
    return {figure.name: figures.svg(figure) for figure in made}


def markdown(told: Validation, date: str, folder: str) -> str:
    """The page as Markdown.

    Parameters
    ----------
    date
        Day of the run.
    folder
        Where the figures lie, from the page.
    """
    return page.text(TEMPLATE, {
        "told": told, "date": date, "folder": folder,
        "code": store.code()[:12], "versions": store.libraries(),
        "requirements": requirements(told), "coverages": COVERAGES, "ranked": ranked(told),
        "repeated": repeated(told), "inside": _inside,
        "news": news(told.backtest.gains), "withheld": len(told.backtest.withheld),
        "known": examination.KNOWN, "percent": percent, "span": span, "interval": _interval,
        "remarks": backtests.remarks(told.backtest), "entered": backtests.entered(told.backtest),
        "unplaced": unplaced(told.backtest), "few": few(told.fit) if told.fit else {},
        "matrix": matrix(told), "least": told.fit.least_expected(SHOWN) if told.fit else (),
        "ahead": [one for one in told.standings if one.name != FULL and one.lead.clear > 0],
        "behind": [one for one in told.standings if one.name != FULL and one.lead.clear < 0],
        "beaten": [
            one.answerer
            for one in told.cells
            if one.truth == FULL and one.answerer != FULL and one.lead.low > 0
        ],
    })  # fmt: skip


def front(readme: str, page: str) -> str:
    """The README with what the page says was required and found, and what speaks against the model."""
    head, start, rest = readme.partition(START)
    _, end, tail = rest.partition(END)
    required = page.partition("## What was required beforehand")[2].partition("\n## ")[0]
    table = [line for line in required.splitlines() if line.startswith("|")]
    against = [line for line in page.splitlines() if line.startswith("On this evidence the full model")]
    parts = ["\n".join(table), *(f"{AGAINST}\n\n{line}" for line in against)]
    return f"{head}{start}\n{'\n\n'.join(parts)}\n{end}{tail}" if end else readme


def ranked(told: Validation) -> list[tuple[str, str, tuple[float, ...]]]:
    """Quantities nearest to their band or beyond it, and P: name, place, coverage."""
    each = told.calibration.judged
    chosen = (*each[:SHOWN], *(one for one in each[SHOWN:] if one.group.startswith("P within")))
    return [
        (
            one.group,
            f"{100 * one.way:.0f} %",
            told.calibration.coverage[one.group],
        )
        for one in chosen
    ]


def repeated(told: Validation) -> list[tuple[str, str, str]]:
    """Quantities that left their band, with the next seed: way in the band of all, and in one of its own."""
    if told.again is None:
        return []
    ranks, ways = told.again.ranks, {one.group: one.way for one in told.again.judged}
    outside = told.calibration.outside
    alone = [uniformity.judge(calibration.spread({name: ranks[name]}))[0].way for name in outside]
    return [
        (name, f"{100 * ways[name]:.0f} %", f"{100 * way:.0f} %")
        for name, way in zip(outside, alone, strict=True)
    ]


def news(gains: Iterable[Gain]) -> list[Gain]:
    """Groups of news of which both predictors could say something."""
    return [one for one in gains if one.gain is not None]


def unplaced(told: Backtest) -> list[str]:
    """Groups of news too small for their places to be judged."""
    judged = {one.group for one in told.uniformity}
    return [one.group for one in told.gains if one.group not in judged]


def few(told: Fitness) -> dict[str, int]:
    """Groups of items too small for their places to be judged, with their numbers."""
    judged = {one.group for one in told.uniformity}
    counted = Counter(item.group for item in told.items if item.place is not None)
    return {group: count for group, count in sorted(counted.items()) if group not in judged}


def matrix(told: Validation) -> Mapping[str, Mapping[str, str]]:
    """Score of each answerer by whose questions they are."""
    found: dict[str, dict[str, str]] = {}
    for cell in told.cells:
        lead = "" if cell.truth == cell.answerer else f" ({-cell.lead.high:+z.3f} to {-cell.lead.low:+z.3f})"
        found.setdefault(cell.truth, {})[cell.answerer] = f"{cell.score:.3f}{lead}"
    return found
