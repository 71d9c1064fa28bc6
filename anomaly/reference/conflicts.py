"""States in whose airspace an authority forbade some to fly: whom, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "conflict_areas.csv"
COLUMNS = (
    ("country", pa.string()),
    ("since", pa.date32()),
    ("until", pa.date32()),
    ("forbidden_to", pa.string()),
    ("source", pa.string()),
)


@dataclass(frozen=True, eq=False)
class ConflictAreas:
    """Look up which states were such areas on a day; an open end means "still"."""

    table: pd.DataFrame
    """Indexed by `country` (ISO 3166, two letters).

    `forbidden_to` names whom the authority binds.  Whether all of a state's airspace
    is meant, and from which height on, only the source tells.
    """

    @classmethod
    def load(cls, data_dir: Path | None = None) -> ConflictAreas:
        """Return the shipped areas, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "country", COLUMNS))

    def sources(self, date: dt.date) -> dict[str, str]:
        """Return the states that were such areas on a day, each with who says so."""
        return {code: str(self.table["source"][code]) for code in self.on(date)}

    def forbidden_to(self, date: dt.date) -> dict[str, str]:
        """Return the states that were such areas on a day, each with who may not fly.

        An authority binds its own state's operators: that it forbids a state's
        airspace to them does not close it to anybody else.
        """
        whom = self.table["forbidden_to"]
        return {
            code: whom[code] if isinstance(whom[code], str) else "some carriers"
            for code in self.on(date)
        }

    def on(self, date: dt.date) -> list[str]:
        """Return the states that were conflict areas on a day."""
        since, until = self.table["since"], self.table["until"]
        held = (since <= date) & (until.isna() | (until.fillna(date) >= date))
        return [str(country) for country in self.table.index[held]]
