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
from numpy.typing import NDArray

from anomaly.arcs import way_nm
from anomaly.compiled import COMPILED, INLINE
from anomaly.tracks import Bools, Codes, Floats, Ints, Singles, Tracks

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
LEFT_OUT = ["reason", "unit", "n", "example"]
_USUAL, _TEST, _STALE, _FALLING = range(4)
_OPEN_CHAINS = 4
_ESTABLISHED = 3
_JUNK_CALLSIGN = r"^(?:TEST.*|TWR|GND|GROUND|@+|0+|\?+)$"
_JUNK_ADDRESSES = frozenset({"000000", "ffffff", "123456", "abcdef", "111111"})


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Tracks without the impossible, and what was taken out."""

    tracks: Tracks
    rejected_airframe: Codes
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
    kind = _kinds(
        tracks.airframe,
        tracks.latitude_deg,
        tracks.longitude_deg,
        tracks.altitude_ft,
        tracks.on_ground,
        tracks.speed_kt,
        tracks.callsign,
        *_junk(tracks),
    )
    chain = _chains(
        tracks.airframe, tracks.t_s, tracks.points, tracks.mlat, max_speed_kt, kind
    )
    kept = _is_own(tracks, chain)
    out = np.flatnonzero(~kept)
    conflicts, strange = _second_aircraft(tracks, chain, out)
    tests, stale = kind[out] == _TEST, kind[out] == _STALE
    impossible = ~tests & ~stale
    left_out = [
        *_count("test_transmission", out[tests], tracks),
        *_count("repeated_position", out[stale], tracks),
        *_count("second_aircraft_under_one_address", out[strange], tracks),
        *_count("impossible_position", out[impossible & ~strange], tracks),
    ]
    return Cleaned(
        tracks=_without_height_spikes(tracks.where(kept) if len(out) else tracks),
        rejected_airframe=tracks.airframe[out[impossible]],
        rejected_t_s=tracks.t_s[out[impossible]],
        conflicts=conflicts,
        left_out=pd.DataFrame(left_out, columns=LEFT_OUT),
    )


def _junk(tracks: Tracks) -> tuple[Bools, Bools]:
    """Tell addresses and callsigns of test transmitters and vehicles from others."""
    junk_address = np.isin(tracks.icao24s.astype(str), list(_JUNK_ADDRESSES))
    words = pd.Series(tracks.callsigns, dtype="str")
    junk_callsign = words.str.match(_JUNK_CALLSIGN).to_numpy(bool)
    # One more entry: an unknown callsign is -1 and no junk.
    return junk_address, np.append(junk_callsign, np.False_)


@njit(**COMPILED)
def _kinds(
    airframe: Codes,
    latitude_deg: Floats,
    longitude_deg: Floats,
    altitude_ft: Singles,
    on_ground: Bools,
    speed_kt: Singles,
    callsign: Codes,
    junk_address: Bools,
    junk_callsign: Bools,
) -> NDArray[np.int8]:
    """Tell what each report is, by itself and the one before it.

    `_TEST` is of a test transmitter or a vehicle; `_STALE` repeats the last known
    place, which some archives fill in; `_FALLING` is too slow for its height: the
    speed is spoofed with the place.
    """
    fast = np.zeros(len(junk_address), np.bool_)
    for i in range(len(airframe)):
        if speed_kt[i] > JET_KT:
            fast[airframe[i]] = True
    kind = np.zeros(len(airframe), np.int8)
    for i in range(len(airframe)):
        own = airframe[i]
        if junk_address[own] or junk_callsign[callsign[i]]:
            kind[i] = _TEST
        elif (
            i > 0
            and airframe[i - 1] == own
            and latitude_deg[i] == latitude_deg[i - 1]
            and longitude_deg[i] == longitude_deg[i - 1]
            and not on_ground[i]
            and speed_kt[i] > MOVING_KT
        ):
            kind[i] = _STALE
        elif fast[own] and speed_kt[i] < FALLING_KT and altitude_ft[i] > HIGH_FT:
            kind[i] = _FALLING
    return kind


def _count(reason: str, rows: Ints, tracks: Tracks) -> list[tuple[str, str, int, str]]:
    """Return how many reports were left out for a reason, if any, with an example."""
    examples = tracks.icao24s[tracks.airframe[rows[:1]]]
    return [(reason, "rows", len(rows), example) for example in examples]


@njit(**COMPILED)
def _chains(
    airframe: Codes,
    t_s: Floats,
    points: Floats,
    mlat: Bools,
    max_speed_kt: Floats,
    kind: NDArray[np.int8],
) -> Codes:
    """Return for each report the chain that it belongs to, numbered from 0.

    Of the chains that a report could continue, one of several reports comes before
    a stray one, and the one heard last before the others.  -1 is no chain.
    """
    n = len(t_s)
    chain = np.full(n, -1, np.int32)
    last = np.empty(_OPEN_CHAINS, np.int64)
    size = np.zeros(_OPEN_CHAINS, np.int64)
    n_open = 0
    n_chains = 0
    for i in range(n):
        if i == 0 or airframe[i] != airframe[i - 1]:
            n_open = 0
        if kind[i] != _USUAL:
            continue
        best = -1
        for slot in range(n_open):
            j = last[slot]
            hours = (t_s[i] - t_s[j] + TIME_ERROR_S) / 3600
            error_nm = MLAT_ERROR_NM if mlat[i] else PLACE_ERROR_NM
            error_nm += MLAT_ERROR_NM if mlat[j] else PLACE_ERROR_NM
            reach_nm = max_speed_kt[airframe[i]] * hours + error_nm
            gone_nm = way_nm(points, i, j)
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


def _is_own(tracks: Tracks, chain: Codes) -> Bools:
    """Tell the reports of the aircraft itself: of its longest chain at each time."""
    n = int(chain.max(initial=-1)) + 1
    airframe, size, start, end = _extents(tracks.airframe, tracks.t_s, chain, n)
    order = np.lexsort((start, -size, airframe))
    # Where the chains of each airframe begin in that order.
    bounds = np.searchsorted(airframe[order], np.arange(len(tracks.icao24s) + 1))
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    own: Bools = _not_overlaid(
        tracks.airframe, tracks.t_s, chain, place, bounds, start[order], end[order]
    )
    return own


@njit(**COMPILED)
def _extents(
    airframe: Codes, t_s: Floats, chain: Codes | Ints, n: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return airframe, number of reports, first and last time of each chain."""
    of, size = np.zeros(n, np.int64), np.zeros(n, np.int64)
    start, end = np.zeros(n), np.zeros(n)
    for i in range(len(chain)):
        which = chain[i]
        if which >= 0:
            if not size[which]:
                of[which], start[which] = airframe[i], t_s[i]
            size[which] += 1
            end[which] = t_s[i]
    return of, size, start, end


@njit(**COMPILED)
def _not_overlaid(
    airframe: Codes,
    t_s: Floats,
    chain: Codes,
    place: Ints,
    bounds: Ints,
    start: Floats,
    end: Floats,
) -> Bools:
    """Tell reports on a chain during which no longer one of the airframe goes on."""
    own = chain >= 0
    for i in range(len(t_s)):
        if own[i]:
            for k in range(bounds[airframe[i]], place[chain[i]]):
                if start[k] <= t_s[i] <= end[k]:
                    own[i] = False
                    break
    return own


def _second_aircraft(
    tracks: Tracks, chain: Codes, out: Ints
) -> tuple[pd.DataFrame, Bools]:
    """Return when a second aircraft used the address, and which of `out` are its own.

    `out` are reports that are not of the aircraft itself.  Jammed positions carry its
    callsign and height, and so are nobody else's.
    """
    on_chain = chain[out] >= 0
    rows = out[on_chain]
    # The last report before them that is of the aircraft.
    begins = np.diff(out, prepend=-2) != 1
    own = (out[begins] - 1).clip(0)[np.cumsum(begins) - 1][on_chain]
    height_ft, own_ft = (tracks.altitude_ft[r].astype(float) for r in (rows, own))
    alike = (tracks.callsign[rows] == tracks.callsign[own]) & ~(
        np.abs(height_ft - own_ft) > 3_000
    )
    _, which = np.unique(chain[rows], return_inverse=True)
    n_chains = int(which.max(initial=-1)) + 1
    airframe, n, start_s, end_s = _extents(
        tracks.airframe[rows], tracks.t_s[rows], which, n_chains
    )
    long = (n >= SECOND_AIRCRAFT_REPORTS) & (end_s - start_s >= SECOND_AIRCRAFT_S)
    n_alike = np.bincount(which, weights=alike, minlength=n_chains)
    strange = long & (n_alike < 0.5 * n)
    conflicts = pd.DataFrame(
        {
            "airframe": airframe[strange],
            "start_s": start_s[strange],
            "end_s": end_s[strange],
        }
    )
    is_stranger = np.zeros(len(out), dtype=bool)
    is_stranger[on_chain] = strange[which]
    return conflicts, is_stranger


def _without_height_spikes(tracks: Tracks) -> Tracks:
    """Forget heights that the reports on both sides make impossible."""
    height_ft = tracks.altitude_ft.copy()
    height_ft[_spikes(tracks.airframe, tracks.t_s, height_ft)] = np.nan
    return tracks.with_altitude(height_ft)


@njit(**COMPILED)
def _spikes(airframe: Codes, t_s: Floats, height_ft: Singles) -> Bools:
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
            off_ft = _apart_ft(height_ft, before, j)
            nearer = off_ft < _apart_ft(height_ft, i, j)
            if nearer and not _jumps(t_s, height_ft, before, j):
                back = j
                break
        if back < 0:
            before = i
            continue
        for k in range(i, back):
            wrong[k] = _jumps(t_s, height_ft, before, k)
    return wrong


@njit(**INLINE)
def _jumps(t_s: Floats, height_ft: Singles, a: int, b: int) -> bool:
    """Tell whether no aircraft can change from one height to the other in the time."""
    can_ft = 1_000 + MAX_CLIMB_FT_MIN * (t_s[b] - t_s[a]) / 60
    return bool(_apart_ft(height_ft, a, b) > can_ft)


@njit(**INLINE)
def _apart_ft(height_ft: Singles, a: int, b: int) -> float:
    return float(abs(np.float64(height_ft[b]) - np.float64(height_ft[a])))
