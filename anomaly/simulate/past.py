"""A world's past as a flight list in OpenSky's layout: history for little effort."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anomaly.files import replacing
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.listing import listed
from anomaly.simulate.places import Places
from anomaly.simulate.shares import Shares
from anomaly.simulate.world import plan_past
from anomaly.units import FT_PER_M

_NAMES = {
    "first_seen": "firstseen",
    "last_seen": "lastseen",
    "first_latitude_deg": "latitude_1",
    "first_longitude_deg": "longitude_1",
    "last_latitude_deg": "latitude_2",
    "last_longitude_deg": "longitude_2",
}
_HEIGHTS = {"first_altitude_ft": "altitude_1", "last_altitude_ft": "altitude_2"}
_SAME = ("icao24", "callsign", "registration", "typecode", "origin", "destination")
"""Columns named alike; `provenance` is ours, for a made list must say so."""


def list_name(start: dt.date, days: int) -> str:
    """Return the name of the list of so many days before `start`."""
    first, last = start - dt.timedelta(days=days), start - dt.timedelta(days=1)
    return f"flightlist_{first:%Y%m%d}_{last:%Y%m%d}.parquet"


def write_past(
    start: dt.date,
    days: int,
    n_aircraft: int,
    out: Path,
    *,
    reference: Reference,
    seed: int = 1,
    shares: Shares | None = None,
    reserved: frozenset[str] = frozenset(),
    progress: Progress = silent,
) -> Path:
    """Write the flights of the days before `start`, as receivers would list them.

    Airframes, bases and receivers are those of the days that `simulate` writes of the
    same arguments.
    """
    coverage = Coverage.of(Places.of(reference.airports), seed)
    path = out / list_name(start, days)
    blocks = plan_past(
        start,
        days,
        n_aircraft,
        seed,
        reference=reference,
        shares=shares,
        reserved=reserved,
    )
    writer = None
    with replacing(path) as beside:
        for first, world in blocks:
            progress("listing the past", 1.0 - (start - first).days / days)
            table = as_opensky(listed(world, coverage))
            writer = writer or pq.ParquetWriter(
                beside, table.schema, compression="zstd"
            )
            writer.write_table(table)
        if writer is not None:
            writer.close()
    progress("listing the past", 1.0)
    return path


def as_opensky(flights: pa.Table) -> pa.Table:
    """Return flights with OpenSky's names and units: metres above the sea."""
    columns = {name: flights[name] for name in _SAME}
    columns |= {theirs: flights[ours] for ours, theirs in _NAMES.items()}
    columns |= {
        theirs: pc.divide(flights[ours], pa.scalar(FT_PER_M, pa.float32()))
        for ours, theirs in _HEIGHTS.items()
    }
    columns["day"] = pc.cast(flights["first_seen"], pa.date32())
    columns["provenance"] = flights["provenance"]
    return pa.table(columns)
