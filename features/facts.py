"""Which features tell one and the same fact, so that a reader hears it once.

A model is given one thing in several ways: that a state's air force flies, by the
callsign and by the owner's name; that its fields are military, by share and by number.
Of these one may raise a score and the other lower it, by how the trees happened to
split.  Only their sum means anything, so reasons are told by fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Fact:
    """Features that are told as one."""

    name: str
    features: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    """Of these features, mostly one holds: that one speaks for all of them."""
    n_told: int = 2
    """How many of their sentences are told, where the weights bear them out."""
    says: str = ""
    """One sentence in the place of theirs."""
    last: bool = False
    """Told after all others, whatever its weight: nobody can check it."""


def _named(family: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{family}_{name}" for name in names)


_NATURES = _named(
    "operator",
    *("is_military", "is_government", "is_state_linked_cargo", "is_cargo"),
    *("is_passenger", "is_humanitarian", "is_business"),
)
_ROLES = _named(
    "aircraft_type",
    *("is_strategic_airlift", "is_tactical_airlift", "is_tanker", "is_personnel"),
    *("is_freighter", "is_airliner", "is_business", "is_small", "is_combat"),
)

FACTS = (
    Fact(
        "whose it is",
        (
            *_NATURES,
            *_named("operator", "owner_of_state", "owner_differs", "owner_unknown"),
            *_named("operator", "code_unknown"),
        ),
        alternatives=_NATURES,
    ),
    Fact(
        "marks of the military",
        _named("operator", "military_flag", "flag_differs", "military_block"),
    ),
    Fact(
        "what type it is",
        (
            *_ROLES,
            *_named("aircraft_type", "payload_t", "mtow_t", "range_nm", "rear_ramp"),
            *_named("aircraft_type", "design_year", "converted_freighter"),
        ),
        alternatives=_ROLES,
    ),
    Fact(
        "as the type flies",
        _named("aircraft_type", "speed_ratio", "height_ratio", "doubtful"),
    ),
    Fact(
        "military fields",
        (
            *_named("stopover", "n_military", "military_share", "first_military"),
            *_named("stopover", "journey_origin_military", "journey_n_military"),
            *_named("stopover", "journey_military_share", "flights_since_military"),
            *_named("stopover", "military_place"),
            *_named("operator", "foreign_military_field", "n_foreign_military"),
            *_named("operator", "began_home_military", "civil_at_military"),
            *_named("route", "origin_military", "destination_military"),
        ),
        n_told=1,
    ),
    Fact(
        "fields without scheduled service",
        (
            *_named("stopover", "n_unscheduled", "journey_unscheduled_share"),
            "route_unscheduled_ends",
        ),
        n_told=1,
    ),
    Fact(
        "crises where it went",
        _named("route", "crisis_at_origin", "crisis_at_destination", "n_crisis_fields"),
        n_told=1,
    ),
    Fact(
        "forces where it went",
        (
            *_named("route", "peace_force", "force_abroad", "force_base"),
            *_named("route", "arms_client", "force_own", "force_outward"),
            *_named("route", "force_newness", "force_narrowness"),
            *_named("operator", "peace_force", "force_abroad", "force_base"),
            *_named("operator", "arms_client"),
        ),
        n_told=2,
    ),
    Fact(
        "stops and what they were needed for",
        (
            *_named("stopover", "n", "n_near", "n_unneeded", "n_excess"),
            *_named("stopover", "n_back"),
            *_named("stopover", "detour_nm", "last_detour_nm"),
        ),
    ),
    Fact(
        "time on the ground",
        _named("stopover", "shortest_h", "longest_h", "last_h", "last_to_type"),
        n_told=1,
    ),
    Fact(
        "how sure the stops are",
        _named("stopover", "inferred_share", "least_confidence"),
    ),
    Fact(
        "the journey's length",
        _named(
            "stopover",
            *("journey_nm", "journey_ratio", "journey_h", "journey_n_states"),
            "journey_n_fields",
        ),
    ),
    Fact("there and back", _named("stopover", "back_at_start", "seen_before")),
    Fact(
        "at home or abroad",
        ("route_abroad", *_named("operator", "away_from_home", "flew_home")),
    ),
    Fact(
        "distance",
        (
            "route_direct_nm",
            "aircraft_type_range_used",
            "kinematics_duration_h",
            "history_leg_ratio",
        ),
    ),
    Fact("what lies below", _named("route", "n_states_passed", "sea_share")),
    Fact(
        "how rare the way is",
        (
            *_named("route", "country_pair_bits", "country_pair_for_type_bits"),
            *_named("route", "country_pair_for_operator_bits", "field_pair_bits"),
            *_named("route", "seen_country_pair_bits", "destination_bits"),
            "aircraft_type_here_bits",
            "operator_network_bits",
        ),
        n_told=1,
    ),
    Fact(
        "gaps in flight",
        _named(
            "route",
            *("unobserved_share", "longest_gap_h", "n_switched_off"),
            "gap_covered_share",
        ),
    ),
    Fact(
        "ends that nobody saw",
        _named("route", "dark_end", "dark_start", "lost_before_nm", "found_after_nm"),
    ),
    Fact("by night", _named("route", "night_arrival", "night_departure")),
    Fact(
        "how much it flies",
        _named("history", "flights_a_day", "days_since", "recent_share", "n_states"),
    ),
    Fact(
        "where it mostly is",
        _named(
            "history",
            *("military_share", "unscheduled_share", "home_share", "home_military"),
        ),
    ),
    Fact(
        "new to it",
        _named("history", "away_nm", "first_in_state", "first_at_field"),
    ),
    Fact(
        "in company",
        (
            *_named("history", "n_companions", "n_companions_rare"),
            "kinematics_n_together",
        ),
        n_told=1,
    ),
    Fact(
        "heights and speeds",
        _named(
            "kinematics",
            *("max_altitude_ft", "cruise_speed_kt", "max_speed_kt"),
            *("max_climb_ft_min", "low_share", "slow_share", "level_share"),
        ),
    ),
    Fact(
        "turns",
        (
            *_named("kinematics", "turning_deg_per_h", "loiter", "full_turns"),
            *_named("kinematics", "n_circuits", "straight_share"),
            *_named("route", "directness", "flown_to_usual"),
        ),
    ),
    Fact(
        "part of the world",
        _named(
            "region",
            *("origin_latitude_deg", "origin_longitude_deg"),
            *("destination_latitude_deg", "destination_longitude_deg"),
            *("began_latitude_deg", "began_longitude_deg"),
        ),
        says="the part of the world it flew in ({parts}), by where documented "
        "logistics went and other flights did not",
        last=True,
    ),
)


def fact_of(feature: str) -> Fact:
    """Return the fact that a feature tells; most stand for several, some for one."""
    return _by_feature().get(feature) or Fact(feature, (feature,))


def is_told_last(feature: str) -> bool:
    """Tell whether a feature's fact comes after all others."""
    return fact_of(feature).last


@cache
def _by_feature() -> dict[str, Fact]:
    return {name: fact for fact in FACTS for name in fact.features}
