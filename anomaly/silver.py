"""Silver labels: what rules of thumb say of real flights, rule by rule.

A rule is a named function that tells of which flights it holds; it speaks for
logistics or against it.  Rules err, so what they say weighs little, and a flight of
which they disagree gets no label.  No rule holds of most flights: those are unknown,
not negatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference import Reference

Bools = NDArray[np.bool_]

AIRLIFT_ROLES = ("strategic_airlift", "tactical_airlift")
LOGISTICS_DESIGNATORS = (
    "RCH", "CNV", "RRR", "CFC", "CTM", "RFF", "TTF", "CHD", "TUAF",
)  # fmt: skip
"""Of transport commands and units, as investigators' reports name them; unsourced."""
VIP_DESIGNATORS = ("SAM", "RSD", "EXEC", "VENUS")
"""Of flights for heads of state and government; unsourced."""
LEAST_NM = 150.0
"""Shorter flights of an airlifter are mostly training and moves between near fields."""


@dataclass(frozen=True, eq=False)
class Told:
    """What rules may ask of flights; arrays and series of one length."""

    flights: pd.DataFrame
    role: pd.Series[Any]
    """Of the type; missing where unknown."""
    nature: pd.Series[Any]
    """Of the callsign's operator, or else of the owner's; missing where unknown."""
    flagged: Bools
    """Marked military in the source; unknown is not."""
    circuit: Bools
    """Came back to where it began, or never left the neighbourhood."""


@dataclass(frozen=True)
class Rule:
    """One rule, and which way it speaks."""

    holds: Callable[[Told], Bools]
    logistics: bool
    look_alike: bool = False

    @property
    def name(self) -> str:
        """Return the function's name, which is the rule's."""
        return self.holds.__name__


def flagged_airlifter_on_its_way(told: Told) -> Bools:
    """Tell of flagged airlifters from one field to another."""
    airlifter = told.role.isin(AIRLIFT_ROLES).to_numpy(bool)
    return airlifter & told.flagged & ~told.circuit & _goes_somewhere(told)


def logistics_designator(told: Told) -> Bools:
    """Tell of callsigns of transport units, other than on circuits or fighters."""
    code = told.flights["operator_code"].isin(LOGISTICS_DESIGNATORS).to_numpy(bool)
    carries = ~told.role.isin(("combat", "trainer", "rotor", "isr")).to_numpy(bool)
    return code & carries & ~told.circuit & _goes_somewhere(told)


def military_circuit(told: Told) -> Bools:
    """Tell of military aircraft that came back to where they began."""
    return told.circuit & (told.flagged | told.nature.eq("military").to_numpy(bool))


def vip(told: Told) -> Bools:
    """Tell of state aircraft that carry persons of rank, not troops."""
    code = told.flights["operator_code"].isin(VIP_DESIGNATORS).to_numpy(bool)
    government = told.nature.eq("government").to_numpy(bool)
    rank = told.role.isin(("business", "airliner", "personnel")).to_numpy(bool)
    small = told.role.eq("business").to_numpy(bool) & told.flagged
    return code | small | (government & rank)


def trainer_or_fighter(told: Told) -> Bools:
    """Tell of types that carry nobody anywhere."""
    return told.role.isin(("trainer", "combat", "glider")).to_numpy(bool)


def humanitarian_operator(told: Told) -> Bools:
    """Tell of relief organisations' own aircraft."""
    return told.nature.eq("humanitarian").to_numpy(bool)


def airline_on_its_network(told: Told) -> Bools:
    """Tell of airliners under a passenger airline's flight number, both ends seen."""
    passenger = told.nature.eq("passenger").to_numpy(bool)
    airliner = told.role.eq("airliner").to_numpy(bool)
    return passenger & airliner & ~told.flagged & _both_ends(told)


RULES: Sequence[Rule] = (
    Rule(flagged_airlifter_on_its_way, logistics=True),
    Rule(logistics_designator, logistics=True),
    Rule(military_circuit, logistics=False, look_alike=True),
    Rule(vip, logistics=False, look_alike=True),
    Rule(trainer_or_fighter, logistics=False),
    Rule(humanitarian_operator, logistics=False, look_alike=True),
    Rule(airline_on_its_network, logistics=False),
)


@dataclass(frozen=True, eq=False)
class Votes:
    """Which rule holds of which flight: a column a rule, a row a flight."""

    holds: pd.DataFrame

    @property
    def for_it(self) -> Bools:
        """Tell of which flights some rule says logistics."""
        return self._any(logistics=True)

    @property
    def against(self) -> Bools:
        """Tell of which flights some rule says otherwise."""
        return self._any(logistics=False)

    @property
    def at_odds(self) -> Bools:
        """Tell of which flights rules say both."""
        return self.for_it & self.against

    @property
    def look_alike(self) -> Bools:
        """Tell which negatives resemble logistics, by the rules that say so."""
        names = [rule.name for rule in RULES if rule.look_alike]
        return self.holds[names].any(axis="columns").to_numpy(bool)

    def coverage(self) -> dict[str, int]:
        """Return of how many flights each rule holds."""
        return {str(name): int(n) for name, n in self.holds.sum().items()}

    def conflicts(self) -> dict[tuple[str, str], int]:
        """Return on how many flights two rules contradict each other, where any."""
        found = {}
        for one, other in combinations(RULES, 2):
            if one.logistics != other.logistics:
                both = self.holds[one.name] & self.holds[other.name]
                if both.any():
                    found[one.name, other.name] = int(both.sum())
        return found

    def _any(self, *, logistics: bool) -> Bools:
        names = [rule.name for rule in RULES if rule.logistics == logistics]
        return self.holds[names].any(axis="columns").to_numpy(bool)


def votes(flights: pd.DataFrame, reference: Reference) -> Votes:
    """Return what every rule says of flights (columns of `schemas.FLIGHTS`)."""
    told = _told(flights, reference)
    return Votes(
        pd.DataFrame(
            {rule.name: rule.holds(told) for rule in RULES}, index=flights.index
        )
    )


def _told(flights: pd.DataFrame, reference: Reference) -> Told:
    operators = reference.operators
    nature = operators.table["nature"]
    by_callsign = flights["operator_code"].map(nature)
    by_owner = operators.match_name(flights["owner_operator"]).map(nature)
    same = flights["origin"].notna() & flights["origin"].eq(flights["destination"])
    local = flights["box_diagonal_nm"] < 0.3 * flights["flown_nm"]
    near = flights["box_diagonal_nm"] < LEAST_NM
    return Told(
        flights=flights,
        role=flights["typecode"].map(reference.types.table["role"]),
        nature=by_callsign.where(by_callsign.notna(), by_owner),
        flagged=flights["military_flag"].eq(True).to_numpy(bool),
        circuit=(same | (local & near)).to_numpy(bool),
    )


def _goes_somewhere(told: Told) -> Bools:
    far = told.flights["flown_nm"].ge(LEAST_NM).to_numpy(bool)
    return far & ~told.circuit


def _both_ends(told: Told) -> Bools:
    ends = told.flights[["origin", "destination"]]
    return ends.notna().all(axis="columns").to_numpy(bool) & ~told.circuit
