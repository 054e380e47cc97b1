"""Tables and sentences of how forecasts fared."""

from collections.abc import Iterator, Mapping, Sequence
from math import isinf

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hourglass.phrases import NONE_STORED, percent, unreadable
from hourglass.question import Resolution
from hourglass.scores import DECIDED, Line, Record, Score, Standing

ENTERED: Mapping[Standing, str] = {
    "entry": "yes",
    "no entry": "no",
    "open": "open",
    "unconfirmed": "unconfirmed",
    "over": "late",
    "withheld": "",
}
"""What the column `entry` of the list says of each standing."""


def record(told: Record, title: str) -> RenderableType:
    """How the question stands, the track record by length of horizon, then every forecast."""
    parts: list[RenderableType] = [Text(title, style="bold"), Text(question(told))]
    parts += [Text(sentence) for sentence in counts(told)]
    if told.lines:
        parts += [_lines(told.lines), _results(told)]
    return Group(*parts, *(Text(sentence, style="dim") for sentence in remarks(told)))


def question(told: Record) -> str:
    """How the question stands."""
    if told.resolved is None:
        return f"Not resolved; no source up to {told.confirmed_through} confirms entry."
    return _ending(told.resolved)


def _ending(told: Resolution) -> str:
    return f"Resolved: {told.outcome} on {told.date} ({told.source})."


def resolved(told: Record, file: str) -> RenderableType:
    """What was written about the end of a question, and what follows from it."""
    if told.resolved is None:
        return Text("Not resolved.")
    ended, over = told.resolved, told.count("over")
    words = [
        f"{file} says so now. {_ending(ended)}",
        f"Forecasts as of {ended.date} or later are refused; earlier days can still be asked about.",
        f"{told.scored} of {_many(told.forecasts, 'stored forecast')} can now be scored: `hourglass score`.",
    ]
    if over:
        words.append(f"{_many(over, 'horizon')} of forecasts as of that day or later will not be scored.")
    if ended.outcome == "entry" and ended.date <= told.confirmed_through:
        words.append(f"It still says that {told.confirmed_through} was confirmed quiet; correct that too.")
    return Text("\n".join(words))


def counts(told: Record) -> Iterator[str]:
    """How many forecasts there are and what has become of them."""
    if told.unreadable:
        yield unreadable(told.unreadable)
    if not told.forecasts:
        yield NONE_STORED
        return
    standings = {
        "decided": told.count(*DECIDED),
        "open": told.count("open"),
        "past and unconfirmed": told.count("unconfirmed"),
        "asked about after the end": told.count("over"),
        "withheld": told.count("withheld"),
    }
    shown = ", ".join(f"{count} {name}" for name, count in standings.items() if count)
    stored, horizons = _many(told.forecasts, "stored forecast"), _many(len(told.results), "horizon")
    yield f"{stored} with {horizons}: {shown}."
    if not told.lines:
        yield _nothing_decided(told)
    if told.count("unconfirmed"):
        yield "Once the quiet is checked, raise `confirmed_through` in question.toml to score those."


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _nothing_decided(told: Record) -> str:
    ends = [result.end for result in told.results if result.standing == "open"]
    first = f"; the first horizon ends on {min(ends)}" if ends and told.resolved is None else ""
    return f"Nothing is decided yet, so there is nothing to score{first}."


def _lines(lines: Sequence[Line]) -> Table:
    table = Table(*TRACK, title=TRACK_TITLE)
    for row in track(lines):
        table.add_row(*row)
    return table


TRACK_TITLE = "Means over windows that do not overlap"
TRACK = (
    *("within", "decided", "apart", "log score", "outside view", "skill"),
    *("Brier", "outside view", "skill"),
)


def track(lines: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    """Mean scores by length of horizon, under the columns `TRACK`."""
    for line in lines:
        told = line.apart
        yield (
            f"{line.months:g} months", str(line.every.n), str(told.n),
            _log(told.own), _log(told.outside), _share(told.log_skill),
            _brier(told.own), _brier(told.outside), _share(told.brier_skill),
        )  # fmt: skip


def _results(told: Record) -> Table:
    table = Table(box=box.SIMPLE)  # the default frame would not leave the width
    for name in ("as of", "run", "months", "chance", "outside", "entry", "log", "Brier", "apart"):
        table.add_column(name, no_wrap=name != "log")  # minus infinity is long
    for result in told.results:
        chances = (percent(chance) for chance in (result.chance, result.outside_view))
        fared = ("", "") if result.own is None else (_log(result.own), _brier(result.own))
        apart = "yes" if result in told.apart else ""
        row = (str(result.as_of), result.run, f"{result.months:g}", *chances)
        table.add_row(*row, ENTERED[result.standing], *fared, apart)
    return table


def _log(told: Score) -> str:
    return "minus infinity" if isinf(told.log) else f"{told.log:.4f}"


def _brier(told: Score) -> str:
    return f"{told.brier:.4f}"


def _share(told: float | None) -> str:
    if told is None:
        return "none"
    return "minus infinity" if isinf(told) else f"{told:+z.2f}"


def remarks(told: Record) -> Iterator[str]:
    """What a reader must know beside the scores."""
    if not told.lines:
        return
    if not any(line.every.entries for line in told.lines):
        yield (
            "Entry came in none of these windows: the lower chance always scores better, and these scores "
            "choose nothing."
        )
    if any(line.every.impossible for line in told.lines):
        yield "A chance of 0 or 1 was wrong: it scores minus infinity, and so does every mean that it is in."
    yield (
        "Log score: natural logarithm of the chance given to what happened, 0 at best. Brier: squared "
        "distance from it, 0 at best, 1 at worst. Skill: share of the outside view's loss that is saved."
    )
    yield (
        "Windows overlap where one forecast was made before the other's horizon had ended; only those "
        "apart are a track record. A run as of an earlier day may have been made long after it."
    )
