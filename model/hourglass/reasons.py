"""Why P stands where it stands: what moved it, what would move it, who sees it otherwise."""

from collections.abc import Iterator, Sequence
from datetime import date

from hourglass import (
    brief,
    display,
    evidence_exhibits,
    evidence_figures,
    explain_display,
    outlook_display,
    phrases,
)
from hourglass.attribution import Move
from hourglass.brief import Cell, Points, Section
from hourglass.case import Case
from hourglass.chapters import GONE
from hourglass.comparison import gap
from hourglass.dossier import Dossier, Found, Stance
from hourglass.evidence_exhibits import Claim, Walk
from hourglass.explanation import Explanation
from hourglass.ladder import START, Climb
from hourglass.phrases import percent
from hourglass.variant import BASE

WAYS = ("what", *explain_display.WAY, "claim")
LOG_ODDS = "P is the chance of entry. Log-odds add where chances do not: +0.69 doubles the odds."


def moves(d: Dossier) -> Section:
    """What moved P since the last forecast and since the prior, and what it rests on."""
    title = "What moved it?"
    if d.found is None:
        return Section("moves", title, (GONE,))
    told = d.found.explanation
    within = f"This is about entry within {phrases.span(told.months)}. {LOG_ODDS}"
    parts = [within, *_since(d, d.found), *_from_prior(d, told)]
    rows = (_with_claim(row, d.case, d.forecast.as_of) for row in explain_display.influences(told.influences))
    rests = brief.table(
        "What it rests on: P without each of the strongest items",
        (*explain_display.INFLUENCES, "claim"),
        rows,
    )
    typical = brief.table(
        "P if from now on a driver, or every one, stood where it stands for the typical such state",
        explain_display.TYPICAL, explain_display.typical(told.typical, d.case),
    )  # fmt: skip
    return Section("moves", title, (*parts, rests, typical, *map(brief.Quote, explain_display.untold(told))))


def _since(d: Dossier, found: Found) -> Iterator[brief.Part]:
    told = found.explanation
    walk = evidence_exhibits.since_last(told, found.then, d.case)
    if told.move is None or walk is None:
        yield "No earlier forecast is stored, so nothing is said of what moved it since."
        return
    move = told.move
    from_to = f"from {percent(move.before)} to {percent(move.after)}"
    caption = f"Since the last forecast, as of {told.since_as_of} (run {told.since}): {from_to}"
    if (words := explain_display.rough(move)) is not None:
        yield words
    yield _ways(caption, move, walk)
    yield f"The last part: {move.remark}"


def _from_prior(d: Dossier, told: Explanation) -> Iterator[brief.Part]:
    walk = evidence_exhibits.since_prior(told, d.case)
    if told.climb is None or walk is None:
        yield (
            f"What took P from {START} to now needs fits of some minutes: ask "
            f"`hourglass report {d.case.folder.name} --as-of {d.forecast.as_of} --from-prior`."
        )
        return
    climb = told.climb
    from_to = f"from {percent(climb.before)} to {percent(climb.after)}"
    caption = f"From {START} to now: {from_to}"
    yield _ways(caption, climb, walk)
    yield from explain_display.climbed(climb)


def _ways(caption: str, way: Move | Climb, walk: Walk) -> brief.Table:
    """Parts of a way, each with the claims of its step; the last row is their sum."""
    claims = [*(step.claims for step in walk.steps), ()]
    rows = zip(explain_display.ways(way.parts, way.whole), claims, strict=True)
    if any(claims):
        return brief.table(caption, WAYS, ((*row, _claimed(told)) for row, told in rows))
    return brief.table(caption, WAYS[:-1], (row for row, _ in rows))


def _claimed(told: Sequence[Claim]) -> Cell:
    """Claims, each with its link; of many the first and how many more."""
    return brief.several([brief.linked(one.text, one.url) for one in evidence_figures.few(told)])


def _with_claim(row: Sequence[str], case: Case, as_of: date) -> tuple[str | Cell, ...]:
    """Row of evidence, by the name that explanations give it, with what it claims."""
    return *row, _claimed(evidence_exhibits.named([row[0]], case, as_of))


def watch(d: Dossier) -> Section:
    """What could be seen next, and what it would do to P."""
    title = "What to watch next?"
    if d.found is None:
        return Section("watch", title, (GONE,))
    told = d.found.watchlist
    span = f"by {told.horizon} ({phrases.span(told.months)})"
    caption = f"What could be seen, the most telling first; P is the chance of entry {span}"
    rows = list(outlook_display.watch_rows(told.lines))
    first, rest = rows[: explain_display.MOST_ROWS], rows[explain_display.MOST_ROWS :]
    shown = brief.table(caption, outlook_display.WATCH, first)
    less = brief.table("What tells less", outlook_display.WATCH, rest, folded=True)
    remarks = Points(tuple(outlook_display.watch_remarks()))
    return Section("watch", title, (brief.Quote(told.closing), shown, *((less,) if rest else ()), remarks))


def disagreement(d: Dossier) -> Section:
    """What other beliefs make of the same evidence, and how P answers to each prior."""
    title = "Who disagrees?"
    if d.found is None:
        return Section("disagreement", title, (GONE,))
    parts: list[brief.Part] = list(_stances(d, d.found.stances))
    told = d.found.explanation.sensitivities
    caption = (
        "How P answers to a little more faith in each prior, the most influential first "
        f"({phrases.span(d.found.explanation.months)})"
    )
    rows = explain_display.sensitivities(told, d.case)
    parts.append(brief.table(caption, explain_display.SENSITIVITIES, rows))
    parts.append(
        "A sensitivity of 0.05 or more is strong. Moved: how far the evidence carried a number from the "
        "middle of its prior, in standard deviations of that prior."
    )
    return Section("disagreement", title, tuple(parts))


def _stances(d: Dossier, stances: Sequence[Stance]) -> Iterator[brief.Part]:
    if not stances:
        yield "The question's folder states no other beliefs to compare with."
        return
    shown = [one for one in stances if one.forecast is not None]
    if shown:
        columns = ("within", f"{BASE}: our own", *(one.name for one in shown))
        yield brief.table(
            "Chance of entry on the same evidence, and log-odds from ours", columns, _apart(d, shown)
        )
    yield brief.quotes(f"{one.name}: {one.title}. {one.because}" for one in stances)
    yield from (_unknown(d, one) for one in stances if one.forecast is None)


def _unknown(d: Dossier, stance: Stance) -> str:
    """Why a stance has no numbers, and what would find them."""
    if stance.fitted:
        failed = "; ".join(display.check(one) for one in stance.failed)
        return f"What {stance.name} makes of it is withheld: the fit to these beliefs failed ({failed})."
    failed = ", ".join(one.name for one in stance.failed)
    return (
        f"What {stance.name} makes of it the draws at hand cannot tell (failed: {failed}). It takes a fit: "
        f"ask `hourglass report {d.case.folder.name} --as-of {d.forecast.as_of} --variants`."
    )


def _apart(d: Dossier, shown: Sequence[Stance]) -> Iterator[tuple[str, ...]]:
    for place, own in enumerate(d.forecast.horizons):
        row = [phrases.span(own.months), percent(own.mean)]
        for one in shown:
            other = one.forecast.horizons[place].mean if one.forecast else None
            apart = gap(own.mean, other)
            row.append(percent(other) + ("" if apart is None else f" ({apart:+z.2f})"))
        yield tuple(row)
