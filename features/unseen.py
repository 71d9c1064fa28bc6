"""What of a flight was not observed, where, and whether it was dark."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.sun import DARK_DEG, elevation_deg
from features import ends
from features.base import FlightTables
from features.coding import Floats

# Above this height an aircraft that disappears was not about to land there.
HIGH_FT = 10_000


def of_flights(tables: FlightTables) -> dict[str, Floats]:
    """Return what was not observed, and whether it was dark."""
    flights = tables.flights
    off = tables.gaps.loc[tables.gaps["kind"] == "transponder_off_likely", "flight_id"]
    n_off = off.value_counts().reindex(flights.index, fill_value=0)
    return {
        "route_unobserved_share": flights["unobserved_share"].to_numpy(np.float64),
        "route_longest_gap_h": flights["longest_gap_h"].to_numpy(np.float64),
        "route_n_switched_off": n_off.where(flights["n_gaps"].notna()).to_numpy(
            np.float64
        ),
        **_where(tables),
        "route_dark_end": _lost_high(flights, "last", "destination_kind"),
        "route_dark_start": _lost_high(flights, "first", "origin_kind"),
        "route_lost_before_nm": ends.from_field_nm(tables, "destination"),
        "route_found_after_nm": ends.from_field_nm(tables, "origin"),
        "route_night_arrival": _night(flights, "last"),
        "route_night_departure": _night(flights, "first"),
    }


def _lost_high(flights: pd.DataFrame, side: str, kind: str) -> Floats:
    """Tell whether a flight's outermost position is high, its end not observed."""
    high = (flights[f"{side}_altitude_ft"] > HIGH_FT) & (flights[kind] != "observed")
    result: Floats = np.where(
        flights[f"{side}_latitude_deg"].notna(), high.to_numpy(np.float64), np.nan
    )
    return result


def _night(flights: pd.DataFrame, side: str) -> Floats:
    sun_deg = elevation_deg(
        flights[f"{side}_seen"],
        flights[f"{side}_latitude_deg"],
        flights[f"{side}_longitude_deg"],
    )
    result: Floats = np.where(np.isnan(sun_deg), np.nan, sun_deg < DARK_DEG)
    return result


def _where(tables: FlightTables) -> dict[str, Floats]:
    """Return how much of the time in gaps was spent where others were seen."""
    # A gap in which it landed is no part of the flight: its stopover tells of that.
    gaps = tables.gaps[~tables.gaps["holds_stop"].to_numpy(bool)]
    row = tables.flights.index.get_indexer(pd.Index(gaps["flight_id"]))
    hours = gaps["duration_h"].to_numpy(np.float64)
    n = len(tables.flights)

    def share(what: Floats) -> Floats:
        """Return the share of each flight's hours, of those of which it is known."""
        known = (row >= 0) & ~np.isnan(what)
        whole = np.bincount(row[known], weights=hours[known], minlength=n)
        of_it = np.bincount(row[known], weights=(hours * what)[known], minlength=n)
        with np.errstate(invalid="ignore"):
            result: Floats = of_it / np.where(whole > 0, whole, np.nan)
        return result

    others = gaps["n_others_seen"].to_numpy(np.float64)
    return {
        "route_gap_covered_share": share(
            np.where(np.isnan(others), np.nan, others > 0)
        ),
    }
