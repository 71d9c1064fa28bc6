"""What may only speak for a flight being logistics, and what only against it.

A few hundred documented flights let trees find that a military field, or a rare way,
speaks against, or that an earthquake speaks for it: chance, which would read as
nonsense among the reasons.  Experts know the direction of these, if not the weight, so
models may learn the weight only.
"""

from __future__ import annotations

from collections.abc import Sequence

ONLY_FOR = frozenset(
    {
        "aircraft_type_bits",
        "aircraft_type_is_strategic_airlift",
        "aircraft_type_is_tactical_airlift",
        "aircraft_type_rear_ramp",
        "operator_arms_client",
        "operator_civil_at_military",
        "operator_force_abroad",
        "operator_force_base",
        "operator_foreign_military_field",
        "operator_is_military",
        "operator_is_state_linked_cargo",
        "operator_military_block",
        "operator_military_flag",
        "operator_n_foreign_military",
        "operator_network_bits",
        "operator_owner_of_state",
        "operator_peace_force",
        "route_abroad",
        "route_arms_client",
        "route_country_pair_bits",
        "route_country_pair_for_operator_bits",
        "route_country_pair_for_type_bits",
        "route_destination_bits",
        "route_destination_military",
        "route_field_pair_bits",
        "route_force_abroad",
        "route_force_base",
        "route_force_narrowness",
        "route_force_newness",
        "route_force_outward",
        "route_origin_military",
        "route_peace_force",
        "route_unscheduled_ends",
        "stopover_first_military",
        "stopover_journey_military_share",
        "stopover_journey_n_military",
        "stopover_journey_n_states",
        "stopover_journey_origin_military",
        "stopover_journey_unscheduled_share",
        "stopover_military_share",
        "stopover_n_military",
        "stopover_n_unneeded",
        "stopover_n_unscheduled",
    }
)
"""Features of which more may raise a score and never lower it, all else the same."""


ONLY_AGAINST = frozenset(
    {
        "route_crisis_at_destination",
        "route_crisis_at_origin",
        "route_n_crisis_fields",
    }
)
"""Features of which more may lower a score and never raise it, all else the same."""


def among(columns: Sequence[str]) -> dict[str, int]:
    """Return the columns whose direction is known: 1 speaks for, -1 against."""
    known = dict.fromkeys(ONLY_FOR, 1) | dict.fromkeys(ONLY_AGAINST, -1)
    return {name: known[name] for name in columns if name in known}
