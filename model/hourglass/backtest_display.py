"""Tables and sentences of a backtest."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from hourglass import backtests
from hourglass.backtests import Backtest, Gain
from hourglass.crowd import Saying
from hourglass.fitness_display import spread
from hourglass.phrases import WITHHELD, interval, percent, span
from hourglass.scores import Line


def backtest(told: Backtest) -> RenderableType:
    """P month by month, how the news were predicted, and last the scores of P."""
    parts: list[RenderableType] = [Text(told.question["title"], style="bold")]
    parts += [Text(sentence) for sentence in sentences(told)]
    parts += [_days(told), _news(told)]
    if told.record.lines:
        parts += [_record(told.record.lines)]
    sayings = [one for day in told.days for one in day.sayings]
    if sayings:
        parts += [_crowd(sayings)]
    return Group(*parts, *(Text(sentence, style="dim") for sentence in backtests.remarks(told)))


def sentences(told: Backtest) -> Iterator[str]:
    """How many days there are, and what was left out."""
    first, last = told.days[0].as_of, told.days[-1].as_of
    yield f"{len(told.days)} days from {first} to {last}, each with what was known at its end."
    if told.withheld:
        failed = (
            f"{day.as_of} ({', '.join(c.name for c in day.forecast.verdict.failed)})" for day in told.withheld
        )
        yield f"The verdict withholds {len(told.withheld)} of them: {', '.join(failed)}."
    joined = sum(day.joined for day in told.days)
    if joined:
        yield f"Not predicted, for they only joined a reading already held: {joined} of the readings."


def _days(told: Backtest) -> Table:
    """P of entry by horizon, the outside view at the longest, and the evidence under them."""
    names = [span(months) for months in told.plan.horizons]
    day_of, newest = Column("as of", min_width=10), Column("newest", min_width=10)
    table = Table(day_of, *names, "90 %", "outside view", "items", newest, title="Chance of entry")
    for day in told.days:
        longest, evidence = day.forecast.horizons[-1], day.forecast.evidence
        withheld = longest.mean is None
        chance = WITHHELD if withheld else interval(longest.q05, longest.q95)
        chances = (percent(h.mean) for h in day.forecast.horizons)
        table.add_row(str(day.as_of), *chances, chance, percent(longest.outside_view), str(evidence.items),
                      str(evidence.newest or ""))  # fmt: skip
        for saying in day.sayings:
            table.add_row("", Text(f"{_heard(saying)}", style="dim"))
    table.caption = f"The 90 % interval and the outside view are of {names[-1]}; items are those that weigh."
    return table


def _heard(saying: Saying) -> str:
    said = percent(saying.probability) if saying.probability is not None else saying.verbal
    return f"crowd: {said}"


def _news(told: Backtest) -> RenderableType:
    """How the next month's news were predicted, by group."""
    if not told.gains:
        return Text("No news became known in the month after any of these days.")
    even = {one.group: spread(one) for one in told.uniformity}
    names = (
        "news of the next month",
        "scored",
        "known late",
        "log score",
        "last value",
        "gain",
        "without its widest",
        "evenly spread",
    )
    table = Table(*names, title="News as predicted, beside the last value carried forward")
    for one in told.gains:
        table.add_row(
            one.group, _scored(one), str(one.nowcasts), *_scores(one), even.get(one.group, "too few")
        )
    table.caption = (
        "Scored: news that both could predict, of all. Known late: those that speak of a month already "
        "over. Gain: mean difference of the log scores and its standard error; without its widest: the same "
        "without the one that moves it most. Evenly spread: whether as many came out high and low as were "
        "expected to."
    )
    return table


def _scored(told: Gain) -> str:
    return f"{told.n} of {told.n + told.unscored}"


def _scores(told: Gain) -> tuple[str, str, str, str]:
    if told.own is None or told.rival is None or told.gain is None:
        return "", "", "", ""
    error = "" if told.error is None else f" ± {told.error:.2f}"
    without = "" if told.without is None else f"{told.without:+z.2f}"
    return f"{told.own:.2f}", f"{told.rival:.2f}", f"{told.gain:+z.2f}{error}", without


def _record(lines: tuple[Line, ...]) -> Table:
    title = "Scores of the chance of entry over windows that do not overlap; they choose nothing"
    names = ("within", "decided", "apart", "log score", "outside view", "Brier", "outside view")
    table = Table(*names, title=title)
    for line in lines:
        own, outside = line.apart.own, line.apart.outside
        numbers = (f"{own.log:.4f}", f"{outside.log:.4f}", f"{own.brier:.4f}", f"{outside.brier:.4f}")
        table.add_row(span(line.months), str(line.every.n), str(line.apart.n), *numbers)
    table.caption = "Decided: windows that are over. Apart: those that do not overlap; the scores are theirs."
    return table


def _crowd(sayings: list[Saying]) -> Table:
    title = "What crowds said of questions near this one; scored on their own question"
    table = Table(
        "day", "crowd", "question", "until", "chance", "resolved", "log score", "Brier", title=title
    )
    for one in sayings:
        said = percent(one.probability) if one.probability is not None else one.verbal or ""
        fared = ("", "") if one.score is None else (f"{one.score.log:.4f}", f"{one.score.brier:.4f}")
        crowd = ", ".join(part for part in (one.platform, one.statistic) if part)
        table.add_row(str(one.forecast_date), crowd, one.question_text, str(one.close_date or ""), said,
                      one.resolution or "", *fared)  # fmt: skip
    return table
