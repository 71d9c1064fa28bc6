"""Tell the reports of one aircraft from impossible ones under the same address.

Each report joins the chain of earlier reports from which it could have been flown
to; a report that fits none starts a chain of its own.  Where chains overlap in time
only the longest is kept: the others are teleports, jammed positions or a second
aircraft.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from anomaly.geo import EARTH_RADIUS_NM
from anomaly.tracks import Bools, Floats, Ints, Tracks

# A position is up to two seconds older than its report says, and multilaterated
# ones wander by a mile or more.
TIME_ERROR_S = 2.0
PLACE_ERROR_NM = 1.0
MLAT_ERROR_NM = 4.0
# A second aircraft has been there for a while; a few stray reports are errors.
SECOND_AIRCRAFT_REPORTS = 30
SECOND_AIRCRAFT_S = 600.0
# No aircraft changes height faster than this between two reports.
MAX_CLIMB_FT_MIN = 30_000.0
# Wrong heights last for seconds, or until the next report of a height.
SPIKE_S = 90.0
# An aircraft that flies this fast elsewhere falls out of the sky at the other speed.
JET_KT, FALLING_KT, HIGH_FT = 300.0, 80.0, 20_000.0
# A moving aircraft never reports the very same place twice.
MOVING_KT = 30.0
_OPEN_CHAINS = 4
_ESTABLISHED = 3
_JUNK_CALLSIGN = r"^(?:TEST.*|TWR|GND|GROUND|@+|0+|\?+)$"
_JUNK_ADDRESSES = frozenset({"000000", "ffffff", "123456", "abcdef", "111111"})


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Tracks without the impossible, and what was taken out."""

    tracks: Tracks
    rejected_airframe: Ints
    rejected_t_s: Floats
    """The impossible reports, in the order of the tracks."""

    conflicts: pd.DataFrame
    """`airframe, start_s, end_s`: while two aircraft used one address."""

    left_out: pd.DataFrame
    """`reason, unit, n, example`: what is not looked at further."""


def clean(tracks: Tracks, max_speed_kt: Floats) -> Cleaned:
    """Return the tracks without reports that nothing could have flown to.

    Parameters
    ----------
    tracks : Tracks
        Sorted by airframe and time.
    max_speed_kt : array of float
        The highest ground speed of each airframe, wind included.
    """
    tests = _is_test(tracks)
    stale = _is_stale(tracks) & ~tests
    chain = _chains(
        tracks.airframe,
        tracks.t_s,
        tracks.points,
        np.where(tracks.mlat, MLAT_ERROR_NM, PLACE_ERROR_NM),
        max_speed_kt,
        tests | stale | _is_falling(tracks),
    )
    kept = _is_own(tracks, chain)
    impossible = ~kept & ~tests & ~stale
    conflicts, strangers = _second_aircraft(tracks, chain, kept)
    left_out = [
        _count("test_transmission", tests, tracks),
        _count("repeated_position", stale, tracks),
        _count("second_aircraft_under_one_address", strangers, tracks),
        _count("impossible_position", impossible & ~strangers, tracks),
    ]
    return Cleaned(
        tracks=_without_height_spikes(tracks if kept.all() else tracks.where(kept)),
        rejected_airframe=tracks.airframe[impossible],
        rejected_t_s=tracks.t_s[impossible],
        conflicts=conflicts,
        left_out=pd.concat(left_out, ignore_index=True),
    )


def _is_test(tracks: Tracks) -> Bools:
    """Tell the reports of test transmitters and of vehicles from the others."""
    junk_address = np.isin(tracks.icao24s.astype(str), list(_JUNK_ADDRESSES))
    words = pd.Series(tracks.callsigns, dtype="str")
    junk_callsign = words.str.match(_JUNK_CALLSIGN).to_numpy(bool)
    # One more entry: an unknown callsign is -1 and no junk.
    junk: Bools = np.append(junk_callsign, np.False_)[tracks.callsign]
    return junk | junk_address[tracks.airframe]


def _is_stale(tracks: Tracks) -> Bools:
    """Tell repetitions of the last known place, which some archives fill in."""
    stale = np.zeros(len(tracks), dtype=bool)
    stale[1:] = (
        tracks.same_airframe
        & (np.diff(tracks.latitude_deg) == 0)
        & (np.diff(tracks.longitude_deg) == 0)
    )
    stale &= ~tracks.on_ground & (tracks.speed_kt > MOVING_KT)
    return stale


def _is_falling(tracks: Tracks) -> Bools:
    """Tell reports too slow for their height: the speed is spoofed with the place."""
    fast = np.zeros(len(tracks.icao24s), dtype=bool)
    np.logical_or.at(fast, tracks.airframe, tracks.speed_kt > JET_KT)
    slow = (tracks.speed_kt < FALLING_KT) & (tracks.altitude_ft > HIGH_FT)
    result: Bools = slow & fast[tracks.airframe]
    return result


def _count(reason: str, rows: Bools, tracks: Tracks) -> pd.DataFrame:
    """Return how many reports were left out for a reason, with an example."""
    example = tracks.icao24s[tracks.airframe[rows][:1]]
    return pd.DataFrame(
        {"reason": reason, "unit": "rows", "n": rows.sum(), "example": example},
        index=range(len(example)),
    )


@njit(cache=True)
def _chains(
    airframe: Ints,
    t_s: Floats,
    points: Floats,
    error_nm: Floats,
    max_speed_kt: Floats,
    excluded: Bools,
) -> Ints:
    """Return for each report the chain that it belongs to, numbered from 0.

    Of the chains that a report could continue, one of several reports comes before
    a stray one, and the one heard last before the others.  -1 is no chain.
    """
    n = len(t_s)
    chain = np.full(n, -1, np.int64)
    last = np.empty(_OPEN_CHAINS, np.int64)
    size = np.zeros(_OPEN_CHAINS, np.int64)
    n_open = 0
    n_chains = 0
    for i in range(n):
        if i == 0 or airframe[i] != airframe[i - 1]:
            n_open = 0
        if excluded[i]:
            continue
        best = -1
        for slot in range(n_open):
            j = last[slot]
            dx = points[i, 0] - points[j, 0]
            dy = points[i, 1] - points[j, 1]
            dz = points[i, 2] - points[j, 2]
            half = min(np.sqrt(dx * dx + dy * dy + dz * dz) / 2, 1.0)
            gone_nm = 2 * EARTH_RADIUS_NM * np.arcsin(half)
            hours = (t_s[i] - t_s[j] + TIME_ERROR_S) / 3600
            reach_nm = max_speed_kt[airframe[i]] * hours + error_nm[i] + error_nm[j]
            if gone_nm > reach_nm:
                continue
            if best < 0:
                best = slot
                continue
            sure, sure_best = size[slot] >= _ESTABLISHED, size[best] >= _ESTABLISHED
            if sure > sure_best or (sure == sure_best and last[slot] > last[best]):
                best = slot
        if best < 0:
            if n_open < _OPEN_CHAINS:
                best = n_open
                n_open += 1
            else:
                best = int(np.argmin(size))
            size[best] = 0
            chain[i] = n_chains
            n_chains += 1
        else:
            chain[i] = chain[last[best]]
        last[best] = i
        size[best] += 1
    return chain


def _is_own(tracks: Tracks, chain: Ints) -> Bools:
    """Tell the reports of the aircraft itself: of its longest chain at each time."""
    n = int(chain.max(initial=-1)) + 1
    on_chain = chain >= 0
    members = chain[on_chain]
    size = np.bincount(members, minlength=n)
    start, end = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(start, members, tracks.t_s[on_chain])
    np.maximum.at(end, members, tracks.t_s[on_chain])
    airframe = np.zeros(n, np.int64)
    airframe[members] = tracks.airframe[on_chain]
    order = np.lexsort((start, -size, airframe))
    # Where the chains of each airframe begin in that order.
    bounds = np.searchsorted(airframe[order], np.arange(len(tracks.icao24s) + 1))
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    own = on_chain.copy()
    own[on_chain] = ~_overlaid(
        tracks.airframe[on_chain],
        tracks.t_s[on_chain],
        place[members],
        bounds,
        start[order],
        end[order],
    )
    return own


@njit(cache=True)
def _overlaid(
    airframe: Ints, t_s: Floats, place: Ints, bounds: Ints, start: Floats, end: Floats
) -> Bools:
    """Tell the reports during which a longer chain of the airframe goes on."""
    overlaid = np.zeros(len(t_s), np.bool_)
    for i in range(len(t_s)):
        for k in range(bounds[airframe[i]], place[i]):
            if start[k] <= t_s[i] <= end[k]:
                overlaid[i] = True
                break
    return overlaid


def _second_aircraft(
    tracks: Tracks, chain: Ints, kept: Bools
) -> tuple[pd.DataFrame, Bools]:
    """Return when a second aircraft used the address, and which reports are its own.

    Jammed positions carry the callsign and height of the aircraft itself.
    """
    rows = np.flatnonzero(~kept & (chain >= 0))
    own = np.maximum.accumulate(np.where(kept, np.arange(len(kept)), 0))[rows]
    alike = (tracks.callsign[rows] == tracks.callsign[own]) & ~(
        np.abs(tracks.altitude_ft[rows] - tracks.altitude_ft[own]) > 3_000
    )
    removed = pd.DataFrame(
        {
            "chain": chain[rows],
            "airframe": tracks.airframe[rows],
            "t_s": tracks.t_s[rows],
            "alike": alike,
        }
    )
    chains = removed.groupby("chain").agg(
        airframe=("airframe", "first"),
        start_s=("t_s", "min"),
        end_s=("t_s", "max"),
        n=("t_s", "size"),
        alike=("alike", "mean"),
    )
    long = (chains["n"] >= SECOND_AIRCRAFT_REPORTS) & (
        chains["end_s"] - chains["start_s"] >= SECOND_AIRCRAFT_S
    )
    strangers = chains[long & (chains["alike"] < 0.5)]
    is_stranger = np.zeros(len(kept), dtype=bool)
    is_stranger[rows] = removed["chain"].isin(strangers.index).to_numpy()
    conflicts = strangers[["airframe", "start_s", "end_s"]].reset_index(drop=True)
    return conflicts, is_stranger


def _without_height_spikes(tracks: Tracks) -> Tracks:
    """Forget heights that the reports on both sides make impossible."""
    height_ft = tracks.altitude_ft.copy()
    height_ft[_spikes(tracks.airframe, tracks.t_s, height_ft)] = np.nan
    return tracks.with_altitude(height_ft)


@njit(cache=True)
def _spikes(airframe: Ints, t_s: Floats, height_ft: Floats) -> Bools:
    """Tell heights that are jumped to, and back from within `SPIKE_S`."""
    wrong = np.zeros(len(t_s), np.bool_)
    before = -1
    for i in range(len(t_s)):
        if np.isnan(height_ft[i]) or wrong[i]:
            continue
        if before < 0 or airframe[i] != airframe[before]:
            before = i
            continue
        if not _jumps(t_s, height_ft, before, i):
            before = i
            continue
        back = -1
        for j in range(i + 1, len(t_s)):
            if airframe[j] != airframe[i] or t_s[j] - t_s[i] > SPIKE_S:
                break
            off_ft = abs(height_ft[j] - height_ft[before])
            nearer = off_ft < abs(height_ft[j] - height_ft[i])
            if nearer and not _jumps(t_s, height_ft, before, j):
                back = j
                break
        if back < 0:
            before = i
            continue
        for k in range(i, back):
            wrong[k] = _jumps(t_s, height_ft, before, k)
    return wrong


@njit(cache=True)
def _jumps(t_s: Floats, height_ft: Floats, a: int, b: int) -> bool:
    """Tell whether no aircraft can change from one height to the other in the time."""
    can_ft = 1_000 + MAX_CLIMB_FT_MIN * (t_s[b] - t_s[a]) / 60
    return bool(abs(height_ft[b] - height_ft[a]) > can_ft)
