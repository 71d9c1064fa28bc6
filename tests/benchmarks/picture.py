"""Take the README's picture of a flag's page, from the demo's own report.

PYTHONPATH=tests python tests/benchmarks/picture.py PAGE .github/report.png

PAGE is a flag of the demo's day, demo/made/reports/2019-03-23/flags/1551e0-*.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from browsing import chromium

WIDTH, HEIGHT = 1200, 1560


def main() -> None:
    """Write the top of a page as a PNG."""
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    given = parser.parse_args()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(given.page.resolve().as_uri())
        page.screenshot(path=given.picture)
    print(f"{given.picture}: {given.picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
