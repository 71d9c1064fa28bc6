"""What archives and databases tell, and what was left out of it."""

from __future__ import annotations

import pyarrow as pa

from anomaly.schemas.columns import ICAO24, PROVENANCE, UTC_US, column

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

LEFT_OUT = pa.schema(
    [
        column("source", pa.string(), "name of the ingested file or folder"),
        column("reason", pa.string(), "why it was left out, one snake_case word group"),
        column("unit", pa.string(), "what is counted: rows, files or flights"),
        column("n", pa.int64(), "how many"),
        column("example", pa.string(), "one of them: a member or a row", null=True),
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
