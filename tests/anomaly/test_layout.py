from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly import layout
from anomaly.schemas import POSITIONS, UTC_US
from anomaly.store import Store

DAY = dt.date(2024, 5, 6)
MIDNIGHT_US = 1_714_953_600_000_000


def positions(n: int = 500, **columns: pa.Array) -> pa.Table:
    """Return reports as an archive gives them, in decimals."""
    given = {
        "icao24": pa.array([f"{0x3C0000 + i // 100:06x}" for i in range(n)]),
        "timestamp": pa.array([MIDNIGHT_US + i * 4_230_000 for i in range(n)], UTC_US),
        "latitude_deg": pa.array([48 + i * 0.001001 for i in range(n)]),
        "longitude_deg": pa.array([round(-11 - i * 0.000707, 6) for i in range(n)]),
        "altitude_ft": pa.array([i * 25.0 for i in range(n)], pa.float32()),
        "ground_speed_kt": pa.array([i / 10 for i in range(n)], pa.float32()),
        "provenance": pa.repeat("observed", n),
    } | columns
    return pa.table(
        [given.get(f.name, pa.nulls(n, f.type)) for f in POSITIONS], schema=POSITIONS
    )


def stored(store: Store, table: pa.Table) -> pa.Table:
    store.write("positions", table, DAY)
    return store.read("positions", DAY)


def test_decimals_take_a_third_of_the_room(tmp_path: Path) -> None:
    store = Store(tmp_path)
    table = positions(
        20_000,
        latitude_deg=pa.array([round(48 + i * 1.1e-5, 6) for i in range(20_000)]),
    )
    assert stored(store, table).equals(table)
    plain = tmp_path / "plain.parquet"
    pq.write_table(table, plain, compression="zstd", compression_level=1)
    assert store.path("positions", DAY).stat().st_size < plain.stat().st_size / 3


def test_what_is_no_such_decimal_stays_as_it_is(tmp_path: Path) -> None:
    odd = [math.pi, -0.0, 1e300, 5e-324, 0.1 + 0.2]
    table = positions(
        5,
        latitude_deg=pa.array(odd),
        altitude_ft=pa.array([0.1, None, -0.0, 3e9, 7.0], pa.float32()),
        timestamp=pa.array([MIDNIGHT_US + i for i in range(5)], UTC_US),
    )
    back = stored(Store(tmp_path), table)
    assert back.equals(table)
    assert math.copysign(1, back["latitude_deg"][1].as_py()) == -1
    assert math.copysign(1, back["altitude_ft"][2].as_py()) == -1


def test_packed_numbers_become_what_they_were(tmp_path: Path) -> None:
    heights = pa.array([0.1, None, 3_000.5, -25.0, 7.0], pa.float32())
    speeds = pa.array([123.4, None, 0.0, 0.7, 451.9], pa.float32())
    table = positions(5, altitude_ft=heights, ground_speed_kt=speeds)
    packed = layout.packed(table)
    for name in ("latitude_deg", "altitude_ft", "ground_speed_kt", "track_deg"):
        told = layout.numbers(packed, name).tolist()
        assert str(told) == str(layout.numbers(table, name).tolist())
        wanted = [math.nan if v is None else v for v in table[name].to_pylist()]
        assert str(told) == str(wanted)


@pytest.mark.parametrize(("first", "n"), [(0, 6), (1, 4), (4, 2), (2, 0)])
def test_packed_numbers_of_several_chunks_are_told_in_their_order(
    first: int, n: int
) -> None:
    field = layout.PACKED.field("altitude_ft")
    scale = float(field.metadata[b"scale"])
    most = 2**31 - 1
    column = pa.chunked_array([[1, None, most, -most], [None, 7]], field.type)
    table = pa.table([column], pa.schema([field])).slice(first, n)
    told = layout.numbers(table, "altitude_ft")
    packed = column.to_pylist()[first : first + n]
    wanted = [math.nan if value is None else value / scale for value in packed]
    expected = np.array(wanted, told.dtype)
    np.testing.assert_array_equal(told, expected)


def test_days_are_joined_packed_if_they_are_packed_alike() -> None:
    table = positions(5)
    odd = positions(5, latitude_deg=pa.array([math.pi] * 5))
    alike = layout.joined([layout.packed(table), layout.packed(table)], POSITIONS)
    assert alike.schema.equals(layout.packed(table).schema)
    mixed = layout.joined([layout.packed(table), layout.packed(odd)], POSITIONS)
    assert mixed.equals(pa.concat_tables([table, odd]))


def test_an_aircraft_is_read_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("positions", positions(), DAY)
    rows = store.read("positions", DAY, icao24=["3c0002"], columns=["latitude_deg"])
    assert rows.equals(positions().slice(200, 100).select(["latitude_deg"]))


def test_files_of_before_are_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.path("positions", DAY)
    path.parent.mkdir(parents=True)
    pq.write_table(positions(), path)
    assert store.read("positions", DAY).equals(positions())


floats = st.floats(allow_nan=False) | st.integers(-(10**9), 10**9).map(
    lambda i: i / 1e6
)


@given(
    st.lists(st.none() | floats),
    st.lists(st.none() | st.floats(width=32, allow_nan=False)),
)
def test_any_number_comes_back(
    doubles: list[float | None], singles: list[float | None]
) -> None:
    n = min(len(doubles), len(singles))
    schema = pa.schema(
        [pa.field("longitude_deg", pa.float64()), pa.field("track_deg", pa.float32())]
    )
    table = pa.table(
        [pa.array(doubles[:n], pa.float64()), pa.array(singles[:n], pa.float32())],
        schema=schema,
    )
    small = layout.packed(table)
    back = layout.unpacked(small, schema)
    assert back.equals(table)
    assert [
        math.copysign(1, v) for v in back["track_deg"].to_pylist() if v is not None
    ] == [math.copysign(1, v) for v in singles[:n] if v is not None]
