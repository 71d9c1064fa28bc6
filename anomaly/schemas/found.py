"""What is found in positions: flights, and what follows of them."""

from __future__ import annotations

import pyarrow as pa

from anomaly.schemas.columns import FLIGHT_ID, ICAO24, PROVENANCE, UTC_US, column

_END_KIND = "observed, inferred or unknown"

FLIGHTS = pa.schema(
    [
        FLIGHT_ID,
        ICAO24,
        column("date", pa.date32(), "UTC date of the last position"),
        column("first_seen", UTC_US, "first position of the flight"),
        column("last_seen", UTC_US, "last position of the flight"),
        column("callsign", pa.string(), "the one held longest", null=True),
        column(
            "n_callsigns",
            pa.int16(),
            "different callsigns held for minutes, those of the flight before left out",
        ),
        column("registration", pa.string(), "tail number", null=True),
        column("typecode", pa.string(), "ICAO type designator", null=True),
        column("owner_operator", pa.string(), "as the source has it", null=True),
        column("operator_code", pa.string(), "designator in the callsign", null=True),
        column("operator", pa.string(), "name of the operator, where known", null=True),
        column("military_flag", pa.bool_(), "marked military in the source", null=True),
        column("privacy_flag", pa.bool_(), "owner asked for privacy", null=True),
        column("origin", pa.string(), "airport ident of the take-off", null=True),
        column("origin_kind", pa.string(), _END_KIND),
        column("origin_confidence", pa.float32(), "0 to 1", null=True),
        column("origin_reason", pa.string(), "why this airport, or why none"),
        column("destination", pa.string(), "airport ident of the landing", null=True),
        column("destination_kind", pa.string(), _END_KIND),
        column("destination_confidence", pa.float32(), "0 to 1", null=True),
        column("destination_reason", pa.string(), "why this airport, or why none"),
        column("first_latitude_deg", pa.float64(), "first position", null=True),
        column("first_longitude_deg", pa.float64(), "first position", null=True),
        column("first_altitude_ft", pa.float32(), "first position", null=True),
        column("first_on_ground", pa.bool_(), "first position on ground", null=True),
        column("last_latitude_deg", pa.float64(), "last position", null=True),
        column("last_longitude_deg", pa.float64(), "last position", null=True),
        column("last_altitude_ft", pa.float32(), "last position", null=True),
        column("last_on_ground", pa.bool_(), "last position on ground", null=True),
        column("duration_h", pa.float32(), "first to last position"),
        column("n_positions", pa.int32(), "0 for flights known from a list"),
        column("flown_nm", pa.float32(), "along the positions", null=True),
        column("max_altitude_ft", pa.float32(), "highest report", null=True),
        column("cruise_speed_kt", pa.float32(), "median above 80 % of max", null=True),
        column("max_speed_kt", pa.float32(), "95th percentile of speed", null=True),
        column("max_climb_ft_min", pa.float32(), "95th percentile of climb", null=True),
        column("low_share", pa.float32(), "time below 10,000 ft over time", null=True),
        column("slow_share", pa.float32(), "airborne time below 200 kt", null=True),
        column("level_share", pa.float32(), "time within 300 ft/min", null=True),
        column("turning_deg_per_h", pa.float32(), "sum of turns over time", null=True),
        column("box_diagonal_nm", pa.float32(), "diagonal of the extent", null=True),
        column("n_gaps", pa.int32(), "gaps within the flight", null=True),
        column("longest_gap_h", pa.float32(), "0 if none", null=True),
        column(
            "unobserved_share", pa.float32(), "time within gaps over time", null=True
        ),
        column("mlat_share", pa.float32(), "positions by multilateration", null=True),
        column("straight_share", pa.float32(), "way flown without a turn", null=True),
        column(
            "listed_destination",
            pa.string(),
            "field that a flight list gives for a flight that positions tell",
            null=True,
        ),
        column("n_rejected", pa.int32(), "positions removed as impossible", null=True),
        column("reader", pa.string(), "positions, or flight_list"),
        PROVENANCE,
    ]
)

GAPS = pa.schema(
    [
        FLIGHT_ID,
        ICAO24,
        column("start", UTC_US, "last position before the gap"),
        column("end", UTC_US, "first position after the gap"),
        column("start_latitude_deg", pa.float64(), "last position before"),
        column("start_longitude_deg", pa.float64(), "last position before"),
        column("start_altitude_ft", pa.float32(), "last height before", null=True),
        column("end_latitude_deg", pa.float64(), "first position after"),
        column("end_longitude_deg", pa.float64(), "first position after"),
        column("end_altitude_ft", pa.float32(), "first height after", null=True),
        column("duration_h", pa.float32(), "length of the gap"),
        column("distance_nm", pa.float32(), "great circle across the gap"),
        column("kind", pa.string(), "coverage_hole, transponder_off_likely or unknown"),
        column("holds_stop", pa.bool_(), "a landing lies within it: see stopovers"),
        column(
            "n_others_seen",
            pa.int32(),
            "other aircraft seen about its places and heights meanwhile",
            null=True,
        ),
        PROVENANCE,
    ]
)

CANDIDATES = pa.schema(
    [
        FLIGHT_ID,
        column("end", pa.string(), "origin or destination"),
        column("rank", pa.int8(), "1 is the likeliest"),
        column("airport", pa.string(), "ident of the field"),
        column("weight", pa.float32(), "likelihood, 0 to 1; the rest is elsewhere"),
        column("distance_nm", pa.float32(), "from the flight's first or last position"),
    ]
)

STOPOVERS = pa.schema(
    [
        ICAO24,
        column("flight_before", pa.string(), "flight_id of the arriving flight"),
        column("flight_after", pa.string(), "flight_id of the departing flight"),
        column("airport", pa.string(), "ident of the field, if known", null=True),
        column("field_use", pa.string(), "civil, joint or military", null=True),
        column("lost_at", UTC_US, "last position of the arriving flight"),
        column("back_at", UTC_US, "first position of the departing flight"),
        column("arrived", UTC_US, "estimated landing"),
        column("departed", UTC_US, "estimated take-off"),
        column("ground_time_h", pa.float32(), "departed less arrived"),
        column(
            "ground_time_max_h",
            pa.float32(),
            "from the last moment it was seen to fly to the next: never less",
        ),
        column("inferred", pa.bool_(), "the landing itself was not seen"),
        column("confidence", pa.int8(), "4: seen on both sides … 1: weak"),
        column("reason", pa.string(), "what the confidence rests on"),
        column("moved_nm", pa.float32(), "last position before to first after"),
        column(
            "night_share", pa.float32(), "share of ground time in darkness", null=True
        ),
        PROVENANCE,
    ]
)

JOURNEYS = pa.schema(
    [
        FLIGHT_ID,
        ICAO24,
        column("journey_id", pa.string(), "flight_id of the journey's first flight"),
        column("flight_ids", pa.list_(pa.string()), "its flights so far, in order"),
        column("airports", pa.list_(pa.string()), "fields in order; ? where unknown"),
        column("n_stops", pa.int16(), "stopovers so far"),
        column("n_inferred_stops", pa.int16(), "of these not seen"),
        column("started", UTC_US, "first position of the journey"),
        column(
            "total_nm", pa.float32(), "sum of the flights' great circles", null=True
        ),
        column(
            "direct_nm", pa.float32(), "journey's origin to its present end", null=True
        ),
        column("origin_latitude_deg", pa.float64(), "where it began", null=True),
        column("origin_longitude_deg", pa.float64(), "where it began", null=True),
        PROVENANCE,
    ]
)
