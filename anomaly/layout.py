"""How position reports lie in a file: as small whole numbers, exactly what they were.

Archives write decimals: a latitude is a whole number of millionths of a degree.  Kept
as that number, and as the difference from the one before, it takes two bytes where the
double takes nine.  A column is kept so only if every value comes back bit by bit.
Words are kept once for each group of rows, and numbers in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anomaly.schemas import POSITIONS

# By how much a column is multiplied.
SCALES = {
    "latitude_deg": 1_000_000,
    "longitude_deg": 1_000_000,
    "altitude_ft": 1,
    "ground_speed_kt": 10,
    "track_deg": 10,
    "vertical_rate_ft_min": 1,
}
_TIME = "timestamp"
_TIME_MS = pa.timestamp("ms", tz="UTC")
_WORD = pa.dictionary(pa.int32(), pa.string())
_SCALE = b"scale"
_LARGEST = 2**31 - 1
_UNKNOWN = -(2**31)  # none that is packed
# An airframe is read out of one of these, not out of all rows.
_ROWS_PER_GROUP = 131_072
_OPTIONS: dict[str, Any] = {
    # Packed, there is little left to compress: zstd takes 2 to 4 % less room than
    # this, a quarter more time to write and half as much more to read.
    "compression": "lz4",
    # What rows are looked for by; of other columns nobody asks, and each costs.
    "write_statistics": ["icao24", _TIME],
    # By the thousand, which is usual, a tenth of the time goes into beginning again.
    "write_batch_size": 16_384,
}


def packed(table: pa.Table) -> pa.Table:
    """Return `table` with its decimals as whole numbers and its words coded."""
    for field in table.schema:
        column = _packed(table[field.name], field.name)
        if column is not None:
            table = _replaced(table, _packed_field(field), column)
    return table


def unpacked(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table as it was before `packed`; others as they are."""
    for field in table.schema:
        scale = (field.metadata or {}).get(_SCALE)
        if scale is not None:
            wanted = schema.field(field.name)
            numbers = pc.divide(table[field.name].cast(pa.float64()), float(scale))
            table = _replaced(table, wanted, numbers.cast(wanted.type))
    return table


def joined(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Return tables as one: packed as they are, unless not all are packed alike."""
    first = tables[0].schema
    if not all(table.schema.equals(first, check_metadata=True) for table in tables):
        tables = [unpacked(table, schema).cast(schema) for table in tables]
    return pa.concat_tables(tables)


def numbers(table: pa.Table, name: str) -> NDArray[Any]:
    """Return a column, packed or not, as it was before; NaN where unknown.

    In one go: for all rows of a day each step between would cost more than reading.
    """
    from anomaly.coding import divide  # compiled: not all that read need wait for it

    scale = (table.schema.field(name).metadata or {}).get(_SCALE)
    values = np.empty(
        table.num_rows, dtype=POSITIONS.field(name).type.to_pandas_dtype()
    )
    start = 0
    for chunk in table[name].chunks:
        here = values[start : start + len(chunk)]
        if scale is None:
            here[:] = chunk.to_numpy(zero_copy_only=False)
        else:
            whole = chunk.fill_null(_UNKNOWN) if chunk.null_count else chunk
            divide(whole.to_numpy(), float(scale), _UNKNOWN, here)
        start += len(chunk)
    return values


def plain(positions: pa.Table) -> pa.Table:
    """Return positions, packed or not, as `POSITIONS`."""
    return unpacked(positions, POSITIONS).cast(POSITIONS)


def read(path: Path) -> pa.Table:
    """Return the positions in a file."""
    return plain(pq.ParquetFile(path).read())


def write(path: Path, table: pa.Table) -> None:
    """Write a table of positions, packed or not."""
    rows = packed(table)
    with Writer(path, rows.schema) as file:
        file.add(rows)


class Writer:
    """Writes packed rows as they come; the same rows give the same bytes."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = pq.ParquetWriter(path, schema, **_options(schema))
        self._held: list[pa.Table] = []
        self._n_held = 0

    def add(self, rows: pa.Table) -> None:
        """Write `rows` behind those before."""
        self._held.append(rows)
        self._n_held += rows.num_rows
        while self._n_held >= _ROWS_PER_GROUP:
            self._write(_ROWS_PER_GROUP)

    def close(self) -> None:
        """Write what is left; without it the file is none."""
        if self._n_held:
            self._write(self._n_held)
        self._file.close()

    def _write(self, n_rows: int) -> None:
        table = pa.concat_tables(self._held)
        self._held, self._n_held = [table.slice(n_rows)], self._n_held - n_rows
        group = table.slice(0, n_rows)
        for field in group.schema:
            if pa.types.is_dictionary(field.type):
                group = _replaced(group, field, _recoded(group[field.name]))
        self._file.write_table(group, row_group_size=n_rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()


def _options(schema: pa.Schema) -> dict[str, Any]:
    deltas = [f.name for f in schema if _is_whole(f.type)]
    doubles = [f.name for f in schema if pa.types.is_floating(f.type)]
    encodings = dict.fromkeys(deltas, "DELTA_BINARY_PACKED")
    encodings |= dict.fromkeys(doubles, "BYTE_STREAM_SPLIT")
    return _OPTIONS | {
        "column_encoding": encodings,
        "use_dictionary": [n for n in schema.names if n not in encodings],
    }


def _recoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return coded words with a dictionary of just them, in the order they come.

    So it does not matter from how large a dictionary they were.
    """
    from anomaly.coding import renumbered  # compiled: only writers need wait for it

    coded = column.unify_dictionaries().combine_chunks()
    n_words = len(coded.dictionary)
    if n_words == 1 and not coded.null_count:
        return coded
    indices, unknown = coded.indices, None
    if coded.null_count:
        indices = indices.fill_null(n_words)
        unknown = indices.to_numpy() == n_words
    new, words = renumbered(np.array(indices), n_words)
    # No code is looked at again to see whether it has a word.
    return pa.DictionaryArray.from_arrays(
        pa.array(new, mask=unknown), coded.dictionary.take(pa.array(words)), safe=False
    )


def _packed(column: pa.ChunkedArray, name: str) -> pa.Array | None:
    """Return a column as `packed` makes it, or None if it stays as it is."""
    if name in SCALES and pa.types.is_floating(column.type):
        return _scaled(column, SCALES[name])
    if name == _TIME:
        return column.cast(_TIME_MS) if _is_in_ms(column) else None
    if pa.types.is_string(column.type):
        return column.combine_chunks().dictionary_encode()
    return None


def _packed_field(field: pa.Field) -> pa.Field:
    if field.name in SCALES:
        about = {_SCALE: str(SCALES[field.name]).encode()}
        about |= field.metadata or {}
        return field.with_type(pa.int32()).with_metadata(about)
    if field.name == _TIME:
        return field.with_type(_TIME_MS)
    return field.with_type(_WORD) if pa.types.is_string(field.type) else field


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
    if times.type.unit == "ms":
        return True
    microseconds: NDArray[np.int64] = times.cast(pa.int64()).to_numpy()
    return not np.any(microseconds % 1_000)


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_timestamp(kind))


PACKED = pa.schema([_packed_field(field) for field in POSITIONS])
"""The positions of an archive, packed: every decimal of theirs is such a number."""
