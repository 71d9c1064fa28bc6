"""Where flights began and ended, how that is known, and how surely.

An end is `observed` when the aircraft was seen on or just above a field, `inferred`
when one field explains the approach (or what was seen after the gap) better than all
others, and otherwise `unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.candidates import Candidates, of_edges, of_stops
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints, arc_nm

OBSERVED_NM = 5.0
OBSERVED_FT = 1_500.0
# Below this weight no field is named; the candidates are kept.
NAMED_WEIGHT = 0.5
# A longer absence says nothing about the landing: many flights fit into it.
LONGEST_STOP_H = 24.0
N_CANDIDATES = 5


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


def of_flights(
    starts: Edges,
    stops: Edges,
    airframe: Ints,
    able: pd.DataFrame,
    fields: Fields,
) -> tuple[Ends, Ends, Pairs]:
    """Return origin and destination of flights sorted by airframe and time."""
    origin = of_edges(starts, able, fields, ending=False)
    destination = of_edges(stops, able, fields, ending=True)
    before = np.flatnonzero(airframe[1:] == airframe[:-1])
    after = before + 1
    hours = (starts.t_s[after] - stops.t_s[before]) / 3600
    near = hours <= LONGEST_STOP_H
    joint = np.zeros(len(before), dtype=bool)
    rows = np.flatnonzero(near)
    if len(rows):
        landed, in_time = of_stops(
            stops.where(before[rows]),
            starts.where(after[rows]),
            able.iloc[before[rows]],
            fields,
        )
        # Seen low at two places: a whole flight between them was missed.
        apart = _seen_low(stops, destination, fields)[before[rows]]
        apart &= _seen_low(starts, origin, fields)[after[rows]]
        apart &= (
            arc_nm(stops.point[before[rows]], starts.point[after[rows]])
            > 4 * OBSERVED_NM
        )
        both = in_time & ~apart
        joint[rows] = both
        destination = _replaced(destination, before[rows][both], landed.where(both))
        nm = arc_nm(
            starts.point[after[rows]][both][:, None],
            fields.points[landed.place[both]],
        )
        as_seen_after = Candidates(landed.place[both], nm, landed.weight[both])
        origin = _replaced(origin, after[rows][both], as_seen_after)
    pairs = Pairs(before, after, joint)
    return (
        _ends(
            starts, origin, fields, _later(pairs, starts, stops, len(able))[1], False
        ),
        _ends(
            stops, destination, fields, _later(pairs, starts, stops, len(able))[0], True
        ),
        pairs,
    )


def _replaced(all_of: Candidates, rows: Ints, by: Candidates) -> Candidates:
    """Return candidates of which some rows are replaced, as wide as the widest."""
    wide = max(all_of.place.shape[1], by.place.shape[1])

    def filled(values: NDArray, empty: float) -> NDArray:  # type: ignore[type-arg]
        missing = wide - values.shape[1]
        return np.pad(values, ((0, 0), (0, missing)), constant_values=empty)

    place = filled(all_of.place, -1)
    far_nm, weight = filled(all_of.far_nm, np.inf), filled(all_of.weight, 0)
    place[rows] = filled(by.place, -1)
    far_nm[rows] = filled(by.far_nm, np.inf)
    weight[rows] = filled(by.weight, 0)
    return Candidates(place, far_nm, weight)


def _seen_low(edge: Edges, candidates: Candidates, fields: Fields) -> Bools:
    """Tell where the aircraft was seen on, or just above, its first candidate."""
    place, far_nm = candidates.place[:, 0], candidates.far_nm[:, 0]
    height_ft = edge.altitude_ft - np.append(fields.elevation_ft, 0.0)[place]
    low = edge.on_ground | (height_ft < OBSERVED_FT)
    result: Bools = low & (far_nm < OBSERVED_NM) & (place >= 0)
    return result


def _later(
    pairs: Pairs, starts: Edges, stops: Edges, n: int
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return in words how each flight was seen again, and was seen before."""
    again = np.full(n, "", dtype=object)
    earlier = np.full(n, "", dtype=object)
    before, after = pairs.before[pairs.joint], pairs.after[pairs.joint]
    hours = (starts.t_s[after] - stops.t_s[before]) / 3600
    far_nm = arc_nm(starts.point[after], stops.point[before])
    for row, h, nm, way in zip(
        before, hours, far_nm, _motion(starts.where(after), ending=False), strict=True
    ):
        again[row] = f"; reappeared {nm:,.0f} nm away {h:.1f} h later{way}"
    for row, h, nm, way in zip(
        after, hours, far_nm, _motion(stops.where(before), ending=True), strict=True
    ):
        earlier[row] = f"; had been lost {nm:,.0f} nm away {h:.1f} h before{way}"
    return again, earlier


def _motion(edge: Edges, *, ending: bool) -> list[str]:
    """Return how the aircraft moved, in words that continue a sentence."""
    del ending
    words = np.select(
        [edge.on_ground, edge.climb_ft_min > 300, edge.climb_ft_min < -300],
        [", on the ground", ", climbing", ", descending"],
        default="",
    )
    return [str(word) for word in words]


def _ends(
    edge: Edges,
    candidates: Candidates,
    fields: Fields,
    elsewhere: NDArray[np.object_],
    ending: bool,
) -> Ends:
    low = _seen_low(edge, candidates, fields)
    weight = candidates.weight[:, 0]
    named = (weight >= NAMED_WEIGHT) & (candidates.place[:, 0] >= 0)
    kind = np.select([low & named, named], ["observed", "inferred"], default="unknown")
    place = np.where(named, candidates.place[:, 0], -1)
    return Ends(
        place=place,
        kind=kind.astype(object),
        confidence=np.where(named, weight, np.nan),
        reason=_reasons(edge, candidates, fields, named, elsewhere, ending=ending),
        candidates=candidates,
        seen_low=low,
    )


def _reasons(
    edge: Edges,
    candidates: Candidates,
    fields: Fields,
    named: Bools,
    elsewhere: NDArray[np.object_],
    *,
    ending: bool,
) -> NDArray[np.object_]:
    """Return one sentence for each end."""
    seen, lost = ("last seen", "lost") if ending else ("first seen", "appeared")
    idents = fields.idents(candidates.place[:, 0]).to_numpy(dtype=object)
    reasons = np.empty(len(edge), dtype=object)
    for i, (ident, far_nm, ground, height_ft, way, name, more) in enumerate(
        zip(
            idents,
            candidates.far_nm[:, 0],
            edge.on_ground,
            edge.altitude_ft,
            _motion(edge, ending=ending),
            named,
            elsewhere,
            strict=True,
        )
    ):
        where = (
            "at unknown height" if np.isnan(height_ft) else f"at {height_ft:,.0f} ft"
        )
        if ground:
            where, way = "on the ground", ""
        if name and ground and far_nm < OBSERVED_NM:
            reasons[i] = f"on the ground at {ident}"
        elif name:
            reasons[i] = f"{seen} {where}{way}, {far_nm:,.0f} nm from {ident}{more}"
        elif np.isfinite(far_nm):
            reasons[i] = (
                f"{lost} {where}{way}, {far_nm:,.0f} nm from the likeliest field{more}"
            )
        else:
            reasons[i] = f"{lost} {where}{way}, no suitable field near{more}"
    return reasons
