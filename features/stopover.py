"""Stopovers of the journey so far: where, how long, and whether they were needed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import itinerary
from features.base import Feature, FeatureFamily, FlightTables
from features.stops import (
    ANY_JET_REACHES_NM,
    LEAST_STOPS,
    reach_nm,
    stops_so_far,
    usual_ratio,
)


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the stopover features of every flight."""
    columns = _stops(tables) | itinerary.of_flights(tables)
    return pd.DataFrame(columns, index=tables.flights.index, dtype="float64")


def _stops(tables: FlightTables) -> dict[str, pd.Series]:
    """Return what the stops of the journey have in common."""
    flights = tables.flights
    stops = stops_so_far(tables)
    by_flight = stops.groupby("row")
    # A flight whose journey is not known has no count of stops, not a count of 0.
    known = tables.own_journeys["journey_id"].notna()
    n_found = np.bincount(stops["row"], minlength=len(flights))
    n_stops = pd.Series(n_found, flights.index, dtype="float64").where(known)
    last = stops.drop_duplicates("row", keep="last").set_index("row")
    first = stops.drop_duplicates("row", keep="first").set_index("row")

    def by_row(found: pd.Series) -> pd.Series:
        """Return what is told by a flight's row for every flight."""
        told = np.full(len(flights), np.nan)
        told[found.index] = found
        return pd.Series(told, flights.index)

    def over_stops(column: str, how: str) -> pd.Series:
        return by_row(by_flight[column].agg(how))

    def n_with(column: str) -> pd.Series:
        """Count stops; without any, none of them has it."""
        found = np.bincount(stops["row"], stops[column].fillna(0), len(flights))
        return pd.Series(found, flights.index).where(known)

    reach = pd.Series(reach_nm(flights["typecode"], tables), flights.index)
    needed = np.ceil(tables.own_journeys["direct_nm"] / reach) - 1
    after = tables.stopovers.drop_duplicates("flight_before", keep="last")
    turnround = after.set_index("flight_before")["ground_time_h"]
    return {
        "stopover_n": n_stops,
        "stopover_n_military": n_with("is_military"),
        "stopover_military_share": over_stops("is_military", "mean"),
        "stopover_first_military": by_row(first["use"]),
        "stopover_n_hub": n_with("is_hub"),
        "stopover_n_unscheduled": n_with("is_unscheduled"),
        "stopover_shortest_h": over_stops("ground_time_h", "min"),
        "stopover_longest_h": over_stops("ground_time_h", "max"),
        "stopover_last_h": by_row(last["ground_time_h"]),
        "stopover_last_to_type": usual_ratio(by_row(last["ground_time_h"]), tables),
        "stopover_night_share": by_row(_by_night(stops)),
        "stopover_inferred_share": over_stops("inferred", "mean"),
        "stopover_least_confidence": over_stops("confidence", "min"),
        "stopover_last_detour_nm": by_row(last["detour_nm"]),
        "stopover_n_near": n_with("is_near"),
        "stopover_n_back": n_with("is_back"),
        "stopover_n_unneeded": n_with("is_unneeded").where(reach.notna()),
        "stopover_n_excess": n_stops - needed.clip(lower=0),
        "stopover_turnround_h": turnround.reindex(flights.index),
    }


def _by_night(stops: pd.DataFrame) -> pd.Series:
    """Return the share of each journey's ground time that was dark."""
    known = stops[stops["night_share"].notna()]
    hours = known["ground_time_h"].groupby(known["row"]).sum()
    dark_h = (known["night_share"] * known["ground_time_h"]).groupby(known["row"])
    share: pd.Series = (dark_h.sum() / hours.where(hours > 0)).clip(upper=1.0)
    return share


FAMILY = FeatureFamily(
    name="stopover",
    version=6,
    features=(
        Feature(
            "stopover_n",
            unit="count",
            doc="stopovers of the journey before this flight",
            null_means="the journey is not known",
            says="{value:.0f} stopover{s} so far in this journey ({stops})",
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
            says="stopped at a military or joint-use field: {military_stops}",
            says_not="all its stopovers at civil fields ({stops})",
            high=1.0,
        ),
        Feature(
            "stopover_first_military",
            unit="0, 0.5 or 1",
            doc="use of the field of the first stopover: civil 0, joint 0.5, "
            "military 1",
            null_means="no stopover, or its field is unknown",
            says="the first of its stopovers ({stops}) was at a military or joint-use "
            "field",
            says_not="the first of its stopovers ({stops}) was at a civil field",
            high=1.0,
        ),
        Feature(
            "stopover_n_hub",
            unit="count",
            doc="stopovers at hubs of documented air bridges",
            null_means="the journey is not known",
            says="stopped at hubs of documented air bridges: {hub_stops}",
            says_not="no stopover at a hub of documented air bridges",
            # The hubs come from the casebook: a model would know what it is tested on.
            learnable=False,
        ),
        Feature(
            "stopover_n_unscheduled",
            unit="count",
            doc="stopovers at fields without scheduled service",
            null_means="the journey is not known",
            says="stopped at fields without scheduled air service: {unscheduled_stops}",
            says_not="no stopover at a field without scheduled air service",
        ),
        Feature(
            "stopover_shortest_h",
            unit="h",
            doc="shortest ground time in the journey",
            null_means="no stopover",
            says="its shortest stopover, at {shortest_at}, took {lasted}",
        ),
        Feature(
            "stopover_longest_h",
            unit="h",
            doc="longest ground time in the journey",
            null_means="no stopover",
            says="its longest stopover, at {longest_at}, took {lasted}",
        ),
        Feature(
            "stopover_last_h",
            unit="h",
            doc="ground time before this flight",
            null_means="no stopover before this flight",
            says="left {origin} after {lasted} on the ground{last_inferred}",
        ),
        Feature(
            "stopover_last_to_type",
            unit="ratio",
            doc="that ground time over the median of stopovers of the type, of a week",
            null_means="no stopover before this flight, or fewer than "
            f"{LEAST_STOPS} of the type are known",
            says="stayed at {origin} {times} times as long as {article_type} mostly "
            "does{last_inferred}",
            identity=True,
        ),
        Feature(
            "stopover_night_share",
            unit="share",
            doc="share of the time of all its stopovers that was dark",
            null_means="no stopover, or its place is unknown",
            says="{share} of the time of its stopovers was by night ({stops})",
            says_not="its stopovers were by day only ({stops})",
            high=1.0,
        ),
        Feature(
            "stopover_inferred_share",
            unit="share",
            doc="share of stopovers whose landing was not seen",
            null_means="no stopover",
            says="{share} of its stopovers were inferred, not seen ({stops})",
            says_not="all its stopovers were seen",
            high=1.0,
        ),
        Feature(
            "stopover_least_confidence",
            unit="1 to 4",
            doc="confidence of the journey's least certain stopover",
            null_means="no stopover",
            says="the least certain of its stopovers has confidence {value:.0f} of 4 "
            "({stops})",
            low=1.0,
            high=4.0,
        ),
        Feature(
            "stopover_last_detour_nm",
            unit="nm",
            doc="way added by the stop before this flight",
            null_means="no stopover, an end is unknown, or it flew back to where it "
            "had come from",
            says="stopping at {origin} added {value:,.0f} nm to the way{last_inferred}",
        ),
        Feature(
            "stopover_detour_nm",
            unit="nm",
            doc="sum of the great circles between the journey's fields, less the "
            "direct way from the first known one to the last",
            null_means="no stopover, a field is unknown, or it ended about where it "
            "began",
            says="from its first known field to {destination} the journey "
            "({journey}) is {value:,.0f} nm longer than the direct way",
        ),
        Feature(
            "stopover_n_near",
            unit="count",
            doc=f"stops on a way shorter than {ANY_JET_REACHES_NM:,} nm",
            null_means="the journey, or an end, is not known",
            says=f"stopovers on a way of under {ANY_JET_REACHES_NM:,} nm, which "
            "long-range jets fly without a stop: {value:.0f} ({which})",
            says_not="{none_near}; long-range jets fly so far without a stop, and "
            "where they make one it is hardly for fuel",
        ),
        Feature(
            "stopover_n_back",
            unit="count",
            doc="stops that lie backwards: farther from where it went on to than where "
            "it came from",
            null_means="the journey, or an end, is not known",
            says="stopovers that lie backwards, farther from where it went on to than "
            "where it came from: {value:.0f} ({which})",
            says_not="no stopover that lies backwards",
            # Shuffled, it costs the model nothing; an analyst wants to know.
            learnable=False,
        ),
        Feature(
            "stopover_n_unneeded",
            unit="count",
            doc="stops that the type's range with payload does not explain",
            null_means="the journey, an end or the type's range is not known",
            says="stopovers that the range of {article_type} with payload does not "
            "explain: {value:.0f} ({which})",
            says_not="{none_unneeded}",
            identity=True,
        ),
        Feature(
            "stopover_n_excess",
            unit="count",
            doc="stops beyond the fewest that the type's range with payload asks for "
            "on "
            "the journey's direct way; below 0 where there were fewer",
            null_means="the journey or the type's range is not known",
            says="{value:+.0f} stop{s} against what the range of {article_type} asks "
            "for on this journey (stops: {stops})",
            says_not="as many stops as the range of {article_type} asks for on this "
            "journey",
            low=float("-inf"),
            identity=True,
        ),
        Feature(
            "stopover_journey_nm",
            unit="nm",
            doc="sum of the great circles flown so far in the journey",
            null_means="an end is not known",
            says="the journey so far ({journey}) is {value:,.0f} nm long",
        ),
        Feature(
            "stopover_journey_ratio",
            unit="ratio",
            doc="that sum over the journey's direct distance (100 nm, if that is "
            "less), at least 1 and at most 10",
            null_means="the journey, or one of its fields, is not known",
            says="the journey {journey} is {value:.1f} times its direct distance",
            low=1.0,
            high=10.0,
        ),
        Feature(
            "stopover_journey_h",
            unit="h",
            doc="from the journey's first position to the flight's last",
            null_means="the journey is not known",
            says="the journey has taken {lasted} so far",
        ),
        Feature(
            "stopover_journey_n_states",
            unit="count",
            doc="states in which the journey has touched ground",
            null_means="the journey is not known",
            says="touched ground in {value:.0f} state{s} in this journey ({journey})",
        ),
        Feature(
            "stopover_journey_n_fields",
            unit="count",
            doc="different fields that the journey has touched",
            null_means="the journey is not known",
            says="touched {value:.0f} different field{s} in this journey ({journey})",
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
            "stopover_journey_military_share",
            unit="share",
            doc="share of the journey's fields, both its ends included, that are "
            "military or joint-use",
            null_means="none of the journey's fields is known",
            says="military or joint-use fields of its journey so far ({journey}): "
            "{journey_military}",
            says_not="all fields of its journey ({journey}) are civil",
            high=1.0,
        ),
        Feature(
            "stopover_journey_n_military",
            unit="count",
            doc="how often the journey touched a military or joint-use field",
            null_means="none of the journey's fields is known",
            says="military or joint-use fields of its journey so far ({journey}): "
            "{journey_military}",
            says_not="all fields of its journey ({journey}) are civil",
        ),
        Feature(
            "stopover_military_place",
            unit="share",
            doc="where in the journey its only military or joint-use field lies: 0 "
            "first, 1 last",
            null_means="none of the journey's known fields is military or joint-use, "
            "or more than one is, or no other is known",
            says="the only known military or joint-use field of its journey so far "
            "({journey}) {placed}: {journey_military}",
            high=1.0,
            # As above.
            learnable=False,
        ),
        Feature(
            "stopover_flights_since_military",
            unit="count",
            doc="how many flights ago the journey last touched a military or joint-use "
            "field; 0 if it ended at one",
            null_means="it is not known to have touched one",
            says="last touched a military or joint-use field {value:.0f} flight{s} ago "
            "({journey})",
            says_not="ended at a military or joint-use field ({journey})",
        ),
        Feature(
            "stopover_journey_unscheduled_share",
            unit="share",
            doc="share of the journey's fields that have no scheduled air service",
            null_means="none of the journey's fields is known",
            says="fields without scheduled air service in its journey so far "
            "({journey}): {journey_unscheduled}",
            says_not="all fields of its journey ({journey}) have scheduled air service",
            high=1.0,
        ),
        Feature(
            "stopover_back_at_start",
            unit="0 or 1",
            doc="the flight ended where its journey began: out and back",
            null_means="one of the two is unknown",
            says="came back to {destination}, where its journey began ({journey})",
            says_not="did not end where its journey began ({journey})",
            high=1.0,
        ),
        Feature(
            "stopover_seen_before",
            unit="0 or 1",
            doc="the flight ended at a field that its journey had touched before",
            null_means="the destination or all other fields are unknown",
            says="had been at {destination} before in this journey ({journey})",
            says_not="had not been at {destination} before in this journey ({journey})",
            high=1.0,
        ),
        Feature(
            "stopover_turnround_h",
            unit="h",
            doc="ground time after this flight, where known by the end of the day",
            null_means="it did not leave again that day",
            says="left {destination} again after {lasted} on the ground{next_inferred}",
        ),
    ),
    compute=compute,
)
