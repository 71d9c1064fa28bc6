"""Who flies under a callsign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "operators.csv"
NATURES = (
    "military",
    "government",
    "state_linked_cargo",
    "cargo",
    "passenger",
    "humanitarian",
    "business",
    "other",
)
COLUMNS = (
    ("code", pa.string()),
    ("name", pa.string()),
    ("country", pa.string()),
    ("nature", pa.string()),
    ("source", pa.string()),
)
# A designator and a flight number: three letters, then a digit.  Registrations flown
# as callsigns (EPPUS, RA86496, N174UA) and words (GOLD11) have another shape; the
# Turkish Air Force alone flies under four letters that are no word.
_SHAPE = r"^([A-Z]{3}|TUAF)[0-9][0-9A-Z]{0,4}$"


@dataclass(frozen=True, eq=False)
class Operators:
    """Look up an operator by the designator that begins its callsigns."""

    table: pd.DataFrame
    """Indexed by `code`."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Operators:
        """Return the shipped operators, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "code", COLUMNS))

    @staticmethod
    def code_of(callsigns: pd.Series[Any]) -> pd.Series[Any]:
        """Return the designator in each callsign, known or not; missing if none."""
        # The same few callsigns come again and again.
        which, different = pd.factorize(callsigns.astype("str"))
        codes = pd.Series(different, dtype="str").str.strip().str.upper()
        codes = codes.str.extract(_SHAPE, expand=False)
        taken = codes.reindex(pd.Index(which)).array
        return pd.Series(taken, index=callsigns.index, name=callsigns.name)
