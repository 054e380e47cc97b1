"""Figures: what every chart of a report shares, and how one becomes a drawing.

A figure is a Vega-Lite specification with words for those who do not see it. The page shows its
SVG and, where scripts run, the live chart in its place. Text, ticks and lines take their colours
from the page; the marks' own are told apart by colour-blind people and stand out on white and on
black.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.metadata import version
from math import exp, log
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import altair as alt
import vl_convert

Row = Mapping[str, object]

LIGHT, DARK, PAPER = "#8a8a8a", "#1f2328", "#ffffff"
"""Lines; words; what is below. On a page the latter two become its ink and its paper."""
ENTRY, OUTSIDE = "#d55e00", "#0072b2"
"""The forecast of entry, and the outside view: nothing else has these colours."""
MODEL, EVIDENCE, GREY = "#009e73", DARK, "#808080"
"""What the model holds of drivers and data; what was seen; what is beside the point."""
RAISED, LOWERED = "#aa4499", "#999933"
"""What raises the chance of entry, and what lowers it."""
FLAG = DARK
"""What stands out among greys."""
PALETTE = ("#56b4e9", "#cc79a7", "#e69f00", "#8c6bb1")
"""Further things to be told apart; most of these colours are from Okabe and Ito (2008)."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
WIDE = 680
"""Pixels across of a drawing that stands in a page."""
LONGEST = 280
"""Characters of a claim that a hover shows; the page's own list holds all of it."""
EDGE = 1e-6
"""Nearest to 0 and to 1 that a chance is drawn."""
COARSE = (1e-6, 1e-5, 1e-4, 3e-4, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
FINE = (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4)
FINEST = (
    *(step * size for size in (1e-4, 1e-3, 0.01) for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)),
    *(step / 100 for step in range(10, 50)),
)
"""Ticks of chances, the finer the shorter the axis."""
FEWEST = 3
"""Ticks without which an axis cannot be read."""
SIGNED = "datum.value == 0 ? '0' : format(datum.value, '+d')"
PERCENT = "format(100 / (1 + exp(-datum.value)), '.6~r') + ' %'"


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """A chart and what it says in words.

    Attributes
    ----------
    name
        Unique in a page, as the id of its element or the stem of a file.
    words
        Text that takes the place of the chart, with its numbers.
    spec
        Vega-Lite specification as plain JSON values, as wide as the element that holds it.
    """

    name: str
    words: str
    spec: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.words}>"


def figure(name: str, words: str, layers: Sequence[alt.Chart], height: float) -> Figure:
    """Figure of some layers on common axes.

    Parameters
    ----------
    height
        Pixels between the axes; the width is that of the element that holds the chart.
    """
    told = clean(words)
    chart = alt.layer(*layers).properties(width="container", height=height, description=told)
    spec = chart.to_dict()
    spec |= {"config": theme(), "autosize": {"type": "fit-x", "contains": "padding"}, "padding": 4}
    return Figure(name, told, spec)


def theme() -> dict[str, Any]:
    """Look that all charts share."""
    axis = {
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8,
        "labelColor": DARK, "titleColor": DARK, "domainColor": LIGHT, "tickColor": LIGHT,
        "gridColor": LIGHT, "gridOpacity": 0.3, "labelOverlap": "greedy", "titleLimit": 0,
    }  # fmt: skip
    legend = {
        "orient": "top", "direction": "vertical", "title": None, "labelFontSize": 12, "labelLimit": 300,
        "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": DARK, "titleOrient": "left",
        "labelColor": DARK, "symbolSize": 110, "symbolOpacity": 1, "offset": 8,
    }  # fmt: skip
    return {
        "font": FONT, "background": None, "view": {"stroke": None}, "axis": axis, "legend": legend,
        "axisX": {"grid": False}, "axisY": {"minExtent": 44},
        "text": {"fontSize": 12, "color": DARK, "aria": False},
        "rule": {"color": GREY}, "axisQuantitative": {"tickCount": 5}, "axisTemporal": {"tickCount": 6},
    }  # fmt: skip


def data(rows: Iterable[Row]) -> alt.Chart:
    """Chart of some rows, their texts made fit for a drawing."""
    return alt.Chart(alt.InlineData(values=[_cleaned(row) for row in rows]))


def _cleaned(row: Row) -> dict[str, object]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in row.items()}


def clean(text: str) -> str:
    """Text in one line without what no XML can hold; the drawing program dies of such characters."""
    words = " ".join(text.split())
    return re.sub("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]", "", words)


def short(text: str, most: int = LONGEST) -> str:
    """Text of at most so many characters, cut at a word."""
    told = clean(text)
    if len(told) <= most:
        return told
    head = told[: most - 1]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head[most // 2 :] else head}…"


def link(url: str) -> str | None:
    """Address where it leads to a page; None for any other, which could run as a script."""
    try:
        parts = urlsplit(clean(url))
    except ValueError:
        return None
    return clean(url) if parts.scheme in ("http", "https") and parts.netloc else None


def odds(chance: float) -> float:
    """Log-odds of a chance in [0, 1], at most those of one in a million."""
    held = min(max(chance, EDGE), 1 - EDGE)
    return log(held / (1 - held))


def odds_scale(chances: Iterable[float], least: float = 1.0) -> alt.Scale:
    """Scale of log-odds that holds some chances, at least so far from end to end."""
    told = [odds(chance) for chance in chances] or [0.0]
    middle, reach = (min(told) + max(told)) / 2, max(max(told) - min(told), least) / 2
    return alt.Scale(domain=[middle - 1.06 * reach, middle + 1.06 * reach], zero=False, nice=False)


def odds_axis(scale: alt.Scale, *title: str) -> alt.Axis:
    """Axis of log-odds that is read in percent, its title in some lines."""
    low, high = scale["domain"]
    ladders = (COARSE if high - low > 3 else FINE, FINEST)
    every = [[odds(tick) for tick in (*below, 0.5, *(1 - tick for tick in below))] for below in ladders]
    ticks = next((told for told in every if sum(low < tick < high for tick in told) >= FEWEST), every[-1])
    return alt.Axis(values=ticks, labelExpr=PERCENT, title=list(title), grid=True)


def share_axis(title: str) -> alt.Axis:
    """Axis of chances that is read in percent."""
    return alt.Axis(labelExpr="format(100 * datum.value, '.3~r') + ' %'", title=title)


def level_axis() -> alt.Axis:
    """Axis of a driver's level, a line at each standard deviation."""
    levels = list(range(-3, 4))
    return alt.Axis(  # without the count some of the values would be left out
        values=levels, tickCount=len(levels), labelExpr=SIGNED, title="level; 0 is the typical such state",
        grid=True,
    )  # fmt: skip


def days(title: str | list[str] | None = None, ends: tuple[date, date] | None = None) -> alt.X:
    """Axis of days, from the field `day`."""
    domain = [end.isoformat() for end in ends] if ends else alt.Undefined
    axis = alt.Axis(title=title, format="%b %Y", labelFlush=True, labelSeparation=12)
    return alt.X("day:T", scale=alt.Scale(type="utc", domain=domain), axis=axis)


def hover(*fields: str) -> list[alt.Tooltip]:
    """What a hover shows: fields by name, which is also what stands before each."""
    return [alt.Tooltip(name, type="nominal") for name in fields]


def sized(told: Figure, width: int) -> dict[str, Any]:
    """Specification of a fixed width, pixels with axes and titles."""
    return {**told.spec, "width": width}


def svg(told: Figure, width: int = WIDE) -> str:
    """Drawing for a page; with its words for those who hear it."""
    drawn: str = vl_convert.vegalite_to_svg(sized(told, width))
    # Not role="img": that would hide the links of items from those who use a keyboard.
    role = f'role="graphics-document" aria-roledescription="visualization" aria-label="{escape(told.words)}"'
    return drawn.replace("<svg ", f"<svg {role} ", 1)


def bundle(folder: Path) -> str:
    """Script that draws live charts without a network, 0.9 MB; it defines `vegaEmbed`.

    Putting it together takes some seconds, so `folder` keeps it for the next page. Nothing in it
    ends a script element. It belongs into `<script type="module">`: in a plain one its many short
    names would be those of the whole page.
    """
    path = folder / f"vega-{version('vl-convert-python')}.js"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub knows no default
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(script, encoding="utf-8")
    part.replace(path)
    return script


def chance_of(log_odds: float) -> float:
    """Chance of some log-odds."""
    return 1 / (1 + exp(-log_odds))
