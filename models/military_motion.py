"""How an aircraft moved in a day, from a position an hour: no place, no identity.

A row is an aircraft and a UTC day.  At this cadence take-offs and landings are not
seen, so what tells aircraft apart is heights, speeds at heights, the way between
snapshots, and the company kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from anomaly.geo import EARTH_RADIUS_NM, distance_nm

NEXT_H = 2.5
"""Snapshots farther apart say little of the flight between them."""

_LOWEST, _MEDIAN, _HIGHEST = 0.0, 0.5, 1.0
_SPREAD = (_LOWEST, 0.25, _MEDIAN, 0.75, _HIGHEST)
_ENDS = (_LOWEST, _MEDIAN, _HIGHEST)
_QUANTILES: Mapping[str, Sequence[float]] = {
    "altitude_ft": _SPREAD,
    "speed_kt": _SPREAD,
    "mach": (_MEDIAN, _HIGHEST),
    "equivalent_kt": _ENDS,
    "step_nm": _ENDS,
    "step_kt": _ENDS,
    "straightness": _ENDS,
    "along": (_LOWEST, _MEDIAN),
    "turn_deg": _ENDS,
    "climb_ft": _ENDS,
    "speed_change_kt": _ENDS,
    "gap_h": _ENDS,
    "neighbour_nm": (_LOWEST, _MEDIAN),
    "second_neighbour_nm": (_MEDIAN,),
}
_SHARES = (
    "low",
    "flight_level_10_to_19",
    "flight_level_20_to_28",
    "flight_level_29_to_41",
    "above_flight_level_41",
    "whole_thousand",
    "whole_thousand_low",
    "half_thousand",
    "odd_eastward",
    "no_altitude",
    "no_speed",
    "no_track",
    "next_snapshot",
)
# Speeds differ most between kinds of aircraft where the height is the same.
_BANDS_FT: Mapping[str, tuple[float, float]] = {
    "low": (-2_000, 5_000),
    "middle": (5_000, 18_000),
    "high": (18_000, 70_000),
}


def motion(positions: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each value of `row`: how that aircraft moved that day.

    Parameters
    ----------
    positions : DataFrame
        `row`, `timestamp`, `latitude_deg`, `longitude_deg`, `altitude_ft`, `speed_kt`
        and `track_deg`, sorted by row and time; numbers are NaN where unknown.
    """
    told = _levels(_steps(_airspeeds(positions)))
    near = neighbours(positions)
    told = told.assign(neighbour_nm=near[:, 0], second_neighbour_nm=near[:, 1])
    rows = told.groupby("row")
    parts = [_extent(told), *(_quantiles(rows, *item) for item in _QUANTILES.items())]
    parts.append(rows[list(_SHARES)].mean().add_suffix("_share"))
    parts.append(rows[["altitude_ft", "speed_kt"]].std().add_suffix("_deviation"))
    parts += [_at_heights(told, name, band) for name, band in _BANDS_FT.items()]
    highest = told.sort_values("altitude_ft", kind="stable").groupby("row").tail(1)
    at_top = highest.set_index("row")[["speed_kt", "mach"]]
    parts.append(at_top.add_suffix("_at_highest"))
    return pd.concat(parts, axis="columns").astype("float64")


def neighbours(positions: pd.DataFrame) -> NDArray[np.float64]:
    """Return how far the two nearest other aircraft of the same minutes are, in nm.

    Formations, tankers with receivers and full training circuits have company.
    """
    points = unit_vectors(positions["latitude_deg"], positions["longitude_deg"])
    found = np.full((len(points), 2), np.nan)
    together = positions.groupby(positions["timestamp"].dt.floor("10min")).indices
    for members in together.values():
        if len(members) > 2:
            tree = cKDTree(points[members])
            # The nearest of all is the aircraft itself.
            chord, _ = tree.query(points[members], k=[2, 3])
            found[members] = 2 * EARTH_RADIUS_NM * np.arcsin(np.clip(chord / 2, 0, 1))
    return found


def unit_vectors(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> NDArray[Any]:
    """Return points on the unit sphere: straight lines sort like great circles."""
    latitude = np.radians(np.asarray(latitude_deg, np.float64))
    longitude = np.radians(np.asarray(longitude_deg, np.float64))
    return np.column_stack(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )


def _airspeeds(positions: pd.DataFrame) -> pd.DataFrame:
    """Add speeds as the aircraft feels them, in standard air without wind."""
    altitude_ft = positions["altitude_ft"]
    lapsed = altitude_ft.clip(0, 36_089)
    kelvin = 288.15 - 0.0019812 * lapsed
    # Above the tropopause the air is equally cold and thins exponentially.
    thinned = np.exp(-(altitude_ft - 36_089).clip(lower=0) / 20_806.7)
    density = (1 - 6.8756e-6 * lapsed) ** 4.2559 * thinned
    return positions.assign(
        mach=positions["speed_kt"] / (38.967854 * np.sqrt(kelvin)),
        equivalent_kt=positions["speed_kt"] * np.sqrt(density),
    )


def _steps(told: pd.DataFrame) -> pd.DataFrame:
    """Add the way from the position before, of the same aircraft and day."""
    before = told.shift().where(told["row"] == told["row"].shift())
    gap_h = (told["timestamp"] - told["timestamp"].shift()).dt.total_seconds() / 3600
    gap_h = gap_h.where(before["row"].notna())
    here = told["latitude_deg"], told["longitude_deg"]
    there = before["latitude_deg"], before["longitude_deg"]
    step_nm = pd.Series(distance_nm(*there, *here), index=told.index)
    step_kt = step_nm / gap_h.where(gap_h > 0.25)
    # One for a straight way between snapshots, near none for circling.
    mean_kt = (told["speed_kt"] + before["speed_kt"]) / 2
    straightness = (step_kt / mean_kt.where(mean_kt > 0)).where(gap_h < NEXT_H)
    course = _bearing_deg(*there, *here)
    along = np.cos(np.radians(told["track_deg"] - course)).where(step_nm > 5)
    turn = (told["track_deg"] - before["track_deg"] + 180) % 360 - 180
    return told.assign(
        gap_h=gap_h,
        step_nm=step_nm,
        step_kt=step_kt,
        straightness=straightness.clip(0, 3),
        along=along,
        turn_deg=turn.abs(),
        climb_ft=(told["altitude_ft"] - before["altitude_ft"]).abs(),
        speed_change_kt=(told["speed_kt"] - before["speed_kt"]).abs(),
        next_snapshot=(gap_h < NEXT_H).astype("float64").where(gap_h.notna()),
    )


def _levels(told: pd.DataFrame) -> pd.DataFrame:
    """Add which levels were flown, and by whose rules: each 0 or 1, or unknown."""
    altitude_ft = told["altitude_ft"]
    off_thousand = (altitude_ft + 50) % 1000
    whole = off_thousand <= 100
    half = (off_thousand - 500).abs() <= 100
    eastward = told["track_deg"].between(0, 180, inclusive="left")
    odd = (altitude_ft / 1000).round() % 2 == 1
    known = altitude_ft.notna()
    always = pd.Series(True, index=told.index)
    ruled = (altitude_ft >= 18_000) & whole & told["track_deg"].notna()
    flags = {
        "low": (altitude_ft < 3_000, known),
        "flight_level_10_to_19": (altitude_ft.between(9_500, 19_500), known),
        "flight_level_20_to_28": (altitude_ft.between(19_500, 28_900), known),
        "flight_level_29_to_41": (altitude_ft.between(28_900, 41_100), known),
        "above_flight_level_41": (altitude_ft > 41_100, known),
        "whole_thousand": (whole, altitude_ft >= 10_000),
        "whole_thousand_low": (whole, altitude_ft.between(2_000, 10_000)),
        "half_thousand": (half, altitude_ft >= 3_000),
        "odd_eastward": (odd == eastward, ruled),
        "no_altitude": (~known, always),
        "no_speed": (told["speed_kt"].isna(), always),
        "no_track": (told["track_deg"].isna(), always),
    }
    return told.assign(
        **{name: flag.astype("float64").where(of) for name, (flag, of) in flags.items()}
    )


def _extent(told: pd.DataFrame) -> pd.DataFrame:
    """Return how long each row was seen, and how much ground it covered."""
    rows = told.groupby("row")
    first, last = rows.first(), rows.last()
    from_first: NDArray[np.float64] = distance_nm(
        rows["latitude_deg"].transform("first"),
        rows["longitude_deg"].transform("first"),
        told["latitude_deg"],
        told["longitude_deg"],
    )
    points = unit_vectors(told["latitude_deg"], told["longitude_deg"])
    middle = pd.DataFrame(points).groupby(told["row"].to_numpy()).mean()
    cell = told["latitude_deg"].round() * 1000 + told["longitude_deg"].round()
    net_nm = distance_nm(
        first["latitude_deg"],
        first["longitude_deg"],
        last["latitude_deg"],
        last["longitude_deg"],
    )
    sums_nm = rows["step_nm"].sum()
    at_once = told.groupby(told["timestamp"].dt.date)["timestamp"].nunique()
    return pd.DataFrame(
        {
            "n_positions": rows.size(),
            # Days differ in how many snapshots there are to be seen in.
            "seen_share": rows.size() / first["timestamp"].dt.date.map(at_once),
            "span_h": (last["timestamp"] - first["timestamp"]).dt.total_seconds()
            / 3600,
            "steps_nm": sums_nm,
            "net_nm": net_nm,
            "net_share": net_nm / sums_nm.where(sums_nm > 1),
            "farthest_nm": pd.Series(from_first).groupby(told["row"].to_numpy()).max(),
            "gyration_nm": EARTH_RADIUS_NM
            * np.sqrt((1 - (middle**2).sum(axis="columns")).clip(lower=0)),
            "n_cells": cell.groupby(told["row"]).nunique(),
            "weekday": first["timestamp"].dt.day_of_week,
        }
    )


def _quantiles(rows: Any, name: str, shares: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {f"{name}_q{share * 100:.0f}": rows[name].quantile(share) for share in shares}
    )


def _at_heights(
    told: pd.DataFrame, name: str, band_ft: tuple[float, float]
) -> pd.DataFrame:
    within = told[told["altitude_ft"].between(*band_ft, inclusive="left")]
    rows = within.groupby("row")[["speed_kt", "mach"]]
    found = {"min": rows.min(), "mean": rows.mean(), "max": rows.max()}
    return pd.concat(
        [frame.add_suffix(f"_{how}_{name}") for how, frame in found.items()],
        axis="columns",
    )


def _bearing_deg(
    lat1_deg: ArrayLike, lon1_deg: ArrayLike, lat2_deg: ArrayLike, lon2_deg: ArrayLike
) -> NDArray[np.float64]:
    """Return the course on arrival at the second point."""
    lat1, lon1, lat2, lon2 = (
        np.radians(np.asarray(degrees, np.float64))
        for degrees in (lat2_deg, lon2_deg, lat1_deg, lon1_deg)
    )
    # Seen back from the arrival, and turned about.
    east = np.sin(lon2 - lon1) * np.cos(lat2)
    north = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(
        lon2 - lon1
    )
    found: NDArray[np.float64] = (np.degrees(np.arctan2(east, north)) + 180) % 360
    return found
