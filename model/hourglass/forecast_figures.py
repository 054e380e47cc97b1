"""Figures of a forecast: its chances, what can happen by when, and the forecasts before it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

import altair as alt

from hourglass import figures, phrases
from hourglass.figures import Figure, odds
from hourglass.forecast_exhibits import Chance, Course, Past, Spread

BINS = 26
"""Columns in which the dots of a chance are stacked, over the whole axis."""
STEP, HEAD, FOOT, GAP = 11, 42, 26, 16
"""Pixels from dot to dot, of the words above them, of the intervals below, between horizons."""
OWN, CLASS = "forecast", "outside view"
READ = ("chance of entry", "dots: 50 equally likely values", "lines: 50 % and 90 % intervals")
DODGE = 1 / 80
"""Share of all days between the marks of two horizons of one day."""
FEWEST_DAYS = timedelta(150)
"""Width of an axis of days whose ticks are months."""


def chance(told: Sequence[Chance]) -> Figure:
    """Chance of entry by horizon: fifty equally likely values, 50 and 90 % intervals, the outside view.

    A reader counts dots: three of fifty beyond a value is a chance of 6 % that it is passed. The
    axis is one of log-odds, so that a small chance has as much room as a middling one.
    """
    held = [c for one in told for c in (*one.dots, one.mean, one.outside_view, *_ends(one.spread))]
    scale = figures.odds_scale(held)
    stacks = [_stack(one.dots, scale) for one in told]
    heights = [HEAD + FOOT + STEP * max(up for _, up in dots) + STEP for dots in stacks]
    tops = [sum(heights[:i]) + GAP * i for i in range(len(told))]
    whole = sum(heights) + GAP * (len(told) - 1)
    x = alt.X("odds:Q", scale=scale, axis=figures.odds_axis(scale, *READ))
    y = alt.Y("at:Q", scale=alt.Scale(domain=[whole, 0], nice=False), axis=None)
    floors = [top + height - FOOT for top, height in zip(tops, heights, strict=True)]
    dots = figures.data(
        {"odds": at, "at": floor - STEP * (up + 0.5)}
        for floor, stack in zip(floors, stacks, strict=True)
        for at, up in stack
    )
    layers = [
        dots.mark_circle(size=64, color=figures.ENTRY, opacity=0.85, aria=False).encode(x=x, y=y),
        *_intervals([one.spread for one in told], [floor + 11 for floor in floors], x, y),
        _centres(told, [floor + 11 for floor in floors], x, y),
        *_heads(told, tops, y),
    ]
    return figures.figure("chance", _chance_words(told), layers, whole)


def _ends(told: Spread) -> tuple[float, float]:
    return told.q05, told.q95


def _stack(dots: Sequence[float], scale: alt.Scale) -> list[tuple[float, int]]:
    """Log-odds of the column of each dot, and how many stand below it."""
    low, high = scale["domain"]
    width, found = (high - low) / BINS, Counter[int]()
    stacked = []
    for dot in dots:
        place = min(max(int((odds(dot) - low) / width), 0), BINS - 1)
        stacked.append((low + width * (place + 0.5), found[place]))
        found[place] += 1
    return stacked


def _intervals(
    told: Sequence[Spread], floors: Sequence[float], x: alt.X, y: alt.Y | alt.YDatum
) -> list[alt.Chart]:
    """The 90 % interval as a thin line and the 50 % one as a thick one."""
    found = []
    for low, high, size, what in (("q05", "q95", 2, "90 %"), ("q25", "q75", 6, "50 %")):
        rows = [
            {
                "odds": odds(getattr(one, low)), "end": odds(getattr(one, high)), "at": floor,
                f"{what} interval": phrases.interval(getattr(one, low), getattr(one, high)),
            }
            for one, floor in zip(told, floors, strict=True)
        ]  # fmt: skip
        mark = figures.data(rows).mark_rule(strokeWidth=size, color=figures.GREY, aria=False)
        found.append(mark.encode(x=x, x2="end:Q", y=y, tooltip=figures.hover(f"{what} interval")))
    return found


def _centres(told: Sequence[Chance], floors: Sequence[float], x: alt.X, y: alt.Y) -> alt.Chart:
    """The forecast and the outside view as marks on the intervals."""
    rows = [
        {"odds": odds(value), "at": floor, "what": what, "chance": phrases.percent(value), "within": c.within}
        for c, floor in zip(told, floors, strict=True)
        for what, value in ((OWN, c.mean), (CLASS, c.outside_view))
    ]
    mark = figures.data(rows).mark_point(filled=True, size=130, opacity=1, stroke=figures.PAPER, aria=False)
    drawn: alt.Chart = mark.encode(
        x=x, y=y, tooltip=figures.hover("what", "chance", "within"),
        color=alt.Color("what:N", scale=_pair(figures.ENTRY, figures.OUTSIDE)),
        shape=alt.Shape("what:N", scale=_pair("diamond", "triangle-up")),
    )  # fmt: skip
    return drawn


def _pair(own: str, outside: str) -> alt.Scale:
    return alt.Scale(domain=[OWN, CLASS], range=[own, outside])


def _heads(told: Sequence[Chance], tops: Sequence[float], y: alt.Y) -> list[alt.Chart]:
    """Each horizon's words in two lines, above its dots."""
    first = [f"{phrases.percent(one.mean)} within {one.within}" for one in told]
    second = [f"{frequency(one.mean)}; outside view {phrases.percent(one.outside_view)}" for one in told]
    return [
        _lines(first, [top + 12 for top in tops], 14, y),
        _lines(second, [top + 29 for top in tops], 12, y),
    ]


def _lines(words: Sequence[str], at: Sequence[float], size: int, y: alt.Y) -> alt.Chart:
    rows = [{"words": told, "at": top} for told, top in zip(words, at, strict=True)]
    mark = figures.data(rows).mark_text(align="left", x=0, fontSize=size)
    drawn: alt.Chart = mark.encode(y=y, text="words:N")
    return drawn


def frequency(chance: float) -> str:
    """A chance as so many in a hundred or a thousand, which more people read right."""
    if chance < 0.001:  # as `phrases.percent` says it
        return "fewer than 1 in 1,000"
    if chance > 0.999:
        return "more than 999 in 1,000"
    many = 100 if 0.0995 <= chance <= 0.9005 else 1000
    return f"about {round(many * chance)} in {many:,}"


def _chance_words(told: Iterable[Chance]) -> str:
    return "Chance of entry. " + " ".join(
        f"Within {one.within}: {phrases.percent(one.mean)}, "
        f"50 % interval {phrases.interval(one.spread.q25, one.spread.q75)}, "
        f"90 % interval {phrases.interval(one.spread.q05, one.spread.q95)}, "
        f"outside view {phrases.percent(one.outside_view)}."
        for one in told
    )


def outcomes(told: Course) -> Figure:
    """What has happened first by each day: entry, each rival, none; shares of the whole."""
    ends = told.shares[-1]
    names = [f"{title}: {phrases.percent(p)}" for title, p in zip(told.titles, ends, strict=True)]
    rivals = figures.PALETTE[: len(names) - 2]
    colours = [figures.ENTRY, *rivals, *("#bdbdbd",) * (len(names) - 1 - len(rivals))]
    rows = [
        {"day": day.isoformat(), "low": sum(shares[:k]), "high": sum(shares[: k + 1]), "what": names[k],
         "outcome": told.titles[k], "by": day.isoformat(), "chance": phrases.percent(shares[k])}
        for day, shares in zip(told.days, told.shares, strict=True)
        for k in range(len(names))
    ]  # fmt: skip
    y = alt.Y("low:Q", scale=alt.Scale(domain=[0, 1]), axis=figures.share_axis("chance by that day"))
    areas = figures.data(rows).mark_area(line={"strokeWidth": 1.5}, opacity=0.85, aria=False)
    layer = areas.encode(
        x=figures.days(), y=y, y2="high:Q", tooltip=figures.hover("outcome", "by", "chance"),
        color=alt.Color("what:N", scale=alt.Scale(domain=names, range=colours)),
    )  # fmt: skip
    words = f"What has happened first by {told.days[-1]}: " + "; ".join(names) + "."
    return figures.figure("outcomes", words, [layer], 260)


def entry(told: Course) -> Figure:
    """Chance that entry has come by each day, on an axis of its own, since beside the rest it is thin."""
    rows = [
        {"day": day.isoformat(), "by": day.isoformat(), "mean": shares[0], "outside": outside,
         "q05": s.q05, "q25": s.q25, "q75": s.q75, "q95": s.q95,
         "forecast": phrases.percent(shares[0]), "90 % interval": phrases.interval(s.q05, s.q95),
         "outside view": phrases.percent(outside)}
        for day, shares, s, outside in zip(told.days, told.shares, told.entry, told.outside_view, strict=True)
    ]  # fmt: skip
    data, axis = figures.data(rows), figures.share_axis("chance of entry by that day")
    x = figures.days(["bands: 50 % and 90 % intervals", "dashed: outside view"])
    bands = [
        data.mark_area(color=figures.ENTRY, opacity=0.22, aria=False).encode(
            x=x, y=alt.Y(f"{low}:Q", axis=axis), y2=f"{high}:Q"
        )
        for low, high in (("q05", "q95"), ("q25", "q75"))
    ]
    lines = [
        data.mark_line(color=colour, strokeWidth=width, strokeDash=dash, aria=False).encode(
            x=x, y=alt.Y(f"{field}:Q", axis=axis)
        )
        for field, colour, width, dash in (
            ("mean", figures.ENTRY, 3, [1, 0]),
            ("outside", figures.OUTSIDE, 2, [6, 4]),
        )
    ]
    marks = data.mark_point(filled=True, size=45, opacity=1, color=figures.ENTRY, aria=False).encode(
        x=x, y="mean:Q", tooltip=figures.hover("by", "forecast", "90 % interval", "outside view")
    )
    end = rows[-1]
    words = (
        f"Chance that entry has come, by {end['by']}: forecast {end['forecast']}, "
        f"90 % interval {end['90 % interval']}, outside view {end['outside view']}."
    )
    return figures.figure("entry", words, [*bands, *lines, marks], 220)


def history(told: Sequence[Past]) -> Figure:
    """Stored forecasts of a question, at least one, by day; with 90 % intervals and the outside view."""
    spans = sorted({one.months for one in told})
    names = [phrases.span(months) for months in spans]
    oldest, newest = min(one.as_of for one in told), max(one.as_of for one in told)
    margin = max((newest - oldest) / 20, (FEWEST_DAYS - (newest - oldest)) / 2)
    ends = oldest - margin, newest + margin
    whole = ends[1] - ends[0]
    rows = [_past(one, whole * DODGE * (spans.index(one.months) - (len(spans) - 1) / 2)) for one in told]
    scale = figures.odds_scale(c for one in told for c in (one.q05, one.q95, one.outside_view))
    y = alt.Y("odds:Q", scale=scale, axis=figures.odds_axis(scale, "chance of entry"))
    every = (figures.ENTRY, *figures.PALETTE)
    colours = [every[i % len(every)] for i in range(len(names))]
    shade = alt.Color("within:N", scale=alt.Scale(domain=names, range=colours))
    data, x = figures.data(rows), figures.days("as of; blue dashes: outside view", ends)
    shown = figures.hover("as of", "within", "chance", "90 % interval", "outside view")
    dash = data.mark_tick(color=figures.OUTSIDE, thickness=2, size=11, orient="horizontal", aria=False)
    layers = [
        data.mark_rule(strokeWidth=2, opacity=0.5, aria=False).encode(
            x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q", color=shade, tooltip=shown
        ),
        data.mark_point(filled=True, size=70, opacity=1, aria=False).encode(
            x=x, y=y, color=shade, tooltip=shown
        ),
        dash.encode(x=x, y=alt.Y("outside:Q", scale=scale), tooltip=shown),
    ]
    last = {one.months: one for one in told}.values()
    words = "".join(
        f" Within {phrases.span(one.months)}, as of {one.as_of}: {phrases.percent(one.mean)}, "
        f"outside view {phrases.percent(one.outside_view)}."
        for one in sorted(last, key=lambda one: one.months)
    )
    return figures.figure(
        "history", f"{phrases.many(len(told), 'stored chance')} of entry.{words}", layers, 280
    )


def _past(one: Past, aside: timedelta) -> figures.Row:
    day = datetime.combine(one.as_of, time(), UTC) + aside
    return {
        "day": day.isoformat(), "as of": one.as_of.isoformat(), "within": phrases.span(one.months),
        "odds": odds(one.mean), "low": odds(one.q05), "high": odds(one.q95),
        "outside": odds(one.outside_view),
        "chance": phrases.percent(one.mean), "90 % interval": phrases.interval(one.q05, one.q95),
        "outside view": phrases.percent(one.outside_view),
    }  # fmt: skip
