"""Flightradar24 exports: the CSV of a flight, and the JSON of its playback.

The CSV has no address, and a playback need not have one.  Such a flight gets a
surrogate that begins with "fe", which is in no block of addresses allocated to a state,
made of the callsign and the day: so both halves of a flight meet, and the same callsign
on another day, by another aircraft, does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.ingest import tabular
from anomaly.ingest.base import Batch, LeftOut, TrackReader
from anomaly.ingest.columns import (
    Floats,
    callsigns,
    clean_callsign,
    clean_squawk,
    clean_text,
    numbers,
    times_us,
)
from anomaly.ingest.compression import head, read_inflated
from anomaly.ingest.jsonrows import decode_json, decode_rows, struct_columns
from anomaly.ingest.readsb import cleaned, floats
from anomaly.ingest.tables import Reports, aircraft_table, positions_table

_COLUMNS = ("timestamp", "callsign", "position", "altitude", "speed", "direction")
_POSITION = r"^\s*(?P<latitude>-?[0-9.]+)\s*,\s*(?P<longitude>-?[0-9.]+)\s*$"
_PLAYBACK_START = re.compile(rb'\s*\{\s*"result"\s*:\s*\{')

# Zero feet is told of aircraft on the ground, and of some that are about to be.
_SURELY_TAXIING_KT = 60.0


class _Feet(msgspec.Struct):
    feet: float | None = None


class _Knots(msgspec.Struct):
    kts: float | None = None


class _FeetPerMinute(msgspec.Struct):
    fpm: float | None = None


class _Point(msgspec.Struct):
    """One report of a playback."""

    timestamp: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: _Feet | None = None
    speed: _Knots | None = None
    verticalSpeed: _FeetPerMinute | None = None  # noqa: N815  the file's name
    heading: float | None = None
    squawk: str | None = None


class _Named(msgspec.Struct):
    id: object = None
    callsign: object = None
    modes: object = None
    registration: object = None
    code: object = None
    text: object = None
    name: object = None


class _Aircraft(msgspec.Struct):
    model: _Named | None = None
    identification: _Named | None = None


class _Flight(msgspec.Struct):
    track: msgspec.Raw
    identification: _Named | None = None
    aircraft: _Aircraft | None = None
    owner: _Named | None = None


class _Data(msgspec.Struct):
    flight: _Flight


class _Response(msgspec.Struct):
    data: _Data


class _Result(msgspec.Struct):
    response: _Response


class _Playback(msgspec.Struct):
    result: _Result


def sniff(path: Path) -> bool:
    """Recognise the names of the columns, or how a playback begins."""
    if path.is_dir():
        return False
    return bool(_PLAYBACK_START.match(head(path))) or set(_COLUMNS) <= set(
        tabular.header(path)
    )


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the positions of a flight."""
    if _PLAYBACK_START.match(head(path)):
        return iter([_playback(path, left_out)])
    return _table(path, left_out)


def surrogate_address(callsign: str, day: str) -> str:
    """Return the address that stands for a callsign on a day.

    >>> surrogate_address("AFR990", "2019-03-22")
    'fe3c0f'
    """
    digest = hashlib.blake2s(f"{callsign} {day}".encode()).hexdigest()
    return f"fe{digest[:4]}"


def _table(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    addresses: dict[str, str] = {}
    n_files = 1
    for piece in tabular.pieces(path, _COLUMNS, left_out):
        if n_files:
            tabular.require(piece, path, ("timestamp", "position"))
        time_us = times_us(piece["timestamp"], left_out)
        callsign = callsigns(piece["callsign"])
        place = pc.extract_regex(pc.cast(piece["position"], pa.string()), _POSITION)
        altitude_ft = numbers(piece["altitude"], left_out)
        speed_kt = numbers(piece["speed"], left_out)
        yield Batch(
            rows=positions_table(
                Reports(
                    icao24=_surrogates(callsign, time_us, path, addresses, left_out),
                    time_us=time_us,
                    latitude_deg=numbers(pc.struct_field(place, "latitude")),
                    longitude_deg=numbers(pc.struct_field(place, "longitude")),
                    altitude_ft=altitude_ft,
                    on_ground=_on_ground(altitude_ft, speed_kt),
                    ground_speed_kt=speed_kt,
                    track_deg=numbers(piece["direction"], left_out),
                    callsign=callsign,
                ),
                left_out,
            ),
            n_files=n_files,
            share=piece.share,
        )
        n_files = 0


def _surrogates(
    callsign: pa.Array,
    time_us: Floats,
    path: Path,
    addresses: dict[str, str],
    left_out: LeftOut,
) -> pa.Array:
    """Return an address for each row, the same for a callsign throughout the file."""
    names = callsign.fill_null(path.stem).to_pandas()
    days = pd.to_datetime(pd.Series(time_us), unit="us", errors="coerce").dt.strftime(
        "%Y-%m-%d"
    )
    told = pd.DataFrame({"name": names, "day": days}).dropna()
    for name, day in told.drop_duplicates("name").itertuples(index=False):
        if name not in addresses:
            addresses[name] = surrogate_address(name, day)
            example = f"{addresses[name]} stands for {name} of {day}"
            left_out.add("surrogate_address", "flights", example=example)
    # As Python's, for pandas may keep its texts in chunks.
    return pa.array([addresses.get(name) for name in names], pa.string())


def _playback(path: Path, left_out: LeftOut) -> Batch:
    playback = decode_json(read_inflated(path), _Playback, path.name)
    flight = playback.result.response.data.flight
    points = decode_rows(flight.track, _Point, path.name, left_out)
    called = flight.identification or _Named()
    airframe = (flight.aircraft or _Aircraft()).identification or _Named()
    columns = struct_columns(points, _Point)
    n = len(points)
    time_us = times_us(pa.array(columns["timestamp"], pa.float64()))
    callsign = pa.array([clean_callsign(called.callsign)] * n, pa.string())
    address = (clean_text(airframe.modes) or "").lower()
    icao24 = (
        pa.repeat(address, n)
        if address
        else _surrogates(callsign, time_us, path, {}, left_out)
    )
    altitude_ft = floats([a and a.feet for a in columns["altitude"]])
    speed_kt = floats([s and s.kts for s in columns["speed"]])
    reports = Reports(
        icao24=icao24,
        time_us=time_us,
        latitude_deg=floats(columns["latitude"]),
        longitude_deg=floats(columns["longitude"]),
        altitude_ft=altitude_ft,
        on_ground=_on_ground(altitude_ft, speed_kt),
        ground_speed_kt=speed_kt,
        track_deg=floats(columns["heading"]),
        vertical_rate_ft_min=floats([v and v.fpm for v in columns["verticalSpeed"]]),
        callsign=callsign,
        squawk=cleaned(columns["squawk"], clean_squawk),
    )
    about = _about(flight, icao24[0].as_py() if n else None)
    return Batch(
        rows=positions_table(reports, left_out),
        aircraft=aircraft_table([about]),
        share=1.0,
    )


def _about(flight: _Flight, icao24: str | None) -> dict[str, object]:
    """Return what a playback says of its aircraft."""
    aircraft = flight.aircraft or _Aircraft()
    model, airframe = aircraft.model or _Named(), aircraft.identification or _Named()
    return {
        "icao24": icao24,
        "registration": clean_text(airframe.registration),
        "typecode": clean_text(model.code),
        "description": clean_text(model.text),
        "owner_operator": clean_text((flight.owner or _Named()).name),
    }


def _on_ground(altitude_ft: Floats, speed_kt: Floats) -> pa.Array:
    at_zero = altitude_ft == 0
    unsure = np.isnan(altitude_ft) | (at_zero & ~(speed_kt < _SURELY_TAXIING_KT))
    return pa.array(at_zero, mask=unsure)


READER = TrackReader(name="flightradar24", sniff=sniff, read=read)
