"""Airline flights of one day in 2014, whose airports are known.

A point about every six minutes, many flights cut short; craigulmer/airline-plotters,
MIT.  Some rows hold more or less than the flight they name.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.days import tables_of
from anomaly.geo import distance_nm
from anomaly.reference import Reference
from anomaly.schemas import AIRCRAFT, POSITIONS, conform

NEAR_NM, LOW_FT = 15.0, 5_000.0
# An end further from the named airport than this is of another flight.
SAME_FLIGHT_NM = 60.0


def read(shared: Path) -> tuple[pa.Table, pd.DataFrame]:
    """Return the positions, each row of the file as an airframe, and the airports."""
    path = shared / "tracks/civil_2014/routes_with_points.psv.gz"
    rows: list[tuple[object, ...]] = []
    named: list[tuple[str, str, str, str]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            icao24 = f"{0xF00000 + number:06x}"
            head, _, points = line.partition("LINESTRING")
            _, flight, origin, destination = head.rstrip().split("|")[:4]
            named.append((icao24, flight, origin, destination))
            numbers = [p.split() for p in re.findall(r"[^(),]+", points.strip())]
            rows.extend(
                (icao24, flight, *map(float, n)) for n in numbers if len(n) == 4
            )
    names = ["icao24", "callsign", "longitude_deg", "latitude_deg", "altitude_ft", "t"]
    frame = pd.DataFrame(rows, columns=names)
    frame["timestamp"] = pd.to_datetime(frame["t"], unit="s", utc=True).dt.as_unit("us")
    frame["provenance"] = "observed"
    arrays = [
        pa.Array.from_pandas(frame[field.name], type=field.type, safe=False)
        if field.name in frame
        else pa.nulls(len(frame), field.type)
        for field in POSITIONS
    ]
    airports = pd.DataFrame(
        named, columns=["icao24", "flight", "origin", "destination"]
    )
    table = pa.Table.from_arrays(arrays, schema=POSITIONS)
    return conform(table, POSITIONS), airports.set_index("icao24")


def ends(shared: Path, reference: Reference) -> pd.DataFrame:
    """Return the first and last end of every row, with what was found there."""
    positions, named = read(shared)
    found = tables_of(positions, AIRCRAFT.empty_table(), reference)
    flights, parts = found.flights.to_pandas(), []
    sides: tuple[tuple[str, Literal["first", "last"]], ...] = (
        ("origin", "first"),
        ("destination", "last"),
    )
    for end, side in sides:
        rows = flights.drop_duplicates(
            "icao24", keep="first" if side == "first" else "last"
        )
        true = reference.airports.resolve(named[end].reindex(rows["icao24"]))
        field = reference.airports.table.reindex(true)
        place = rows[f"{side}_latitude_deg"], rows[f"{side}_longitude_deg"]
        _, nearest_nm = reference.airports.nearest(*place)
        parts.append(
            pd.DataFrame(
                {
                    "flight_id": rows["flight_id"].to_numpy(),
                    "end": end,
                    "true": true.to_numpy(),
                    "far_nm": distance_nm(
                        *place, field["latitude_deg"], field["longitude_deg"]
                    ),
                    "nearest_nm": nearest_nm[:, 0],
                    "altitude_ft": rows[f"{side}_altitude_ft"].to_numpy(),
                    "airport": rows[end].to_numpy(),
                    "confidence": rows[f"{end}_confidence"].to_numpy(),
                }
            )
        )
    every = pd.concat(parts, ignore_index=True)
    every = every[every["true"].notna() & (every["far_nm"] < SAME_FLIGHT_NM)]
    return every.merge(_weights(found.candidates), how="left", on=["flight_id", "end"])


def _weights(candidates: pa.Table) -> pd.DataFrame:
    """Return the candidates of every end, as one list each."""
    rows = candidates.to_pandas()
    rows["pair"] = list(zip(rows["airport"], rows["weight"], strict=True))
    lists: pd.DataFrame = (
        rows.groupby(["flight_id", "end"])["pair"].agg(list).reset_index()
    )
    return lists


def lines(shared: Path, reference: Reference) -> Iterator[tuple[str, str, str]]:
    """Yield measure, number of cases and result."""
    every = ends(shared, reference)
    right = every["airport"] == every["true"]
    near = (every["nearest_nm"] < NEAR_NM) & (every["altitude_ft"] < LOW_FT)
    for end in ("origin", "destination"):
        some = near & (every["end"] == end)
        yield (
            f"{end} right, seen within 15 nm of a field and below 5,000 ft",
            f"{some.sum():,}",
            f"{right[some].mean():.1%}",
        )
    yield "both", f"{near.sum():,}", f"{right[near].mean():.1%}"
    named = ~near & every["airport"].notna()
    yield (
        "other ends that are named: right",
        f"{named.sum():,}",
        f"{right[named].mean():.1%}",
    )
    rest = every[~near & every["pair"].notna()]
    pairs = [
        (weight, airport == true)
        for true, listed in zip(rest["true"], rest["pair"], strict=True)
        for airport, weight in listed
    ]
    table = pd.DataFrame(pairs, columns=["weight", "true"])
    bounds = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]
    for band, some_pairs in table.groupby(
        pd.cut(table["weight"], bounds), observed=True
    ):
        yield (
            f"other ends, candidates of weight {band}: mean weight, true",
            f"{len(some_pairs):,}",
            f"{some_pairs['weight'].mean():.2f}, {np.mean(some_pairs['true']):.2f}",
        )
