"""Positions become flights: cleaned, split, measured, with both ends explained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly import cleaning, gaps, measures, performance
from anomaly.baseline import Visits, visits_of
from anomaly.edges import Edges, edges
from anomaly.ends import N_CANDIDATES, Ends, Pairs, of_flights
from anomaly.fields import Fields
from anomaly.reference import Reference
from anomaly.splitting import GAP_S, Split, split
from anomaly.tracks import Ints, Tracks, of_table, timestamps

_MILITARY = frozenset({"military", "government"})
_AIRCRAFT_COLUMNS = (
    "registration",
    "typecode",
    "owner_operator",
    "military_flag",
    "privacy_flag",
)


@dataclass(frozen=True, eq=False)
class Found:
    """Flights of some airframes, and what the steps after need of them."""

    flights: pd.DataFrame
    """The columns of FLIGHTS, sorted by airframe and time."""
    gaps: pd.DataFrame
    """The columns of GAPS but the judgement."""
    candidates: pd.DataFrame
    pairs: Pairs
    starts: Edges
    stops: Edges
    origin: Ends
    destination: Ends
    landed_s: np.ndarray
    took_off_s: np.ndarray
    """First and last moment on the ground beside the flight; NaN where unseen."""
    able: pd.DataFrame
    visits: Visits
    left_out: pd.DataFrame


def find(
    positions: pa.Table, aircraft: pd.DataFrame, reference: Reference, fields: Fields
) -> Found:
    """Return the flights that `positions` show.

    Parameters
    ----------
    positions : Table
        POSITIONS, in any order.
    aircraft : DataFrame
        AIRCRAFT, indexed by icao24.
    """
    raw = of_table(positions)
    able = performance.of_airframes(raw, aircraft["typecode"], reference)
    cleaned = cleaning.clean(raw, able["max_speed_kt"].to_numpy(float))
    tracks = cleaned.tracks
    parts = split(tracks, able, fields)
    first, last, left_out = _bounds(tracks, parts, cleaned.conflicts)
    airframe = tracks.airframe[first]
    frame = _described(tracks, first, last, aircraft, reference)
    able_flights = able.iloc[airframe].reset_index(drop=True)
    able_flights["military"] = _is_military(frame, reference)
    able_flights["airline"] = _is_airline(frame, able_flights, reference)
    starts = edges(tracks, first, parts.on_ground, ending=False, limit=last)
    stops = edges(tracks, last, parts.on_ground, ending=True, limit=first)
    origin, destination, pairs = of_flights(
        starts, stops, airframe, able_flights, fields
    )
    frame = _with_end(frame, "origin", origin, fields)
    frame = _with_end(frame, "destination", destination, fields)
    measured = measures.of_flights(tracks, parts.on_ground, first, last, GAP_S)
    frame = pd.concat([frame, measured], axis=1)
    frame, holes = _with_gaps(frame, tracks, parts, first, last, pairs)
    frame["n_rejected"] = _rejected(cleaned, frame, airframe)
    took_off_s, landed_s = _ground_contact(tracks, parts, first, last)
    return Found(
        flights=frame,
        gaps=holes,
        candidates=pd.concat(
            [
                _candidate_rows(frame, "origin", origin, fields),
                _candidate_rows(frame, "destination", destination, fields),
            ],
            ignore_index=True,
        ),
        pairs=pairs,
        starts=starts,
        stops=stops,
        origin=origin,
        destination=destination,
        landed_s=landed_s,
        took_off_s=took_off_s,
        able=able_flights,
        visits=visits_of(tracks),
        left_out=pd.concat([cleaned.left_out, left_out], ignore_index=True),
    )


def _bounds(
    tracks: Tracks, parts: Split, conflicts: pd.DataFrame
) -> tuple[Ints, Ints, pd.DataFrame]:
    """Return first and last row of each flight; what cannot be one is left out."""
    first = np.flatnonzero(np.diff(parts.piece, prepend=-1))
    last = (np.append(first[1:], len(tracks)) - 1)[: len(first)]
    if not len(first):
        return first, last, pd.DataFrame()
    aloft = np.logical_or.reduceat(~parts.on_ground, first)
    reasons = np.select(
        [~aloft, first == last, _shared_address(tracks, first, last, conflicts)],
        ["never_airborne", "single_position", "two_aircraft_under_one_address"],
        default="",
    )
    told = pd.DataFrame(
        {"reason": reasons, "example": tracks.icao24s[tracks.airframe[first]]}
    )
    by_reason = told[told["reason"] != ""].groupby("reason", as_index=False)
    rows = by_reason.agg(n=("example", "size"), example=("example", "first"))
    keep = reasons == ""
    return first[keep], last[keep], rows.assign(unit="flights")


def _described(
    tracks: Tracks,
    first: Ints,
    last: Ints,
    aircraft: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Return who flew when, from where seen to where seen."""
    icao24 = tracks.icao24s[tracks.airframe[first]]
    first_seen = timestamps(tracks.t_s[first])
    last_seen = timestamps(tracks.t_s[last])
    callsign, n_callsigns = _callsigns(tracks, first, last)
    code = reference.operators.code_of(callsign)
    frame = pd.DataFrame(
        {
            "flight_id": icao24 + "-" + first_seen.strftime("%Y%m%dT%H%M%SZ"),
            "icao24": icao24,
            "date": last_seen.date,
            "first_seen": first_seen,
            "last_seen": last_seen,
            "callsign": callsign,
            "n_callsigns": n_callsigns,
            "operator_code": code,
            "operator": code.map(reference.operators.table["name"]),
            "duration_h": (tracks.t_s[last] - tracks.t_s[first]) / 3600,
            "n_positions": last - first + 1,
            "reader": "positions",
            "provenance": tracks.provenances[tracks.airframe[first]],
        }
    )
    known = aircraft.reindex(icao24)
    for name in _AIRCRAFT_COLUMNS:
        frame[name] = known[name].array
    for side, rows in (("first", first), ("last", last)):
        frame[f"{side}_latitude_deg"] = tracks.latitude_deg[rows]
        frame[f"{side}_longitude_deg"] = tracks.longitude_deg[rows]
        frame[f"{side}_altitude_ft"] = tracks.altitude_ft[rows]
        frame[f"{side}_on_ground"] = tracks.on_ground[rows]
    return frame


def _callsigns(tracks: Tracks, first: Ints, last: Ints) -> tuple[pd.Series[str], Ints]:
    """Return the callsign held longest in each flight, and how many there were."""
    flight = np.repeat(np.arange(len(first)), last - first + 1)
    # Rows of all flights one after the other: counting up, less what lies between.
    skipped = first - np.concatenate(([0], np.cumsum(last - first + 1)))[:-1]
    rows = np.arange(len(flight)) + skipped[flight]
    held = pd.DataFrame(
        {"flight": flight, "callsign": tracks.callsign[rows], "t_s": tracks.t_s[rows]}
    )
    held["for_s"] = (held["t_s"].shift(-1) - held["t_s"]).where(
        held["flight"] == held["flight"].shift(-1), 0
    )
    held = held[held["callsign"] >= 0]
    total = held.groupby(["flight", "callsign"])["for_s"].sum().reset_index()
    best = total.sort_values(
        ["flight", "for_s", "callsign"], ascending=[True, False, True]
    ).drop_duplicates("flight")
    which = np.full(len(first), -1)
    which[best["flight"]] = best["callsign"]
    words = np.append(tracks.callsigns, np.array([None], dtype=object))
    n = np.bincount(total["flight"], minlength=len(first))
    return pd.Series(words[which], dtype="str"), n


def _is_military(frame: pd.DataFrame, reference: Reference) -> np.ndarray:
    """Tell flights that may use military fields as a matter of course."""
    nature = frame["operator_code"].map(reference.operators.table["nature"])
    flagged = frame["military_flag"].fillna(value=False).astype(bool)
    return (flagged | nature.isin(_MILITARY)).to_numpy()


def _is_airline(
    frame: pd.DataFrame, able: pd.DataFrame, reference: Reference
) -> np.ndarray:
    """Tell flights that go where airlines go; a jet of no known type is likely one."""
    nature = frame["operator_code"].map(reference.operators.table["nature"])
    unknown_jet = able["typecode"].isna() & (able["category"] == "jet")
    likely = (able["role"] == "airliner") | (nature == "passenger") | unknown_jet
    airline: np.ndarray = likely.to_numpy(bool) & ~able["military"].to_numpy(bool)
    return airline


def _with_end(
    frame: pd.DataFrame, end: str, ends: Ends, fields: Fields
) -> pd.DataFrame:
    frame = frame.copy()
    frame[end] = fields.idents(ends.place)
    frame[f"{end}_kind"] = ends.kind
    frame[f"{end}_confidence"] = ends.confidence
    frame[f"{end}_reason"] = ends.reason
    return frame


def _candidate_rows(
    frame: pd.DataFrame, end: str, ends: Ends, fields: Fields
) -> pd.DataFrame:
    """Return the likeliest fields of each flight's end as rows of CANDIDATES."""
    wide = min(N_CANDIDATES, ends.candidates.place.shape[1])
    place = ends.candidates.place[:, :wide]
    weight = ends.candidates.weight[:, :wide]
    keep = (place >= 0) & (weight >= 0.01)
    row, rank = np.nonzero(keep)
    return pd.DataFrame(
        {
            "flight_id": frame["flight_id"].to_numpy(object)[row],
            "end": end,
            "rank": rank + 1,
            "airport": fields.idents(place[keep]),
            "weight": weight[keep],
            "distance_nm": ends.candidates.far_nm[:, :wide][keep],
        }
    )


def _with_gaps(
    frame: pd.DataFrame,
    tracks: Tracks,
    parts: Split,
    first: Ints,
    last: Ints,
    pairs: Pairs,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add what gaps a flight has; return those, and those that hold a landing."""
    piece_of = np.full(int(parts.piece.max(initial=0)) + 1, -1)
    piece_of[parts.piece[first]] = np.arange(len(first))
    long = np.flatnonzero((np.diff(parts.piece) == 0) & (np.diff(tracks.t_s) > GAP_S))
    flight = piece_of[parts.piece[long]]
    long, flight = long[flight >= 0], flight[flight >= 0]
    row_before = np.concatenate((long, last[pairs.before[pairs.joint]]))
    row_after = np.concatenate((long + 1, first[pairs.after[pairs.joint]]))
    before = edges(tracks, row_before, parts.on_ground, ending=True, limit=row_before)
    after = edges(tracks, row_after, parts.on_ground, ending=False, limit=row_after)
    holds_stop = np.arange(len(row_before)) >= len(long)
    all_gaps = gaps.of_edges(tracks, before, after, holds_stop)
    of = np.concatenate((flight, pairs.before[pairs.joint]))
    all_gaps.insert(0, "flight_id", frame["flight_id"].to_numpy(object)[of])
    # On the ground at both ends is parking, not a gap.
    parked = before.on_ground & after.on_ground
    inside = gaps.summary(all_gaps[~holds_stop], flight, len(frame))
    frame = frame.assign(
        n_gaps=inside["n_gaps"],
        longest_gap_h=inside["longest_gap_h"],
        unobserved_share=inside["gap_h"] / frame["duration_h"].where(lambda h: h > 0),
    )
    return frame, all_gaps[~parked].reset_index(drop=True)


def _rejected(cleaned: cleaning.Cleaned, frame: pd.DataFrame, airframe: Ints) -> Ints:
    """Return how many impossible positions fell into each flight."""
    start_s = cleaned.rejected_t_s.min(initial=0)
    span_s = 4e9
    key = cleaned.rejected_airframe * span_s + cleaned.rejected_t_s - start_s

    def place(column: str, side: str) -> Ints:
        t_s = frame[column].astype("int64").to_numpy() / 1e6
        return np.searchsorted(key, airframe * span_s + t_s - start_s, side)  # type: ignore[call-overload,no-any-return]

    return place("last_seen", "right") - place("first_seen", "left")


def _shared_address(
    tracks: Tracks, first: Ints, last: Ints, conflicts: pd.DataFrame
) -> np.ndarray:
    """Tell flights during which a second aircraft used the address."""
    seen = pd.DataFrame(
        {
            "row": np.arange(len(first)),
            "airframe": tracks.airframe[first],
            "from_s": tracks.t_s[first],
            "to_s": tracks.t_s[last],
        }
    )
    both = seen.merge(conflicts, on="airframe")
    both = both[(both["from_s"] <= both["end_s"]) & (both["to_s"] >= both["start_s"])]
    shared = np.zeros(len(first), dtype=bool)
    shared[both["row"].unique()] = True
    return shared


def _ground_contact(
    tracks: Tracks, parts: Split, first: Ints, last: Ints
) -> tuple[np.ndarray, np.ndarray]:
    """Return when each flight left the ground and when it touched it, if seen."""
    if not len(first):
        return np.zeros(0), np.zeros(0)
    rows = np.arange(len(tracks))
    aloft = np.where(~parts.on_ground, rows, -1)
    last_aloft = np.maximum.accumulate(aloft)[last]
    aloft = np.where(~parts.on_ground, rows, len(tracks))
    first_aloft = np.minimum.accumulate(aloft[::-1])[::-1][first]
    took_off = np.where(first_aloft > first, tracks.t_s[first_aloft], np.nan)
    landed = np.where(
        last_aloft < last, tracks.t_s[np.minimum(last_aloft + 1, last)], np.nan
    )
    return took_off, landed
