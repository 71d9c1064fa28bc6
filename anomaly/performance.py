"""What each airframe can do: speed, endurance, runway; by type, else by its tracks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numba import njit

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
        ``typecode, role, category, cruise_kt, max_speed_kt, endurance_h,
        range_nm, min_runway_ft, min_ground_h, loiters``.  `category` is ``jet``,
        ``propeller``, ``light`` or ``rotor``; nothing but `typecode`, `role` and
        `range_nm` is missing.
    """
    typecode = typecodes.reindex(tracks.icao24s)
    known = reference.types.table.reindex(typecode).reset_index(drop=True)
    category = _category(tracks, known)
    typical = _BY_CLASS.loc[category.to_list()].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "typecode": typecode.to_numpy(),
            "role": known["role"].to_numpy(),
            "category": category.to_numpy(),
            "range_nm": known["range_ferry_nm"].fillna(known["range_payload_nm"]),
            "min_ground_h": typical["min_ground_h"],
        }
    )
    for name in ("cruise_kt", "endurance_h", "min_runway_ft"):
        frame[name] = known[name].fillna(typical[name])
    fast = known["role"].isin(["combat", "trainer"]).to_numpy()
    by_type = known["cruise_kt"].to_numpy(float) * SPEED_MARGIN + TAIL_WIND_KT
    frame["max_speed_kt"] = np.where(
        fast, FAST_KT, np.where(np.isnan(by_type), UNKNOWN_KT, by_type)
    )
    frame["loiters"] = known["role"].isin(LOITERING).to_numpy()
    return frame


def _category(tracks: Tracks, known: pd.DataFrame) -> pd.Series[str]:
    """Return the category by engine, or by the highest speed and height flown."""
    engine = known["engine"]
    n = len(tracks.icao24s)
    fastest = _highest(tracks.airframe, tracks.speed_kt, n)
    highest = _highest(tracks.airframe, tracks.altitude_ft, n)
    flown = np.select(
        [(fastest > 320) | (highest > 30_000), (fastest > 190) | (highest > 17_000)],
        ["jet", "propeller"],
        default="light",
    )
    # Nothing flown tells a slow unknown from a jet that was seen on the ground only.
    flown = np.where(np.isnan(fastest) & np.isnan(highest), "jet", flown)
    category = pd.Series(flown).where(engine.isna(), "propeller")
    category = category.mask(engine == "jet", "jet")
    category = category.mask(
        known["role"].isin(_LIGHT) | engine.isin(["piston", "electric"]), "light"
    )
    category = category.mask((known["role"] == "trainer") & (engine == "jet"), "jet")
    return category.mask((engine == "rotor") | (known["role"] == "rotor"), "rotor")


@njit(**COMPILED)
def _highest(airframe: Codes, values: Singles, n_airframes: int) -> Floats:
    """Return the highest value of each airframe; NaN where none is known."""
    top = np.full(n_airframes, np.nan)
    for i in range(len(airframe)):
        own = airframe[i]
        if values[i] > top[own] or np.isnan(top[own]):
            top[own] = values[i]
    return top
