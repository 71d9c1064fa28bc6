"""Write tables of positions in every format we read, for round trips."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import archives
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from anomaly.simulate import write as simulated
from anomaly.units import FT_PER_M, KT_PER_M_S

Out = Callable[[pa.Table, pa.Table, Path], Path]
# A snapshot has the newest position of each aircraft only.
SNAPSHOT_S = 30


def _members(positions: pa.Table, aircraft: pa.Table) -> dict[str, bytes]:
    date = positions["timestamp"][0].as_py().date()
    return dict(simulated.members(positions, aircraft, date))


def tar(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    return archives.tar(folder / "day.tar", _members(positions, aircraft))


def split_tar(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    whole = tar(positions, aircraft, folder)
    return archives.split(whole, whole.stat().st_size // 3 + 1)[0]


def folder_of_zstd(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    for name, data in _members(positions, aircraft).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archives.zstd(gzip.decompress(data)))
    return folder


def snapshots(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    rows = positions.to_pandas()
    types = aircraft.to_pandas().set_index("icao24")["typecode"]
    epoch_s = rows["timestamp"].astype("int64") / 1e6
    now = np.ceil(epoch_s / SNAPSHOT_S) * SNAPSHOT_S
    typecode = rows["icao24"].map(types)
    rows = rows.assign(now=now, seen_pos=now - epoch_s, typecode=typecode)
    path = folder / "day.jsonl.gz"
    with gzip.open(path, "wt") as out:
        for moment, seen in rows.groupby("now"):
            newest = seen.drop_duplicates("icao24", keep="last")
            planes = [_plane(row) for row in newest.to_dict("records")]
            out.write(json.dumps({"now": moment, "aircraft": planes}) + "\n")
    return path


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


def state_vectors(positions: pa.Table, _aircraft: pa.Table, folder: Path) -> Path:
    rows = positions.to_pandas()
    epoch_s = rows["timestamp"].astype("int64") / 1e6
    path = folder / "states.csv.gz"
    pd.DataFrame(
        {
            "time": np.ceil(epoch_s).astype(int),
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
        }
    ).to_csv(path, index=False)
    return path


def traffic_table(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    names = {
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
    table = positions.select(list(names)).rename_columns(list(names.values()))
    types = aircraft.select(["icao24", "typecode"])
    path = folder / "day.parquet"
    pq.write_table(table.join(types, "icao24").sort_by("timestamp"), path)
    return path


EVERY: dict[str, Out] = {
    "tar": tar,
    "split tar": split_tar,
    "folder, zstd": folder_of_zstd,
    "snapshots": snapshots,
    "state vectors": state_vectors,
    "traffic table": traffic_table,
}
