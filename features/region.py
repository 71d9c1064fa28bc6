"""Region: in what part of the world a flight began and ended, and its journey began.

Where documented logistics goes is no accident, and no rule either: a model that leans
on this knows where it has been seen before.  So it is a family of its own, and the
evaluation tells how much rests on it.
"""

from __future__ import annotations

import pandas as pd

from features import ends
from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Floats


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return where every flight, and its journey, began and ended."""
    fields, began = tables.coded.fields, tables.chains.first
    return pd.DataFrame(
        {
            **_named("origin", ends.coordinates(tables, "origin")),
            **_named("destination", ends.coordinates(tables, "destination")),
            **_named(
                "began", (fields.latitude_deg[began], fields.longitude_deg[began])
            ),
        },
        index=tables.flights.index,
        dtype="float64",
    )


def _named(place: str, coordinates: tuple[Floats, Floats]) -> dict[str, Floats]:
    latitude, longitude = coordinates
    return {
        f"region_{place}_latitude_deg": latitude,
        f"region_{place}_longitude_deg": longitude,
    }


def _of(place: str, what: str, says: str, unknown: str) -> tuple[Feature, Feature]:
    """Return the two coordinates of one place, which a reader is told as one thing."""
    return (
        Feature(
            f"region_{place}_latitude_deg",
            unit="deg",
            doc=f"latitude of {what}",
            null_means=unknown,
            says=says,
            unknown=f"in what part of the world: unknown ({unknown})",
            low=-90.0,
            high=90.0,
        ),
        Feature(
            f"region_{place}_longitude_deg",
            unit="deg",
            doc=f"longitude of {what}",
            null_means=unknown,
            says=says,
            unknown=f"in what part of the world: unknown ({unknown})",
            low=-180.0,
            high=180.0,
        ),
    )


FAMILY = FeatureFamily(
    name="region",
    version=1,
    features=(
        *_of(
            "origin",
            "the origin, or of the first position",
            "the part of the world it set out from: {origin_part}",
            "no airport and no position",
        ),
        *_of(
            "destination",
            "the destination, or of the last position",
            "the part of the world it flew to: {destination_part}",
            "no airport and no position",
        ),
        *_of(
            "began",
            "the field where the journey began",
            "the part of the world its journey began in: {journey_origin_country}",
            "the journey, or where it began, is not known",
        ),
    ),
    compute=compute,
)
