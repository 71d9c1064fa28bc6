"""The reference decoder of one readsb trace: clear rather than fast.

Layout: https://github.com/wiedehopf/readsb/blob/dev/README-json.md#trace-jsons
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.domain import Provenance
from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.columns import Floats, clean_callsign, clean_squawk, clean_text
from anomaly.ingest.jsonrows import decode_json, decode_rows, struct_columns
from anomaly.ingest.readsb import (
    aircraft_row,
    altitudes,
    cleaned,
    floats,
    known_provenance,
)

_NEW_LEG = 2
_ALL_FLAGS = 15
_ADDRESS = re.compile("[0-9a-f]{6}")


class _Details(msgspec.Struct, frozen=True, gc=False):
    """The object in some rows: what held until the next one."""

    flight: str | None = None
    squawk: str | None = None
    type: str | None = None
    category: str | None = None
    emergency: str | None = None


class _Row(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One report; 9, 11 or 14 columns, of which these are read."""

    seconds: float | None
    latitude: float | None
    longitude: float | None
    altitude: float | Literal["ground"] | None
    speed: float | None = None
    track: float | None = None  # on the ground, the heading
    flags: float | None = None
    vertical_rate: float | None = None
    details: _Details | None = None
    source: str | None = None
    geometric_altitude: float | None = None


class File(msgspec.Struct, frozen=True):
    """A trace: what its head says, and its rows still to be decoded."""

    icao: str
    timestamp: float
    trace: msgspec.Raw
    r: object = None
    t: object = None
    desc: object = None
    ownOp: object = None  # noqa: N815  the file's name for it
    dbFlags: object = None  # noqa: N815
    provenance: str = Provenance.OBSERVED


@dataclass(frozen=True)
class Trace:
    """One aircraft's reports in columns, in order of time, and what is known of it."""

    icao24: str
    time_us: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    on_ground: pa.Array
    ground_speed_kt: Floats
    track_deg: Floats
    vertical_rate_ft_min: Floats
    callsign: pa.Array
    squawk: pa.Array
    position_source: pa.Array
    category: pa.Array
    emergency: pa.Array
    new_leg: pa.Array
    aircraft: dict[str, object]
    """A row of the aircraft table."""


def decode_trace(data: bytes, where: str, left_out: LeftOut) -> Trace:
    """Return the trace in `data`, the inflated content of the file `where`.

    Every row is kept, the stale ones too: by readsb's definition that flag says
    that nothing was heard for 20 seconds *before* the row, not that its position is
    old, and in 23 real traces 262 of 264 stale rows have moved since the row before.

    Raises
    ------
    DamagedError
        If the file is no whole trace of an aircraft with a 24-bit address.
    """
    file = decode_json(data, File, where)
    aircraft = aircraft_of(file, where)
    rows = decode_rows(file.trace, _Row, where, left_out)
    columns = _columns(rows)
    altitude_ft, on_ground = altitudes(
        columns["altitude"], columns["geometric_altitude"]
    )
    flags = floats(columns["flags"])
    held = _Held(columns["details"])
    return Trace(
        icao24=file.icao,
        time_us=_times_us(floats([file.timestamp]), floats(columns["seconds"])),
        latitude_deg=floats(columns["latitude"]),
        longitude_deg=floats(columns["longitude"]),
        altitude_ft=altitude_ft,
        on_ground=on_ground,
        ground_speed_kt=floats(columns["speed"]),
        track_deg=floats(columns["track"]),
        vertical_rate_ft_min=floats(columns["vertical_rate"]),
        callsign=held.texts("flight", clean_callsign),
        squawk=held.texts("squawk", clean_squawk),
        # Files of 9 columns tell the source in the details alone.
        position_source=pc.coalesce(
            cleaned(columns["source"]), held.texts("type", clean_text)
        ),
        category=held.texts("category", clean_text),
        emergency=held.texts("emergency", clean_text),
        new_leg=pa.array(
            np.nan_to_num(flags).clip(0, _ALL_FLAGS).astype(np.int64) & _NEW_LEG > 0,
            mask=np.isnan(flags),
        ),
        aircraft=aircraft,
    )


def _columns(rows: list[_Row]) -> dict[str, tuple[Any, ...]]:
    """Return the rows' columns, in order of time."""
    columns = struct_columns(rows, _Row)
    seconds = floats(columns["seconds"])
    if (seconds[1:] < seconds[:-1]).any():
        return _columns([rows[i] for i in np.argsort(seconds, kind="stable")])
    return columns


class _Held:
    """Values that hold from the row with details that tells them until the next."""

    def __init__(self, details: Sequence[_Details | None]) -> None:
        self._n = len(details)
        column = np.empty(self._n, dtype=object)
        column[:] = details
        self._rows = np.flatnonzero(column != None)  # noqa: E711  elementwise
        self._details = column[self._rows]

    def texts(self, name: str, clean: Callable[[object], str | None]) -> pa.Array:
        """Return the cleaned texts of one key, for every row of the trace."""
        texts = cleaned(list(map(attrgetter(name), self._details)), clean)
        known = np.flatnonzero(texts.is_valid())
        latest = np.searchsorted(self._rows[known], np.arange(self._n), "right") - 1
        return texts.take(pa.array(known)).take(pa.array(latest, mask=latest < 0))


def aircraft_of(file: File, where: str) -> dict[str, object]:
    """Return what the head of the file says of the aircraft."""
    if file.icao.startswith("~"):
        raise DamagedError(
            "non_icao_address",
            f"{where} has no ICAO address",
            hint="Such an address changes, so its positions are no track.",
        )
    if not _ADDRESS.fullmatch(file.icao):
        raise DamagedError(
            "bad_address",
            f"{where} has no valid address",
            hint="An address is six lower-case hex digits.",
        )
    return aircraft_row(
        file.icao,
        registration=file.r,
        typecode=file.t,
        description=file.desc,
        owner_operator=file.ownOp,
        database_flags=file.dbFlags,
        provenance=known_provenance(file.provenance, where),
    )


def _times_us(base_s: Floats, seconds: Floats) -> Floats:
    # Sources have milliseconds at most; what floats have below is noise.
    times_us: Floats = np.round((base_s + seconds) * 1e3) * 1e3
    return times_us
