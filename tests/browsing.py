"""A real Chromium, driven over its own protocol; tests skip where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium here to open the pages with"
)
# A page that asked anything of the network would fail, and say so.
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The browser works at a crawl while other tests take the machine.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
PHONE, DESK = (390, 844), (1280, 900)
_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Window:
    """One tab, and all that went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def axe(self) -> list[str]:
        """Return what axe finds wrong, one line for each."""
        results = Axe().run(
            self.page, options={"runOnly": {"type": "tag", "values": _RULES}}
        )
        return [
            f"{found['id']}: {node['html'][:120]}"
            for found in results.response["violations"]
            for node in found["nodes"]
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def window(
    browser: Browser, size: tuple[int, int] = DESK, scheme: str = "light"
) -> Iterator[Window]:
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    opened = Window(page)
    page.on("console", lambda said: opened.complaints.append(said.text))
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("requestfailed", lambda request: opened.complaints.append(request.url))
    yield opened
    context.close()
