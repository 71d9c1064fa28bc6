"""What each airframe can do: speed, endurance, runway; by type, else by its tracks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import COMPILED
from anomaly.reference import Reference
from anomaly.tracks import Codes, Floats, Singles, Tracks

# Wind and a variant faster than the typical one.
SPEED_MARGIN = 1.2
TAIL_WIND_KT = 200.0
# Fighters are faster than their cruise; an unknown type may be one.
FAST_KT = 1_400.0
UNKNOWN_KT = 1_000.0
# Typical values for a type that the reference does not know, by how it flew.
# columns: cruise_kt, endurance_h, min_runway_ft, min_ground_h
_BY_CLASS = pd.DataFrame(
    {
        "jet": (450.0, 12.0, 5_000.0, 0.4),
        "propeller": (260.0, 7.0, 2_500.0, 0.25),
        "light": (115.0, 5.0, 800.0, 0.1),
        "rotor": (125.0, 4.0, 0.0, 0.1),
    },
    index=["cruise_kt", "endurance_h", "min_runway_ft", "min_ground_h"],
).T
# Roles that linger in one place for hours without landing.
LOITERING = frozenset(
    {"tanker", "isr", "combat", "trainer", "rotor", "glider", "light"}
)
_LIGHT = frozenset({"light", "glider", "trainer"})


def of_airframes(
    tracks: Tracks, typecodes: pd.Series[str], reference: Reference
) -> pd.DataFrame:
    """Return what each airframe of `tracks` can do, in the order of its `icao24s`.

    Parameters
    ----------
    typecodes : Series
        Indexed by icao24; missing where the type is not known.

    Returns
    -------
    DataFrame
        ``category, cruise_kt, max_speed_kt, endurance_h, min_runway_ft, min_ground_h,
        loiters``.  `category` is ``jet``, ``propeller``, ``light`` or ``rotor``;
        nothing is missing.
    """
    types = reference.types.table
    # One more entry: a type that is not known is -1.
    place = types.index.get_indexer(pd.Index(typecodes.reindex(tracks.icao24s)))
    role, engine = (
        np.append(types[name].fillna("").to_numpy(object), "")[place]
        for name in ("role", "engine")
    )
    category = _category(tracks, role, engine)
    typical = _BY_CLASS.iloc[category.codes]
    frame = pd.DataFrame(
        {"category": category, "min_ground_h": typical["min_ground_h"].to_numpy()}
    )
    known = {
        name: np.append(types[name].to_numpy(float), np.nan)[place]
        for name in ("cruise_kt", "endurance_h", "min_runway_ft")
    }
    for name, values in known.items():
        frame[name] = np.where(np.isnan(values), typical[name], values)
    by_type = known["cruise_kt"] * SPEED_MARGIN + TAIL_WIND_KT
    fast = (role == "combat") | (role == "trainer")
    frame["max_speed_kt"] = np.where(
        fast, FAST_KT, np.where(np.isnan(by_type), UNKNOWN_KT, by_type)
    )
    frame["loiters"] = np.isin(role, list(LOITERING))
    return frame


def _category(
    tracks: Tracks, role: NDArray[np.object_], engine: NDArray[np.object_]
) -> pd.Categorical:
    """Return the category by engine, or by the highest speed and height flown."""
    n = len(tracks.icao24s)
    fastest = _highest(tracks.airframe, tracks.speed_kt, n)
    highest = _highest(tracks.airframe, tracks.altitude_ft, n)
    jet, propeller, light, rotor = range(4)  # the order of `_BY_CLASS`
    is_jet = engine == "jet"
    codes = np.select(
        [
            (engine == "rotor") | (role == "rotor"),
            (role == "trainer") & is_jet,
            np.isin(role, list(_LIGHT)) | (engine == "piston") | (engine == "electric"),
            is_jet,
            engine != "",
            # Nothing flown tells a slow unknown from a jet seen on the ground only.
            np.isnan(fastest) & np.isnan(highest),
            (fastest > 320) | (highest > 30_000),
            (fastest > 190) | (highest > 17_000),
        ],
        [rotor, jet, light, jet, propeller, jet, jet, propeller],
        default=light,
    )
    return pd.Categorical.from_codes(codes, _BY_CLASS.index)


@njit(**COMPILED)
def _highest(airframe: Codes, values: Singles, n_airframes: int) -> Floats:
    """Return the highest value of each airframe; NaN where none is known."""
    top = np.full(n_airframes, -np.inf)
    for i in range(len(airframe)):
        own = airframe[i]
        if values[i] > top[own]:
            top[own] = values[i]
    return np.where(top > -np.inf, top, np.nan)
