"""Where an aircraft was, what it did on earlier days, and who else flies there.

The address links an aircraft to its own earlier days and is no value itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from anomaly.geo import EARTH_RADIUS_NM
from models.military_motion import unit_vectors

REMEMBERED = (
    "altitude_ft_q0",
    "altitude_ft_q50",
    "altitude_ft_q100",
    "speed_kt_q50",
    "speed_kt_q100",
    "mach_q100",
    "equivalent_kt_q0",
    "mach_max_high",
    "speed_kt_mean_high",
    "speed_kt_mean_middle",
    "speed_kt_min_low",
    "step_nm_q100",
    "straightness_q50",
    "turn_deg_q50",
    "gyration_nm",
    "whole_thousand_share",
    "flight_level_29_to_41_share",
    "low_share",
)
"""What of earlier days' motion says most of an aircraft."""

PLACES = ("latitude_deg", "longitude_deg", "low_latitude_deg", "low_longitude_deg")
N_NEAREST = 60
_NEAR_NM = 10.0


def places(positions: pd.DataFrame) -> pd.DataFrame:
    """Return where each row was on average, first, last, and at its lowest."""
    names = ["latitude_deg", "longitude_deg"]
    rows = positions.groupby("row")[names]
    by_height = positions.sort_values("altitude_ft", kind="stable")
    lowest = by_height.groupby("row").head(1).set_index("row")[names].sort_index()
    return pd.concat(
        [
            rows.mean(),
            rows.first().add_prefix("first_"),
            rows.last().add_prefix("last_"),
            lowest.add_prefix("low_"),
        ],
        axis="columns",
    )


def past(rows: pd.DataFrame, motion: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """Return what each aircraft's earlier days say; NaN where there are none.

    Parameters
    ----------
    rows : DataFrame
        `icao24` and `day` of each row, sorted by both; the index of the other two.
    """
    aircraft = rows["icao24"]
    days = rows.groupby("icao24")["day"]
    n_days = rows.groupby("icao24").cumcount().astype("float64")
    age_d = (rows["day"] - days.transform("min")).dt.days
    told = motion[list(REMEMBERED)]
    lasting = told.groupby(aircraft)
    where = place[list(PLACES)]
    mean_place = _mean_before(where, aircraft)
    variance = _mean_before(where**2, aircraft) - mean_place**2
    cell = place["latitude_deg"].round() * 1000 + place["longitude_deg"].round()
    is_new = (~pd.DataFrame({"a": aircraft, "c": cell}).duplicated()).astype("float64")
    n_cells = is_new.groupby(aircraft).cumsum() - is_new
    own = pd.DataFrame(
        {
            "past_days": n_days,
            "past_age_d": age_d,
            "past_days_share": n_days / age_d.clip(lower=1),
            "past_since_d": days.diff().dt.days,
            "past_cells": n_cells,
            "past_cells_a_day": n_cells / n_days.clip(lower=1),
            "past_new_cell": is_new,
        }
    )
    found: pd.DataFrame = pd.concat(
        [
            own,
            _mean_before(told, aircraft).add_prefix("past_mean_"),
            _before(lasting.cummax(), aircraft).add_prefix("past_most_"),
            _before(lasting.cummin(), aircraft).add_prefix("past_least_"),
            mean_place.add_prefix("past_mean_"),
            variance.clip(lower=0).pow(0.5).add_prefix("past_spread_"),
        ],
        axis="columns",
    )
    return found.astype("float64")


def share_nearby(
    rows: pd.DataFrame,
    place: pd.DataFrame,
    y: NDArray[np.bool_],
    learn: NDArray[np.intp],
) -> pd.DataFrame:
    """Return how many of other aircraft near each row are of the wanted kind.

    Only the rows to learn from have a say, none on its own aircraft, and each
    aircraft once a place.
    """
    codes, _ = pd.factorize(rows["icao24"])
    found = {}
    for name in ("", "low_"):
        points = unit_vectors(
            place[f"{name}latitude_deg"], place[f"{name}longitude_deg"]
        )
        # A hundredth of the radius, some 35 nm, is one place.
        spots = pd.DataFrame(points[learn].round(2)).assign(aircraft=codes[learn])
        voters = learn[~spots.duplicated().to_numpy()]
        k = min(N_NEAREST, len(voters))
        chord, at = cKDTree(points[voters]).query(points, k=range(1, k + 1))
        weight = 1 / (chord * EARTH_RADIUS_NM + _NEAR_NM)
        weight *= codes[voters][at] != codes[:, None]
        total = weight.sum(axis=1)
        votes = (weight * y[voters][at]).sum(axis=1)
        known = np.divide(
            votes, total, out=np.full(len(votes), np.nan), where=total > 0
        )
        found[f"{name}nearby_share"] = known
    return pd.DataFrame(found, index=rows.index)


def _mean_before(values: pd.DataFrame, aircraft: pd.Series[str]) -> pd.DataFrame:
    """Return the mean over each aircraft's earlier rows, unknown values left out."""
    filled, known = values.fillna(0), values.notna().astype("float64")
    # Moved down a row, not less the own row: what comes later leaves no trace at all.
    sums, counts = (
        one.groupby(aircraft).cumsum().groupby(aircraft).shift(fill_value=0.0)
        for one in (filled, known)
    )
    return sums / counts.where(counts > 0)


def _before(values: pd.DataFrame, aircraft: pd.Series[str]) -> pd.DataFrame:
    return values.groupby(aircraft).ffill().groupby(aircraft).shift()
