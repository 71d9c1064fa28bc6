"""What the simulator plans before it flies: airframes, and flights with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]
"""A table under construction; frames cost too much for a handful of rows."""


class Shape(IntEnum):
    """What an aircraft does between the way out and the way back."""

    DIRECT = 0
    CIRCUITS = 1
    """Round a runway, touching it each time."""
    RACETRACK = 2
    """Two straights and two turns; a circle if the straights have no length."""
    SURVEY = 3
    """Lane beside lane."""
    WANDER = 4
    """Here and there, and back."""


AIRFRAMES: dict[str, str] = {
    "icao24": "object",
    "registration": "object",
    "typecode": "object",
    "listed_type": "object",
    "description": "object",
    "owner": "object",
    "military_flag": "bool",
    "flag_known": "bool",
    "privacy_flag": "bool",
    "operator_id": "object",
    "operator_code": "object",
    "callsign_style": "object",
    "country": "object",
    "group": "object",
    "bloc": "object",
    "home": "int64",
    "mlat_only": "bool",
    "phase": "int64",
    "habit": "int64",
    "provenance": "object",
}
"""Columns of a frame of airframes; `home` is a row of `Places`.

`typecode` is what flies; `listed_type` what the archive's data base knows of it.
"""

SORTIES: dict[str, str] = {
    "key": "uint64",
    "airframe": "int64",
    "origin": "object",
    "destination": "object",
    "takeoff_s": "float64",
    "landing_s": "float64",
    "latitude_1_deg": "float64",
    "longitude_1_deg": "float64",
    "elevation_1_ft": "float64",
    "latitude_2_deg": "float64",
    "longitude_2_deg": "float64",
    "elevation_2_ft": "float64",
    "via_1_latitude_deg": "float64",
    "via_1_longitude_deg": "float64",
    "via_2_latitude_deg": "float64",
    "via_2_longitude_deg": "float64",
    "shape": "int64",
    "shape_nm": "float64",
    "straight_nm": "float64",
    "width_nm": "float64",
    "heading_deg": "float64",
    "cruise_ft": "float64",
    "speed_kt": "float64",
    "approach_kt": "float64",
    "climb_ft_min": "float64",
    "dark_from": "float64",
    "dark_to": "float64",
    "callsign": "object",
    "squawk": "object",
    "purpose": "object",
    "logistics": "object",
    "look_alike": "object",
    "mission_id": "object",
    "operator_id": "object",
    "case_key": "object",
    "provenance": "object",
}
"""Columns of a frame of flights; `dark_from` to `dark_to` are shares of its time."""


@dataclass(frozen=True)
class World:
    """Airframes with their addresses, and the flights planned for them."""

    airframes: pd.DataFrame
    sorties: pd.DataFrame
    """`airframe` is a row number of `airframes`; in order of address and take-off."""


def framed(columns: Mapping[str, NDArray[Any]], kinds: dict[str, str]) -> pd.DataFrame:
    """Return a frame of exactly the columns in `kinds`, with those types."""
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=kind) for name, kind in kinds.items()}
    )


def joined(parts: Iterable[Columns], kinds: dict[str, str]) -> Columns:
    """Return the rows of all parts, with exactly these columns and types."""
    kept = [part for part in parts if len(next(iter(part.values())))]
    return {
        name: np.concatenate(
            [np.array([], dtype=kind), *(part[name].astype(kind) for part in kept)]
        )
        for name, kind in kinds.items()
    }


def hidden(values: NDArray[Any], where: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the values with None in some places: what nobody knows."""
    kept: NDArray[np.object_] = values.astype(object)
    kept[where] = None
    return kept


def columns_of(frame: pd.DataFrame, kinds: dict[str, str]) -> Columns:
    """Return a frame's columns as arrays of these types."""
    return {name: frame[name].to_numpy(dtype=kind) for name, kind in kinds.items()}


def merged(worlds: Iterable[World]) -> World:
    """Return one world of several, in order of address and take-off."""
    parts = list(worlds)
    offsets = np.cumsum([0, *(len(part.airframes) for part in parts)])
    airframes = joined((columns_of(p.airframes, AIRFRAMES) for p in parts), AIRFRAMES)
    sorties = joined(
        (
            columns_of(
                part.sorties.assign(airframe=part.sorties["airframe"] + offset), SORTIES
            )
            for part, offset in zip(parts, offsets, strict=False)
        ),
        SORTIES,
    )
    return world_of(airframes, sorties)


def world_of(airframes: Columns, sorties: Columns) -> World:
    """Return airframes and their flights as frames, flights in order."""
    addresses = airframes["icao24"].astype("U6")
    order = np.lexsort((sorties["takeoff_s"], addresses[sorties["airframe"]]))
    return World(
        framed(airframes, AIRFRAMES),
        framed({name: values[order] for name, values in sorties.items()}, SORTIES),
    )
