"""Gather what the families need for one day, as it was known when the day ended."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.reference import Reference
from anomaly.store import Store
from features.base import FlightTables

HISTORY_DAYS = 90
# Journeys are cut by a rest of a day, so a week of stopovers covers all but the
# longest chains; older stops than that say little about today's load.
STOPOVER_DAYS = 7

HISTORY_COLUMNS = [
    "flight_id",
    "icao24",
    "date",
    "last_seen",
    "typecode",
    "operator_code",
    "owner_operator",
    "origin",
    "destination",
    "flown_nm",
    "provenance",
]


def tables_for(
    store: Store,
    date: dt.date,
    reference: Reference,
    *,
    history_days: int = HISTORY_DAYS,
) -> FlightTables:
    """Return the tables of `date` and of the days before it.

    Raises
    ------
    NoDataError
        If no flights are stored for the day.
    """
    rows = store.read("flights", date)
    flights = _frame(rows.filter(pc.equal(rows["date"], date))).set_index("flight_id")
    return FlightTables(
        date=date,
        flights=flights,
        stopovers=_days(store, "stopovers", date, STOPOVER_DAYS),
        journeys=_days(store, "journeys", date, 0).set_index("flight_id"),
        gaps=_days(store, "gaps", date, 0),
        history=_of_others(latest(_history(store, date, history_days)), flights),
        reference=reference,
    )


def latest(flights: pd.DataFrame) -> pd.DataFrame:
    """Keep the last known row of every flight: revisions stand below originals."""
    return flights.drop_duplicates("flight_id", keep="last", ignore_index=True)


def _of_others(history: pd.DataFrame, flights: pd.DataFrame) -> pd.DataFrame:
    """Drop what earlier days saw of the day's own flights: none is its own past."""
    is_own = flights.index.to_series().reindex(history["flight_id"]).notna()
    return history[~is_own.to_numpy()].reset_index(drop=True)


def _history(store: Store, date: dt.date, days: int) -> pd.DataFrame:
    first = date - dt.timedelta(days=days)
    known = [day for day in store.dates("flights") if first <= day < date]
    parts = [store.read("flights", day, columns=HISTORY_COLUMNS) for day in known]
    # The day's own partition revises earlier flights too: known when it ended.
    today = store.read("flights", date, columns=HISTORY_COLUMNS)
    parts.append(today.filter(pc.less(today["date"], date)))
    return _frame(pa.concat_tables(parts))


def _days(store: Store, table: str, date: dt.date, days_back: int) -> pd.DataFrame:
    first = date - dt.timedelta(days=days_back)
    known = [day for day in store.dates(table) if first <= day <= date]
    # Asking for the day itself when nothing is there gives the error and its hint.
    return _frame(pa.concat_tables(store.read(table, day) for day in known or [date]))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame
