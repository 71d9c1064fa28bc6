"""The fast decoder reads as the reference does, or leaves the file to it."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pyarrow as pa
import pytest
from archives import day
from trace_mutations import agreed, damaged

from anomaly.ingest import readsb_trace, trace_details
from anomaly.ingest import trace_columns as cols
from anomaly.ingest.base import LeftOut
from anomaly.ingest.fast_traces import FastTraces
from anomaly.store import bundled

# As readsb writes it: what is held, what is told anew, on the ground, nothing known.
READSB = b"""{"icao":"3c6444",
"r":"D-ABCD",
"t":"A320",
"dbFlags":1,
"desc":"AIRBUS A-320",
"timestamp": 1693353600.000,
"trace":[
[3.25,48.123456,-11.000001,"ground",3.2,359.9,2,null,\
{"type":"adsb_icao","flight":"DLH1A   ","squawk":"1000","emergency":"none",\
"category":"A3","nav_qnh":1012.8,"nav_modes":["autopilot","tcas"],"mach":0.784,\
"nic":8,"rc":186,"sil_type":"perhour","alert":0},"adsb_icao",null,null,null,null],
[13.25,48.223456,-11.100001,1200,133.2,10.0,0,-64,null,"mlat",1300,-64,null,-1.2],
[13.25,48.223457,-11.100001,null,null,null,null,null,\
{"type":"tisb_icao","flight":"@@@@@@@@","squawk":"0888",\
"nic":8,"rc":186,"sil_type":"perhour","alert":0},null,-75,null,null,null],
[23.5,48.223458,0.000000,-25,0.0,370.5,16,128,{"flight":"DLH2","squawk":"7700",\
"emergency":"general","category":"A5",\
"nic":8,"rc":186,"sil_type":"perhour","alert":0}] ]
 }
"""
# Changed so, it is still a trace to the reference, and nothing readsb would write.
UNUSUAL = {
    "exponent": (b"1200,133.2", b"1.2e3,133.2"),
    "minus zero": (b",0.000000,", b",-0.000000,"),
    "more digits": (b"48.223457", b"48.2234571"),
    "escape": (b"DLH2", b"DLH\\u0032"),
    "not ASCII": (b"autopilot", b"autopil\xc3\xb6t"),
    "unknown source": (b'"mlat"', b'"guess"'),
    "long callsign": (b"DLH1A   ", b"DLH1A   X"),
    "short squawk": (b'"1000"', b'"100"'),
    "out of order": (b"[13.25,48.223456", b"[33.25,48.223456"),
    "no position": (b"48.223457", b"null"),
    "nested object": (b'"mach":0.784', b'"mach":{"a":1}'),
    "row of three": (b"[23.5,", b"[14,1,2],[23.5,"),
    "more keys behind": (b" ]\n }", b' ],\n "end":1}'),
}


@pytest.fixture(scope="module")
def fast() -> FastTraces:
    return FastTraces(20_000)


def real_traces(shared: Path) -> list[bytes]:
    files = sorted((shared / "tracks/readsb_globe_history").rglob("trace_full_*.json"))
    return [gzip.decompress(file.read_bytes()) for file in files]


def test_a_trace_of_readsb_is_read_as_the_reference_does(fast: FastTraces) -> None:
    assert agreed(fast, READSB)
    fast.clear()
    assert fast.add(READSB) == 0
    told = fast.positions(LeftOut())
    for name, texts in {
        "squawk": ["1000", "1000", "1000", "7700"],
        "position_source": ["adsb_icao", "mlat", "tisb_icao", "tisb_icao"],
        "category": ["A3", "A3", "A3", "A5"],
        "emergency": ["none", "none", "none", "general"],
    }.items():
        assert told[name].to_pylist() == texts


@pytest.mark.parametrize("what", UNUSUAL)
def test_what_readsb_does_not_write_is_left_to_the_reference(
    what: str, fast: FastTraces, tmp_path: Path
) -> None:
    old, new = UNUSUAL[what]
    assert READSB.count(old) == 1
    changed = READSB.replace(old, new)
    fast.clear()
    assert fast.add(changed) < 0
    path = day(tmp_path / "day.tar", ("3c6444", changed))
    read = [b.positions for b in readsb_trace.read(path, LeftOut())]
    assert pa.concat_tables(read).num_rows >= 3


def test_every_prefix_of_a_trace_is_left_to_the_reference(fast: FastTraces) -> None:
    fast.clear()
    whole = READSB.rstrip()
    assert all(fast.add(READSB[:n]) < 0 for n in range(len(whole)))
    assert len(fast) == fast.n_rows == 0


def test_real_traces_are_all_read_fast_and_alike(
    shared: Path, fast: FastTraces
) -> None:
    traces = real_traces(shared)
    assert len(traces) == 22
    assert all(agreed(fast, data) for data in traces)


def test_the_sample_is_read_fast_and_alike(fast: FastTraces) -> None:
    packed = bundled("samples", "trace_full_ac671b.json").read_bytes()
    assert agreed(fast, gzip.decompress(packed))


def test_damaged_traces_are_read_alike_or_not_at_all(fast: FastTraces) -> None:
    traces = [READSB, READSB[: READSB.index(b"\n[13.25")] + b"]}"]
    n_read = sum(agreed(fast, data) for data in damaged(traces, 3_000, seed=5))
    # Damage that leaves no trace, and damage that is seen: both must be among them.
    assert 100 < n_read < 2_900


def test_damaged_real_traces_are_read_alike_or_not_at_all(
    shared: Path, fast: FastTraces
) -> None:
    short = [data for data in real_traces(shared) if len(data) < 10_000]
    n_read = sum(agreed(fast, data) for data in damaged(short, 500, seed=7))
    assert 50 < n_read < 450


def test_traces_beyond_the_room_wait_for_the_next_block() -> None:
    fast = FastTraces(5)
    assert fast.add(READSB) == 0
    assert fast.add(READSB) == cols.FULL
    assert fast.n_rows == 4
    fast.clear()
    assert fast.add(READSB) == 0


# Details that tell again what was told before, or not; how they end; and with them
# the source of a row.
DETAILS = [
    b'{"flight":"DLH1","squawk":"1000","type":"mlat"}',
    b'{"flight":"DLH2","squawk":"1000","type":null}',
    b'{"flight":"DLH1","flight":"DLH2","squawk":null}',
    b'{"flight":"@@@@","squawk":"1000","squawk":"1000"}',
    b'{"squawk":"1000","squawk":null,"category":"A3"}',
    b'{"type":"mlat","type":"adsc" ,"category": "A3"}',
    b'{"flight":null,"squawk":"0888"}',
    b"{}",
]
ENDS = [
    b'{"nic":8,"rc":186,"sil":3}',
    b'{"nic":8,"rc":187,"sil":3}',
    b'{"nic":8,"squawk":"1234","sil":3}',
    b'{"nic":8,"rc":186,"sil":3,"squawk":"4321"}',
    b'{"nic":7,"squawk":"2345","nic":8,"rc":186,"sil":3}',
    b'{"nic":8,"squawk":null}',
    b'{"rc":186}',
    b'{"nic":8}',
]
SOURCES = [
    b'null,"mlat"',
    b'null,"adsb_icao"',
    b'null,"adsb_icao_nt"',
    b"null,null",
    b'{"type":"adsb_icao"},"adsb_icao"',
    b'{"type":"adsc"},null',
    b'{"type":"adsc"}',
]


@pytest.mark.parametrize("different", [DETAILS, ENDS, SOURCES])
def test_details_that_are_told_again_are_read_alike(
    different: list[bytes], fast: FastTraces
) -> None:
    """The decoder passes over what is word for word as before."""
    opening = READSB[: READSB.index(b"[") + 1]
    for details in itertools.product(different, repeat=3):
        rows = [b"[%d,48.1,11,1200,1,2,0,0,%s]" % each for each in enumerate(details)]
        assert agreed(fast, opening + b",\n".join(rows) + b" ]\n }\n")
        damaged_end = rows[-1][:-2] + b"]"
        assert fast.add(opening + rows[0] + b"," + damaged_end + b" ]\n }\n") < 0


def test_no_two_of_our_keys_begin_alike() -> None:
    """The decoder looks a key up by its first letter alone."""
    keys = trace_details._OUR_KEYS
    assert len({key[0] for key in keys}) == len(keys)
