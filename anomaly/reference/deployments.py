"""Where states had forces abroad, or armed a client: which states, when, and who."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from anomaly.reference import dated, tables

FILE = "deployments.csv"
COLUMNS = (
    ("deployment", pa.string()),
    ("country", pa.string()),
    ("since", pa.date32()),
    ("until", pa.date32()),
    ("kind", pa.string()),
    ("what", pa.string()),
    ("senders", pa.string()),
    ("source", pa.string()),
)
KEPT_SINCE, KEPT_UNTIL = dt.date(1995, 1, 1), dt.date(2026, 6, 30)
"""Days for which the shipped list was written; they go up when it is, not when
somebody adds a row to it."""
PEACE, ABROAD, BASE, ARMS, OWN = "peace", "abroad", "base", "arms", "own"
KINDS = {
    "peace_mission": PEACE,
    "police_mission": PEACE,
    "intervention": ABROAD,
    "training_mission": ABROAD,
    "base": BASE,
    "hub": BASE,
    "arms_supply": ARMS,
    "mercenaries": ARMS,
    "internal": OWN,
}
"""What each kind counts as."""


class Deployment(NamedTuple):
    """Forces of some states in another, or arms for it; of one state, in its own."""

    country: str
    since: dt.date
    until: dt.date
    kind: str
    what: str
    senders: frozenset[str]
    source: str

    def told(self, senders: Collection[str], named: Callable[[str], str] = str) -> str:
        """Return in words which of `senders` it was of, where, what and since when.

        A state is told as its own sender only where it is the only one.
        """
        by = sorted(self.senders & set(senders))
        by = [one for one in by if (one == self.country) == (KINDS[self.kind] == OWN)]
        if not by:
            return ""
        who, began = ", ".join(map(named, by)), dated.began(self.since, self.source)
        return f"{who} in {named(self.country)} ({self.what}, {began})"


@dataclass(frozen=True, eq=False)
class Deployments:
    """Look up which states had forces where, on a day."""

    table: pd.DataFrame
    """Indexed by `deployment`, as in ``CF 2014-09-01 peace_mission``.

    `senders` are states by two letters, with semicolons between; `until` is the last
    day, missing where it goes on.
    """

    kept_since: dt.date = KEPT_SINCE
    kept_until: dt.date = KEPT_UNTIL
    """Between these two days what is not listed was not, as far as the shipped list
    goes; of other days only what is listed is known."""

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Deployments:
        """Return the shipped deployments, overlaid by the user's.

        Raises
        ------
        BadInputError
            If a deployment lacks its state, its first day, its senders or what it is,
            is of no known kind, or ends before it began.
        """
        table = tables.load(tables.files(FILE, data_dir), "deployment", COLUMNS)
        _check(table, data_dir)
        return cls(table)

    @cached_property
    def listed(self) -> list[Deployment]:
        """All of them, those without an end to the end of time."""
        told = self.table.assign(until=self.table["until"].fillna(dt.date.max))
        return [
            Deployment(**row | {"senders": frozenset(row["senders"].split(";"))})
            for row in told.to_dict("records")
        ]

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row for each state and each that sent forces to it.

        ``country``, ``sender``, ``since`` and ``until`` (days), ``group`` (`KINDS`)
        and ``n_senders``.  Of a state that is its own sender among others the row is
        left out: it says nothing of a way between two states.
        """
        rows = [
            (
                one.country,
                sender,
                one.since,
                min(one.until, _LAST),
                KINDS[one.kind],
                len(one.senders),
            )
            for one in self.listed
            for sender in sorted(one.senders)
            if (sender == one.country) == (KINDS[one.kind] == OWN)
        ]
        names = ["country", "sender", "since", "until", "group", "n_senders"]
        frame = pd.DataFrame(rows, columns=names)
        days = {name: frame[name].astype("datetime64[s]") for name in names[2:4]}
        return frame.assign(**days)

    def on(self, date: dt.date) -> list[Deployment]:
        """Return the deployments of a day."""
        return [one for one in self.listed if one.since <= date <= one.until]

    def is_kept(self, date: dt.date) -> bool:
        """Tell whether the list is meant to hold every deployment of that day."""
        return self.kept_since <= date <= self.kept_until

    def told(
        self,
        date: dt.date,
        group: str,
        countries: Collection[str],
        sender: str = "",
        *,
        named: Callable[[str], str] = str,
    ) -> str:
        """Return, in words, what was deployed between some states; empty if nothing.

        Parameters
        ----------
        group
            What kinds count as: `PEACE` and the like.
        countries
            Those in which, and (unless `sender` is given) those by which.
        named
            What a state is called, given by its two letters.

        Examples
        --------
        >>> told = Deployments.load().told(dt.date(2018, 3, 1), "peace", ["PT", "CF"])
        >>> told.startswith("PT in CF (UN mission MINUSCA, from 1 September 2014")
        True
        """
        senders = {sender} if sender else countries
        told = [
            one.told(senders, named)
            for one in self.on(date)
            if one.country in countries and KINDS[one.kind] == group
        ]
        return "; ".join(filter(None, told))


# pandas knows no day beyond the year 2262.
_LAST = dt.date(2200, 1, 1)


def _check(table: pd.DataFrame, data_dir: Path | None) -> None:
    rows = dated.Rows(table, FILE, COLUMNS, data_dir)
    rows.check_told("country", "since", "kind", "what", "senders")
    known = table["kind"].isin(list(KINDS))
    rows.refuse(~known, f"is of no kind known ({', '.join(KINDS)})")
    for name in ("country", "senders"):
        odd = ~table[name].str.fullmatch("[A-Z]{2}(;[A-Z]{2})*").fillna(value=False)
        rows.refuse(odd, f"has a {name} not by two capital letters")
