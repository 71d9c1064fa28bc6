"""Kinematics: how it moved, for aircraft that say nothing about themselves.

Shares of height, speed and turning in the spirit of BuzzFeed News' spy-plane
finder (https://github.com/BuzzFeedNews/2017-08-spy-plane-finder).
"""

from __future__ import annotations

import pandas as pd

from features.base import Feature, FeatureFamily, FlightTables

_UNSEEN = "not observed, or a flight without positions"


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the kinematic features of every flight."""
    flights = tables.flights
    # An extent of some miles is the error of the positions, not a place left.
    loiter = flights["flown_nm"] / flights["box_diagonal_nm"].clip(lower=5)
    return pd.DataFrame(
        {
            "kinematics_max_altitude_ft": flights["max_altitude_ft"],
            "kinematics_cruise_speed_kt": flights["cruise_speed_kt"],
            "kinematics_max_speed_kt": flights["max_speed_kt"],
            "kinematics_max_climb_ft_min": flights["max_climb_ft_min"],
            "kinematics_duration_h": flights["duration_h"].where(
                flights["n_positions"] > 1
            ),
            "kinematics_low_share": flights["low_share"],
            "kinematics_slow_share": flights["slow_share"],
            "kinematics_level_share": flights["level_share"],
            "kinematics_turning_deg_per_h": flights["turning_deg_per_h"],
            "kinematics_loiter": loiter,
        },
        index=flights.index,
    ).astype("float64")


FAMILY = FeatureFamily(
    name="kinematics",
    version=1,
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
            says="climbed at up to {value:,.0f} ft/min",
            low=float("-inf"),
        ),
        Feature(
            "kinematics_duration_h",
            unit="h",
            doc="first to last position",
            null_means=_UNSEEN,
            says="was in sight, gaps included, for {value:.1f} h",
        ),
        Feature(
            "kinematics_low_share",
            unit="share",
            doc="share of time below 10,000 ft",
            null_means=_UNSEEN,
            says="spent {value:.0%} of its time below 10,000 ft",
            says_not="was not seen below 10,000 ft",
            high=1.0,
        ),
        Feature(
            "kinematics_slow_share",
            unit="share",
            doc="share of airborne time below 200 kt",
            null_means=_UNSEEN,
            says="spent {value:.0%} of its time below 200 kt",
            says_not="was not seen below 200 kt in the air",
            high=1.0,
        ),
        Feature(
            "kinematics_level_share",
            unit="share",
            doc="share of time within 300 ft/min of level flight",
            null_means=_UNSEEN,
            says="flew level for {value:.0%} of its time",
            says_not="was not seen in level flight",
            high=1.0,
        ),
        Feature(
            "kinematics_turning_deg_per_h",
            unit="deg/h",
            doc="sum of all turns over time",
            null_means=_UNSEEN,
            says="turned {value:,.0f} degrees an hour",
        ),
        Feature(
            "kinematics_loiter",
            unit="ratio",
            doc="distance flown over the diagonal of its extent",
            null_means=_UNSEEN,
            says="flew {value:.1f} times the diagonal of its extent",
        ),
    ),
    compute=compute,
)
