"""An explanation as tables for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from math import exp, isfinite

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass import phrases
from hourglass.attribution import Move, Part
from hourglass.case import Case
from hourglass.explanation import Explanation
from hourglass.influence import CLEAR, EVERY, Influence, Typical
from hourglass.ladder import MISSED, START, Climb
from hourglass.phrases import percent
from hourglass.sensitivity import ALWAYS, NOTICEABLE, Sensitivity
from hourglass.verdict import Check

MOST_ROWS = 12
"""Rows of a table in a terminal; `--json` holds all."""


def explanation(told: Explanation, case: Case) -> RenderableType:
    """What moved P first, then what it rests on."""
    within = f"P of entry within {told.months:g} months, as of {told.as_of}: {percent(told.chance)}."
    parts: list[RenderableType] = [Text(told.question["title"], style="bold"), Text(within)]
    if told.move is not None:
        from_to = f"from {percent(told.move.before)} as of {told.since_as_of} (run {told.since})"
        parts += moved(told.move, f"What moved P {from_to}:")
    if told.climb is not None:
        parts += _climb(told.climb)
    parts += [
        _table(TYPICAL, typical(told.typical, case)),
        _table(INFLUENCES, influences(told.influences)),
        _table(SENSITIVITIES, sensitivities(told.sensitivities, case)),
    ]
    return Group(*parts, *(Text(words, style="dim") for words in remarks(told)))


def remarks(told: Explanation) -> Iterable[str]:
    """What a reader must know beside the numbers."""
    yield from told.remarks
    worth = told.evidence.effective_items or 0.0
    yield f"{told.evidence.items} items of evidence weigh; they are worth {worth:.1f} independent ones."
    if len(told.sensitivities) > MOST_ROWS:
        yield (
            f"Of the priors the {MOST_ROWS} that P answers to most are shown, and those in conflict or "
            "always told; --json holds all."
        )
    yield from untold(told)
    yield (
        "Typical: a driver at 0 from now on; the last row moves all at once. Moved: how far the evidence "
        "carried a number from the middle of its prior. A conflict is a prior that the evidence disputes."
    )


def untold(told: Explanation) -> Iterable[str]:
    """Items that the table leaves out: weaker, lost in noise, or of weights that fail.

    Of the last those are not named that what moved P tells of.
    """
    clear = sum(one.clear for one in told.influences)
    if clear > MOST_ROWS:
        yield f"Shown are the {MOST_ROWS} strongest of {_pieces(clear)} that stand out of the noise."
    faint = sum(one.sound and not one.clear and isfinite(one.mcse) for one in told.influences)
    if faint:
        yield (
            f"Of {_pieces(faint)} what is added lies within {CLEAR} Monte Carlo standard errors (mcse) of "
            "nothing; hourglass explain --json lists them."
        )
    ways = (way for way in (told.move, told.climb) if way is not None)
    moved = {name for way in ways for part in way.parts for name in (part.name, *part.name.split("+"))}
    rough = [one.item for one in told.influences if not one.sound and one.item not in moved]
    if rough:
        yield (
            f"Of {_pieces(len(rough))} only a fit without them could tell, since the weights "
            f"fail their guard: {', '.join(rough[:MOST_ROWS])}"
            f"{' and others' if len(rough) > MOST_ROWS else ''}."
        )


def _pieces(count: int) -> str:
    """A count of items of the ledger and points of series."""
    return "1 item or point" if count == 1 else f"{count:,} items or points"


def moved(move: Move, title: str) -> Iterator[RenderableType]:
    """What moved P from one forecast to another, and first whether the parts are rough."""
    yield Text(title)
    if (words := rough(move)) is not None:
        yield Text(words, style="red")
    by = "change" if move.grouping == "change" else f"changes, by {move.grouping}"
    yield _ways(by, move.parts, move.whole)
    yield Text(f"The last part: {move.remark}", style="dim")


def rough(move: Move) -> str | None:
    """What a reader must know of parts that the draws cannot tell well; None where they can."""
    failed = [f"{check.name} {check.value:.2f}" for check in move.checks if not check.passed]
    return (
        f"The draws do not reach so far ({', '.join(failed)}): the parts are rough, the sum is not. "
        "Forecast a day between the two, or ask --from-prior."
        if failed
        else None
    )


def _climb(climb: Climb) -> list[RenderableType]:
    title = f"What took P from {percent(climb.before)}, by {START}, to now:"
    remarks = (Text(words, style="dim") for words in climbed(climb))
    return [Text(title), _ways("evidence", climb.parts, climb.whole), *remarks]


def climbed(climb: Climb) -> Iterator[str]:
    """What a reader must know of the start of a climb, and of its parts."""
    yield (
        f"The start, {START}, is not the outside view: it holds what is believed of the state's own drivers "
        "and none of its quiet, where the outside view knows that quiet and no driver. Own quiet is that "
        "entry has not come so far; events are reports of occasions, and warnings."
    )
    yield (
        f"As sampled, the parts missed the whole by {phrases.log_odds(climb.missed)}, with a Monte Carlo "
        f"standard error of {climb.error:.3f}; they are adjusted to sum to it, each by what its error shares "
        "with that of their sum."
    )
    fits = [check for check in climb.checks if check.name != MISSED]
    if len(fits) < len(climb.checks):
        yield "Noise would miss less: the powers are too few or a fit is unsound, and the parts are rough."
    if fits:
        yield (
            "The climb goes by short fits between, with the evidence raised to powers from 0 to 1, and some "
            f"of their checks fail: {'; '.join(map(_short_of, fits))}. The parts are shown all the same; "
            "read them as rough."
        )


def _short_of(check: Check) -> str:
    """What a fit between fell short of: its power, the check, and the limit that it passed."""
    _, power, name = check.name.split(" ", 2)
    bound = "at most" if check.value > check.limit else "at least"
    value = phrases.measured(check.value, check.limit)
    return f"at power {power} {name} is {value}, {bound} {check.limit:.4g} is wanted"


def _ways(what: str, parts: Sequence[Part], whole: float) -> Table:
    *rows, last = ways(parts, whole)
    table = _table((what, *WAY), rows)
    table.add_section()
    table.add_row(*last)
    return table


WAY = ("how, or ± error", "change in log-odds", "odds times")
"""Columns of the parts of a way, after what they are of."""


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Table whose first column folds, for ids are long."""
    first, *others = columns
    table = Table(Column(first, overflow="fold"), *others)
    for row in rows:
        table.add_row(*row)
    return table


def ways(parts: Sequence[Part], whole: float) -> Iterator[tuple[str, str, str, str]]:
    """Each part with its log-odds and what it multiplies the odds by; their sum last."""
    for part in (*parts, Part("sum", whole)):
        yield part.name, part.detail, phrases.log_odds(part.log_odds), f"{exp(part.log_odds):.2f}"


TYPICAL = ("typical from now on", "P would be", "change in log-odds")


def typical(told: Iterable[Typical], case: Case) -> Iterator[tuple[str, str, str]]:
    """P were a driver typical, under the columns `TYPICAL`."""
    for one in told:
        name = one.driver if one.driver == EVERY else case.question.drivers[one.driver].title
        yield name, percent(one.chance), f"{one.log_odds:+z.2f}"


INFLUENCES = ("item", "P without it", "adds in log-odds", "± mcse", "k-hat")


def influences(told: Sequence[Influence]) -> Iterator[tuple[str, ...]]:
    """What the strongest items do that stand out of the noise, under the columns `INFLUENCES`."""
    for one in [one for one in told if one.clear][:MOST_ROWS]:
        added = phrases.log_odds(one.log_odds), f"{one.mcse:.3f}"
        yield one.item, percent(one.without), *added, f"{one.k_hat:z.2f}"


SENSITIVITIES = (
    "P answers to", "sensitivity", "change in log-odds were it to count double", "± mcse", "moved", "marks",
)  # fmt: skip


def sensitivities(told: Sequence[Sensitivity], case: Case) -> Iterator[tuple[str, ...]]:
    """How P answers to the strongest priors, under the columns `SENSITIVITIES`."""
    rest = [one for one in told[MOST_ROWS:] if one.about == ALWAYS or one.conflict]
    for one in [*told[:MOST_ROWS], *rest]:
        strong = "strong" if one.of_chance >= NOTICEABLE else ""
        moved = "" if one.shift is None else f"{one.shift:+z.1f} sd"
        words = "prior-data conflict" if one.conflict else strong
        numbers = f"{one.of_chance:.3f}", phrases.log_odds(one.per_doubling), f"{one.error:.3f}"
        yield titled(one.about, case), *numbers, moved, words


def titled(path: str, case: Case) -> str:
    """Path of a belief, with the title of what it is about where the question's folder gives one."""
    question, (first, *rest) = case.question, path.split(".")
    known: dict[str, dict[str, str]] = {
        "drivers": {name: one.title for name, one in question.drivers.items()},
        "series": {name: one.title for name, one in question.series.items()},
        "gates": {one.id: one.title for one in question.gates},
        "rivals": {one.id: one.title for one in question.rivals},
    }
    title = known.get(first, {}).get(rest[0]) if rest else None
    return f"{path}: {title}" if title else path
