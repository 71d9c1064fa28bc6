"""The review page in a real browser; needs a chromium, and takes seconds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, PHONE, Window, chromium, needs_chromium, window
from playwright.sync_api import Browser, expect
from report_builders import DAY, Plan, write_day

from anomaly.store import Store
from anomaly.verdicts import Judgement, Verdicts

pytestmark = needs_chromium

HOSTILE = "<img src=x onerror=document.title='owned'>"
PLANS = [
    Plan(
        icao24=f"15407{n}",
        registration=f"RA-{n}",
        rank=n + 1,
        callsign=HOSTILE if n == 1 else "RFF1",
        every_s=1200.0,
    )
    for n in range(10)
]


class Server:
    """`anomaly review` in a process of its own, as a user starts it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from anomaly.cli import main; main()"),
                *("review", str(DAY), "--by", "ann", "--port", str(self.port)),
                *("--data-dir", str(self.data_dir)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("data")
    write_day(Store(data_dir), PLANS)
    server = Server(data_dir)
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def nothing_said(server: Server) -> Iterator[None]:
    """Each test begins without a verdict, as on a new day."""
    yield
    Store(server.data_dir).verdicts.unlink(missing_ok=True)


def _verdicts(server: Server) -> list[tuple[str, Judgement]]:
    latest = Verdicts(Store(server.data_dir).verdicts).latest()
    return [(v.seen.icao24, v.verdict) for v in latest]


def _press(tab: Window, key: str) -> None:
    with tab.page.expect_navigation():
        tab.page.keyboard.press(key)


def test_ten_flags_are_decided_by_key_though_the_server_dies(
    browser: Browser, server: Server
) -> None:
    with window(browser) as tab:
        tab.page.goto(server.address)
        tab.page.keyboard.press("j")
        _press(tab, "Enter")
        for key in "cducd":
            _press(tab, key)
        assert tab.complaints == []
        server.kill()
        tab.page.keyboard.press("n")
        tab.page.keyboard.type("seen parked")
        tab.page.keyboard.press("Escape")
        tab.page.keyboard.press("c")
        expect(tab.page.locator("[data-problem]")).to_contain_text("Not recorded")
        assert len(_verdicts(server)) == 5
        server.start()
        _press(tab, "c")
        for key in "ducd":
            _press(tab, key)
    said = [judgement.value[0] for _, judgement in _verdicts(server)]
    assert "".join(said) == "cducdcducd"
    assert len({icao24 for icao24, _ in _verdicts(server)}) == 10
    notes = [v.note for v in Verdicts(Store(server.data_dir).verdicts).latest()]
    assert notes[5] == "seen parked"


def test_keys_take_back_move_and_choose(browser: Browser, server: Server) -> None:
    with window(browser) as tab:
        tab.page.goto(server.address)
        tab.page.keyboard.press("j")
        _press(tab, "Enter")
        first = tab.page.url
        _press(tab, "j")
        second = tab.page.url
        _press(tab, "k")
        assert tab.page.url == first != second
        tab.page.keyboard.press("r")
        tab.page.keyboard.type("ferry")
        tab.page.keyboard.press("Escape")
        _press(tab, "d")
        assert tab.page.url.startswith(second)
        assert _verdicts(server) == [("154070", Judgement.DISMISS)]
        (said,) = Verdicts(Store(server.data_dir).verdicts).latest()
        assert said.reason == "ferry"
        _press(tab, "z")
        assert tab.page.url == first
        assert _verdicts(server) == []
        # A key typed into a note is a letter.
        tab.page.keyboard.press("n")
        tab.page.keyboard.type("cdu")
        assert _verdicts(server) == []
        assert tab.complaints == []


def test_hostile_words_stay_text_and_axe_finds_nothing(
    browser: Browser, server: Server
) -> None:
    root = server.address.split(f"/{DAY}")[0]
    with window(browser, PHONE, "dark") as tab:
        tab.page.goto(server.address)
        flag = tab.page.locator("#flag-2 a").first.get_attribute("href") or ""
        base = server.address.rpartition("/")[0]
        pages = (f"{base}/{flag}", f"{root}/", f"{root}/lists", f"{root}/verdicts")
        for page in pages:
            tab.page.goto(page)
            assert "owned" not in tab.page.title()
            assert tab.axe() == []
            wide = tab.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE[0], page
        assert tab.complaints == []
    with window(browser) as tab:
        tab.page.goto(f"{base}/{flag}")
        assert tab.axe() == []


def test_without_scripts_a_verdict_still_takes_one_click(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(server.address)
    page.locator("#flag-1 a").first.click()
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_text("Recorded").wait_for()
    context.close()
    assert _verdicts(server) == [("154070", Judgement.DISMISS)]
