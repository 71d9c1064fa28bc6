"""Aircraft type: what it can carry and how far, and whether it flies as it should."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import ends
from features.base import Feature, FeatureFamily, FlightTables

ROLES = {
    "strategic_airlift": (("strategic_airlift",), "a strategic airlifter"),
    "tactical_airlift": (("tactical_airlift",), "a tactical airlifter"),
    "tanker": (("tanker",), "a tanker"),
    "personnel": (("personnel",), "a type that states use as personnel transport"),
    "freighter": (("freighter",), "a freighter"),
    "airliner": (("airliner",), "an airliner"),
    "business": (("business",), "a business aircraft"),
    "small": (("light", "rotor", "glider"), "a light aircraft, helicopter or glider"),
    "combat": (
        ("combat", "trainer", "isr"),
        "a combat, training or reconnaissance type",
    ),
}


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the aircraft-type features of every flight."""
    flights, past = tables.flights, tables.history
    types = tables.reference.types.table
    typecode = flights["typecode"]

    def fact(name: str) -> pd.Series:
        values: pd.Series = typecode.map(types[name].astype("object")).astype("float64")
        return values

    role = typecode.map(types["role"])
    columns = {
        f"aircraft_type_is_{name}": role.isin(roles)
        .astype("float64")
        .where(role.notna())
        for name, (roles, _words) in ROLES.items()
    }
    destination = ends.country(flights["destination"], tables)
    past_destination = ends.country(past["destination"], tables)
    direct_nm = ends.direct_nm(flights, tables)
    columns |= {
        "aircraft_type_payload_t": fact("payload_t"),
        "aircraft_type_mtow_t": fact("mtow_t"),
        "aircraft_type_range_nm": fact("range_payload_nm"),
        "aircraft_type_rear_ramp": fact("rear_ramp"),
        "aircraft_type_design_year": fact("design_year"),
        "aircraft_type_bits": ends.rarity_bits(typecode, past["typecode"]),
        # The other way round than a network: how rare the *type* is at the place.
        "aircraft_type_here_bits": ends.rarity_within_bits(
            typecode, destination, past["typecode"], past_destination
        ),
        "aircraft_type_speed_ratio": flights["cruise_speed_kt"] / fact("cruise_kt"),
        "aircraft_type_height_ratio": flights["max_altitude_ft"] / fact("ceiling_ft"),
        "aircraft_type_range_used": direct_nm / fact("range_payload_nm"),
    }
    frame = pd.DataFrame(columns, index=flights.index).astype("float64")
    return frame.replace([np.inf, -np.inf], np.nan)


def _role_feature(name: str, words: str) -> Feature:
    return Feature(
        f"aircraft_type_is_{name}",
        unit="0 or 1",
        doc=f"the type is {words}",
        null_means="the type is unknown",
        says=f"the type, {{type_name}}, is {words}",
        says_not=f"the type, {{type_name}}, is not {words}",
        high=1.0,
        identity=True,
    )


FAMILY = FeatureFamily(
    name="aircraft_type",
    version=1,
    features=(
        *(_role_feature(name, words) for name, (_roles, words) in ROLES.items()),
        Feature(
            "aircraft_type_payload_t",
            unit="t",
            doc="largest payload of the type",
            null_means="type or its payload unknown",
            says="{article_type} carries up to {value:.0f} t",
            identity=True,
        ),
        Feature(
            "aircraft_type_mtow_t",
            unit="t",
            doc="maximum take-off weight of the type",
            null_means="type or its weight unknown",
            says="{article_type} weighs up to {value:.0f} t",
            identity=True,
        ),
        Feature(
            "aircraft_type_range_nm",
            unit="nm",
            doc="range of the type with its largest payload",
            null_means="type or its range unknown",
            says="{article_type} reaches {value:.0f} nm with its largest payload",
            identity=True,
        ),
        Feature(
            "aircraft_type_rear_ramp",
            unit="0 or 1",
            doc="the type has a rear ramp for vehicles",
            null_means="type unknown",
            says="{article_type} has a ramp for vehicles",
            says_not="{article_type} has no ramp for vehicles",
            high=1.0,
            identity=True,
        ),
        Feature(
            "aircraft_type_design_year",
            unit="year",
            doc="year of the type's first flight",
            null_means="type or its year unknown",
            says="the design of {article_type} is of {value:.0f}",
            low=1930,
            high=2030,
            identity=True,
        ),
        Feature(
            "aircraft_type_bits",
            unit="bits",
            doc="surprise of the type among all flights seen",
            null_means="type unknown",
            says="{article_type} is {rarity} among the flights seen",
            identity=True,
        ),
        Feature(
            "aircraft_type_here_bits",
            unit="bits",
            doc="surprise of the type among arrivals in the destination's state",
            null_means="type or destination unknown",
            says="{article_type} is {rarity} among arrivals in {destination_country}",
            identity=True,
        ),
        Feature(
            "aircraft_type_speed_ratio",
            unit="ratio",
            doc="observed cruising speed over the type's",
            null_means="type unknown or speed not observed",
            says="cruised at {value:.0%} of the usual speed of {article_type}",
            identity=True,
        ),
        Feature(
            "aircraft_type_height_ratio",
            unit="ratio",
            doc="greatest height over the type's ceiling",
            null_means="type unknown or height not observed",
            says="climbed to {value:.0%} of the ceiling of {article_type}",
            identity=True,
        ),
        Feature(
            "aircraft_type_range_used",
            unit="ratio",
            doc="direct distance over the type's range with payload",
            null_means="type or ends unknown",
            says="the flight used {value:.0%} of the range of {article_type}",
            identity=True,
        ),
    ),
    compute=compute,
)
