"""From fields and a take-off time to a flight: its way, level, speed and landing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.geo import distance_nm
from anomaly.reference import Reference
from anomaly.simulate import airspace, draws, paths, physics
from anomaly.simulate.physics import Performance
from anomaly.simulate.places import Places, Rows
from anomaly.simulate.sorties import SORTIES, Columns, Shape

Numbers = NDArray[np.float64]
# How many flights wait before they land, and how far they must have come to do so:
# our guess, unsourced.
_WAITING = 0.015
_LEAST_WAITING_NM = 220.0
NEVER = np.nan
WHOLE = 9.0
"""A share of the flight beyond its end: taxiing is dark as well."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What every plan needs: the world's fields, its aircraft, and the seed."""

    reference: Reference
    places: Places
    performance: Performance
    seed: int
    airframes: Columns
    """Columns of AIRFRAMES, and what each airframe's type can do."""

    @classmethod
    def of(cls, reference: Reference, seed: int) -> Setting:
        """Prepare the look-ups once for all planning; no airframes yet."""
        return cls(
            reference=reference,
            places=Places.of(reference.airports),
            performance=Performance.of(reference.types),
            seed=seed,
            airframes={},
        )

    def furnished(self, airframes: Columns) -> Setting:
        """Return the same with these airframes."""
        figures = self.performance.of_types(airframes["typecode"])
        numbers = np.array([int(t, 16) for t in airframes["icao24"]], dtype=np.uint64)
        return Setting(
            self.reference,
            self.places,
            self.performance,
            self.seed,
            {**airframes, **figures, "number": numbers},
        )


def blank(setting: Setting, rows: Rows) -> Columns:
    """Return one ordinary flight for each airframe of `rows`, still without a way."""
    n = len(rows)
    columns: Columns = {name: np.zeros(n, kind) for name, kind in SORTIES.items()}
    # What nothing sets is unknown, not zero.
    for name in ("callsign", "squawk", "case_key"):
        columns[name] = np.full(n, None, dtype=object)
    columns["dark_from"] = columns["dark_to"] = np.full(n, NEVER)
    columns["airframe"] = rows
    columns["logistics"] = columns["look_alike"] = np.zeros(n, dtype=bool)
    for name in ("operator_id", "provenance"):
        columns[name] = setting.airframes[name][rows]
    return columns


def routed(
    setting: Setting,
    sorties: Columns,
    origin: Rows,
    destination: Rows,
    takeoff_s: Numbers,
) -> Columns:
    """Return flights between fields, with their level, speed and landing."""
    places = setting.places
    flown = {
        **sorties,
        "origin": places.ident[origin],
        "destination": places.ident[destination],
        "takeoff_s": np.round(takeoff_s),
    }
    for number, rows in ((1, origin), (2, destination)):
        flown[f"latitude_{number}_deg"] = places.latitude_deg[rows]
        flown[f"longitude_{number}_deg"] = places.longitude_deg[rows]
        flown[f"elevation_{number}_ft"] = places.elevation_ft[rows]
    return strayed(setting, keyed(setting, flown))


def keyed(setting: Setting, sorties: Columns) -> Columns:
    """Return the flights with the key of their chances: aircraft and take-off.

    A key that is set already stays.
    """
    start = sorties["takeoff_s"].astype(np.int64).astype(np.uint64)
    own = draws.mixed(setting.airframes["number"][sorties["airframe"]], 1)
    keys = draws.mixed(own ^ draws.mixed(start, 2), 3)
    return {**sorties, "key": np.where(sorties["key"] > 0, sorties["key"], keys)}


def strayed(setting: Setting, sorties: Columns) -> Columns:
    """Return direct flights with the two points between which they cruise."""
    lat_1, lon_1 = sorties["latitude_1_deg"], sorties["longitude_1_deg"]
    lat_2, lon_2 = sorties["latitude_2_deg"], sorties["longitude_2_deg"]
    start, end = paths.unit_vectors(lat_1, lon_1), paths.unit_vectors(lat_2, lon_2)
    direct_nm = distance_nm(lat_1, lon_1, lat_2, lon_2)
    course = paths.course_deg(lat_1, lon_1, lat_2, lon_2)
    flown = dict(sorties)
    for number, share in ((1, 1 / 3), (2, 2 / 3)):
        middle = paths.between(start, end, np.full(len(start), share))
        # Airways, weather and controllers: a percent or two beside the great circle.
        stray_nm = draws.normal(sorties["key"], 10 + number)
        stray_nm *= (0.014 * direct_nm).clip(0, 45)
        lat, lon = paths.moved(*paths.degrees(middle), course + 90.0, stray_nm)
        flown[f"via_{number}_latitude_deg"] = lat
        flown[f"via_{number}_longitude_deg"] = lon
    rows = flown["airframe"]
    own = {n: setting.airframes[n][rows] for n in ("country", "ferry_nm", "group")}
    flown = airspace.kept_clear(
        setting.places,
        flown,
        own["country"],
        own["ferry_nm"],
        np.isin(own["group"], airspace.ARMED),
    )
    return levelled(setting, held(flown, direct_nm, own["ferry_nm"]), course)


def held(sorties: Columns, direct_nm: Numbers, farthest_nm: Numbers) -> Columns:
    """Return the flights, of which a few wait on an oval before they may land."""
    keys = sorties["key"]
    waits = (draws.uniform(keys, 15) < _WAITING) & (direct_nm > _LEAST_WAITING_NM)
    waits &= sorties["shape"] == Shape.DIRECT
    # Who comes near the end of what the type can fly lands at once.
    waits &= direct_nm < 0.8 * farthest_nm
    away_nm = 35.0 + 25.0 * draws.uniform(keys, 16)
    end = sorties["latitude_2_deg"], sorties["longitude_2_deg"]
    back = paths.course_deg(
        *end, sorties["via_2_latitude_deg"], sorties["via_2_longitude_deg"]
    )
    lat, lon = paths.moved(*end, back, away_nm)
    straight_nm, width_nm = 9.0 + 4.0 * draws.uniform(keys, 17), 5.0
    rounds = 1.0 + np.floor(4.0 * draws.uniform(keys, 18) ** 2)
    oval = {
        "shape": np.full(len(keys), int(Shape.RACETRACK)),
        "straight_nm": straight_nm,
        "width_nm": np.full(len(keys), width_nm),
        "shape_nm": rounds * paths.oval_nm(straight_nm, np.array(width_nm)),
        "heading_deg": (back + 180.0) % 360.0,
        "via_1_latitude_deg": lat,
        "via_1_longitude_deg": lon,
        "via_2_latitude_deg": lat,
        "via_2_longitude_deg": lon,
    }
    return {
        **sorties,
        **{
            name: np.where(waits, values, sorties[name])
            for name, values in oval.items()
        },
    }


def levelled(setting: Setting, sorties: Columns, course: Numbers) -> Columns:
    """Return the flights with level, speeds and landing, from type, way and wind.

    A level or speed that is set already stays.
    """
    can = {
        name: setting.airframes[name][sorties["airframe"]]
        for name in ("cruise_kt", "cruise_ft", "climb_ft_min", "approach_kt")
    }
    keys, usual_ft = sorties["key"], can["cruise_ft"]
    level_ft = physics.cruise_level_ft(
        usual_ft,
        paths.legs_nm(sorties).sum(axis=1),
        draws.uniform(keys, 20),
        is_low=usual_ft < 12000,
    )
    level_ft = np.where(sorties["cruise_ft"] > 0, sorties["cruise_ft"], level_ft)
    wind_kt = physics.tailwind_kt(
        sorties["latitude_1_deg"], course, level_ft, draws.uniform(keys, 21)
    )
    # Air is thick below: jets fly slower over the ground there.
    thick = 0.68 + 0.32 * np.clip(level_ft / usual_ft, 0.0, 1.0)
    still_kt = can["cruise_kt"] * thick * (0.96 + 0.07 * draws.uniform(keys, 22))
    still_kt = np.where(sorties["speed_kt"] > 0, sorties["speed_kt"], still_kt)
    direct = sorties["shape"] == Shape.DIRECT
    flown = {
        **sorties,
        "cruise_ft": level_ft,
        "speed_kt": still_kt + np.where(direct, wind_kt, 0.0),
        "approach_kt": np.minimum(can["approach_kt"], still_kt * 0.85),
        "climb_ft_min": can["climb_ft_min"] * (0.85 + 0.3 * draws.uniform(keys, 23)),
    }
    flown["landing_s"] = flown["takeoff_s"] + profile_of(flown).duration_s
    return flown


def profile_of(sorties: Columns) -> physics.Profile:
    """Return how these flights climb, cruise and come down."""
    return physics.profile(
        paths.legs_nm(sorties).sum(axis=1),
        sorties["elevation_1_ft"],
        sorties["elevation_2_ft"],
        sorties["cruise_ft"],
        sorties["speed_kt"],
        sorties["approach_kt"],
        sorties["climb_ft_min"],
    )
