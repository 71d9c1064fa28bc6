"""Columns that several tables share, and how one is declared."""

from __future__ import annotations

import pyarrow as pa

UTC_US = pa.timestamp("us", tz="UTC")

REASON = pa.struct(
    [
        pa.field("feature", pa.string(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("text", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
    ]
)


def column(name: str, type_: pa.DataType, doc: str, *, null: bool = False) -> pa.Field:
    """Declare one column together with what it means."""
    return pa.field(name, type_, nullable=null, metadata={"doc": doc})


ICAO24 = column("icao24", pa.string(), "24-bit address, six lower-case hex digits")

FLIGHT_ID = column("flight_id", pa.string(), "<icao24>-<first seen, UTC, basic ISO>")

PROVENANCE = column(
    "provenance", pa.string(), "observed, re-enacted or simulated (see domain)"
)
