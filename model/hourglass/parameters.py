"""Parameters of the model: every elicited number by its name in the question folder.

A name is the path of its belief in the files, as `drivers.NAME.level`. One vector holds them
all, group by group; `unpack` gives each group its place, in either array module.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count, islice
from typing import Any

from hourglass.belief import Belief, CurveTable, curve_table
from hourglass.question import LETTERS, NUMBERS, Question


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters by group, in either array module.

    Every number is an array (..., 1) whose leading axes are draws, where there are any.
    `level`, `half_life`, `lasting_share` hold one a driver; `gate_chance` one a gate;
    `gate_effect` and `rival_effect` those that are stated, in order; `disposition_*` one a
    disposition; `loading`, `intercept`, `dispersion` one a series; `letter_noise` A to E, each
    but the first what it adds; `number_multiplier` 2 to 5. Half-lives and `tau` in months,
    noises and `origin_sd` in driver units, `outside` a month.
    """

    level: tuple[Any, ...]
    half_life: tuple[Any, ...]
    lasting_share: tuple[Any, ...]
    gate_chance: tuple[Any, ...]
    gate_effect: tuple[Any, ...]
    disposition_sd: tuple[Any, ...]
    disposition_half_life: tuple[Any, ...]
    rival_effect: tuple[Any, ...]
    loading: tuple[Any, ...]
    intercept: tuple[Any, ...]
    dispersion: tuple[Any, ...]
    letter_noise: tuple[Any, ...]
    number_multiplier: tuple[Any, ...]
    A: Any
    tau: Any
    nu: Any
    spread: Any
    clumping: Any
    outside: Any
    origin_sd: Any


def beliefs(question: Question) -> Mapping[str, Mapping[str, Belief]]:
    """Every belief of the question by group and dotted path, in the order of the vector."""
    return {field.name: dict(_group(question, field.name)) for field in fields(Parameters)}


def _group(question: Question, group: str) -> Iterator[tuple[str, Belief]]:
    match group:
        case "level" | "half_life" | "lasting_share":
            yield from ((f"drivers.{k}.{group}", getattr(d, group)) for k, d in question.drivers.items())
        case "gate_chance":
            yield from ((f"gates.{g.id}.intercept", g.intercept) for g in question.gates)
        case "gate_effect":
            yield from (
                (f"gates.{g.id}.effects.{k}", q) for g in question.gates for k, q in g.effects.items()
            )
        case "disposition_sd" | "disposition_half_life":
            part = group.removeprefix("disposition_")
            yield from (
                (f"gates.{g.id}.disposition.{part}", getattr(g.disposition, part))
                for g in question.dispositions
            )
        case "rival_effect":
            yield from (
                (f"rivals.{r.id}.effects.{k}", q) for r in question.rivals for k, q in r.effects.items()
            )
        case "loading" | "intercept" | "dispersion":
            yield from ((f"series.{k}.{group}", getattr(s, group)) for k, s in question.series.items())
        case "letter_noise":
            yield from ((f"grades.letters.{k}.noise", question.grades.letters[k].noise) for k in LETTERS)
        case "number_multiplier":
            stated = ((k, question.grades.numbers[k].multiplier) for k in NUMBERS)
            yield from ((f"grades.numbers.{k}.multiplier", q) for k, q in stated if q is not None)
        case "origin_sd":
            yield "grades.origin", question.grades.origin
        case _:
            yield f"reference.{group}", getattr(question.reference, group)


Effects = tuple[tuple[tuple[int, int], ...], ...]
"""For each gate or rival its stated effects, as pairs of driver and place in the group."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each parameter stands in the vector, and the structure that no data changes.

    Attributes
    ----------
    names
        Dotted paths, one a parameter, group by group.
    sizes
        Parameters in each group.
    curves
        Curves of the parameters from standard normals.
    drivers, gates, dispositions, series, rivals
        Names along the axes that the groups of parameters have.
    gate_effects, rival_effects
        Which driver moves which gate or rival.
    disposition_of
        Place of each gate's disposition, None where it carries none.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    curves: CurveTable
    drivers: tuple[str, ...]
    gates: tuple[str, ...]
    dispositions: tuple[str, ...]
    series: tuple[str, ...]
    rivals: tuple[str, ...]
    gate_effects: Effects
    rival_effects: Effects
    disposition_of: tuple[int | None, ...]


def layout(question: Question) -> Layout:
    """Layout of the parameter vector of a question."""
    groups = list(beliefs(question).values())
    drivers = tuple(question.drivers)
    dispositions = tuple(gate.id for gate in question.dispositions)
    return Layout(
        names=tuple(name for group in groups for name in group),
        sizes=tuple(len(group) for group in groups),
        curves=curve_table([q for group in groups for q in group.values()]),
        drivers=drivers,
        gates=tuple(gate.id for gate in question.gates),
        dispositions=dispositions,
        series=tuple(question.series),
        rivals=tuple(rival.id for rival in question.rivals),
        gate_effects=_effects([gate.effects for gate in question.gates], drivers),
        rival_effects=_effects([rival.effects for rival in question.rivals], drivers),
        disposition_of=tuple(dispositions.index(g.id) if g.disposition else None for g in question.gates),
    )


def _effects(stated: Sequence[Mapping[str, Belief]], drivers: tuple[str, ...]) -> Effects:
    place = count()
    return tuple(tuple((drivers.index(name), next(place)) for name in effects) for effects in stated)


def unpack(xp: Any, theta: Any, layout: Layout) -> Parameters:
    """Parameters by group from the vector `theta` (..., parameter) on natural scales."""
    each = iter(xp.split(theta, len(layout.names)))
    groups = [tuple(islice(each, size)) for size in layout.sizes]
    single = {field.name for field in fields(Parameters) if field.type is Any}
    named = zip(fields(Parameters), groups, strict=True)
    return Parameters(**{field.name: group[0] if field.name in single else group for field, group in named})
