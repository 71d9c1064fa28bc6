"""Hold what was found against what was flown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.days import DayTables
from anomaly.geo import distance_nm

LOW_FT, LOW_NM = 3_000.0, 15.0
MID_FT, MID_NM = 10_000.0, 40.0
LONGEST_STOP_S = 24 * 3600.0
# A gap in which the transponder was off for this long is called by that.
DARK_S = 120.0


@dataclass(frozen=True, eq=False)
class Scores:
    """One row for each thing that was to be found, or was found."""

    n_cut: int
    """True flights found as two or more."""
    n_joined: int
    """Found flights that hold two true ones or more."""
    n_seen: int
    ends: pd.DataFrame
    """`seen, right, rank`: how an end was seen, and where the truth is listed."""
    stops: pd.DataFrame
    """`seen, found, right, rank` of the true stopovers."""
    reported: pd.DataFrame
    """`seen, confidence, true, right, named, inferred, off_min` of the stopovers found:
    by how many minutes its ground time is too long."""
    gaps: pd.DataFrame
    """`kind, dark`."""


def seconds(times: pd.Series[Any]) -> NDArray[np.float64]:
    """Return times as seconds since 1970."""
    utc = pd.to_datetime(times, utc=True).dt.as_unit("us")
    return np.asarray(utc.astype("int64") / 1e6, dtype=np.float64)


def scores(
    positions: pa.Table,
    truth: pa.Table,
    found: DayTables,
    airports: pd.DataFrame,
    dark: pd.DataFrame,
) -> Scores:
    """Compare the tables found in `positions` with the truth.

    Parameters
    ----------
    airports : DataFrame
        The reference's table.
    dark : DataFrame
        `icao24, from_s, to_s`: when transponders were off.
    """
    flown = truth.to_pandas().reset_index(drop=True)
    flown["from_s"], flown["to_s"] = (
        seconds(flown["takeoff"]),
        seconds(flown["landing"]),
    )
    flights = found.flights.to_pandas()
    flights["from_s"] = seconds(flights["first_seen"])
    flights["to_s"] = seconds(flights["last_seen"])
    seen = _assigned(positions, flown, flights)
    both = seen[seen["flight"] >= 0].groupby(["truth", "flight"]).size().reset_index()
    per_truth, per_flight = both.groupby("truth").size(), both.groupby("flight").size()
    ends = _ends(seen, flown, flights, found, airports)
    stops = _true_stops(seen, flown, ends)
    stops, reported = _matched(stops, found, ends)
    return Scores(
        n_cut=int((per_truth > 1).sum()),
        n_joined=int((per_flight > 1).sum()),
        n_seen=len(per_truth),
        ends=ends,
        stops=stops,
        reported=reported,
        gaps=_gaps(found, dark),
    )


def _assigned(
    positions: pa.Table, flown: pd.DataFrame, flights: pd.DataFrame
) -> pd.DataFrame:
    """Return the airborne positions with the true and the found flight they are of."""
    columns = ["icao24", "timestamp", "on_ground", "altitude_ft"]
    rows = positions.select([*columns, "latitude_deg", "longitude_deg"]).to_pandas()
    rows = rows[~rows["on_ground"].fillna(value=False).astype(bool)]
    rows["t_s"] = seconds(rows["timestamp"])
    rows = rows.sort_values("t_s", kind="stable").reset_index(drop=True)
    for name, table in (("truth", flown), ("flight", flights)):
        rows[name] = _during(rows, table)
    airborne: pd.DataFrame = rows[rows["truth"] >= 0]
    return airborne


def _during(rows: pd.DataFrame, table: pd.DataFrame) -> NDArray[np.int64]:
    """Return which row of the table, from and to a time, each position falls into."""
    begun = table.assign(row=np.arange(len(table))).sort_values("from_s")
    merged = pd.merge_asof(
        rows[["icao24", "t_s"]],
        begun[["icao24", "from_s", "to_s", "row"]],
        left_on="t_s",
        right_on="from_s",
        by="icao24",
    )
    inside = (merged["t_s"] <= merged["to_s"] + 1e-3).to_numpy()
    return np.where(inside, merged["row"].fillna(-1), -1).astype(np.int64)


def _ends(
    seen: pd.DataFrame,
    flown: pd.DataFrame,
    flights: pd.DataFrame,
    found: DayTables,
    airports: pd.DataFrame,
) -> pd.DataFrame:
    """Return both ends, if within the days at hand, of every flight that was found."""
    known = seen[seen["flight"] >= 0].groupby("truth")
    from_s, to_s = seen["t_s"].min(), seen["t_s"].max()
    begun = flown.index[flown["from_s"] >= from_s]
    over = flown.index[flown["to_s"] <= to_s]
    first, last = known.first(), known.last()
    first, last = first[first.index.isin(begun)], last[last.index.isin(over)]
    parts = []
    for end, edge in (("origin", first), ("destination", last)):
        true = flown.loc[edge.index]
        field = airports.reindex(true[end])
        flight = flights.iloc[edge["flight"]]
        height_ft = edge["altitude_ft"].to_numpy() - field["elevation_ft"].fillna(0)
        far_nm = distance_nm(
            edge["latitude_deg"],
            edge["longitude_deg"],
            field["latitude_deg"],
            field["longitude_deg"],
        )
        side = "first" if end == "origin" else "last"
        grounded = flight[f"{side}_on_ground"].fillna(value=False).to_numpy(bool)
        parts.append(
            pd.DataFrame(
                {
                    "truth": edge.index,
                    "end": end,
                    "flight_id": flight["flight_id"].to_numpy(),
                    "seen": _seen(far_nm, height_ft.to_numpy(), grounded),
                    "true": true[end].to_numpy(),
                    "named": flight[end].notna().to_numpy(),
                    "right": flight[end].to_numpy() == true[end].to_numpy(),
                }
            )
        )
    ends = pd.concat(parts, ignore_index=True)
    listed = found.candidates.to_pandas()[["flight_id", "end", "airport", "rank"]]
    return ends.merge(
        listed.rename(columns={"airport": "true"}),
        how="left",
        on=["flight_id", "end", "true"],
    )


def _seen(
    far_nm: NDArray[np.float64],
    height_ft: NDArray[np.float64],
    ground: NDArray[np.bool_],
) -> NDArray[Any]:
    low = ground | ((height_ft < LOW_FT) & (far_nm < LOW_NM))
    mid = (height_ft < MID_FT) & (far_nm < MID_NM)
    return np.select([low, mid], ["low", "mid"], "lost")


def _true_stops(
    seen: pd.DataFrame, flown: pd.DataFrame, ends: pd.DataFrame
) -> pd.DataFrame:
    """Return the stopovers between flights seen within a day of each other."""
    times = seen.groupby("truth")["t_s"].agg(["first", "last"])
    times = times.reindex(np.arange(len(flown)))
    rows = flown.assign(
        truth=np.arange(len(flown)),
        heard=times["first"].notna(),
        first_heard_s=times["first"],
        lost_s=times["last"],
    )
    rows = rows.sort_values(["icao24", "from_s"])
    after = rows.groupby("icao24").shift(-1)
    away_s = after["first_heard_s"] - rows["lost_s"]
    stops = rows.assign(again_s=after["from_s"], after=after["truth"], away_s=away_s)
    heard_after = after["heard"].fillna(value=False).astype(bool)
    stops = stops[stops["heard"] & heard_after]
    stops = stops[stops["away_s"] <= LONGEST_STOP_S]
    how = ends.set_index(["end", "truth"])["seen"]
    down = how["destination"].reindex(stops["truth"]).to_numpy()
    up = how["origin"].reindex(stops["after"]).to_numpy()
    low = (down == "low") | (up == "low")
    lost = (down == "lost") & (up == "lost")
    stops["seen"] = np.select([low, lost], ["a side", "gap"], "mid")
    stops["middle_s"] = (stops["to_s"] + stops["again_s"]) / 2
    return pd.DataFrame(stops)


def _matched(
    stops: pd.DataFrame, found: DayTables, ends: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return true stopovers and those reported, each with its match."""
    reported = found.stopovers.to_pandas()
    reported["from_s"] = seconds(reported["lost_at"])
    reported["to_s"] = seconds(reported["back_at"])
    asked = stops.sort_values("middle_s")
    asked["match"] = _during(asked.rename(columns={"middle_s": "t_s"}), reported)
    asked["found"] = asked["match"] >= 0
    airport = reported["airport"].reindex(asked["match"]).to_numpy()
    asked["right"] = asked["found"] & (airport == asked["destination"].to_numpy())
    rank = ends[ends["end"] == "destination"].set_index("truth")["rank"]
    asked["rank"] = rank.reindex(asked["truth"]).to_numpy()
    hits = asked[asked["found"]]
    n = hits.groupby("match").size().reindex(reported.index, fill_value=0)
    reported["true"] = n == 1
    one = hits.drop_duplicates("match").set_index("match")
    reported["right"] = reported["true"] & one["right"].reindex(
        reported.index, fill_value=False
    ).astype(bool)
    reported["seen"] = one["seen"].reindex(reported.index)
    reported["named"] = reported["airport"].notna()
    stood_h = ((one["again_s"] - one["to_s"]) / 3600).reindex(reported.index)
    reported["off_min"] = (reported["ground_time_h"] - stood_h) * 60
    return asked, reported


def _gaps(found: DayTables, dark: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps, and whether a transponder was off within them."""
    gaps = found.gaps.to_pandas()
    rows = pd.DataFrame(
        {
            "gap": np.arange(len(gaps)),
            "icao24": gaps["icao24"],
            "start_s": seconds(gaps["start"]),
            "end_s": seconds(gaps["end"]),
        }
    ).merge(dark, on="icao24")
    both_s = np.minimum(rows["end_s"], rows["to_s"]) - np.maximum(
        rows["start_s"], rows["from_s"]
    )
    off = rows.loc[both_s > DARK_S, "gap"].unique()
    return pd.DataFrame(gaps.assign(dark=np.isin(np.arange(len(gaps)), off)))
