"""Make a day of an archive as large as wanted: real sizes and formats, no real traffic.

Traces are drawn one by one with lengths, cadence, columns and details as readsb writes
them; many more are made of these under other addresses, of which only the head is
packed anew.  What flies is nonsense: it measures how fast a day is read, nothing else.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from isal import isal_zlib

from anomaly.ingest.compression import inflate
from anomaly.reference.airports import Airports

MIDNIGHT_S = 1_780_272_000  # 2026-06-01
_DAY_S = 86_400.0
_MEAN_ROWS, _SPREAD, _MOST_ROWS = 520.0, 1.0, 10_000
_LEG_S, _TURN_S, _LEG_DEG = 5_400.0, 3_600.0, 9.0
_DETAILS_EVERY = 4
_FIRST_ADDRESS, _ADDRESS_STEP = 0x400000, 97
_HEAD = '{{"icao":"{icao24}"'


def traces(n: int, airports: Airports, seed: int = 1) -> list[bytes]:
    """Return `n` different traces, without the start that `_HEAD` is."""
    large = airports.table[airports.table["kind"] == "large_airport"]
    places = large[["latitude_deg", "longitude_deg"]].to_numpy(float)
    return [_trace(np.random.default_rng((seed, i)), places) for i in range(n)]


def traces_of(folder: Path) -> list[bytes]:
    """Return the traces in a folder, without the start that `_HEAD` is."""
    found = []
    for path in sorted(folder.rglob("trace_full_*.json")):
        whole = inflate(path.read_bytes(), path.name)
        head = _HEAD.format(icao24=path.stem[-6:]).encode()
        if not whole.startswith(head):
            raise ValueError(f"{path} does not begin with its address")
        found.append(whole.removeprefix(head))
    return found


def _trace(rng: np.random.Generator, places: np.ndarray) -> bytes:
    n = int(np.clip(rng.lognormal(np.log(_MEAN_ROWS), _SPREAD), 3, _MOST_ROWS))
    wait_s = rng.choice([2.0, 9.0, 17.0, 60.0], n, p=[0.2, 0.45, 0.32, 0.03])
    aloft_s = np.cumsum(wait_s * rng.uniform(0.6, 1.2, n))
    leg = (aloft_s // _LEG_S).astype(int)
    share = aloft_s % _LEG_S / _LEG_S
    t_s = aloft_s + leg * _TURN_S
    t_s *= min(1.0, 0.98 * _DAY_S / t_s[-1])
    t_s += rng.uniform(0, _DAY_S - t_s[-1])
    ends = _way(rng, places, leg[-1] + 2)
    place = ends[leg] + (ends[leg + 1] - ends[leg]) * share[:, None]
    place += rng.normal(0, 2e-5, place.shape)
    climb = np.clip(np.minimum(share, 1 - share) * 6, 0, 1)
    ground = climb < 0.04
    height = (climb * rng.uniform(20_000, 39_000) // 25 * 25).astype(int)
    speed = np.where(ground, rng.uniform(0, 20, n), 150 + 300 * climb)
    track = rng.uniform(0, 360) + np.cumsum(rng.normal(0, 0.2, n))
    rate = np.where(ground, 0, rng.integers(-30, 30, n) * 64)
    tail = _tail(rng)
    rows = []
    for i in range(n):
        told = "null"
        if i % _DETAILS_EVERY == 0:
            told = _details(tail, int(height[i]), float(track[i] % 360), rate[i])
        low, up = ('"ground"', "null") if ground[i] else (height[i], rate[i])
        above = "null" if ground[i] else height[i] + 325
        rows.append(
            f"\n[{t_s[i]:.2f},{place[i, 0]:.6f},{place[i, 1]:.6f},{low},{speed[i]:.1f},"
            f"{track[i] % 360:.1f},{int(wait_s[i] > 20)},{up},{told},"
            f'"adsb_icao",{above},{up},null,null]'
        )
    head = f',\n"r":"{tail["flight"].strip()}",\n"t":"A320",\n"dbFlags":0,'
    base = f'"desc":"AIRBUS A-320",\n"timestamp": {MIDNIGHT_S}.000,\n"trace":[ '
    return f"{head}\n{base}{','.join(rows)} ]\n }}\n".encode()


def _way(rng: np.random.Generator, places: np.ndarray, n: int) -> np.ndarray:
    """Return `n` fields, each about a leg from the one before."""
    way = [places[rng.integers(len(places))]]
    while len(way) < n:
        some = places[rng.integers(len(places), size=300)]
        far_deg = np.hypot(
            *(some - way[-1]).T * [[1], [np.cos(np.radians(way[-1][0]))]]
        )
        way.append(some[np.argmin(np.abs(far_deg - _LEG_DEG))])
    return np.array(way)


def _tail(rng: np.random.Generator) -> dict[str, str]:
    return {
        "flight": f"{rng.choice(['DLH', 'RYR', 'UAL', 'QTR'])}{rng.integers(1, 9999)}",
        "squawk": f"{rng.integers(0o1000, 0o7777):04o}",
    }


def _details(tail: dict[str, str], height: int, track: float, rate: int) -> str:
    return (
        f'{{"type":"adsb_icao","flight":"{tail["flight"]:<8}",'
        f'"alt_geom":{height + 325},"track":{track:.2f},'
        f'"baro_rate":{rate},"squawk":"{tail["squawk"]}",'
        f'"emergency":"none","category":"A3","nav_qnh":1012.8,"nav_altitude_mcp":35008,'
        f'"nav_heading":{track:.2f},"nic":8,"rc":186,"version":2,"nic_baro":1,"nac_p":9,'
        '"nac_v":1,"sil":3,"sil_type":"perhour","gva":2,"sda":2,"alert":0,"spi":0}'
    )


def write_day(path: Path, some: list[bytes], n: int) -> None:
    """Write a tar of `n` traces: the same ones again and again, of other aircraft."""
    packed = [(rest, _deflated(rest, zlib.Z_FINISH)) for rest in some]
    with path.open("wb") as file:
        for i in range(n):
            icao24 = f"{_FIRST_ADDRESS + i * _ADDRESS_STEP:06x}"
            data = b"".join(
                _gzip(_HEAD.format(icao24=icao24).encode(), *packed[i % len(packed)])
            )
            entry = tarfile.TarInfo(f"./traces/{icao24[-2:]}/trace_full_{icao24}.json")
            entry.size = len(data)
            file.write(entry.tobuf(tarfile.USTAR_FORMAT))
            file.write(data + b"\0" * (-len(data) % tarfile.BLOCKSIZE))
        file.write(b"\0" * tarfile.RECORDSIZE)


def _deflated(data: bytes, flush: int) -> bytes:
    # The archive's own level; a full flush ends on a byte, so that more can follow.
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(flush)


def _gzip(head: bytes, rest: bytes, packed_rest: bytes) -> Iterator[bytes]:
    """Yield one gzip stream of `head` and `rest`, the latter packed before."""
    yield b"\x1f\x8b\x08\0\0\0\0\0\x02\x03"
    yield _deflated(head, zlib.Z_FULL_FLUSH)
    yield packed_rest
    yield isal_zlib.crc32(rest, isal_zlib.crc32(head)).to_bytes(4, "little")
    yield (len(head) + len(rest)).to_bytes(4, "little")
