"""What a state is called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "countries.csv"
COLUMNS = (("code", pa.string()), ("name", pa.string()))


@dataclass(frozen=True, eq=False)
class Countries:
    """Look up the name of a state or territory by its ISO 3166 code."""

    table: pd.DataFrame
    """Indexed by `code`."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Countries:
        """Return the shipped names, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "code", COLUMNS))

    def name(self, code: str) -> str:
        """Return the name of a code, or the code itself where it has none."""
        return str(self.table["name"].get(code, code))
