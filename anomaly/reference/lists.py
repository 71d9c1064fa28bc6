"""Read lists of airports that are younger than OurAirports' snapshot.

`airportsdata` (https://github.com/mborsetti/airportsdata) tells no type of an airport;
`avwx-engine` (https://github.com/avwx-rest/avwx-engine) keeps OurAirports' own in its
``stations.json``, with runways, for places that have an ICAO code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from anomaly.errors import BadInputError

ICAO = r"[A-Z]{4}"
KINDS = (
    "large_airport",
    "medium_airport",
    "small_airport",
    "seaplane_base",
    "heliport",
)
RUNWAY_FT = (100, 20_000)
"""A few lengths are slips of the pen: no runway is longer."""


class _Runway(msgspec.Struct):
    length_ft: float | None = None


class _Station(msgspec.Struct):
    type: str
    name: str
    country: str
    latitude: float
    longitude: float
    icao: str | None = None
    gps: str | None = None
    city: str | None = None
    elevation_ft: float | None = None
    iata: str | None = None
    runways: list[_Runway] | None = None

    @property
    def code(self) -> str:
        """What flight plans call it: not every field with such a code has ICAO's."""
        return self.icao or self.gps or ""


def text_csv(path: Path) -> pd.DataFrame:
    """Read every cell as text; empty cells are ""."""
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False)
    except (OSError, EOFError, ValueError) as error:
        raise BadInputError(
            f"cannot read {path}: {error}", hint="Pass a CSV, plain or gzip."
        ) from error


def one_line(names: pd.Series[Any]) -> pd.Series[Any]:
    """Return the names without line ends and double spaces."""
    return names.str.replace(r"\s+", " ", regex=True).str.strip()


def coded(path: Path) -> pd.DataFrame:
    """Return the fields of a list that have an ICAO code, indexed by it.

    Raises
    ------
    BadInputError
        If the file is none of the two lists.
    """
    rows = _stations(path) if path.suffix == ".json" else _airportsdata(path)
    rows = rows.assign(
        name=one_line(rows["name"]),
        municipality=one_line(rows["municipality"]),
        elevation_ft=rows["elevation_ft"].round(),
        # An IATA code is the best sign there is of a passenger service.
        scheduled=rows["also_known_as"] != "",
    )
    return rows[rows.index.str.fullmatch(ICAO)]


def _airportsdata(path: Path) -> pd.DataFrame:
    rows = text_csv(path)
    try:
        return pd.DataFrame(
            {
                "name": rows["name"],
                "country": rows["country"],
                "municipality": rows["city"],
                "latitude_deg": pd.to_numeric(rows["lat"]),
                "longitude_deg": pd.to_numeric(rows["lon"]),
                "elevation_ft": pd.to_numeric(rows["elevation"]),
                "kind": "small_airport",
                "longest_runway_ft": np.nan,
                "also_known_as": rows["iata"],
            }
        ).set_axis(pd.Index(rows["icao"], name="ident"))
    except (KeyError, ValueError) as error:
        raise BadInputError(
            f"{path} is not the list of the package airportsdata: {error}",
            hint="Pass its airports.csv.",
        ) from error


def _stations(path: Path) -> pd.DataFrame:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, _Station])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise BadInputError(
            f"{path} is not the list of the package avwx-engine: {error}",
            hint="Pass its stations.json.",
        ) from error
    kept = [place for place in found.values() if place.code and place.type in KINDS]
    longest = [
        max((runway.length_ft or 0 for runway in place.runways or ()), default=0)
        for place in kept
    ]
    length_ft = pd.Series(longest, dtype="float64")
    return pd.DataFrame(
        {
            "name": pd.Series([place.name for place in kept], dtype="str"),
            "country": [place.country for place in kept],
            "municipality": pd.Series([p.city or "" for p in kept], dtype="str"),
            "latitude_deg": [place.latitude for place in kept],
            "longitude_deg": [place.longitude for place in kept],
            "elevation_ft": pd.Series([p.elevation_ft for p in kept], dtype="float64"),
            "kind": [place.type for place in kept],
            "longest_runway_ft": length_ft.where(length_ft.between(*RUNWAY_FT)),
            "also_known_as": [place.iata or "" for place in kept],
        }
    ).set_axis(pd.Index([place.code for place in kept], dtype="str", name="ident"))
