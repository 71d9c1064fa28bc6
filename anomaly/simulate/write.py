"""Write tables as a day of the globe_history archives: a tar of readsb traces.

The format is readsb's ``sprintTracePoint`` (14 columns); each trace says with the key
``provenance`` that it was made.
"""

from __future__ import annotations

import datetime as dt
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Member = tuple[str, bytes]
_DETAIL_EVERY = 4
"""One row in four carries the object with callsign and squawk."""
_LEVEL = 1
_PIA = 4


def release_name(date: dt.date) -> str:
    """Return the name a published day of that date has."""
    return f"v{date:%Y.%m.%d}-planes-readsb-prod-0.tar"


def members(positions: pa.Table, aircraft: pa.Table, date: dt.date) -> Iterator[Member]:
    """Yield name and bytes of each aircraft's trace; rows in order of address."""
    midnight_s = dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
    if not len(positions):
        return
    addresses = positions["icao24"].combine_chunks().dictionary_encode()
    code = addresses.indices.to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
    offsets = pa.array(np.r_[starts, len(code)], type=pa.int32())
    rows = _rows(positions, starts, midnight_s)
    bodies = pc.binary_join(pa.ListArray.from_arrays(offsets, rows), ",\n")
    known = {row["icao24"]: row for row in aircraft.to_pylist()}
    for start, body in zip(starts, bodies.to_pylist(), strict=True):
        icao24 = addresses.dictionary[int(code[start])].as_py()
        head = _head(known[icao24], midnight_s)
        yield (
            f"./traces/{icao24[-2:]}/trace_full_{icao24}.json",
            _gzip(f"{head}{body} ]\n }}\n".encode()),
        )


def write_tar(path: BinaryIO, content: Iterable[Member]) -> None:
    """Write the members as a tar without owners, times or folders."""
    with tarfile.open(fileobj=path, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in content:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            # Only the header goes through tarfile: its addfile copies in small steps.
            path.write(entry.tobuf(tarfile.USTAR_FORMAT))
            path.write(data)
            path.write(b"\0" * (-len(data) % tarfile.BLOCKSIZE))
            tar.offset = path.tell()


def place(path: Path) -> Path:
    """Return `path` with its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _head(aircraft: dict[str, Any], midnight_s: float) -> str:
    """Return a trace up to its first row."""
    head: dict[str, Any] = {"icao": aircraft["icao24"]}
    flags = None
    if aircraft["military_flag"] is not None:
        flags = int(aircraft["military_flag"]) | _PIA * bool(aircraft["privacy_flag"])
    told = {
        "r": aircraft["registration"],
        "t": aircraft["typecode"],
        "dbFlags": flags,
        "desc": aircraft["description"],
        "ownOp": aircraft["owner_operator"],
    }
    known = {key: value for key, value in told.items() if value is not None}
    head |= known or {"noRegData": True}
    head["provenance"] = aircraft["provenance"]
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},\n"timestamp": {midnight_s:.3f},\n"trace":[ \n'


def _rows(
    positions: pa.Table, starts: NDArray[np.int64], midnight_s: float
) -> pa.Array:
    """Return each position as the archive writes it."""
    time_us = pc.cast(positions["timestamp"], pa.int64()).to_numpy()
    ground = positions["on_ground"].combine_chunks()
    altitude = pc.if_else(ground, '"ground"', _whole(positions["altitude_ft"]))
    rate = _whole(positions["vertical_rate_ft_min"])
    source = positions["position_source"].combine_chunks()
    leg = positions["new_leg"].to_numpy(zero_copy_only=False)
    flags = pa.array(np.where(leg, 2, 0)).cast(pa.string())
    return pc.binary_join_element_wise(
        "[",
        _decimal(time_us // 10_000 - round(midnight_s * 100), 2),
        ",",
        _decimal(positions["latitude_deg"].to_numpy() * 1e6, 6),
        ",",
        _decimal(positions["longitude_deg"].to_numpy() * 1e6, 6),
        ",",
        altitude,
        ",",
        _tenths(positions["ground_speed_kt"]),
        ",",
        _tenths(positions["track_deg"]),
        ",",
        flags,
        ",",
        rate,
        ",",
        _details(positions, starts, source, ground),
        ',"',
        source,
        '",null,null,null,null]',
        "",
    )


def _details(
    positions: pa.Table, starts: NDArray[np.int64], source: pa.Array, ground: pa.Array
) -> pa.Array:
    """Return the object of each row, or the word null."""
    callsign = positions["callsign"].combine_chunks()
    squawk = positions["squawk"].combine_chunks()
    n = len(positions)
    first = np.zeros(n, dtype=bool)
    first[starts] = True
    number = np.arange(n) - np.repeat(starts, np.diff(np.r_[starts, n]))
    told = first | (number % _DETAIL_EVERY == 0)
    told |= _changes(callsign) | _changes(squawk)
    flight = pc.if_else(
        pc.is_valid(callsign),
        pc.binary_join_element_wise(
            ',"flight":"', pc.utf8_rpad(pc.fill_null(callsign, ""), 8), '"', ""
        ),
        "",
    )
    code = pc.if_else(
        pc.is_valid(squawk),
        pc.binary_join_element_wise(',"squawk":"', pc.fill_null(squawk, ""), '"', ""),
        "",
    )
    quality = pc.if_else(
        ground, ',"nic":8,"version":2}', ',"nic":8,"version":2,"nic_baro":1}'
    )
    written = pc.binary_join_element_wise(
        '{"type":"', source, '"', flight, code, quality, ""
    )
    return pc.if_else(pa.array(told), written, "null")


def _changes(values: pa.Array) -> NDArray[np.bool_]:
    codes = pc.fill_null(values.dictionary_encode().indices, -1).to_numpy()
    return np.asarray(np.r_[True, codes[1:] != codes[:-1]])


def _decimal(scaled: NDArray[Any], digits: int) -> pa.Array:
    """Return numbers with so many digits after the point, from their whole multiples.

    The digits of a 128-bit decimal are the whole number itself, so its buffer can be
    laid out by hand and no number is formatted one by one.
    """
    whole = np.round(scaled).astype(np.int64)
    halves = np.empty((len(whole), 2), dtype=np.int64)
    halves[:, 0] = whole
    halves[:, 1] = whole >> 63
    exact = pa.Array.from_buffers(
        pa.decimal128(18, digits), len(whole), [None, pa.py_buffer(halves.tobytes())]
    )
    return exact.cast(pa.string())


def _tenths(values: pa.ChunkedArray) -> pa.Array:
    numbers = values.combine_chunks()
    whole = pc.fill_null(numbers, 0.0).to_numpy(zero_copy_only=False) * 10.0
    text = _decimal(whole.astype(np.float64), 1)
    return pc.if_else(pc.is_valid(numbers), text, "null")


def _whole(values: pa.ChunkedArray) -> pa.Array:
    numbers = pc.round(values.combine_chunks()).cast(pa.int64(), safe=False)
    return pc.fill_null(numbers.cast(pa.string()), "null")


def _gzip(data: bytes) -> bytes:
    # zlib's own gzip wrapper writes no time, so the same rows give the same bytes.
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()
