"""Flights and airports as the `traffic` library tells them; run in its environment.

usage: PYTHON tests/benchmarks/traffic_side.py FOLDER

FOLDER holds ``positions.parquet`` and ``airports.parquet`` in the library's columns;
``flights.parquet`` is written there, and ``seconds.json``: the processor time, without
imports and files, that cutting into flights took, and naming airports among each set
of them.  Flights are cut as `Flight.split` does unless
told otherwise (10 minutes without data); airports are those of `infer_airport`, once
among all fields but heliports, once among large and medium ones, as its documentation
advises where data are missing near the ground.
"""

from __future__ import annotations

import json
import sys
import time
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
    seconds = dict.fromkeys(("cut", *among), 0.0)
    positions = pd.read_parquet(folder / "positions.parquet")
    for icao24, track in positions.groupby("icao24", sort=True):
        started = time.process_time()
        flights = list(Flight(track).split())
        seconds["cut"] += time.process_time() - started
        for flight in flights:
            first, last = flight.data.iloc[0], flight.data.iloc[-1]
            row = {
                "icao24": icao24,
                "first_seen": first["timestamp"],
                "last_seen": last["timestamp"],
                "first_on_ground": bool(first["onground"]),
                "last_on_ground": bool(last["onground"]),
            }
            for name, airports in among.items():
                started = time.process_time()
                start = flight.infer_airport("takeoff", dataset=airports)
                end = flight.infer_airport("landing", dataset=airports)
                row[f"origin_{name}"] = start.icao
                row[f"destination_{name}"] = end.icao
                seconds[name] += time.process_time() - started
            rows.append(row)
    pd.DataFrame(rows).to_parquet(folder / "flights.parquet")
    (folder / "seconds.json").write_text(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
