"""Made tracks of single flights, and tables of them, for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.geo import distance_nm
from anomaly.reference import Reference
from anomaly.schemas import AIRCRAFT, POSITIONS, conform
from anomaly.tracks import unit_vectors

_DULL = {
    "icao24": "1551e0",
    "callsign": "RFF7085",
    "squawk": None,
    "position_source": "adsb_icao",
    "new_leg": None,
    "provenance": "simulated",
}


def leg(
    origin: tuple[float, float],
    destination: tuple[float, float],
    takeoff: str | pd.Timestamp,
    *,
    step_s: float = 60.0,
    cruise_kt: float = 450.0,
    cruise_ft: float = 33_000.0,
    elevations_ft: tuple[float, float] = (0.0, 0.0),
    **columns: object,
) -> pd.DataFrame:
    """Return a flight on the great circle: climb, cruise, three degrees down."""
    start, end = (
        unit_vectors(*np.array(p, dtype=float)) for p in (origin, destination)
    )
    total_nm = float(distance_nm(*origin, *destination))
    flown_nm = np.linspace(0, total_nm, 3_000)
    left_nm = total_nm - flown_nm
    height_ft = np.minimum(
        np.minimum(elevations_ft[0] + flown_nm * 330, elevations_ft[1] + left_nm * 318),
        cruise_ft,
    )
    speed_kt = np.interp(
        np.minimum(flown_nm, left_nm), [0, 8, 50, 110], [145, 210, 330, cruise_kt]
    ).clip(0, cruise_kt)
    steps_h = np.diff(flown_nm) / ((speed_kt[1:] + speed_kt[:-1]) / 2)
    at_s = np.concatenate(([0.0], np.cumsum(steps_h) * 3600))
    t_s = np.append(np.arange(0, at_s[-1], step_s), at_s[-1])
    share = np.interp(t_s, at_s, flown_nm) / total_nm
    arc = np.arccos(np.clip(start @ end, -1, 1))
    place = (
        np.sin((1 - share) * arc)[:, None] * start + np.sin(share * arc)[:, None] * end
    ) / np.sin(arc)
    height_ft = np.interp(t_s, at_s, height_ft)
    frame = pd.DataFrame(
        {
            "timestamp": pd.Timestamp(takeoff) + pd.to_timedelta(t_s, unit="s"),
            "latitude_deg": np.degrees(np.arcsin(place[:, 2].clip(-1, 1))),
            "longitude_deg": np.degrees(np.arctan2(place[:, 1], place[:, 0])),
            "altitude_ft": height_ft,
            "on_ground": False,
            "ground_speed_kt": np.interp(t_s, at_s, speed_kt),
            "track_deg": np.nan,
            "vertical_rate_ft_min": np.gradient(height_ft, t_s) * 60,
        }
    )
    return _described(frame, columns)


def parked(
    place: tuple[float, float],
    since: str | pd.Timestamp,
    minutes: int,
    **columns: object,
) -> pd.DataFrame:
    """Return an aircraft that stands with its transponder on."""
    times = pd.Timestamp(since) + pd.to_timedelta(np.arange(minutes + 1), unit="min")
    frame = pd.DataFrame({"timestamp": times}).assign(
        latitude_deg=place[0],
        longitude_deg=place[1],
        altitude_ft=np.nan,
        on_ground=True,
        ground_speed_kt=0.0,
        track_deg=np.nan,
        vertical_rate_ft_min=np.nan,
    )
    return _described(frame, columns)


def _described(frame: pd.DataFrame, columns: dict[str, object]) -> pd.DataFrame:
    for name, value in {**_DULL, **columns}.items():
        frame[name] = pd.Series([value] * len(frame), index=frame.index)
    return frame


def positions(*flown: pd.DataFrame) -> pa.Table:
    """Return tracks as a POSITIONS table, in the order given."""
    rows = pd.concat(flown, ignore_index=True)
    rows["timestamp"] = pd.to_datetime(rows["timestamp"], utc=True).dt.as_unit("us")
    arrays = [
        pa.Array.from_pandas(rows[field.name], type=field.type, safe=False)
        if field.name in rows
        else pa.nulls(len(rows), field.type)
        for field in POSITIONS
    ]
    return conform(pa.Table.from_arrays(arrays, schema=POSITIONS), POSITIONS)


def aircraft(**typecodes: str) -> pa.Table:
    """Return an AIRCRAFT table; an address may have an x before it: x1551e0."""
    rows = pd.DataFrame(
        {"icao24": [name.removeprefix("x") for name in typecodes]}, dtype="str"
    ).assign(typecode=list(typecodes.values()), provenance="simulated")
    arrays = [
        pa.Array.from_pandas(rows[field.name], type=field.type)
        if field.name in rows
        else pa.nulls(len(rows), field.type)
        for field in AIRCRAFT
    ]
    return conform(pa.Table.from_arrays(arrays, schema=AIRCRAFT), AIRCRAFT)


def place_of(reference: Reference, ident: str) -> tuple[float, float]:
    """Return where an airport is."""
    airport = reference.airports.get(ident)
    assert airport is not None
    return airport.latitude_deg, airport.longitude_deg
