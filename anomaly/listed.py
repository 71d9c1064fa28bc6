"""Flights that come from a list: ends as listed, nothing of what positions tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.reference import Reference

# Lists differ by minutes in where a flight begins and ends; two flights of an aircraft
# never share half of the shorter one.
_SAME_SHARE = 0.5


def untold(listed: pa.Table, tracked: pd.DataFrame) -> pa.Table:
    """Return the listed flights that are told once, by no track and no other list.

    Of two entries of one flight the one with more in it is kept, then the longer one.

    Parameters
    ----------
    listed
        LISTED_FLIGHTS.
    tracked
        `icao24`, `first_seen` and `last_seen` of the flights that positions tell.
    """
    rows: pd.DataFrame = listed.to_pandas()
    rows = rows.reset_index(names="row")
    pairs = rows.merge(tracked, on="icao24", suffixes=("", "_of_other"))
    seen = set(pairs.loc[_is_same(pairs), "row"])
    rows = rows[~rows["row"].isin(seen)]
    rows["n_known"] = rows.notna().sum(axis="columns")
    rows["length"] = rows["last_seen"] - rows["first_seen"]
    best = rows.sort_values(["n_known", "length"], ascending=False, kind="stable")
    best["place"] = np.arange(len(best))
    several = best[best.duplicated("icao24", keep=False)]
    pairs = several.merge(several, on="icao24", suffixes=("", "_of_other"))
    pairs = pairs[pairs["place"] > pairs["place_of_other"]]
    again = set(pairs.loc[_is_same(pairs), "row"])
    kept = sorted(set(rows["row"]) - again)
    return listed.take(pa.array(kept, pa.int64()))


def destinations(
    listed: pa.Table, tracked: pd.DataFrame, reference: Reference
) -> pd.Series[str]:
    """Return where a list says that flights told by positions went, by their ids.

    Lists that are at odds over a flight say nothing.

    Parameters
    ----------
    listed
        LISTED_FLIGHTS.
    tracked
        `flight_id`, `icao24`, `first_seen` and `last_seen`.
    """
    rows: pd.DataFrame = listed.select(
        ["icao24", "first_seen", "last_seen", "destination"]
    ).to_pandas()
    rows = rows[rows["destination"].notna()]
    pairs = rows.merge(tracked, on="icao24", suffixes=("", "_of_other"))
    pairs = pairs[_is_same(pairs)]
    # Codes of the list may be older or other ones than ours.
    ident = reference.airports.resolve(pairs["destination"])
    told = ident.fillna(pairs["destination"]).groupby(pairs["flight_id"])
    least, most = told.min(), told.max()
    return least[least == most].astype("str")


def _is_same(pairs: pd.DataFrame) -> pd.Series[bool]:
    """Tell of which pairs of flights of an aircraft both are the same one."""
    first, last = pairs["first_seen"], pairs["last_seen"]
    other_first, other_last = pairs["first_seen_of_other"], pairs["last_seen_of_other"]
    start = first.where(first > other_first, other_first)
    end = last.where(last < other_last, other_last)
    length, other = last - first, other_last - other_first
    shorter = length.where(length < other, other)
    return (end >= start) & (end - start >= shorter * _SAME_SHARE)


def of_table(
    listed: pa.Table, aircraft: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Return rows of FLIGHTS; what needs positions is missing."""
    rows: pd.DataFrame = listed.to_pandas()
    rows = rows.drop_duplicates(["icao24", "first_seen"], keep="last")
    rows = rows.reset_index(drop=True)
    known = aircraft.reindex(rows["icao24"])
    code = reference.operators.code_of(rows["callsign"])
    rows["flight_id"] = (
        rows["icao24"] + "-" + rows["first_seen"].dt.strftime("%Y%m%dT%H%M%SZ")
    )
    rows["date"] = rows["last_seen"].dt.date
    rows["n_callsigns"] = rows["callsign"].notna().astype("int64")
    rows["operator_code"] = code
    rows["operator"] = code.map(reference.operators.table["name"])
    for name in ("registration", "typecode"):
        rows[name] = rows[name].fillna(pd.Series(known[name].array))
    for name in ("owner_operator", "military_flag", "privacy_flag"):
        rows[name] = known[name].array
    flown = pd.to_timedelta(rows["last_seen"] - rows["first_seen"])
    rows["duration_h"] = flown.dt.total_seconds() / 3600
    rows["n_positions"] = 0
    rows["reader"] = "flight_list"
    for end in ("origin", "destination"):
        # Codes of the list may be older or other ones than ours.
        ident = reference.airports.resolve(rows[end])
        rows[f"{end}_reason"] = np.where(
            rows[end].isna(), "not in the flight list", "as the flight list has it"
        )
        rows[end] = ident.fillna(rows[end])
        rows[f"{end}_kind"] = np.where(rows[end].isna(), "unknown", "inferred")
        rows[f"{end}_confidence"] = np.nan
    return rows
