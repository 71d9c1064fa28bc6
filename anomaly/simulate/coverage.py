"""Who sees an aircraft: volunteers' receivers, thick here and thin there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from anomaly.geo import EARTH_RADIUS_NM, distance_nm
from anomaly.simulate import draws
from anomaly.simulate.paths import unit_vectors
from anomaly.simulate.places import Places

Numbers = NDArray[np.float64]

# Share of larger airports with a receiver close by, in steps of 5 %: what it takes to
# give the world's instant sky of 1 November 2023, 00 UTC (readsb network) its rough
# outline, and holes where trackers of the time report holes.
_RECEIVER_SHARES = {
    0.95: "US GB IE FR DE NL BE LU CH AT CZ DK ES PT IT PL SE FI NO JP SG HK TW MT HU",
    0.85: "AU NZ KR GR HR SI SK RO BG EE LV LT IS IL CY AE QA BH TH CA ZA KW",
    0.70: "BR CL CO MX AR TR RS MY VN CR PA PR UA BY GE PE UY KE CW TT AW",
    0.45: "IN PH RU KZ SA OM SN GH VE EC CU GP MQ EG MA LK GU DO JM AM AZ BA ME MK",
    0.25: "ID IR IQ JO PK BD NG TZ UG ET RW AO LB GL TN UZ KG BO PY GY SR MU RE FJ NC",
    0.15: "CN",
    0.10: "DZ AF MM LY CI CM SD CD MG MZ ZM ZW NA BW KH LA MN PG TJ NI HN HT BF ML",
    0.00: "SY KP TM YE SO TD NE CF ER SS AQ GN LR SL MR EH GA CG GQ",
}
_USUAL_SHARE = 0.2

# Places where satellite navigation is jammed: centre, radius, and the height below
# which positions are lost.  By reports of crews since 2018.
_JAMMED = (
    (35.3, 36.2, 130.0, 20000.0),  # Latakia, Tartus, Hama
    (33.4, 36.6, 70.0, 17000.0),  # Damascus
    (32.2, 20.9, 60.0, 12000.0),  # Benghazi, Al Khadim
    (36.2, 43.2, 60.0, 9000.0),  # Mosul
)
_GRID_DEG = 0.5
_CROWD = 4
"""Receivers that must hear an aircraft for a position by multilateration."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """Receivers of one world; which exist depends on the seed."""

    nearest_nm: Numbers
    """On a grid of half degrees from 90 S, 180 W: distance of the nearest receiver."""
    crowd_nm: Numbers
    """The same for the fourth nearest."""
    watched: frozenset[str]
    """Airports where aircraft are seen on the ground."""

    @staticmethod
    @lru_cache(maxsize=4)
    def of(places: Places, seed: int) -> Coverage:
        """Set up receivers near airports, more in some countries than in others."""
        rng = draws.generator("receivers", seed)
        share_of = {
            country: share
            for share, countries in _RECEIVER_SHARES.items()
            for country in countries.split()
        }
        larger = places.kind_is("large_airport", "medium_airport")
        shares = np.array([share_of.get(c, _USUAL_SHARE) for c in places.country])
        # Each world has other volunteers: the same order of density, other holes.
        shares = np.where(larger, shares * rng.uniform(0.85, 1.05), shares * 0.06)
        stands = rng.random(len(shares)) < shares
        sees_ground = stands & larger & (rng.random(len(shares)) < 0.65)
        points = unit_vectors(
            places.latitude_deg[stands] + rng.normal(0.0, 0.08, stands.sum()),
            places.longitude_deg[stands] + rng.normal(0.0, 0.08, stands.sum()),
        )
        grid_lat = np.arange(-90.0, 90.1, _GRID_DEG)
        grid_lon = np.arange(-180.0, 180.1, _GRID_DEG)
        mesh = unit_vectors(*np.meshgrid(grid_lat, grid_lon, indexing="ij"))
        chord = np.asarray(cKDTree(points).query(mesh, k=[1, _CROWD])[0])
        arc_nm = 2 * EARTH_RADIUS_NM * np.arcsin((chord / 2).clip(0, 1))
        return Coverage(
            nearest_nm=arc_nm[..., 0],
            crowd_nm=arc_nm[..., 1],
            watched=frozenset(places.ident[sees_ground]),
        )

    def sees(
        self,
        latitude_deg: Numbers,
        longitude_deg: Numbers,
        altitude_ft: Numbers,
        *,
        mlat_only: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Tell which airborne positions reach the archive."""
        # Line of sight to a mast on a roof; beyond 230 nm the signal is too weak.
        reach_nm = np.minimum(1.23 * (np.sqrt(altitude_ft.clip(0)) + 6.0), 230.0)
        receiver_nm = np.where(
            mlat_only,
            self._at(self.crowd_nm, latitude_deg, longitude_deg),
            self._at(self.nearest_nm, latitude_deg, longitude_deg),
        )
        seen: NDArray[np.bool_] = receiver_nm < reach_nm
        for latitude, longitude, radius_nm, floor_ft in _JAMMED:
            # Comparing degrees first spares the distance for all but a few.
            near = seen & (np.abs(latitude_deg - latitude) < radius_nm / 60.0)
            near &= (altitude_ft < floor_ft) & (np.abs(longitude_deg - longitude) < 4.0)
            away = distance_nm(
                latitude_deg[near], longitude_deg[near], latitude, longitude
            )
            seen[near] = away > radius_nm
        return seen

    @staticmethod
    def _at(grid: Numbers, latitude_deg: Numbers, longitude_deg: Numbers) -> Numbers:
        """Return the grid's value between its points."""
        row, column = (
            (latitude_deg + 90.0) / _GRID_DEG,
            (longitude_deg + 180.0) / _GRID_DEG,
        )
        i = row.astype(np.int64).clip(0, grid.shape[0] - 2)
        j = column.astype(np.int64).clip(0, grid.shape[1] - 2)
        v, u = row - i, column - j
        return np.asarray(
            (grid[i, j] * (1 - u) + grid[i, j + 1] * u) * (1 - v)
            + (grid[i + 1, j] * (1 - u) + grid[i + 1, j + 1] * u) * v
        )
