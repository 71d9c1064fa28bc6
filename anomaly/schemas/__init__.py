"""Every table the pipeline stores, in one place.

Units are part of a column's name; what a column means is part of the Parquet file.
"""

from __future__ import annotations

import pyarrow as pa

from anomaly.errors import SchemaError
from anomaly.schemas.columns import (
    FLIGHT_ID,
    ICAO24,
    PROVENANCE,
    REASON,
    UTC_US,
    column,
)
from anomaly.schemas.found import CANDIDATES, FLIGHTS, GAPS, JOURNEYS, STOPOVERS
from anomaly.schemas.learnt import FEATURES, LABELS, LIKENESSES, SCORES, TRUTH
from anomaly.schemas.told import (
    AIRCRAFT,
    COMPLETENESS,
    LEFT_OUT,
    LISTED_FLIGHTS,
    LOOKED_UP,
    ORIGINS,
    POSITIONS,
    QUARANTINE,
    SOURCES,
)

__all__ = [
    "AIRCRAFT",
    "CANDIDATES",
    "COMPLETENESS",
    "FEATURES",
    "FLIGHTS",
    "FLIGHT_ID",
    "GAPS",
    "ICAO24",
    "JOURNEYS",
    "LABELS",
    "LEFT_OUT",
    "LIKENESSES",
    "LISTED_FLIGHTS",
    "LOOKED_UP",
    "ORIGINS",
    "POSITIONS",
    "PROVENANCE",
    "QUARANTINE",
    "REASON",
    "SCORES",
    "SOURCES",
    "STOPOVERS",
    "TABLES",
    "TRUTH",
    "UTC_US",
    "column",
    "conform",
]

# Per table: the schema and whether it has one file per UTC date.
TABLES: dict[str, pa.Schema] = {
    "positions": POSITIONS,
    "aircraft": AIRCRAFT,
    "looked_up": LOOKED_UP,
    "listed_flights": LISTED_FLIGHTS,
    "sources": SOURCES,
    "left_out": LEFT_OUT,
    "origins": ORIGINS,
    "quarantine": QUARANTINE,
    "completeness": COMPLETENESS,
    "flights": FLIGHTS,
    "gaps": GAPS,
    "candidates": CANDIDATES,
    "stopovers": STOPOVERS,
    "journeys": JOURNEYS,
    "features": FEATURES,
    "scores": SCORES,
    "likenesses": LIKENESSES,
    "truth": TRUTH,
    "labels": LABELS,
}


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with exactly the columns of `schema`, in its order.

    Raises
    ------
    SchemaError
        If a column is missing, cannot be cast without loss, or holds nulls
        where the schema forbids them.
    """
    if missing := [n for n in schema.names if n not in table.column_names]:
        raise SchemaError(
            f"missing columns: {', '.join(missing)}",
            hint="Re-run `anomaly ingest`; the file may come from an older version.",
        )
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise SchemaError(f"column {field.name!r} holds nulls")
    try:
        return table.select(schema.names).cast(schema)
    except pa.ArrowInvalid as error:
        raise SchemaError(str(error)) from error
