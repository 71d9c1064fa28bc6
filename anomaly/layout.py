"""How position reports lie in a file: as small whole numbers, exactly what they were.

Archives write decimals: a latitude is a whole number of millionths of a degree.  Kept
as that number, and as the difference from the one before, it takes two bytes where the
double takes nine.  A column is kept so only if every value comes back bit by bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# By how much a column is multiplied.
_SCALES = {
    "latitude_deg": 1_000_000,
    "longitude_deg": 1_000_000,
    "altitude_ft": 1,
    "ground_speed_kt": 10,
    "track_deg": 10,
    "vertical_rate_ft_min": 1,
}
_TIME = "timestamp"
_TIME_MS = pa.timestamp("ms", tz="UTC")
_SCALE = b"scale"
_LARGEST = 2**31 - 1
# An airframe is read out of one of these, not out of all rows.
_ROWS_PER_GROUP = 131_072
_OPTIONS: dict[str, Any] = {"compression": "zstd", "compression_level": 1}


def packed(table: pa.Table) -> tuple[pa.Table, dict[str, Any]]:
    """Return `table` with its decimals as whole numbers, and how to write it."""
    for name, scale in _SCALES.items():
        if name not in table.column_names:
            continue
        numbers = _scaled(table[name], scale)
        if numbers is not None:
            field = table.schema.field(name).with_type(numbers.type)
            about = (field.metadata or {}) | {_SCALE: str(scale).encode()}
            table = _replaced(table, field.with_metadata(about), numbers)
    if _TIME in table.column_names and _is_in_ms(table[_TIME]):
        field = table.schema.field(_TIME).with_type(_TIME_MS)
        table = _replaced(table, field, table[_TIME].cast(_TIME_MS))
    deltas = [f.name for f in table.schema if _is_whole(f.type)]
    doubles = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    encodings = dict.fromkeys(deltas, "DELTA_BINARY_PACKED")
    encodings |= dict.fromkeys(doubles, "BYTE_STREAM_SPLIT")
    return table, _OPTIONS | {
        "row_group_size": _ROWS_PER_GROUP,
        "column_encoding": encodings,
        "use_dictionary": [n for n in table.column_names if n not in encodings],
    }


def unpacked(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table as it was before `packed`; others as they are."""
    for field in table.schema:
        scale = (field.metadata or {}).get(_SCALE)
        if scale is not None:
            wanted = schema.field(field.name)
            numbers = pc.divide(table[field.name].cast(pa.float64()), float(scale))
            table = _replaced(table, wanted, numbers.cast(wanted.type))
    return table


def _replaced(table: pa.Table, field: pa.Field, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(field.name), field, column)


def _scaled(column: pa.ChunkedArray, scale: int) -> pa.Array | None:
    """Return a column as whole numbers, or None if one of them would be another."""
    array = column.combine_chunks()
    unknown = array.is_null().to_numpy(zero_copy_only=False)
    values = np.where(unknown, 0, array.to_numpy(zero_copy_only=False))
    with np.errstate(over="ignore"):
        numbers = np.rint(values.astype(np.float64) * scale)
    if not (np.abs(numbers) <= _LARGEST).all():
        return None
    whole = numbers.astype(np.int32)
    back = (whole / scale).astype(values.dtype)
    if not ((back == values) & (np.signbit(back) == np.signbit(values))).all():
        return None
    return pa.array(whole, mask=unknown)


def _is_in_ms(times: pa.ChunkedArray) -> bool:
    microseconds: NDArray[np.int64] = times.cast(pa.int64()).to_numpy()
    return not np.any(microseconds % 1_000)


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_timestamp(kind))
