"""OpenSky state vectors: CSV, Parquet, or JSON as its API answers; metres and m/s.

Columns: https://opensky-network.org/datasets/states/README.txt
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.ingest import tabular
from anomaly.ingest.base import Batch, DamagedError, LeftOut, TrackReader
from anomaly.ingest.columns import (
    callsigns,
    flags,
    loose_array,
    numbers,
    squawks,
    texts,
    times_us,
)
from anomaly.ingest.compression import head, read_inflated
from anomaly.ingest.jsonrows import decode_json, decode_rows
from anomaly.ingest.tables import Reports, positions_table, without_repeats
from anomaly.ingest.tabular import Piece
from anomaly.units import FT_PER_M, KT_PER_M_S

# Each column under the names it has in the historical tables, in the API's own
# documentation and in what people make of its answers; the first that is there counts.
_NAMES = {
    "icao24": ("icao24",),
    "position_time": ("lastposupdate", "time_position"),
    "time": ("time", "last_contact"),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "longitude", "lng"),
    "barometric": ("baroaltitude", "baro_altitude"),
    "geometric": ("geoaltitude", "geo_altitude"),
    "on_ground": ("onground", "on_ground"),
    "velocity": ("velocity",),
    "track": ("heading", "true_track"),
    "rate": ("vertrate", "vertical_rate"),
    "callsign": ("callsign",),
    "squawk": ("squawk",),
}
_ALL_NAMES = (*(name for names in _NAMES.values() for name in names), "provenance")
_OF_TABLE = {"time", "icao24", "lat", "lon", "velocity"}
# The order of an API answer's unnamed columns, as far as they are read.
_API_COLUMNS = (
    "icao24",
    "callsign",
    "origin_country",
    "time_position",
    "last_contact",
    "longitude",
    "latitude",
    "baro_altitude",
    "on_ground",
    "velocity",
    "true_track",
    "vertical_rate",
    "sensors",
    "geo_altitude",
    "squawk",
)
_API_START = re.compile(rb'"states"\s*:\s*\[|"aircraft"\s*:\s*\[\s*\{\s*"icao24"\s*:')


class _Answer(msgspec.Struct):
    states: list[list[object]] | None = None
    aircraft: msgspec.Raw = msgspec.Raw()


def sniff(path: Path) -> bool:
    """Recognise the names of the columns, or the start of an API answer."""
    if path.is_dir():
        return False
    return _is_answer(path) or set(tabular.header(path)) >= _OF_TABLE


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the rows that tell a new position."""
    n_files = 1
    found = (
        iter([_answer(path, left_out)])
        if _is_answer(path)
        else tabular.pieces(path, _ALL_NAMES, left_out)
    )
    for piece in found:
        if n_files:
            tabular.require(piece, path, ("icao24",))
        table = positions_table(_reports(piece, left_out), left_out)
        table = _each_once(table, left_out)
        if not _tells_position_times(piece):
            table = without_repeats(table, left_out)
        yield Batch(rows=table, n_files=n_files, share=piece.share)
        n_files = 0


def _tells_position_times(piece: Piece) -> bool:
    return any(
        piece[name].null_count < piece.n_rows for name in _NAMES["position_time"]
    )


def _is_answer(path: Path) -> bool:
    start = head(path)
    return start.lstrip()[:1] == b"{" and bool(_API_START.search(start))


def _answer(path: Path, left_out: LeftOut) -> Piece:
    """Return an API answer in columns, whether it names them or not."""
    answer = decode_json(read_inflated(path), _Answer, path.name)
    if answer.states is not None:
        n = len(_API_COLUMNS)
        rows = [(*row[:n], *[None] * (n - len(row))) for row in answer.states]
        columns = list(zip(*rows, strict=True)) or [()] * n
        return _piece(dict(zip(_API_COLUMNS, columns, strict=True)), len(rows))
    if not answer.aircraft:
        raise DamagedError(
            "unexpected_json",
            f"{path.name} has no state vectors",
            hint='An answer has a list called "states" in it.',
        )
    records = decode_rows(answer.aircraft, dict[str, object], path.name, left_out)
    return _piece({n: [r.get(n) for r in records] for n in _ALL_NAMES}, len(records))


def _piece(columns: dict[str, Sequence[object]], n_rows: int) -> Piece:
    arrays = {
        name: loose_array(columns[name]) if name in columns else pa.nulls(n_rows)
        for name in _ALL_NAMES
    }
    return Piece(arrays, n_rows, 1.0)


def _reports(piece: Piece, left_out: LeftOut) -> Reports:
    def column(what: str) -> pa.Array:
        there = (piece[name] for name in _NAMES[what])
        return next((c for c in there if c.null_count < len(c)), pa.nulls(piece.n_rows))

    position_time_us = times_us(column("position_time"), left_out)
    barometric_m = numbers(column("barometric"), left_out)
    geometric_m = numbers(column("geometric"), left_out)
    return Reports(
        icao24=pc.utf8_lower(texts(column("icao24"))),
        time_us=np.where(
            np.isnan(position_time_us),
            times_us(column("time"), left_out),
            position_time_us,
        ),
        latitude_deg=numbers(column("latitude"), left_out),
        longitude_deg=numbers(column("longitude"), left_out),
        altitude_ft=np.where(np.isnan(barometric_m), geometric_m, barometric_m)
        * FT_PER_M,
        on_ground=flags(column("on_ground")),
        ground_speed_kt=numbers(column("velocity"), left_out) * KT_PER_M_S,
        track_deg=numbers(column("track"), left_out),
        vertical_rate_ft_min=numbers(column("rate"), left_out) * FT_PER_M * 60,
        callsign=callsigns(column("callsign")),
        squawk=squawks(column("squawk")),
        provenance=piece.provenance,
    )


def _each_once(positions: pa.Table, left_out: LeftOut) -> pa.Table:
    """Return each report once: a state repeats the last position for minutes."""
    keys = positions.select(["icao24", "timestamp"]).to_pandas()
    repeated = keys.duplicated().to_numpy()
    left_out.add("stale_repeat", "rows", int(repeated.sum()))
    return positions.filter(pa.array(~repeated))


READER = TrackReader(name="opensky-states", sniff=sniff, read=read)
