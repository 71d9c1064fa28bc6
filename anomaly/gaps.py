"""Stretches without positions: holes in the coverage, or a transponder switched off.

Whether a gap is suspicious depends on what *other* aircraft showed at the same
places, heights and times; where nothing tells, the kind is unknown, since to
mislabel with confidence is worse than to say nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.baseline import Baseline
from anomaly.edges import Edges
from anomaly.tracks import (
    Floats,
    Ints,
    arc_nm,
    timestamps,
    unit_vectors,
)

# Below this, and beyond this distance from any field, receivers rarely reach.
HOLE_FT = 3_000.0
HOLE_NM = 300.0
# As many others at the places of a gap prove that receivers were listening.
ENOUGH_OTHERS = 2
COVERED_SHARE = 0.7
HOLE_SHARE = 0.3
_SAMPLES = 9


def of_edges(
    flights: pd.DataFrame, before: Edges, after: Edges, *, holds_stop: bool
) -> pd.DataFrame:
    """Return the gaps between pairs of edges; their kind is judged later.

    `flights` holds, row for row, the flight that each gap is in, or ends.
    """
    return pd.DataFrame(
        {
            "flight_id": flights["flight_id"].array,
            "icao24": flights["icao24"].array,
            "start": timestamps(before.t_s),
            "end": timestamps(after.t_s),
            "start_latitude_deg": before.latitude_deg,
            "start_longitude_deg": before.longitude_deg,
            "start_altitude_ft": before.altitude_ft,
            "end_latitude_deg": after.latitude_deg,
            "end_longitude_deg": after.longitude_deg,
            "end_altitude_ft": after.altitude_ft,
            "duration_h": (after.t_s - before.t_s) / 3600,
            "distance_nm": arc_nm(before.point, after.point),
            "holds_stop": holds_stop,
            "provenance": flights["provenance"].array,
        }
    )


def judged(gaps: pd.DataFrame, baseline: Baseline) -> pd.DataFrame:
    """Return the gaps with `kind` and `n_others_seen`."""
    seen = _others_on_the_way(gaps, baseline)
    known = ~np.isnan(seen)
    covered = ((seen >= ENOUGH_OTHERS) & known).sum(axis=1) / _SAMPLES
    none = ((seen == 0) & known).sum(axis=1) / _SAMPLES
    low = np.fmin(gaps["start_altitude_ft"], gaps["end_altitude_ft"]) < HOLE_FT
    kind = np.select(
        [covered >= COVERED_SHARE, low, none >= 1 - HOLE_SHARE],
        ["transponder_off_likely", "coverage_hole", "coverage_hole"],
        default="unknown",
    )
    n = np.nan_to_num(np.median(seen, axis=1)) if len(seen) else np.zeros(0)
    return gaps.assign(kind=kind, n_others_seen=n.astype("int32"))


def _others_on_the_way(gaps: pd.DataFrame, baseline: Baseline) -> Floats:
    """Return how many others were seen at each of some places along each gap."""
    shares = np.linspace(0, 1, _SAMPLES)
    start, end = (gaps[x].astype("int64").to_numpy() / 1e6 for x in ("start", "end"))
    first, last = (
        unit_vectors(
            gaps[f"{x}_latitude_deg"].to_numpy(float),
            gaps[f"{x}_longitude_deg"].to_numpy(float),
        )
        for x in ("start", "end")
    )
    places = between(first, last, shares)
    heights = [gaps[f"{x}_altitude_ft"].to_numpy(float) for x in ("start", "end")]
    height = np.fmax(*heights)[:, None] + np.zeros(_SAMPLES)
    t_s = start[:, None] + (end - start)[:, None] * shares
    icao24 = np.repeat(gaps["icao24"].to_numpy(object), _SAMPLES)
    return baseline.others(
        icao24, places.reshape(-1, 3), height.ravel(), t_s.ravel()
    ).reshape(len(gaps), _SAMPLES)


def between(first: Floats, last: Floats, shares: Floats) -> Floats:
    """Return points at shares of the way, on the unit sphere, shape (n, k, 3)."""
    at = shares[:, None]
    straight = first[:, None] * (1 - at) + last[:, None] * at
    length = np.sqrt((straight**2).sum(axis=-1, keepdims=True))
    result: Floats = straight / np.maximum(length, 1e-12)
    return result


def summary(gaps: pd.DataFrame, flight: Ints, n: int) -> pd.DataFrame:
    """Return the columns of FLIGHTS that tell of gaps within the flights."""
    hours = gaps["duration_h"].to_numpy(float)
    longest = np.zeros(n)
    np.maximum.at(longest, flight, hours)
    return pd.DataFrame(
        {
            "n_gaps": np.bincount(flight, minlength=n),
            "longest_gap_h": longest,
            "gap_h": np.bincount(flight, weights=hours, minlength=n),
        }
    )
