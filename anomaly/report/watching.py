"""Journeys on the watch list that the day's list would not show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.geo import distance_nm
from anomaly.marks import Mark
from anomaly.store import Store

# A list that names whole regions would otherwise make the page one of everything.
MOST = 25

Row = dict[str, Any]
_COLUMNS = [
    *("flight_id", "icao24", "registration", "operator_code", "privacy_flag"),
    *("first_latitude_deg", "first_longitude_deg"),
    *("last_latitude_deg", "last_longitude_deg"),
]


def watched(
    store: Store,
    date: dt.date,
    leads: pa.Table,
    marks: Sequence[Mark],
    *,
    show_private: bool,
) -> list[Row]:
    """Return the scores of journeys on the watch list, best first, at most `MOST`.

    An area counts where a flight was first or last seen.
    """
    watching = [mark for mark in marks if mark.list == "watch"]
    if not watching or not leads.num_rows:
        return []
    flights = _flights(store, date, show_private=show_private)
    on_list = pd.Series(False, index=flights.index)
    for mark in watching:
        on_list |= _about(mark, flights)
    ids = pa.array(flights["flight_id"][on_list].unique(), pa.string())
    journeys = store.read("journeys", date, columns=["flight_id", "journey_id"])
    of_journeys = journeys.filter(pc.is_in(journeys["flight_id"], value_set=ids))
    wanted = pc.unique(of_journeys["journey_id"])
    found = leads.filter(pc.is_in(leads["journey_id"], value_set=wanted))
    rows: list[Row] = found.slice(0, MOST).to_pylist()
    return rows


def _flights(store: Store, date: dt.date, *, show_private: bool) -> pd.DataFrame:
    """Return the day's flights, one row for each field their journeys touched."""
    flights = store.read("flights", date, columns=_COLUMNS).to_pandas()
    flights = flights.drop_duplicates("flight_id", keep="last")
    if not show_private:
        private = flights["privacy_flag"].eq(True)
        for name in ("registration", "operator_code"):
            flights[name] = flights[name].mask(private)
    journeys = store.read("journeys", date, columns=["flight_id", "airports"])
    together: pd.DataFrame = flights.merge(
        journeys.to_pandas().explode("airports"), on="flight_id", how="left"
    )
    return together


def _about(mark: Mark, flights: pd.DataFrame) -> pd.Series[bool]:
    match mark.kind:
        case "aircraft":
            names = flights[["icao24", "registration"]]
            upper = names.apply(lambda name: name.str.upper())
            named: pd.Series[bool] = upper.eq(mark.value).any(axis="columns")
            return named
        case "operator":
            by_code: pd.Series[bool] = flights["operator_code"].eq(mark.value)
            return by_code
        case "field":
            at_field: pd.Series[bool] = flights["airports"].eq(mark.value)
            return at_field
        case _:
            latitude, longitude, radius_nm = mark.circle
            near = pd.Series(False, index=flights.index)
            for end in ("first", "last"):
                near |= (
                    distance_nm(
                        latitude,
                        longitude,
                        flights[f"{end}_latitude_deg"].astype("float64"),
                        flights[f"{end}_longitude_deg"].astype("float64"),
                    )
                    <= radius_nm
                )
            return near
