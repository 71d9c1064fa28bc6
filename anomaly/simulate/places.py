"""Airports as arrays, so that thousands of flights can be planned at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.geo import distance_nm
from anomaly.reference import Airports
from anomaly.simulate import tables

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """Airports by row number; rows are in order of ident."""

    table: pd.DataFrame
    airports: Airports

    @staticmethod
    @lru_cache(maxsize=4)
    def of(airports: Airports) -> Places:
        """Return every field that is open to aeroplanes or helicopters."""
        table = airports.table
        on_land = table.loc[table["kind"] != "seaplane_base"].sort_index()
        return Places(on_land, airports)

    @cached_property
    def ident(self) -> NDArray[np.object_]:
        """ICAO codes, or OurAirports' own."""
        return self.table.index.to_numpy(dtype=object)

    @cached_property
    def latitude_deg(self) -> NDArray[np.float64]:
        """WGS 84, north positive."""
        return self.table["latitude_deg"].to_numpy(dtype=np.float64)

    @cached_property
    def longitude_deg(self) -> NDArray[np.float64]:
        """WGS 84, east positive."""
        return self.table["longitude_deg"].to_numpy(dtype=np.float64)

    @cached_property
    def elevation_ft(self) -> NDArray[np.float64]:
        """Field elevation; sea level where it is unknown."""
        return self.table["elevation_ft"].fillna(0.0).to_numpy(dtype=np.float64)

    @cached_property
    def runway_ft(self) -> NDArray[np.float64]:
        """Longest runway; where unknown, what its kind of airport commonly has."""
        usual = self.kind_is("large_airport") * 9500.0
        usual += self.kind_is("medium_airport") * 6500.0
        usual += self.kind_is("small_airport") * 2500.0
        known = self.table["longest_runway_ft"].to_numpy(dtype=np.float64)
        return np.where(np.isnan(known), usual, known)

    @cached_property
    def country(self) -> NDArray[np.object_]:
        """ISO 3166, two letters."""
        return self.table["country"].to_numpy(dtype=object)

    @cached_property
    def is_military(self) -> NDArray[np.bool_]:
        """Military fields, joint ones included."""
        return self.table["field_use"].isin(["military", "joint"]).to_numpy(dtype=bool)

    @cached_property
    def is_closed(self) -> NDArray[np.bool_]:
        """Military fields that no civil aircraft uses without leave; not joint ones."""
        return self.table["field_use"].eq("military").to_numpy(dtype=bool)

    @cached_property
    def is_scheduled(self) -> NDArray[np.bool_]:
        """Fields with scheduled service."""
        return self.table["scheduled"].fillna(False).to_numpy(dtype=bool)

    def kind_is(self, *kinds: str) -> NDArray[np.bool_]:
        """Tell which airports are of these kinds."""
        return self.table["kind"].isin(kinds).to_numpy(dtype=bool)

    def rows(self, idents: Iterable[str]) -> Rows:
        """Return the row numbers of the idents that are known, in the order given."""
        found = (self._row_of.get(ident, -1) for ident in map(self._known, idents))
        return np.array([row for row in found if row >= 0], dtype=np.int64)

    def pool(self, name: str) -> Rows:
        """Return the fields of a named group (``pools.csv``); none if unknown."""
        if name not in self._pools:
            self._pools[name] = self.rows(tables.pools().get(name, ()))
        return self._pools[name]

    @cached_property
    def _pools(self) -> dict[str, Rows]:
        return {}

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {ident: row for row, ident in enumerate(self.ident)}

    def _known(self, ident: str) -> str:
        """Return the ident a field is listed under, of an older code of its."""
        if ident in self._row_of:
            return ident
        airport = self.airports.get(ident)
        return ident if airport is None else airport.ident

    def within(self, row: int, low_nm: float, high_nm: float) -> NDArray[np.bool_]:
        """Tell which airports lie between two distances from one of them."""
        away = self.away_nm(row)
        return np.asarray((away >= low_nm) & (away <= high_nm))

    def away_nm(self, row: int) -> NDArray[np.float64]:
        """Return the distance of every airport from one of them."""
        return distance_nm(
            self.latitude_deg[row],
            self.longitude_deg[row],
            self.latitude_deg,
            self.longitude_deg,
        )

    def between_nm(self, a: Rows, b: Rows) -> NDArray[np.float64]:
        """Return the distances between paired airports."""
        return distance_nm(
            self.latitude_deg[a],
            self.longitude_deg[a],
            self.latitude_deg[b],
            self.longitude_deg[b],
        )
