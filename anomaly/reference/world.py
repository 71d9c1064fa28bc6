"""Coastlines and borders of the world, for maps in reports."""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from anomaly.store import bundled

FILE = "world_land.json"


def land_rings() -> list[NDArray[np.float64]]:
    """Return the outlines of the land as (n, 2) arrays of longitude and latitude.

    Each is closed and has no jump: one that crosses the antimeridian runs on past 180
    degrees, so a map shows all of it by drawing it twice, 360 degrees apart.
    """
    return list(_read()["land"])


def border_lines() -> list[NDArray[np.float64]]:
    """Return the land borders between states, likewise, as open lines."""
    return list(_read()["borders"])


@lru_cache(maxsize=1)
def _read() -> dict[str, list[NDArray[np.float64]]]:
    text = bundled("reference", FILE).read_text(encoding="utf-8")
    return {
        name: [np.array(line, dtype=np.float64) for line in lines]
        for name, lines in json.loads(text).items()
    }
