"""Figures of a track record: calibration of synthetic questions, past months forecast anew."""

from collections.abc import Sequence

import altair as alt

from hourglass import figures, phrases
from hourglass.figures import Figure, odds
from hourglass.grading import Bin
from hourglass.record_exhibits import Anew, Backtest, Band, Crowd, Steps

NAMED = 3
"""Quantities that are told apart, the nearest to their edge; the others are grey."""
OTHERS = "others"


def calibration(told: Sequence[Steps], band: Band) -> Figure:
    """Ranks of many quantities against those of a calibrated machine, and the band they should keep to."""
    worst = sorted(told, key=lambda one: -one.way)[:NAMED]
    names = [figures.short(one.name, 60) for one in worst]
    rows = [
        {"at": at, "apart": apart, "line": figures.short(one.name, 60), "what": figures.short(one.name, 60),
         "shown": figures.short(one.name, 60) if one in worst else OTHERS}
        for one in told
        for at, apart in zip(one.at, one.apart, strict=True)
    ]  # fmt: skip
    area = [
        {"at": at, "apart": low, "high": high}
        for at, low, high in zip(band.at, band.low, band.high, strict=True)
    ]
    x = alt.X("at:Q", axis=alt.Axis(title="rank, as a share of all"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Y("apart:Q", axis=alt.Axis(title="share of ranks below, less as it should be"))
    colours = ["#9a9a9a", figures.FLAG, *figures.PALETTE][: len(names) + 1]
    shade = alt.Color("shown:N", scale=alt.Scale(domain=[OTHERS, *names], range=colours))
    lines = figures.data(rows).mark_line(strokeWidth=1.5, opacity=0.8, aria=False, interpolate="step-after")
    layers = [
        figures.data(area)
        .mark_area(color=figures.GREY, opacity=0.25, aria=False)
        .encode(x=x, y=y, y2="high:Q"),
        lines.encode(x=x, y=y, detail="line:N", color=shade, tooltip=figures.hover("what")),
    ]
    nearest = "; ".join(f"{name} {100 * one.way:.0f} %" for name, one in zip(names, worst, strict=True))
    words = (
        f"Ranks of {phrases.many(len(told), 'quantity')}, distance from calibration; "
        f"furthest on the way to the edge of the band: {nearest}."
    )
    return figures.figure("calibration", words.replace("quantitys", "quantities"), layers, 260)


def reliability(told: Sequence[Bin]) -> Figure:
    """How often entry came where a chance was forecast, beside 99 % intervals of what is right."""
    rows = [
        {"said": one.mean, "came": one.hits, "low": one.least, "high": one.most,
         "forecast": phrases.percent(one.mean), "hits": f"{one.hits * one.n:,.0f} of {one.n:,}",
         "99 % interval": phrases.interval(one.least, one.most),
         "place": "inside 99 %" if one.held else "outside 99 %"}
        for one in told
    ]  # fmt: skip
    most = min(1.0, 1.05 * max([row for one in told for row in (one.hits, one.most)] or [1.0]))
    scale = alt.Scale(type="sqrt", domain=[0, most], nice=False)  # the small chances need the room
    x = alt.X(
        "said:Q",
        scale=scale,
        axis=figures.share_axis("chance as forecast; lines: where hits lie were the chances right"),
    )
    y = alt.Y("came:Q", scale=scale, axis=figures.share_axis("how often it came"))
    line = figures.data([{"said": end, "came": end} for end in (0.0, most)])
    data, shown = figures.data(rows), figures.hover("forecast", "hits", "99 % interval")
    places = alt.Scale(domain=["inside 99 %", "outside 99 %"], range=[figures.GREY, figures.FLAG])
    shade = alt.Color("place:N", scale=places, legend=alt.Legend(direction="horizontal"))
    layers = [
        line.mark_line(color=figures.GREY, strokeDash=[5, 4], aria=False).encode(x=x, y=y),
        data.mark_rule(strokeWidth=2, aria=False).encode(
            x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q", color=shade, tooltip=shown
        ),
        data.mark_point(filled=True, size=80, opacity=1, aria=False).encode(
            x=x, y=y, color=shade, tooltip=shown
        ),
    ]
    each = "; ".join(f"{row['forecast']} forecast, {row['hits']} came" for row in rows)
    return figures.figure(
        "reliability", f"Forecasts of synthetic questions and what came of them: {each}.", layers, 280
    )


def backtest(told: Backtest, name: str = "backtest") -> Figure:
    """One horizon forecast anew as of past days, with its 90 % interval, the outside view, the crowd."""
    held = [row for one in told.told if (row := _anew(one))]
    seen = [c for one in told.told for c in (one.mean, one.q05, one.q95, one.outside_view) if c is not None]
    scale = figures.odds_scale([*seen, *(one.chance for one in told.crowd)])
    axis = figures.odds_axis(scale, f"chance of entry within {told.within}")
    x = figures.days("as of")
    data, y = figures.data(held), alt.Y("odds:Q", scale=scale, axis=axis)
    kinds = ["forecast anew", "outside view", *(["crowd"] if told.crowd else [])]
    shade = alt.Color(
        "what:N", legend=alt.Legend(direction="horizontal"),
        scale=alt.Scale(domain=kinds, range=[figures.ENTRY, figures.OUTSIDE, figures.EVIDENCE][: len(kinds)]),
    )  # fmt: skip
    shown = figures.hover("as of", "chance", "90 % interval", "outside view", "items that weigh")
    apart = figures.data({**row, "what": "outside view"} for row in held)
    outside = apart.mark_line(strokeDash=[6, 4], strokeWidth=2, aria=False)
    layers = [
        data.mark_area(color=figures.ENTRY, opacity=0.2, aria=False).encode(
            x=x, y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
        ),
        outside.encode(x=x, y=alt.Y("outside:Q", scale=scale, axis=axis), color=shade),
        data.mark_line(strokeWidth=2.5, point={"size": 50}, aria=False).encode(
            x=x, y=y, color=shade, tooltip=shown
        ),
        *_crowd(told.crowd, x, y, shade),
    ]
    words = f"Chance within {told.within}, forecast anew as of {phrases.many(len(told.told), 'day')}"
    if held:
        first, last = (f"{row['chance']} as of {row['as of']}" for row in (held[0], held[-1]))
        words += f", from {first} to {last}"
    gone = len(told.told) - len(held)
    words += f"; {gone} withheld" if gone else ""
    return figures.figure(name, f"{words}.", layers, 260)


def _anew(one: Anew) -> dict[str, object] | None:
    match one:
        case Anew(mean=float(mean), q05=float(low), q95=float(high), outside_view=float(outside)):
            return {
                "day": one.as_of.isoformat(), "as of": one.as_of.isoformat(), "what": "forecast anew",
                "odds": odds(mean), "low": odds(low), "high": odds(high), "outside": odds(outside),
                "chance": phrases.percent(mean), "90 % interval": phrases.interval(low, high),
                "outside view": phrases.percent(outside), "items that weigh": f"{one.items:,}",
            }  # fmt: skip
    return None


def _crowd(told: Sequence[Crowd], x: alt.X, y: alt.Y, shade: alt.Color) -> list[alt.Chart]:
    """Other people's forecasts; those with an address as links to it."""
    found, every = [], [_other(one) for one in told]
    for linked in (True, False):
        rows = [row for row in every if bool(row["link"]) == linked]
        if rows:
            mark = figures.data(rows).mark_point(shape="diamond", filled=True, size=110, opacity=1)
            shown = figures.hover("who", "date", "chance", "link")
            drawn = mark.encode(x=x, y=y, color=shade, tooltip=shown, description="who:N")
            found.append(drawn.encode(href="link:N") if linked else drawn)
    return found


def _other(one: Crowd) -> figures.Row:
    return {
        "day": one.date.isoformat(), "date": one.date.isoformat(), "odds": odds(one.chance), "what": "crowd",
        "chance": phrases.percent(one.chance), "who": figures.short(one.who), "link": figures.link(one.url),
    }  # fmt: skip
