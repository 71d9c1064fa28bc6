"""How complete a stored day is: by folder, by hour, and by part of the world.

Published days have lacked a part, had 122 of 256 trace folders, and ended in the middle
of the day.  What is not in the archive cannot be found in it, and a list of flights
looks the same either way; so every day is compared with the weeks before it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly import layout
from anomaly.schemas import COMPLETENESS, UTC_US
from anomaly.store import Store

WORLD = "world"
DAYS_BEFORE = 28
# Fewer days tell nothing of what is usual.
_LEAST_DAYS = 3
# The world's traffic changes by a tenth from day to day; a region's by more.
_LEAST_SHARE, _LEAST_SHARE_OF_REGION = 0.7, 0.5
_LEAST_USUAL_AIRCRAFT = 50
# With fewer aircraft an hour without any may simply be one.
_MANY_AIRCRAFT = 500
_FOLDERS = 256
_DAMAGE = {
    "missing_part": "a part of {} is missing",
    "cut_archive": "{} is cut short",
    "cut_trace": "traces in {} are cut short",
    "damaged_archive": "{} is damaged in places",
    "unreadable_rest": "the rest of {} cannot be read",
}
_CELL_DEG = 5
_N_LAT, _N_LON = 180 // _CELL_DEG, 360 // _CELL_DEG

# South, north, west, east; rough boxes of our own, the first that fits counts.
_BOXES = {
    "Europe": (35, 75, -15, 30),
    "Middle East": (15, 40, 30, 60),
    "East Asia": (20, 50, 100, 150),
    "South Asia": (5, 35, 60, 90),
    "Russia and Central Asia": (35, 85, 30, 180),
    "Africa": (-40, 35, -20, 55),
    "South-East Asia": (-10, 20, 90, 150),
    "Oceania": (-50, -10, 110, 180),
    "North America": (15, 85, -170, -50),
    "South America": (-60, 15, -95, -30),
}
REGIONS = (*_BOXES, "oceans and poles")
LISTS_ALONE = "its flights are those of flight lists, without positions"


@dataclass(frozen=True, eq=False)
class Count:
    """How much there is of a part of a day, by region."""

    n_positions: NDArray[np.int64]
    n_aircraft: NDArray[np.int64]
    n_aircraft_in_all: int
    hours: NDArray[np.bool_]


def count(positions: pa.Table) -> Count:
    """Return how much there is in stored positions, packed or not; addresses coded."""
    from anomaly import census  # compiled, which most commands need not wait for

    coded = positions["icao24"].unify_dictionaries().combine_chunks()
    n_here = len(coded.dictionary)
    n_positions, there, hours = census.count(
        np.array(coded.indices),
        np.array(positions["timestamp"].cast(UTC_US).cast(pa.int64())),
        layout.numbers(positions, "latitude_deg"),
        layout.numbers(positions, "longitude_deg"),
        _regions_of_cells(),
        _CELL_DEG,
        n_here,
        len(REGIONS),
    )
    return Count(n_positions, there.sum(axis=0), n_here, hours)


def keep(store: Store, date: dt.date, parts: list[Count]) -> None:
    """Store how much there is of a day, of which all parts were counted."""
    _write(store, date, _joined(parts))


def judge(store: Store, dates: Iterable[dt.date]) -> None:
    """Judge days that were counted, and the weeks that follow them."""
    counted = set(dates)
    for date in store.dates("completeness"):
        if any(0 <= (date - day).days <= DAYS_BEFORE for day in counted):
            _judge(store, date)


def of_day(store: Store, date: dt.date) -> tuple[bool | None, tuple[str, ...]]:
    """Return whether a day is complete, None if unknown, and what it lacks."""
    if not store.has("completeness", date):
        return None, (LISTS_ALONE,) if store.has("listed_flights", date) else ()
    rows = store.read("completeness", date).to_pylist()
    world = next(row for row in rows if row["region"] == WORLD)
    lacks = [text for row in rows for text in row["lacks"]]
    return world["complete"], tuple(lacks)


def sentence(store: Store, date: dt.date) -> str:
    """Return in one sentence what a day lacks, nothing if it lacks nothing known."""
    _, lacks = of_day(store, date)
    if not lacks:
        return ""
    more = f"; and {len(lacks) - 3} more" if len(lacks) > 3 else ""
    return f"the day's data are incomplete: {'; '.join(lacks[:3])}{more}"


def _joined(parts: list[Count]) -> pd.DataFrame:
    """Return what is stored of a day, by region.

    An aircraft is whole in one part of its day, so parts add up.
    """
    n_positions = np.sum([part.n_positions for part in parts], axis=0)
    n_aircraft = np.sum([part.n_aircraft for part in parts], axis=0)
    hours = np.any([part.hours for part in parts], axis=0)
    return pd.DataFrame(
        {
            "region": [WORLD, *REGIONS],
            "n_aircraft": [sum(p.n_aircraft_in_all for p in parts), *n_aircraft],
            "n_positions": [n_positions.sum(), *n_positions],
            "hours": [np.flatnonzero(seen) for seen in [hours.any(axis=0), *hours]],
        }
    )


def _regions_of_cells() -> NDArray[np.int64]:
    """Return the number of the region of each cell, by row and column."""
    south = np.arange(_N_LAT)[:, None] * _CELL_DEG - 90
    west = np.arange(_N_LON)[None, :] * _CELL_DEG - 180
    region = np.full((_N_LAT, _N_LON), len(REGIONS) - 1)
    for number, box in reversed(list(enumerate(_BOXES.values()))):
        inside = (south >= box[0]) & (south < box[1])
        region[inside & (west >= box[2]) & (west < box[3])] = number
    return region.ravel()


def _judge(store: Store, date: dt.date) -> None:
    """Compare a counted day with the weeks before it, and say what it lacks."""
    counts = store.read("completeness", date).to_pandas()
    before = _before(store, date)
    n_days = int(before["date"].nunique())
    usual = before.groupby("region")["n_aircraft"].median()
    if n_days < _LEAST_DAYS:
        usual = usual.iloc[:0]
    counts["n_days_before"] = n_days
    counts["usual_n_aircraft"] = counts["region"].map(usual).astype(float)
    share = counts["n_aircraft"] / counts["usual_n_aircraft"]
    counts["share_of_usual"] = share.where(counts["usual_n_aircraft"] > 0)
    folders, damage = _of_sources(store, date)
    is_world = counts["region"] == WORLD
    counts["n_trace_folders"] = pd.Series(
        np.where(is_world & (folders >= 0), folders, np.nan)
    )
    world = counts.loc[is_world].iloc[0]
    lacks = {WORLD: [*damage, *_lacks_of_world(world)]}
    for _, row in counts.loc[~is_world].iterrows():
        lacks[row["region"]] = _lacks_of_region(row)
    counts["lacks"] = counts["region"].map(lacks)
    can_tell = world["n_aircraft"] >= _MANY_AIRCRAFT or n_days >= _LEAST_DAYS
    lacking = any(lacks.values())
    complete = False if lacking else True if can_tell else None
    counts["complete"] = [complete if world else None for world in is_world]
    _write(store, date, counts)


def _before(store: Store, date: dt.date) -> pd.DataFrame:
    """Return the counts of the days before that were not found lacking."""
    first = date - dt.timedelta(days=DAYS_BEFORE)
    days = [day for day in store.dates("completeness") if first <= day < date]
    tables = [store.read("completeness", day) for day in days]
    whole = [
        table
        for table in tables
        if not pc.any(pc.invert(table["complete"]).fill_null(False)).as_py()
    ]
    frame: pd.DataFrame = pa.concat_tables(
        whole or [COMPLETENESS.empty_table()]
    ).to_pandas()
    return frame


def _of_sources(store: Store, date: dt.date) -> tuple[int, list[str]]:
    """Return how many trace folders there were, -1 if none, and what is damaged."""
    if not store.has("sources"):
        return -1, []
    sources = store.read("sources").to_pandas()
    ends = [sources[name].dt.date for name in ("first_seen", "last_seen")]
    own = sources[(ends[0] <= date) & (ends[1] >= date)]
    folders = _n_folders(own)
    told = store.read("left_out").to_pandas() if store.has("left_out") else None
    damage = []
    if told is not None:
        mine = told[told["source"].isin(own["source"]) & told["reason"].isin(_DAMAGE)]
        damage = [
            _DAMAGE[reason].format(source)
            for source, reason in mine[["source", "reason"]].itertuples(index=False)
        ]
    return folders, damage


def _n_folders(sources: pd.DataFrame) -> int:
    """Return how many trace folders the sources have between them, -1 if none."""
    known = sources["trace_folders"].dropna()
    union = reduce(or_, (int(digits, 16) for digits in known), 0)
    # Stores of before tell how many a source has, not which.
    most = sources["n_trace_folders"].max()
    return -1 if pd.isna(most) else max(int(most), union.bit_count())


def _lacks_of_world(world: pd.Series) -> list[str]:
    lacks = []
    n_aircraft = int(world["n_aircraft"])
    if (folders := world["n_trace_folders"]) == folders and folders < _least_folders(
        n_aircraft
    ):
        lacks.append(f"{folders:.0f} of {_FOLDERS} trace folders hold anything")
    missing = sorted(set(range(24)) - set(world["hours"]))
    if missing and n_aircraft >= _MANY_AIRCRAFT:
        lacks.append(f"no positions in {len(missing)} of 24 hours ({_spans(missing)})")
    if _is_low(world, _LEAST_SHARE):
        share = world["share_of_usual"]
        lacks.append(f"{share:.0%} of the aircraft usual in the weeks before")
    return lacks


def _lacks_of_region(row: pd.Series) -> list[str]:
    if _is_low(row, _LEAST_SHARE_OF_REGION):
        return [f"{row['region']}: {row['share_of_usual']:.0%} of the usual aircraft"]
    return []


def _is_low(row: pd.Series, least_share: float) -> bool:
    known = row["usual_n_aircraft"] >= _LEAST_USUAL_AIRCRAFT
    return bool(known and row["share_of_usual"] < least_share)


def _least_folders(n_aircraft: int) -> float:
    """Return the fewest folders that so many aircraft fill, but for a rare chance.

    Addresses spread evenly over their last two digits, near enough.

    >>> [round(_least_folders(n)) for n in (1, 300, 60_000)]
    [-1, 151, 254]
    """
    load = n_aircraft / _FOLDERS
    empty = math.exp(-load)
    mean = _FOLDERS * (1 - empty)
    variance = _FOLDERS * empty * (1 - (1 + load) * empty)
    return mean - max(2.0, 5 * math.sqrt(max(0.0, variance)))


def _spans(hours: list[int]) -> str:
    """Return hours of a day in words.

    >>> _spans([0, 14, 15, 16])
    '00:00-00:59, 14:00-16:59'
    """
    starts = [hour for hour in hours if hour - 1 not in hours]
    ends = [hour for hour in hours if hour + 1 not in hours]
    spans = [f"{a:02}:00-{b:02}:59" for a, b in zip(starts, ends, strict=True)]
    return ", ".join(spans[:3]) + (", …" if len(spans) > 3 else "")


def _write(store: Store, date: dt.date, counts: pd.DataFrame) -> None:
    told = counts.reindex(columns=COMPLETENESS.names)
    told["date"] = date
    told["n_days_before"] = told["n_days_before"].fillna(0).astype(int)
    told["lacks"] = [
        value if isinstance(value, list) else [] for value in told["lacks"]
    ]
    table = pa.Table.from_pandas(told, schema=COMPLETENESS, preserve_index=False)
    store.write("completeness", table, date)
