"""Build the tables of each day, from nothing later than its end.

The partition of a day holds what was known when it ended: the flights whose last
position lies in it, and revisions of earlier flights that its positions explain.
The partition of the day before is never written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly import baseline, flights, gaps, journeys, listed, stopovers
from anomaly.baseline import Visits
from anomaly.errors import NoDataError
from anomaly.fields import Fields
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import (
    AIRCRAFT,
    CANDIDATES,
    FLIGHTS,
    GAPS,
    JOURNEYS,
    LEFT_OUT,
    STOPOVERS,
    conform,
)
from anomaly.store import Store

# A flight that was still open, and the longest flights, reach this far back.
DAYS_BACK = 2
# A change of confidence smaller than this is no revision.
REVISED_BY = 0.05
_ORIGIN = ["origin", "origin_kind", "origin_confidence", "origin_reason"]


@dataclass(frozen=True)
class DayTables:
    """The tables of one day."""

    flights: pa.Table
    gaps: pa.Table
    stopovers: pa.Table
    journeys: pa.Table
    candidates: pa.Table
    left_out: pa.Table


@dataclass(frozen=True, eq=False)
class Earlier:
    """What was known when the day before ended: each airframe's last flight."""

    flights: pd.DataFrame = field(default_factory=lambda: _frame(FLIGHTS.empty_table()))
    journeys: pd.DataFrame = field(
        default_factory=lambda: _frame(JOURNEYS.empty_table())
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """What came of some airframes."""

    flights: pd.DataFrame
    gaps: pd.DataFrame
    stopovers: pd.DataFrame
    journeys: pd.DataFrame
    candidates: pd.DataFrame
    left_out: pd.DataFrame
    visits: Visits


def tables_of(
    positions: pa.Table,
    aircraft: pa.Table,
    reference: Reference,
    *,
    date: dt.date | None = None,
    listed_flights: pa.Table | None = None,
    earlier: Earlier | None = None,
) -> DayTables:
    """Return the tables of one day, in memory.

    Parameters
    ----------
    positions : Table
        POSITIONS of the day, and of the last flights before it.
    aircraft : Table
        AIRCRAFT; what is not in it has no type.
    date : date or None
        Keep what belongs to this day: its flights, and revisions of earlier ones.
        None keeps everything, as one long day.
    listed_flights : Table or None
        LISTED_FLIGHTS of the day.
    earlier : Earlier or None
        What was known the day before.
    """
    fields = Fields.of(reference.airports)
    known = _by_address(aircraft)
    earlier = earlier or Earlier()
    parts = [_part(positions, known, reference, fields, earlier)]
    return _tables(parts, known, reference, earlier, date, listed_flights)


def build_days(
    store: Store,
    dates: Iterable[dt.date],
    reference: Reference,
    progress: Progress = silent,
) -> None:
    """Turn the stored positions of each date into flights and what follows of them.

    Days are built in order, since each continues the flights of the day before.
    """
    days = sorted(set(dates))
    fields = Fields.of(reference.airports)
    for n, date in enumerate(days):
        earlier = _earlier(store, date)
        known = _aircraft(store, date)
        names = store.parts("positions", date)
        parts = []
        for i, name in enumerate(names):
            progress(f"flights of {date}", (n + i / len(names)) / len(days))
            parts.append(
                _part(
                    _positions(store, date, name, earlier.flights),
                    known,
                    reference,
                    fields,
                    earlier,
                )
            )
        listed_flights = (
            store.read("listed_flights", date)
            if store.has("listed_flights", date)
            else None
        )
        tables = _tables(parts, known, reference, earlier, date, listed_flights)
        _write(store, date, tables)
    progress("flights", 1.0)


def _part(
    positions: pa.Table,
    aircraft: pd.DataFrame,
    reference: Reference,
    fields: Fields,
    earlier: Earlier,
) -> _Part:
    found = flights.find(positions, aircraft, reference, fields)
    frame = _with_known_origins(found.flights, earlier.flights)
    stops = stopovers.of_found(found, fields)
    chains = journeys.of_flights(
        frame,
        stops,
        fields,
        journeys.chains_before(earlier.flights, earlier.journeys, fields),
    )
    return _Part(
        frame, found.gaps, stops, chains, found.candidates, found.left_out, found.visits
    )


def _with_known_origins(found: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Keep the origin told before: here the flight before it is not in sight."""
    told = earlier.set_index("flight_id")[_ORIGIN].reindex(found["flight_id"])
    known = told["origin_kind"].notna().to_numpy()
    found = found.copy()
    for name in _ORIGIN:
        found[name] = found[name].mask(known, told[name].array)
    return found


def _tables(
    parts: list[_Part],
    aircraft: pd.DataFrame,
    reference: Reference,
    earlier: Earlier,
    date: dt.date | None,
    listed_flights: pa.Table | None,
) -> DayTables:
    found = _joined([part.flights for part in parts])
    holes = gaps.judged(
        _joined([part.gaps for part in parts]),
        baseline.of_visits([part.visits for part in parts]),
    )
    stops = _joined([part.stopovers for part in parts])
    chains = _joined([part.journeys for part in parts])
    weights = _joined([part.candidates for part in parts])
    if listed_flights is not None and len(listed_flights):
        found = _joined([found, listed.of_table(listed_flights, aircraft, reference)])
    if date is not None and len(found):
        today = found["date"] == date
        revised = ~today & _is_revision(found, earlier.flights)
        ids = found["flight_id"]
        chains = chains[chains["flight_id"].isin(ids[today])]
        holes = holes[holes["flight_id"].isin(ids[today | revised])]
        weights = weights[weights["flight_id"].isin(ids[today | revised])]
        found = found[today | revised]
    return DayTables(
        flights=_table(found, FLIGHTS, ["icao24", "first_seen"]),
        gaps=_table(holes, GAPS, ["icao24", "start"]),
        stopovers=_table(stops, STOPOVERS, ["icao24", "back_at"]),
        journeys=_table(chains, JOURNEYS, ["icao24", "flight_id"]),
        candidates=_table(weights, CANDIDATES, ["flight_id", "end", "rank"]),
        left_out=_left_out([part.left_out for part in parts], date),
    )


def _is_revision(found: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series[bool]:
    """Tell flights of which more is known now than the day before."""
    told = earlier.set_index("flight_id").reindex(found["flight_id"])
    surer = np.abs(
        told["destination_confidence"].fillna(0).to_numpy(float)
        - found["destination_confidence"].fillna(0).to_numpy(float)
    )
    differs = (
        told["destination"].fillna("").to_numpy(object)
        != found["destination"].fillna("").to_numpy(object)
    ) | (told["destination_kind"].to_numpy(object) != found["destination_kind"])
    return pd.Series(differs | (surer > REVISED_BY), index=found.index)


def _left_out(parts: list[pd.DataFrame], date: dt.date | None) -> pa.Table:
    every = _joined(parts)
    if not len(every):
        return LEFT_OUT.empty_table()
    total = every.groupby(["reason", "unit"], as_index=False).agg(
        n=("n", "sum"), example=("example", "first")
    )
    total["source"] = _source(date)
    return _table(total, LEFT_OUT, ["reason"])


def _source(date: dt.date | None) -> str:
    return f"flights of {date}" if date else "flights"


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames; empty ones have no say in the types."""
    filled = [frame for frame in frames if len(frame)]
    return (
        pd.concat(filled or frames[:1], ignore_index=True)
        if frames
        else (pd.DataFrame())
    )


def _table(frame: pd.DataFrame, schema: pa.Schema, by: list[str]) -> pa.Table:
    """Return rows as a table of the schema, sorted."""
    if not len(frame):
        return schema.empty_table()
    frame = frame.sort_values(by)
    columns = [
        pa.Array.from_pandas(frame[field.name], type=field.type, safe=False)
        if field.name in frame
        else pa.nulls(len(frame), field.type)
        for field in schema
    ]
    return conform(pa.Table.from_arrays(columns, schema=schema), schema)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _by_address(aircraft: pa.Table) -> pd.DataFrame:
    frame = _frame(aircraft)
    return frame.drop_duplicates("icao24", keep="last").set_index("icao24")


def _aircraft(store: Store, date: dt.date) -> pd.DataFrame:
    """Return what is known of each airframe, the latest day's word last."""
    days = [date - dt.timedelta(days=back) for back in range(DAYS_BACK, -1, -1)]
    tables = [store.read("aircraft", day) for day in days if store.has("aircraft", day)]
    return _by_address(pa.concat_tables(tables) if tables else AIRCRAFT.empty_table())


def _earlier(store: Store, date: dt.date) -> Earlier:
    """Return the last flight of each airframe before `date`, as known then."""
    days = [date - dt.timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    days = [day for day in days if store.has("flights", day)]
    if not days:
        return Earlier()
    rows = _frame(pa.concat_tables(store.read("flights", day) for day in days))
    rows = rows[rows["reader"] == "positions"]
    rows = rows.drop_duplicates("flight_id", keep="last").sort_values("first_seen")
    last = rows.drop_duplicates("icao24", keep="last")
    chains = _frame(
        pa.concat_tables(
            store.read("journeys", day) for day in days if store.has("journeys", day)
        )
    ).drop_duplicates("flight_id", keep="last")
    return Earlier(last, chains[chains["flight_id"].isin(last["flight_id"])])


def _positions(store: Store, date: dt.date, part: str, last: pd.DataFrame) -> pa.Table:
    """Return the positions of a part of the day, and of the last flights before it."""
    today = store.read("positions", date, part)
    here = pc.unique(today["icao24"])
    since = last.set_index("icao24")["first_seen"]
    midnight = pd.Timestamp(date, tz="UTC")
    tables = [today]
    for back in range(1, DAYS_BACK + 1):
        day = date - dt.timedelta(days=back)
        if part not in store.parts("positions", day):
            continue
        rows = store.read("positions", day, part)
        rows = rows.filter(pc.is_in(rows["icao24"], value_set=here))
        # Without a flight before, the day before may hold the taxi to this one.
        start = rows["icao24"].to_pandas().map(since)
        start = start.fillna(midnight - pd.Timedelta(days=1))
        keep = rows["timestamp"].to_pandas() >= start
        tables.append(rows.filter(pa.array(keep.to_numpy(bool))))
    return pa.concat_tables(tables[::-1])


def _write(store: Store, date: dt.date, tables: DayTables) -> None:
    for name in ("gaps", "stopovers", "journeys", "candidates", "flights"):
        store.write(name, getattr(tables, name), date)
    source = _source(date)
    rows = tables.left_out
    try:
        others = store.read("left_out")
    except NoDataError:
        others = LEFT_OUT.empty_table()
    others = others.filter(pc.not_equal(others["source"], source))
    store.write("left_out", pa.concat_tables([others, rows]))
