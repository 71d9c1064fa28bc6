"""Who publishes the lists that the user can fetch, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.errors import AnomalyError, BadInputError
from anomaly.reference import tables

FILE = "publishers.csv"
WHAT = ("airports", "aircraft")
_TYPES = (
    ("name", pa.string()),
    ("what", pa.string()),
    ("address", pa.string()),
    ("layout", pa.string()),
    ("least_rows", pa.int64()),
    ("terms", pa.string()),
    ("seen_in", pa.string()),
)


@dataclass(frozen=True)
class Publisher:
    """One row of ``publishers.csv``."""

    name: str
    what: str
    address: str
    """On the web or on this machine; of airports, the folder of its files."""
    layout: str
    least_rows: int
    """A list with fewer was cut, or is another."""
    terms: str


def publisher(name: str, what: str, data_dir: Path | None = None) -> Publisher:
    """Return who publishes `what` under that name, by our table or the user's.

    Raises
    ------
    AnomalyError
        If there is no such publisher.
    BadInputError
        If the table does not tell its address.
    """
    rows = tables.load(tables.files(FILE, data_dir), "name", _TYPES)
    there = rows.index[rows["what"] == what]
    if name not in there:
        raise AnomalyError(
            f"nobody called {name!r} publishes {what}",
            hint=f"There are: {', '.join(there)}. Others can be told in "
            f"reference/{FILE} of the data directory.",
        )
    cells = rows.loc[name].to_dict()
    row = {key: None if pd.isna(cell) else cell for key, cell in cells.items()}
    if not row["address"] or not row["layout"]:
        raise BadInputError(
            f"{FILE} tells no address or layout of {name}", hint="Mend that row."
        )
    return Publisher(
        name=name,
        what=what,
        address=row["address"],
        layout=row["layout"],
        least_rows=int(row["least_rows"] or 1),
        terms=row["terms"] or "not told",
    )
