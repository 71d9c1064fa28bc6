"""The state that a registration names by its nationality mark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from anomaly.reference import tables

FILE = "registration_marks.csv"
COLUMNS = (
    ("mark", pa.string()),
    ("country", pa.string()),
    ("source", pa.string()),
)


@dataclass(frozen=True, eq=False)
class Registrations:
    """Look up states by registration; serials of forces name none.

    A mark that ends in a letter without a hyphen behind it (``N``) is followed by a
    digit; of several that fit the longest counts.  ``B-`` is left out: China, Taiwan,
    Hong Kong and Macau share it.
    """

    table: pd.DataFrame
    """Indexed by `mark`."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Registrations:
        """Return the shipped marks, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "mark", COLUMNS))

    def country(self, registration: pd.Series[Any]) -> pd.Series[Any]:
        """Return the state (ISO 3166, two letters); missing where none is named."""
        which, different = pd.factorize(registration.astype("str"))
        states = [self._state(text) for text in different]
        named = pd.array([*states, None], dtype="str")
        # A missing registration has the code -1 and so takes the last.
        return pd.Series(named[which], index=registration.index, dtype="str")

    def _state(self, registration: str) -> str | None:
        for length in range(self._longest, 0, -1):
            mark = registration[:length]
            state = self._states.get(mark)
            joined = mark.isalpha() and not registration[length : length + 1].isdigit()
            if state is not None and not joined:
                return state
        return None

    @cached_property
    def _states(self) -> dict[str, str]:
        return dict(
            zip(self.table.index, self.table["country"].astype("object"), strict=True)
        )

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._states), default=0)
