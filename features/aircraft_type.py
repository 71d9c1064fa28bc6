"""Aircraft type: what it can carry and how far, and whether it flies as it should."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import coding, ends, rarity, ways, who
from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Floats

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


CARGO_NATURES = ("cargo", "state_linked_cargo")
# A type may be declared by mistake or on purpose: beyond these it cannot be so.
HEIGHT_MARGIN = 1.05
SPEED_MARGIN = 1.25
# Over the ferry range, wind and rounding left aside.
RANGE_MARGIN = 1.15
# A tanker on a long and straight way abroad carries something there.
TRANSPORT_NM = 1_000
TRANSPORT_DIRECTNESS = 0.9


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the aircraft-type features of every flight."""
    flights, coded = tables.flights, tables.coded
    typecode = flights["typecode"]
    role = coding.told(typecode, tables.reference.types.table["role"])
    known = role.notna().to_numpy()
    columns: dict[str, Floats] = {
        f"aircraft_type_is_{name}": np.where(known, role.isin(roles), np.nan)
        for name, (roles, _words) in ROLES.items()
    }
    columns |= {
        f"aircraft_type_{name}": _fact(fact, tables)
        for name, fact in (
            ("payload_t", "payload_t"),
            ("mtow_t", "mtow_t"),
            ("range_nm", "range_payload_nm"),
            ("rear_ramp", "rear_ramp"),
            ("design_year", "design_year"),
        )
    }
    # The other way round than a network: how rare the *type* is at the place.
    here_bits, n_here = rarity.within(
        coded.now.typecode,
        coded.now.destination_state,
        coded.past.typecode,
        coded.past.destination_state,
    )
    columns |= {
        "aircraft_type_bits": rarity.bits(coded.now.typecode, coded.past.typecode),
        "aircraft_type_here_bits": here_bits,
        "aircraft_type_n_here": n_here,
    }
    columns |= _performance(tables) | _used_as(tables, role)
    frame = pd.DataFrame(columns, index=flights.index, dtype="float64")
    return frame.replace([np.inf, -np.inf], np.nan)


def _fact(name: str, tables: FlightTables) -> Floats:
    """Return a figure of each flight's type."""
    return coding.facts(tables.flights["typecode"], tables.reference.types.table[name])


def _performance(tables: FlightTables) -> dict[str, Floats]:
    """Return what was flown over what the type can do."""
    flights = tables.flights
    direct_nm = ends.direct_nm(tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = flights["cruise_speed_kt"].to_numpy(float) / _fact("cruise_kt", tables)
        height = flights["max_altitude_ft"].to_numpy(float) / _fact(
            "ceiling_ft", tables
        )
        ferry = direct_nm / _fact("range_ferry_nm", tables)
        used = direct_nm / _fact("range_payload_nm", tables)
    over = np.vstack(
        [speed / SPEED_MARGIN, height / HEIGHT_MARGIN, ferry / RANGE_MARGIN]
    )
    return {
        "aircraft_type_speed_ratio": speed,
        "aircraft_type_height_ratio": height,
        "aircraft_type_range_used": used,
        "aircraft_type_doubtful": np.where(
            np.isnan(over).all(axis=0), np.nan, (over > 1).any(axis=0)
        ),
    }


def _used_as(tables: FlightTables, role: pd.Series) -> dict[str, Floats]:
    """Return whether the type is used for what it was not built for."""
    flights, now = tables.flights, tables.coded.now
    operators = tables.reference.operators
    nature = coding.told(who.operator(flights, operators), operators.table["nature"])
    is_tanker = role.eq("tanker").to_numpy()
    direct_nm, whole_nm = ends.direct_nm(tables), ways.whole_way_nm(tables)
    straight = direct_nm > TRANSPORT_DIRECTNESS * whole_nm
    abroad = now.origin_state != now.destination_state
    ends_known = (now.origin_state >= 0) & (now.destination_state >= 0)
    as_transport = (direct_nm > TRANSPORT_NM) & straight & abroad
    return {
        "aircraft_type_converted_freighter": np.where(
            (role.notna() & nature.notna()).to_numpy(),
            (role.eq("airliner") & nature.isin(CARGO_NATURES)).to_numpy(),
            np.nan,
        ),
        "aircraft_type_tanker_as_transport": np.where(
            role.notna().to_numpy() & (~is_tanker | (ends_known & ~np.isnan(whole_nm))),
            is_tanker & as_transport,
            np.nan,
        ),
    }


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
    version=5,
    features=(
        *(_role_feature(name, words) for name, (_roles, words) in ROLES.items()),
        Feature(
            "aircraft_type_payload_t",
            unit="t",
            doc="largest payload of the type",
            null_means="type or its payload unknown",
            says="{article_type} carries up to {value:,.3g} t",
            identity=True,
        ),
        Feature(
            "aircraft_type_mtow_t",
            unit="t",
            doc="maximum take-off weight of the type",
            null_means="type or its weight unknown",
            says="{article_type} weighs up to {value:,.3g} t",
            identity=True,
        ),
        Feature(
            "aircraft_type_range_nm",
            unit="nm",
            doc="range of the type with its largest payload",
            null_means="type or its range unknown",
            says="{article_type} reaches {value:,.0f} nm with its largest payload",
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
            says="{article_type} is of a design first flown in {value:.0f}",
            low=1930,
            high=2030,
            identity=True,
        ),
        Feature(
            "aircraft_type_bits",
            unit="bits",
            doc="surprise of the type among all flights seen",
            null_means="type unknown, or fewer than "
            f"{rarity.LEAST_KNOWN} others are known",
            says="{article_type} is {rarity} among {before} flights whose type is "
            "known",
            high=rarity.largest_bits(rarity.RAREST),
            identity=True,
        ),
        Feature(
            "aircraft_type_here_bits",
            unit="bits",
            doc="surprise of the type among arrivals in the destination's state",
            null_means="type or destination unknown, or fewer than 3 other arrivals in "
            "the state are known",
            says="{article_type} is {rarity} among {before_here} arrivals of known "
            "type in {destination_country}",
            high=rarity.largest_bits(rarity.RAREST_WITHIN),
            identity=True,
        ),
        Feature(
            "aircraft_type_n_here",
            unit="count",
            doc="other arrivals of known type in the destination's state, on the days "
            "before, that the surprise of the type rests on",
            null_means="type or destination unknown",
            says="{value:,.0f} other arrival{s} of known type in {destination_country} "
            "known",
            says_not="no other arrival of known type in {destination_country} is known",
            identity=True,
            # It grows with the days stored.
            learnable=False,
        ),
        Feature(
            "aircraft_type_speed_ratio",
            unit="ratio",
            doc="observed cruising speed over the type's",
            null_means="type unknown or speed not observed",
            says="cruised at {share} of the usual speed of {article_type}",
            identity=True,
        ),
        Feature(
            "aircraft_type_height_ratio",
            unit="ratio",
            doc="greatest height over the type's ceiling",
            null_means="type unknown or height not observed",
            says="climbed to {share} of the ceiling of {article_type}",
            identity=True,
        ),
        Feature(
            "aircraft_type_range_used",
            unit="ratio",
            doc="direct distance over the type's range with payload",
            null_means="type or ends unknown",
            says="the flight used {share} of the range of {article_type}",
            identity=True,
        ),
        Feature(
            "aircraft_type_doubtful",
            unit="0 or 1",
            doc="flew higher, faster or farther than the declared type can",
            null_means="type unknown, or none of the three observed",
            says="flew higher, faster or farther than {article_type} can: the declared "
            "type is doubtful",
            says_not="flew as {article_type} can",
            high=1.0,
            identity=True,
        ),
        Feature(
            "aircraft_type_converted_freighter",
            unit="0 or 1",
            doc="an airliner's type flown by a cargo carrier",
            null_means="type or operator unknown",
            says="{article_type}, an airliner's type, flown by a cargo carrier "
            "({operator})",
            says_not="not an airliner's type flown by a cargo carrier",
            high=1.0,
            identity=True,
        ),
        Feature(
            "aircraft_type_tanker_as_transport",
            unit="0 or 1",
            doc="a tanker on a straight way of more than 1,000 nm to another state",
            null_means="type unknown; of a tanker, its ends too, or more than a fifth "
            "of the way was not seen",
            says="{article_type}, a tanker, flew straight to another state, as a "
            "transport would",
            says_not="not a tanker used as a transport",
            high=1.0,
            identity=True,
        ),
    ),
    compute=compute,
)
