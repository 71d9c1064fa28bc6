"""Small files in the formats we read, for tests; every argument has a dull default."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

BASE = 1553212800.0  # 2019-03-22 00:00 UTC


def row(seconds: float = 0.0, **given: Any) -> list[Any]:
    """Return a row of a trace; `n_columns` cuts it as older files are."""
    named = {
        "latitude": 48.0 + seconds / 3600,
        "longitude": 11.0,
        "altitude": 30000,
        "speed": 420.0,
        "track": 90.0,
        "flags": 0,
        "rate": 0,
        "details": None,
        "source": "adsb_icao",
        "geometric": 30500,
    } | given
    columns = [
        seconds,
        *(named[n] for n in list(named)[:10]),
        *(None, None, None),
    ]
    return columns[: named.get("n_columns", 14)]


def trace(icao: str = "3c6444", rows: Sequence[Any] = (), **head: Any) -> bytes:
    """Return the JSON of a trace."""
    file = {"icao": icao, "timestamp": BASE, **head}
    file["trace"] = list(rows) or [row(0.0), row(10.0)]
    return json.dumps(file).encode()


def trace_name(icao: str = "3c6444") -> str:
    return f"./traces/{icao[-2:]}/trace_full_{icao}.json"


def tar(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a tar of `members`, packed as archives publish traces."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def day(path: Path, *traces: tuple[str, bytes]) -> Path:
    """Write a tar of gzip traces under their addresses."""
    packed = {trace_name(icao): gzip.compress(data, mtime=0) for icao, data in traces}
    return tar(path, packed)


def zstd(data: bytes) -> bytes:
    """Return `data` packed as zstd does."""
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(data)
    return bytes(packed.getvalue())


def split(path: Path, size: int) -> list[Path]:
    """Cut a file into parts as `split` names them, and remove the whole."""
    data = path.read_bytes()
    parts = []
    for i, start in enumerate(range(0, len(data), size)):
        part = path.with_name(f"{path.name}.a{chr(ord('a') + i)}")
        part.write_bytes(data[start : start + size])
        parts.append(part)
    path.unlink()
    return parts


def plane(icao: str = "3c6444", **given: Any) -> dict[str, Any]:
    """Return an aircraft of a snapshot."""
    return {
        "hex": icao,
        "type": "adsb_icao",
        "flight": "DLH1AB  ",
        "lat": 48.0,
        "lon": 11.0,
        "alt_baro": 30000,
        "gs": 420.0,
        "track": 90.0,
        "seen_pos": 2.5,
    } | given


def snapshot(*planes: Any, now: float | None = BASE, key: str = "aircraft") -> bytes:
    """Return the JSON of a snapshot."""
    about = {} if now is None else {"now": now}
    return json.dumps({**about, key: list(planes) or [plane()]}).encode()


def state(seconds: float = 0.0, **given: Any) -> dict[str, Any]:
    """Return a row of a table as `traffic` keeps them."""
    return {
        "timestamp": int((BASE + seconds) * 1000),
        "icao24": "3c6444",
        "callsign": "DLH1AB",
        "latitude": 48.0 + seconds / 3600,
        "longitude": 11.0,
        "altitude": 30000.0,
        "groundspeed": 420.0,
        "track": 90.0,
        "vertical_rate": 0.0,
        "onground": False,
    } | given


def csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows as CSV, packed if the name says so."""
    lines = [",".join(rows[0])]
    lines += [",".join("" if v is None else str(v) for v in r.values()) for r in rows]
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def listed(**given: Any) -> dict[str, Any]:
    """Return a row of a flight list."""
    return {
        "callsign": "DLH1AB",
        "number": "",
        "icao24": "3c6444",
        "registration": "D-AIBC",
        "typecode": "A320",
        "origin": "EDDF",
        "destination": "EDDM",
        "firstseen": "2019-03-22 06:00:00+00:00",
        "lastseen": "2019-03-22 07:00:00+00:00",
        "day": "2019-03-22 00:00:00+00:00",
        "latitude_1": 50.0,
        "longitude_1": 8.5,
        "altitude_1": 304.8,
        "latitude_2": 48.3,
        "longitude_2": 11.8,
        "altitude_2": 609.6,
    } | given


def opdi(**given: Any) -> dict[str, Any]:
    """Return a row of an OPDI flight list."""
    return {
        "ID": "9e4e05b1_0_2019_3",
        "ICAO24": "3c6444",
        "FLT_ID": "DLH1AB",
        "DOF": pd.Timestamp("2019-03-22"),
        "ADEP": "EDDF",
        "ADES": "EDDM",
        "ADEP_P": None,
        "ADES_P": None,
        "REGISTRATION": "D-AIBC",
        "MODEL": "A320 214",
        "TYPECODE": "A320",
        "ICAO_AIRCRAFT_CLASS": "L2J",
        "ICAO_OPERATOR": "DLH",
        "FIRST_SEEN": pd.Timestamp("2019-03-22 06:00"),
        "LAST_SEEN": pd.Timestamp("2019-03-22 07:00"),
        "VERSION": "v2.0.0",
    } | given


def vector(seconds: float = 0.0, **given: Any) -> dict[str, Any]:
    """Return an OpenSky state vector."""
    return {
        "time": int(BASE + seconds),
        "icao24": "3c6444",
        "lat": 48.0 + seconds / 3600,
        "lon": 11.0,
        "velocity": 200.0,
        "heading": 90.0,
        "vertrate": 5.08,
        "callsign": "DLH1AB  ",
        "onground": "false",
        "squawk": "0451",
        "baroaltitude": 3048.0,
        "geoaltitude": 3100.0,
        "lastposupdate": BASE + seconds,
        "lastcontact": BASE + seconds,
    } | given


def parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist([dict(r) for r in rows]), path)
    return path


def playback(modes: str | None = "3C6444", n_points: int = 20) -> bytes:
    """Return the JSON of a Flightradar24 playback."""
    points = [
        {
            "timestamp": BASE + 10 * i,
            "latitude": 48.0 + i / 360,
            "longitude": 11.0,
            "altitude": {"feet": 1000 * i},
            "speed": {"kts": 420},
            "verticalSpeed": {"fpm": 0},
            "heading": 0,
            "squawk": "0451",
        }
        for i in range(n_points)
    ]
    flight = {
        "identification": {"id": "2ce4f83f", "callsign": "DLH1AB"},
        "aircraft": {
            "model": {"code": "A320", "text": "Airbus A320"},
            "identification": {"modes": modes, "registration": "D-AIBC"},
        },
        "track": points,
    }
    response = {"timestamp": BASE, "data": {"flight": flight}}
    return json.dumps({"result": {"request": {}, "response": response}}).encode()


def playback_csv(path: Path, rows: int = 20) -> Path:
    """Write a Flightradar24 CSV."""
    lines = ["Timestamp,UTC,Callsign,Position,Altitude,Speed,Direction"]
    lines += [
        f'{int(BASE) + 10 * i},2019-03-22T00:00:00Z,DLH1AB,"{48 + i / 360},11.0",'
        f"{1000 * i},420,0"
        for i in range(rows)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def _written(name: str, data: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return write


_ROWS = [row(10.0 * i, details={"flight": "DLH1AB  "}) for i in range(20)]
_STATES = [state(10.0 * i) for i in range(20)]
_BY_COLUMN = {
    name: {str(i): s[name] for i, s in enumerate(_STATES)} for name in _STATES[0]
}
_PLANES = [plane(f"3c64{i:02x}") for i in range(20)]

# Files of each reader's format, by the reader's name and what is special of them.
EXAMPLES: dict[str, dict[str, Callable[[Path], Path]]] = {
    "flightradar24": {
        "csv": lambda folder: playback_csv(folder / "DLH1AB_2ce4.csv"),
        "json": _written("2ce4f83f.json", playback()),
    },
    "opdi-flight-list": {
        "parquet": lambda f: parquet(f / "flight_list.parquet", [opdi()] * 5),
        "csv": lambda f: csv(
            f / "flights.csv", [{k.lower(): v for k, v in opdi().items()}] * 5
        ),
    },
    "opensky-flight-list": {
        "csv": lambda f: csv(f / "flightlist.csv", [listed()] * 5),
        "gz": lambda f: csv(f / "flightlist.csv.gz", [listed()] * 5),
    },
    "opensky-states": {
        "csv": lambda f: csv(f / "states.csv", [vector(10.0 * i) for i in range(20)]),
        "gz": lambda f: csv(f / "states.csv.gz", [vector(10.0 * i) for i in range(20)]),
        "parquet": lambda f: parquet(
            f / "states.parquet", [vector(10.0 * i) for i in range(20)]
        ),
    },
    "readsb-snapshot": {
        "json": _written("aircraft.json", snapshot(*_PLANES)),
        "gz": _written("aircraft.json.gz", gzip.compress(snapshot(*_PLANES))),
        "zst": _written("aircraft.json.zst", zstd(snapshot(*_PLANES))),
        "api": _written("api.json", snapshot(*_PLANES, now=BASE * 1000, key="ac")),
        "jsonl": _written(
            "day.jsonl", snapshot(*_PLANES) + b"\n" + snapshot(now=BASE + 60) + b"\n"
        ),
    },
    "readsb-trace": {
        "tar": lambda f: day(
            f / "day.tar", *((f"3c64{i:02x}", trace(f"3c64{i:02x}")) for i in range(9))
        ),
        "gzip": _written("trace_full_3c6444.json", gzip.compress(trace(rows=_ROWS))),
        "plain": _written("exported.json", trace(rows=_ROWS)),
        "zstd": _written("trace_full_3c6444.json", zstd(trace(rows=_ROWS))),
        "zstd in tar": lambda f: tar(
            f / "day.tar",
            {trace_name(): zstd(trace())}
            | {
                f"./traces/45/trace_full_3c64{i:02x}.json": trace(f"3c64{i:02x}")
                for i in range(5)
            },
        ),
    },
    "traffic-table": {
        "csv": lambda folder: csv(folder / "states.csv", _STATES),
        "gz": lambda folder: csv(folder / "states.csv.gz", _STATES),
        "parquet": lambda folder: parquet(folder / "states.parquet", _STATES),
        "json": _written("states.json", json.dumps(_STATES).encode()),
        "jsonl": _written(
            "states.jsonl", "\n".join(json.dumps(s) for s in _STATES).encode()
        ),
        "by column": _written(
            "flight.json",
            json.dumps(_BY_COLUMN).encode(),
        ),
    },
}
