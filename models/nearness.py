"""How near documented cases are to each other, which tells how near is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import NO_ARRAYS_MADE
from anomaly.errors import BadInputError
from anomaly.files import replacing
from anomaly.schemas import column

# With less in common than half of what the model looks at, a distance says nothing.
LEAST_KNOWN_SHARE = 0.5
_NEARNESS = pa.schema(
    [
        column("logistics", pa.bool_(), "of cases with this label"),
        column(
            "distance", pa.float64(), "from one to the nearest of other kin, sorted"
        ),
    ]
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cases:
    """The documented cases that a model learnt from, on the common scale."""

    key: NDArray[np.str_]
    group: NDArray[np.str_]
    airframe: NDArray[np.str_]
    logistics: NDArray[np.bool_]
    place: Floats
    """One row a feature, one column a flight of a case; NaN where unknown."""
    is_first: NDArray[np.bool_]
    """Flights of the first time that a case was flown: later ones tell the same."""

    def nearest_of_kind(self, weight: Floats) -> dict[bool, Floats]:
        """Return, by label, how far each case is from the nearest of other kin, sorted.

        Cases that have too little in common with any other are left out.
        """
        return {label: self._nearest_among(label, weight) for label in (True, False)}

    def _nearest_among(self, label: bool, weight: Floats) -> Floats:
        rows = self.is_first & (self.logistics == label)
        group, airframe = (
            np.unique(names[rows], return_inverse=True)[1]
            for names in (self.group, self.airframe)
        )
        places = np.ascontiguousarray(self.place[:, rows])
        nearest = np.full(places.shape[1], np.inf)
        for n, place in enumerate(np.ascontiguousarray(places.T)):
            # Of two cases one asks for both: they are as far from either.
            after = slice(n + 1, None)
            other = (group[after] != group[n]) & (airframe[after] != airframe[n])
            distance = distances(place, places, weight, first=n + 1)[0]
            distance[~other] = np.inf
            nearest[after] = np.minimum(nearest[after], distance)
            nearest[n] = min(nearest[n], distance.min(initial=np.inf))
        return np.sort(nearest[np.isfinite(nearest)])


def keep(path: Path, usual: Mapping[bool, Floats]) -> None:
    """Write what `Cases.nearest_of_kind` tells."""
    columns = {
        "logistics": np.repeat(list(usual), [len(each) for each in usual.values()]),
        "distance": np.concatenate(list(usual.values())),
    }
    with replacing(path) as out:
        pq.write_table(pa.table(columns, schema=_NEARNESS), out, compression="zstd")


def kept(path: Path) -> dict[bool, Floats] | None:
    """Return what was kept, or None if nothing was.

    Raises
    ------
    BadInputError
        If the file is damaged.
    """
    if not path.exists():
        return None
    try:
        rows = pq.ParquetFile(path).read(_NEARNESS.names).cast(_NEARNESS)
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BadInputError(
            f"cannot read {path}: {error}", hint="Delete it: it is found anew."
        ) from error
    return {
        label: rows.filter(pc.equal(rows["logistics"], label))["distance"].to_numpy()
        for label in (True, False)
    }


def distances(
    place: Floats, others: Floats, weight: Floats, *, first: int = 0
) -> tuple[Floats, Floats]:
    """Return the distances of one place from others, and the share known of both.

    With too little in common a distance is infinite.

    Parameters
    ----------
    others
        One row a feature, one column a place.
    first
        The column to begin with.
    """
    n_others = others.shape[1] - first
    apart, known = np.zeros(n_others), np.zeros(n_others)
    _add_up(place, others, first, weight, apart, known)
    known_share = known / weight.sum()
    enough = (known > 0) & (known_share >= LEAST_KNOWN_SHARE)
    distance = np.divide(apart, known, out=np.full(n_others, np.inf), where=enough)
    return distance, known_share


@njit(**NO_ARRAYS_MADE)
def _add_up(
    place: Floats,
    others: Floats,
    first: int,
    weight: Floats,
    apart: Floats,
    known: Floats,
) -> None:
    """Add up the weight of what is known of both, and of it how far apart they are.

    Every case is compared with every other: feature by feature, over cases that lie
    side by side in memory, a processor takes several of them at once.
    """
    for feature in range(len(place)):
        here, counts = place[feature], weight[feature]
        if np.isnan(here):
            continue
        for n in range(len(apart)):
            difference = abs(others[feature, first + n] - here)
            is_known = not np.isnan(difference)
            known[n] += counts if is_known else 0.0
            apart[n] += counts * difference if is_known else 0.0
