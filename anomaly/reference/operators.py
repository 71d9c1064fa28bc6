"""Who flies under a callsign, or by a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.reference import tables
from anomaly.reference.operator_names import OperatorNames

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
    ("also_named", pa.string()),
    ("service", pa.string()),
    ("source", pa.string()),
)
"""What each operator has; `also_named` holds other names, separated by semicolons,
and `service` tells which service of its state it is (`operator_names.SERVICES`)."""
# A designator and a flight number: three letters, then a digit.  Registrations flown
# as callsigns (EPPUS, RA86496, N174UA) and words (GOLD11) have another shape; the
# Turkish Air Force alone flies under four letters that are no word.
_SHAPE = r"^([A-Z]{3}|TUAF)[0-9][0-9A-Z]{0,4}$"


@dataclass(frozen=True, eq=False)
class Operators:
    """Look up an operator by the designator that begins its callsigns, or by name."""

    table: pd.DataFrame
    """Indexed by `code`: the designator, or words in lower case where there is none."""
    _found: dict[str, str | None] = field(default_factory=dict, init=False, repr=False)

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

    def match_name(self, names: pd.Series[Any]) -> pd.Series[Any]:
        """Return the code of the operator that each text names; None where unknown.

        Texts are what databases call an owner or operator ("UNITED AIRLINES INC",
        "Volga-Dnepr", "Syrian Arab Air Force").  The table tells name, country and
        nature by code.
        """
        which, different = pd.factorize(names)
        codes = [self._code_of_name(str(text)) for text in different]
        # A missing text has the code -1 and so takes the last: none.
        taken = np.array([*codes, None], dtype=object)[which]
        return pd.Series(taken, index=names.index, dtype="object", name=names.name)

    def _code_of_name(self, text: str) -> str | None:
        """Return `OperatorNames.find`, asked once for each text."""
        if text not in self._found:
            self._found[text] = self._names.find(text)
        return self._found[text]

    @cached_property
    def _names(self) -> OperatorNames:
        return OperatorNames.of(self.table)
