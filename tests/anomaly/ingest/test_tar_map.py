"""A tar read in pieces holds what it holds when read in order."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from archives import day, row, split, tar, trace, trace_name

from anomaly.ingest import readsb_trace
from anomaly.ingest.base import LeftOut

ADDRESSES = ("3c6444", "a00014", "3c6445", "0000f4")


def some_day(folder: Path) -> Path:
    traces = [
        (icao24, trace(icao24, [row(float(i)) for i in range(40)]))
        for icao24 in ADDRESSES
    ]
    return day(folder / "day.tar", *traces, ("~3c644", b"{}"))


def in_pieces(path: Path) -> tuple[list[pa.Table], LeftOut]:
    left_out = LeftOut()
    pieces = readsb_trace.pieces(path, left_out)
    assert pieces is not None
    return [
        pa.concat_tables(batch.positions for batch in piece(left_out))
        for piece in pieces
    ], left_out


def in_order(path: Path) -> tuple[pa.Table, LeftOut]:
    left_out = LeftOut()
    batches = readsb_trace.read(path, left_out)
    return pa.concat_tables(batch.positions for batch in batches), left_out


def by_aircraft(table: pa.Table) -> pa.Table:
    return table.sort_by([("icao24", "ascending"), ("timestamp", "ascending")])


def test_pieces_hold_what_the_whole_holds(tmp_path: Path) -> None:
    path = some_day(tmp_path)
    pieces, left_out = in_pieces(path)
    whole, left_out_of_whole = in_order(path)
    assert by_aircraft(pa.concat_tables(pieces)).equals(by_aircraft(whole))
    assert left_out.counts == left_out_of_whole.counts
    assert left_out.quarantined == left_out_of_whole.quarantined


def test_a_piece_holds_the_aircraft_of_a_digit_in_order(tmp_path: Path) -> None:
    pieces, _ = in_pieces(some_day(tmp_path))
    seen = [list(dict.fromkeys(piece["icao24"].to_pylist())) for piece in pieces]
    assert seen == [["0000f4", "3c6444", "a00014"], ["3c6445"]]


@pytest.mark.parametrize("size", [512, 700, 1_500, 4_096])
def test_parts_may_be_cut_anywhere(tmp_path: Path, size: int) -> None:
    whole, _ = in_order(some_day(tmp_path))
    parts = split(tmp_path / "day.tar", size)
    pieces, _ = in_pieces(parts[0])
    assert by_aircraft(pa.concat_tables(pieces)).equals(by_aircraft(whole))


def test_a_missing_part_is_left_to_reading_in_order(tmp_path: Path) -> None:
    some_day(tmp_path)
    parts = split(tmp_path / "day.tar", 1_024)
    parts[1].unlink()
    assert readsb_trace.pieces(parts[0], LeftOut()) is None


@pytest.mark.parametrize("damage", ["header", "cut", "no end", "hole", "long name"])
def test_what_is_not_plain_is_left_to_reading_in_order(
    tmp_path: Path, damage: str
) -> None:
    path = some_day(tmp_path)
    data = bytearray(path.read_bytes())
    if damage == "header":
        data[20] ^= 1
    elif damage == "cut":
        del data[700:]
    elif damage == "hole":
        data[1_100:2_200] = bytes(1_100)
    elif damage == "no end":
        del data[len(data.rstrip(b"\0")) // 512 * 512 + 512 :]
    else:
        long_name = "day/" * 40 + trace_name("3c6444")
        data = bytearray(tar(tmp_path / "x.tar", {long_name: trace()}).read_bytes())
    path.write_bytes(data)
    left_out = LeftOut()
    assert readsb_trace.pieces(path, left_out) is None
    assert not left_out.counts


def test_a_tar_without_traces_has_no_pieces(tmp_path: Path) -> None:
    path = tar(tmp_path / "other.tar", {"readme.txt": b"x"})
    left_out = LeftOut()
    assert readsb_trace.pieces(path, left_out) is None
    assert not left_out.counts
