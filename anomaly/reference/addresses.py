"""Which state an aircraft's 24-bit address belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.reference import tables

FILE = "address_blocks.csv"
COLUMNS = (
    ("block", pa.string()),
    ("country", pa.string()),
    ("military", pa.bool_()),
    ("source", pa.string()),
)


@dataclass(frozen=True, eq=False)
class AddressBlocks:
    """Look up addresses in ICAO's blocks; the smallest block around one decides."""

    table: pd.DataFrame
    """Indexed by `block`: its first and last address, as in ``100000-1fffff``."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> AddressBlocks:
        """Return the shipped blocks, overlaid by the user's."""
        return cls(tables.load(tables.files(FILE, data_dir), "block", COLUMNS))

    def country(self, icao24: pd.Series[Any]) -> pd.Series[Any]:
        """Return the state (ISO 3166, two letters); missing where none is known."""
        names = np.append(
            self.table["country"].to_numpy(dtype=object), np.array([None])
        )
        return pd.Series(names[self._row(icao24)], index=icao24.index, dtype="str")

    def military(self, icao24: pd.Series[Any]) -> pd.Series[Any]:
        """Tell whether the address lies in a block that a state keeps for its forces.

        Few states have one, so False means "not known to be".
        """
        flags = np.append(self.table["military"].to_numpy(dtype=bool), False)
        return pd.Series(flags[self._row(icao24)], index=icao24.index, dtype="bool")

    def _row(self, icao24: pd.Series[Any]) -> NDArray[np.intp]:
        which, different = pd.factorize(icao24.astype("str"))
        addresses = np.array([_address(text) for text in different], dtype=np.int64)
        starts, rows = self._segments
        found = rows[np.searchsorted(starts, addresses, side="right") - 1]
        # A missing address has the code -1 and so takes the last row: "none".
        found = np.append(found, len(self.table)).astype(np.intp)
        return found[which]

    @cached_property
    def _segments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Cut nested blocks into stretches, each with its smallest block's row."""
        ends_of = [text.split("-") for text in self.table.index]
        blocks = np.array([[int(end, 16) for end in pair] for pair in ends_of])
        starts, ends = blocks.reshape(-1, 2).astype(np.int64).T
        edges = np.unique(np.concatenate(([-1], starts, ends + 1)))
        rows = np.full(len(edges), len(self.table), dtype=np.int64)
        # Largest first, so that smaller ones inside paint over it.
        for row in np.argsort(starts - ends, kind="stable"):
            rows[(edges >= starts[row]) & (edges <= ends[row])] = row
        return edges, rows


def _address(text: str) -> int:
    """Return the address, or -1 for what is none ("~" marks a made-up one)."""
    try:
        return int(text, 16) if len(text) == 6 and text.isalnum() else -1
    except ValueError:
        return -1
