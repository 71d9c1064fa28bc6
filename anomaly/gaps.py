"""Stretches without positions: holes in the coverage, or a transponder switched off.

Whether a gap is suspicious depends on what *other* aircraft showed at the same
places, heights and times; where nothing tells, the kind is unknown, since to
mislabel with confidence is worse than to say nothing.  Of a gap that holds a landing
only the way down and the way up count: an aircraft that stands may be silent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.baseline import Asked, Visits, others
from anomaly.edges import Edges
from anomaly.tracks import Bools, Floats, Ints, arc_nm, timestamps, unit_vectors

# Of the aircraft about the places of a gap at the time, this share was heard; or was
# not.  Nearer evidence needs less of it.
COVERED_SHARE, COVERED_SHARE_NEAR = 0.9, 0.85
HOLE_SHARE = 0.75
# Nobody can tell whether an aircraft that lands was silent before; and what is placed
# by many receivers together is lost before it is lost to one.
HOLE_SHARE_STOP, HOLE_SHARE_MLAT = 0.88, 0.9
# So many aircraft at most places of the gap must have said so, some at all of them.
ENOUGH_OTHERS, USUAL_OTHERS = 2, 4
TOLD_SHARE, TOLD_SHARE_NEAR = 0.45, 0.3
# Slower than this across the gap, the aircraft flew elsewhere meanwhile.
STRAIGHT_KT = 150.0
# Below this receivers rarely reach.
HOLE_FT = 3_000.0
# Multilateration fails where ordinary reception does not.
MLAT_SHARE = 0.3
# The last miles of an approach are flown below the horizon of most receivers.
SHORT_NM = 12.0
# Climbs and descents, in feet a mile; slower than cruise, in knots.
SLOPE_FT_PER_NM = 318.0
CLIMB_KT = 300.0
_SAMPLES = 7
_LONGEST_MISSED_H = 8.0
_MISSED_STEP_H = 0.1


def of_edges(
    flights: pd.DataFrame, before: Edges, after: Edges, via: Floats | None = None
) -> pd.DataFrame:
    """Return the gaps between pairs of edges; their kind is judged later.

    Parameters
    ----------
    flights : DataFrame
        Row for row, the flight that each gap is in, or ends.
    via : array of float or None
        For gaps that hold a landing, the field's latitude and longitude, shape
        (n, 2); NaN where it is not known.
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
            "holds_stop": via is not None,
            "via_latitude_deg": np.nan if via is None else via[:, 0],
            "via_longitude_deg": np.nan if via is None else via[:, 1],
            "mlat_share": flights["mlat_share"].array,
            "provenance": flights["provenance"].array,
        }
    )


def judged(gaps: pd.DataFrame, heard: Visits) -> pd.DataFrame:
    """Return the gaps with `kind` and `n_others_seen`."""
    if not len(gaps):
        return gaps
    ways = _ways(gaps)
    told = _told_by_others(gaps, ways, heard)
    by_mlat = _by_mlat(gaps)
    hole_share = np.where(gaps["holds_stop"], HOLE_SHARE_STOP, HOLE_SHARE)
    hole_share = np.where(by_mlat, HOLE_SHARE_MLAT, hole_share)
    kind = np.select(
        [
            told.covered & _straight(gaps) & ~by_mlat,
            told.heard_share <= hole_share,
            _is_low(gaps) & (told.heard_share < COVERED_SHARE_NEAR),
        ],
        ["transponder_off_likely", "coverage_hole", "coverage_hole"],
        default="unknown",
    )
    return gaps.assign(kind=kind, n_others_seen=np.floor(told.n_heard).astype("int32"))


def _straight(gaps: pd.DataFrame) -> Bools:
    """Tell gaps across which the aircraft flew, about, straight; or down and up."""
    speed_kt = gaps["distance_nm"].to_numpy(float) / gaps["duration_h"].to_numpy(float)
    return np.asarray(gaps["holds_stop"].to_numpy(bool) | (speed_kt > STRAIGHT_KT))


def _is_low(gaps: pd.DataFrame) -> Bools:
    heights = gaps[["start_altitude_ft", "end_altitude_ft"]].to_numpy(float)
    return np.asarray(np.fmin(heights[:, 0], heights[:, 1]) < HOLE_FT)


def _by_mlat(gaps: pd.DataFrame) -> Bools:
    return np.asarray(gaps["mlat_share"].to_numpy(float) > MLAT_SHARE)


@dataclass(frozen=True, eq=False)
class _Ways:
    """What was flown within gaps, straight: one way, or two round a landing."""

    row: Ints
    """Which gap."""
    first: Floats
    last: Floats
    first_ft: Floats
    last_ft: Floats
    first_s: Floats
    last_s: Floats

    def at(self, way: Ints, share: Floats) -> tuple[Floats, Floats, Floats]:
        """Return places, heights and times at shares of some of the ways."""
        first, last = self.first[way], self.last[way]
        straight = first * (1 - share[:, None]) + last * share[:, None]
        length = np.sqrt((straight**2).sum(axis=-1, keepdims=True))
        point = straight / np.maximum(length, 1e-12)
        # As high as climb and descent allow, and no higher than either end.
        climbed = self.first_ft[way] + SLOPE_FT_PER_NM * arc_nm(first, point)
        to_lose = self.last_ft[way] + SLOPE_FT_PER_NM * arc_nm(point, last)
        top_ft = np.fmax(self.first_ft[way], self.last_ft[way])
        height_ft = np.fmin(np.fmin(climbed, to_lose), top_ft)
        first_s, last_s = self.first_s[way], self.last_s[way]
        return point, height_ft, first_s + (last_s - first_s) * share


def _ways(gaps: pd.DataFrame) -> _Ways:
    """Return the ways flown within gaps: straight, or to a landing and from it."""

    def place(name: str) -> Floats:
        return unit_vectors(
            gaps[f"{name}_latitude_deg"].to_numpy(float),
            gaps[f"{name}_longitude_deg"].to_numpy(float),
        )

    start, end, via = place("start"), place("end"), place("via")
    start_s = gaps["start"].astype("int64").to_numpy() / 1e6
    end_s = gaps["end"].astype("int64").to_numpy() / 1e6
    start_ft = gaps["start_altitude_ft"].to_numpy(float)
    end_ft = gaps["end_altitude_ft"].to_numpy(float)
    stop = gaps["holds_stop"].to_numpy(bool)
    in_nm, out_nm = arc_nm(start, via), arc_nm(via, end)
    down_s = np.fmin(start_s + in_nm / CLIMB_KT * 3600, end_s)
    up_s = np.fmax(end_s - out_nm / CLIMB_KT * 3600, start_s)
    through = np.flatnonzero(~stop)
    # Short ways say nothing; the comparisons are false where the field is unknown.
    down, up = np.flatnonzero(in_nm >= SHORT_NM), np.flatnonzero(out_nm >= SHORT_NM)
    ground_ft = np.zeros(len(gaps))
    ways = (
        (through, start, end, start_ft, end_ft, start_s, end_s),
        (down, start, via, start_ft, ground_ft, start_s, down_s),
        (up, via, end, ground_ft, end_ft, up_s, end_s),
    )
    rows = np.concatenate([rows for rows, *_ in ways])
    return _Ways(
        rows, *(np.concatenate([way[i][way[0]] for way in ways]) for i in range(1, 7))
    )


def _missed(gaps: pd.DataFrame, ways: _Ways) -> Visits:
    """Return where aircraft were without being heard."""
    hours = (ways.last_s - ways.first_s) / 3600
    some = np.flatnonzero((hours <= _LONGEST_MISSED_H) & ~_by_mlat(gaps)[ways.row])
    n = np.ceil(hours[some] / _MISSED_STEP_H).astype(np.int64)
    way = np.repeat(some, n)
    step = np.arange(len(way)) - np.repeat(np.cumsum(n) - n, n)
    point, height_ft, t_s = ways.at(way, (step + 0.5) / np.repeat(n, n))
    icao24 = gaps["icao24"].to_numpy(object)[ways.row[way]]
    return Visits(icao24, point, height_ft, t_s, t_s)


@dataclass(frozen=True, eq=False)
class _Others:
    """What other aircraft showed along each gap."""

    told_share: Floats
    """Of the places along it, those about which others tell anything at the time."""
    told_share_near: Floats
    """The same of what is told in the very cell."""
    heard_share: Floats
    """Of the others, those heard; 0 where there are none."""
    n_heard: Floats
    """On average."""

    @property
    def covered(self) -> Bools:
        """Whether receivers would have heard the aircraft, as they heard others."""
        near = self.told_share_near >= TOLD_SHARE_NEAR
        enough = np.where(near, COVERED_SHARE_NEAR, COVERED_SHARE)
        result: Bools = (
            (self.told_share >= TOLD_SHARE)
            & (self.heard_share >= enough)
            & (self.n_heard >= USUAL_OTHERS)
        )
        return result


def _told_by_others(gaps: pd.DataFrame, ways: _Ways, heard: Visits) -> _Others:
    way = np.repeat(np.arange(len(ways.row)), _SAMPLES)
    share = (np.tile(np.arange(_SAMPLES), len(ways.row)) + 0.5) / _SAMPLES
    point, height_ft, t_s = ways.at(way, share)
    row = ways.row[way]
    icao24 = gaps["icao24"].to_numpy(object)[row]
    n_heard, n_missed, level = others(
        Asked(icao24, point, height_ft, t_s), heard, _missed(gaps, ways)
    )
    told = n_heard + n_missed >= ENOUGH_OTHERS
    # One doubtful aircraft at each place keeps small numbers from shouting.
    heard_share = np.where(told, n_heard / (n_heard + n_missed + 0.5), 0.0)

    def mean(values: Floats | Bools, of: Bools) -> Floats:
        total = np.bincount(row, weights=values, minlength=len(gaps))
        n = np.bincount(row, weights=of, minlength=len(gaps))
        return np.asarray(total / np.maximum(n, 1))

    every = np.ones(len(row), dtype=bool)
    return _Others(
        told_share=mean(told & (level <= 1), every),
        told_share_near=mean(told & (level == 0), every),
        heard_share=mean(heard_share, told),
        n_heard=mean(n_heard, every),
    )


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
