"""The fields of each flight's journey so far, its own destination the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.coding import Fields, Floats, Ints


@dataclass(frozen=True, eq=False)
class Chains:
    """One entry for each field that a flight's journey touched, in order."""

    flight: Ints
    """The row of the flight."""
    field: Ints
    """The row of the airport; -1 where it is not known."""
    first: Ints
    """Of each flight, the field where its journey began; -1 if unknown."""
    n_flights: int

    def count(self, what: Floats) -> Floats:
        """Return the sum over each journey's fields; NaN if none of them is known."""
        known = ~np.isnan(what)
        total = np.bincount(
            self.flight[known], weights=what[known], minlength=self.n_flights
        )
        result: Floats = np.where(self.n_known(what) > 0, total, np.nan)
        return result

    def share(self, what: Floats) -> Floats:
        """Return the mean over each journey's known fields; NaN if there are none."""
        result: Floats = self.count(what) / np.maximum(self.n_known(what), 1)
        return result

    def n_known(self, what: Floats) -> Ints:
        """Return of how many of each journey's fields it is known."""
        return np.bincount(self.flight[~np.isnan(what)], minlength=self.n_flights)

    def n_different(self, keys: Ints) -> Floats:
        """Return how many different keys each journey has; NaN without a known one."""
        known = keys >= 0
        top = int(keys.max(initial=0)) + 1
        # Nearly in order already: sorting is quicker than `np.unique`, which hashes.
        both = np.sort(self.flight[known] * np.int64(top) + keys[known])
        both = both[np.diff(both, prepend=-1) != 0]
        n = np.bincount(both // top, minlength=self.n_flights).astype(np.float64)
        return np.where(n > 0, n, np.nan)


def of_journeys(journeys: pd.DataFrame, fields: Fields) -> Chains:
    """Return the fields of the journeys of flights; none where it is not known."""
    lists = journeys["airports"]
    rows = np.flatnonzero(lists.notna())
    parts = [np.asarray(part, dtype=object) for part in lists.iloc[rows]]
    length = np.array([len(part) for part in parts], dtype=np.int64)
    words = pd.Series(np.concatenate([[], *parts]), dtype="str")
    field = fields.rows(words)
    first = np.full(len(journeys), -1, dtype=np.int64)
    has_any = length > 0
    first[rows[has_any]] = field[(np.cumsum(length) - length)[has_any]]
    return Chains(np.repeat(rows, length), field, first, len(journeys))
