"""Give flights that came without an address that of the aircraft that flew them.

A Flightradar24 export names no address.  Where another source of the same day has an
aircraft of the same callsign or registration in the same places at the same times, it
is the same flight, and its positions are moved to that aircraft.  Where two aircraft
fit, nothing is moved, and that is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.geo import distance_nm
from anomaly.ingest import flightradar24, merge, origins
from anomaly.ingest.base import LeftOut
from anomaly.schemas import POSITIONS
from anomaly.store import Store

_PREFIX = "fe"
# Exports tell a position some seconds late, at most two miles in cruise.
_NEAR_NM = 5.0
# Between positions further apart nobody knows where the other aircraft was.
_BRACKET_S = 300.0
_LEAST_COMMON = 2
_PLACES = ["icao24", "timestamp", "latitude_deg", "longitude_deg", "callsign"]


def source_name(date: dt.date) -> str:
    """Return what stands for this step among the sources of LEFT_OUT."""
    return f"addresses of {date}"


def join(store: Store, dates: Iterable[dt.date]) -> dict[str, LeftOut]:
    """Move what is stored under surrogates of `dates`; return what was done, by day.

    Doing it again changes nothing, and a run killed in between is mended by the next.
    """
    told = {date: _join_day(store, date) for date in dates if _may_hold(store, date)}
    return {source_name(date): done for date, done in told.items() if done.counts}


def _may_hold(store: Store, date: dt.date) -> bool:
    """Tell whether an export reaches into the day; without one nothing is read."""
    rows = store.read("sources").to_pylist()
    return store.has("positions", date) and any(
        row["reader"] == flightradar24.READER.name
        and row["first_seen"].date() <= date <= row["last_seen"].date()
        for row in rows
    )


def _join_day(store: Store, date: dt.date) -> LeftOut:
    done = LeftOut()
    found = _surrogates(store, date)
    if not len(found):
        return done
    registrations = _registrations(store, date)
    names = _namesakes(store, date, found, registrations)
    candidates = sorted({address for same in names.values() for address in same})
    theirs = _places(store, date, candidates)
    moves: dict[str, str] = {}
    for surrogate, same in names.items():
        own = found[found["icao24"] == surrogate]
        fitting = [a for a in same if _fits(own, theirs[theirs["icao24"] == a])]
        who = f"{surrogate} is {' or '.join(fitting)}"
        if len(fitting) == 1:
            moves[surrogate] = fitting[0]
            done.add("surrogate_joined", "flights", example=who)
        elif fitting:
            done.add("surrogate_ambiguous", "flights", example=who)
    if moves:
        _move_positions(store, date, moves)
        _move_aircraft(store, date, moves)
    return done


def _surrogates(store: Store, date: dt.date) -> pd.DataFrame:
    """Return the positions of a day that stand under a surrogate of ours."""
    addresses = pc.unique(store.read("positions", date, columns=["icao24"])["icao24"])
    alike = [a for a in addresses.to_pylist() if a.startswith(_PREFIX)]
    places = _places(store, date, alike)
    days = [(date - dt.timedelta(days=n)).isoformat() for n in (0, 1)]
    called = places.groupby("icao24")["callsign"].first()
    # An aircraft may send such an address itself; ours are made of the callsign.
    ours = [
        address
        for address, callsign in called.items()
        if pd.isna(callsign)
        or address in {flightradar24.surrogate_address(callsign, day) for day in days}
    ]
    return places[places["icao24"].isin(ours)]


def _places(store: Store, date: dt.date, addresses: list[str]) -> pd.DataFrame:
    rows = POSITIONS.empty_table().select(_PLACES)
    if addresses:
        rows = store.read("positions", date, columns=_PLACES, icao24=addresses)
    frame: pd.DataFrame = rows.to_pandas()
    return frame.sort_values(["icao24", "timestamp"], ignore_index=True)


def _registrations(store: Store, date: dt.date) -> pd.DataFrame:
    """Return which address has which registration."""
    if not store.has("aircraft", date):
        return pd.DataFrame({"icao24": [], "registration": []}, dtype=object)
    columns = ["icao24", "registration"]
    frame: pd.DataFrame = store.read("aircraft", date, columns=columns).to_pandas()
    return frame.dropna()


def _namesakes(
    store: Store, date: dt.date, found: pd.DataFrame, registrations: pd.DataFrame
) -> dict[str, list[str]]:
    """Return, by surrogate, the aircraft of its callsign or registration, in order."""
    called = found[["icao24", "callsign"]].dropna().drop_duplicates()
    flown = store.read("positions", date, columns=["icao24", "callsign"])
    wanted = pa.array(called["callsign"].tolist(), pa.string())
    flown = flown.filter(pc.is_in(flown["callsign"], value_set=wanted))
    others = flown.group_by(["icao24", "callsign"]).aggregate([]).to_pandas()
    own_names = registrations[registrations["icao24"].isin(found["icao24"])]
    pairs = pd.concat(
        [
            called.merge(others, on="callsign", suffixes=("", "_of_other")),
            own_names.merge(
                registrations, on="registration", suffixes=("", "_of_other")
            ),
        ]
    )
    pairs = pairs[~pairs["icao24_of_other"].isin(found["icao24"])]
    return {
        str(surrogate): sorted(set(same))
        for surrogate, same in pairs.groupby("icao24")["icao24_of_other"]
    }


def _fits(own: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether one flight was where the other was, at the same times."""
    if len(other) < _LEAST_COMMON:
        return False
    at = own["timestamp"].astype("int64").to_numpy() / 1e6
    seen = other["timestamp"].astype("int64").to_numpy() / 1e6
    after = np.searchsorted(seen, at).clip(1, len(seen) - 1)
    bracketed = (at >= seen[after - 1]) & (at <= seen[after])
    bracketed &= seen[after] - seen[after - 1] <= _BRACKET_S
    if bracketed.sum() < _LEAST_COMMON:
        return False
    longitude = np.unwrap(other["longitude_deg"].to_numpy(), period=360.0)
    apart_nm = distance_nm(
        own["latitude_deg"].to_numpy(),
        own["longitude_deg"].to_numpy(),
        np.interp(at, seen, other["latitude_deg"].to_numpy()),
        np.interp(at, seen, longitude),
    )
    return bool(np.median(apart_nm[bracketed]) <= _NEAR_NM)


def _move_positions(store: Store, date: dt.date, moves: dict[str, str]) -> None:
    rows = store.read("positions", date, icao24=moves)
    renamed = _renamed(rows, moves)
    # First they are where they belong, then no more where they were: a kill in between
    # leaves them twice, and the next run finds them again.
    for part in sorted({address[-1] for address in moves.values()}):
        own = pc.equal(pc.utf8_slice_codeunits(renamed["icao24"], 5, 6), part)
        stored = store.read("positions", date, part)
        merged, _ = merge.positions([stored, renamed.filter(own)])
        store.write("positions", merged, date, part)
    gone = pa.array(sorted(moves))
    for part in sorted({surrogate[-1] for surrogate in moves}):
        stored = store.read("positions", date, part)
        rest = stored.filter(pc.invert(pc.is_in(stored["icao24"], value_set=gone)))
        if rest.num_rows:
            store.write("positions", rest, date, part)
        else:
            store.remove("positions", date, part)


def _move_aircraft(store: Store, date: dt.date, moves: dict[str, str]) -> None:
    if store.has("origins", date):
        told = store.read("origins", date)
        origins.rename(store, date, _renamed(told, moves)["icao24"])
    if store.has("aircraft", date):
        rows = _renamed(store.read("aircraft", date), moves)
        store.write("aircraft", merge.aircraft([rows]), date)


def _renamed(rows: pa.Table, moves: dict[str, str]) -> pa.Table:
    """Return rows with the addresses that were found in place of surrogates."""
    where = pc.index_in(rows["icao24"], value_set=pa.array(list(moves)))
    found = pc.take(pa.array(list(moves.values())), where)
    return rows.set_column(0, rows.schema.field(0), pc.coalesce(found, rows["icao24"]))
