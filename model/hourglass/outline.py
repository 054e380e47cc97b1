"""The report as a whole: its sections in order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hourglass import chapters, reasons, sources, trust
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
        Section(WHAT_IF, "What if?"), reasons.watch(d), reasons.disagreement(d), trust.section(d),
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


def _drawn(section: Section, figures: Figures) -> Section:
    """The section with its figures: first, but where words must come before them."""
    before = trust.WORDS if section.name == trust.NAME else 0
    parts = (*section.parts[:before], *figures.get(section.name, ()), *section.parts[before:])
    return replace(section, parts=parts)
