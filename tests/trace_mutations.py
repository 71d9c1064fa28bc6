"""Damage traces in ways that tell two decoders apart."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pyarrow as pa

from anomaly.ingest.base import LeftOut
from anomaly.ingest.fast_traces import FastTraces
from anomaly.ingest.readsb_trace import reports_of
from anomaly.ingest.tables import positions_table
from anomaly.ingest.trace_decoder import decode_trace
from anomaly.layout import plain
from anomaly.schemas import POSITIONS

# What readsb itself never writes, or seldom, and what JSON does not allow.
_TOKENS = [
    *[b"null", b"true", b"false", b"0", b"-0", b"-0.0", b"00", b"01", b"-", b"."],
    *[b"1.", b".5", b"1e3", b"1E-2", b"+1", b"1.2345678", b"99999999999", b"NaN"],
    *[b"2147483647", b"2147483648", b"-2147483648", b"-2147483649", b"1.5", b"360.0"],
    *[b"719.9", b"90.000001", b'"ground"', b'"GROUND"', b'""', b'" "', b'"a\\u0041"'],
    *[b'"\xc3\xa9"', b'"\xff"', b'"\\""', b"[", b"]", b"{", b"}", b",", b":", b'"'],
    *[b"[]", b"{}", b"[1,2]", b'["a",1]', b"[[]]", b'{"a":1}', b" ", b"\n", b"\t\r"],
    *[b"\0", b"\x7f", b"\x1f", b'"@@@@@@@@"', b'"00000000"', b'"AFR 12  "', b'"7 77"'],
    *[b'"0888"', b'"777"', b'"7700"', b'"mlat"', b'"none"', b'"adsb_icao_nt"', b'"A9"'],
    *[b'"TOOLONGCALLSIGN"', b'"flight":"X"', b'"squawk":null', b'"type":"mlat"'],
    *[b'"category":"A5"', b'"emergency":"nordo"', b'"flight":null', b'"icao":"abcdef"'],
]
_PIECES = b',:[]{}"\n'


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return `data` with one to three places changed."""
    text = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if text:
            _mutate(text, rng)
    return bytes(text)


def _mutate(text: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(text))
    kind = rng.randrange(7)
    if kind == 0:
        text[at] = rng.randrange(256)
    elif kind == 1:
        text[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        del text[at : at + rng.choice((1, 1, 2, 5, 40))]
    elif kind == 3:
        del text[at:]
    elif kind == 4:
        text[at:at] = text[at : at + rng.choice((1, 3, 20, 90))]
    elif kind == 5:
        text[at:at] = rng.choice(_TOKENS)
    else:
        _replace_value(text, at, rng)


def _replace_value(text: bytearray, at: int, rng: random.Random) -> None:
    """Put a token between two pieces of punctuation."""
    start = at
    while start > 0 and text[start - 1] not in _PIECES:
        start -= 1
    end = at
    while end < len(text) and text[end] not in _PIECES:
        end += 1
    if start and text[start - 1] == ord('"') and rng.random() < 0.5:
        start -= 1
        end += 1
    text[start:end] = rng.choice(_TOKENS)


def agreed(fast: FastTraces, data: bytes) -> bool:
    """Tell whether the fast decoder reads `data`; if so, the reference agrees.

    Raises
    ------
    AssertionError
        If it does not.
    """
    fast.clear()
    if fast.add(data) < 0:
        return False
    ours_left_out, left_out = LeftOut(), LeftOut()
    aircraft = fast.aircraft
    ours = plain(fast.positions(ours_left_out))
    trace = decode_trace(data, "trace", left_out)
    assert not left_out.counts, "the reference leaves rows out"
    assert aircraft == [trace.aircraft]
    theirs = positions_table(reports_of([trace]), left_out)
    for name in POSITIONS.names:
        assert _bits(ours[name]).equals(_bits(theirs[name])), f"they differ in {name}"
    assert ours_left_out == left_out
    return True


def _bits(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column so that what is equal is so in every bit.

    Minus zero is not zero.
    """
    kinds = {pa.float64(): pa.int64(), pa.float32(): pa.int32()}
    as_whole = kinds.get(column.type)
    return column.combine_chunks().view(as_whole) if as_whole else column


def damaged(traces: list[bytes], n: int, seed: int) -> Iterator[bytes]:
    """Yield `n` damaged traces."""
    rng = random.Random(seed)
    for _ in range(n):
        yield mutated(rng.choice(traces), rng)
