"""Crises that drew relief or evacuations by air: where, when, and who says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.geo import distance_nm
from anomaly.reference import dated, tables

FILE = "crises.csv"
COLUMNS = (
    ("crisis", pa.string()),
    ("country", pa.string()),
    ("since", pa.date32()),
    ("until", pa.date32()),
    ("kind", pa.string()),
    ("what", pa.string()),
    ("latitude_deg", pa.float64()),
    ("longitude_deg", pa.float64()),
    ("source", pa.string()),
)
KEPT_SINCE, KEPT_UNTIL = dt.date(2004, 7, 1), dt.date(2026, 5, 15)
"""Days for which the shipped list was looked up; they go up when it is, not when
somebody adds a row to it."""
REACH_NM = 300.0
"""In a large state, so far from its middle is a crisis felt, and relief landed."""


class Crisis(NamedTuple):
    """One crisis; where latitude and longitude are NaN, all of the state was hit."""

    country: str
    since: dt.date
    until: dt.date
    kind: str
    what: str
    latitude_deg: float
    longitude_deg: float
    source: str


@dataclass(frozen=True, eq=False)
class Crises:
    """Look up in which states relief by air was to be expected on a day."""

    table: pd.DataFrame
    """Indexed by `crisis`, as in ``HT 2010-01-12 earthquake``.

    `until` is the last day on which relief is to be expected, by the rules of
    data/reference/README.md.  Of large states, latitude and longitude tell which part
    was hit.
    """

    kept_since: dt.date = KEPT_SINCE
    kept_until: dt.date = KEPT_UNTIL
    """Between these two days what is not listed did not happen, as far as the rules of
    the shipped list go; of other days only what is listed is known."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Crises:
        """Return the shipped crises, overlaid by the user's.

        Raises
        ------
        BadInputError
            If a crisis lacks its state, its first day or what it is, or ends before it
            began.
        """
        table = tables.load(tables.files(FILE, data_dir), "crisis", COLUMNS)
        _check(table, data_dir)
        return cls(table)

    @cached_property
    def _all(self) -> list[Crisis]:
        # What has no end goes on.
        listed = self.table.assign(until=self.table["until"].fillna(dt.date.max))
        return [Crisis(*row) for row in listed.itertuples(index=False)]

    def is_kept(self, date: dt.date) -> bool:
        """Tell whether the list is meant to hold every crisis of that day."""
        return self.kept_since <= date <= self.kept_until

    def on(self, date: dt.date) -> list[Crisis]:
        """Return the crises of a day."""
        return [one for one in self._all if one.since <= date <= one.until]

    def at(
        self,
        date: dt.date,
        country: NDArray[np.object_],
        latitude_deg: NDArray[np.float64],
        longitude_deg: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        """Tell which places, in the states named beside, a crisis of a day hit."""
        hit = np.zeros(len(country), dtype=bool)
        for crisis in self.on(date):
            here = np.flatnonzero(country == crisis.country)
            hit[here] |= _reached(crisis, latitude_deg[here], longitude_deg[here])
        return hit

    def told(
        self, date: dt.date, country: str, latitude_deg: float, longitude_deg: float
    ) -> str:
        """Return the crises of a day that hit a place, in words; empty if none did.

        Examples
        --------
        >>> told = Crises.load().told(dt.date(2010, 1, 20), "HT", 18.6, -72.3)
        >>> "from 12 January 2010" in told
        True
        """
        place = np.array([latitude_deg]), np.array([longitude_deg])
        return "; ".join(
            f"{one.what}, {dated.began(one.since, one.source)}"
            for one in self.on(date)
            if one.country == country and _reached(one, *place)[0]
        )


def _reached(
    crisis: Crisis,
    latitude_deg: NDArray[np.float64],
    longitude_deg: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell which places of its state a crisis hit: all, where it has no middle."""
    if np.isnan(crisis.latitude_deg):
        return np.ones(len(latitude_deg), dtype=bool)
    away = distance_nm(
        crisis.latitude_deg, crisis.longitude_deg, latitude_deg, longitude_deg
    )
    return np.asarray(away <= REACH_NM)


def _check(table: pd.DataFrame, data_dir: Path | None) -> None:
    rows = dated.Rows(table, FILE, COLUMNS, data_dir)
    rows.check_told("country", "since", "what")
    half = table["latitude_deg"].isna() != table["longitude_deg"].isna()
    rows.refuse(half, "has half a place")
    odd = ~table["country"].str.fullmatch("[A-Z]{2}").fillna(value=False)
    rows.refuse(odd, "is of no state by its two capital letters")
