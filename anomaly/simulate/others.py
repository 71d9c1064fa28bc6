"""Write a day in the other formats that tell positions, for trying what reads them.

Each says that it was made: in a key of its snapshots, in a column of its tables.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from anomaly.units import FT_PER_M, KT_PER_M_S

# A snapshot has the newest position of each aircraft only.
SNAPSHOT_S = 30
_TRAFFIC_NAMES = {
    "timestamp": "timestamp",
    "icao24": "icao24",
    "latitude_deg": "latitude",
    "longitude_deg": "longitude",
    "altitude_ft": "altitude",
    "ground_speed_kt": "groundspeed",
    "track_deg": "track",
    "vertical_rate_ft_min": "vertical_rate",
    "callsign": "callsign",
    "squawk": "squawk",
    "on_ground": "onground",
    "provenance": "provenance",
}


@dataclass(frozen=True)
class Writer:
    """How a day's positions and aircraft become a file."""

    ending: str
    write: Callable[[pa.Table, pa.Table, Path], None]


def snapshots(positions: pa.Table, aircraft: pa.Table, path: Path) -> None:
    """Write a readsb snapshot every so often, one a line, packed."""
    rows = positions.to_pandas()
    types = aircraft.to_pandas().set_index("icao24")["typecode"]
    epoch_s = rows["timestamp"].astype("int64") / 1e6
    now = np.ceil(epoch_s / SNAPSHOT_S) * SNAPSHOT_S
    typecode = rows["icao24"].map(types)
    rows = rows.assign(now=now, seen_pos=now - epoch_s, typecode=typecode)
    rows = rows.sort_values("timestamp", kind="stable")
    with _packed(path) as out:
        # What is made and what is re-enacted cannot stand in one snapshot.
        for (moment, kind), seen in rows.groupby(["now", "provenance"]):
            newest = seen.drop_duplicates("icao24", keep="last")
            planes = [_plane(row) for row in newest.to_dict("records")]
            told = {"now": moment, "provenance": kind, "aircraft": planes}
            out.write(json.dumps(told) + "\n")


def _plane(row: dict[Hashable, Any]) -> dict[str, object]:
    told = {
        "hex": row["icao24"],
        "type": row["position_source"],
        "flight": row["callsign"],
        "t": row["typecode"],
        "lat": row["latitude_deg"],
        "lon": row["longitude_deg"],
        "alt_baro": "ground" if row["on_ground"] else row["altitude_ft"],
        "gs": row["ground_speed_kt"],
        "track": row["track_deg"],
        "baro_rate": row["vertical_rate_ft_min"],
        "seen_pos": round(row["seen_pos"], 3),
    }
    return {name: value for name, value in told.items() if pd.notna(value)}


def state_vectors(positions: pa.Table, _aircraft: pa.Table, path: Path) -> None:
    """Write OpenSky state vectors, a packed CSV; they tell no types."""
    rows = positions.to_pandas().sort_values(["timestamp", "icao24"])
    epoch_s = rows["timestamp"].astype("int64") / 1e6
    time = np.ceil(epoch_s).astype(int)
    told = pd.DataFrame(
        {
            "time": time,
            "icao24": rows["icao24"],
            "lat": rows["latitude_deg"],
            "lon": rows["longitude_deg"],
            "velocity": rows["ground_speed_kt"] / KT_PER_M_S,
            "heading": rows["track_deg"],
            "vertrate": rows["vertical_rate_ft_min"] / FT_PER_M / 60,
            "callsign": rows["callsign"],
            "onground": rows["on_ground"],
            "squawk": rows["squawk"],
            "baroaltitude": rows["altitude_ft"] / FT_PER_M,
            "lastposupdate": epoch_s,
            "hour": time // 3600 * 3600,
            "provenance": rows["provenance"],
        }
    )
    with _packed(path) as out:
        told.to_csv(out, index=False)


def traffic_table(positions: pa.Table, aircraft: pa.Table, path: Path) -> None:
    """Write a Parquet as `traffic` keeps them."""
    names = list(_TRAFFIC_NAMES)
    table = positions.select(names).rename_columns([_TRAFFIC_NAMES[n] for n in names])
    types = aircraft.select(["icao24", "typecode"])
    joined = table.join(types, "icao24")
    pq.write_table(
        joined.sort_by([("timestamp", "ascending"), ("icao24", "ascending")]), path
    )


@contextmanager
def _packed(path: Path) -> Iterator[io.TextIOWrapper]:
    """Yield a text file, packed without a name or a time, so alike each time."""
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as out,
    ):
        yield out


WRITERS = {
    "readsb-snapshot": Writer("jsonl.gz", snapshots),
    "opensky-states": Writer("csv.gz", state_vectors),
    "traffic-table": Writer("parquet", traffic_table),
}
"""By the name of the reader that reads it."""
