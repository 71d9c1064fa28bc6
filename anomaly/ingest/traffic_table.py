"""Tables of positions as the `traffic` library keeps them: Parquet, CSV or JSON.

In feet and knots: https://traffic-viz.github.io/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.ingest import tabular
from anomaly.ingest.base import Batch, LeftOut, TrackReader
from anomaly.ingest.columns import callsigns, flags, numbers, squawks, texts, times_us
from anomaly.ingest.tables import (
    Reports,
    aircraft_table,
    positions_table,
    without_repeats,
)

_REQUIRED = ("timestamp", "icao24", "latitude", "longitude")
_COLUMNS = (
    *_REQUIRED,
    "altitude",
    "onground",
    "groundspeed",
    "track",
    "vertical_rate",
    "callsign",
    "squawk",
    "registration",
    "typecode",
    "provenance",
)


def sniff(path: Path) -> bool:
    """Recognise the names of the columns."""
    if path.is_dir():
        return False
    return set(_REQUIRED) <= set(tabular.header(path))


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the rows that have a position."""
    n_files = 1
    for piece in tabular.pieces(path, _COLUMNS, left_out):
        if n_files:
            tabular.require(piece, path, _REQUIRED)
        icao24 = pc.utf8_lower(texts(piece["icao24"]))
        time_us = times_us(piece["timestamp"], left_out)
        held = _held(icao24, time_us, piece)
        reports = Reports(
            icao24=icao24,
            time_us=time_us,
            latitude_deg=numbers(piece["latitude"], left_out),
            longitude_deg=numbers(piece["longitude"], left_out),
            altitude_ft=numbers(piece["altitude"], left_out),
            on_ground=flags(piece["onground"]),
            ground_speed_kt=numbers(piece["groundspeed"], left_out),
            track_deg=numbers(piece["track"], left_out),
            vertical_rate_ft_min=numbers(piece["vertical_rate"], left_out),
            callsign=held["callsign"],
            squawk=held["squawk"],
            provenance=piece.provenance,
        )
        yield Batch(
            rows=without_repeats(positions_table(reports, left_out), left_out),
            aircraft=_aircraft(icao24, piece),
            n_files=n_files,
            share=piece.share,
        )
        n_files = 0


def _held(icao24: pa.Array, time_us: object, piece: tabular.Piece) -> pa.Table:
    """Return callsign and squawk, each held by its aircraft until the next.

    In tables of decoded messages they stand in rows of their own, without position.
    """
    told = pd.DataFrame(
        {
            "icao24": icao24.to_pandas(),
            "time_us": time_us,
            "callsign": callsigns(piece["callsign"]).to_pandas(),
            "squawk": squawks(piece["squawk"]).to_pandas(),
        }
    )
    in_order = told.sort_values("time_us", kind="stable")
    held = in_order.groupby("icao24")[["callsign", "squawk"]].ffill()
    return pa.Table.from_pandas(
        held.reindex(told.index),
        schema=pa.schema([("callsign", pa.string()), ("squawk", pa.string())]),
        preserve_index=False,
    )


def _aircraft(icao24: pa.Array, piece: tabular.Piece) -> pa.Table:
    told = pa.table(
        {
            "icao24": icao24,
            "registration": texts(piece["registration"]),
            "typecode": texts(piece["typecode"]),
            "provenance": piece.provenance,
        }
    )
    return aircraft_table(told.group_by(told.column_names).aggregate([]).to_pylist())


READER = TrackReader(name="traffic-table", sniff=sniff, read=read)
