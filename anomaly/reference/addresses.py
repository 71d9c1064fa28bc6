"""Which state an aircraft's 24-bit address belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from anomaly.reference import tables

FILE = "address_blocks.csv"
COLUMNS = (
    ("block", pa.string()),
    ("country", pa.string()),
    ("military", pa.bool_()),
    ("source", pa.string()),
)

_N_DIGITS = 6
_PLACES = 16 ** np.arange(_N_DIGITS - 1, -1, -1)
# Of each ASCII letter the hexadecimal digit that it is, else -1.
_DIGIT_OF = np.full(128, -1)
_DIGIT_OF[[ord(letter) for letter in "0123456789abcdefABCDEF"]] = [
    *range(16),
    *range(10, 16),
]


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
        addresses = _numbers(different)
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


def _numbers(texts: ArrayLike) -> NDArray[np.int64]:
    """Return addresses, -1 for what is none ("~" marks a made-up one).

    >>> _numbers(["4b1805", "~4b1805", "4B1805", ""])
    array([4921349,      -1, 4921349,      -1])
    """
    words = np.asarray(texts, dtype=np.str_)
    n_digits = np.strings.str_len(words)
    letters = words.astype(f"U{_N_DIGITS}").view(np.uint32).reshape(-1, _N_DIGITS)
    digits = _DIGIT_OF[np.minimum(letters, len(_DIGIT_OF) - 1)]
    is_address = (n_digits == _N_DIGITS) & (digits >= 0).all(axis=1)
    return np.where(is_address, digits @ _PLACES, -1)
