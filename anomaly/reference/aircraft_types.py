"""What an aircraft type is for, and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables
from anomaly.store import bundled

FILE = "aircraft_types.csv"
SOURCES = "aircraft_types_sources.csv"
UNSOURCED = "unsourced"
ROLES = (
    "strategic_airlift",
    "tactical_airlift",
    "tanker",
    "personnel",
    "freighter",
    "airliner",
    "business",
    "light",
    "rotor",
    "combat",
    "trainer",
    "isr",
    "glider",
    "other",
)
ENGINES = ("jet", "turboprop", "piston", "electric", "rotor")
CARRIES = ("cargo", "personnel", "both", "none")
COLUMNS = (
    ("typecode", pa.string()),
    ("name", pa.string()),
    ("role", pa.string()),
    ("engine", pa.string()),
    ("mtow_t", pa.float64()),
    ("payload_t", pa.float64()),
    ("range_payload_nm", pa.float64()),
    ("range_ferry_nm", pa.float64()),
    ("endurance_h", pa.float64()),
    ("ceiling_ft", pa.float64()),
    ("cruise_kt", pa.float64()),
    ("min_runway_ft", pa.float64()),
    ("carries", pa.string()),
    ("rear_ramp", pa.bool_()),
    ("design_year", pa.float64()),
)


@dataclass(frozen=True, eq=False)
class AircraftTypes:
    """Look up a type by its ICAO designator; most figures are of a typical variant."""

    table: pd.DataFrame
    """Indexed by `typecode`; `engine` of a helicopter is ``rotor``."""
    own: frozenset[str] = frozenset()
    """The types that the user's file tells."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> AircraftTypes:
        """Return the shipped types, overlaid by the user's."""
        found = tables.files(FILE, data_dir)
        told = [tables.read(path, "typecode", COLUMNS).index for path, *_ in found[1:]]
        own = frozenset(code for codes in told for code in codes)
        return cls(tables.load(found, "typecode", COLUMNS), own)

    def source(self, typecode: str, column: str) -> str:
        """Return where a value of the table is from, in words."""
        if typecode in self.own:
            return f"your {FILE}"
        return _sources().get((typecode, column), UNSOURCED)


@cache
def _sources() -> dict[tuple[str, str], str]:
    rows = pd.read_csv(bundled("reference", SOURCES), dtype=str)
    return {
        (typecode, column): source
        for typecode, columns, source in zip(
            rows["typecode"], rows["fields"], rows["source"], strict=True
        )
        for column in columns.split()
    }
