"""The ground time between consecutive flights of one airframe, and how sure it is.

Confidence follows the port visits of Global Fishing Watch: 4 when arrival and
departure were both seen at the field, 3 when one of them was, 2 when neither was but
one field explains both, 1 when only time says that there was a landing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.ends import LONGEST_STOP_H
from anomaly.fields import Fields
from anomaly.flights import Found
from anomaly.sun import dark_share
from anomaly.tracks import Floats, arc_nm, timestamps

SURE_WEIGHT = 0.6
# Climb and descent, about three fifths as fast as cruise, take the last miles to a
# field; those before are flown at cruise.  Of 40, 60, 80, 100 and 130 nm this fits
# simulated flights best; airline flights of 2014 (a report every six minutes) as well.
SLOW_NM = 80.0
SLOW_SHARE = 0.6
# A minute or two between the last report on approach and the touch-down.
_TURN_H = 0.05


def of_found(found: Found, fields: Fields) -> pd.DataFrame:
    """Return the rows of STOPOVERS between the flights found."""
    before, after = found.pairs.before, found.pairs.after
    waited_h = (found.legs.starts.t_s[after] - found.legs.stops.t_s[before]) / 3600
    keep = waited_h <= LONGEST_STOP_H * 2
    before, after, joint = before[keep], after[keep], found.pairs.joint[keep]
    arrived, departed = _times(found, before, after, fields)
    since, until = _bounds(found, before, after)
    place = found.destination.place[before]
    # A landing that was seen was one, wherever the aircraft was seen next.
    seen_in = found.destination.seen_low[before] & (place >= 0)
    seen_out = found.origin.seen_low[after] & joint & (place >= 0)
    weight = found.destination.candidates.weight[before, 0]
    sure = joint & (weight >= SURE_WEIGHT) & (place >= 0)
    confidence = np.select(
        [seen_in & seen_out, seen_in | seen_out, sure], [4, 3, 2], default=1
    )
    ids = found.flights["flight_id"].to_numpy(object)
    frame = pd.DataFrame(
        {
            "icao24": found.flights["icao24"].to_numpy(object)[before],
            "flight_before": ids[before],
            "flight_after": ids[after],
            "airport": fields.idents(place),
            "field_use": np.append(fields.use, np.array([None]))[place],
            "lost_at": timestamps(found.legs.stops.t_s[before]),
            "back_at": timestamps(found.legs.starts.t_s[after]),
            "arrived": timestamps(arrived),
            "departed": timestamps(departed),
            "ground_time_h": (departed - arrived) / 3600,
            "ground_time_max_h": (until - since) / 3600,
            "inferred": ~seen_in,
            "confidence": confidence,
            "reason": _reasons(found, before, after, confidence),
            "moved_nm": arc_nm(
                found.legs.stops.point[before], found.legs.starts.point[after]
            ),
            "night_share": _night_share(arrived, departed, place, fields),
            "provenance": found.flights["provenance"].to_numpy(object)[before],
        }
    )
    # A longer rest ends a journey: it is no stop on the way.
    return frame[frame["ground_time_h"] < LONGEST_STOP_H].reset_index(drop=True)


def _times(
    found: Found, before: np.ndarray, after: np.ndarray, fields: Fields
) -> tuple[Floats, Floats]:
    """Return estimated landings and take-offs; within what was seen, always."""
    lost, back = found.legs.stops.t_s[before], found.legs.starts.t_s[after]
    place = found.destination.place[before]
    field = fields.points[place]
    cruise = found.legs.able["cruise_kt"].to_numpy(float)
    in_h = _flying_h(arc_nm(found.legs.stops.point[before], field), cruise[before])
    out_h = _flying_h(arc_nm(found.legs.starts.point[after], field), cruise[after])
    arrived = lost + (in_h + _TURN_H) * 3600
    departed = back - out_h * 3600
    arrived = np.where(
        np.isnan(found.legs.landed_s[before]), arrived, found.legs.landed_s[before]
    )
    departed = np.where(
        np.isnan(found.legs.took_off_s[after]), departed, found.legs.took_off_s[after]
    )
    # Where both estimates cross, the stop was short: split the difference.
    since, until = _bounds(found, before, after)
    middle = ((arrived + departed) / 2).clip(since, until)
    crossed = departed < arrived
    arrived = np.where(crossed, middle, arrived)
    return arrived, np.where(crossed, middle, departed)


def _flying_h(far_nm: Floats, cruise_kt: Floats) -> Floats:
    """Return how long unseen ways to or from a field take; 0 where it is unknown."""
    way_nm = np.nan_to_num(far_nm)
    slow_nm = np.minimum(way_nm, SLOW_NM)
    hours: Floats = (slow_nm / SLOW_SHARE + way_nm - slow_nm) / cruise_kt
    return hours


def _bounds(
    found: Found, before: np.ndarray, after: np.ndarray
) -> tuple[Floats, Floats]:
    """Return between which moments the aircraft can have stood on the ground.

    An aircraft seen to taxi had landed before its last position, and may be seen to
    move before it takes off.
    """
    legs = found.legs
    since: Floats = np.fmin(legs.stops.t_s[before], legs.landed_s[before])
    until: Floats = np.fmax(legs.starts.t_s[after], legs.took_off_s[after])
    return since, until


def _reasons(
    found: Found, before: np.ndarray, after: np.ndarray, confidence: np.ndarray
) -> list[str]:
    words = {
        4: "arrival and departure seen",
        3: "seen on one side",
        2: "neither side seen at the field; one field explains both",
        1: "only the time between says that it landed",
    }
    return [
        f"{words[int(level)]}: {arrival}; then {departure}"
        for level, arrival, departure in zip(
            confidence,
            found.destination.reason[before],
            found.origin.reason[after],
            strict=True,
        )
    ]


def _night_share(
    arrived: Floats, departed: Floats, place: np.ndarray, fields: Fields
) -> Floats:
    """Return the share of the ground time with the sun well below the horizon."""
    known = place >= 0
    shares = np.full(len(place), np.nan)
    shares[known] = dark_share(
        arrived[known],
        departed[known],
        fields.latitude_deg[place[known]],
        fields.longitude_deg[place[known]],
    )
    return shares
