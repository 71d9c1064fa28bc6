"""Where each flight is, how high and how fast, at any moment of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.simulate import draws, paths
from anomaly.simulate.legs import profile_of
from anomaly.simulate.physics import Profile
from anomaly.simulate.sorties import SORTIES, Columns, Shape
from anomaly.simulate.wander import Wanders

Numbers = NDArray[np.float64]
_AHEAD_NM = 0.05
"""How far ahead the course is looked for."""
_OF_SHAPES = (
    "shape",
    "straight_nm",
    "width_nm",
    "heading_deg",
    "via_1_latitude_deg",
    "via_1_longitude_deg",
)
_NEEDED = tuple(name for name, kind in SORTIES.items() if kind != "object")


@dataclass(frozen=True, eq=False)
class Reports:
    """Position reports as arrays; `sortie` is the row of the flight."""

    sortie: NDArray[np.int64]
    time_s: Numbers
    latitude_deg: Numbers
    longitude_deg: Numbers
    altitude_ft: Numbers
    """NaN on the ground."""
    on_ground: NDArray[np.bool_]
    ground_speed_kt: Numbers
    track_deg: Numbers
    vertical_rate_ft_min: Numbers


@dataclass(frozen=True, eq=False)
class Motion:
    """Flights with their way and profile at hand."""

    profile: Profile
    ends_nm: Numbers
    """Way at the start of each of the three parts, and at the end."""
    corners: Numbers
    """Unit vectors of the four points of the way."""
    columns: Columns
    wanders: Wanders
    wander_of: NDArray[np.int64]
    """Row of `wanders` for each flight that wanders."""

    @classmethod
    def of(cls, sorties: pd.DataFrame) -> Motion:
        """Prepare flights, one row each."""
        columns = {name: sorties[name].to_numpy() for name in _NEEDED}
        ends = np.cumsum(paths.legs_nm(columns), axis=1)
        corners = [
            paths.unit_vectors(
                columns[f"{n}latitude{m}_deg"], columns[f"{n}longitude{m}_deg"]
            )
            for n, m in (("", "_1"), ("via_1_", ""), ("via_2_", ""), ("", "_2"))
        ]
        wandering = columns["shape"] == Shape.WANDER
        return cls(
            profile=profile_of(columns),
            ends_nm=np.concatenate([np.zeros((len(sorties), 1)), ends], axis=1),
            corners=np.stack(corners, axis=1),
            columns=columns,
            wanders=Wanders.of(
                columns["key"][wandering],
                columns["shape_nm"][wandering],
                columns["straight_nm"][wandering],
            ),
            wander_of=np.cumsum(wandering) - 1,
        )

    def at(self, row: NDArray[np.int64], time_s: Numbers) -> Reports:
        """Return the true state of flights `row` at times after their take-off."""
        duration_s = self.profile.duration_s[row]
        on_ground = (time_s < 0) | (time_s > duration_s)
        way_nm, altitude_ft, speed_kt, rate = self._progress(
            row, time_s.clip(0, duration_s)
        )
        total_nm = self.ends_nm[row, -1]
        # Near the end look back instead.
        step = np.where(way_nm + _AHEAD_NM > total_nm, -_AHEAD_NM, _AHEAD_NM)
        lat, lon = self._locate(row, way_nm)
        lat_2, lon_2 = self._locate(row, (way_nm + step).clip(0))
        north = (lat_2 - lat) * 60.0
        east = ((lon_2 - lon + 180.0) % 360.0 - 180.0) * 60.0 * np.cos(np.radians(lat))
        track = np.degrees(np.arctan2(east * step, north * step)) % 360.0
        more_ft, more_ft_min = self._ups_and_downs(row, way_nm, altitude_ft)
        keys = point_keys(self.columns["key"], row, time_s)
        speed_kt = speed_kt + draws.normal(keys, 32) * 1.5
        taxi_kt = 3.0 + 15.0 * draws.uniform(keys, 33)
        lat, lon = _on_the_apron(self.columns, row, time_s, duration_s, lat, lon)
        return Reports(
            sortie=row,
            time_s=self.columns["takeoff_s"][row] + time_s,
            latitude_deg=lat,
            longitude_deg=lon,
            altitude_ft=np.where(on_ground, np.nan, altitude_ft + more_ft),
            on_ground=on_ground,
            ground_speed_kt=np.where(on_ground, taxi_kt, speed_kt).clip(0),
            track_deg=track,
            vertical_rate_ft_min=np.where(on_ground, np.nan, rate + more_ft_min),
        )

    def _progress(
        self, row: NDArray[np.int64], time_s: Numbers
    ) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return way, height, speed and rate of climb: knots, and lines between."""
        p = self.profile
        knot = np.zeros(len(row), dtype=np.int64)
        for number in range(1, p.time_s.shape[1] - 1):
            knot += time_s >= p.time_s[:, number][row]
        since = time_s - p.time_s[row, knot]
        span = (p.time_s[row, knot + 1] - p.time_s[row, knot]).clip(1.0)
        speed = p.speed_kt[row, knot]
        gain = (p.speed_kt[row, knot + 1] - speed) / span
        way = p.way_nm[row, knot] + (speed + gain * since / 2) * since / 3600.0
        height = p.altitude_ft[row, knot]
        rate = (p.altitude_ft[row, knot + 1] - height) / span
        way = np.minimum(way, self.ends_nm[row, -1])
        return way, height + rate * since, speed + gain * since, rate * 60.0

    def _locate(
        self, row: NDArray[np.int64], way_nm: Numbers
    ) -> tuple[Numbers, Numbers]:
        part = (way_nm >= self.ends_nm[row, 1]).astype(np.int64)
        part += way_nm >= self.ends_nm[row, 2]
        length = (self.ends_nm[row, part + 1] - self.ends_nm[row, part]).clip(1e-6)
        since = way_nm - self.ends_nm[row, part]
        lat, lon = paths.degrees(
            paths.between(
                self.corners[row, part],
                self.corners[row, part + 1],
                (since / length).clip(0, 1),
            )
        )
        shaped = (part == 1) & (self.columns["shape"][row] != Shape.DIRECT)
        lat[shaped], lon[shaped] = self._within_shape(
            row[shaped], since[shaped], length[shaped]
        )
        return lat.clip(-89.9, 89.9), (lon + 180.0) % 360.0 - 180.0

    def _within_shape(
        self, row: NDArray[np.int64], way_nm: Numbers, total_nm: Numbers
    ) -> tuple[Numbers, Numbers]:
        c = {name: self.columns[name][row] for name in _OF_SHAPES}
        ahead, aside = np.zeros_like(way_nm), np.zeros_like(way_nm)
        wander = c["shape"] == Shape.WANDER
        ahead[wander], aside[wander], _, _ = self.wanders.at(
            self.wander_of[row[wander]], way_nm[wander]
        )
        lanes = c["shape"] == Shape.SURVEY
        ahead[lanes], aside[lanes] = paths.lanes(
            way_nm[lanes],
            total_nm[lanes],
            c["straight_nm"][lanes],
            c["width_nm"][lanes],
        )
        oval = ~wander & ~lanes
        ahead[oval], aside[oval] = paths.oval(
            way_nm[oval], c["straight_nm"][oval], c["width_nm"][oval]
        )
        bearing = np.radians(c["heading_deg"])
        north = ahead * np.cos(bearing) - aside * np.sin(bearing)
        east = ahead * np.sin(bearing) + aside * np.cos(bearing)
        lat = c["via_1_latitude_deg"] + north / 60.0
        parallel = np.cos(np.radians(c["via_1_latitude_deg"])).clip(0.05)
        return lat, c["via_1_longitude_deg"] + east / 60.0 / parallel

    def _ups_and_downs(
        self, row: NDArray[np.int64], way_nm: Numbers, altitude_ft: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return what height and rate circuits and wandering add to the profile."""
        more_ft, more_ft_min = np.zeros_like(way_nm), np.zeros_like(way_nm)
        inside = (way_nm > self.ends_nm[row, 1]) & (way_nm < self.ends_nm[row, 2])
        shape, c = self.columns["shape"][row], self.columns
        wander = inside & (shape == Shape.WANDER)
        which = row[wander]
        _, _, height, rise = self.wanders.at(
            self.wander_of[which], way_nm[wander] - self.ends_nm[which, 1]
        )
        usual_ft = c["cruise_ft"][which] - c["elevation_1_ft"][which]
        more_ft[wander] = height * usual_ft
        more_ft_min[wander] = rise * usual_ft * c["speed_kt"][which] / 60.0
        circuits = inside & (shape == Shape.CIRCUITS)
        which = row[circuits]
        round_nm = paths.oval_nm(c["straight_nm"][which], c["width_nm"][which])
        place = ((way_nm[circuits] - self.ends_nm[which, 1]) / round_nm) % 1.0
        share = np.minimum(1.0, np.minimum(place / 0.2, (1.0 - place) / 0.3))
        above_ft = altitude_ft[circuits] - c["elevation_1_ft"][which]
        slope = np.select([place < 0.2, place > 0.7], [1 / 0.2, -1 / 0.3], 0.0)
        more_ft[circuits] = above_ft * (share - 1.0)
        more_ft_min[circuits] = (
            slope * above_ft * c["speed_kt"][which] / round_nm / 60.0
        )
        return more_ft, more_ft_min


def point_keys(
    keys: NDArray[np.uint64], row: NDArray[np.int64], time_s: Numbers
) -> NDArray[np.uint64]:
    """Return what chances at a moment of a flight depend on."""
    moment = np.round(time_s * 100.0).astype(np.int64).astype(np.uint64)
    return np.asarray(keys[row] ^ draws.mixed(moment, 30))


def _on_the_apron(
    columns: Columns,
    row: NDArray[np.int64],
    time_s: Numbers,
    duration_s: Numbers,
    lat: Numbers,
    lon: Numbers,
) -> tuple[Numbers, Numbers]:
    """Move taxiing aircraft away from the runway, up to half a mile."""
    until_s = np.maximum(-time_s, time_s - duration_s).clip(0)
    away_deg = np.minimum(until_s * 12.0 / 3600.0, 0.5) / 60.0
    bearing = columns["heading_deg"][row] + draws.uniform(
        columns["key"][row].astype(np.uint64), 37
    ) * (2 * np.pi)
    return (
        lat + away_deg * np.cos(bearing),
        lon + away_deg * np.sin(bearing) / np.cos(np.radians(lat)),
    )
