"""The sliders in a browser: what they say, that the keyboard works them, that texts stay texts."""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jinja2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Opened, Window
from test_rollout import POSITIONS, answer, grounds
from test_thinning import thin
from test_whatif import corrected, sliders

from hourglass import phrases
from hourglass.grounds import Grounds
from hourglass.rollout import Position
from hourglass.whatif import WhatIf

TEMPLATES = files("hourglass") / "templates"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What if</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceff1; --paper: #14181b; --muted: #b0b7bd;
  --accent: #8ab4f8; --entry: #ff9e6b; --line: #434b52; } }
body { font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 0 auto; max-width: 70rem; padding: 1rem; }
%s</style></head><body><main><h1>What if</h1>%s</main><script>%s</script></body></html>"""
HOSTILE = "<script>alert(1)</script> \"two\" 'one' & </fieldset> Война אבג \u202e\u2028 "
Draw = Callable[[WhatIf], Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Return what writes a page of the sliders alone."""
    loader = jinja2.FunctionLoader(lambda name: (TEMPLATES / name).read_text())
    partial = jinja2.Environment(loader=loader, autoescape=True).get_template("whatif.html.j2")

    def written(told: WhatIf) -> Path:
        style, script = ((TEMPLATES / f"whatif.{kind}").read_text() for kind in ("css", "js"))
        file = tmp_path / "page.html"
        file.write_text(PAGE % (style, partial.render(whatif=told), script))
        return file

    return written


def chances(opened: Opened, column: int) -> list[str]:
    """Return what a column of the table of horizons says."""
    return opened.page.locator(f".whatif-chances td:nth-child({column})").all_text_contents()


def outcomes(opened: Opened, column: int) -> list[str]:
    return opened.page.locator(f".whatif-outcomes td:nth-child({column})").all_text_contents()


def put(opened: Opened, found: Grounds, position: Position) -> None:
    """Put sliders where a position has them."""
    drivers = len(found.layout.drivers)
    for place, value in [*position.levels.items(), *((drivers + g, c) for g, c in position.chances.items())]:
        opened.page.locator(f"#whatif-at-{place}").fill(str(value))
    opened.settle()


def percents(told: list[str]) -> list[float]:
    return [0.0005 if one == "< 0.1 %" else float(one.removesuffix(" %")) / 100 for one in told]


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
def test_at_rest_it_shows_the_numbers_of_the_forecast(window: Window, draw: Draw, kind: str) -> None:
    opened = window.open(draw(sliders(kind)))
    horizons = grounds(kind).forecast.horizons
    expected = [phrases.percent(h.mean) for h in horizons]
    assert chances(opened, 2) == chances(opened, 3) == expected
    last = [phrases.percent(chance) for chance in horizons[-1].outcomes.values()]
    assert outcomes(opened, 2) == outcomes(opened, 3) == last
    said = opened.page.locator(".whatif-sentence").text_content()
    assert said == f"As forecast, the chance of entry within 12 months is {expected[-1]}."
    assert (opened.requests, opened.errors) == ([], [])


@pytest.mark.parametrize("kind", ["plain", "high", "warned"])
def test_suppositions_agree_with_the_scenario(window: Window, draw: Draw, kind: str) -> None:
    opened, found = window.open(draw(sliders(kind))), grounds(kind)
    for position in POSITIONS:
        put(opened, found, position)
        rows = answer(found, position).rows
        means = [row.supposed.mean for row in rows]
        # A printed percentage is rounded by up to 0.05 %.
        np.testing.assert_allclose(percents(chances(opened, 3)), np.array(means, dtype=float), atol=0.0035)
        expected = np.array(list(rows[-1].supposed.outcomes.values()), dtype=float)
        np.testing.assert_allclose(percents(outcomes(opened, 3)), expected, atol=0.0035)
        assert percents(chances(opened, 3))[-1] == percents(outcomes(opened, 3))[0]
        few = corrected(sliders(kind), thin(kind), position)
        np.testing.assert_allclose(percents(chances(opened, 3)), few[:, 0], atol=0.00052)
        opened.page.get_by_role("button", name="All as forecast").click()
        opened.settle()
        assert chances(opened, 3) == chances(opened, 2)
    assert (opened.requests, opened.errors) == ([], [])


def test_the_page_rounds_a_chance_as_the_terminal_does(window: Window, draw: Draw) -> None:
    told = sliders("plain")
    rng = np.random.default_rng(5)
    for chance in [0.0004, 0.00099999, 0.001, 0.00949, 0.0115, *rng.random(4).tolist(), 0.9996]:
        cells = [chance, *[(1 - chance) / 3] * 3]
        shown = [h | {"chances": cells} for h in told.data["horizons"]]
        opened = window.open(draw(replace(told, data={**told.data, "horizons": shown})))
        assert chances(opened, 2)[0] == phrases.percent(chance)
        said = opened.page.locator(".whatif-sentence").text_content() or ""
        assert said == f"As forecast, the chance of entry within 12 months is {phrases.percent(chance)}."


def test_the_keyboard_alone_works_everything(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")))
    keys, focused = opened.page.keyboard, "document.activeElement.id || document.activeElement.type"
    order = []
    for _ in range(13):
        keys.press("Tab")
        order.append(opened.page.evaluate(focused))
    assert order == [f"whatif-{part}-{i}" for i in range(6) for part in ("on", "at")] + ["reset"]
    keys.press("Enter")
    for _ in range(11):
        keys.press("Shift+Tab")
    keys.press("End")  # the first slider to its highest
    opened.settle()
    slider = opened.page.locator("#whatif-at-0")
    assert slider.get_attribute("aria-valuetext") == "+3.0 sd: an ultimatum"
    assert opened.page.locator("#whatif-on-0").is_checked()
    assert percents(chances(opened, 3)) > percents(chances(opened, 2))
    keys.press("Shift+Tab")
    keys.press("Space")  # what it supposes is taken back
    opened.settle()
    assert chances(opened, 3) == chances(opened, 2)
    assert float(slider.input_value()) == sliders("plain").sliders[0].now
    assert "as forecast" in (slider.get_attribute("aria-valuetext") or "")


def test_the_command_follows_the_sliders(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")))
    put(opened, grounds("plain"), Position({0: 1.5, 1: -0.5}, {1: 0.5}))
    told = opened.page.locator(".whatif-command code").text_content()
    assert told == (
        "hourglass scenario belarus --as-of 2023-01-26 --horizons 3,12"
        " --set 'pressure=+1.5' --set 'unrest=-0.5' --set 'gate.order=0.5'"
    )


def test_the_sentence_says_what_is_supposed_in_words(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")))
    put(opened, grounds("plain"), Position({0: 2.0}, {0: 0.4}))
    said = opened.page.locator(".whatif-sentence")
    assert said.get_attribute("aria-live") == "polite"
    words = said.text_content() or ""
    now, was = chances(opened, 3)[-1], chances(opened, 2)[-1]
    assert words.startswith(f"If so, the chance of entry within 12 months is {now}, not {was} as forecast.")
    assert "from February 2023 through January 2024: “Pressure" in words
    assert "at +2.0 sd: the patron presses hard" in words
    assert words.endswith("at 40 % at an occasion.")
    assert "0 is the typical such state" in " ".join(opened.page.inner_text("#whatif > p").split())


def test_the_sentence_tells_no_move_that_is_not_printed(window: Window, draw: Draw) -> None:
    told, cells = sliders("plain"), [0.0001, *[0.3333] * 3]
    shown = [h | {"chances": cells} for h in told.data["horizons"]]
    opened = window.open(draw(replace(told, data={**told.data, "horizons": shown})))
    put(opened, grounds("plain"), Position({0: 2.0}, {}))
    words = opened.page.locator(".whatif-sentence").text_content() or ""
    assert words.startswith("If so, the chance of entry within 12 months is still < 0.1 %, as forecast. ")


def test_hostile_texts_are_shown_as_texts(window: Window, draw: Draw) -> None:
    told = sliders("plain")
    odd = [
        replace(s, title=HOSTILE + s.title, name=HOSTILE + s.name, anchors=((0.0, HOSTILE * 30),))
        for s in told.sliders
    ]
    data = {
        **told.data,
        "sliders": [{name: getattr(s, name) for name in s.__slots__} for s in odd],
        "outcomes": [{"name": HOSTILE, "title": HOSTILE} for _ in told.data["outcomes"]],
        "command": HOSTILE,
    }
    opened = window.open(draw(replace(told, sliders=tuple(odd), command=HOSTILE, data=data)), 360)
    put(opened, grounds("plain"), POSITIONS[3])
    assert HOSTILE.strip() in (opened.page.locator("legend").first.text_content() or "")
    assert HOSTILE in (opened.page.locator(".whatif-sentence").text_content() or "")
    assert HOSTILE in (opened.page.locator(".whatif-outcomes tbody th").first.text_content() or "")
    assert opened.page.locator("script").count() == 2
    assert not overflows(opened)
    assert (opened.requests, opened.errors) == ([], [])


def overflows(opened: Opened) -> bool:
    """Whether the page is wider than its window."""
    wide = opened.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return bool(wide)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_the_window_and_bars_no_reader(window: Window, draw: Draw, width: int, dark: bool) -> None:
    opened = window.open(draw(sliders("high")), width, dark=dark)
    put(opened, grounds("high"), POSITIONS[3])
    assert not overflows(opened)
    found = Axe().run(opened.page).response["violations"]
    assert [(v["id"], v["impact"]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_both_curves_are_drawn_and_start_at_nothing(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")))
    put(opened, grounds("plain"), POSITIONS[0])
    was, would = (
        opened.page.locator(f"path.whatif-{name}").get_attribute("d") or "" for name in ("was", "would")
    )
    assert was.split("L")[0] == would.split("L")[0]
    assert len(was.split("L")) == len(would.split("L")) == 15
    # Further down is a smaller chance.
    assert float(was.split(",")[-1]) > float(would.split(",")[-1])
    assert "as forecast" in (opened.page.locator(".whatif-curve svg").get_attribute("aria-label") or "")


def test_without_scripts_it_gives_the_command(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")), scripts=False)
    assert not opened.page.locator(".whatif-live").is_visible()
    said = opened.page.inner_text(".whatif-command")
    assert said == (
        "The sliders need JavaScript. With intervals, from the command line: hourglass scenario belarus"
        " --as-of 2023-01-26 --horizons 3,12 --set 'pressure=+1.5'"
    )


def test_on_paper_only_the_command_is_left(window: Window, draw: Draw) -> None:
    opened = window.open(draw(sliders("plain")))
    opened.page.emulate_media(media="print")
    assert not opened.page.locator(".whatif-live").is_visible()
    assert opened.page.locator(".whatif-command").is_visible()
