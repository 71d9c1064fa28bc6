"""Put together what the flights of one day, explained part by part, tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from anomaly import gaps, listed
from anomaly.baseline import Visits
from anomaly.blocks import all_rows
from anomaly.parts import Earlier, Explained, kept_rows, table
from anomaly.reference import Reference
from anomaly.schemas import (
    CANDIDATES,
    FLIGHTS,
    GAPS,
    JOURNEYS,
    LEFT_OUT,
    STOPOVERS,
)


@dataclass(frozen=True)
class DayTables:
    """The tables of one day."""

    flights: pa.Table
    gaps: pa.Table
    stopovers: pa.Table
    journeys: pa.Table
    candidates: pa.Table
    left_out: pa.Table


@dataclass(frozen=True)
class OfList:
    """What lists tell of a day beside its tracks."""

    flights: pa.Table
    """Rows of FLIGHTS."""
    destinations: pd.Series[str]
    """By flight_id, where lists say that flights told by positions went."""
    n_again: int
    """Entries of flights that tracks, or other entries, tell already."""


def gaps_of(parts: list[Explained]) -> pa.Table:
    """Return the gaps of all parts, judged by what others showed."""
    holes = gaps.judged(
        all_rows([part.gaps for part in parts]),
        Visits.joined([part.visits for part in parts]),
    )
    kept = holes[holes["kept"]] if len(holes) else holes
    return _sorted([table(kept, GAPS)], GAPS, "icao24", "start")


def assemble(
    parts: list[Explained], date: dt.date | None, of_list: OfList | None
) -> DayTables:
    """Return the tables that the flights of all parts make up, but for gaps."""
    told = [
        _with_listed(part.flights, of_list.destinations) if of_list else part.flights
        for part in parts
    ]
    left_out = [part.left_out for part in parts]
    if of_list is not None:
        told.append(of_list.flights)
        again = {"reason": "listed_again", "unit": "flights", "example": None}
        counted = [again | {"n": of_list.n_again}] if of_list.n_again else []
        left_out.append(pd.DataFrame(counted))
    return DayTables(
        flights=_sorted(told, FLIGHTS, "icao24", "first_seen"),
        gaps=GAPS.empty_table(),
        stopovers=_sorted(
            [part.stopovers for part in parts], STOPOVERS, "icao24", "back_at"
        ),
        journeys=_sorted(
            [part.journeys for part in parts], JOURNEYS, "icao24", "flight_id"
        ),
        candidates=_sorted(
            [part.candidates for part in parts], CANDIDATES, "flight_id", "end", "rank"
        ),
        left_out=_left_out(left_out, date),
    )


def of_list(
    listed_flights: pa.Table,
    parts: list[Explained],
    aircraft: pd.DataFrame,
    reference: Reference,
    earlier: Earlier,
    date: dt.date | None,
) -> OfList:
    """Return the flights of a list, those of the day alone that no track tells."""
    ends = ["flight_id", "icao24", "first_seen", "last_seen"]
    tracked = [part.flights.select(ends).to_pandas() for part in parts]
    tracked.append(earlier.flights.loc[earlier.flights["reader"] == "positions", ends])
    untold = listed.untold(listed_flights, all_rows(tracked))
    frame = listed.of_table(untold, aircraft, reference)
    _, kept = kept_rows(frame, earlier, date)
    n_again = listed_flights.num_rows - untold.num_rows
    said = listed.destinations(listed_flights, all_rows(tracked), reference)
    return OfList(table(frame[kept], FLIGHTS), said, n_again)


def _with_listed(flights: pa.Table, said: pd.Series[str]) -> pa.Table:
    """Return FLIGHTS with what lists say of where they went."""
    at = flights.schema.get_field_index("listed_destination")
    there = said.reindex(flights["flight_id"].to_pandas())
    values = pa.array(there.array, FLIGHTS.field(at).type, from_pandas=True)
    return flights.set_column(at, FLIGHTS.field(at), values)


def source_name(date: dt.date | None) -> str:
    """Return what stands for the step itself among the sources of LEFT_OUT."""
    return f"flights of {date}" if date else "flights"


def _left_out(parts: list[pd.DataFrame], date: dt.date | None) -> pa.Table:
    every = all_rows(parts)
    if not len(every):
        return LEFT_OUT.empty_table()
    total = every.groupby(["reason", "unit"], as_index=False).agg(
        n=("n", "sum"), example=("example", "first")
    )
    total["source"] = source_name(date)
    return table(total.sort_values("reason"), LEFT_OUT)


def _sorted(tables: list[pa.Table], schema: pa.Schema, *by: str) -> pa.Table:
    rows = pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
    return rows.sort_by([(name, "ascending") for name in by])
