"""States that closed their airspace to the aircraft of others, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "airspace_bans.csv"
COLUMNS = (
    ("ban", pa.string()),
    ("country", pa.string()),
    ("against", pa.string()),
    ("destination", pa.string()),
    ("since", pa.date32()),
    ("until", pa.date32()),
    ("source", pa.string()),
)
ALL = "*"


@dataclass(frozen=True, eq=False)
class AirspaceBans:
    """Look up who closed its airspace to whom on a day; an open end means "still"."""

    table: pd.DataFrame
    """Indexed by `ban`, as in ``SA>QA``: whose airspace, and whose aircraft (``*``:
    everybody's).  `destination` limits it to flights to that state."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> AirspaceBans:
        """Return the shipped bans, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "ban", COLUMNS))

    def on(self, date: dt.date) -> pd.DataFrame:
        """Return the bans in force on a day, without their dates."""
        since, until = self.table["since"], self.table["until"]
        held = (since <= date) & (until.isna() | (until.fillna(date) >= date))
        return self.table.loc[held, ["country", "against", "destination", "source"]]
