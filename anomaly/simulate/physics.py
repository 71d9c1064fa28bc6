"""How an aircraft of a type climbs, cruises and descends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference import AircraftTypes
from anomaly.simulate import tables

Numbers = NDArray[np.float64]

# Per kind of engine, what the type table does not hold: climb, cruise where the type
# is unknown, usual cruise level, approach speed.  Typical values, unsourced.
_USUAL = pd.DataFrame(
    {
        "climb_ft_min": [1900.0, 1300.0, 600.0, 500.0, 800.0],
        "cruise_kt": [440.0, 270.0, 110.0, 60.0, 120.0],
        "cruise_ft": [36200.0, 21000.0, 4500.0, 3000.0, 1500.0],
        "approach_kt": [138.0, 112.0, 65.0, 50.0, 45.0],
        "range_nm": [2500.0, 1100.0, 450.0, 150.0, 300.0],
    },
    index=["jet", "turboprop", "piston", "electric", "rotor"],
)
_EMPTY = 1.3
"""How much further than with its load a type flies without, where no figure tells."""
_FIGURES = (
    "cruise_kt",
    "cruise_ft",
    "climb_ft_min",
    "approach_kt",
    "range_nm",
    "ferry_nm",
    "runway_ft",
)


@dataclass(frozen=True, eq=False)
class Performance:
    """Figures of each aircraft type, complete: defaults stand in for the unknown."""

    table: pd.DataFrame

    @staticmethod
    @lru_cache(maxsize=4)
    def of(types: AircraftTypes) -> Performance:
        """Return what is known of every type, filled up by its kind of engine."""
        known = types.table
        guess = np.where(known["cruise_kt"] < 200.0, "piston", "jet")
        engine = known["engine"].where(known["engine"].isin(_USUAL.index), guess)
        usual = _USUAL.loc[engine].set_index(known.index)
        cruise_kt = known["cruise_kt"].fillna(usual["cruise_kt"])
        # Fast turboprops fly higher than feeders.
        fast_ft = 60.0 * (cruise_kt - 270.0).clip(0, 130) * (engine == "turboprop")
        ceiling_ft = known["ceiling_ft"].fillna(usual["cruise_ft"] * 1.15)
        range_nm = known["range_payload_nm"].fillna(known["range_ferry_nm"] * 0.6)
        range_nm = range_nm.fillna(usual["range_nm"])
        ferry_nm = known["range_ferry_nm"].fillna(range_nm * _EMPTY)
        table = pd.DataFrame(
            {
                "cruise_kt": cruise_kt,
                "cruise_ft": np.minimum(
                    usual["cruise_ft"] + fast_ft, ceiling_ft * 0.94
                ),
                "climb_ft_min": usual["climb_ft_min"],
                "approach_kt": np.minimum(usual["approach_kt"], cruise_kt * 0.8),
                "range_nm": range_nm,
                "ferry_nm": np.maximum(ferry_nm, range_nm * 1.05),
                "runway_ft": known["min_runway_ft"].fillna(3000.0),
            }
        )
        own = [row for code, row in tables.types().items() if code not in table.index]
        codes = pd.Index([row.typecode for row in own], dtype=object)
        usual = _USUAL.loc[[row.engine for row in own]].set_index(codes)
        further = usual.assign(
            cruise_kt=[row.cruise_kt for row in own],
            cruise_ft=[row.cruise_ft for row in own],
            range_nm=[row.range_nm for row in own],
            ferry_nm=[row.range_nm * _EMPTY for row in own],
            runway_ft=0.15 * usual["cruise_ft"],
        )
        further["approach_kt"] = further["approach_kt"].clip(
            upper=further["cruise_kt"] * 0.8
        )
        return Performance(
            pd.concat([table, further[table.columns]]).astype(np.float64)
        )

    def of_types(self, typecodes: NDArray[np.object_]) -> dict[str, Numbers]:
        """Return figures of each typecode; an unknown type flies as a small jet."""
        which, different = pd.factorize(typecodes)
        found = self.table.reindex(pd.Index(different, dtype=object))
        unknown = {"ferry_nm": 2500.0 * _EMPTY, "runway_ft": 5500.0}
        found = found.fillna({**_USUAL.loc["jet"].to_dict(), **unknown})
        return {name: found[name].to_numpy(np.float64)[which] for name in _FIGURES}


@dataclass(frozen=True, eq=False)
class Profile:
    """Knots of each flight, one row a flight: time, way, height and speed."""

    time_s: Numbers
    way_nm: Numbers
    altitude_ft: Numbers
    speed_kt: Numbers

    @property
    def duration_s(self) -> Numbers:
        """Time from take-off to landing."""
        return self.time_s[:, -1]


def profile(
    way_nm: Numbers,
    elevation_1_ft: Numbers,
    elevation_2_ft: Numbers,
    cruise_ft: Numbers,
    speed_kt: Numbers,
    approach_kt: Numbers,
    climb_ft_min: Numbers,
) -> Profile:
    """Return how flights of these lengths climb, cruise and come down.

    A way too short to reach the cruise level is flown lower: the rates stay.
    """
    heights, speeds = _knots(
        elevation_1_ft, elevation_2_ft, cruise_ft, speed_kt, approach_kt
    )
    rise = np.abs(np.diff(heights, axis=1))
    # Climbing gets slower with height; coming down is slower near the field.
    rates = climb_ft_min[:, None] * np.array([1.3, 1.1, 0.75, 1.0, 0.95, 0.75, 0.4])
    steps_h = rise / rates / 60.0
    steps_nm = steps_h * (speeds[:, :-1] + speeds[:, 1:]) / 2
    fit = np.minimum(1.0, 0.92 * way_nm / steps_nm.sum(axis=1).clip(0.1))[:, None]
    steps_h, steps_nm = steps_h * fit, steps_nm * fit
    lowered = np.empty_like(heights)
    lowered[:, :4] = heights[:, :1] + (heights[:, :4] - heights[:, :1]) * fit
    lowered[:, 4:] = heights[:, -1:] + (heights[:, 4:] - heights[:, -1:]) * fit
    cruise_nm = way_nm - steps_nm.sum(axis=1)
    steps_nm[:, 3] = cruise_nm
    steps_h[:, 3] = cruise_nm / speed_kt
    start = np.zeros((len(way_nm), 1))
    return Profile(
        time_s=np.concatenate([start, np.cumsum(steps_h * 3600.0, axis=1)], axis=1),
        way_nm=np.concatenate([start, np.cumsum(steps_nm, axis=1)], axis=1),
        altitude_ft=lowered,
        speed_kt=speeds,
    )


def _knots(
    elevation_1_ft: Numbers,
    elevation_2_ft: Numbers,
    cruise_ft: Numbers,
    speed_kt: Numbers,
    approach_kt: Numbers,
) -> tuple[Numbers, Numbers]:
    """Return height and speed: lift-off, climb (3), top, approach (2), touchdown."""
    top = np.maximum(cruise_ft, np.maximum(elevation_1_ft, elevation_2_ft) + 500.0)
    low_kt = np.minimum(speed_kt, np.maximum(250.0, approach_kt))
    heights = np.stack(
        [
            elevation_1_ft,
            elevation_1_ft + np.minimum(2500.0, 0.25 * (top - elevation_1_ft)),
            np.clip(10000.0, elevation_1_ft + 0.3 * (top - elevation_1_ft), top),
            top,
            top,
            np.clip(10000.0, elevation_2_ft + 0.35 * (top - elevation_2_ft), top),
            elevation_2_ft + np.minimum(2800.0, 0.3 * (top - elevation_2_ft)),
            elevation_2_ft,
        ],
        axis=1,
    )
    speeds = np.stack(
        [
            approach_kt * 1.05,
            (approach_kt + low_kt) / 2,
            low_kt,
            speed_kt,
            speed_kt,
            low_kt,
            approach_kt * 1.2,
            approach_kt,
        ],
        axis=1,
    )
    return heights, speeds


def cruise_level_ft(
    usual_ft: Numbers, way_nm: Numbers, whims: Numbers, *, is_low: NDArray[np.bool_]
) -> Numbers:
    """Return a level that fits the distance, on a whole flight level.

    `whims`, 0 to 1, move it by what traffic, weight and weather make of a flight plan.
    """
    height = usual_ft * (0.86 + 0.26 * whims)
    # About 100 ft of height for each mile of a short hop, less so on long ones.
    height = np.minimum(height, 3000.0 + way_nm * 95.0)
    step = np.where(is_low, 500.0, 1000.0)
    return np.maximum(np.round(height / step) * step, 500.0)


def tailwind_kt(
    latitude_deg: Numbers, course_deg: Numbers, height_ft: Numbers, whims: Numbers
) -> Numbers:
    """Return the wind along the course: westerlies of the middle latitudes, aloft."""
    belt = np.exp(-(((np.abs(latitude_deg) - 42.0) / 15.0) ** 2))
    westerly = 75.0 * belt * np.clip(height_ft / 36000.0, 0.1, 1.0) * (0.3 + whims)
    return np.asarray(westerly * np.sin(np.radians(course_deg)))
