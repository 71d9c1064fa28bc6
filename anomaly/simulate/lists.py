"""Write the flights of a day as a list without positions, as others publish them.

A list tells less than tracks do: OpenSky's and OPDI's name the ends they know, and
what a flight did in between is in neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anomaly.simulate.past import as_opensky

_OF_OPDI = {
    "icao24": "ICAO24",
    "callsign": "FLT_ID",
    "origin": "ADEP",
    "destination": "ADES",
    "registration": "REGISTRATION",
    "typecode": "TYPECODE",
    "first_seen": "FIRST_SEEN",
    "last_seen": "LAST_SEEN",
    "provenance": "provenance",
}
"""`provenance` is ours, for a made list must say so."""


@dataclass(frozen=True)
class ListWriter:
    """How a day's flights, as LISTED_FLIGHTS, become a file."""

    ending: str
    write: Callable[[pa.Table, Path], None]


def opensky(flights: pa.Table, path: Path) -> None:
    """Write a Parquet with the columns of OpenSky's lists: metres above the sea."""
    pq.write_table(as_opensky(flights), path, compression="zstd")


def opdi(flights: pa.Table, path: Path) -> None:
    """Write a Parquet as OPDI's, which tells no place of an end but its airport."""
    columns = {theirs: flights[ours] for ours, theirs in _OF_OPDI.items()}
    columns["DOF"] = pc.cast(flights["first_seen"], pa.date32())
    pq.write_table(pa.table(columns), path, compression="zstd")


WRITERS = {
    "opensky-flight-list": ListWriter("parquet", opensky),
    "opdi-flight-list": ListWriter("parquet", opdi),
}
"""By the name of the reader that reads it."""
