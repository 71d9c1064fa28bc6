"""Print how often airlifters go where none of their kind was for weeks, and how much
of their time they are over their own state, made and real.

usage: python tests/benchmarks/novelty.py SHARED [N_AIRCRAFT]

SHARED is the folder with ``tracks/military_hourly``: one position an hour of military
aircraft, four months.  The simulated airlifters are seen at as many hours.  What is
rare decides what stands first in the morning's list, so a world whose routine is too
varied makes the list look worse, and one that only repeats itself better, than it is.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.reference.territory import territory_of
from anomaly.simulate import Shares, paths
from anomaly.simulate.shares import GROUPS

ROLES = ("strategic_airlift", "tactical_airlift")
PAST_DAYS = 90
N_DAYS = 12
CELL_DEG = 5
START = dt.date(2024, 3, 13)
_WELL_RECEIVED = (
    "US CA GB IE IS FR DE NL BE CH AT IT ES PT DK NO SE FI PL CZ SK HU RO GR JP AU NZ"
)
WELL_RECEIVED = frozenset(_WELL_RECEIVED.split())
"""States over which few positions are missed: elsewhere, and at sea, the real ones say
more of the receivers than of the aircraft."""
AT_HOME = ("US", "CA", "GB", "FR", "DE", "IT", "TR", "AU", "JP", "BR")
KINDS = {
    "by anyone": [],
    "by aircraft of the state": ["state"],
    "by its type of the state": ["state", "typecode"],
    "by the aircraft": ["icao24"],
}


def real(shared: Path, reference: Reference) -> pd.DataFrame:
    """Return the hourly positions of real airlifters."""
    folder = shared / "tracks/military_hourly"
    rows = pd.read_parquet(folder / "military_hourly.parquet")
    listed = pd.read_csv(folder / "military_aircraft.csv.gz").set_index("icao24")
    types = rows["typecode"].fillna(rows["icao24"].map(listed["typecode"]))
    hour = rows["timestamp"].dt.floor("h")
    seen = rows.assign(typecode=types, hour=hour.astype("int64") // 3_600_000_000)
    return placed(seen, reference)


def made(n_aircraft: int, hours_seen: float, reference: Reference) -> pd.DataFrame:
    """Return the positions, on the hour, of as many simulated airlifters a day."""
    named = {field.name for field in fields(Shares)} & set(GROUPS)
    shares = replace(Shares(), **{name: float(name == "airlift") for name in named})
    parts = []
    past = simulate.plan_past(
        START, PAST_DAYS + N_DAYS, n_aircraft, 101, reference=reference, shares=shares
    )
    for _, world in past:
        own = world.airframes.iloc[world.sorties["airframe"]].reset_index(drop=True)
        parts.append(
            world.sorties.assign(icao24=own["icao24"], typecode=own["typecode"])
        )
    flown = pd.concat(parts, ignore_index=True)
    seen = pd.concat(on_the_hour(flown), ignore_index=True)
    random = np.random.default_rng(0)
    lot = pd.Series(
        random.random(seen["hour"].nunique()), sorted(seen["hour"].unique())
    )
    return placed(seen[seen["hour"].map(lot) < hours_seen], reference)


def on_the_hour(flown: pd.DataFrame) -> list[pd.DataFrame]:
    """Return where each flight was at its first whole hour, its second, and so on."""
    found = []
    first = np.ceil(flown["takeoff_s"] / 3600)
    hours = int((flown["landing_s"] - flown["takeoff_s"]).max() // 3600) + 1
    for number in range(hours):
        at = 3600 * (first + number)
        aloft = at <= flown["landing_s"]
        own = flown[aloft]
        share = (at[aloft] - own["takeoff_s"]) / (own["landing_s"] - own["takeoff_s"])
        start, end = (
            paths.unit_vectors(own[f"latitude_{k}_deg"], own[f"longitude_{k}_deg"])
            for k in (1, 2)
        )
        points = paths.between(start, end, share.to_numpy(np.float64))
        latitude, longitude = paths.degrees(points)
        found.append(
            own[["icao24", "typecode"]].assign(
                hour=(at[aloft] // 3600).astype("int64"),
                latitude=latitude,
                longitude=longitude,
            )
        )
    return found


def placed(seen: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Return the airlifters among positions, with their state, day and cell."""
    role = seen["typecode"].map(reference.types.table["role"])
    kept = seen[role.isin(ROLES)].reset_index(drop=True)
    cells = np.floor(kept[["latitude", "longitude"]] / CELL_DEG)
    return kept.assign(
        state=reference.addresses.country(kept["icao24"]).fillna("unknown"),
        day=kept["hour"] // 24,
        cell=cells["latitude"] * 100 + cells["longitude"],
    )


def share_new(seen: pd.DataFrame) -> pd.Series[float]:
    """Return the share of aircraft and days with a cell that was new to their kind."""
    rows = seen.drop_duplicates(["icao24", "day", "cell"])
    last = int(rows["day"].max())
    found = {}
    for name, keys in KINDS.items():
        shares = []
        for day in range(last - N_DAYS, last):
            of_kind = [*keys, "cell"]
            before = rows["day"].between(day - PAST_DAYS, day - 1)
            known = pd.MultiIndex.from_frame(rows.loc[before, of_kind])
            today = rows[rows["day"] == day]
            new = ~pd.MultiIndex.from_frame(today[of_kind]).isin(known)
            shares.append(
                pd.Series(new).groupby(today["icao24"].to_numpy()).any().mean()
            )
        found[f"somewhere new, {name}"] = float(np.mean(shares))
    a_day = rows.drop_duplicates(["icao24", "day"])
    found["of the United States"] = a_day["state"].eq("US").mean()
    return pd.Series(found)


def share_at_home(seen: pd.DataFrame, reference: Reference) -> pd.Series[float]:
    """Return the share of airlifters' positions that are over their own state.

    Of positions over it or over another state where receivers are many.
    """
    territory = territory_of(reference.airports)
    cell = territory.at(seen["latitude"], seen["longitude"])
    below = pd.Series(np.append(territory.states, ["", ""])[cell], seen.index)
    known = below.isin(WELL_RECEIVED) | (below == seen["state"])
    is_home = (below == seen["state"])[known]
    shares = is_home.groupby(seen.loc[known, "state"]).mean()
    return pd.Series({f"over its own state, {s}": shares.get(s) for s in AT_HOME})


def main() -> None:
    """Print both in percent, of all airlifters and of American ones."""
    shared = Path(sys.argv[1])
    reference = Reference.load()
    seen = real(shared, reference)
    n_aircraft = int(sys.argv[2]) if len(sys.argv) > 2 else 260
    hours_seen = seen.groupby("day")["hour"].nunique().mean() / 24
    sky = made(n_aircraft, hours_seen, reference)
    for title, of_state in (("All airlifters", None), ("American ones", "US")):
        columns = {"simulated %": sky, "real %": seen}
        told = {
            name: share_new(
                rows if of_state is None else rows[rows["state"] == of_state]
            )
            for name, rows in columns.items()
        }
        print(f"\n{title}\n{pd.DataFrame(told).mul(100).round(1).to_string()}")
    at_home = {"simulated %": sky, "real %": seen}
    told = {name: share_at_home(rows, reference) for name, rows in at_home.items()}
    print(f"\nAt home\n{pd.DataFrame(told).mul(100).round(0).to_string()}")


if __name__ == "__main__":
    main()
