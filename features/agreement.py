"""Whether callsign, owner, address and data base say the same of who flies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import coding
from features.base import Feature, FlightTables
from features.coding import Floats

OF_A_STATE = ("military", "government", "state_linked_cargo")


def yes_no(
    name: str,
    doc: str,
    null_means: str,
    says: str,
    says_not: str,
    *,
    learnable: bool = True,
) -> Feature:
    """Declare a question on who flies that is answered with yes or no."""
    return Feature(
        f"operator_{name}",
        unit="0 or 1",
        doc=doc,
        null_means=null_means,
        says=says,
        says_not=says_not,
        high=1.0,
        identity=True,
        learnable=learnable,
    )


FEATURES = (
    yes_no(
        "owner_of_state",
        "the owner is a state's force, a government or a carrier linked to one",
        "the source names no owner that we know",
        "its owner, {owner}, belongs to a state or is linked to one",
        "its owner, {owner}, neither belongs to a state nor is linked to one",
    ),
    yes_no(
        "owner_differs",
        "callsign and owner tell operators of another nature or state",
        "one of the two is not known",
        "flew under a callsign of {operator}, while its owner is {owner}",
        "callsign and owner tell the same kind of operator ({operator})",
    ),
    yes_no(
        "owner_unknown",
        "the owner that the source names is not in our table",
        "the source names no owner",
        "its owner, {owner}, is not one we know",
        "its owner, {owner}, is known",
        # In a casebook it tells how the reporter wrote a name down.
        learnable=False,
    ),
    yes_no(
        "code_unknown",
        "the callsign's designator is not in our table",
        "the callsign has no designator",
        "the designator of {callsign} is not one we know",
        "the designator of {callsign} is known ({operator})",
    ),
    yes_no(
        "state_differs",
        "the operator's state is not the address's state",
        "one of the two is unknown",
        "the operator's state ({home}) is not the one that issued the address",
        "operator and address belong to one state ({home})",
    ),
    yes_no(
        "registration_differs",
        "the registration's nationality mark and the address name other states",
        "the registration is not known or bears no mark of one state, or the "
        "address lies in no block",
        "the registration's mark names another state than the address",
        "registration and address name one state",
        # Made-up aircraft have both from one state, so a difference would tell a
        # case.
        learnable=False,
    ),
    yes_no(
        "military_flag",
        "the source's database marks the airframe military",
        "the source says nothing of the airframe",
        "the source's database marks the airframe military",
        "the source's database does not mark the airframe military",
    ),
    yes_no(
        "flag_differs",
        "the database marks a civil operator's airframe military, or not a "
        "military one's",
        "operator or mark unknown",
        "the database's mark does not fit the operator ({operator})",
        "the database's mark fits the operator ({operator})",
    ),
    yes_no(
        "military_block",
        "the address lies in a block a state keeps for its military",
        "never",
        "the address {icao24} lies in a military block of its state",
        "the address {icao24} lies in no block known as military",
    ),
)
"""As the family *operator* holds them."""


def of_flights(
    tables: FlightTables, told: pd.Series, owner: pd.Series
) -> dict[str, Floats]:
    """Return whether callsign, owner, address and data base say the same."""
    flights = tables.flights
    told_nature, owner_nature = (fact(x, "nature", tables) for x in (told, owner))
    told_state, owner_state = (fact(x, "country", tables) for x in (told, owner))
    state = told_state.where(told_state.notna(), owner_state)
    address_state = tables.address_state
    nature = told_nature.where(told_nature.notna(), owner_nature)
    flag = flights["military_flag"].astype("object")
    both = told.notna() & owner.notna()
    return {
        "operator_owner_of_state": coding.truth(
            owner_nature.isin(OF_A_STATE), owner_nature.notna()
        ),
        "operator_owner_differs": coding.truth(
            (told_nature != owner_nature) | (told_state != owner_state), both
        ),
        "operator_owner_unknown": coding.truth(
            owner.isna(), flights["owner_operator"].notna()
        ),
        "operator_code_unknown": coding.truth(
            told.isna(), flights["operator_code"].notna()
        ),
        "operator_state_differs": coding.truth(
            state != address_state, state.notna() & address_state.notna()
        ),
        "operator_registration_differs": _registration_differs(tables),
        "operator_military_flag": flag.astype("float64").to_numpy(),
        "operator_flag_differs": coding.truth(
            (nature == "military") != flag.eq(True), nature.notna() & flag.notna()
        ),
        "operator_military_block": tables.reference.addresses.military(
            flights["icao24"]
        ).to_numpy(np.float64),
    }


def fact(operator: pd.Series, column: str, tables: FlightTables) -> pd.Series:
    """Return what the table knows of each operator."""
    return coding.told(operator, tables.reference.operators.table[column])


def _registration_differs(tables: FlightTables) -> Floats:
    """Return whether the registration's mark and the address name other states."""
    marked = tables.reference.registrations.country(tables.flights["registration"])
    address = tables.address_state
    # A territory's mark may stand on an address out of its state's block.
    blocks = tables.reference.addresses.table["country"]
    return coding.truth(marked != address, marked.isin(blocks) & address.notna())
