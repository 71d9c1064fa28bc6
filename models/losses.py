"""What is unknown together where less was seen: no past, or where a flight began."""

from __future__ import annotations

import features

ENDS = (
    *("route_abroad", "route_origin_military", "route_destination_military"),
    *("route_unscheduled_ends", "route_shortest_runway_ft"),
    *("route_country_pair_bits", "route_field_pair_bits", "route_destination_bits"),
    *("region_began_latitude_deg", "region_began_longitude_deg"),
    *("stopover_journey_origin_military", "stopover_journey_n_military"),
    *("stopover_journey_military_share", "stopover_journey_unscheduled_share"),
    "stopover_flights_since_military",
)
"""Unknown of a flight that is seen between two places where no field is known."""


def past() -> tuple[str, ...]:
    """Return the features that rest on earlier flights: what is rare, in bits."""
    return tuple(f.name for f in features.declared() if f.learnt and f.unit == "bits")


def together() -> tuple[tuple[str, ...], ...]:
    """Return what is lost without a past, and what of a glimpse of a flight."""
    return past(), tuple(dict.fromkeys((*past(), *ENDS)))
