"""Parquet files as the store keeps them, of this version of a table or an earlier."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anomaly.errors import AnomalyError
from anomaly.schemas import conform


def read(
    path: Path,
    schema: pa.Schema,
    keep: list[tuple[str, str, list[str]]] | None = None,
    block: int | None = None,
) -> pa.Table:
    """Return what a file holds as it lies there; a column newer than it is unknown.

    Parameters
    ----------
    schema : Schema
        The columns that are wanted.
    keep : list of (column, operator, values), optional
        Only rows of which all of these are so.
    block : int, optional
        Only the row group of that number.

    Raises
    ------
    AnomalyError
        If the file is damaged.
    SchemaError
        If a column is missing that every row must have.
    """
    try:
        coded = [f.name for f in schema if pa.types.is_dictionary(f.type)]
        file = pq.ParquetFile(path, read_dictionary=coded)
        there = set(file.schema_arrow.names)
        columns = [name for name in schema.names if name in there]
        if block is not None:
            table = file.read_row_group(block, columns=columns)
        elif keep is not None:
            table = pq.read_table(
                path, columns=columns, filters=keep, partitioning=None
            )
        else:
            table = file.read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise AnomalyError(
            f"{path} cannot be read; it may be damaged",
            hint="Remove it, and run the command that made it again.",
        ) from error
    for field in schema:
        if field.nullable and field.name not in there:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    if set(schema.names) - set(table.column_names):
        return conform(table, schema)  # which says what is missing
    return table.select(schema.names)


def coded(field: pa.Field) -> pa.Field:
    """Return a column of words as one of numbers and a dictionary."""
    return field.with_type(pa.dictionary(pa.int32(), field.type))
