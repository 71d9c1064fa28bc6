"""Operator: who says they fly it, from where, and whether that fits together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import ends
from features.base import Feature, FeatureFamily, FlightTables

NATURES = {
    "military": "a military designator",
    "government": "a government designator",
    "state_linked_cargo": "a cargo carrier linked to a state",
    "cargo": "a cargo carrier",
    "passenger": "a passenger carrier",
    "humanitarian": "a humanitarian organisation",
    "business": "a business or general aviation operator",
}


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the operator features of every flight."""
    flights, past = tables.flights, tables.history
    known = tables.reference.operators.table
    nature = flights["operator_code"].map(known["nature"])
    state = flights["operator_code"].map(known["country"]).astype("object")
    blocks = tables.reference.addresses
    address_state = blocks.country(flights["icao24"]).astype("object")
    home = state.where(state.notna(), address_state)
    origin = ends.country(flights["origin"], tables)
    destination = ends.country(flights["destination"], tables)
    callsign = flights["callsign"]
    tail = flights["registration"].str.replace("-", "", regex=False)
    columns: dict[str, pd.Series] = {
        f"operator_is_{name}": (nature == name).astype("float64").where(nature.notna())
        for name in NATURES
    }
    field_use = pd.concat(
        [ends.military_use(flights[e], tables) for e in ("origin", "destination")],
        axis=1,
    )
    abroad = pd.concat([origin != home, destination != home], axis=1).to_numpy()
    foreign_military = ((field_use.to_numpy() > 0) & abroad).any(axis=1)
    past_destination = ends.country(past["destination"], tables)
    flown = pd.concat([past["operator_code"], flights["operator_code"]]).value_counts()
    columns |= {
        "operator_military_flag": flights["military_flag"].astype("object"),
        "operator_military_block": blocks.military(flights["icao24"]),
        "operator_callsign_missing": callsign.isna(),
        "operator_callsign_is_registration": (callsign == tail).where(
            callsign.notna() & tail.notna()
        ),
        "operator_callsign_changed": (flights["n_callsigns"] > 1).where(
            flights["n_positions"] > 0
        ),
        "operator_code_unknown": nature.isna().where(flights["operator_code"].notna()),
        "operator_state_differs": (state != address_state).where(
            state.notna() & address_state.notna()
        ),
        "operator_away_from_home": _away(home, origin, destination),
        "operator_foreign_military_field": pd.Series(
            foreign_military, flights.index
        ).where(home.notna() & (origin.notna() | destination.notna())),
        "operator_network_bits": ends.rarity_within_bits(
            destination,
            flights["operator_code"],
            past_destination,
            past["operator_code"],
        ),
        "operator_n_flights_log2": flights["operator_code"]
        .map(flown)
        .astype("float64")
        .map(np.log2),
    }
    return pd.DataFrame(columns, index=flights.index).astype("float64")


def _away(home: pd.Series, origin: pd.Series, destination: pd.Series) -> pd.Series:
    """Tell whether neither end lies in the operator's own state."""
    away = (origin != home) & (destination != home)
    return away.where(home.notna() & origin.notna() & destination.notna())


def _nature_feature(name: str, words: str) -> Feature:
    return Feature(
        f"operator_is_{name}",
        unit="0 or 1",
        doc=f"the callsign tells {words}",
        null_means="no designator, or one we do not know",
        says=f"the callsign {{callsign}} carries {words} ({{operator}})"
        if "designator" in words
        else f"the callsign {{callsign}} belongs to {words} ({{operator}})",
        says_not=f"the callsign {{callsign}} ({{operator}}) does not belong to {words}",
        high=1.0,
        identity=True,
    )


FAMILY = FeatureFamily(
    name="operator",
    version=1,
    features=(
        *(_nature_feature(name, words) for name, words in NATURES.items()),
        Feature(
            "operator_military_flag",
            unit="0 or 1",
            doc="the source's database marks the airframe military",
            null_means="the source says nothing of the airframe",
            says="the source's database marks the airframe military",
            says_not="the source's database does not mark the airframe military",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_military_block",
            unit="0 or 1",
            doc="the address lies in a block a state keeps for its military",
            null_means="never",
            says="the address {icao24} lies in a military block of its state",
            says_not="the address {icao24} lies in no block known as military",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_callsign_missing",
            unit="0 or 1",
            doc="no callsign was sent during the flight",
            null_means="never",
            says="sent no callsign",
            says_not="sent the callsign {callsign}",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_callsign_is_registration",
            unit="0 or 1",
            doc="the callsign is the registration without its hyphen",
            null_means="callsign or registration unknown",
            says="used its registration as callsign ({callsign})",
            says_not="the callsign {callsign} is not its registration",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_callsign_changed",
            unit="0 or 1",
            doc="more than one callsign during the flight",
            null_means="no positions",
            says="changed its callsign in flight",
            says_not="kept one callsign",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_code_unknown",
            unit="0 or 1",
            doc="the callsign's designator is not in our table",
            null_means="the callsign has no designator",
            says="the designator of {callsign} is not one we know",
            says_not="the designator of {callsign} is known ({operator})",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_state_differs",
            unit="0 or 1",
            doc="the designator's state is not the address's state",
            null_means="one of the two is unknown",
            says="the operator's state is not the one that issued the address",
            says_not="operator and address belong to one state",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_away_from_home",
            unit="0 or 1",
            doc="neither end lies in the operator's (or else the address's) state",
            null_means="an end or the state is unknown",
            says="flew between two states of which neither is its own ({home})",
            says_not="one end of the flight lies in its own state ({home})",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_foreign_military_field",
            unit="0 or 1",
            doc="an end at a military or joint-use field of another state",
            null_means="both ends or the state unknown",
            says="used a military or joint-use field outside its own state ({home})",
            says_not="used no such field outside its own state ({home})",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_network_bits",
            unit="bits",
            doc="surprise of the destination's state among the operator's flights seen",
            null_means="destination or designator unknown",
            says="{destination_country} is {rarity} among the operator's destinations",
            identity=True,
        ),
        Feature(
            "operator_n_flights_log2",
            unit="log2 of count",
            doc="how many flights of the operator were seen in the past 90 days",
            null_means="no designator",
            says="flights of this operator seen in the past 90 days: {count:.0f}",
            says_not="the only flight of this operator seen in the past 90 days",
            identity=True,
        ),
    ),
    compute=compute,
)
