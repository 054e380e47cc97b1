"""The report as a whole: its sections in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hourglass import chapters, reasons, sources, trust, whatif
from hourglass.brief import Brief, Figure, Section
from hourglass.dossier import Dossier

WHAT_IF = "what-if"
Figures = Mapping[str, Sequence[Figure]]
"""Figures by the section that they open."""


def brief(d: Dossier, figures: Figures) -> Brief:
    """Everything that a report says of a dossier; of a withheld forecast no chance at all."""
    told = d.forecast
    whole = (
        chapters.answer(d), chapters.outcomes(d), chapters.drivers(d), reasons.moves(d),
        what_if(d), reasons.watch(d), reasons.disagreement(d), trust.section(d),
        sources.section(d), chapters.criteria(d),
    )  # fmt: skip
    few = (chapters.answer(d), trust.section(d), sources.section(d), chapters.criteria(d))
    return Brief(
        title=told.question["title"],
        as_of=told.as_of,
        lead=chapters.lead(told),
        passed=told.verdict.passed,
        badge=chapters.badge(told),
        facts=tuple(chapters.facts(told, d.case)),
        sections=tuple(_drawn(one, figures) for one in (whole if told.verdict.passed else few)),
    )


def what_if(d: Dossier) -> Section:
    """How to suppose something, in words; on the page sliders stand in their place."""
    title = "What if?"
    if d.found is None:
        return Section(WHAT_IF, title, (chapters.GONE,))
    ground = d.found.grounds
    if not whatif.reaches(ground):
        return Section(WHAT_IF, title, ("Nothing can be supposed here: the forecast ends within the month.",))
    words = (
        "The page of this report, brief.html, has sliders: put a driver or a gate elsewhere, and it shows "
        "what the chances would then be. A supposition is not a forecast. With intervals, from the command "
        f"line: `{whatif.command(ground)} --set '{whatif.setting(ground)}'`"
    )
    return Section(WHAT_IF, title, (words,))


def _drawn(section: Section, figures: Figures) -> Section:
    """The section with its figures: first, but where words must come before them."""
    before = trust.WORDS if section.name == trust.NAME else 0
    parts = (*section.parts[:before], *figures.get(section.name, ()), *section.parts[before:])
    return replace(section, parts=parts)
