"""From planned flights to position reports, as the receivers of the world got them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.simulate import draws, paths
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.legs import profile_of
from anomaly.simulate.physics import Profile
from anomaly.simulate.sorties import SORTIES, Columns, Shape

Numbers = NDArray[np.float64]
_AHEAD_NM = 0.05
"""How far ahead the course is looked for."""
_NEEDED = tuple(name for name, kind in SORTIES.items() if kind != "object")


@dataclass(frozen=True)
class Cadence:
    """How often positions are kept, in seconds between two."""

    cruise_s: float = 45.0
    terminal_s: float = 18.0
    ground_s: float = 30.0


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


def reports(
    sorties: pd.DataFrame,
    airframes: pd.DataFrame,
    coverage: Coverage,
    cadence: Cadence | None = None,
    *,
    since_s: float = -np.inf,
    until_s: float = np.inf,
) -> Reports:
    """Return what is received of these flights from `since_s` until `until_s`."""
    flown = _Flown.of(sorties)
    taxi_s = _taxi_s(sorties, coverage)
    row, time_s = _moments(flown, taxi_s, cadence or Cadence())
    start_s = sorties["takeoff_s"].to_numpy()[row]
    share = time_s / flown.profile.duration_s[row]
    dark_from, dark_to = (sorties[n].to_numpy()[row] for n in ("dark_from", "dark_to"))
    kept = ~((share >= dark_from) & (share <= dark_to))
    kept &= (start_s + time_s >= since_s) & (start_s + time_s < until_s)
    row, time_s = row[kept], time_s[kept]
    made = flown.at(row, time_s)
    lost = draws.uniform(_point_keys(sorties, row, time_s), 31) < 0.03
    mlat_only = airframes["mlat_only"].to_numpy()[sorties["airframe"].to_numpy()[row]]
    seen = made.on_ground & ~mlat_only
    aloft = ~made.on_ground
    seen[aloft] = coverage.sees(
        made.latitude_deg[aloft],
        made.longitude_deg[aloft],
        made.altitude_ft[aloft],
        mlat_only=mlat_only[aloft],
    )
    return _picked(made, seen & ~lost)


def chunks(sorties: pd.DataFrame, hours: float = 1500.0) -> Iterator[pd.DataFrame]:
    """Cut flights, in order of address, so that no aircraft and no memory is torn."""
    spent = (sorties["landing_s"] - sorties["takeoff_s"]).to_numpy() / 3600.0
    part = (np.cumsum(spent) // hours).astype(np.int64)
    airframe = sorties["airframe"].to_numpy()
    # An aircraft belongs where its first flight does.
    first = np.flatnonzero(np.r_[True, airframe[1:] != airframe[:-1]])
    part = np.repeat(part[first], np.diff(np.r_[first, len(airframe)]))
    edges = np.flatnonzero(np.r_[True, part[1:] != part[:-1], True])
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        yield sorties.iloc[start:end].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class _Flown:
    """Flights with their way and profile at hand."""

    sorties: pd.DataFrame
    profile: Profile
    ends_nm: Numbers
    """Way at the start of each of the three parts, and at the end."""
    corners: Numbers
    """Unit vectors of the four points of the way."""
    columns: Columns

    @classmethod
    def of(cls, sorties: pd.DataFrame) -> _Flown:
        columns = {name: sorties[name].to_numpy() for name in _NEEDED}
        ends = np.cumsum(paths.legs_nm(columns), axis=1)
        corners = [
            paths.unit_vectors(
                columns[f"{n}latitude{m}_deg"], columns[f"{n}longitude{m}_deg"]
            )
            for n, m in (("", "_1"), ("via_1_", ""), ("via_2_", ""), ("", "_2"))
        ]
        return cls(
            sorties=sorties,
            profile=profile_of(columns),
            ends_nm=np.concatenate([np.zeros((len(sorties), 1)), ends], axis=1),
            corners=np.stack(corners, axis=1),
            columns=columns,
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
        shape = self.columns["shape"][row]
        stretch = np.where(
            shape == Shape.WANDER, np.hypot(north, east) / _AHEAD_NM, 1.0
        )
        altitude_ft, rate = self._touching(row, way_nm, altitude_ft, rate)
        keys = _point_keys(self.sorties, row, time_s)
        speed_kt = speed_kt * stretch.clip(0.5, 1.4) + draws.normal(keys, 32) * 1.5
        taxi_kt = 3.0 + 15.0 * draws.uniform(keys, 33)
        lat, lon = _on_the_apron(self.columns, row, time_s, duration_s, lat, lon)
        return Reports(
            sortie=row,
            time_s=self.columns["takeoff_s"][row] + time_s,
            latitude_deg=lat,
            longitude_deg=lon,
            altitude_ft=np.where(on_ground, np.nan, altitude_ft),
            on_ground=on_ground,
            ground_speed_kt=np.where(on_ground, taxi_kt, speed_kt).clip(0),
            track_deg=track,
            vertical_rate_ft_min=np.where(on_ground, np.nan, rate),
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
        which, c = row[shaped], self.columns
        ahead, aside = paths.shape_offset_nm(
            c["shape"][which],
            since[shaped],
            length[shaped],
            c["straight_nm"][which],
            c["width_nm"][which],
        )
        bearing = np.radians(c["heading_deg"][which])
        north = ahead * np.cos(bearing) - aside * np.sin(bearing)
        east = ahead * np.sin(bearing) + aside * np.cos(bearing)
        lat[shaped] = c["via_1_latitude_deg"][which] + north / 60.0
        lon[shaped] = c["via_1_longitude_deg"][which] + east / 60.0 / np.cos(
            np.radians(c["via_1_latitude_deg"][which])
        )
        return lat.clip(-89.9, 89.9), (lon + 180.0) % 360.0 - 180.0

    def _touching(
        self,
        row: NDArray[np.int64],
        way_nm: Numbers,
        altitude_ft: Numbers,
        rate_ft_min: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Bring circuits down to the runway once a round."""
        c = self.columns
        circuits = (c["shape"][row] == Shape.CIRCUITS) & (way_nm > self.ends_nm[row, 1])
        circuits &= way_nm < self.ends_nm[row, 2]
        if not circuits.any():
            return altitude_ft, rate_ft_min
        which = row[circuits]
        round_nm = paths.oval_nm(c["straight_nm"][which], c["width_nm"][which])
        place = ((way_nm[circuits] - self.ends_nm[which, 1]) / round_nm) % 1.0
        share = np.minimum(1.0, np.minimum(place / 0.2, (1.0 - place) / 0.3))
        field_ft = c["elevation_1_ft"][which]
        height_ft = (c["cruise_ft"][which] - field_ft) * share
        per_round_min = round_nm / c["speed_kt"][which] * 60.0
        slope = np.select([place < 0.2, place > 0.7], [1 / 0.2, -1 / 0.3], 0.0)
        altitude_ft, rate_ft_min = altitude_ft.copy(), rate_ft_min.copy()
        altitude_ft[circuits] = field_ft + height_ft
        rate_ft_min[circuits] = (
            slope * (c["cruise_ft"][which] - field_ft) / per_round_min
        )
        return altitude_ft, rate_ft_min


def _taxi_s(sorties: pd.DataFrame, coverage: Coverage) -> Numbers:
    """Return for how long each flight is on the ground and in somebody's sight."""
    keys = sorties["key"].to_numpy()
    watched = np.stack(
        [
            sorties[name].isin(coverage.watched).to_numpy()
            for name in ("origin", "destination")
        ],
        axis=1,
    )
    lasts = np.stack(
        [
            180.0 + 600.0 * draws.uniform(keys, 34),
            120.0 + 360.0 * draws.uniform(keys, 35),
        ],
        axis=1,
    )
    return np.asarray(lasts * watched)


def _moments(
    flown: _Flown, taxi_s: Numbers, cadence: Cadence
) -> tuple[NDArray[np.int64], Numbers]:
    """Return the row and the time of every report: close near fields, wide aloft."""
    knots, duration_s = flown.profile.time_s, flown.profile.duration_s
    shaped = flown.columns["shape"] != Shape.DIRECT
    half = duration_s / 2
    marks = np.stack(
        [
            -taxi_s[:, 0],
            np.zeros_like(half),
            np.minimum(knots[:, 2] + 60.0, half),
            np.maximum(knots[:, 5] - 60.0, half),
            duration_s,
            duration_s + taxi_s[:, 1],
        ],
        axis=1,
    )
    cruise_s = np.where(shaped, 0.6, 1.0) * cadence.cruise_s
    steps_s = np.stack(
        [
            np.full_like(half, cadence.ground_s),
            np.full_like(half, cadence.terminal_s),
            cruise_s,
            np.full_like(half, cadence.terminal_s),
            np.full_like(half, cadence.ground_s),
        ],
        axis=1,
    )
    counts = np.diff(marks, axis=1) / steps_s
    ends = np.concatenate([np.zeros((len(half), 1)), np.cumsum(counts, axis=1)], axis=1)
    n = np.floor(ends[:, -1]).astype(np.int64) + 1
    row = np.repeat(np.arange(len(n)), n)
    number = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    keys = flown.sorties["key"].to_numpy()[row] + number.astype(np.uint64)
    place = number + 0.05 + 0.85 * draws.uniform(keys, 36)
    place = np.minimum(place, ends[row, -1])
    part = np.zeros(len(row), dtype=np.int64)
    for mark in range(1, 5):
        part += place >= ends[:, mark][row]
    time_s = marks[row, part] + (place - ends[row, part]) * steps_s[row, part]
    return row, np.round(time_s, 2)


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


def _point_keys(
    sorties: pd.DataFrame, row: NDArray[np.int64], time_s: Numbers
) -> NDArray[np.uint64]:
    moment = np.round(time_s * 100.0).astype(np.int64).astype(np.uint64)
    return np.asarray(sorties["key"].to_numpy()[row] ^ draws.mixed(moment, 30))


def _picked(made: Reports, kept: NDArray[np.bool_]) -> Reports:
    return Reports(**{name: values[kept] for name, values in vars(made).items()})
