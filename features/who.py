"""Who flies: the operator that the callsign tells, or else the airframe's owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from anomaly.reference import Operators
from features import coding


def by_callsign(flights: pd.DataFrame, operators: Operators) -> pd.Series[Any]:
    """Return the operator whose designator the callsign has; null if not known."""
    return _words(
        flights["operator_code"],
        lambda codes: codes.where(codes.isin(operators.table.index)),
    )


def by_owner(flights: pd.DataFrame, operators: Operators) -> pd.Series[Any]:
    """Return the operator that the owner's name means; null if none is known by it."""
    return _words(flights["owner_operator"], operators.match_name)


def operator(flights: pd.DataFrame, operators: Operators) -> pd.Series[Any]:
    """Return the callsign's operator, which flies now, or else the owner."""
    told = by_callsign(flights, operators)
    return told.where(told.notna(), by_owner(flights, operators))


def home(
    flights: pd.DataFrame, operators: Operators, address_state: pd.Series[Any]
) -> pd.Series[Any]:
    """Return the state of each flight's operator, or else of its address."""
    state = coding.told(operator(flights, operators), operators.table["country"])
    return state.where(state.notna(), address_state)


def _words(column: pd.Series[Any], look_up: Callable[[Any], Any]) -> pd.Series[Any]:
    """Return what each value means, looking every different one up once."""
    which, different = pd.factorize(column)
    meant = look_up(pd.Series(different, dtype="str")).astype("str")
    taken = meant.reindex(pd.Index(which)).array
    return pd.Series(taken, index=column.index, dtype="str")
