"""Flights and airports as the `traffic` library tells them; run in its environment.

usage: PYTHON tests/benchmarks/traffic_side.py FOLDER

FOLDER holds ``positions.parquet`` and ``airports.parquet`` in the library's columns;
``flights.parquet`` is written there.  Flights are cut as `Flight.split` does unless
told otherwise (10 minutes without data); airports are those of `infer_airport`, once
among all fields but heliports, once among large and medium ones, as its documentation
advises where data are missing near the ground.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd


def main(folder: Path) -> None:
    """Write what the library says of the positions in `folder`."""
    # Not in our environment: the file must import without it.
    from traffic.core import Flight
    from traffic.data.basic.airports import Airports

    fields = pd.read_parquet(folder / "airports.parquet")
    larger = fields[fields["type"].isin(["large_airport", "medium_airport"])]
    among = {
        "all": Airports(fields.reset_index(drop=True)),
        "larger": Airports(larger.reset_index(drop=True)),
    }
    rows = []
    positions = pd.read_parquet(folder / "positions.parquet")
    for icao24, track in positions.groupby("icao24", sort=True):
        for flight in Flight(track).split():
            first, last = flight.data.iloc[0], flight.data.iloc[-1]
            row = {
                "icao24": icao24,
                "first_seen": first["timestamp"],
                "last_seen": last["timestamp"],
                "first_on_ground": bool(first["onground"]),
                "last_on_ground": bool(last["onground"]),
            }
            for name, airports in among.items():
                start = flight.infer_airport("takeoff", dataset=airports)
                end = flight.infer_airport("landing", dataset=airports)
                row[f"origin_{name}"] = start.icao
                row[f"destination_{name}"] = end.icao
            rows.append(row)
    pd.DataFrame(rows).to_parquet(folder / "flights.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
