"""Flights that come from a list: ends as listed, nothing of what positions tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly.reference import Reference


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
