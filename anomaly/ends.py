"""Where flights began and ended, how that is known, and how surely.

An end is `observed` when the aircraft was seen on or just above a field, `inferred`
when one field explains the approach (or what was seen after the gap) better than all
others, and otherwise `unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly import wording
from anomaly.candidates import VISITED, Candidates, Stops, of_edges, of_stops
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.knowledge import Habits, Watch
from anomaly.legs import Legs
from anomaly.searching import near_edge
from anomaly.tracks import Bools, Floats, Ints, arc_nm

OBSERVED_NM = 5.0
OBSERVED_FT = 1_500.0
# Below this weight no field is named; the candidates are kept.
NAMED_WEIGHT = 0.5
# An airframe is known to have been where the weight is this.
SURE_WEIGHT = 0.95
# A longer absence says nothing about the landing: many flights fit into it.
LONGEST_STOP_H = 24.0


@dataclass(frozen=True, eq=False)
class Ends:
    """One end of each flight."""

    place: Ints
    """Which field; -1 where it is not known."""
    kind: NDArray[np.object_]
    confidence: Floats
    reason: NDArray[np.object_]
    candidates: Candidates
    seen_low: Bools
    """Seen on the ground, or near the field and low enough to land."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Consecutive flights of one airframe, as places among the flights."""

    before: Ints
    after: Ints
    joint: Bools
    """Whether one landing explains both sides."""


@dataclass(frozen=True, eq=False)
class Alone:
    """What each flight tells of its ends by itself."""

    origin: Candidates
    destination: Candidates
    near_start: Ints
    """The fields near where each was first seen, from `searching.near_edge`."""
    near_stop: Ints


def alone(legs: Legs, fields: Fields) -> Alone:
    """Return the candidates of every end, whatever else the airframe did."""
    near_start = near_edge(legs.starts, legs.able, fields, ending=False)
    near_stop = near_edge(legs.stops, legs.able, fields, ending=True)
    return Alone(
        of_edges(legs.starts, near_start, legs.able, fields, ending=False),
        of_edges(legs.stops, near_stop, legs.able, fields, ending=True),
        near_start,
        near_stop,
    )


def of_legs(
    legs: Legs, told: Alone, fields: Fields, watch: Watch, habits: Habits
) -> tuple[Ends, Ends, Pairs]:
    """Return origin, destination and successors of flights."""
    origin = _liked(told.origin, legs, legs.starts.t_s, watch, habits)
    destination = _liked(told.destination, legs, legs.stops.t_s, watch, habits)
    pairs, landed = _pairs(legs, told, fields, watch, habits)
    before, after = pairs.before[pairs.joint], pairs.after[pairs.joint]
    destination = destination.with_rows(before, landed)
    out_nm = arc_nm(legs.starts.point[after][:, None], fields.points[landed.place])
    out_nm = np.where(landed.place >= 0, out_nm, np.inf)
    origin = origin.with_rows(after, Candidates(landed.place, out_nm, landed.weight))
    earlier, later = wording.other_sides(before, after, legs.stops, legs.starts)
    return (
        _ends(legs.starts, origin, fields, earlier, ending=False),
        _ends(legs.stops, destination, fields, later, ending=True),
        pairs,
    )


def _liked(
    candidates: Candidates, legs: Legs, t_s: Floats, watch: Watch, habits: Habits
) -> Candidates:
    """Return the candidates, weighed by who goes there: others, and the airframe."""
    visited = habits.visited(legs.airframe, candidates.place, t_s)
    liking = watch.liking(candidates.place) * np.where(visited, np.exp(VISITED), 1.0)
    return candidates.weighed(liking)


def seen_ends(legs: Legs, told: Alone, fields: Fields) -> tuple[Ints, Ints, Floats]:
    """Return airframe, field and time of every end seen on or just above a field."""
    airframe, places, times = [], [], []
    for edge, found in ((legs.starts, told.origin), (legs.stops, told.destination)):
        sure = _seen_low(edge, found, fields) & (found.weight[:, 0] >= SURE_WEIGHT)
        airframe.append(legs.airframe[sure])
        places.append(found.place[sure, 0])
        times.append(edge.t_s[sure])
    return np.concatenate(airframe), np.concatenate(places), np.concatenate(times)


def _pairs(
    legs: Legs,
    told: Alone,
    fields: Fields,
    watch: Watch,
    habits: Habits,
) -> tuple[Pairs, Candidates]:
    """Return which flights follow each other, and where the airframe was between.

    The candidates are those of the pairs that one landing explains.
    """
    before = np.flatnonzero(legs.airframe[1:] == legs.airframe[:-1])
    after = before + 1
    hours = (legs.starts.t_s[after] - legs.stops.t_s[before]) / 3600
    moved_nm = arc_nm(legs.stops.point[before], legs.starts.point[after])
    # Seen low at two places: a whole flight between them was missed.
    apart = (
        _seen_low(legs.stops, told.destination, fields)[before]
        & _seen_low(legs.starts, told.origin, fields)[after]
        & (moved_nm > 4 * OBSERVED_NM)
    )
    rows = np.flatnonzero((hours <= LONGEST_STOP_H) & ~apart)
    one, other = before[rows], after[rows]
    stops = Stops(
        before=legs.stops.where(one),
        after=legs.starts.where(other),
        near=np.hstack((told.near_stop[one], told.near_start[other])),
        airframe=legs.airframe[one],
        able=legs.able.iloc[one],
    )
    landed, in_time = of_stops(stops, fields, watch, habits)
    joint = np.zeros(len(before), dtype=bool)
    joint[rows] = in_time
    return Pairs(before, after, joint), landed.where(in_time)


def _seen_low(edge: Edges, candidates: Candidates, fields: Fields) -> Bools:
    """Tell where the aircraft was seen on, or just above, its first candidate."""
    place, far_nm = candidates.place[:, 0], candidates.far_nm[:, 0]
    height_ft = edge.altitude_ft - np.append(fields.elevation_ft, 0.0)[place]
    low = edge.on_ground | (height_ft < OBSERVED_FT)
    result: Bools = low & (far_nm < OBSERVED_NM) & (place >= 0)
    return result


def _ends(
    edge: Edges,
    candidates: Candidates,
    fields: Fields,
    other_side: NDArray[np.object_],
    *,
    ending: bool,
) -> Ends:
    low = _seen_low(edge, candidates, fields)
    weight = candidates.weight[:, 0]
    named = (weight >= NAMED_WEIGHT) & (candidates.place[:, 0] >= 0)
    kind = np.select([low & named, named], ["observed", "inferred"], default="unknown")
    idents = fields.idents(candidates.place[:, 0]).to_numpy(dtype=object)
    return Ends(
        place=np.where(named, candidates.place[:, 0], -1),
        kind=kind.astype(object),
        confidence=np.where(named, weight, np.nan),
        reason=wording.reasons(
            edge, idents, candidates.far_nm[:, 0], named, other_side, ending=ending
        ),
        candidates=candidates,
        seen_low=low,
    )
