"""Stopovers of the journey so far: where, how long, and whether they were needed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.geo import distance_nm
from features import ends
from features.base import Feature, FeatureFamily, FlightTables

# Every jet that carries cargo between continents flies this far with a load, so a
# stop on a shorter way needs another reason than fuel.
ANY_JET_REACHES_NM = 2_000
# Range is given for still air and full load; a careful crew plans with less.
USABLE_RANGE_SHARE = 0.85


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the stopover features of every flight."""
    flights = tables.flights
    stops = stops_so_far(tables)
    by_flight = stops.groupby("flight_id")
    journeys = tables.journeys.reindex(flights.index)
    n_stops = by_flight.size().reindex(flights.index, fill_value=0).astype("float64")
    # A flight whose journey is not known has no count of stops, not a count of 0.
    n_stops = n_stops.where(journeys["journey_id"].notna())
    any_stop = n_stops > 0
    origins = journeys["airports"].map(_first, na_action="ignore")
    last = by_flight.last().reindex(flights.index)
    after = tables.stopovers.drop_duplicates("flight_before").set_index("flight_before")
    ratio = (journeys["total_nm"] / journeys["direct_nm"].clip(lower=100)).clip(
        upper=10
    )

    def over_stops(column: str, how: str) -> pd.Series:
        found: pd.Series = by_flight[column].agg(how).reindex(flights.index)
        return found

    return pd.DataFrame(
        {
            "stopover_n": n_stops,
            "stopover_n_military": over_stops("is_military", "sum").where(
                any_stop, n_stops
            ),
            "stopover_military_share": over_stops("is_military", "mean"),
            "stopover_n_unscheduled": over_stops("is_unscheduled", "sum").where(
                any_stop, n_stops
            ),
            "stopover_shortest_h": over_stops("ground_time_h", "min"),
            "stopover_last_h": last["ground_time_h"],
            "stopover_night_share": over_stops("night_share", "mean"),
            "stopover_inferred_share": over_stops("inferred", "mean"),
            "stopover_last_detour_nm": last["detour_nm"],
            "stopover_n_near": over_stops("is_near", "sum").where(any_stop, n_stops),
            "stopover_n_unneeded": over_stops("is_unneeded", "sum")
            .where(any_stop, n_stops)
            .where(_reach_nm(flights["typecode"], tables).notna()),
            "stopover_journey_nm": journeys["total_nm"],
            "stopover_journey_ratio": ratio,
            "stopover_journey_n_states": _n_states(journeys["airports"], tables),
            "stopover_journey_origin_military": ends.military_use(origins, tables),
            "stopover_turnround_h": flights.index.to_series().map(
                after["ground_time_h"]
            ),
        },
        index=flights.index,
        dtype="float64",
    )


def stops_so_far(tables: FlightTables) -> pd.DataFrame:
    """Return every stopover before each flight in its journey, in order.

    Returns
    -------
    DataFrame
        One row per flight and stopover: the stopover's columns, ``flight_id`` of
        the flight it came before, and what it says about need.
    """
    members = tables.journeys["flight_ids"].explode().rename("flight_after")
    stops = (
        members.rename_axis("flight_id")
        .reset_index()
        .merge(tables.stopovers, on="flight_after", how="inner")
    )
    use = ends.military_use(stops["airport"], tables)
    stops["is_military"] = (use > 0).astype("float64").where(use.notna())
    stops["is_unscheduled"] = ends.unscheduled(stops["airport"], tables)
    _add_need(stops, tables)
    return stops


def _add_need(stops: pd.DataFrame, tables: FlightTables) -> None:
    """Add what the stop cost and whether the way before and after it was too long."""
    around = _legs(tables)
    came_from = stops["flight_before"].map(around["from"])
    went_to = stops["flight_after"].map(around["to"])
    airports = tables.reference.airports.table[["latitude_deg", "longitude_deg"]]
    a, stop, b = (airports.reindex(x) for x in (came_from, stops["airport"], went_to))

    def leg_nm(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
        return distance_nm(
            left["latitude_deg"],
            left["longitude_deg"],
            right["latitude_deg"],
            right["longitude_deg"],
        )

    direct_nm = leg_nm(a, b)
    stops["detour_nm"] = leg_nm(a, stop) + leg_nm(stop, b) - direct_nm
    stops["is_near"] = np.where(
        np.isnan(direct_nm), np.nan, direct_nm < ANY_JET_REACHES_NM
    )
    reach_nm = _reach_nm(stops["flight_after"].map(around["typecode"]), tables)
    stops["is_unneeded"] = np.where(
        np.isnan(direct_nm) | np.isnan(reach_nm), np.nan, direct_nm < reach_nm
    )


def _reach_nm(typecodes: pd.Series, tables: FlightTables) -> pd.Series:
    """Return how far each type may be planned to fly with its largest payload."""
    range_nm = tables.reference.types.table["range_payload_nm"]
    return typecodes.map(range_nm).astype("float64") * USABLE_RANGE_SHARE


def _legs(tables: FlightTables) -> pd.DataFrame:
    """Return origin, destination and type of every flight a journey may hold."""
    columns = ["flight_id", "origin", "destination", "typecode"]
    both = pd.concat([tables.history[columns], tables.flights.reset_index()[columns]])
    return (
        both.drop_duplicates("flight_id", keep="last")
        .set_index("flight_id")
        .set_axis(["from", "to", "typecode"], axis="columns")
    )


def _first(airports: list[str]) -> str | None:
    return airports[0] if len(airports) and airports[0] != "?" else None


def _n_states(airports: pd.Series, tables: FlightTables) -> pd.Series:
    """Count the states in which each journey touched ground; NaN without one."""
    # "?" and unknown fields have no state, so they count for nothing.
    state = ends.country(airports.explode(), tables)
    n = state.groupby(state.index).nunique().reindex(airports.index)
    return n.astype("float64").where(airports.notna())


FAMILY = FeatureFamily(
    name="stopover",
    version=1,
    features=(
        Feature(
            "stopover_n",
            unit="count",
            doc="stopovers of the journey before this flight",
            null_means="the journey is not known",
            says="stopovers so far in this journey: {value:.0f} ({stops})",
            says_not="the journey has had no stopover yet",
        ),
        Feature(
            "stopover_n_military",
            unit="count",
            doc="of these at a military or joint-use field",
            null_means="the journey is not known",
            says="stopped at a military or joint-use field: {military_stops}",
            says_not="no stopover at a military or joint-use field",
        ),
        Feature(
            "stopover_military_share",
            unit="share",
            doc="share of the journey's stopovers at military or joint-use fields",
            null_means="no stopover, or its field is unknown",
            says="{value:.0%} of its stopovers at military or joint-use fields "
            "({military_stops})",
            says_not="all its stopovers at civil fields ({stops})",
            high=1.0,
        ),
        Feature(
            "stopover_n_unscheduled",
            unit="count",
            doc="stopovers at fields without scheduled service",
            null_means="the journey is not known",
            says="stopovers at fields without scheduled air service: {value:.0f} "
            "(of {stops})",
            says_not="no stopover at a field without scheduled air service",
        ),
        Feature(
            "stopover_shortest_h",
            unit="h",
            doc="shortest ground time in the journey",
            null_means="no stopover",
            says="its shortest stopover took {value:.1f} h",
        ),
        Feature(
            "stopover_last_h",
            unit="h",
            doc="ground time before this flight",
            null_means="no stopover before this flight",
            says="left {origin} after {value:.1f} h on the ground",
        ),
        Feature(
            "stopover_night_share",
            unit="share",
            doc="mean share of ground time in darkness",
            null_means="no stopover, or its place is unknown",
            says="{value:.0%} of its time on the ground by night",
            says_not="on the ground by day only",
            high=1.0,
        ),
        Feature(
            "stopover_inferred_share",
            unit="share",
            doc="share of stopovers whose landing was not seen",
            null_means="no stopover",
            says="{value:.0%} of its stopovers inferred, not seen ({stops})",
            says_not="all its stopovers were seen",
            high=1.0,
        ),
        Feature(
            "stopover_last_detour_nm",
            unit="nm",
            doc="way added by the stop before this flight",
            null_means="no stopover, or an end is unknown",
            says="stopping at {origin} added {value:.0f} nm to the way",
        ),
        Feature(
            "stopover_n_near",
            unit="count",
            doc=f"stops on a way shorter than {ANY_JET_REACHES_NM} nm",
            null_means="the journey, or an end, is not known",
            says=f"stopovers on ways shorter than {ANY_JET_REACHES_NM:,} nm: "
            f"{{value:.0f}} (of {{stops}})",
            says_not="no stop on a short way",
        ),
        Feature(
            "stopover_n_unneeded",
            unit="count",
            doc="stops that the type's range with payload does not explain",
            null_means="the journey, an end or the type's range is not known",
            says="stopovers that the range of {article_type} with payload does not "
            "explain: {value:.0f} (of {stops})",
            says_not="no stop beyond what the range of {article_type} explains",
            identity=True,
        ),
        Feature(
            "stopover_journey_nm",
            unit="nm",
            doc="sum of the great circles flown so far in the journey",
            null_means="an end is not known",
            says="the journey so far: {value:.0f} nm ({journey})",
        ),
        Feature(
            "stopover_journey_ratio",
            unit="ratio",
            doc="that sum over the journey's direct distance, at most 10",
            null_means="an end is not known",
            says="the journey {journey} is {value:.1f} times its direct distance",
            high=10.0,
        ),
        Feature(
            "stopover_journey_n_states",
            unit="count",
            doc="states in which the journey has touched ground",
            null_means="the journey is not known",
            says="touched ground in {value:.0f} states in this journey ({journey})",
        ),
        Feature(
            "stopover_journey_origin_military",
            unit="0, 0.5 or 1",
            doc="use of the field where the journey began",
            null_means="where the journey began is not known",
            says="the journey began at {journey_origin}, a {journey_origin_use} field",
            says_not="the journey began at {journey_origin}, a civil field",
            high=1.0,
        ),
        Feature(
            "stopover_turnround_h",
            unit="h",
            doc="ground time after this flight, where known by the end of the day",
            null_means="it did not leave again that day",
            says="left {destination} again after {value:.1f} h",
        ),
    ),
    compute=compute,
)
