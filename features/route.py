"""Route: how far, between what kinds of field, how unusual, and what went unseen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import crises, deployments, rarity, seen_pair, unseen, ways
from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Floats

FEW = f"fewer than {rarity.LEAST_KNOWN} others are known"


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the route features of every flight."""
    columns = ways.along(tables) | _fields(tables) | _rarity(tables)
    columns |= unseen.of_flights(tables) | crises.where_expected(tables)
    columns |= deployments.between_states(tables)
    return pd.DataFrame(columns, index=tables.flights.index, dtype="float64")


def _fields(tables: FlightTables) -> dict[str, Floats]:
    """Return what kinds of field the two ends are."""
    now, fields, chains = tables.coded.now, tables.coded.fields, tables.chains
    areas = fields.state_of(
        pd.Series(tables.reference.conflicts.on(tables.date), dtype="str")
    )
    state = fields.state[chains.field]
    in_conflict = np.where(state >= 0, np.isin(state, areas), np.nan)
    return {
        "route_origin_military": fields.use[now.origin],
        "route_destination_military": fields.use[now.destination],
        "route_unscheduled_ends": fields.unscheduled[now.origin]
        + fields.unscheduled[now.destination],
        "route_hub_ends": fields.hub[now.origin] + fields.hub[now.destination],
        "route_shortest_runway_ft": np.minimum(
            fields.runway_ft[now.origin], fields.runway_ft[now.destination]
        ),
        "route_n_conflict_fields": chains.count(in_conflict),
        "route_listed_elsewhere": _listed_elsewhere(tables),
    }


def _listed_elsewhere(tables: FlightTables) -> Floats:
    """Return whether a list gives another field than the one it was seen to reach."""
    flights, fields = tables.flights, tables.coded.fields
    listed = fields.rows(flights["listed_destination"])
    reached = fields.rows(flights["destination"])
    seen = (flights["destination_kind"] == "observed").to_numpy(bool)
    known = seen & (listed >= 0) & (reached >= 0)
    result: Floats = np.where(known, listed != reached, np.nan)
    return result


def _rarity(tables: FlightTables) -> dict[str, Floats]:
    """Return how surprising the two ends are together."""
    coded = tables.coded
    now, past = coded.now, coded.past
    states, past_states = coded.state_pairs

    def within(group: str) -> Floats:
        return rarity.bits_within(
            states, getattr(now, group), past_states, getattr(past, group)
        )

    return {
        "route_country_pair_bits": rarity.bits(states, past_states),
        **seen_pair.bits(tables),
        "route_country_pair_for_type_bits": within("typecode"),
        "route_country_pair_for_operator_bits": within("operator"),
        "route_field_pair_bits": rarity.bits(
            *coded.field_pairs, rarest=rarity.RAREST_FIELD_PAIR
        ),
        "route_destination_bits": rarity.bits(now.destination, past.destination),
    }


FAMILY = FeatureFamily(
    name="route",
    version=12,
    features=(
        Feature(
            "route_direct_nm",
            unit="nm",
            doc="great circle from origin to destination (or outermost positions)",
            null_means="no position and no airport",
            says="it is {value:,.0f} nm from {origin} to {destination}",
        ),
        Feature(
            "route_directness",
            unit="share",
            doc="direct distance over flown distance, unseen ends counted as direct",
            null_means="a local flight, no positions, or more than a fifth of the way "
            "was not seen",
            says="flew {directness}",
            high=1.0,
        ),
        Feature(
            "route_flown_to_usual",
            unit="ratio",
            doc="distance flown over what others flew between the two fields before, "
            "unseen ends counted as direct",
            null_means="a local flight, nobody was followed from field to field on the "
            "days before, no positions, or more than a fifth of the way was not seen",
            says="flew {value:.2f} times the usual way between {origin} and "
            "{destination}",
        ),
        Feature(
            "route_n_states_passed",
            unit="count",
            doc="states below the direct way, those of its two ends left out; one that "
            "is crossed for less than some 10 nm may be missed",
            null_means="no airport and no position",
            says="its direct way passes over {value:.0f} other state{s} "
            "({passed_states})",
            says_not="its direct way passes over no third state",
        ),
        Feature(
            "route_sea_share",
            unit="share",
            doc="share of the direct way over the sea",
            null_means="no airport and no position",
            says="{share} of its direct way is over the sea",
            says_not="its direct way is over land",
            high=1.0,
        ),
        Feature(
            "route_closed_share",
            unit="share",
            doc="share of the direct way over third states whose airspace, or part of "
            "it, was forbidden to some carriers or closed to aircraft of its state, "
            "that day",
            null_means="no airport and no position",
            says="{share} of its direct way lies over states whose airspace, or part "
            "of it, was closed or forbidden that day: {closed_states}",
            says_not="no state whose airspace is listed as closed or forbidden that "
            "day lies on its direct way",
            high=1.0,
            identity=True,
            # As below: short lists, that age and tell where attention is.
            learnable=False,
        ),
        Feature(
            "route_detour_round_closed",
            unit="share",
            doc="how much farther than direct it flew, where such airspace lies on the "
            "direct way",
            null_means="no such airspace on the direct way, no positions, or more than "
            "a fifth of the way was not seen",
            says="flew {share} farther than the direct way, which lies over states "
            "whose airspace, or part of it, was closed or forbidden that day: "
            "{closed_states}",
            says_not="flew no farther than the direct way, which lies over states "
            "whose airspace, or part of it, was closed or forbidden that day: "
            "{closed_states}",
            identity=True,
            learnable=False,
        ),
        Feature(
            "route_abroad",
            unit="0 or 1",
            doc="origin and destination lie in different states",
            null_means="one end is unknown",
            says="crossed a border: {origin} to {destination}",
            says_not="stayed within one state",
            high=1.0,
        ),
        Feature(
            "route_origin_military",
            unit="0, 0.5 or 1",
            doc="use of the field of departure: civil 0, joint 0.5, military 1",
            null_means="the origin is unknown",
            says="took off from {origin}, a {origin_use} field",
            says_not="took off from {origin}, a civil field",
            high=1.0,
        ),
        Feature(
            "route_destination_military",
            unit="0, 0.5 or 1",
            doc="use of the field of arrival: civil 0, joint 0.5, military 1",
            null_means="the destination is unknown",
            says="flew to {destination}, a {destination_use} field",
            says_not="flew to {destination}, a civil field",
            high=1.0,
        ),
        Feature(
            "route_unscheduled_ends",
            unit="count",
            doc="how many of the two ends have no scheduled service",
            null_means="one end is unknown",
            says="began or ended without scheduled air service, at {unscheduled_ends}",
            says_not="both of its ends have scheduled air service",
            high=2.0,
        ),
        Feature(
            "route_hub_ends",
            unit="count",
            doc="how many of the two ends are hubs of documented air bridges",
            null_means="one end is unknown",
            says="began or ended at a hub of documented air bridges: {hub_ends}",
            says_not="neither end is a hub of documented air bridges",
            high=2.0,
            # The hubs come from the casebook: a model would know what it is tested on.
            learnable=False,
        ),
        Feature(
            "route_shortest_runway_ft",
            unit="ft",
            doc="the longest runway of that end which has the shorter one",
            null_means="one end, or its runway, is unknown",
            says="the shorter of the longest runways of {origin} and {destination} has "
            "{value:,.0f} ft",
        ),
        Feature(
            "route_n_conflict_fields",
            unit="count",
            doc="fields of the journey in states over which, or over part of which, "
            "some carriers were forbidden to fly that day",
            null_means="the journey's fields are unknown",
            says="fields of its journey ({journey}) in states whose airspace, or part "
            "of it, was forbidden that day: {forbidden_fields}",
            says_not="no field of its journey ({journey}) lies in a state listed as "
            "forbidden to carriers that day",
            # It tells where attention is, and ages: for the reader only.
            learnable=False,
        ),
        *crises.FEATURES,
        *deployments.FEATURES,
        Feature(
            "route_listed_elsewhere",
            unit="0 or 1",
            doc="a flight list gives another destination than the one it was seen to "
            "reach",
            null_means="no list tells the flight, or its landing was not seen",
            says="landed at {destination}, while a flight list says {listed}",
            says_not="landed where a flight list says",
            high=1.0,
            # No made-up track has a list: it would tell a model what is real.
            learnable=False,
        ),
        Feature(
            "route_country_pair_bits",
            unit="bits",
            doc="surprise of the pair of states among all flights seen",
            null_means=f"one end is unknown, or {FEW}",
            says="flights from {origin_country} to {destination_country} are {rarity} "
            "among {before} flights whose two ends are known",
            high=rarity.largest_bits(rarity.RAREST),
        ),
        *seen_pair.FEATURES,
        Feature(
            "route_country_pair_for_type_bits",
            unit="bits",
            doc="surprise of the pair of states among flights of this type",
            null_means="one end or the type is unknown, or fewer than 3 others of the "
            "type are known",
            says="flights from {origin_country} to {destination_country} are {rarity} "
            "among {before} flights of its type whose two ends are known",
            high=rarity.largest_bits(rarity.RAREST_WITHIN),
            identity=True,
        ),
        Feature(
            "route_country_pair_for_operator_bits",
            unit="bits",
            doc="surprise of the pair of states among the operator's flights",
            null_means="one end or the operator is unknown, or fewer than 3 others of "
            "the operator are known",
            says="flights from {origin_country} to {destination_country} are {rarity} "
            "among {before} flights of its operator whose two ends are known",
            high=rarity.largest_bits(rarity.RAREST_WITHIN),
            identity=True,
        ),
        Feature(
            "route_field_pair_bits",
            unit="bits",
            doc="surprise of the pair of fields among all flights seen",
            null_means=f"one end is unknown, or {FEW}",
            says="flights from {origin} to {destination} are {rarity} among "
            "{before} flights whose two ends are known",
            high=rarity.largest_bits(rarity.RAREST_FIELD_PAIR),
        ),
        Feature(
            "route_destination_bits",
            unit="bits",
            doc="surprise of the destination among all arrivals seen",
            null_means=f"the destination is unknown, or {FEW}",
            says="arrivals at {destination} are {rarity} among {before} flights whose "
            "destination is known",
            high=rarity.largest_bits(rarity.RAREST),
        ),
        Feature(
            "route_unobserved_share",
            unit="share",
            doc="time within gaps over the flight's time",
            null_means="no positions",
            says="{share} of the flight went unobserved",
            says_not="the whole flight was observed",
            high=1.0,
        ),
        Feature(
            "route_longest_gap_h",
            unit="h",
            doc="longest stretch without positions within the flight",
            null_means="no positions",
            says="not observed for {lasted} at a stretch in flight",
            says_not="no gap in flight",
        ),
        Feature(
            "route_n_switched_off",
            unit="count",
            doc="gaps in which others were seen: transponder off likely",
            null_means="no positions",
            says="{value:.0f} gap{s} where others were seen meanwhile, so that its "
            "transponder was likely off",
            says_not="no gap that looks like a transponder switched off",
            # A case flown again flies alone.
            learnable=False,
        ),
        Feature(
            "route_gap_covered_share",
            unit="share",
            doc="of the time in gaps: the share in which others were seen at these "
            "places and heights",
            null_means="no gap, or no positions",
            says="others were seen in {share} of its time unobserved; for the rest a "
            "hole in receivers' coverage is likelier",
            says_not="nobody else was seen where it went unobserved",
            high=1.0,
        ),
        Feature(
            "route_dark_end",
            unit="0 or 1",
            doc="lost above 10,000 ft before its landing",
            null_means="no positions",
            says="was lost at {last_altitude}, before it landed",
            says_not="was followed down to its landing, or lost low",
            high=1.0,
        ),
        Feature(
            "route_dark_start",
            unit="0 or 1",
            doc="first seen above 10,000 ft, its take-off not observed",
            null_means="no positions",
            says="first seen at {first_altitude}: its take-off was not observed",
            says_not="was seen from low height on",
            high=1.0,
        ),
        Feature(
            "route_lost_before_nm",
            unit="nm",
            doc="from the last position to the field of arrival",
            null_means="no positions, or the destination is unknown",
            says="last seen {value:,.0f} nm from {destination}",
        ),
        Feature(
            "route_found_after_nm",
            unit="nm",
            doc="from the field of departure to the first position",
            null_means="no positions, or the origin is unknown",
            says="first seen {value:,.0f} nm from {origin}",
        ),
        Feature(
            "route_night_arrival",
            unit="0 or 1",
            doc="the sun was 6 degrees or more below the horizon at the last position",
            null_means="no positions",
            says="last seen in darkness",
            says_not="last seen by daylight",
            high=1.0,
        ),
        Feature(
            "route_night_departure",
            unit="0 or 1",
            doc="the sun was 6 degrees or more below the horizon at the first position",
            null_means="no positions",
            says="first seen in darkness",
            says_not="first seen by daylight",
            high=1.0,
        ),
        Feature(
            "route_n_shuttles",
            unit="count",
            doc="the airframe's other flights between the same two fields in 7 days",
            null_means="one end is unknown, or it ended where it began",
            says="{value:.0f} other flight{s} of this airframe between {origin} and "
            "{destination} within a week",
            says_not="no other flight of this airframe between {origin} and "
            "{destination} is known within a week",
            # A case flown again flies alone.
            learnable=False,
        ),
    ),
    compute=compute,
)
