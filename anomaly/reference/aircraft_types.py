"""What an aircraft type is for, and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "aircraft_types.csv"
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
    """Indexed by `typecode`; `engine` of a helicopter is ``rotor``.

    Where each value is from tells ``aircraft_types_sources.csv``; what it does not
    name is unsourced.
    """

    @classmethod
    def load(cls, data_dir: Path | None = None) -> AircraftTypes:
        """Return the shipped types, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "typecode", COLUMNS))
