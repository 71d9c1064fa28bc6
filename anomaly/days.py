"""Build the tables of each day, from nothing later than its end.

The partition of a day holds what was known when it ended: the flights whose last
position lies in it, and revisions of earlier flights that its positions explain.
The partition of the day before is never written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly import (
    assembly,
    coding,
    completeness,
    daybefore,
    layout,
    legs,
    parts,
    tracks,
)
from anomaly.assembly import DayTables, assemble, gaps_of, source_name
from anomaly.completeness import Count
from anomaly.domain import Provenance
from anomaly.engine import LOCAL, Engine, Task
from anomaly.fields import Fields
from anomaly.knowledge import Watch
from anomaly.parts import Earlier, Explained, Part
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import (
    AIRCRAFT,
    LEFT_OUT,
    LISTED_FLIGHTS,
    LOOKED_UP,
)
from anomaly.store import Store
from anomaly.tracks import Ints

__all__ = ["DayTables", "Earlier", "build_days", "tables_of"]

# Some 900 MB while tracks are cleaned and split.
MOST_ROWS = 1_500_000


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
    before = earlier or Earlier()
    part = parts.part_of(legs.trace([positions], known, reference, fields), fields)
    watch = Watch(parts.n_seen(part, fields))
    told = parts.explained(part, watch, fields, before, date)
    of_list = None
    if listed_flights is not None and len(listed_flights):
        of_list = assembly.of_list(
            listed_flights, [told], known, reference, before, date
        )
    return replace(assemble([told], date, of_list), gaps=gaps_of([told]))


def build_days(
    store: Store,
    dates: Iterable[dt.date],
    reference: Reference | Path,
    progress: Progress = silent,
    engine: Engine = LOCAL,
) -> None:
    """Turn the stored positions of each date into flights and what follows of them.

    Each day continues the flights of the day before, so that one must be put together
    first; the parts of a day are independent of each other.

    Parameters
    ----------
    reference : Reference or Path
        Or the data directory that other processes load it from, once for all they do.
    """
    there = Store(store.root.absolute())
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for date in sorted(set(dates)):
        of_day = _tasks(there, date, reference, before)
        tasks += of_day
        before = (of_day[-1].name,)
    engine.run(tasks, lambda n, of: progress("flights", n / of))
    progress("flights", 1.0)


def _tasks(
    store: Store, date: dt.date, known: Reference | Path, before: tuple[str, ...]
) -> list[Task]:
    """Return what there is to do for a day, once the day before has been stored."""
    names = store.parts("positions", date)
    found = {part: f"flights {date} {part}" for part in names}
    seen = {part: f"seen {date} {part}" for part in names}
    told = {part: f"ends {date} {part}" for part in names}
    visited, gaps, tables = (f"{what} {date}" for what in ("visited", "gaps", "tables"))
    every = (visited, *seen.values())
    day = (store, date, known)
    return [
        Task(visited, daybefore.visited, (store, date), before),
        *(Task(found[part], _trace, (*day, part), before) for part in names),
        *(Task(seen[part], _n_seen, (known,), (found[part],)) for part in names),
        *(
            Task(told[part], _explain, (*day, part), (found[part], *every))
            for part in names
        ),
        Task(gaps, _judge, (store, date), tuple(told.values()) or before),
        Task(
            tables,
            _assemble,
            (*day, len(names)),
            (*seen.values(), *told.values()) or before,
        ),
        Task(f"day {date}", _nothing_left, (), (gaps, tables)),
    ]


@dataclass(frozen=True, eq=False)
class _Found:
    """The flights of a part of a day, and how much there is of it."""

    part: Part
    count: Count


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the other parts of a day, and the day, are told of a part."""

    n_ends: Ints
    """How many ends of its flights were seen at each field."""
    count: Count


def _trace(
    store: Store, date: dt.date, known: Reference | Path, part: str, *_before: None
) -> _Found:
    """Return the flights of a part of a day, and how much there is of it."""
    reference = _reference(known)
    fields = Fields.of(reference.airports)
    today = _stored(store, date, part)
    here = coding.different(today["icao24"])
    aircraft = _aircraft(store, date, here)
    aircraft, _ = _looked_up(aircraft, [today], reference)
    positions = _with_days_before(today, here, store, date, part)
    flown = legs.trace(_some_at_a_time(positions), aircraft, reference, fields)
    return _Found(parts.part_of(flown, fields), completeness.count(today))


def _some_at_a_time(positions: pa.Table) -> Iterator[pa.Table]:
    """Yield positions of whole aircraft, no more than memory is sure to hold.

    The positions of one aircraft may be more: they cannot be told from each other.
    """
    if len(positions) <= MOST_ROWS:
        yield positions
        return
    _, aircraft = tracks.codes(positions["icao24"])
    starts = np.append(0, np.flatnonzero(aircraft[1:] != aircraft[:-1]) + 1)
    if (np.diff(aircraft[starts]) > 0).all():
        # In order, as a part of a day is stored: nothing needs to be copied.
        turn = np.append(starts[1:], len(positions)) // MOST_ROWS
        starts = starts[np.flatnonzero(np.diff(turn, prepend=-1))]
        for start, end in pairwise((*starts, len(positions))):
            yield positions.slice(start, end - start)
        return
    turn_of_row = (np.cumsum(np.bincount(aircraft)) // MOST_ROWS)[aircraft]
    for number in np.unique(turn_of_row):
        yield positions.filter(pa.array(turn_of_row == number))


def _n_seen(known: Reference | Path, found: _Found) -> _Seen:
    """Return what the whole day is told of a part."""
    fields = Fields.of(_reference(known).airports)
    return _Seen(parts.n_seen(found.part, fields), found.count)


def _explain(
    store: Store,
    date: dt.date,
    known: Reference | Path,
    name: str,
    found: _Found,
    visited: pd.DataFrame,
    *seen: _Seen,
) -> Explained:
    """Return the flights of a part, knowing what the whole day showed."""
    fields = Fields.of(_reference(known).airports)
    earlier = daybefore.known(store, date, name, visited)
    watch = Watch(np.sum([part.n_ends for part in seen], axis=0))
    return parts.explained(found.part, watch, fields, earlier, date)


def _judge(store: Store, date: dt.date, *told: Explained | None) -> None:
    """Judge the gaps of all parts of a day: no other table of it waits for that."""
    store.write("gaps", gaps_of([part for part in told if part is not None]), date)


def _nothing_left(*_before: None) -> None:
    """Do nothing: a day is there when all its tables are."""


def _assemble(
    store: Store,
    date: dt.date,
    known: Reference | Path,
    n_parts: int,
    *results: Any,
) -> None:
    """Put a day together of its parts: what was seen of each, then their flights.

    All but its gaps.
    """
    seen_of, told = results[:n_parts], list(results[n_parts : 2 * n_parts])
    if n_parts:
        completeness.keep(store, date, [part.count for part in seen_of])
    reference = _reference(known)
    seen: list[pa.Table | pd.DataFrame] = [part.flights for part in told]
    of_list = None
    listed = (
        store.read("listed_flights", date)
        if store.has("listed_flights", date)
        else LISTED_FLIGHTS.empty_table()
    )
    aircraft, looked_up = _looked_up(_aircraft(store, date), [*seen, listed], reference)
    if len(listed):
        earlier = Earlier(flights=daybefore.last_flights(store, date))
        of_list = assembly.of_list(listed, told, aircraft, reference, earlier, date)
    _write(store, date, assemble(told, date, of_list))
    # A day may have been built with a database that is gone.
    if len(looked_up) or store.has("looked_up", date):
        table = pa.Table.from_pandas(looked_up, schema=LOOKED_UP, preserve_index=False)
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
    days = daybefore.days_back(store, "aircraft", date, daybefore.DAYS_BACK)
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


def _stored(store: Store, date: dt.date, part: str) -> pa.Table:
    """Return the positions of a part of a day as they lie in its file."""
    columns = list(tracks.COLUMNS)
    return store.read(
        "positions", date, part, columns=columns, coded=tracks.CODED, packed=True
    )


def _with_days_before(
    today: pa.Table, here: pa.Array, store: Store, date: dt.date, part: str
) -> pa.Table:
    """Return the positions of a part of the day, and of the last flights before it.

    `here` are the addresses of the day's aircraft.
    """
    days = [
        day
        for day in daybefore.days_back(store, "positions", date, daybefore.DAYS_BACK)
        if part in store.parts("positions", day)
    ]
    if not days:
        return layout.joined([today], tracks.SCHEMA)
    last = daybefore.last_flights(store, date, part)
    day_before = pd.Timestamp(date, tz="UTC") - pd.Timedelta(days=1)
    # Without a flight before, the day before may hold the taxi to this one.
    since = last.set_index("icao24")["first_seen"].reindex(here.to_pylist())
    since = since.fillna(day_before)
    tables = []
    for day in days:
        rows = _stored(store, day, part)
        icao24s, which = tracks.codes(rows["icao24"])
        # Of an aircraft that is not here there is no time, and nothing is later.
        start = since.reindex(icao24s).dt.tz_localize(None).to_numpy()
        keep = rows["timestamp"].to_numpy() >= start[which]
        tables.append(rows.filter(pa.array(keep)))
    return layout.joined([*tables, today], tracks.SCHEMA)


def _write(store: Store, date: dt.date, tables: DayTables) -> None:
    for name in ("stopovers", "journeys", "candidates", "flights"):
        store.write(name, getattr(tables, name), date)
    told = store.read("left_out") if store.has("left_out") else LEFT_OUT.empty_table()
    others = told.filter(pc.not_equal(told["source"], source_name(date)))
    store.write("left_out", pa.concat_tables([others, tables.left_out]))
