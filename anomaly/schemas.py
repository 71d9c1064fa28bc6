"""Every table the pipeline stores, in one place.

Units are part of a column's name; what a column means is part of the Parquet file.
"""

from __future__ import annotations

import pyarrow as pa

from anomaly.errors import SchemaError

UTC_US = pa.timestamp("us", tz="UTC")
REASON = pa.struct(
    [
        pa.field("feature", pa.string(), nullable=False),
        pa.field("value", pa.string()),
        pa.field("text", pa.string(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),
    ]
)


def column(name: str, type_: pa.DataType, doc: str, *, null: bool = False) -> pa.Field:
    """Declare one column together with what it means."""
    return pa.field(name, type_, nullable=null, metadata={"doc": doc})


ICAO24 = column("icao24", pa.string(), "24-bit address, six lower-case hex digits")
FLIGHT_ID = column("flight_id", pa.string(), "<icao24>-<first seen, UTC, basic ISO>")
PROVENANCE = column(
    "provenance", pa.string(), "observed, re-enacted or simulated (see domain)"
)

POSITIONS = pa.schema(
    [
        ICAO24,
        column("timestamp", UTC_US, "time of the position report"),
        column("latitude_deg", pa.float64(), "WGS 84, north positive"),
        column("longitude_deg", pa.float64(), "WGS 84, east positive, -180 to 180"),
        column(
            "altitude_ft",
            pa.float32(),
            "pressure altitude, geometric if that alone was sent; null on ground",
            null=True,
        ),
        column(
            "on_ground", pa.bool_(), "aircraft said it was on the ground", null=True
        ),
        column("ground_speed_kt", pa.float32(), "speed over ground", null=True),
        column("track_deg", pa.float32(), "course over ground, from north", null=True),
        column("vertical_rate_ft_min", pa.float32(), "climb positive", null=True),
        column("callsign", pa.string(), "trimmed, held until the next one", null=True),
        column("squawk", pa.string(), "four octal digits, held likewise", null=True),
        column(
            "position_source", pa.string(), "adsb_icao, mlat, tisb_icao, …", null=True
        ),
        column("category", pa.string(), "emitter category, A0 to D7, held", null=True),
        column("emergency", pa.string(), "none, general, unlawful, …, held", null=True),
        column("new_leg", pa.bool_(), "the archive's mark of a new flight", null=True),
        PROVENANCE,
    ]
)

AIRCRAFT = pa.schema(
    [
        ICAO24,
        column(
            "registration", pa.string(), "tail number, as the source has it", null=True
        ),
        column("typecode", pa.string(), "ICAO type designator", null=True),
        column("description", pa.string(), "aircraft type in words", null=True),
        column("owner_operator", pa.string(), "as the source has it", null=True),
        column("military_flag", pa.bool_(), "marked military in the source", null=True),
        column(
            "privacy_flag",
            pa.bool_(),
            "PIA or LADD: owner asked for privacy",
            null=True,
        ),
        PROVENANCE,
    ]
)

LOOKED_UP = pa.schema(
    [
        ICAO24,
        column("field", pa.string(), "of AIRCRAFT and FLIGHTS, which no archive told"),
        column("database", pa.string(), "the user's database that it is from"),
    ]
)

SOURCES = pa.schema(
    [
        column("source", pa.string(), "name of the ingested file or folder"),
        column("reader", pa.string(), "name of the reader that read it"),
        column("n_files", pa.int64(), "files or archive members read"),
        column(
            "n_aircraft", pa.int64(), "different addresses with a position or flight"
        ),
        column("n_positions", pa.int64(), "position reports kept"),
        column("n_listed_flights", pa.int64(), "flights taken from a flight list"),
        column("first_seen", UTC_US, "earliest report", null=True),
        column("last_seen", UTC_US, "latest report", null=True),
        column(
            "n_trace_folders",
            pa.int16(),
            "of the 256 by an address' last two digits, those with a trace; null: "
            "not a readsb archive",
            null=True,
        ),
        column(
            "trace_folders",
            pa.string(),
            "which of them: 256 bits as 64 hex digits, the last bit is folder 00",
            null=True,
        ),
        PROVENANCE,
    ]
)

ORIGINS = pa.schema(
    [
        ICAO24,
        column("source", pa.string(), "name of the ingested file or folder"),
        column("reader", pa.string(), "name of the reader that read it"),
        column("first_seen", UTC_US, "its first report of the aircraft that day"),
        column("last_seen", UTC_US, "its last report of the aircraft that day"),
        column("n_positions", pa.int64(), "reports it told; 0 for a flight list"),
    ]
)

QUARANTINE = pa.schema(
    [
        column("source", pa.string(), "name of the ingested file or folder"),
        column("member", pa.string(), "the damaged file, or member of an archive"),
        column("reason", pa.string(), "snake_case; of a cut trace also the rows kept"),
    ]
)

COMPLETENESS = pa.schema(
    [
        column("date", pa.date32(), "UTC date"),
        column("region", pa.string(), "part of the world, or world"),
        column("n_aircraft", pa.int64(), "different addresses with a position there"),
        column("n_positions", pa.int64(), "positions there"),
        column("hours", pa.list_(pa.int8()), "those of the 24 with a position there"),
        column("n_days_before", pa.int16(), "stored days of the four weeks before"),
        column("usual_n_aircraft", pa.float64(), "median of those days", null=True),
        column(
            "share_of_usual",
            pa.float64(),
            "aircraft over their usual number",
            null=True,
        ),
        column(
            "n_trace_folders", pa.int16(), "of 256; null: no readsb archive", null=True
        ),
        column(
            "complete",
            pa.bool_(),
            "null: too little to judge by; world only",
            null=True,
        ),
        column("lacks", pa.list_(pa.string()), "what is missing, in sentences"),
    ]
)

LEFT_OUT = pa.schema(
    [
        column("source", pa.string(), "name of the ingested file or folder"),
        column("reason", pa.string(), "why it was left out, one snake_case word group"),
        column("unit", pa.string(), "what is counted: rows, files or flights"),
        column("n", pa.int64(), "how many"),
        column("example", pa.string(), "one of them: a member or a row", null=True),
    ]
)

LISTED_FLIGHTS = pa.schema(
    [
        ICAO24,
        column("first_seen", UTC_US, "first report of the flight"),
        column("last_seen", UTC_US, "last report of the flight"),
        column("callsign", pa.string(), "as flown", null=True),
        column("registration", pa.string(), "tail number", null=True),
        column("typecode", pa.string(), "ICAO type designator", null=True),
        column("origin", pa.string(), "airport of departure, as listed", null=True),
        column("destination", pa.string(), "airport of arrival, as listed", null=True),
        column("first_latitude_deg", pa.float64(), "first position", null=True),
        column("first_longitude_deg", pa.float64(), "first position", null=True),
        column("first_altitude_ft", pa.float32(), "first position", null=True),
        column("last_latitude_deg", pa.float64(), "last position", null=True),
        column("last_longitude_deg", pa.float64(), "last position", null=True),
        column("last_altitude_ft", pa.float32(), "last position", null=True),
        PROVENANCE,
    ]
)

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

SCORES = pa.schema(
    [
        FLIGHT_ID,
        ICAO24,
        column("journey_id", pa.string(), "the alert the flight belongs to"),
        column("mission_id", pa.string(), "shared by journeys on one unusual way"),
        column("date", pa.date32(), "the scored day"),
        column("score", pa.float64(), "likelihood of state-military logistics, 0 to 1"),
        column(
            "score_without_identity",
            pa.float64(),
            "the same as if neither the operator nor the type of aircraft were known",
            null=True,
        ),
        column(
            "ordinary_bits",
            pa.float64(),
            "odds of logistics against ordinary traffic, with identity and without",
            null=True,
        ),
        column(
            "look_alike_bits",
            pa.float64(),
            "odds of logistics against what resembles it, with identity and without",
            null=True,
        ),
        column("surprise_bits", pa.float64(), "how unusual, see features.surprise"),
        column("priority_bits", pa.float64(), "what the list is ordered by"),
        column("rank", pa.int32(), "place of the journey in the day's list, from 1"),
        column("leads", pa.bool_(), "this flight stands for its journey in the list"),
        column("flagged", pa.bool_(), "within the budget and above the threshold"),
        column("budget", pa.int32(), "alerts that were asked for", null=True),
        column(
            "threshold_bits",
            pa.float64(),
            "priority of a journey, or its mission, that a flag needs",
            null=True,
        ),
        column(
            "reasons",
            pa.list_(REASON),
            "facts for (weight > 0) and against, weightiest first, geography last; "
            "then what no model weighs (0)",
        ),
        column("coverage", pa.list_(pa.string()), "what was not observed, in words"),
        column("identity_hidden", pa.bool_(), "scored without identity"),
        column("model", pa.string(), "name and version of the model"),
        column("feature_set_id", pa.string(), "hash of the features' declarations"),
        PROVENANCE,
    ]
)

LIKENESSES = pa.schema(
    [
        FLIGHT_ID,
        ICAO24,
        column("case_key", pa.string(), "hash of the casebook row's flown columns"),
        column("logistics", pa.bool_(), "the case's label; false: a look-alike"),
        column("distance", pa.float32(), "0 the same, 1 opposite in all known"),
        column("known_share", pa.float32(), "of what the model relies on, of both"),
        column(
            "farther_share",
            pa.float32(),
            "share of cases of its label that are farther from the one most like them",
            null=True,
        ),
        column("alike", pa.list_(pa.string()), "features most in common"),
        column("differs", pa.list_(pa.string()), "features most different"),
        column("model", pa.string(), "whose cases and importances were used"),
    ]
)

FEATURES = pa.schema(
    [
        FLIGHT_ID,
        column("basis", pa.string(), "hash of all that the features rest on"),
        column("values", pa.list_(pa.float64()), "in the order of their declarations"),
    ]
)

TRUTH = pa.schema(
    [
        ICAO24,
        column("takeoff", UTC_US, "true take-off"),
        column("landing", UTC_US, "true landing"),
        column("origin", pa.string(), "true airport"),
        column("destination", pa.string(), "true airport"),
        column("purpose", pa.string(), "why the flight was flown", null=True),
        column(
            "logistics", pa.bool_(), "state-military logistics; null: a case", null=True
        ),
        column("look_alike", pa.bool_(), "appears so and is not", null=True),
        column("mission_id", pa.string(), "aircraft flying together share it"),
        column("operator_id", pa.string(), "true operator", null=True),
        column(
            "case_key",
            pa.string(),
            "hash of the casebook row's flown columns",
            null=True,
        ),
        PROVENANCE,
    ]
)

LABELS = pa.schema(
    [
        FLIGHT_ID,
        column("logistics", pa.bool_(), "the label"),
        column("weight", pa.float32(), "how much it counts in training"),
        column("label_source", pa.string(), "casebook, verdict, silver or simulated"),
        column("reason", pa.string(), "why, in words"),
        column("airframe_group", pa.string(), "never split between folds"),
        column("mission_group", pa.string(), "never split between folds", null=True),
        column(
            "case_group", pa.string(), "group_id of the casebook, or a key", null=True
        ),
        column("page_group", pa.string(), "the page that tells of it", null=True),
        column("look_alike", pa.bool_(), "a negative that resembles", null=True),
    ]
)

# Per table: the schema and whether it has one file per UTC date.
TABLES: dict[str, pa.Schema] = {
    "positions": POSITIONS,
    "aircraft": AIRCRAFT,
    "looked_up": LOOKED_UP,
    "listed_flights": LISTED_FLIGHTS,
    "sources": SOURCES,
    "left_out": LEFT_OUT,
    "origins": ORIGINS,
    "quarantine": QUARANTINE,
    "completeness": COMPLETENESS,
    "flights": FLIGHTS,
    "gaps": GAPS,
    "candidates": CANDIDATES,
    "stopovers": STOPOVERS,
    "journeys": JOURNEYS,
    "features": FEATURES,
    "scores": SCORES,
    "likenesses": LIKENESSES,
    "truth": TRUTH,
    "labels": LABELS,
}


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with exactly the columns of `schema`, in its order.

    Raises
    ------
    SchemaError
        If a column is missing, cannot be cast without loss, or holds nulls
        where the schema forbids them.
    """
    if missing := [n for n in schema.names if n not in table.column_names]:
        raise SchemaError(
            f"missing columns: {', '.join(missing)}",
            hint="Re-run `anomaly ingest`; the file may come from an older version.",
        )
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise SchemaError(f"column {field.name!r} holds nulls")
    try:
        return table.select(schema.names).cast(schema)
    except pa.ArrowInvalid as error:
        raise SchemaError(str(error)) from error
