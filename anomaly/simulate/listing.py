"""A world's flights as a list without positions: history, for little effort."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.schemas import LISTED_FLIGHTS, UTC_US
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.sorties import World

Numbers = NDArray[np.float64]
_LOW_FT = 2500.0
"""Height above the field at which a flight must be seen for the field to be known."""


def listed(world: World, coverage: Coverage) -> pa.Table:
    """Return the flights of a world as LISTED_FLIGHTS, as far as they were seen.

    A field is told where the flight was received low over it.  A flight of which
    neither end nor middle was received is in no list.
    """
    flown = world.sorties
    own = world.airframes.iloc[flown["airframe"]].reset_index(drop=True)
    mlat_only = own["mlat_only"].to_numpy(dtype=bool)
    sees = {
        end: _seen(flown, coverage, end, mlat_only) & ~_dark(flown, share)
        for end, share in (("1", 0.02), ("2", 0.98))
    }
    middle = coverage.sees(
        flown["via_1_latitude_deg"].to_numpy(),
        flown["via_1_longitude_deg"].to_numpy(),
        flown["cruise_ft"].to_numpy(),
        mlat_only=mlat_only,
    )
    known = np.flatnonzero(sees["1"] | sees["2"] | (middle & ~_dark(flown, 0.4)))
    columns = {
        "icao24": _text(own["icao24"], known),
        "first_seen": _moments(flown["takeoff_s"], known),
        "last_seen": _moments(flown["landing_s"], known),
        "callsign": _text(flown["callsign"], known),
        "registration": _text(own["registration"], known),
        "typecode": _text(own["listed_type"], known),
        "provenance": _text(flown["provenance"], known),
    }
    for end, name, place in (("1", "first", "origin"), ("2", "last", "destination")):
        hidden = ~sees[end][known]
        columns[place] = _text(flown[place].where(sees[end], None), known)
        for axis in ("latitude_deg", "longitude_deg"):
            values = flown[f"{axis.split('_')[0]}_{end}_deg"].to_numpy()[known]
            columns[f"{name}_{axis}"] = pa.array(values, mask=hidden)
        height = flown[f"elevation_{end}_ft"].to_numpy()[known].astype(np.float32)
        columns[f"{name}_altitude_ft"] = pa.array(height, mask=hidden)
    return pa.table(columns).select(LISTED_FLIGHTS.names).cast(LISTED_FLIGHTS)


def _seen(
    flown: pd.DataFrame, coverage: Coverage, end: str, mlat_only: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    return coverage.sees(
        flown[f"latitude_{end}_deg"].to_numpy(),
        flown[f"longitude_{end}_deg"].to_numpy(),
        np.full(len(flown), _LOW_FT),
        mlat_only=mlat_only,
    )


def _dark(flown: pd.DataFrame, share: float) -> NDArray[np.bool_]:
    dark = (flown["dark_from"] <= share) & (flown["dark_to"] >= share)
    return dark.to_numpy(dtype=bool)


def _text(values: pd.Series[str], rows: NDArray[np.int64]) -> pa.Array:
    return pa.array(values.to_numpy(dtype=object)[rows].tolist(), type=pa.string())


def _moments(seconds: pd.Series[float], rows: NDArray[np.int64]) -> pa.Array:
    whole = np.round(seconds.to_numpy()[rows]).astype(np.int64) * 1_000_000
    return pa.array(whole).cast(pa.timestamp("us")).cast(UTC_US)
