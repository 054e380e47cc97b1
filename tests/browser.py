"""A browser for tests: opens pages from files and notes what they ask for and what goes wrong."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the driver takes a third of a second to import, which few tests need
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

PROGRAM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
OWN = ("data:", "blob:", "about:")
"""Schemes by which a page asks itself."""
DRAWN = "() => !document.querySelector('[aria-busy=\"true\"], [data-drawing]')"
"""Whether no part of the page is still being drawn."""
TOLD = """() => new Promise(done => {
    if (!window.IntersectionObserver) return done();
    new IntersectionObserver((_, own) => { own.disconnect(); done(); }).observe(document.body);
})"""
"""Ends once the page's own observers, which are older, have been told of what is near."""
READ = f"""async () => {{
    const told = {TOLD};
    for (const figure of document.querySelectorAll("figure")) {{ figure.scrollIntoView(); await told(); }}
    scrollTo(0, 0);
}}"""
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


@dataclass(frozen=True)
class Opened:
    """A page that was opened, and what it did since.

    Attributes
    ----------
    requests
        Addresses that it asked for, but for its own and those that it holds itself.
    errors
        What it told the console as an error, and what its scripts threw.
    """

    page: "Page"
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until all that is near has been drawn."""
        self.page.evaluate(TOLD)
        self.page.wait_for_function(DRAWN)
        self.page.evaluate("() => document.fonts.ready.then(() => null)")
        self.page.evaluate(TWO_FRAMES)

    def read(self) -> "Opened":
        """Scroll down the page and back, as a reader, so that every figure comes alive."""
        self.page.evaluate(READ)
        self.settle()
        return self


@dataclass(frozen=True)
class Window:
    """Opens pages, each in a context of its own."""

    browser: "Browser"
    contexts: "list[BrowserContext]" = field(default_factory=list)

    def open(
        self,
        file: Path,
        width: int = 1280,
        *,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
        first: str = "",
    ) -> Opened:
        """Open a file at a width in CSS pixels, run a script `first`, and wait until the page is drawn."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        if first:
            context.add_init_script(first)
        opened, address = Opened(context.new_page()), file.resolve().as_uri()

        def asked(request: "Request") -> None:
            if request.url.split("#")[0] != address and not request.url.startswith(OWN):
                opened.requests.append(request.url)

        def said(message: "ConsoleMessage") -> None:
            if message.type == "error":
                opened.errors.append(message.text)

        context.on("request", asked)
        opened.page.on("websocket", lambda socket: opened.requests.append(socket.url))
        opened.page.on("console", said)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.goto(address, wait_until="load")
        if scripts:
            opened.settle()
        return opened


def program() -> str:
    """Return the browser; a test without it is skipped, but fails where all must run."""
    found = PROGRAM if Path(PROGRAM).exists() else shutil.which("chromium") or shutil.which("chrome")
    if found is None:
        reason = f"no browser: neither {PROGRAM} nor chromium on the path; install Debian's chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


# By module: while the driver runs, its event loop does, and no other can be started in this thread.
@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """Return a running browser."""
    found = program()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: "Browser") -> "Iterator[Window]":
    """Return what opens pages; they are closed after the test."""
    opener = Window(chromium)
    yield opener
    for context in opener.contexts:
        context.close()
