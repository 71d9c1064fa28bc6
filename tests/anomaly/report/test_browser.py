"""What a browser says of the pages; needs a chromium, and takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESK, PHONE, chromium, needs_chromium, window
from playwright.sync_api import Browser, expect
from report_builders import DAY, Plan, reference, write_day

from anomaly.report.html import render
from anomaly.report.reading import read_day
from anomaly.report.writing import write
from anomaly.store import Store

pytestmark = needs_chromium

PLANS = [
    Plan(callsign="<script>document.title='x'</script>", mission="m"),
    Plan(icao24="154073", registration="RA-82035", rank=2, mission="m"),
    Plan(icao24="3c6444", registration="D-AIZZ", rank=3, score=0.99),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def index(store: Store, tmp_path: Path, model_card: str) -> Path:
    write_day(store, PLANS)
    card = store.model_card("flight-anomaly 3")
    card.parent.mkdir(parents=True)
    card.write_text(model_card, encoding="utf-8")
    return write(
        render(read_day(store, DAY, reference()), Path("data")), tmp_path / "out"
    )


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_every_kind_of_page_opens_from_a_file_without_a_complaint(
    browser: Browser, index: Path, size: tuple[int, int], scheme: str
) -> None:
    flag = next(index.parent.glob("flags/1551e0*.html"))
    for page in (index, flag, index.with_name("model.html")):
        with window(browser, size, scheme) as tab:
            tab.page.goto(page.as_uri())
            expect(tab.page.locator("footer")).to_contain_text("A score is evidence")
            assert tab.page.title().startswith("[RE-ENACTED]")
            assert tab.complaints == []
            assert tab.axe() == []
            wide = tab.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0]


def test_the_list_is_found_sorted_and_walked_by_key(
    browser: Browser, index: Path
) -> None:
    with window(browser) as tab:
        page = tab.page
        page.goto(index.as_uri())
        rows = page.locator("#flags ~ table [data-row]:visible")
        expect(rows).to_have_count(3)
        page.get_by_label("Find").fill("ra-82035")
        expect(rows).to_have_count(1)
        expect(page.locator("[data-count]")).to_have_text("1 of 3 shown")
        page.get_by_label("Find").fill("")
        page.get_by_label("Sort by").select_option("score")
        expect(rows.first).to_have_id("flag-3")
        page.locator("h1").click()
        page.keyboard.press("j")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert "1551e0" in page.url
        assert tab.complaints == []


def test_a_complaint_would_be_noticed(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
        '<img src="https://example.org/x.png">'
    )
    with window(browser) as tab:
        tab.page.goto(page.as_uri())
        assert any("Content Security Policy" in said for said in tab.complaints)
        assert any("image-alt" in found for found in tab.axe())
