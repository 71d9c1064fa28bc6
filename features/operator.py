"""Operator: who says they fly it, whose it is, and whether that fits together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import agreement, coding, deployments, rarity, who
from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Floats, Ints

NATURES = {
    "military": "a military operator",
    "government": "a government's operator",
    "state_linked_cargo": "a cargo carrier linked to a state",
    "cargo": "a cargo carrier",
    "passenger": "a passenger carrier",
    "humanitarian": "a humanitarian organisation",
    "business": "a business or general aviation operator",
}


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the operator features of every flight."""
    operators = tables.reference.operators
    told = who.by_callsign(tables.flights, operators)
    owner = who.by_owner(tables.flights, operators)
    nature = agreement.fact(told.where(told.notna(), owner), "nature", tables)
    columns = {
        f"operator_is_{name}": coding.truth(nature == name, nature.notna())
        for name in NATURES
    }
    columns |= agreement.of_flights(tables, told, owner)
    columns |= _names(tables)
    columns |= _places(tables, nature)
    columns |= _network(tables)
    columns |= deployments.of_operators(tables)
    return pd.DataFrame(columns, index=tables.flights.index, dtype="float64")


def _names(tables: FlightTables) -> dict[str, Floats]:
    """Return what the callsign itself tells."""
    flights = tables.flights
    callsign = flights["callsign"]
    tail = flights["registration"].str.replace("-", "", regex=False)
    always = pd.Series(True, flights.index)
    return {
        "operator_callsign_missing": coding.truth(callsign.isna(), always),
        "operator_callsign_is_registration": coding.truth(
            callsign == tail, callsign.notna() & tail.notna()
        ),
        "operator_callsign_changed": coding.truth(
            flights["n_callsigns"] > 1, flights["n_positions"] > 0
        ),
    }


def _places(tables: FlightTables, nature: pd.Series) -> dict[str, Floats]:
    """Return where the flight and its journey lie, seen from the operator's state."""
    now, fields, chains = tables.coded.now, tables.coded.fields, tables.chains
    own = tables.home_state
    at_home = [_same(state, own) for state in (now.origin_state, now.destination_state)]
    use = [fields.use[field] for field in (now.origin, now.destination)]
    abroad_military = [
        np.where(np.isnan(x) | np.isnan(y), np.nan, (x == 0) & (y > 0))
        for x, y in zip(at_home, use, strict=True)
    ]
    is_military = np.ceil(fields.use[chains.field])
    in_own_state = _same(fields.state[chains.field], own[chains.flight])
    foreign = is_military * (1.0 - in_own_state)
    began_home = _same(fields.state[chains.first], own)
    began_use = fields.use[chains.first]
    civil = nature.notna().to_numpy() & ~nature.isin(agreement.OF_A_STATE).to_numpy()
    return {
        "operator_away_from_home": np.where(
            np.isnan(at_home[0]) | np.isnan(at_home[1]),
            np.nan,
            (at_home[0] == 0) & (at_home[1] == 0),
        ),
        "operator_flew_home": at_home[1],
        "operator_foreign_military_field": np.fmax(*abroad_military),
        "operator_n_foreign_military": chains.count(foreign),
        "operator_began_home_military": np.where(
            np.isnan(began_home), np.nan, np.where(began_home == 1, began_use, 0.0)
        ),
        "operator_civil_at_military": np.where(
            civil, chains.share(is_military), np.nan
        ),
    }


def _network(tables: FlightTables) -> dict[str, Floats]:
    """Return how usual the flight is for its operator."""
    now, past = tables.coded.now, tables.coded.past
    network_bits, n_landed = rarity.within(
        now.destination_state, now.operator, past.destination_state, past.operator
    )
    return {
        "operator_network_bits": network_bits,
        "operator_n_landed": n_landed,
        "operator_bits": rarity.bits(now.operator, past.operator),
    }


def _same(left: Ints, right: Ints) -> Floats:
    """Return whether two states are the same; NaN where either is unknown."""
    result: Floats = np.where((left >= 0) & (right >= 0), left == right, np.nan)
    return result


def _nature_feature(name: str, words: str) -> Feature:
    return Feature(
        f"operator_is_{name}",
        unit="0 or 1",
        doc=f"the operator, by its callsign or else by its owner's name, is {words}",
        null_means="neither the callsign nor the owner's name is one we know",
        says=f"{{operator}} ({{operator_by}}) is {words}",
        says_not=f"{{operator}} ({{operator_by}}) is not {words}",
        high=1.0,
        identity=True,
    )


FAMILY = FeatureFamily(
    name="operator",
    version=7,
    features=(
        *(_nature_feature(name, words) for name, words in NATURES.items()),
        *agreement.FEATURES,
        agreement.yes_no(
            "callsign_missing",
            "no callsign was sent during the flight",
            "never",
            "sent no callsign",
            "sent the callsign {callsign}",
            # Whether a callsign is told depends on who documented the flight: that
            # share differs between the classes, and no masking can even out what *is*
            # the mask.
            learnable=False,
        ),
        agreement.yes_no(
            "callsign_is_registration",
            "the callsign is the registration without its hyphen",
            "callsign or registration unknown",
            "used its registration as callsign ({callsign})",
            "the callsign {callsign} is not its registration",
        ),
        agreement.yes_no(
            "callsign_changed",
            "more than one callsign was held for minutes during the flight",
            "no positions",
            "changed its callsign in flight",
            "kept one callsign",
            # Shuffled, it costs the model nothing; an analyst wants to know.
            learnable=False,
        ),
        agreement.yes_no(
            "away_from_home",
            "neither end lies in the operator's (or else the address's) state",
            "an end or the state is unknown",
            "flew between two states of which neither is its own ({home})",
            "one end of the flight lies in its own state ({home})",
        ),
        agreement.yes_no(
            "flew_home",
            "the destination lies in the operator's (or else the address's) state",
            "the destination or the state is unknown",
            "flew to its own state ({home})",
            "did not fly to its own state ({home})",
        ),
        agreement.yes_no(
            "foreign_military_field",
            "an end at a military or joint-use field of another state",
            "both ends or the state unknown",
            "used a military or joint-use field outside its own state ({home})",
            "used no such field outside its own state ({home})",
        ),
        Feature(
            "operator_n_foreign_military",
            unit="count",
            doc="fields of the journey that are military or joint-use, in other states",
            null_means="the journey's fields or the operator's state unknown",
            says="{value:.0f} military or joint-use field{s} outside its own state "
            "({home}) in its journey ({journey})",
            says_not="no military field outside its own state ({home}) in its journey",
            identity=True,
        ),
        Feature(
            "operator_began_home_military",
            unit="0, 0.5 or 1",
            doc="the journey began at a military (1) or joint-use (0.5) field of the "
            "operator's (or else the address's) own state",
            null_means="where the journey began, or the state, is unknown",
            says="the journey began at {journey_origin}, a {journey_origin_use} field "
            "of its own state ({home})",
            says_not="the journey did not begin at a military field of its own state "
            "({home})",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_civil_at_military",
            unit="share",
            doc="of a civil operator: share of the journey's fields that are military "
            "or joint-use",
            null_means="the operator is unknown or a state's",
            says="{operator}, a civil operator, used military or joint-use fields in "
            "its journey so far ({journey}): {journey_military}",
            says_not="{operator}, a civil operator, kept to civil fields",
            high=1.0,
            identity=True,
        ),
        Feature(
            "operator_network_bits",
            unit="bits",
            doc="surprise of the destination's state among the operator's flights seen",
            null_means="destination or operator unknown, or fewer than 3 others of the "
            "operator are known",
            says="{destination_country} is {rarity} among the known destinations of "
            "{before_operator} flights of its operator",
            high=rarity.largest_bits(rarity.RAREST_WITHIN),
            identity=True,
        ),
        Feature(
            "operator_n_landed",
            unit="count",
            doc="other flights of the operator whose destination is known, on the days "
            "before, that the surprise of its destination rests on",
            null_means="destination or operator unknown",
            says="{value:,.0f} other flight{s} of its operator of which the "
            "destination is known",
            says_not="of no other flight of its operator is the destination known",
            identity=True,
            # It grows with the days stored.
            learnable=False,
        ),
        Feature(
            "operator_bits",
            unit="bits",
            doc="surprise of the operator among all flights seen",
            null_means="operator unknown, or fewer than "
            f"{rarity.LEAST_KNOWN} others are known",
            says="flights of its operator are {rarity} among {before} flights whose "
            "operator is known",
            high=rarity.largest_bits(rarity.RAREST),
            identity=True,
        ),
        *deployments.OF_OPERATOR,
    ),
    compute=compute,
)
