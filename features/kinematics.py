"""Kinematics: how it moved, for aircraft that say nothing about themselves.

Shares of height, speed and turning in the spirit of BuzzFeed News' spy-plane
finder (https://github.com/BuzzFeedNews/2017-08-spy-plane-finder).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Floats, counts

_UNSEEN = "not observed, or a flight without positions"


_MEASURED = (
    "max_altitude_ft",
    "cruise_speed_kt",
    "max_speed_kt",
    "max_climb_ft_min",
    "low_share",
    "slow_share",
    "level_share",
    "straight_share",
    "turning_deg_per_h",
)
# Aircraft in formation leave and arrive together, tankers and their receivers too.
TOGETHER_S = 600.0


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the kinematic features of every flight."""
    flights = tables.flights
    # An extent of some miles is the error of the positions, not a place left.
    loiter = flights["flown_nm"] / flights["box_diagonal_nm"].clip(lower=5)
    turned_deg = flights["turning_deg_per_h"] * flights["duration_h"]
    told = flights[list(_MEASURED)].rename(columns=lambda name: f"kinematics_{name}")
    return told.assign(
        kinematics_duration_h=flights["duration_h"].where(flights["n_positions"] > 1),
        kinematics_loiter=loiter,
        kinematics_full_turns=turned_deg / 360,
        kinematics_n_circuits=_n_circuits(tables),
        kinematics_n_together=_n_together(tables),
    )[[feature.name for feature in FAMILY.features]].astype("float64")


def _n_circuits(tables: FlightTables) -> Floats:
    """Count the airframe's flights that day that ended where they began."""
    now = tables.coded.now
    local = (now.origin >= 0) & (now.origin == now.destination)
    result: Floats = counts(now.airframe, np.where(local, now.airframe, -1))
    return result


def _n_together(tables: FlightTables) -> Floats:
    """Count others that left and reached the same fields within minutes."""
    now, pairs = tables.coded.now, tables.coded.field_pairs[0]
    began = _seconds(tables.flights["first_seen"])
    ended = now.last_seen_s
    n = np.where(pairs >= 0, 0.0, np.nan)
    order = np.lexsort((began, pairs))
    # Flights of one pair, in order of take-off: compare with the next ones until
    # none of them is near enough.
    for ahead in range(1, len(order)):
        one, other = order[:-ahead], order[ahead:]
        near = (
            (pairs[one] >= 0)
            & (pairs[one] == pairs[other])
            & (began[other] - began[one] <= TOGETHER_S)
        )
        if not near.any():
            break
        near &= np.abs(ended[other] - ended[one]) <= TOGETHER_S
        near &= now.airframe[one] != now.airframe[other]
        np.add.at(n, one[near], 1.0)
        np.add.at(n, other[near], 1.0)
    return n


def _seconds(times: pd.Series) -> Floats:
    return times.to_numpy("datetime64[us]").astype(np.int64) / 1e6


FAMILY = FeatureFamily(
    name="kinematics",
    version=5,
    features=(
        Feature(
            "kinematics_max_altitude_ft",
            unit="ft",
            doc="highest report",
            null_means=_UNSEEN,
            says="climbed to {value:,.0f} ft",
        ),
        Feature(
            "kinematics_cruise_speed_kt",
            unit="kt",
            doc="median speed above 80 % of the greatest height",
            null_means=_UNSEEN,
            says="cruised at {value:.0f} kt",
        ),
        Feature(
            "kinematics_max_speed_kt",
            unit="kt",
            doc="95th percentile of speed",
            null_means=_UNSEEN,
            says="flew up to {value:.0f} kt",
        ),
        Feature(
            "kinematics_max_climb_ft_min",
            unit="ft/min",
            doc="95th percentile of climb",
            null_means=_UNSEEN,
            says="climbed at {value:,.0f} ft/min or less for all but one in 20 of its "
            "rates of climb",
            says_not="was hardly seen to climb: in at most one in 20 of its rates of "
            "climb",
            low=float("-inf"),
        ),
        Feature(
            "kinematics_duration_h",
            unit="h",
            doc="first to last position",
            null_means=_UNSEEN,
            says="was under way for {lasted} from its first position to its last",
        ),
        Feature(
            "kinematics_low_share",
            unit="share",
            doc="share of time below 10,000 ft",
            null_means=_UNSEEN,
            says="spent {share} of its time below 10,000 ft",
            says_not="was not seen below 10,000 ft",
            high=1.0,
        ),
        Feature(
            "kinematics_slow_share",
            unit="share",
            doc="share of airborne time below 200 kt",
            null_means=_UNSEEN,
            says="spent {share} of its time below 200 kt",
            says_not="was not seen below 200 kt in the air",
            high=1.0,
        ),
        Feature(
            "kinematics_level_share",
            unit="share",
            doc="share of time within 300 ft/min of level flight",
            null_means=_UNSEEN,
            says="flew level for {share} of its time",
            says_not="was not seen in level flight",
            high=1.0,
        ),
        Feature(
            "kinematics_straight_share",
            unit="share",
            doc="share of the way flown straight: turning by less than a degree a mile",
            null_means=f"{_UNSEEN}, or one with positions mostly farther than 12 nm "
            "apart",
            says="flew straight for {share} of its way",
            says_not="hardly flew straight",
            high=1.0,
        ),
        Feature(
            "kinematics_turning_deg_per_h",
            unit="deg/h",
            doc="sum of all turns over time",
            null_means=_UNSEEN,
            says="turned by {value:,.0f} degrees an hour in sum",
        ),
        Feature(
            "kinematics_loiter",
            unit="ratio",
            doc="distance flown over the diagonal of its extent",
            null_means=_UNSEEN,
            says="flew {value:.1f} times as far as the area it kept to is wide",
        ),
        Feature(
            "kinematics_full_turns",
            unit="count",
            doc="all turns of the flight together, in full circles: an orbit has many",
            null_means=_UNSEEN,
            says="turned through {value:.1f} full circles in all",
        ),
        Feature(
            "kinematics_n_circuits",
            unit="count",
            doc="flights of the airframe that day that ended where they began",
            null_means="never",
            says="{value:.0f} flight{s} of this airframe ended that day where begun",
            says_not="no flight of this airframe that day ended where it began",
        ),
        Feature(
            "kinematics_n_together",
            unit="count",
            doc="other aircraft that left and reached the same fields within 10 "
            "minutes: a "
            "formation",
            null_means="an end is unknown",
            says="{value:.0f} other aircraft flew from {origin} to {destination} "
            "minutes apart from it",
            says_not="no other aircraft flew with it",
            # A case flown again flies alone.
            learnable=False,
        ),
    ),
    compute=compute,
)
