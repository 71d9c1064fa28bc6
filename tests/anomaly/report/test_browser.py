"""What a browser says of the pages; needs a chromium, and takes seconds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from report_builders import DAY, Plan, reference, write_day

from anomaly.report.html import render
from anomaly.report.reading import read_day
from anomaly.report.writing import write
from anomaly.store import Store

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium here to open the pages with"
)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--enable-logging=stderr", "--v=0"),
    # A page that asked anything of the network would fail, and say so.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
Open = Callable[[Path], tuple[str, str]]


@pytest.fixture
def browse(tmp_path: Path) -> Open:
    def open_page(page: Path) -> tuple[str, str]:
        done = subprocess.run(
            [
                CHROMIUM or "",
                *FLAGS,
                f"--user-data-dir={tmp_path / 'profile'}",
                "--dump-dom",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return done.stdout, "\n".join(said)

    return open_page


def test_every_kind_of_page_opens_from_a_file_without_a_complaint(
    store: Store, tmp_path: Path, browse: Open, model_card: str
) -> None:
    write_day(store, [Plan(callsign="<script>document.title='x'</script>")])
    card = store.model_card("flight-anomaly 3")
    card.parent.mkdir(parents=True)
    card.write_text(model_card, encoding="utf-8")
    day = read_day(store, DAY, reference())
    index = write(render(day, Path("data")), tmp_path / "out")
    flag = index.parent / "flags" / f"{day.flagged[0].flight_id}.html"
    for page in (index, flag, index.with_name("model.html")):
        dom, complaints = browse(page)
        assert "A score is evidence" in dom
        assert "<title>[RE-ENACTED]" in dom
        assert complaints == ""


def test_a_complaint_would_be_noticed(tmp_path: Path, browse: Open) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
        '<img src="https://example.org/x.png">'
    )
    assert "Content Security Policy" in browse(page)[1]
