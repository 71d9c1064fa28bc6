"""How an end is known, in words."""

from __future__ import annotations

from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from anomaly.edges import Edges
from anomaly.tracks import Bools, Floats, Ints, arc_nm

_BESIDE_NM = 5.0


def reasons(
    edge: Edges,
    ident: NDArray[np.object_],
    far_nm: Floats,
    named: Bools,
    other_side: NDArray[np.object_],
    *,
    ending: bool,
) -> NDArray[np.object_]:
    """Return one clause for each end, whether a field is named or not.

    Parameters
    ----------
    ident, far_nm : array
        The likeliest field and how far it is.
    other_side : array of str
        From `other_sides`.
    """
    seen, lost = ("last seen", "lost") if ending else ("first seen", "appeared")
    words = np.empty(len(edge), dtype=object)
    # Of lists: to write a number of an array takes several times as long.
    rows = zip(
        ident.tolist(),
        far_nm.tolist(),
        named.tolist(),
        edge.on_ground.tolist(),
        _state(edge),
        other_side.tolist(),
        strict=True,
    )
    for i, (code, nm, is_named, ground, state, more) in enumerate(rows):
        if is_named and ground and nm < _BESIDE_NM:
            words[i] = f"on the ground at {code}"
        elif is_named:
            words[i] = f"{seen} {state}, {nm:,.0f} nm from {code}{more}"
        elif isfinite(nm):
            words[i] = f"{lost} {state}, {nm:,.0f} nm from the likeliest field{more}"
        else:
            words[i] = f"{lost} {state}, which no field explains{more}"
    return words


def other_sides(
    before: Ints, after: Ints, stops: Edges, starts: Edges
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return what was seen before each flight began, and after each ended.

    Empty for flights that are not among `after`, or `before`.
    """
    earlier = np.full(len(starts), "", dtype=object)
    later = np.full(len(stops), "", dtype=object)
    hours = (starts.t_s[after] - stops.t_s[before]) / 3600
    moved_nm = arc_nm(starts.point[after], stops.point[before])
    lost, back = _state(stops.where(before)), _state(starts.where(after))
    between = list(zip(hours.tolist(), moved_nm.tolist(), strict=True))
    for i, (h, nm), state in zip(after.tolist(), between, lost, strict=True):
        earlier[i] = f"; lost {state}, {nm:,.0f} nm away {h:.1f} h before"
    for i, (h, nm), state in zip(before.tolist(), between, back, strict=True):
        later[i] = f"; reappeared {state}, {nm:,.0f} nm away {h:.1f} h later"
    return earlier, later


def _state(edge: Edges) -> list[str]:
    """Return height and climb of each edge."""
    ways = np.select(
        [edge.climb_ft_min > 300, edge.climb_ft_min < -300],
        [" climbing", " descending"],
        default="",
    )
    return [
        "on the ground"
        if ground
        else f"at an unknown height{way}"
        if isnan(height_ft)
        else f"at {height_ft:,.0f} ft{way}"
        for ground, height_ft, way in zip(
            edge.on_ground.tolist(),
            edge.altitude_ft.tolist(),
            ways.tolist(),
            strict=True,
        )
    ]
