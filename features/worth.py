"""Features that no model learns from because they were worth nothing to one.

Beside others that tell nearly the same, each of them only gave chance more to find:
without these, models that never saw the flights told cases apart as well, and put more
of them first.  A reader is told them all the same: they are facts of the flight.
"""

from __future__ import annotations

GAINLESS = frozenset(
    {
        "aircraft_type_converted_freighter",
        "aircraft_type_doubtful",
        "aircraft_type_height_ratio",
        "aircraft_type_here_bits",
        "aircraft_type_is_combat",
        "aircraft_type_is_small",
        "aircraft_type_is_tanker",
        "aircraft_type_speed_ratio",
        "aircraft_type_tanker_as_transport",
        "operator_began_home_military",
        "operator_callsign_is_registration",
        "operator_code_unknown",
        "operator_flag_differs",
        "operator_flew_home",
        "operator_owner_differs",
        "operator_state_differs",
        "route_dark_start",
        "route_directness",
        "route_flown_to_usual",
        "route_found_after_nm",
        "route_longest_gap_h",
        "route_lost_before_nm",
        "route_n_states_passed",
        "route_night_departure",
        "route_unobserved_share",
        "stopover_back_at_start",
        "stopover_detour_nm",
        "stopover_inferred_share",
        "stopover_journey_n_fields",
        "stopover_last_detour_nm",
        "stopover_last_to_type",
        "stopover_least_confidence",
        "stopover_night_share",
        "stopover_seen_before",
    }
)
"""Shuffled, each cost models out of fold less than 0.00005 of ROC AUC.

Measured by ``tests/benchmarks/feature_worth.py alive`` over the demo's training table.
What experts look at first (carriers linked to a state, relief, airlifters, foreign
military fields, stops) and what a baseline needs is learnt all the same.
"""
