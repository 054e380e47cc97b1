"""The page: hostile texts are text, nothing is fetched, everything is reached, in a real browser."""

import json
import shutil
from collections import Counter
from itertools import pairwise

import pytest
import reports
from axe_playwright_python.sync_playwright import Axe
from browser import Opened, Window
from conftest import ROOT

from hourglass import publication
from hourglass.ledger import Reading

MEET = "() => { window.met = new Set(); document.addEventListener('focusin', e => met.add(e.target)); }"
MOST_BYTES = 3_000_000
WIDEST_TABLE = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const shown = [...document.querySelectorAll("table")].filter(one => one.checkVisibility());
    return Math.max(...shown.map(one => one.getBoundingClientRect().right));
}"""
CUT_TABLES = """() => [...document.querySelectorAll(".scroll")]
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.textContent.trim().slice(0, 40))"""
PICTURES = ROOT / "build" / "pages"
"""Where a person finds pictures of a page."""


def opened(window: Window, report: reports.Report, width: int = 1280, *, dark: bool = False) -> Opened:
    """Open the page of a report and let every figure come alive."""
    return window.open(report.folder / publication.PAGE, width, dark=dark).read()


def at_its_top(window: Window, width: int = 1280, *, scripts: bool = True, first: str = "") -> Opened:
    """Open the page of the believed report and read no further."""
    return window.open(reports.believed().folder / publication.PAGE, width, scripts=scripts, first=first)


@pytest.fixture(scope="module", params=["believed", "withheld"])
def report(request: pytest.FixtureRequest) -> reports.Report:
    """Return a report, one after the other."""
    return {"believed": reports.believed, "withheld": reports.withheld}[request.param]()


def test_a_page_is_one_file_of_a_size_that_can_be_sent(report: reports.Report) -> None:
    assert (report.folder / publication.PAGE).stat().st_size < MOST_BYTES


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 820, 1280])
def test_nothing_is_fetched_nothing_fails_and_nothing_sticks_out(
    window: Window, report: reports.Report, width: int, dark: bool
) -> None:
    found = opened(window, report, width, dark=dark)
    assert (found.requests, found.errors) == ([], [])
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate(WIDEST_TABLE) <= width
    assert found.page.evaluate(CUT_TABLES) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(window: Window, report: reports.Report, dark: bool) -> None:
    found = opened(window, report, dark=dark)
    found.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    # Axe colours what it cannot read: the drawn marks stand apart by shape and place.
    told = Axe().run(found.page).response["violations"]
    serious = [one for one in told if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


def test_every_figure_is_drawn_alive_and_has_words(window: Window) -> None:
    found = opened(window, reports.believed())
    count = found.page.locator("figure[id^=figure-]").count()
    specs = json.loads(found.page.text_content("#charts") or "")
    assert count == len(specs) > 5
    assert found.page.locator("figure[id^=figure-] .vega-embed svg").count() == count
    assert found.page.locator("[data-chart]").count() == 0
    assert found.page.locator(".coming").count() == 0
    for box in found.page.locator("figure[id^=figure-] svg.marks").all():
        size = box.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) > 40


def test_figures_come_alive_as_a_reader_nears_them(window: Window) -> None:
    found = at_its_top(window)
    still = found.page.locator("[data-chart]")
    assert found.page.locator("#answer [data-chart]").count() == 0
    before = still.count()
    assert before > 5
    found.page.locator("nav a[href='#trust']").click()
    found.settle()
    assert 0 < still.count() < before


UNHELD = """
CSS.supports = () => false;
addEventListener("DOMContentLoaded", () => { document.body.style.overflowAnchor = "none"; });
"""
"""Makes the browser one that does not hold a reader's place while what is above grows."""
GO = """go => {
    go();
    const texts = [...document.querySelectorAll("main :is(h2, p, li, th, figcaption, summary)")];
    const seen = texts.find(one => one.checkVisibility() && one.getBoundingClientRect().top >= 0);
    window.seen = seen ?? window.seen;
    return window.seen.getBoundingClientRect().top;
}"""
"""Goes somewhere, and says where the first text in the window then stands."""
WHERE = "window.seen.getBoundingClientRect().top"


@pytest.mark.parametrize("first", ["", UNHELD], ids=["held by the browser", "held by the page"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_figure_that_comes_alive_moves_nothing_that_is_read(window: Window, width: int, first: str) -> None:
    found = at_its_top(window, width, first=first)
    page, moved = found.page, {}
    for link in page.locator("nav a").all():
        before = link.evaluate(f"link => ({GO})(() => link.click())")
        found.settle()
        moved[link.inner_text()] = page.evaluate(WHERE) - before
    page.reload()
    found.settle()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    found.settle()
    while page.evaluate("scrollY") > 0:
        before = page.evaluate(f"() => ({GO})(() => scrollBy(0, -600))")
        found.settle()
        moved[f"up to {page.evaluate('scrollY')}"] = page.evaluate(WHERE) - before
    assert page.locator("[data-chart]").count() == 0
    assert {where: by for where, by in moved.items() if abs(by) > 1} == {}


def test_who_stands_on_a_figure_by_keyboard_stays_on_it(window: Window) -> None:
    found = at_its_top(window)
    figure = found.page.locator("figure:has([data-chart] a)").last
    name = figure.get_attribute("id")
    figure.locator("a").first.evaluate("link => link.focus({ preventScroll: true })")
    figure.scroll_into_view_if_needed()
    found.settle()
    assert found.page.locator(f"#{name} [data-chart]").count() == 0
    assert found.page.evaluate("document.activeElement.closest('figure')?.id") == name


def test_a_browser_that_cannot_tell_what_is_near_keeps_the_pictures_and_prints_all(window: Window) -> None:
    found = window.open(
        reports.believed().folder / publication.PAGE, first="delete window.IntersectionObserver"
    )
    count = found.page.locator("figure[id^=figure-]").count()
    assert found.page.locator("[data-chart] > svg[aria-label]").count() == count > 5
    found.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert found.page.locator("details:not([open])").count() == 0
    assert found.errors == []


def test_without_scripts_every_figure_and_table_still_stands(window: Window) -> None:
    found = at_its_top(window, scripts=False)
    count = found.page.locator("figure[id^=figure-]").count()
    assert found.page.locator("[data-chart] > svg[aria-label]").count() == count > 5
    assert found.page.locator("#answer table tbody tr").count() == 4
    assert "JavaScript" in found.page.locator("#what-if noscript").inner_text()


def test_hostile_claims_are_shown_as_text(window: Window) -> None:
    found = opened(window, reports.believed())
    told = found.page.text_content("#sources") or ""
    for claim in reports.CLAIMS.values():
        assert claim in told
    assert "broken" not in found.page.title()
    assert found.page.locator("main img, main iframe").count() == 0
    assert found.page.locator("a[href^=javascript]").count() == 0
    links = [link.get_attribute("href") or "" for link in found.page.locator("#sources a").all()]
    assert 'https://example.org/a?b=1&c=<d>"e' in links


def test_the_keyboard_alone_reaches_everything(window: Window, report: reports.Report) -> None:
    found = window.open(report.folder / publication.PAGE)
    page = found.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    found.read()
    page.locator(".skip").focus()
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    wanted = "() => [...document.querySelectorAll('a[href], summary, input, button, [tabindex=\"0\"]')]"
    count = page.evaluate(f"{wanted[6:]}.filter(one => one.checkVisibility()).length")
    page.evaluate(MEET)
    for _ in range(count + 5):
        page.keyboard.press("Tab")
    missed = page.evaluate(
        f"{wanted[6:]}.filter(one => one.checkVisibility() && !met.has(one)"
        " && !one.disabled && one.className !== 'skip').map(one => one.outerHTML.slice(0, 120))"
    )
    assert missed == []


REACHED = "document.activeElement.closest('figure')?.id ?? ''"


def test_the_marks_of_a_picture_are_reached_by_keyboard_with_their_words_and_links(window: Window) -> None:
    report = reports.believed()
    page = opened(window, report).page
    page.locator("nav a[href='#drivers']").focus()
    for _ in range(60):
        if page.evaluate(REACHED).startswith("figure-driver"):
            break
        page.keyboard.press("Tab")
    assert page.evaluate(REACHED).startswith("figure-driver")
    marks = page.locator(f"#{page.evaluate(REACHED)} svg.marks [tabindex]").count()
    told: dict[str, str] = {}
    for _ in range(marks):
        mark = page.locator(":focus")
        told[mark.get_attribute("aria-label") or ""] = mark.get_attribute("role") or ""
        assert "B2" in page.inner_text("#vg-tooltip-element.visible")
        page.keyboard.press("ArrowRight")
    readings = report.case.evidence(report.told.as_of).of(Reading)
    assert len(told) == marks == len(readings) > 10
    assert list(told) == sorted(told, key=lambda words: words[:10])
    linked = sum(item.source.url.startswith("http") for item in readings)
    assert Counter(told.values()) == {"link": linked, "graphics-symbol": marks - linked}


def test_enter_on_a_mark_opens_its_source(window: Window) -> None:
    page = opened(window, reports.believed()).page
    page.route("https://**", lambda route: route.abort())
    page.locator("figure[id^=figure-driver] [tabindex='0']").first.focus()
    with page.expect_request("https://example.org/**"):
        page.keyboard.press("Enter")


def test_the_lists_beside_the_drivers_hold_every_mark_but_those_of_series(window: Window) -> None:
    page = opened(window, reports.believed()).page
    marks = page.locator("#drivers figure:not([id^=figure-series]) path[aria-label]").count()
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    rows = page.locator("#drivers details tbody tr:not(:has([colspan]))")
    assert rows.count() == marks
    assert any("Sign seen" in words for words in rows.all_inner_texts())
    assert (
        page.locator("#sources details").count() > page.locator("#drivers figure[id^=figure-series]").count()
    )


@pytest.mark.parametrize("dark", [False, True])
def test_what_was_seen_has_the_colour_of_the_words_and_a_what_if_is_no_forecast(
    window: Window, dark: bool
) -> None:
    page = opened(window, reports.believed(), dark=dark).page
    colour = "(one, name) => getComputedStyle(one)[name]"
    ink = page.locator("body").evaluate(colour, "color")
    marks = page.locator("figure[id^=figure-driver] path[aria-label]")
    assert {one.evaluate(colour, "fill") for one in marks.all()} == {ink}
    forecast = page.locator("#answer tbody td:nth-child(3)").first.evaluate(colour, "color")
    assert page.locator("path.whatif-was").evaluate(colour, "stroke") == forecast
    assert page.locator("path.whatif-would").evaluate(colour, "stroke") == ink


def test_a_fold_opens_by_keyboard(window: Window) -> None:
    page = opened(window, reports.believed()).page
    fold = page.locator("#drivers details").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("fold => fold.open")


def test_the_contents_lead_to_every_section_and_headings_are_in_order(
    window: Window, report: reports.Report
) -> None:
    page = opened(window, report).page
    links = [link.get_attribute("href") for link in page.locator("nav a").all()]
    assert links == [f"#{one.get_attribute('id')}" for one in page.locator("main > section").all()]
    levels = [
        int(name[1]) for name in page.eval_on_selector_all("h1,h2,h3", "all => all.map(h => h.tagName)")
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("th:not([scope])").count() == 0


def test_ids_stand_once(window: Window) -> None:
    for scripts in (True, False):
        page = at_its_top(window, scripts=scripts).page
        if scripts:
            ids = page.eval_on_selector_all("body [id]:not(svg *)", "all => all.map(one => one.id)")
        else:
            ids = [one.get_attribute("id") for one in page.locator("body [id]").all()]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [360, 1280])
def test_pictures_of_every_section_are_written_for_a_person_to_look_at(window: Window, width: int) -> None:
    page = opened(window, reports.believed(), width).page
    folder = PICTURES / f"{width}"
    shutil.rmtree(folder, ignore_errors=True)
    sections = page.locator("main > section")
    for section in sections.all():
        section.screenshot(path=folder / f"{section.get_attribute('id')}.png")
    sizes = [path.stat().st_size for path in folder.glob("*.png")]
    assert len(sizes) == sections.count()
    assert min(sizes) > 5_000  # an empty picture is smaller


def test_all_of_it_is_printed(window: Window) -> None:
    page = at_its_top(window).page
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("nav").is_hidden()
    page.set_viewport_size({"width": 720, "height": 900})  # A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0
    printed = PICTURES / "print.pdf"
    printed.unlink(missing_ok=True)
    page.pdf(path=printed)
    assert printed.stat().st_size > 50_000


def test_only_a_chance_that_stands_has_the_colour_of_one(window: Window, report: reports.Report) -> None:
    page = window.open(report.folder / publication.PAGE).page
    told = "one => getComputedStyle(one).color"
    colours = [page.locator(f"#answer tbody td:nth-child({n})").first.evaluate(told) for n in (2, 3)]
    assert (colours[0] != colours[1]) == report.told.verdict.passed


LINKS = """links => links.map(link => {
    const after = getComputedStyle(link, "::after");
    return [link.getAttribute("href"), after.content, after.display];
})"""
"""Addresses of links, and what stands after each."""


def test_addresses_of_sources_are_printed_on_paper_alone(window: Window) -> None:
    page = at_its_top(window).page
    links = page.locator("#sources a[href^=http]")
    assert links.count() > 3
    assert {after for _, after, _ in links.evaluate_all(LINKS)} == {"none"}
    page.emulate_media(media="print")
    for address, after, display in links.evaluate_all(LINKS):
        assert (after.replace('\\"', '"'), display) == (f'" ({address})"', "inline")
    inside = page.locator("#contents a, main a[href^='#']")
    assert {after for _, after, _ in inside.evaluate_all(LINKS)} <= {"none"}


def test_the_lists_of_reports_lead_to_them(window: Window) -> None:
    report = reports.believed()
    found = window.open(report.root / "reports" / "index.html")
    assert found.page.locator("figure").count() == 1
    assert found.page.locator(f"a[href='belarus/{report.folder.name}/brief.html']").count() > 1
    found.page.click("text=Will")
    found.page.locator(f"a[href='{report.folder.name}/brief.html']").first.click()
    assert found.page.text_content("h1") == report.told.question["title"]
    assert found.errors == []
