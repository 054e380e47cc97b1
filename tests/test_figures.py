"""Figures: what they share, and that no text of a question can break one."""

import json
import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from hourglass import evidence_figures, figures
from hourglass.evidence_exhibits import Mark, Track
from hourglass.figures import Figure

HOSTILE = (
    "<script>alert(1)</script> </script> \"quoted\" 'single' & Привет, мир. مرحبا بالعالم "
    "\x00\x0b\x1b\ud800\ufffe tab\tline\nend " + "long " * 400
)
DAY = date(2023, 1, 26)
NARROW = 340
"""Pixels across of a telephone's page."""


def track(*marks: Mark) -> Track:
    """Take marks for a series."""
    return Track("name", "A series", "units", share=False, marks=marks)


def mark(claim: str = "A claim.", url: str = "https://example.org/") -> Mark:
    return Mark("id", DAY, 1.0, claim, "B2", "origin", url)


def drawn(told: Figure) -> ElementTree.Element:
    """Draw a figure, which must be sound XML."""
    return ElementTree.fromstring(figures.svg(told, NARROW))


def links(told: Figure) -> list[str]:
    return re.findall(r'href="(https?://[^"]+)"', figures.svg(told))


def test_hostile_text_is_drawn_as_text() -> None:
    told = evidence_figures.series(track(mark(HOSTILE)))
    assert all("script" not in element.tag for element in drawn(told).iter())
    assert "Привет, мир. مرحبا" in json.dumps(told.spec, ensure_ascii=False)


def test_hostile_words_break_no_drawing() -> None:
    told = figures.figure(
        "a", HOSTILE, [figures.data([{"words": HOSTILE}]).mark_text().encode(text="words:N")], 20
    )
    root = drawn(told)
    assert root.attrib["aria-label"] == told.words
    assert "<script>" in told.words


@given(st.text())
def test_cleaned_text_is_whole_xml_in_one_line(text: str) -> None:
    told = figures.clean(text)
    assert "\n" not in told
    ElementTree.fromstring(f"<a>{told.replace('&', '').replace('<', '')}</a>")


def test_a_claim_of_two_thousand_characters_is_cut_at_a_word() -> None:
    assert figures.short("word " * 400, 12) == "word word…"
    assert figures.short("x" * 2000, 12) == "x" * 11 + "…"
    assert figures.short("A claim.") == "A claim."


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "data:text/html,x", "//x.org", "https://", "http://[x"]
)
def test_what_is_no_address_of_a_page_is_no_link(url: str) -> None:
    assert figures.link(url) is None
    assert links(evidence_figures.series(track(mark(url=url)))) == []


def test_an_item_links_to_its_source_alone() -> None:
    told = evidence_figures.series(track(mark(url="https://example.org/?a=1&b=2")))
    assert set(links(told)) == {"https://example.org/?a=1&amp;b=2"}
    addresses = set(re.findall(r"https?://[^\"\s]+", json.dumps(told.spec)))
    assert {a for a in addresses if "vega.github.io/schema" not in a} == {"https://example.org/?a=1&b=2"}


def test_log_odds_are_those_of_the_chance_within_one_in_a_million() -> None:
    assert figures.odds(0.5) == 0
    assert figures.odds(0.0) == pytest.approx(-13.8155, abs=1e-4)
    assert figures.odds(1.0) == pytest.approx(13.8155, abs=1e-4)
    assert figures.chance_of(figures.odds(0.037)) == pytest.approx(0.037)


@pytest.mark.parametrize(
    ("chances", "held"), [([0.0001, 0.0003], 0.0002), ([0.9995, 0.9999], 0.9998), ([0.5], 0.5)]
)
def test_the_axis_of_chances_names_some_within_its_ends(chances: list[float], held: float) -> None:
    scale = figures.odds_scale(chances)
    low, high = scale["domain"]
    ticks = figures.odds_axis(scale, "chance")["values"]
    assert low < figures.odds(held) < high
    assert any(low < tick < high for tick in ticks)


@pytest.mark.parametrize("chances", [(0.0105, 0.0128), (0.009, 0.016), (0.3, 0.34), (0.001, 0.5)])
def test_an_axis_has_at_least_three_ticks(chances: tuple[float, float]) -> None:
    scale = figures.odds_scale(chances, 0.5)
    low, high = scale["domain"]
    assert sum(low < tick < high for tick in figures.odds_axis(scale, "chance")["values"]) >= 3


def test_no_chance_at_all_has_an_axis() -> None:
    low, high = figures.odds_scale([])["domain"]
    assert low < 0 < high


def test_a_picture_has_the_width_that_was_asked() -> None:
    told = evidence_figures.series(track(mark()))
    assert told.spec["width"] == "container"
    for width in (figures.WIDE, NARROW):
        stated = float(ElementTree.fromstring(figures.svg(told, width)).attrib["width"])
        assert stated == pytest.approx(width, abs=10)


def test_the_same_values_make_the_same_figure() -> None:
    one, other = (evidence_figures.series(track(mark())) for _ in range(2))
    assert json.dumps(one.spec) == json.dumps(other.spec)
    assert figures.svg(one) == figures.svg(other)


def test_the_script_of_live_charts_is_put_together_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def script() -> str:
        made.append(1)
        return "script"

    monkeypatch.setattr(vl_convert, "javascript_bundle", script)
    assert [figures.bundle(tmp_path / "new") for _ in range(2)] == ["script", "script"]
    assert made == [1]
    assert [path.suffix for path in (tmp_path / "new").iterdir()] == [".js"]


@pytest.mark.slow
def test_the_script_of_live_charts_fits_into_a_page(tmp_path: Path) -> None:
    script = figures.bundle(tmp_path)
    assert "vegaEmbed" in script
    assert "</script" not in script.lower()
    assert "<!--" not in script
    assert len(script.encode()) < 1.2e6
