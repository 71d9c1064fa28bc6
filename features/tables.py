"""Gather what the families need for one day, as it was known when the day ended."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.reference import Reference
from anomaly.schemas import FLIGHTS
from anomaly.store import Store
from features.base import FlightTables
from features.coding import STOPOVER_DAYS, Ints

HISTORY_DAYS = 90

HISTORY_COLUMNS = [
    "flight_id",
    "icao24",
    "date",
    "first_seen",
    "last_seen",
    "typecode",
    "operator_code",
    "owner_operator",
    "origin",
    "destination",
    "flown_nm",
    "provenance",
]
# Few different words in many rows: read and counted as numbers.
CODED = (
    "icao24",
    "typecode",
    "operator_code",
    "owner_operator",
    "origin",
    "destination",
    "provenance",
)


_DAY_US = 86_400_000_000


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
    rows = rows.filter(pc.equal(rows["date"], date))
    flights = _frame(rows).set_index("flight_id")
    past = _history(store, date, history_days, rows["flight_id"])
    return FlightTables(
        date=date,
        flights=flights,
        stopovers=_days(store, "stopovers", date, STOPOVER_DAYS),
        journeys=_days(store, "journeys", date, 0).set_index("flight_id"),
        gaps=_days(store, "gaps", date, 0),
        history=_frame(past),
        reference=reference,
        known_days=tuple(days_before(store, date)),
    )


def days_before(store: Store, date: dt.date, days: int = HISTORY_DAYS) -> list[dt.date]:
    """Return the stored days that a day's history may rest on, in order."""
    first = date - dt.timedelta(days=days)
    return [day for day in store.dates("flights") if first <= day < date]


def no_history() -> pd.DataFrame:
    """Return what is known before the first stored day."""
    return _frame(FLIGHTS.empty_table().select(HISTORY_COLUMNS))


def with_today(tables: FlightTables) -> pd.DataFrame:
    """Return the history with the day's own flights below it."""
    today = tables.flights.reset_index()[HISTORY_COLUMNS]
    columns: dict[str, Any] = {}
    for name in HISTORY_COLUMNS:
        past, now = tables.history[name], today[name]
        if isinstance(past.dtype, pd.CategoricalDtype):
            columns[name] = pd.api.types.union_categoricals(
                [_categories_of_words(part) for part in (past, now)]
            )
        elif name == "date":
            both = [pd.to_datetime(part) for part in (past, now)]
            columns[name] = pd.concat(both, ignore_index=True)
        else:
            columns[name] = pd.concat([past, now], ignore_index=True)
    return pd.DataFrame(columns)


def _categories_of_words(column: pd.Series) -> pd.Categorical:
    """Return a column as categories that are text, even where there are none."""
    found: pd.Categorical = column.astype("category").array
    return pd.Categorical.from_codes(found.codes, found.categories.astype("str"))


def _history(store: Store, date: dt.date, days: int, own: pa.ChunkedArray) -> pa.Table:
    """Return the flights of the days before, the day's revisions of them last.

    What earlier days saw of the day's `own` flights is left out: none is its own past.
    """
    own_ids = own.combine_chunks()

    def part(day: dt.date) -> pa.Table:
        return _of_others(_past_of(store, day, date), own_ids)

    known = [*days_before(store, date, days), date]
    # Arrow reads without holding Python up: two threads keep two cores busy.
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(part, known))
    joined = pa.concat_tables(parts, promote_options="permissive").unify_dictionaries()
    stored_on = np.repeat(
        np.array(known, dtype="datetime64[D]"),
        [len(part) for part in parts],
    )
    found = latest(joined.combine_chunks(), stored_on)
    # Millions of dates as Python objects would take longer than all the rest.
    at = found.schema.get_field_index("date")
    return found.set_column(at, "date", found["date"].cast(pa.timestamp("s")))


def _past_of(store: Store, day: dt.date, date: dt.date) -> pa.Table:
    """Return the flights before `date` that the partition of `day` holds."""
    # Names of flights are long and all different: only late ones are asked for.
    is_late = day >= date - dt.timedelta(days=STOPOVER_DAYS + 1)
    columns = HISTORY_COLUMNS if is_late else HISTORY_COLUMNS[1:]
    part = store.read("flights", day, columns=columns, coded=CODED)
    if not is_late:
        part = part.add_column(0, "flight_id", pa.nulls(len(part), pa.string()))
    return part.filter(pc.less(part["date"], date)) if day == date else part


def latest(flights: pa.Table, stored_on: np.ndarray) -> pa.Table:
    """Keep the last known row of every flight: revisions stand below originals.

    A flight is known by its airframe and its first moment.  A row that is stored on
    another day than its own revises an earlier one; so does one that began on an
    earlier day than it is stored on: that day knew it as still open.
    """
    day = np.asarray(flights["date"].cast(pa.int32()))
    stored = stored_on.astype(np.int64)
    began = np.asarray(flights["first_seen"].cast(pa.int64())) // _DAY_US
    revises = (stored != day) | (began < stored)
    if not revises.any():
        return flights
    keys = _keys(flights)
    revised = np.unique(keys[revises])
    at = pd.Index(revised).get_indexer(pd.Index(keys))
    last = np.full(len(revised), -1, dtype=np.int64)
    np.maximum.at(last, at[at >= 0], np.flatnonzero(at >= 0))
    keep = (at < 0) | (last[at] == np.arange(len(keys)))
    return flights.filter(pa.array(keep))


def _of_others(flights: pa.Table, own: pa.Array) -> pa.Table:
    """Leave out the flights called as one of `own`."""
    known = flights["flight_id"]
    if known.null_count == len(known):
        return flights
    is_own = pc.fill_null(pc.is_in(known, value_set=own), False)
    return flights.filter(pc.invert(is_own)) if pc.any(is_own).as_py() else flights


def _keys(flights: pa.Table) -> Ints:
    """Return a number for each airframe and first moment together."""
    codes = flights["icao24"].combine_chunks()
    airframe = np.asarray(codes.indices).astype(np.int64)
    first_s = np.asarray(flights["first_seen"].cast(pa.int64())) // 1_000_000
    keys: Ints = airframe * np.int64(1 << 33) + first_s
    return keys


def _days(store: Store, table: str, date: dt.date, days_back: int) -> pd.DataFrame:
    first = date - dt.timedelta(days=days_back)
    known = [day for day in store.dates(table) if first <= day <= date]
    # Asking for the day itself when nothing is there gives the error and its hint.
    return _frame(pa.concat_tables(store.read(table, day) for day in known or [date]))


def _frame(table: pa.Table) -> pd.DataFrame:
    # Columns kept apart: laid side by side, those of millions are copied once more.
    frame: pd.DataFrame = table.to_pandas(split_blocks=True)
    return frame
