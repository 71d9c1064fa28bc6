"""Build ``airports.csv.gz`` from copies of the published lists.

Usage: build_airports.py AIRPORTS_CSV RUNWAYS_CSV [LIST...]

AIRPORTS_CSV and RUNWAYS_CSV are OurAirports' (plain or gzip).  Each LIST tells of
fields opened or given a code since: ``airports.csv`` of the package `airportsdata` or
``stations.json`` of `avwx-engine`.  Nothing is fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path

from anomaly.reference.compile_airports import Sources, compiled, write

HERE = Path(__file__).parent


def main(airports: str, runways: str, *more: str) -> None:
    """Write the table beside this script."""
    lists = tuple(Path(path) for path in more)
    sources = Sources(Path(airports), Path(runways), lists)
    table = compiled(sources)
    write(table, HERE / "airports.csv.gz")
    print(f"{len(table)} airports: {table['field_use'].value_counts().to_dict()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
