"""OpenSky flight lists: flights without positions, one a row.

In metres and UTC: https://github.com/ActiveConclusion/COVID19_AirTraffic
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc

from anomaly.ingest import tabular
from anomaly.ingest.base import Batch, LeftOut, TrackReader
from anomaly.ingest.columns import callsigns, numbers, texts, times_us
from anomaly.ingest.tables import ListedFlights, listed_flights_table
from anomaly.units import FT_PER_M

_REQUIRED = ("icao24", "firstseen", "lastseen")
# How the answers of the API call what the published lists call otherwise.
_OF_API = {"origin": "estdepartureairport", "destination": "estarrivalairport"}
_COLUMNS = (
    *_REQUIRED,
    "callsign",
    "registration",
    "typecode",
    "origin",
    "destination",
    *_OF_API.values(),
    "latitude_1",
    "longitude_1",
    "altitude_1",
    "latitude_2",
    "longitude_2",
    "altitude_2",
    "provenance",
)


def sniff(path: Path) -> bool:
    """Recognise the names of the columns."""
    return path.is_file() and set(_REQUIRED) <= set(tabular.header(path))


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the flights of the list."""
    n_files = 1
    for piece in tabular.pieces(path, _COLUMNS, left_out):
        if n_files:
            tabular.require(piece, path, _REQUIRED)
        yield Batch(
            listed_flights=listed_flights_table(_flights(piece, left_out), left_out),
            n_files=n_files,
            share=piece.share,
        )
        n_files = 0


def _flights(piece: tabular.Piece, left_out: LeftOut) -> ListedFlights:
    ends = {}
    for number, end in ((1, "first"), (2, "last")):
        for what, unit, factor in (
            ("latitude", "deg", 1.0),
            ("longitude", "deg", 1.0),
            ("altitude", "ft", FT_PER_M),
        ):
            values = numbers(piece[f"{what}_{number}"], left_out)
            ends[f"{end}_{what}_{unit}"] = values * factor
    return ListedFlights(
        icao24=pc.utf8_lower(texts(piece["icao24"])),
        first_seen_us=times_us(piece["firstseen"], left_out),
        last_seen_us=times_us(piece["lastseen"], left_out),
        texts={
            "callsign": callsigns(piece["callsign"]),
            **{
                name: pc.coalesce(texts(piece[name]), texts(piece[of_api]))
                for name, of_api in _OF_API.items()
            },
            **{name: texts(piece[name]) for name in ("registration", "typecode")},
        },
        ends=ends,
        provenance=piece.provenance,
    )


READER = TrackReader(name="opensky-flight-list", sniff=sniff, read=read)
