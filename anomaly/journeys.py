"""The chain of flights an airframe has made so far, cut where it rests for a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from anomaly.fields import Fields
from anomaly.tracks import Floats, Ints, arc_nm, unit_vectors

UNKNOWN = "?"


class Chain(NamedTuple):
    """A journey so far; a tuple, since every flight makes two of them."""

    flight_ids: tuple[str, ...]
    airports: tuple[str, ...]
    n_inferred: int
    started_us: int
    total_nm: float
    origin_latitude_deg: float
    origin_longitude_deg: float

    def left_again(self, origin: str, *, unseen: bool) -> Chain:
        """Return the journey up to the take-off of its next flight."""
        airports = self.airports
        if airports[-1] == UNKNOWN:
            airports = (*airports[:-1], origin)
        elif origin not in (UNKNOWN, airports[-1]):
            # Left from elsewhere than it was last: a flight between was missed.
            airports = (*airports, origin)
        return Chain(
            self.flight_ids,
            airports,
            self.n_inferred + unseen,
            self.started_us,
            self.total_nm,
            self.origin_latitude_deg,
            self.origin_longitude_deg,
        )

    def flown(self, flight_id: str, destination: str, nm: float) -> Chain:
        """Return the journey with one more flight."""
        return Chain(
            (*self.flight_ids, flight_id),
            (*self.airports, destination),
            self.n_inferred,
            self.started_us,
            self.total_nm + nm,
            self.origin_latitude_deg,
            self.origin_longitude_deg,
        )


def of_flights(
    flights: pd.DataFrame,
    stopovers: pd.DataFrame,
    fields: Fields,
    earlier: Mapping[str, Chain],
) -> pd.DataFrame:
    """Return the JOURNEYS row of each flight.

    Parameters
    ----------
    flights : DataFrame
        Sorted by airframe and time.
    stopovers : DataFrame
        Those between the flights; where there is none the chain is cut.
    earlier : mapping of str to Chain
        By flight, the journey before it as known before; see `chains_before`.
    """
    after = pd.Index(stopovers["flight_after"])
    stop = after.get_indexer(pd.Index(flights["flight_id"]))
    # One more entry: where there is no stop it is -1.
    inferred = np.append(stopovers["inferred"].to_numpy(bool), np.False_)
    begin, end = _ends(flights, fields)
    start_latitude, start_longitude = _degrees(begin)
    chains: list[Chain] = []
    rows = zip(
        flights["flight_id"].tolist(),
        _microseconds(flights["first_seen"]).tolist(),
        flights["origin"].fillna(UNKNOWN).tolist(),
        flights["destination"].fillna(UNKNOWN).tolist(),
        (stop >= 0).tolist(),
        inferred[stop].tolist(),
        arc_nm(begin, end).tolist(),
        start_latitude.tolist(),
        start_longitude.tolist(),
        strict=True,
    )
    for flight, seen, origin, destination, follows, unseen, nm, lat, lon in rows:
        if follows:
            chain = chains[-1].left_again(origin, unseen=unseen)
        elif flight in earlier:
            chain = earlier[flight]
        else:
            chain = Chain((), (origin,), 0, seen, 0.0, lat, lon)
        chains.append(chain.flown(flight, destination, nm))
    return _frame(flights, chains, end)


def chains_before(
    flights: pd.DataFrame, journeys: pd.DataFrame, fields: Fields
) -> dict[str, Chain]:
    """Return the journey before each of `flights`, which `journeys` tell with it."""
    own = journeys.set_index("flight_id").reindex(flights["flight_id"])
    known = own["journey_id"].notna().to_numpy()
    own, own_nm = own[known], arc_nm(*_ends(flights, fields))[known]
    rows = zip(
        own.index,
        own["flight_ids"],
        own["airports"],
        own["n_inferred_stops"],
        _microseconds(own["started"]).tolist(),
        own["total_nm"] - own_nm,
        own["origin_latitude_deg"],
        own["origin_longitude_deg"],
        strict=True,
    )
    return {
        str(flight): Chain(tuple(ids[:-1]), tuple(airports[:-1]), int(n), *rest)
        for flight, ids, airports, n, *rest in rows
    }


def _frame(flights: pd.DataFrame, chains: list[Chain], end: Floats) -> pd.DataFrame:
    latitude = np.array([chain.origin_latitude_deg for chain in chains], dtype=float)
    longitude = np.array([chain.origin_longitude_deg for chain in chains], dtype=float)
    started = np.array([chain.started_us for chain in chains], dtype=np.int64)
    return pd.DataFrame(
        {
            "flight_id": flights["flight_id"].array,
            "icao24": flights["icao24"].array,
            "journey_id": [chain.flight_ids[0] for chain in chains],
            "flight_ids": [chain.flight_ids for chain in chains],
            "airports": [chain.airports for chain in chains],
            "n_stops": [len(chain.flight_ids) - 1 for chain in chains],
            "n_inferred_stops": [chain.n_inferred for chain in chains],
            "started": pd.DatetimeIndex(started.astype("datetime64[us]"), tz="UTC"),
            "total_nm": [chain.total_nm for chain in chains],
            "direct_nm": arc_nm(unit_vectors(latitude, longitude), end),
            "origin_latitude_deg": latitude,
            "origin_longitude_deg": longitude,
            "provenance": flights["provenance"].array,
        }
    )


def _microseconds(times: pd.Series[pd.Timestamp]) -> Ints:
    """Return times as microseconds since 1970."""
    return np.asarray(times.dt.as_unit("us").astype("int64"), dtype=np.int64)


def _ends(flights: pd.DataFrame, fields: Fields) -> tuple[Floats, Floats]:
    """Return where each flight began and ended."""
    return (
        _point(flights, fields, "origin", "first"),
        _point(flights, fields, "destination", "last"),
    )


def _degrees(point: Floats) -> tuple[Floats, Floats]:
    """Return latitude and longitude."""
    return (
        np.degrees(np.arcsin(point[:, 2].clip(-1, 1))),
        np.degrees(np.arctan2(point[:, 1], point[:, 0])),
    )


def _point(flights: pd.DataFrame, fields: Fields, end: str, side: str) -> Floats:
    """Return the airport of an end, or else the position nearest to it."""
    codes = pd.Index(flights[end].to_numpy(object))
    place = fields.index.get_indexer(codes)
    seen = unit_vectors(
        flights[f"{side}_latitude_deg"].to_numpy(float),
        flights[f"{side}_longitude_deg"].to_numpy(float),
    )
    result: Floats = np.where(place[:, None] >= 0, fields.points[place], seen)
    return result
