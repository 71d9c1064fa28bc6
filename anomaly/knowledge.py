"""What other flights tell of fields: where landings are seen, and who was there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.tracks import Bools, Floats, Ints

# However well a field is watched, a landing may be missed: never below this.
LOWEST_LOG = -3.0
# What is seen of traffic is a sample: its square root counts.
LIKING = 0.5


@dataclass(frozen=True, eq=False)
class Watch:
    """How many ends of flights were seen at each field, on or close to the ground."""

    n_seen: Ints

    def liking(self, place: Ints) -> Floats:
        """Return by how much a field's visitors of the day speak for it."""
        n_seen = np.append(self.n_seen, 0)[place]
        result: Floats = (1.0 + n_seen) ** LIKING
        return result

    def log_unseen(self, place: Ints) -> Floats:
        """Return how likely a landing there stays unseen, as a logarithm.

        One such landing in two at a field of which nothing is known (Laplace's rule).
        """
        n_seen = np.append(self.n_seen, 0)[place]
        unseen: Floats = np.maximum(-np.log(2 + n_seen), LOWEST_LOG)
        return unseen


@dataclass(frozen=True, eq=False)
class Habits:
    """When each airframe was first seen at each field."""

    key: Ints
    first_s: Floats
    n_fields: int

    @classmethod
    def of(cls, airframe: Ints, place: Ints, t_s: Floats, n_fields: int) -> Habits:
        """Return the habits that sure ends of flights show."""
        seen = pd.DataFrame({"key": airframe * n_fields + place, "t_s": t_s})
        first = seen.groupby("key")["t_s"].min()
        return cls(
            first.index.to_numpy(dtype=np.int64), first.to_numpy(float), n_fields
        )

    def visited(self, airframe: Ints, place: Ints, before_s: Floats) -> Bools:
        """Tell whether airframes, shape (n,), were at fields, (n, k), before."""
        if not len(self.key):
            return np.zeros(place.shape, dtype=bool)
        key = airframe[:, None] * self.n_fields + place
        at = np.searchsorted(self.key, key).clip(0, len(self.key) - 1)
        found = (self.key[at] == key) & (place >= 0)
        result: Bools = found & (self.first_s[at] < before_s[:, None])
        return result
