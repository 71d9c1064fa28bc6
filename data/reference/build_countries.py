"""Build ``countries.csv`` from OurAirports' countries.csv, plain or gzip.

Usage: build_countries.py COUNTRIES_CSV
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(source: Path) -> None:
    """Write the code and name of every state and territory, by code."""
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt", encoding="utf-8") as lines:
        rows = sorted((row["code"], row["name"]) for row in csv.DictReader(lines))
    with (HERE / "countries.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["code", "name"])
        writer.writerows(rows)
    print(f"{len(rows)} states and territories")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
