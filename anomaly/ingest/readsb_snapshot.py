"""readsb snapshots: ``aircraft.json``, API answers, one a line, or a folder of them.

Layout: https://github.com/wiedehopf/readsb/blob/dev/README-json.md#aircraftjson
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.ingest.base import Batch, DamagedError, LeftOut, TrackReader
from anomaly.ingest.columns import clean_callsign, clean_squawk, times_us
from anomaly.ingest.compression import head, lines, read_what_is_there
from anomaly.ingest.jsonrows import decode_json, decode_rows, struct_columns
from anomaly.ingest.readsb import (
    aircraft_row,
    altitudes,
    cleaned,
    floats,
    known_provenance,
)
from anomaly.ingest.tables import Reports, aircraft_table, positions_table
from anomaly.schemas import POSITIONS

# Aircraft are listed under "aircraft" by readsb and under "ac" by the public APIs.
_LIST = re.compile(rb'"(aircraft|ac)"\s*:\s*\[')
_NOW = re.compile(rb'"now"\s*:\s*([0-9]+(?:\.[0-9]*)?)')
_PROVENANCE = re.compile(rb'"provenance"\s*:\s*"([a-z-]{1,20})"')
_OBJECT = re.compile(r"[\s,]*\{")
_NAME = re.compile(r".+\.(json|jsonc|jsonl|ndjson)(\.gz|\.zst)?$")
_START = re.compile(rb"\s*(//|[\[{])")
_COMMENT = re.compile(rb"^\s*//[^\n]*$", re.MULTILINE)

# A folder may hold a note or two, and damaged files, beside its snapshots.
_LEAST_NAMED = 0.8
_N_TRIED = 5

# Two snapshots tell the same report with times that differ by rounding alone.
_SAME_REPORT = pd.Timedelta(seconds=1)


class _Plane(msgspec.Struct, gc=False):
    """One aircraft of a snapshot; absent is not zero."""

    hex: str | None = None
    type: str | None = None
    flight: str | None = None
    r: str | None = None
    t: str | None = None
    desc: str | None = None
    ownOp: str | None = None  # noqa: N815  the file's name for it
    dbFlags: int | None = None  # noqa: N815
    alt_baro: float | Literal["ground"] | None = None
    alt_geom: float | None = None
    gs: float | None = None
    track: float | None = None
    baro_rate: float | None = None
    geom_rate: float | None = None
    squawk: str | None = None
    lat: float | None = None
    lon: float | None = None
    seen_pos: float | None = None


class _Snapshot(msgspec.Struct):
    now: float | None = None
    aircraft: msgspec.Raw = msgspec.Raw()
    ac: msgspec.Raw = msgspec.Raw()
    provenance: str = Provenance.OBSERVED


def sniff(path: Path) -> bool:
    """Recognise the list of aircraft; a folder by most of its files."""
    if path.is_dir():
        return _is_series(path)
    start = head(path)
    # Others list "aircraft" too, by "icao24".
    is_listed = _START.match(start) and _LIST.search(start)
    return bool(is_listed) and b'"icao24"' not in start


def _is_series(folder: Path) -> bool:
    """Tell a folder of snapshots, a few of them perhaps damaged, from others."""
    entries = sorted(e for e in folder.iterdir() if not e.name.startswith("."))
    named = [e for e in entries if _NAME.match(e.name) and e.is_file()]
    if not named or len(named) < _LEAST_NAMED * len(entries):
        return False
    some = named[:: -(-len(named) // _N_TRIED)]
    return sum(map(sniff, some)) > len(some) / 2


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the positions of one snapshot after the other."""
    before = _Before()
    failed: DamagedError | None = None
    n_read = 0
    for file, share in _files(path, left_out):
        found = _snapshots(file, left_out)
        while True:
            try:
                data, where = next(found)
                batch = _batch(data, where, share, before, left_out)
            except StopIteration:
                break
            except DamagedError as error:
                # One of many lines; after damage of the file itself none follows.
                failed = error
                left_out.add(error.reason, "files", example=str(error))
            else:
                yield batch
                n_read += 1
    if failed and not n_read:
        raise failed
    if not n_read:
        raise BadInputError(
            f"{path.name} holds no snapshot",
            hint='Look for files with a list called "aircraft" or "ac" in it.',
        )


def _files(path: Path, left_out: LeftOut) -> Iterator[tuple[Path, float]]:
    """Yield the files to read, and how much of all is read with each."""
    if not path.is_dir():
        yield path, 0.0
        return
    files = sorted(f for f in path.rglob("[!.]*") if f.is_file())
    for number, file in enumerate(files, 1):
        if _NAME.match(file.name):
            yield file, number / len(files)
        else:
            left_out.add("unknown_format", "files", example=file.name)


def _snapshots(file: Path, left_out: LeftOut) -> Iterator[tuple[bytes, str]]:
    """Yield the JSON of every snapshot of a file, and where it stands."""
    if {".jsonl", ".ndjson"} & set(file.suffixes) or _is_lines(file):
        for number, line in enumerate(lines(file), 1):
            if line.strip():
                yield line, f"{file.name}, line {number}"
        return
    data, damage = read_what_is_there(file)
    data = _COMMENT.sub(b"", data)
    if data.lstrip()[:1] == b"[":
        yield from _of_array(data, file.name, left_out)
    else:
        yield data, file.name
    if damage:
        left_out.add(damage.reason, "files", example=str(damage))


def _is_lines(file: Path) -> bool:
    """Tell a file with a snapshot on each line by its first two lines."""
    try:
        first, second = (next(found, b"").strip() for found in [lines(file)] * 2)
    except DamagedError:
        return False
    return first[:1] == second[:1] == b"{" and first[-1:] == b"}"


def _of_array(
    data: bytes, where: str, left_out: LeftOut
) -> Iterator[tuple[bytes, str]]:
    """Yield the snapshots in a JSON array, as far as it is whole."""
    try:
        entries = [bytes(e) for e in decode_json(data, list[msgspec.Raw], where)]
    except DamagedError as error:
        text = data.decode("utf-8", "replace")
        entries = [json.dumps(e).encode() for e in _objects(text, text.find("[") + 1)]
        if not entries:
            raise
        left_out.add(error.reason, "files", example=str(error))
    for number, entry in enumerate(entries, 1):
        yield entry, f"{where}, entry {number}"


def _batch(
    data: bytes, where: str, share: float, before: _Before, left_out: LeftOut
) -> Batch:
    try:
        snapshot = decode_json(data, _Snapshot, where)
    except DamagedError as error:
        snapshot = _salvaged(data, where, before.provenance, error)
        left_out.add(error.reason, "files", example=str(error))
    listed = snapshot.aircraft or snapshot.ac
    if not listed:
        raise DamagedError(
            "unexpected_json",
            f"{where} has no list of aircraft",
            hint='A snapshot has a list called "aircraft" or "ac".',
        )
    planes = decode_rows(listed, _Plane, where, left_out)
    if snapshot.now is None:
        raise DamagedError(
            "no_time",
            f"{where} does not say when it was taken, so its {len(planes)} aircraft "
            "have no time",
            hint='Add "now": <seconds since 1970> beside the list, if you know it.',
        )
    provenance = known_provenance(snapshot.provenance, where)
    before.provenance = provenance
    now_us = times_us(pa.array([snapshot.now]))[0]
    return Batch(
        rows=_positions(planes, now_us, provenance, before, left_out),
        aircraft=aircraft_table(
            [_aircraft(p, provenance) for p in planes if p.lat is not None]
        ),
        share=share,
    )


def _salvaged(
    data: bytes, where: str, provenance: str, error: DamagedError
) -> _Snapshot:
    """Return the aircraft of a snapshot that stand before its damage.

    Raises
    ------
    DamagedError
        The `error` it was not read for, if there is none; or if it does not say when
        it was taken.
    """
    begins = _LIST.search(data)
    if not begins or error.reason != "bad_json":
        raise error
    planes = list(_objects(data[begins.end() :].decode("utf-8", "replace"), 0))
    if not planes:
        raise error
    now = _NOW.search(data, 0, begins.start())
    if not now:
        raise DamagedError(
            "no_time",
            f"{where} is cut before it says when it was taken, so the {len(planes)} "
            "aircraft before the cut have no time",
            hint='Fetch it again, or put "now": <seconds since 1970>, before the list.',
        )
    # What is made says so before its list, where a cut leaves it.
    told = _PROVENANCE.search(data)
    return _Snapshot(
        now=float(now[1]),
        aircraft=msgspec.Raw(json.dumps(planes).encode()),
        provenance=told[1].decode() if told else provenance,
    )


def _objects(text: str, at: int) -> Iterator[object]:
    """Yield the whole objects of a JSON array that follow one another."""
    decoder = json.JSONDecoder()
    while begin := _OBJECT.match(text, at):
        try:
            found, at = decoder.raw_decode(text, begin.end() - 1)
        except (ValueError, RecursionError):
            return
        yield found


def _positions(
    planes: list[_Plane],
    now_us: float,
    provenance: str,
    before: _Before,
    left_out: LeftOut,
) -> pa.Table:
    columns = struct_columns(planes, _Plane)
    altitude_ft, on_ground = altitudes(columns["alt_baro"], columns["alt_geom"])
    age_s = np.nan_to_num(floats(columns["seen_pos"]))
    rate = floats(columns["baro_rate"])
    table = positions_table(
        Reports(
            icao24=pc.utf8_lower(pa.array(columns["hex"], pa.string())),
            # Ages have milliseconds; what floats have below is noise.
            time_us=np.round((now_us - age_s * 1e6) / 1e3) * 1e3,
            latitude_deg=floats(columns["lat"]),
            longitude_deg=floats(columns["lon"]),
            altitude_ft=altitude_ft,
            on_ground=on_ground,
            ground_speed_kt=floats(columns["gs"]),
            track_deg=floats(columns["track"]),
            vertical_rate_ft_min=np.where(
                np.isnan(rate), floats(columns["geom_rate"]), rate
            ),
            callsign=cleaned(columns["flight"], clean_callsign),
            squawk=cleaned(columns["squawk"], clean_squawk),
            position_source=cleaned(columns["type"]),
            provenance=provenance,
        ),
        left_out,
    )
    return before.without(table, left_out)


def _aircraft(plane: _Plane, provenance: str) -> dict[str, object]:
    return aircraft_row(
        (plane.hex or "").lower(),
        registration=plane.r,
        typecode=plane.t,
        description=plane.desc,
        owner_operator=plane.ownOp,
        database_flags=plane.dbFlags,
        provenance=provenance,
    )


class _Before:
    """What the snapshot before told."""

    def __init__(self) -> None:
        self.provenance = str(Provenance.OBSERVED)
        self._positions = POSITIONS.empty_table()

    def without(self, table: pa.Table, left_out: LeftOut) -> pa.Table:
        """Return the rows that the table of the last call did not have."""
        place = ["latitude_deg", "longitude_deg"]
        columns = ["icao24", "timestamp", *place]
        before = self._positions.select(columns).to_pandas().drop_duplicates("icao24")
        both = (
            table.select(columns)
            .to_pandas()
            .merge(before, how="left", on="icao24", suffixes=("", "_before"))
        )
        age = (both["timestamp"] - both["timestamp_before"]).abs()
        repeated = age < _SAME_REPORT
        for name in place:
            repeated &= both[name] == both[f"{name}_before"]
        self._positions = table
        left_out.add("stale_repeat", "rows", int(repeated.sum()))
        return table.filter(pa.array(~repeated))


READER = TrackReader(name="readsb-snapshot", sniff=sniff, read=read)
