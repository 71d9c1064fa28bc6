"""The fields of the world as arrays, and which of them lie near a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference import Airports
from anomaly.tracks import Bools, Floats, Ints, unit_vectors

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

# A field shorter than this takes no transport aircraft, whatever its type.
SHORTEST_TRANSPORT_FT = 3_500.0
FT_PER_NM = 6_076.1
# So many from the equator to a pole, where points are sorted: a degree each at the
# equator, wider towards the poles.
_STRIPS = 60
_USUAL_RADIUS_NM = {
    "large_airport": 0.9,
    "medium_airport": 0.6,
    "small_airport": 0.3,
    "seaplane_base": 0.5,
    "heliport": 0.05,
}


@dataclass(frozen=True, eq=False)
class Fields:
    """Columns of the airports' table; a field is its place in them."""

    ident: NDArray[np.object_]
    name: NDArray[np.object_]
    latitude_deg: Floats
    longitude_deg: Floats
    elevation_ft: Floats
    """0 where the table does not know it."""
    runway_ft: Floats
    kind: NDArray[np.object_]
    use: NDArray[np.object_]
    hub: Bools
    scheduled: Bools

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, airports: Airports) -> Fields:
        """Return the fields of the reference; built once, however often asked for."""
        table = airports.table

        def truths(name: str) -> Bools:
            return table[name].fillna(value=False).to_numpy(dtype=bool)

        return cls(
            ident=table.index.to_numpy(dtype=object),
            name=table["name"].to_numpy(dtype=object),
            latitude_deg=table["latitude_deg"].to_numpy(float),
            longitude_deg=table["longitude_deg"].to_numpy(float),
            elevation_ft=table["elevation_ft"].fillna(0).to_numpy(float),
            runway_ft=table["longest_runway_ft"].to_numpy(float),
            kind=table["kind"].to_numpy(dtype=object),
            use=table["field_use"].to_numpy(dtype=object),
            hub=truths("hub"),
            scheduled=truths("scheduled"),
        )

    @cached_property
    def radius_nm(self) -> Floats:
        """How far from its point a field reaches: half its longest runway."""
        usual = pd.Series(_USUAL_RADIUS_NM).reindex(self.kind).fillna(0.3).to_numpy()
        half = self.runway_ft / FT_PER_NM / 2
        return np.where(np.isnan(half), usual, half.clip(0.1, 1.5)) + 0.1

    @cached_property
    def index(self) -> pd.Index[str]:
        """The codes, for looking up."""
        return pd.Index(self.ident)

    @cached_property
    def points(self) -> Floats:
        """The fields on the unit sphere, with one more that is nowhere."""
        points = unit_vectors(self.latitude_deg, self.longitude_deg)
        return np.vstack((points, np.full(3, np.nan)))

    @cached_property
    def places(self) -> dict[str, Ints]:
        """Which fields an aircraft of each category may use."""
        not_heliport = self.kind != "heliport"
        long_enough = ~(self.runway_ft < SHORTEST_TRANSPORT_FT)
        small = np.isin(self.kind, ["small_airport", "seaplane_base"])
        known_long = long_enough & ~np.isnan(self.runway_ft)
        military = self.use != "civil"
        transport = not_heliport & (
            (~small & long_enough) | known_long | (military & long_enough)
        )
        return {
            "jet": np.flatnonzero(transport),
            "propeller": np.flatnonzero(
                not_heliport & (~small | known_long | military)
            ),
            "light": np.flatnonzero(not_heliport),
            "rotor": np.arange(len(self.ident)),
        }

    @cached_property
    def trees(self) -> dict[str, cKDTree]:
        """A search tree for each category."""
        from scipy.spatial import cKDTree  # not all that have fields search

        return {
            category: cKDTree(self.points[places])
            for category, places in self.places.items()
            if len(places)
        }

    def near(self, points: Floats, category: NDArray[np.object_], k: int) -> Ints:
        """Return the `k` nearest usable fields of each point, nearest first.

        The shape is (n, k); -1 where there are no more.
        """
        found = np.full((len(points), k), -1, dtype=np.int64)
        known = ~np.isnan(points).any(axis=1)
        for name, tree in self.trees.items():
            rows = np.flatnonzero((category == name) & known)
            if not len(rows):
                continue
            # Side by side they are found in the same branches, still at hand.
            rows = rows[_side_by_side(points[rows])]
            _, place = tree.query(points[rows], k=np.arange(1, k + 1))
            # Where there are no more it tells one place too many.
            found[rows] = np.append(self.places[name], -1)[np.asarray(place)]
        return found

    def idents(self, places: Ints) -> pd.Series[str]:
        """Return the codes of places; missing where a place is -1."""
        return pd.Series(self._words.take(places))

    @cached_property
    def _words(self) -> pd.api.extensions.ExtensionArray:
        """The codes, with one more that is missing."""
        words = np.append(self.ident, np.array([None], dtype=object))
        return pd.array(words, dtype="str")


def _side_by_side(points: Floats) -> Ints:
    """Return an order of points in which most are near the one before."""
    strip = np.floor(points[:, 2] * _STRIPS)
    # Strips from south to north, and in each once round the globe.
    order: Ints = np.argsort(strip * 2 * np.pi + np.arctan2(points[:, 1], points[:, 0]))
    return order
