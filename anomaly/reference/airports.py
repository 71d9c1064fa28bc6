"""Where aircraft land: every airport of the world, and the nearest ones to a point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from anomaly.domain import Airport
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.reference import tables

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

FILE = "airports.csv.gz"
COLUMNS = (
    ("ident", pa.string()),
    ("name", pa.string()),
    ("country", pa.string()),
    ("municipality", pa.string()),
    ("latitude_deg", pa.float64()),
    ("longitude_deg", pa.float64()),
    ("elevation_ft", pa.float64()),
    ("kind", pa.string()),
    ("longest_runway_ft", pa.float64()),
    ("field_use", pa.string()),
    ("hub", pa.bool_()),
    ("scheduled", pa.bool_()),
    ("also_known_as", pa.string()),
)
"""What each airport has; `also_known_as` holds other codes, separated by spaces."""


@dataclass(frozen=True, eq=False)
class Airports:
    """Look up airports by code or by place."""

    table: pd.DataFrame
    """Indexed by `ident`: the ICAO code, or OurAirports' own where there is none."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Airports:
        """Return the shipped airports, overlaid by the user's."""
        return _load(tables.files(FILE, data_dir))

    def get(self, code: str) -> Airport | None:
        """Return the airport of that code, an older code or IATA code included."""
        ident = self._ident_of.get(code)
        if ident is None:
            return None
        name, country, latitude_deg, longitude_deg, elevation_ft, use = (
            column[self._place_of[ident]] for column in self._told
        )
        return Airport(
            ident=ident,
            name=str(name),
            country=str(country),
            latitude_deg=float(latitude_deg),
            longitude_deg=float(longitude_deg),
            elevation_ft=None if np.isnan(elevation_ft) else float(elevation_ft),
            field_use=str(use),
        )

    @cached_property
    def _told(self) -> list[NDArray[Any]]:
        """The columns of an `Airport`: of a frame, each row would be made anew."""
        names = ("name", "country", "latitude_deg", "longitude_deg", "elevation_ft")
        return [self.table[name].to_numpy() for name in (*names, "field_use")]

    @cached_property
    def _place_of(self) -> dict[str, int]:
        idents = self.table.index.tolist()
        # Of several the first: it is put down last.
        return {idents[i]: i for i in reversed(range(len(idents)))}

    def resolve(self, codes: pd.Series[Any]) -> pd.Series[Any]:
        """Return the `ident` meant by each code; missing where none is known."""
        which, different = pd.factorize(codes.astype("str"))
        idents = pd.Series([self._ident_of.get(code) for code in different])
        taken = idents.astype("str").reindex(pd.Index(which)).array
        return pd.Series(taken, index=codes.index, name=codes.name)

    def where(self, keep: ArrayLike) -> Airports:
        """Return the airports for which `keep`, one value a row, is true."""
        return Airports(self.table.loc[np.asarray(keep, dtype=bool)])

    def nearest(
        self,
        latitude_deg: ArrayLike,
        longitude_deg: ArrayLike,
        k: int = 1,
        *,
        heliports: bool = False,
    ) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
        """Return the idents of the `k` nearest airports and how far they are, in nm.

        Both arrays have the shape (n, k), nearest first.  An unknown point has the
        ident None at an infinite distance; so have places beyond the last airport.
        """
        chosen = self._all if heliports else self._without_heliports
        return chosen.nearest(latitude_deg, longitude_deg, k)

    def within(
        self, latitude_deg: ArrayLike, longitude_deg: ArrayLike, radius_nm: float
    ) -> list[NDArray[np.object_]]:
        """Return, for each point, the idents within `radius_nm`, in order of code."""
        return self._without_heliports.within(latitude_deg, longitude_deg, radius_nm)

    @cached_property
    def _ident_of(self) -> dict[str, str]:
        others = self.table["also_known_as"].dropna()
        found = {
            code: str(ident)
            for ident, codes in others.items()
            for code in codes.split()
        }
        # An ident means its own field, whatever else it once meant.
        return found | {str(ident): str(ident) for ident in self.table.index}

    @cached_property
    def _all(self) -> _Places:
        return _Places.of(self.table)

    @cached_property
    def _without_heliports(self) -> _Places:
        return _Places.of(self.table.loc[self.table["kind"] != "heliport"])


@dataclass(frozen=True)
class _Places:
    """A search tree over points on the unit sphere.

    Straight-line distances through the globe sort like great-circle ones, and the
    tree needs no care at the poles or the antimeridian.
    """

    idents: NDArray[np.object_]
    tree: cKDTree

    @classmethod
    def of(cls, table: pd.DataFrame) -> _Places:
        from scipy.spatial import cKDTree  # most who load airports search for none

        # One more entry: the tree answers "none" with the number of its points.
        idents = np.append(table.index.to_numpy(dtype=object), np.array([None]))
        points = _unit_vectors(table["latitude_deg"], table["longitude_deg"])
        # Median splits cost more to build and gain nothing on scattered points.
        return cls(idents, cKDTree(points, balanced_tree=False, compact_nodes=False))

    def nearest(
        self, latitude_deg: ArrayLike, longitude_deg: ArrayLike, k: int
    ) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
        points = _unit_vectors(latitude_deg, longitude_deg)
        known = np.isfinite(points).all(axis=1)
        shape = (len(points), k)
        place = np.full(shape, self.tree.n, dtype=np.intp)
        chord = np.full(shape, np.inf)
        chord[known], place[known] = self.tree.query(
            points[known], k=np.arange(1, k + 1)
        )
        arc = np.full(shape, np.inf)
        found = np.isfinite(chord)
        arc[found] = 2 * EARTH_RADIUS_NM * np.arcsin((chord[found] / 2).clip(0, 1))
        return self.idents[place], arc

    def within(
        self, latitude_deg: ArrayLike, longitude_deg: ArrayLike, radius_nm: float
    ) -> list[NDArray[np.object_]]:
        points = _unit_vectors(latitude_deg, longitude_deg)
        known = np.isfinite(points).all(axis=1)
        chord = 2 * np.sin(min(radius_nm / EARTH_RADIUS_NM, np.pi) / 2)
        found = self.tree.query_ball_point(points[known], chord, return_sorted=True)
        result = [self.idents[:0]] * len(points)
        for row, places in zip(np.flatnonzero(known), found, strict=True):
            result[row] = self.idents[np.asarray(places, dtype=np.intp)]
        return result


def _unit_vectors(
    latitude_deg: ArrayLike, longitude_deg: ArrayLike
) -> NDArray[np.float64]:
    latitude = np.radians(np.atleast_1d(np.asarray(latitude_deg, dtype=np.float64)))
    longitude = np.radians(np.atleast_1d(np.asarray(longitude_deg, dtype=np.float64)))
    latitude, longitude = np.broadcast_arrays(latitude, longitude)
    return np.column_stack(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )


@lru_cache(maxsize=8)
def _load(files: tuple[tables.Stamp, ...]) -> Airports:
    """Build the search trees once, however often the airports are asked for."""
    return Airports(tables.load(files, "ident", COLUMNS))
