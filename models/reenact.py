"""Documented cases flown again on a stored day, each as if it were alone there.

A case meets the day's ordinary traffic and the history stored before it: both count
in what is rare.  It meets no other case, or twenty flights into one theatre would
make each other ordinary.  Nothing is known of its airframe's own past, for a
re-enactment has none; training sees to it that this does not tell a case from a flight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import features
from anomaly import days, labels, simulate
from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.simulate import Coverage, Places
from anomaly.store import Store
from features.base import FlightTables
from features.tables import with_today
from models import dataset


@dataclass(frozen=True, eq=False)
class Flown:
    """Rows of re-enacted flights, labelled, and the cases that gave none."""

    rows: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)


def fly(
    cases: Sequence[Case],
    store: Store,
    date: dt.date,
    reference: Reference,
    *,
    seed: int = 0,
    take: int = 0,
    tables: FlightTables | None = None,
    progress: Progress = silent,
) -> Flown:
    """Return the rows of cases whose journey begins on `date`, labelled.

    Flights of the days after meet the same traffic: that of `date`.  Each `take` leaves
    at another hour, under other receivers, wherever the case does not tell.  `tables`
    are the day's, where not all that is stored is to be known.
    """
    told = [case for case in cases if case.is_flyable]
    airports = set(reference.airports.table.index)
    flyable = [case for case in told if case.is_flyable_among(airports)]
    left_out = {
        "not_flyable": len(cases) - len(told),
        "airports_not_known": len(told) - len(flyable),
    }
    if not flyable:
        nothing: pd.DataFrame = dataset.schema().empty_table().to_pandas()
        return Flown(nothing, left_out)
    day = background(tables or features.tables_for(store, date, reference))
    seed = int(np.random.SeedSequence([seed, take]).generate_state(1)[0])
    coverage = Coverage.of(Places.of(reference.airports), seed)
    parts = []
    done = 0
    for wave in waves(flyable, reference):
        progress("cases", done / len(flyable))
        parts.append(_rows_of_wave(wave, day, seed, coverage))
        done += len(wave)
    progress("cases", 1.0)
    rows = pd.concat(parts, ignore_index=True)
    labelled = labels.case_rows(
        rows.rename(columns={"airframe_group": "icao24"}),
        {case.key: case for case in cases},
    )
    taught = dataset.labelled(rows, labelled.rows)
    alert = taught["alert"] + (f", take {take}" if take else "")
    return Flown(
        taught.assign(take=take, alert=alert),
        left_out | {"not_received": len(flyable) - rows["case_key"].nunique()},
    )


def background(tables: FlightTables) -> FlightTables:
    """Return the day as past: what a flight added to it is compared with."""
    past = with_today(tables)
    # A world may hold the case already: nothing is to meet its own re-enactment.
    ordinary = past["provenance"] != Provenance.RE_ENACTED
    return replace(tables, history=past[ordinary].reset_index(drop=True))


def waves(cases: Sequence[Case], reference: Reference) -> Iterator[list[Case]]:
    """Yield cases in as few groups as let none make another less rare.

    Cases of one group share no airframe, no pair of states, and no type's or
    operator's way into a state.
    """
    waiting = list(cases)
    while waiting:
        wave: list[Case] = []
        taken: set[str] = set()
        later: list[Case] = []
        for case in waiting:
            keys = _keys(case, reference)
            if keys & taken:
                later.append(case)
            else:
                wave.append(case)
                taken |= keys
        yield wave
        waiting = later


def _keys(case: Case, reference: Reference) -> set[str]:
    """Return what a case would make less rare for another."""
    country = reference.airports.table["country"]
    states = [str(country.get(point, point)) for point in case.points]
    into = set(states[1:])
    keys = {f"{a}>{b}" for a, b in pairwise(states)}
    if case.typecode:
        keys |= {f"{case.typecode} into {state}" for state in into}
    if case.callsign:
        keys |= {f"{case.callsign[:3]} into {state}" for state in into}
    airframe = (case.registration, case.icao24)
    return keys | {f"airframe {name}" for name in airframe if name}


def _rows_of_wave(
    wave: Sequence[Case], day: FlightTables, seed: int, coverage: Coverage
) -> pd.DataFrame:
    """Return the rows of all flights of some cases, each as known on its own day."""
    flown = simulate.fly_cases(
        wave, date=day.date, seed=seed, reference=day.reference, coverage=coverage
    )
    positions = flown.positions.sort_by(
        [("icao24", "ascending"), ("timestamp", "ascending")]
    )
    key_of = {simulate.address_of(case): case.key for case in wave}
    begun = pd.Series({case.key: case.date for case in wave}, dtype="datetime64[s]")
    parts = [
        _without_context(dataset.rows_of(_told(tables, begun, key_of, day.date)))
        for date in sorted(
            set(pc.cast(positions["timestamp"], pa.date32()).to_pylist())
        )
        if (tables := _tables_at(date, positions, flown.aircraft, day)) is not None
    ]
    if not parts:
        return pd.DataFrame(columns=[*dataset.schema().names, "case_key"])
    rows = pd.concat(parts, ignore_index=True)
    key = rows["airframe_group"].map(key_of)
    return rows.assign(case_key=key, alert="case " + key)


def _tables_at(
    date: dt.date, positions: pa.Table, aircraft: pa.Table, day: FlightTables
) -> FlightTables | None:
    """Return what was known of the cases' flights when `date` ended, if any did."""
    begin = dt.datetime.combine(date, dt.time(), dt.UTC)
    time = positions["timestamp"]
    known = pc.less(time, pa.scalar(begin + dt.timedelta(days=1)))
    today = pc.and_(known, pc.greater_equal(time, pa.scalar(begin)))
    aloft = pc.unique(positions["icao24"].filter(today))
    seen = positions.filter(
        pc.and_(known, pc.is_in(positions["icao24"], value_set=aloft))
    )
    found = days.tables_of(seen, aircraft, day.reference)
    flights = found.flights.filter(pc.equal(found.flights["date"], date))
    if not flights.num_rows:
        return None
    return replace(
        day,
        date=date,
        flights=flights.to_pandas().set_index("flight_id"),
        stopovers=found.stopovers.to_pandas(),
        journeys=found.journeys.to_pandas().set_index("flight_id"),
        gaps=found.gaps.to_pandas(),
    )


def _told(
    tables: FlightTables,
    begun: pd.Series[Any],
    key_of: Mapping[str, str],
    first_day: dt.date,
) -> FlightTables:
    """Return the tables with the day that each flight is documented for.

    Traffic and past are of the day that it is flown on; what happened in the world is
    of its own.
    """
    later = pd.Timestamp(tables.date) - pd.Timestamp(first_day)
    days = tables.flights["icao24"].map(key_of).map(begun) + later
    return replace(tables, told_days=days)


def _without_context(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with nothing told that takes other aircraft, or a past, to know."""
    rows[dataset.context_features()] = np.nan
    return rows.assign(way=None)
