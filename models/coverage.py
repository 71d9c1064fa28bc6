"""What was not observed of a flight, in words: the part no score can make up for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features import amounts
from features.base import FlightTables
from features.tables import HISTORY_DAYS

LEAST_MLAT_SHARE = 0.1

Bools = NDArray[np.bool_]


def sentences(tables: FlightTables, of_the_day: str = "") -> pa.ListArray:
    """Return, per flight of the day, what was not observed, the weightiest first.

    `of_the_day` is said of every flight, last.
    """
    flights = tables.flights
    n = len(flights)
    listed = ~(flights["n_positions"].to_numpy(float, na_value=np.nan) > 0)
    return _joined(
        [
            _of_end(flights, "origin", "take-off"),
            _of_end(flights, "destination", "landing"),
            _same(
                "no positions: known from a list of flights, so gaps and movement "
                "are not",
                listed,
            ),
            _of_gaps(flights, ~listed),
            _of_mlat(flights, ~listed),
            _of_identity(flights),
            *(
                _same(text, np.ones(n, bool))
                for text in (_history(tables), of_the_day)
                if text
            ),
        ]
    )


def _joined(told: list[pa.Array]) -> pa.ListArray:
    """Return, per flight, the list of what is said of it, in the order given.

    One array for each thing that can be said, null where it is not: of a hundred
    thousand flights no list is made one by one.
    """
    said = np.column_stack([part.is_valid().to_numpy(False) for part in told])
    n, n_kinds = said.shape
    place = np.arange(n_kinds) * n + np.arange(n)[:, None]
    words = pa.concat_arrays(told).take(pa.array(place[said]))
    ends = np.concatenate(([0], np.cumsum(said.sum(axis=1))))
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), words)


def _same(text: str, where: Bools) -> pa.Array:
    return pc.if_else(pa.array(where), text, pa.scalar(None, pa.string()))


def _words(column: pd.Series) -> pa.Array:
    return pa.Array.from_pandas(column, type=pa.string())


def _at(where: Bools, texts: list[str]) -> pa.Array:
    """Return the texts at the places where something is said."""
    told = np.full(len(where), None, dtype=object)
    told[where] = texts
    return pa.array(told, pa.string())


def _of_end(flights: pd.DataFrame, end: str, what: str) -> pa.Array:
    airport, kind = _words(flights[end]), _words(flights[f"{end}_kind"])
    inferred = pc.binary_join_element_wise(
        f"the {what} at ", airport, " is ", kind, ", not seen", ""
    )
    nothing = pa.scalar(None, pa.string())
    known = pc.if_else(pc.equal(kind, "observed"), nothing, inferred)
    unknown = f"the field of {what} is not known"
    return pc.if_else(airport.is_null(), unknown, known)


def _of_gaps(flights: pd.DataFrame, tracked: Bools) -> pa.Array:
    where = tracked & (flights["n_gaps"].fillna(0) > 0).to_numpy(bool)
    columns = ["n_gaps", "longest_gap_h", "unobserved_share"]
    lost = flights.loc[where, columns].fillna(0.0)
    return _at(
        where,
        [
            f"lost {'once' if n == 1 else f'{n:.0f} times'} in flight, at longest for "
            f"{amounts.lasted(longest_h)}; {amounts.share(share)} of the flight went "
            "unobserved"
            for n, longest_h, share in lost.itertuples(index=False, name=None)
        ],
    )


def _of_mlat(flights: pd.DataFrame, tracked: Bools) -> pa.Array:
    share = flights["mlat_share"].fillna(0.0)
    where = tracked & (share >= LEAST_MLAT_SHARE).to_numpy(bool)
    return _at(
        where,
        [
            f"{s:.0%} of its positions by multilateration, less exact"
            for s in share[where]
        ],
    )


def _of_identity(flights: pd.DataFrame) -> pa.Array:
    """Return which of three things is not told: few words in many rows."""
    names = {"type": "typecode", "registration": "registration", "callsign": "callsign"}
    texts: list[str | None] = [None]
    which = np.zeros(len(flights), np.int64)
    for n, (name, column) in enumerate(names.items()):
        which += flights[column].isna().to_numpy(bool) * 2**n
        texts += [f"{text}, {name}" if text else name for text in texts]
    told = [text and f"not told by the source: {text}" for text in texts]
    return pa.array(told, pa.string()).take(pa.array(which))


def _history(tables: FlightTables) -> str:
    known = tables.known_days
    dates = pd.to_datetime(
        tables.history["date"] if known is None else pd.Series(known, dtype="object")
    )
    n_days = int(dates.nunique())
    if not n_days:
        return "no earlier day is stored, so nothing is known of its past"
    if n_days >= HISTORY_DAYS:
        return ""
    lacking = HISTORY_DAYS - n_days
    verb = "is" if lacking == 1 else "are"
    return f"of the {HISTORY_DAYS} days before, {lacking} {verb} not stored"
