"""Figures of trust: who disagrees, what P answers to, priors and draws, what was expected."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from math import sqrt

import altair as alt

from hourglass import figures, phrases
from hourglass.figures import Figure, odds
from hourglass.trust_exhibits import Answer, Expectation, Level, Ranks, View

ROW, HEAD = 26, 24
"""Pixels of a row of a view, and of the words above the rows of one horizon."""
LINE = 34
"""Pixels of a row that holds words above a bar."""
CHAIN = 44
"""Pixels of the ranks of one chain."""
Z99 = 2.576
CROWD = 24
"""Points from which the intervals of a series are drawn thin."""


def disagreement(told: Sequence[View]) -> Figure:
    """What several sets of beliefs make of the same evidence, by horizon, with 50 and 90 % intervals."""
    names = list(dict.fromkeys(view.name for view in told))
    heads, rows, top = [], [], 0
    for within, views in groupby(told_by_horizon(told), key=lambda view: view.within):
        heads.append({"words": f"within {within}", "at": top + 10})
        top += HEAD
        for view in views:
            rows.append(_view(view) | {"at": top + ROW / 2})
            top += ROW
        top += 8
    scale = figures.odds_scale(c for view in told for c in (view.q05, view.q95))
    y = alt.Y("at:Q", scale=alt.Scale(domain=[top, 0], nice=False), axis=None)
    x = alt.X("odds:Q", scale=scale, axis=figures.odds_axis(scale, "chance of entry", *READ))
    others = (figures.ENTRY, figures.GREY, *figures.PALETTE)
    colours = [others[i % len(others)] for i in range(len(names))]
    shade = alt.Color(
        "name:N", scale=alt.Scale(domain=names, range=colours), legend=alt.Legend(direction="horizontal")
    )
    shown = figures.hover("name", "within", "chance", "50 % interval", "90 % interval")
    data = figures.data(rows)
    layers = [figures.data(heads).mark_text(align="left", x=0).encode(y=y, text="words:N")]
    for low, high, size in (("q05", "q95", 2), ("q25", "q75", 6)):
        rule = data.mark_rule(strokeWidth=size, opacity=0.7, aria=False)
        layers.append(rule.encode(x=alt.X(f"{low}:Q", scale=scale), x2=high, y=y, color=shade, tooltip=shown))
    mark = data.mark_point(
        filled=True, shape="diamond", size=140, opacity=1, stroke=figures.PAPER, aria=False
    )
    layers.append(mark.encode(x=x, y=y, color=shade, tooltip=shown))
    words = " ".join(
        f"{row['name']}, within {row['within']}: {row['chance']} ({row['90 % interval']})." for row in rows
    )
    return figures.figure(
        "disagreement", f"Chance of entry, with 90 % intervals. {words}", layers, max(top, ROW)
    )


READ = ("lines: 50 % and 90 % intervals",)


def told_by_horizon(told: Sequence[View]) -> list[View]:
    """Views with those of one horizon next to each other, else in their order."""
    order = list(dict.fromkeys(view.within for view in told))
    return sorted(told, key=lambda view: order.index(view.within))


def _view(view: View) -> dict[str, object]:
    ends = {name: odds(getattr(view, name)) for name in ("q05", "q25", "q75", "q95")}
    return ends | {
        "name": view.name, "within": view.within, "odds": odds(view.mean),
        "chance": phrases.percent(view.mean),
        "50 % interval": phrases.interval(view.q25, view.q75),
        "90 % interval": phrases.interval(view.q05, view.q95),
    }  # fmt: skip


def sensitivity(told: Sequence[Answer]) -> Figure:
    """How far the log-odds of P would move were a prior, or the evidence, to count double."""
    rows = [
        {"words": f"{_moved(one)}  {figures.short(one.about, 60)}"
                  + (f" ({marks})" if (marks := _marks(one)) else ""),
         "top": LINE * i + 9, "at": LINE * i + 24, "zero": 0.0, "moved": one.per_doubling,
         "what": figures.short(one.about), "log-odds": _moved(one),
         "strength": "strong" if one.strong else "weak"}
        for i, one in enumerate(told)
    ]  # fmt: skip
    height = LINE * max(len(rows), 1)
    y = alt.Scale(domain=[height, 0], nice=False)
    reach = 1.05 * max([abs(one.per_doubling) for one in told] or [0.0]) or 0.1
    title = ["change of the log-odds", "were it to count double"]
    x = alt.X(
        "zero:Q", scale=alt.Scale(domain=[-reach, reach], nice=False), axis=alt.Axis(title=title, grid=True)
    )
    colours = alt.Scale(domain=["strong", "weak"], range=[figures.FLAG, figures.GREY])
    layers = [
        figures.data(rows).mark_text(align="left", x=0, limit={"expr": "width"}).encode(
            y=alt.Y("top:Q", scale=y, axis=None), text="words:N"
        ),
        figures.data(rows).mark_bar(height=11, aria=False).encode(
            x=x, x2="moved:Q", y=alt.Y("at:Q", scale=y, axis=None),
            color=alt.Color("strength:N", scale=colours, legend=alt.Legend(direction="horizontal")),
            tooltip=figures.hover("what", "log-odds", "strength"),
        ),
    ]  # fmt: skip
    order = "in the order of how far the whole spread of the chance would move, the furthest first"
    told_words = "; ".join(
        f"{figures.short(one.about, 60)} {_moved(one)}" + (f" ({marks})" if (marks := _marks(one)) else "")
        for one in told
    )
    return figures.figure("sensitivity", f"{' '.join(title)}, {order}: {told_words}.", layers, height)


def _moved(one: Answer) -> str:
    return f"{phrases.log_odds(one.per_doubling)} ± {one.error:.3f}"


def _marks(one: Answer) -> str:
    """What stands beside the name of a prior, so that no colour alone tells it."""
    return ", ".join([*["strong"] * one.strong, *["prior-data conflict"] * one.conflict])


def level(told: Level) -> Figure:
    """A driver's lasting level as believed before any data, and after all of it."""
    names = ["before the data", "after the data"]
    rows = [
        {"level": at, "density": density, "what": name}
        for name, line in zip(names, (told.prior, told.posterior), strict=True)
        for at, density in zip(told.grid, line, strict=True)
    ]
    colour = alt.Color(
        "what:N", scale=alt.Scale(domain=names, range=[figures.GREY, figures.MODEL]),
        legend=alt.Legend(direction="horizontal"),
    )  # fmt: skip
    mark = figures.data(rows).mark_area(opacity=0.35, line={"strokeWidth": 2}, aria=False)
    layer = mark.encode(
        x=alt.X("level:Q", axis=figures.level_axis(), scale=alt.Scale(nice=False)),
        y=alt.Y("density:Q", stack=None, axis=None), color=colour,
    )  # fmt: skip
    before, after = (phrases.level(told.grid[line.index(max(line))]) for line in (told.prior, told.posterior))
    words = f"{told.title}: likeliest level {before} before the data, {after} after."
    return figures.figure(f"level-{told.name}", words, [layer], 140)


def expectation(told: Expectation, ends: tuple[date, date] | None = None) -> Figure:
    """Points of a series beside what the model expected of them: 50 and 90 % predictive intervals.

    Parameters
    ----------
    ends
        First and last day.
    """
    size = phrases.percent if told.share else phrases.rounded
    seen = phrases.percent if told.share else lambda value: phrases.number(round(value, 1))
    rows = [
        {"day": one.date.isoformat(), "date": one.date.isoformat(), "value": one.observed,
         "q05": one.q05, "q25": one.q25, "q75": one.q75, "q95": one.q95, "seen": seen(one.observed),
         "expected, 90 %": f"{size(one.q05)} to {size(one.q95)}",
         "fill": "inside 90 %" if one.q05 <= one.observed <= one.q95 else "outside 90 %"}
        for one in told.points
    ]  # fmt: skip
    axis = figures.share_axis(told.unit) if told.share else alt.Axis(title=told.unit, format=",~r")
    data, x = figures.data(rows), figures.days("lines: expected, 50 % and 90 %", ends)
    held = [v for one in told.points for v in (one.q05, one.q95, one.observed)]
    scale = alt.Scale(domain=[min(0.0, *held), max(held)])
    shown = figures.hover("date", "seen", "expected, 90 %")
    layers = [
        data.mark_rule(strokeWidth=width, opacity=0.6, color=figures.MODEL, aria=False).encode(
            x=x, y=alt.Y(f"{low}:Q", axis=axis, scale=scale), y2=high, tooltip=shown
        )
        for low, high, width in (("q05", "q95", 1.5), ("q25", "q75", 5 if len(rows) < CROWD else 3.5))
    ]
    places = alt.Scale(domain=["inside 90 %", "outside 90 %"], range=[figures.GREY, figures.FLAG])
    mark = data.mark_point(filled=True, size=70, opacity=1, stroke=figures.PAPER, aria=False)
    layers.append(
        mark.encode(
            x=x, y=alt.Y("value:Q", scale=scale), tooltip=shown,
            color=alt.Color("fill:N", scale=places, legend=alt.Legend(direction="horizontal")),
        )
    )  # fmt: skip
    outside = sum(row["fill"] == "outside 90 %" for row in rows)
    words = (
        f"{told.title}: {outside} of {phrases.many(len(rows), 'point')} outside the 90 % predictive interval."
    )
    return figures.figure(f"expected-{told.name}", words, layers, 180)


def ranks(told: Ranks) -> Figure:
    """Ranks of each chain's draws among all: where the chains agree, every column is as high.

    The band holds 99 of 100 columns of independent draws, one by one.
    """
    most = max((n for chain in told.counts for n in chain), default=1) or 1
    rows, bands = [], []
    for i, chain in enumerate(told.counts):
        floor, even = CHAIN * (i + 1), sum(chain) / max(len(chain), 1)
        spread = Z99 * sqrt(even)
        unit = 0.85 * CHAIN / max(most, even + spread)
        for k, n in enumerate(chain):
            rows.append({"left": k, "right": k + 0.9, "floor": floor, "top": floor - unit * n,
                         "chain": str(i + 1), "draws": f"{n:,}"})  # fmt: skip
        bands.append({"left": 0, "right": len(chain), "low": floor - unit * max(even - spread, 0),
                      "high": floor - unit * (even + spread)})  # fmt: skip
    height = CHAIN * len(told.counts)
    y = alt.Scale(domain=[height, 0], nice=False)
    labels = alt.Axis(
        values=[CHAIN * (i + 0.5) for i in range(len(told.counts))], title="chain", grid=False, ticks=False,
        labelExpr=f"format(datum.value / {CHAIN} + 0.5, 'd')",
    )  # fmt: skip
    x = alt.X("left:Q", axis=alt.Axis(title="rank among all draws, low to high", labels=False, ticks=False))
    layers = [
        figures.data(bands).mark_rect(color=figures.GREY, opacity=0.3, aria=False).encode(
            x=x, x2="right", y=alt.Y("low:Q", scale=y, axis=labels), y2="high"
        ),
        figures.data(rows).mark_rect(color=figures.MODEL, opacity=0.75, aria=False).encode(
            x=x, x2="right", y=alt.Y("floor:Q", scale=y, axis=labels), y2="top",
            tooltip=figures.hover("chain", "draws"),
        ),
    ]  # fmt: skip
    words = f"Ranks of {told.title} over {phrases.many(len(told.counts), 'chain')}: {_spread(told)}"
    return figures.figure(f"ranks-{told.name}", words, layers, height)


def _spread(told: Ranks) -> str:
    held = [n for chain in told.counts for n in chain]
    even = sum(held) / max(len(held), 1)
    return f"columns hold {min(held, default=0):,} to {max(held, default=0):,} draws, {even:,.0f} on average."
