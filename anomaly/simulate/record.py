"""From reports to the tables every other part reads, rounded as the archive does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly.schemas import AIRCRAFT, POSITIONS, TRUTH, UTC_US
from anomaly.simulate import draws
from anomaly.simulate.motion import Reports

_DAY_S = 86400.0


def positions(got: Reports, sorties: pd.DataFrame, airframes: pd.DataFrame) -> pa.Table:
    """Return the reports as POSITIONS, in order of address and time."""
    # Flights come in order of address, so the first of an aircraft gives its place.
    _, first_of = np.unique(sorties["airframe"].to_numpy(), return_index=True)
    airframe = sorties["airframe"].to_numpy()[got.sortie]
    rank = np.zeros(len(airframes), dtype=np.int64)
    rank[sorties["airframe"].to_numpy()[first_of]] = first_of
    order = np.lexsort((got.time_s, rank[airframe]))
    row, airframe = got.sortie[order], airframe[order]
    time_s = got.time_s[order]
    on_ground = got.on_ground[order]
    # A file of the archive holds one aircraft on one day.
    day = np.floor(time_s / _DAY_S)
    first = _starts(airframe, day)
    callsign = _held(_codes(sorties["callsign"]), row, time_s, sorties, first, 41)
    squawk = _held(_codes(sorties["squawk"]), row, time_s, sorties, first, 42)
    mlat = airframes["mlat_only"].to_numpy()[airframe]
    altitude = np.round(got.altitude_ft[order] / 25.0) * 25.0
    return pa.table(
        {
            "icao24": _taken(airframes["icao24"], airframe),
            "timestamp": pa.array(np.round(time_s * 100.0).astype(np.int64) * 10_000)
            .cast(pa.timestamp("us"))
            .cast(UTC_US),
            "latitude_deg": pa.array(np.round(got.latitude_deg[order], 6)),
            "longitude_deg": pa.array(np.round(got.longitude_deg[order], 6)),
            "altitude_ft": _float32(altitude, on_ground),
            "on_ground": pa.array(on_ground),
            "ground_speed_kt": _float32(np.round(got.ground_speed_kt[order], 1)),
            "track_deg": _float32(np.round(got.track_deg[order], 1) % 360.0),
            "vertical_rate_ft_min": _float32(
                np.round(got.vertical_rate_ft_min[order] / 64.0) * 64.0, on_ground
            ),
            "callsign": _looked_up(sorties["callsign"], callsign),
            "squawk": _looked_up(sorties["squawk"], squawk),
            "position_source": pa.array(
                np.where(mlat, "mlat", "adsb_icao"), type=pa.string()
            ),
            "category": pa.nulls(len(row), pa.string()),
            "emergency": pa.nulls(len(row), pa.string()),
            "new_leg": pa.array(_starts(row) & ~first),
            "provenance": _taken(sorties["provenance"], row),
        },
        schema=POSITIONS,
    )


def aircraft(airframes: pd.DataFrame) -> pa.Table:
    """Return what the archive's data base tells of these airframes, as AIRCRAFT."""
    sorted_by = airframes.sort_values("icao24")
    text = {
        "icao24": "icao24",
        "registration": "registration",
        "typecode": "listed_type",
        "description": "description",
        "owner_operator": "owner",
        "provenance": "provenance",
    }
    told = sorted_by["flag_known"].to_numpy(dtype=bool)
    flags = {
        name: pa.array(sorted_by[name].to_numpy(dtype=bool), mask=~told)
        for name in ("military_flag", "privacy_flag")
    }
    columns = {
        name: pa.array(sorted_by[own].tolist(), type=pa.string())
        for name, own in text.items()
    }
    return pa.table({**columns, **flags}).select(AIRCRAFT.names).cast(AIRCRAFT)


def truth(sorties: pd.DataFrame, airframes: pd.DataFrame) -> pa.Table:
    """Return what was really flown, and why, as TRUTH."""
    columns = {
        name: pa.array(sorties[name].tolist(), type=TRUTH.field(name).type)
        for name in TRUTH.names
        if name not in ("icao24", "takeoff", "landing")
    }
    for name in ("takeoff", "landing"):
        moments = np.round(sorties[f"{name}_s"].to_numpy()).astype(np.int64) * 1_000_000
        columns[name] = pa.array(moments).cast(pa.timestamp("us")).cast(UTC_US)
    columns["icao24"] = _taken(airframes["icao24"], sorties["airframe"].to_numpy())
    return pa.table(columns).select(TRUTH.names).cast(TRUTH)


def _starts(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell where any of the columns changes, the first row included."""
    changes = np.zeros(len(columns[0]), dtype=bool)
    changes[:1] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return changes


def _codes(values: pd.Series[str]) -> NDArray[np.int64]:
    """Return row numbers, -1 where the value is unknown."""
    return np.where(values.notna(), np.arange(len(values)), -1)


def _held(
    codes: NDArray[np.int64],
    row: NDArray[np.int64],
    time_s: NDArray[np.float64],
    sorties: pd.DataFrame,
    first: NDArray[np.bool_],
    salt: int,
) -> NDArray[np.int64]:
    """Return the last row number known at each report of an aircraft's day, or -1.

    A message with the value comes now and then, so the first reports may lack it.
    """
    keys = sorties["key"].to_numpy()[row] ^ np.round(time_s).astype(np.uint64)
    told = (codes[row] >= 0) & (draws.uniform(keys, salt) < 0.6)
    at = np.where(told, np.arange(len(row)), -1)
    at = np.maximum.accumulate(at)
    begin = np.maximum.accumulate(np.where(first, np.arange(len(row)), 0))
    return np.where(at >= begin, codes[row][at.clip(0)], -1)


def _looked_up(values: pd.Series[str], codes: NDArray[np.int64]) -> pa.Array:
    return pc.take(
        pa.array(values.tolist(), type=pa.string()), pa.array(codes, mask=codes < 0)
    )


def _taken(values: pd.Series[str], rows: NDArray[np.int64]) -> pa.Array:
    return pc.take(pa.array(values.tolist(), type=pa.string()), pa.array(rows))


def _float32(
    values: NDArray[np.float64], unknown: NDArray[np.bool_] | None = None
) -> pa.Array:
    # Adding zero makes the minus of "-0.0" vanish: the archive writes 0.
    return pa.array((values + 0.0).astype(np.float32), mask=unknown)
