"""Flights of the day and of the past as numbers, coded alike.

Millions of past flights are counted by number in a fraction of the time that words
take.  Everywhere -1 stands for unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.geo import distance_nm
from anomaly.reference import Airports, Operators, Reference

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MILITARY_USE = {"civil": 0.0, "joint": 0.5, "military": 1.0}
# Journeys are cut by a rest of a day, so a week of stopovers covers all but the
# longest chains; older stops than that say little about today's load.
STOPOVER_DAYS = 7
# Counting in an array is quicker than hashing while the array stays small.
_DENSE = 1 << 24


@dataclass(frozen=True, eq=False)
class Fields:
    """Facts of every airport, by its row; the last entry stands for an unknown one."""

    ident: pd.Index
    states: pd.Index
    state: Ints
    use: Floats
    """Military 1, joint 0.5, civil 0."""
    unscheduled: Floats
    hub: Floats
    runway_ft: Floats
    latitude_deg: Floats
    longitude_deg: Floats

    def rows(self, idents: pd.Series[Any]) -> Ints:
        """Return the row of each airport."""
        return _through(idents, self.ident.get_indexer)

    def state_of(self, names: pd.Series[Any]) -> Ints:
        """Return the number of each state, given by its two letters."""
        return _through(names, self.states.get_indexer)


@dataclass(frozen=True, eq=False)
class Flown:
    """Some flights: who flew which type when, between which rows of `Fields`."""

    airframe: Ints
    typecode: Ints
    operator: Ints
    origin: Ints
    destination: Ints
    origin_state: Ints
    destination_state: Ints
    day: Ints
    """Days since 1970 at which it ended."""
    last_seen_s: Floats
    flown_nm: Floats

    def __len__(self) -> int:
        return len(self.airframe)

    @cached_property
    def n_days(self) -> int:
        """On how many different days they ended."""
        if not len(self):
            return 0
        return int(np.count_nonzero(np.bincount(self.day - self.day.min())))


@dataclass(frozen=True, eq=False)
class Coded:
    """The day's flights and the past's, under the same numbers."""

    now: Flown
    past: Flown
    fields: Fields

    @cached_property
    def state_pairs(self) -> tuple[Ints, Ints]:
        """A number for the pair of states of each flight, now and past."""
        now, past, _ = self._state_pairs
        return now, past

    def numbered(self, origin_state: Ints, destination_state: Ints) -> Ints:
        """Return the numbers of pairs of states as `state_pairs` has them.

        Pairs that no flight of either table flew share one that it has not.
        """
        keys = pair(origin_state, destination_state, len(self.fields.states))
        different = pd.Index(self._state_pairs[2])
        numbers: Ints = different.get_indexer(pd.Index(keys)).astype(np.int64)
        numbers[numbers < 0] = len(different)
        numbers[keys < 0] = -1
        return numbers

    @cached_property
    def _state_pairs(self) -> tuple[Ints, Ints, Ints]:
        n = len(self.fields.states)
        sides = (
            pair(side.origin_state, side.destination_state, n)
            for side in (self.now, self.past)
        )
        return _compact(*sides)

    @cached_property
    def field_pairs(self) -> tuple[Ints, Ints]:
        """A number for the pair of fields of each flight, now and past."""
        now, past, _ = self._field_pairs
        return now, past

    @cached_property
    def field_pairs_nm(self) -> Floats:
        """The great circle between the fields of each pair, by its number."""
        fields = self.fields
        a, b = np.divmod(self._field_pairs[2], len(fields.ident))
        return distance_nm(
            fields.latitude_deg[a],
            fields.longitude_deg[a],
            fields.latitude_deg[b],
            fields.longitude_deg[b],
        )

    @cached_property
    def _field_pairs(self) -> tuple[Ints, Ints, Ints]:
        n = len(self.fields.ident)
        sides = (
            pair(side.origin, side.destination, n) for side in (self.now, self.past)
        )
        return _compact(*sides)


@lru_cache(maxsize=4)
def fields_of(airports: Airports) -> Fields:
    """Return the facts of the airports, each followed by one for "unknown"."""
    table = airports.table
    state, states = pd.factorize(table["country"])
    use = table["field_use"].astype("object").map(MILITARY_USE)

    def known(values: pd.Series[Any]) -> Floats:
        return np.append(values.astype("float64").to_numpy(), np.nan)

    return Fields(
        ident=table.index,
        states=pd.Index(states),
        state=np.append(state, -1).astype(np.int64),
        use=known(use),
        unscheduled=1.0 - known(table["scheduled"]),
        hub=known(table["hub"]),
        runway_ft=known(table["longest_runway_ft"]),
        latitude_deg=known(table["latitude_deg"]),
        longitude_deg=known(table["longitude_deg"]),
    )


def code(flights: pd.DataFrame, history: pd.DataFrame, reference: Reference) -> Coded:
    """Return both tables under common numbers; see `features.base.FlightTables`."""
    fields = fields_of(reference.airports)
    sides = (flights, history)
    airframe = alike(*(side["icao24"] for side in sides))
    typecode = alike(*(side["typecode"] for side in sides))
    operator = alike(*(_operators(side, reference.operators) for side in sides))

    def flown(number: int) -> Flown:
        rows = sides[number]
        origin, destination = (
            fields.rows(rows[end]) for end in ("origin", "destination")
        )
        return Flown(
            airframe=airframe[number],
            typecode=typecode[number],
            operator=operator[number],
            origin=origin,
            destination=destination,
            origin_state=fields.state[origin],
            destination_state=fields.state[destination],
            day=_days(rows["date"]),
            last_seen_s=_seconds(rows["last_seen"]),
            flown_nm=rows["flown_nm"].to_numpy(np.float64),
        )

    return Coded(flown(0), flown(1), fields)


def alike(*columns: pd.Series[Any]) -> list[Ints]:
    """Return each column's words as numbers that mean the same in all of them."""
    coded = [_codes(column) for column in columns]
    words = pd.Index(
        pd.unique(np.concatenate([np.asarray(w, dtype=object) for _, w in coded]))
        if coded
        else []
    )
    return [_taken(words.get_indexer(w), which) for which, w in coded]


def facts(words: pd.Series[Any], known: pd.Series[Any]) -> Floats:
    """Return a figure of each word, looking every different one up once."""
    which, different = _codes(words)
    found = known.astype("float64").reindex(different).to_numpy(np.float64)
    return np.append(found, np.nan)[which]


def told(words: pd.Series[Any], known: pd.Series[Any]) -> pd.Series[Any]:
    """Return what is said of each word, None where nothing is."""
    which, different = _codes(words)
    found = known.astype("object").reindex(different)
    values = np.append(found.to_numpy(object), np.array([None]))
    values[pd.isna(values)] = None
    return pd.Series(values[which], index=words.index, dtype="object")


def truth(is_so: pd.Series, known: pd.Series) -> Floats:
    """Return 1 and 0 where it is known, else NaN."""
    told: Bools = known.fillna(value=False).to_numpy(bool)
    result: Floats = np.where(told, is_so.fillna(value=False).to_numpy(bool), np.nan)
    return result


def pair(left: Ints, right: Ints, n_right: int) -> Ints:
    """Return a number for two together; -1 where either is unknown."""
    both = left * np.int64(n_right)
    both += right
    both[(left | right) < 0] = -1
    return both


def _compact(now: Ints, past: Ints) -> tuple[Ints, Ints, Ints]:
    """Return keys as small numbers, and the key of each number.

    So few pairs are flown, of all there could be, that they fit an array.
    """
    keys = np.concatenate((now, past))
    numbers, different = pd.factorize(keys)
    numbers[keys < 0] = -1
    return numbers[: len(now)], numbers[len(now) :], different


def counts(keys: Ints, among: Ints) -> Floats:
    """Return how often each key stands among others; NaN for unknown keys."""
    result = np.full(len(keys), np.nan)
    known = keys >= 0
    top = int(max(keys.max(initial=-1), among.max(initial=-1)))
    if top < _DENSE:
        # Unknown ones are counted with the others, and left out then: quicker.
        every = np.bincount(among + 1, minlength=top + 2)[1:]
        result[known] = every[keys[known]]
        return result
    which, different = pd.factorize(keys[known])
    places = pd.Index(different).get_indexer(pd.Index(among))
    every = np.bincount(places[places >= 0], minlength=len(different))
    result[known] = every[which]
    return result


def means(keys: Ints, among: Ints, values: Floats) -> Floats:
    """Return the mean of the known values that stand beside each key among others."""
    which, different = pd.factorize(keys)
    places = pd.Index(different).get_indexer(pd.Index(among))
    counted = (places >= 0) & (among >= 0) & ~np.isnan(values)
    places = places[counted]
    total = np.bincount(places, weights=values[counted], minlength=len(different))
    n = np.bincount(places, minlength=len(different))
    result: Floats = np.where(n > 0, total / np.maximum(n, 1), np.nan)[which]
    return result


def n_different(*keys: Ints) -> int:
    """Return how many different known keys there are."""
    top = int(max((part.max(initial=-1) for part in keys), default=-1))
    if top < _DENSE:
        seen = np.zeros(top + 1, dtype=bool)
        for part in keys:
            seen[part[part >= 0]] = True
        return int(seen.sum())
    both = np.concatenate(keys)
    return len(pd.unique(both[both >= 0]))


def _operators(flights: pd.DataFrame, known: Operators) -> pd.Series[Any]:
    """Return the designator in the callsign, known to our table or not, or the owner's.

    An unknown designator still tells one operator's flights from another's.
    """
    told, designators = _codes(flights["operator_code"])
    owned, owners = _codes(flights["owner_operator"])
    meant = pd.Index(known.match_name(pd.Series(owners, dtype="str")))
    words = designators.union(meant[meant.notna()].unique(), sort=False)
    operator = _taken(words.get_indexer(designators), told)
    owner = _taken(words.get_indexer(meant), owned)
    return pd.Series(
        pd.Categorical.from_codes(np.where(operator >= 0, operator, owner), words)
    )


def _codes(column: pd.Series[Any]) -> tuple[Ints, pd.Index]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes: Ints = column.cat.codes.to_numpy().astype(np.int64)
        return codes, column.cat.categories
    which, words = pd.factorize(column)
    return which.astype(np.int64), pd.Index(words)


def _through(column: pd.Series[Any], look_up: Callable[[Any], NDArray[Any]]) -> Ints:
    """Return the number of each value, looking every different one up once."""
    which, words = _codes(column)
    return _taken(look_up(words), which)


def _taken(numbers: NDArray[Any], which: Ints) -> Ints:
    return np.append(numbers, -1).astype(np.int64)[which]


def _days(dates: pd.Series[Any]) -> Ints:
    if pd.api.types.is_datetime64_dtype(dates.dtype):
        return dates.to_numpy("datetime64[D]").astype(np.int64)
    which, different = pd.factorize(dates)
    days = pd.to_datetime(pd.Series(different)).to_numpy("datetime64[D]")
    return _taken(days.astype(np.int64), which.astype(np.int64))


def _seconds(times: pd.Series[Any]) -> Floats:
    return times.to_numpy("datetime64[us]").astype(np.int64) / 1e6
