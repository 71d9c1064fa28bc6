"""Deployments: whether the states of a journey had forces in each other.

What an analyst asks next of a transport far from home: does who sent it have troops
there, or arm somebody?  It makes logistics the likelier explanation, and no more:
where a state has troops, it also sends relief, ministers and coffins.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.reference.deployments import ABROAD, ARMS, BASE, OWN, PEACE
from features import joins
from features.base import Feature, FlightTables
from features.coding import Bools, Floats, Ints

NO_STATES = "the journey is not known, or fewer than two of its fields, or "
NOT_KEPT = "nobody kept a list of that time's deployments"
NO_HOME = "the operator's (or else the address's) state is not known, or "


def _joining(
    name: str, doc: str, says: str, says_not: str, unit: str = "0 or 1"
) -> Feature:
    return Feature(
        f"route_{name}",
        unit=unit,
        doc=doc,
        null_means=NO_STATES + NOT_KEPT,
        says=says,
        says_not=says_not,
        high=1.0,
    )


def _of_home(name: str, doc: str, says: str, says_not: str) -> Feature:
    return Feature(
        f"operator_{name}",
        unit="0 or 1",
        doc=doc,
        null_means=NO_HOME + NO_STATES + NOT_KEPT,
        says=f"its operator's (or else its address's) state {says}",
        says_not=says_not,
        high=1.0,
        identity=True,
    )


FEATURES = (
    _joining(
        "peace_force",
        "one state of the journey had troops or police in another of them that "
        "day, in a listed peace mission",
        "its journey joins states of which one had peacekeepers or police in the "
        "other: {peace_forces}",
        "no listed peace mission joins the states of its journey",
    ),
    _joining(
        "force_abroad",
        "one state of the journey had troops at war, or instructors, in another of "
        "them that day, as far as listed",
        "its journey joins states of which one had troops or instructors in the "
        "other: {abroad_forces}",
        "no listed intervention or training joins the states of its journey",
    ),
    _joining(
        "force_base",
        "one state of the journey had a base or an air hub in another of them that "
        "day, as far as listed",
        "its journey joins states of which one had a base or an air hub in the "
        "other: {base_forces}",
        "no listed base joins the states of its journey",
    ),
    _joining(
        "arms_client",
        "one state of the journey armed another of them, or a force in it, that "
        "day, as far as listed",
        "its journey joins states of which one armed the other, or a force in it: "
        "{arms_forces}",
        "no listed supply of arms joins the states of its journey",
    ),
    _joining(
        "force_own",
        "the journey stayed in one state that moved its own forces about in a "
        "conflict of its own that day, as far as listed",
        "its journey stayed in a state that moved its own forces in a conflict: "
        "{own_forces}",
        "it left the state, or no conflict in that state is listed",
    ),
    _joining(
        "force_outward",
        "the journey went from a state that sent forces or arms to the one they "
        "were for, not only back",
        "went from a state with forces or arms abroad to where they were",
        "did not go from a state with listed forces or arms abroad to where they were",
    ),
    _joining(
        "force_newness",
        "1 / (1 + years) since the youngest of these deployments began; 0 where "
        "there is none",
        "the youngest of the listed deployments that join the states of its "
        "journey began {force_age} before: {newest_force}",
        "no listed deployment joins the states of its journey",
        "share",
    ),
    _joining(
        "force_narrowness",
        "1 / the fewest states that took part in any of these deployments; 0 "
        "where there is none",
        "the listed deployment with fewest parties ({force_parties}) of those "
        "that join the states of its journey: {narrowest_force}",
        "no listed deployment joins the states of its journey",
        "share",
    ),
)
"""As the family *route* holds them."""

OF_OPERATOR = (
    _of_home(
        "peace_force",
        "the operator's (or else the address's) state had troops or police in a "
        "listed peace mission in another state of the journey that day",
        "had peacekeepers or police where it went: {home_peace_forces}",
        "no listed peace mission of its operator's state is where it went",
    ),
    _of_home(
        "force_abroad",
        "the same of troops at war, or instructors",
        "had troops or instructors where it went: {home_abroad_forces}",
        "no listed intervention or training of its operator's state is where it went",
    ),
    _of_home(
        "force_base",
        "the same of bases and air hubs",
        "had a base or an air hub where it went: {home_base_forces}",
        "no listed base of its operator's state is where it went",
    ),
    _of_home(
        "arms_client",
        "the operator's (or else the address's) state armed another state of the "
        "journey, or a force in it, that day, as far as listed",
        "armed somebody where it went: {home_arms_forces}",
        "no listed supply of arms by its operator's state goes where it went",
    ),
)
"""As the family *operator* holds them."""

_GROUPS = {
    PEACE: "peace_force",
    ABROAD: "force_abroad",
    BASE: "force_base",
    ARMS: "arms_client",
}
_DAYS_A_YEAR = 365.25


def between_states(tables: FlightTables) -> dict[str, Floats]:
    """Return which deployments join the states of each flight's journey."""
    flight, state = joins.touched(tables)
    asked, is_outward = joins.pairs(flight, state)
    found = joins.holding(tables, asked)
    pairs = tables.reference.deployments.pairs
    group = pairs["group"].to_numpy(object)[found.row]
    abroad = group != OWN
    columns = {
        f"route_{name}": _any(tables, found.flight[group == one])
        for one, name in _GROUPS.items()
    }
    stayed = joins.stayed(flight, state, len(tables.flights))
    columns["route_force_own"] = _any(tables, found.flight[~abroad]) * stayed
    columns["route_force_outward"] = _any(
        tables, found.flight[abroad & is_outward[found.asked]]
    )
    years = _years(tables, found)
    columns["route_force_newness"] = _most(tables, found, 1 / (1 + years), abroad)
    narrow = 1 / pairs["n_senders"].to_numpy(np.float64)[found.row]
    columns["route_force_narrowness"] = _most(tables, found, narrow, abroad)
    known = joins.is_known(tables, flight)
    return {name: _told(tables, hit, known) for name, hit in columns.items()}


def of_operators(tables: FlightTables) -> dict[str, Floats]:
    """Return which deployments of the operator's state are where a flight went."""
    flight, state = joins.touched(tables)
    home = tables.home_state
    elsewhere = (home[flight] >= 0) & (home[flight] != state)
    asked = joins.Asked(flight[elsewhere], state[elsewhere], home[flight][elsewhere])
    found = joins.holding(tables, asked)
    group = tables.reference.deployments.pairs["group"].to_numpy(object)[found.row]
    known = joins.is_known(tables, flight)
    return {
        f"operator_{name}": _told(
            tables, _any(tables, found.flight[group == one]), known & (home >= 0)
        )
        for one, name in _GROUPS.items()
    }


def _years(tables: FlightTables, found: joins.Found) -> Floats:
    since = tables.reference.deployments.pairs["since"].to_numpy("datetime64[D]")
    days = tables.calendar_days[found.flight] - since[found.row]
    years: Floats = days.astype(np.float64) / _DAYS_A_YEAR
    return years


def _any(tables: FlightTables, flight: Ints) -> Floats:
    hit = np.zeros(len(tables.flights))
    hit[flight] = 1.0
    return hit


def _most(
    tables: FlightTables, found: joins.Found, value: Floats, which: Bools
) -> Floats:
    most = np.zeros(len(tables.flights))
    np.maximum.at(most, found.flight[which], value[which])
    return most


def _told(tables: FlightTables, hit: Floats, known: Bools) -> Floats:
    """Return what was found; NaN where nothing was, and it cannot be told."""
    kept = tables.reference.deployments
    day, days = pd.factorize(tables.calendar_days)
    is_kept = np.array([kept.is_kept(pd.Timestamp(one).date()) for one in days], bool)
    can_tell = known & (day >= 0)
    can_tell[can_tell] &= is_kept[day[can_tell]]
    return np.where(can_tell | (hit > 0), hit, np.nan)
