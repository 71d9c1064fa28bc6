"""Build ``airports.csv.gz`` from copies of the published lists.

Usage: build_airports.py AIRPORTS_CSV RUNWAYS_CSV [AIRPORTSDATA_CSV]

AIRPORTS_CSV and RUNWAYS_CSV are OurAirports' (plain or gzip), AIRPORTSDATA_CSV is the
table in the package `airportsdata`.  Nothing is fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path

from anomaly.reference.compile_airports import Sources, compiled, write

HERE = Path(__file__).parent


def main(airports: str, runways: str, more: str | None = None) -> None:
    """Write the table beside this script."""
    sources = Sources(Path(airports), Path(runways), Path(more) if more else None)
    table = compiled(sources)
    write(table, HERE / "airports.csv.gz")
    print(f"{len(table)} airports: {table['field_use'].value_counts().to_dict()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
