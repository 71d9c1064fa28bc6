from __future__ import annotations

import pyarrow as pa
import pytest

from anomaly.errors import SchemaError
from anomaly.schemas import POSITIONS, TABLES, conform


def test_conform_names_the_missing_columns() -> None:
    table = POSITIONS.empty_table().drop_columns(["altitude_ft"])
    with pytest.raises(SchemaError, match="altitude_ft"):
        conform(table, POSITIONS)


def test_conform_rejects_nulls_in_required_columns() -> None:
    columns = {f.name: pa.nulls(1, f.type) for f in POSITIONS}
    with pytest.raises(SchemaError, match="icao24"):
        conform(pa.table(columns), POSITIONS)


@pytest.mark.parametrize("name", TABLES)
def test_every_stored_column_says_what_it_means(name: str) -> None:
    for field in TABLES[name]:
        assert (field.metadata or {}).get(b"doc"), f"{name}.{field.name}"
