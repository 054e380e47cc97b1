"""Whether a report can be trusted: its checks, its record, and what it leaves out."""

from collections.abc import Iterator

from hourglass import brief, display, fitness_display, score_display
from hourglass.brief import Points, Section
from hourglass.dossier import Dossier

NAME, WORDS = "trust", 3
"""The section, and how many of its parts come before its figures: what the verdict and its checks mean."""


def section(d: Dossier) -> Section:
    """The gate's checks, how earlier forecasts fared, what the model leaves out."""
    verdict = d.forecast.verdict
    rows = ((*display.check_row(check), "yes" if check.passed else "no") for check in verdict.checks)
    checks = brief.table(
        "Checks of the machine, each of which must hold", ("check", "value", "limit", "holds"), rows,
        folded=verdict.passed,
    )  # fmt: skip
    meaning = (
        "The verdict says whether the computation may be believed. It says nothing of whether the judgements "
        "are right."
    )
    left_out = d.case.question.header.leaves_out
    rest = ("What the model leaves out:", brief.quotes(left_out)) if left_out else ()
    return Section(
        NAME, "Can it be trusted?", (meaning, checks, display.CHECKED, *_fitness(d), *_track(d), *rest)
    )


def _fitness(d: Dossier) -> Iterator[brief.Part]:
    """How the model fits what was seen."""
    if d.found is None:
        return
    told = d.found.fitness
    yield brief.quotes(fitness_display.sentences(told))
    series = d.case.question.series
    rows = fitness_display.least(told.least_expected(fitness_display.SHOWN), series)
    yield brief.table(fitness_display.LEAST_TITLE, fitness_display.LEAST, rows)
    yield fitness_display.LEAST_WORDS
    replicas = fitness_display.likenesses(told.likenesses, series)
    yield brief.table(fitness_display.LIKENESSES_TITLE, fitness_display.LIKENESSES, replicas, folded=True)
    yield fitness_display.LIKENESSES_WORDS


def _track(d: Dossier) -> Iterator[brief.Part]:
    told = d.record
    day = d.forecast.as_of
    yield f"The record as it would have stood on {day}; `hourglass score` says how it stands today."
    yield Points((score_display.question(told), *score_display.counts(told), *score_display.remarks(told)))
    if told.lines and d.forecast.verdict.passed:
        yield brief.table(score_display.TRACK_TITLE, score_display.TRACK, score_display.track(told.lines))
