"""What is reckoned of flights, and known of what they were."""

from __future__ import annotations

import pyarrow as pa

from anomaly.schemas.columns import (
    FLIGHT_ID,
    ICAO24,
    PROVENANCE,
    REASON,
    UTC_US,
    column,
)

FEATURES = pa.schema(
    [
        FLIGHT_ID,
        column("basis", pa.string(), "hash of all that the features rest on"),
        column("values", pa.list_(pa.float64()), "in the order of their declarations"),
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
            "odds of logistics against what resembles it, with identity and without; "
            "null where the flight is clearly ordinary, and it was not asked",
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
