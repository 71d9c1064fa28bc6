"""What was known when the day before ended, as it is stored."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.parts import Earlier
from anomaly.schemas import FLIGHTS, JOURNEYS
from anomaly.store import Store

# A flight that was still open, and the longest flights, reach this far back.
DAYS_BACK = 2
# Where an airframe was in the last weeks tells where it may be now.
HABIT_DAYS = 30


def days_back(store: Store, table: str, date: dt.date, n: int) -> list[dt.date]:
    """Return the days before `date`, at most `n` back, that hold anything, in order."""
    first = date - dt.timedelta(days=n)
    return [day for day in store.dates(table) if first <= day < date]


def known(store: Store, date: dt.date, part: str, visited: pd.DataFrame) -> Earlier:
    """Return what was known of a part when the day before `date` ended."""
    last = last_flights(store, date, part)
    days = days_back(store, "journeys", date, DAYS_BACK)
    chains = _rows(store, "journeys", days, JOURNEYS, part=part)
    chains = chains.drop_duplicates("flight_id", keep="last")
    return Earlier(
        flights=last,
        journeys=chains[chains["flight_id"].isin(last["flight_id"])],
        visited=visited,
    )


def last_flights(store: Store, date: dt.date, part: str = "") -> pd.DataFrame:
    """Return the last flight of each airframe, as known when the day before ended."""
    days = days_back(store, "flights", date, DAYS_BACK)
    rows = _rows(store, "flights", days, FLIGHTS, part=part)
    rows = rows[rows["reader"] == "positions"].drop_duplicates("flight_id", keep="last")
    return rows.sort_values("first_seen").drop_duplicates("icao24", keep="last")


def visited(store: Store, date: dt.date, *_before: None) -> pd.DataFrame:
    """Return where airframes were seen on the ground in the weeks before."""
    days = days_back(store, "flights", date, HABIT_DAYS)
    columns = ["icao24", "origin", "origin_kind", "destination", "destination_kind"]
    rows = _rows(store, "flights", days, FLIGHTS, columns)
    seen = [
        rows.loc[rows[f"{end}_kind"] == "observed", ["icao24", end]].set_axis(
            ["icao24", "airport"], axis="columns"
        )
        for end in ("origin", "destination")
    ]
    return pd.concat(seen, ignore_index=True).drop_duplicates()


def _rows(
    store: Store,
    table: str,
    days: list[dt.date],
    schema: pa.Schema,
    columns: list[str] | None = None,
    part: str = "",
) -> pd.DataFrame:
    """Return the rows of some days, or of a part of them; none if there are no days."""
    tables = [store.read(table, day, columns=columns) for day in days]
    rows = pa.concat_tables(
        tables or [schema.empty_table().select(columns or schema.names)]
    )
    if len(part) == 1:  # the last digit of its addresses; "all" is all
        last = pc.utf8_slice_codeunits(rows["icao24"], 5, 6)
        rows = rows.filter(pc.equal(last, part))
    frame: pd.DataFrame = rows.to_pandas()
    return frame
