"""Flight lists of EUROCONTROL's Open Performance Data Initiative: one flight a row.

Parquet or CSV, the names in any case:
https://github.com/euctrl-pru/OPDI
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from anomaly.ingest import tabular
from anomaly.ingest.base import Batch, LeftOut, TrackReader
from anomaly.ingest.columns import callsigns, texts, times_us
from anomaly.ingest.tables import ListedFlights, listed_flights_table

_REQUIRED = ("icao24", "first_seen", "last_seen")
_OWN = ("flt_id", "adep", "ades")
_COLUMNS = (*_REQUIRED, *_OWN, "registration", "typecode", "provenance")
_ENDS = tuple(
    f"{end}_{what}"
    for end in ("first", "last")
    for what in ("latitude_deg", "longitude_deg", "altitude_ft")
)


def sniff(path: Path) -> bool:
    """Recognise the names of the columns."""
    if not path.is_file():
        return False
    return {*_REQUIRED, *_OWN} <= set(tabular.header(path))


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the flights of the list; of where they were first seen it says nothing."""
    n_files = 1
    for piece in tabular.pieces(path, _COLUMNS, left_out):
        if n_files:
            tabular.require(piece, path, _REQUIRED)
        flights = _flights(piece, left_out)
        yield Batch(
            listed_flights=listed_flights_table(flights, left_out),
            n_files=n_files,
            share=piece.share,
        )
        n_files = 0


def _flights(piece: tabular.Piece, left_out: LeftOut) -> ListedFlights:
    unknown = np.full(piece.n_rows, np.nan)
    return ListedFlights(
        icao24=pc.utf8_lower(texts(piece["icao24"])),
        first_seen_us=times_us(piece["first_seen"], left_out),
        last_seen_us=times_us(piece["last_seen"], left_out),
        texts={
            "callsign": callsigns(piece["flt_id"]),
            "registration": texts(piece["registration"]),
            "typecode": texts(piece["typecode"]),
            "origin": texts(piece["adep"]),
            "destination": texts(piece["ades"]),
        },
        ends=dict.fromkeys(_ENDS, unknown),
        provenance=piece.provenance,
    )


READER = TrackReader(name="opdi-flight-list", sniff=sniff, read=read)
