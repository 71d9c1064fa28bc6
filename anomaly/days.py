"""Build the tables of each day, from nothing later than its end.

The partition of a day holds what was known when it ended: the flights whose last
position lies in it, and revisions of earlier flights that its positions explain.
The partition of the day before is never written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly import legs, tracks
from anomaly.assembly import DayTables, Earlier, assemble, source_name
from anomaly.domain import Provenance
from anomaly.engine import LOCAL, Engine, Local, Task
from anomaly.fields import Fields
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import AIRCRAFT, FLIGHTS, JOURNEYS, LEFT_OUT, LOOKED_UP
from anomaly.store import Store

__all__ = ["DayTables", "Earlier", "build_days", "tables_of"]

# A flight that was still open, and the longest flights, reach this far back.
DAYS_BACK = 2
# Where an airframe was in the last weeks tells where it may be now.
HABIT_DAYS = 30


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
    known = _by_address(aircraft)
    fields = Fields.of(reference.airports)
    found = [legs.trace(positions, known, reference, fields)]
    return assemble(found, known, reference, earlier or Earlier(), date, listed_flights)


def build_days(
    store: Store,
    dates: Iterable[dt.date],
    reference: Reference,
    progress: Progress = silent,
    engine: Engine = LOCAL,
) -> None:
    """Turn the stored positions of each date into flights and what follows of them.

    Each day continues the flights of the day before, so that one must be put together
    first; the parts of a day are independent of each other.
    """
    # Other processes load the reference themselves, once for all they do.
    known = reference if isinstance(engine, Local) else store.root.absolute()
    there = Store(store.root.absolute())
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for date in sorted(set(dates)):
        names = []
        for part in store.parts("positions", date):
            names.append(f"flights {date} {part}")
            tasks.append(Task(names[-1], _trace, (there, date, part, known), before))
        day = Task(f"day {date}", _assemble, (there, date, known), (*names, *before))
        tasks.append(day)
        before = (day.name,)
    engine.run(tasks, lambda n, of: progress("flights", n / of))
    progress("flights", 1.0)


def _trace(
    store: Store, date: dt.date, part: str, known: Reference | Path, *_before: None
) -> legs.Legs:
    """Return the flights of a part of a day."""
    reference = _reference(known)
    positions = _positions(store, date, part, _last_flights(store, date))
    here = pc.unique(positions["icao24"]).cast(pa.string())
    aircraft = _aircraft(store, date, here)
    aircraft, _ = _looked_up(aircraft, [positions], reference)
    return legs.trace(positions, aircraft, reference, Fields.of(reference.airports))


def _assemble(
    store: Store, date: dt.date, known: Reference | Path, *results: legs.Legs | None
) -> None:
    """Put a day together of the flights of its parts."""
    parts = [part for part in results if part is not None]
    listed_flights = (
        store.read("listed_flights", date)
        if store.has("listed_flights", date)
        else None
    )
    reference = _reference(known)
    seen: list[pa.Table | pd.DataFrame] = [part.frame for part in parts]
    if listed_flights is not None:
        seen.append(listed_flights)
    aircraft, told = _looked_up(_aircraft(store, date), seen, reference)
    earlier = _earlier(store, date)
    tables = assemble(parts, aircraft, reference, earlier, date, listed_flights)
    _write(store, date, tables)
    # A day may have been built with a database that is gone.
    if len(told) or store.has("looked_up", date):
        table = pa.Table.from_pandas(told, schema=LOOKED_UP, preserve_index=False)
        store.write("looked_up", table, date)


def _reference(known: Reference | Path) -> Reference:
    return _loaded(known) if isinstance(known, Path) else known


@cache
def _loaded(root: Path) -> Reference:
    return Reference.load(root)


def _by_address(aircraft: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = aircraft.to_pandas()
    return frame.drop_duplicates("icao24", keep="last").set_index("icao24")


def _aircraft(store: Store, date: dt.date, of: pa.Array | None = None) -> pd.DataFrame:
    """Return what is known of each airframe, the latest day's word last."""
    days = _days_before(store, "aircraft", date, DAYS_BACK)
    if store.has("aircraft", date):
        days.append(date)
    tables = [store.read("aircraft", day) for day in days]
    known = pa.concat_tables(tables or [AIRCRAFT.empty_table()])
    if of is not None:
        known = known.filter(pc.is_in(known["icao24"], value_set=of))
    return _by_address(known)


def _looked_up(
    known: pd.DataFrame, seen: list[pa.Table | pd.DataFrame], reference: Reference
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is known with what databases tell of the aircraft that were seen."""
    icao24: set[str] = set()
    if reference.airframes.files:
        for rows in seen:
            if not len(rows):
                continue
            # An invented aircraft is in nobody's database.
            observed = np.asarray(rows["provenance"]) == Provenance.OBSERVED.value
            icao24.update(np.asarray(rows["icao24"])[observed])
    return reference.airframes.completed(known, icao24)


def _days_before(store: Store, table: str, date: dt.date, n: int) -> list[dt.date]:
    """Return the days before `date`, at most `n` back, that hold anything, in order."""
    first = date - dt.timedelta(days=n)
    return [day for day in store.dates(table) if first <= day < date]


def _earlier(store: Store, date: dt.date) -> Earlier:
    """Return what was known when the day before `date` ended."""
    last = _last_flights(store, date)
    days = _days_before(store, "journeys", date, DAYS_BACK)
    chains = _rows(store, "journeys", days, JOURNEYS)
    chains = chains.drop_duplicates("flight_id", keep="last")
    return Earlier(
        flights=last,
        journeys=chains[chains["flight_id"].isin(last["flight_id"])],
        visited=_visited(store, date),
    )


def _last_flights(store: Store, date: dt.date) -> pd.DataFrame:
    """Return the last flight of each airframe, as known when the day before ended."""
    days = _days_before(store, "flights", date, DAYS_BACK)
    rows = _rows(store, "flights", days, FLIGHTS)
    rows = rows[rows["reader"] == "positions"].drop_duplicates("flight_id", keep="last")
    return rows.sort_values("first_seen").drop_duplicates("icao24", keep="last")


def _visited(store: Store, date: dt.date) -> pd.DataFrame:
    """Return where airframes were seen on the ground in the weeks before."""
    days = _days_before(store, "flights", date, HABIT_DAYS)
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
) -> pd.DataFrame:
    """Return the rows of some days; none if there are no days."""
    tables = [store.read(table, day, columns=columns) for day in days]
    frame: pd.DataFrame = pa.concat_tables(
        tables or [schema.empty_table().select(columns or schema.names)]
    ).to_pandas()
    return frame


def _positions(store: Store, date: dt.date, part: str, last: pd.DataFrame) -> pa.Table:
    """Return the positions of a part of the day, and of the last flights before it."""

    def stored(day: dt.date) -> pa.Table:
        columns = list(tracks.COLUMNS)
        return store.read("positions", day, part, columns=columns, coded=tracks.CODED)

    today = stored(date)
    here = pc.unique(today["icao24"]).to_pylist()
    day_before = pd.Timestamp(date, tz="UTC") - pd.Timedelta(days=1)
    # Without a flight before, the day before may hold the taxi to this one.
    since = last.set_index("icao24")["first_seen"].reindex(here).fillna(day_before)
    tables = []
    for day in _days_before(store, "positions", date, DAYS_BACK):
        if part not in store.parts("positions", day):
            continue
        rows = stored(day)
        icao24s, which = tracks.codes(rows["icao24"])
        # Of an aircraft that is not here there is no time, and nothing is later.
        start = since.reindex(icao24s).dt.tz_localize(None).to_numpy()
        keep = rows["timestamp"].to_numpy() >= start[which]
        tables.append(rows.filter(pa.array(keep)))
    return pa.concat_tables([*tables, today])


def _write(store: Store, date: dt.date, tables: DayTables) -> None:
    for name in ("gaps", "stopovers", "journeys", "candidates", "flights"):
        store.write(name, getattr(tables, name), date)
    told = store.read("left_out") if store.has("left_out") else LEFT_OUT.empty_table()
    others = told.filter(pc.not_equal(told["source"], source_name(date)))
    store.write("left_out", pa.concat_tables([others, tables.left_out]))
