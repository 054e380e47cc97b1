"""What the browser of the tests notes of a page."""

import shutil
from pathlib import Path

import browser
import pytest
from browser import Window

HEAD = "<!doctype html><html lang='en'><title>A page</title><link rel='icon' href='data:,'>"


def page(where: Path, body: str) -> Path:
    file = where / "a page.html"
    file.write_text(HEAD + body)
    return file


def test_a_plain_page_asks_for_nothing_and_has_no_error(window: Window, tmp_path: Path) -> None:
    found = window.open(
        page(tmp_path, "<p id='x'>Plain <img alt='' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
    )
    assert found.page.text_content("#x") == "Plain "
    assert (found.requests, found.errors) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        "<img alt='' src='http://127.0.0.1:9/there.png'>",
        "<link rel='stylesheet' href='beside.css'>",
        "<script>fetch('http://127.0.0.1:9/there.json').catch(() => 0)</script>",
        "<script>new WebSocket('ws://127.0.0.1:9/there.')</script>",
    ],
)
def test_what_a_page_asks_for_is_noted(window: Window, tmp_path: Path, body: str) -> None:
    (found,) = window.open(page(tmp_path, body)).requests
    assert "there." in found or found.endswith("/beside.css")


@pytest.mark.parametrize("script", ["console.error('broken')", "throw new Error('broken')"])
def test_what_goes_wrong_is_noted(window: Window, tmp_path: Path, script: str) -> None:
    (found,) = window.open(page(tmp_path, f"<script>{script}</script>")).errors
    assert "broken" in found


def test_a_page_is_waited_for_while_a_part_is_busy(window: Window, tmp_path: Path) -> None:
    late = "setTimeout(() => { x.textContent = 'drawn'; x.ariaBusy = 'false'; }, 300)"
    found = window.open(page(tmp_path, f"<p id='x' aria-busy='true'>not yet</p><script>{late}</script>"))
    assert found.page.text_content("#x") == "drawn"


def test_a_page_opens_narrow_dark_and_without_scripts(window: Window, tmp_path: Path) -> None:
    body = "<style>@media (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } }</style><p id='x'>off</p>"
    file = page(tmp_path, body + "<script>x.textContent = `${innerWidth}`</script>")
    assert window.open(file, 360).page.text_content("#x") == "360"
    assert window.open(file, scripts=False).page.text_content("#x") == "off"
    colour = "getComputedStyle(x).color"
    assert window.open(file, dark=True).page.evaluate(colour) == "rgb(1, 2, 3)"
    assert window.open(file).page.evaluate(colour) == "rgb(0, 0, 0)"


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_a_browser_tests_are_skipped_but_fail_where_all_must_run(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(browser, "PROGRAM", "/nowhere")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(outcome, match="install Debian's chromium"):
        browser.program()
