"""Figures of the evidence: drivers over time with every item, series, what moved the chance."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate

import altair as alt

from hourglass import figures, phrases
from hourglass.evidence_exhibits import Claim, Mark, Path, Report, Track, Walk
from hourglass.figures import Figure, Row, odds

SHAPES = {
    "A": "circle",
    "B": "square",
    "C": "triangle-up",
    "D": "diamond",
    "E": "cross",
    "F": "triangle-down",
}
SIZES = {"1": 110, "2": 95, "3": 80, "4": 65, "5": 50, "6": 40}
"""Sizes of the numbers of Admiralty grades in square pixels: what is doubted is small."""
MIDDLE = 15
"""Day at which a month is drawn."""
HOVERED = ("claim", "source", "day of it", "at", "grade", "answers", "origin", "link")
"""What a hover over a mark may show."""
ASIDE = 4
"""Days between the marks of items that would hide each other."""
LINE = 34
"""Pixels of a row that holds words above a bar."""
NAMED = 90
"""Characters of the words above a bar."""
READ = ("chance of entry", "before each name: its change of the log-odds")
MOST_CLAIMS, SHORTENED = 3, 120
"""Claims of one group that are told, and their characters where there are several."""


def driver(told: Path) -> Figure:
    """Where a driver stood: median, 50 and 90 % bands, and every reading at its month and level."""
    rows = [
        {"day": month.replace(day=MIDDLE).isoformat(), "month": f"{month:%b %Y}", "q05": s.q05,
         "q25": s.q25, "q50": s.q50, "q75": s.q75, "q95": s.q95, "median": phrases.level(s.q50),
         "90 % interval": f"{phrases.level(s.q05)} to {phrases.level(s.q95)}"}
        for month, s in zip(told.months, told.levels, strict=True)
    ]  # fmt: skip
    data = figures.data(rows)
    x = figures.days(ends=_ends(told))
    axis = figures.level_axis()
    held = [0.0, *(v for s in told.levels for v in (s.q05, s.q95)), *(mark.value for mark in told.marks)]
    scale = alt.Scale(domain=[min(held) - 0.1, max(held) + 0.1], nice=False)
    layers = [
        data.mark_area(color=figures.MODEL, opacity=shade, aria=False).encode(
            x=x, y=alt.Y(f"{low}:Q", scale=scale, axis=axis), y2=f"{high}:Q"
        )
        for low, high, shade in (("q05", "q95", 0.2), ("q25", "q75", 0.25))
    ]
    line = data.mark_line(color=figures.MODEL, strokeWidth=2.5, aria=False)
    layers.append(line.encode(x=x, y="q50:Q", tooltip=figures.hover("month", "median", "90 % interval")))
    layers += _marks(told.marks, x, alt.Y("value:Q", scale=scale))
    last = told.levels[-1]
    words = (
        f"{told.title}, {told.months[0]:%B %Y} to {told.months[-1]:%B %Y}: at the end median "
        f"{phrases.level(last.q50)}, 90 % interval {phrases.level(last.q05)} to {phrases.level(last.q95)}; "
        f"{phrases.many(len(told.marks), 'reading')}, shaped by the letter of the grade."
    )
    return figures.figure(f"driver-{told.name}", words, layers, 240)


def _ends(told: Path) -> tuple[date, date]:
    """Days from the first month to the last or to the last mark."""
    last = max([told.months[-1], *(mark.date for mark in told.marks)])
    return told.months[0], date.fromordinal(last.toordinal() + 10)


def _marks(told: Sequence[Mark], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Marks of items, apart where they would hide each other; those with an address as links to it."""
    rows = _spread(told)
    letters = sorted({str(row["letter"]) for row in rows if row["letter"]})
    shape = alt.Shape(
        "letter:N",
        scale=alt.Scale(domain=letters, range=[SHAPES[letter] for letter in letters]),
        legend=alt.Legend(
            title="grade", orient="top", direction="horizontal", symbolFillColor=figures.EVIDENCE
        ),
    )
    found = []
    for linked in (True, False):
        held = [row for row in rows if bool(row["link"]) == linked]
        if held:
            mark = figures.data(held).mark_point(
                color=figures.EVIDENCE, strokeWidth=1, opacity=1, cursor="pointer" if linked else "default"
            )
            drawn = mark.encode(
                x=x, y=y, size=alt.Size("size:Q", scale=None), description="words:N",
                shape=shape if letters else alt.value("circle"),
                fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("edge:N", scale=None),
                tooltip=figures.hover(*_shown(held)),
            )  # fmt: skip
            found.append(drawn.encode(href="link:N") if linked else drawn)
    return found


def _spread(told: Iterable[Mark]) -> list[Row]:
    """Rows of marks; those of one day and value stand side by side."""
    seen: dict[tuple[date, float], int] = {}
    rows: list[Row] = []
    for mark in told:
        place = seen.setdefault((mark.date, mark.value), 0)
        seen[mark.date, mark.value] += 1
        day = date.fromordinal(mark.date.toordinal() + ASIDE * place)
        rows.append(_row(mark) | {"day": day.isoformat()})
    return rows


def _shown(rows: Sequence[Row]) -> list[str]:
    """Fields that a hover over marks shows: those that any of them has."""
    return [name for name in HOVERED if any(row.get(name) for row in rows)]


def _row(mark: Mark) -> dict[str, object]:
    graded = mark.grade[:1] in SHAPES and mark.grade[1:] in SIZES
    claim = figures.short(mark.claim)
    return {
        "value": mark.value, "at": f"{mark.value:+g}" if graded else phrases.number(mark.value),
        "day of it": mark.date.isoformat(),
        **({"claim": claim, "grade": mark.grade, "origin": mark.origin} if graded
           else {"source": claim, "answers": mark.grade}),
        "link": figures.link(mark.url), "letter": mark.grade[0] if graded else None,
        "size": SIZES[mark.grade[1]] if graded else 50,
        "fill": figures.EVIDENCE if mark.weighs else "transparent",
        "edge": figures.PAPER if mark.weighs else figures.EVIDENCE,
        "words": f"{mark.date}: {claim} {mark.grade}".strip(),
    }  # fmt: skip


def series(told: Track, ends: tuple[date, date] | None = None) -> Figure:
    """A series on an axis of its own, in its unit.

    Parameters
    ----------
    ends
        First and last day, so that series and drivers can stand one below the other.
    """
    axis = (
        figures.share_axis(told.unit) if told.share else alt.Axis(title=told.unit, format=",~r", tickCount=3)
    )
    rows = [{"day": mark.date.isoformat(), "value": mark.value} for mark in told.marks]
    scale = alt.Undefined if rows else alt.Scale(domain=[0, 1])  # an axis of nothing has no ends
    x, y = figures.days(ends=ends), alt.Y("value:Q", axis=axis, scale=scale)
    line = figures.data(rows).mark_line(color=figures.GREY, strokeWidth=1, aria=False)
    layers = [line.encode(x=x, y=y), *_marks(told.marks, x, y)]
    words = f"{told.title}, in {told.unit}: {phrases.many(len(told.marks), 'point')}"
    if told.marks:
        first, last = (
            f"{_size(told, mark.value)} on {mark.date}" for mark in (told.marks[0], told.marks[-1])
        )
        words += f", from {first} to {last}"
    return figures.figure(f"series-{told.name}", f"{words}.", layers, 140)


def _size(told: Track, value: float) -> str:
    return phrases.percent(value) if told.share else phrases.number(value)


def reports(told: Sequence[Report], ends: tuple[date, date] | None = None) -> Figure:
    """Events and signs by day, a row for each kind; pale are those that do not weigh."""
    kinds = list(dict.fromkeys(report.kind for report in told))
    rows = [
        row | {"at": LINE * kinds.index(report.kind) + 25, "shade": 0.9 if report.mark.weighs else 0.35}
        for report, row in zip(told, (_row(report.mark) for report in told), strict=True)
    ]
    x, height = figures.days(ends=ends), LINE * max(len(kinds), 1)
    y = alt.Y("at:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    heads = [{"words": kind, "at": LINE * i + 9} for i, kind in enumerate(kinds)]
    layers = [figures.data(heads).mark_text(align="left", x=0).encode(y=y, text="words:N")]
    for linked in (True, False):
        held = [row | {"day": row["day of it"]} for row in rows if bool(row["link"]) == linked]
        if not held:
            continue
        mark = figures.data(held).mark_tick(color=figures.EVIDENCE, thickness=3, size=14, orient="vertical")
        shown = figures.hover(*(name for name in _shown(held) if name != "at"))
        shade = alt.Opacity("shade:Q", scale=None)
        drawn = mark.encode(x=x, y=y, opacity=shade, tooltip=shown, description="words:N")
        layers.append(drawn.encode(href="link:N") if linked else drawn)
    counts = "; ".join(f"{kind}: {sum(r.kind == kind for r in told)}" for kind in kinds) or "none"
    return figures.figure("reports", f"Events and signs by day. {counts}.", layers, height)


def moves(told: Walk, name: str = "moves") -> Figure:
    """What took the chance from one value to another: a bar for each thing, on an axis of log-odds."""
    ends = list(accumulate((step.log_odds for step in told.steps), initial=odds(told.before)))
    held = [figures.chance_of(end) for end in (*ends, odds(told.after))]
    scale = figures.odds_scale(held, 0.5)
    bars = [_bar(told, i, ends[i], ends[i + 1]) for i in range(len(told.steps))]
    count = len(bars) + 2
    y = alt.Y("at:Q", scale=alt.Scale(domain=[LINE * count, 0], nice=False), axis=None)
    x = alt.X("start:Q", scale=scale, axis=figures.odds_axis(scale, *READ))
    heads = [f"{phrases.percent(told.before)} {told.start}", *(str(bar["head"]) for bar in bars)]
    heads.append(f"{phrases.percent(told.after)} {told.end}")
    points = [(odds(told.before), 0), (odds(told.after), count - 1)]
    colours = alt.Scale(domain=["raised", "lowered"], range=[figures.RAISED, figures.LOWERED])
    layers = [
        figures.data({"words": words, "at": LINE * i + 9} for i, words in enumerate(heads))
        .mark_text(align="left", x=0, limit={"expr": "width"})
        .encode(y=y, text="words:N"),
        figures.data(bars).mark_bar(height=11, aria=False).encode(
            x=x, x2="end:Q", y=y, tooltip=figures.hover("what", "log-odds", "chance", "claims"),
            color=alt.Color("way:N", scale=colours, legend=alt.Legend(direction="horizontal")),
        ),
        figures.data({"start": at, "at": LINE * row + 24} for at, row in points)
        .mark_point(filled=True, shape="diamond", size=130, color=figures.GREY, opacity=1, aria=False)
        .encode(x=x, y=y),
    ]  # fmt: skip
    steps = "; ".join(
        f"{figures.short(step.name, NAMED)} {phrases.log_odds(step.log_odds)}" for step in told.steps
    )
    words = f"From {heads[0]} to {heads[-1]}, in log-odds: {steps or 'nothing between'}."
    return figures.figure(name, words, layers, LINE * count)


def _bar(told: Walk, place: int, start: float, end: float) -> dict[str, object]:
    step = told.steps[place]
    first = step.claims[0].text if len(step.claims) == 1 else step.detail
    name = f"{step.name}: {first}" if first else step.name
    before, after = (phrases.percent(figures.chance_of(at)) for at in (start, end))
    return {
        "at": LINE * (place + 1) + 24, "start": start, "end": end,
        "what": figures.short(f"{step.name} {step.detail}"),
        "head": f"{phrases.log_odds(step.log_odds)}  {figures.short(name, NAMED)}",
        "way": "raised" if step.log_odds > 0 else "lowered", "log-odds": phrases.log_odds(step.log_odds),
        "chance": f"{before} to {after}",
        "claims": " · ".join(figures.short(claim.text) for claim in few(step.claims)),
    }  # fmt: skip


def few(told: Sequence[Claim]) -> tuple[Claim, ...]:
    """Claims as there is room for them: one as it is, of many the first shortened, and how many more."""
    if len(told) == 1:
        return tuple(told)
    first = tuple(Claim(figures.short(one.text, SHORTENED), one.url) for one in told[:MOST_CLAIMS])
    more = len(told) - len(first)
    return (*first, Claim(f"and {more:,} more")) if more else first
