"""What a feature family is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference import Reference
from features import chains, coding, who
from features.worth import GAINLESS


@dataclass(frozen=True)
class Feature:
    """One column of the feature table, and how to speak of it.

    The sentences are for a reader and tell the *value*, never its direction: the
    model decides whether it spoke for or against.  They may use ``{value}`` and
    the flight's context (``{origin}``, ``{stops}``, ``{typecode}``, …; see
    `features.words`).
    """

    name: str
    unit: str
    doc: str
    null_means: str
    says: str
    """Sentence for a value other than zero."""
    says_not: str = ""
    """Sentence for zero, where `says` would read badly."""
    unknown: str = ""
    """Sentence for null, where the two above it would read badly."""
    low: float = 0.0
    high: float = float("inf")
    identity: bool = False
    """Derived from registration, callsign, operator, type or military flag, or
    from what the address says (its state)."""
    dtype: str = "float64"
    learnable: bool = True
    """False for what would tell a model who documented a flight, or where the world's
    attention is, rather than how the flight was flown."""

    @property
    def learnt(self) -> bool:
        """Whether models learn from it; a reader is told it in any case."""
        return self.learnable and self.name not in GAINLESS


@dataclass(frozen=True)
class FlightTables:
    """Everything a family may look at for the flights of one day.

    `flights` and `journeys` are indexed by ``flight_id``; the others are keyed on
    it.  `stopovers` holds those of the journeys so far, `history` the flights of
    the days before, all as known when the day ended.
    """

    date: dt.date
    flights: pd.DataFrame
    stopovers: pd.DataFrame
    journeys: pd.DataFrame
    gaps: pd.DataFrame
    history: pd.DataFrame
    reference: Reference
    known_days: tuple[dt.date, ...] | None = None
    """The stored days that the features rest on, where not all of them were read."""
    told_days: pd.Series[Any] | None = None
    """Of flights flown again on another day's traffic: by ``flight_id``, the day they
    are documented for, missing where that is not told."""

    @cached_property
    def coded(self) -> coding.Coded:
        """The day's flights and the past ones as numbers."""
        return coding.code(self.flights, self.history, self.reference)

    @cached_property
    def calendar_days(self) -> NDArray[np.datetime64]:
        """The day of each flight in the calendar of the world; NaT if not told."""
        if self.told_days is None:
            return np.full(len(self.flights), self.date, dtype="datetime64[D]")
        told = self.told_days.reindex(self.flights.index)
        return told.to_numpy(dtype="datetime64[D]")

    def calendar_day(self, row: int) -> dt.date:
        """Return the day of one flight in that calendar; the tables' if not told."""
        told = self.calendar_days[row]
        return self.date if np.isnat(told) else pd.Timestamp(told).date()

    @cached_property
    def address_state(self) -> pd.Series[Any]:
        """The state that each flight's address belongs to; missing if not known."""
        return self.reference.addresses.country(self.flights["icao24"])

    @cached_property
    def home_state(self) -> coding.Ints:
        """The state of each flight's operator, or else of its address, as a number."""
        home = who.home(self.flights, self.reference.operators, self.address_state)
        return self.coded.fields.state_of(home)

    @cached_property
    def own_journeys(self) -> pd.DataFrame:
        """The journey of each flight, in their order; nothing where it is not known."""
        return self.journeys.reindex(self.flights.index)

    @cached_property
    def chains(self) -> chains.Chains:
        """The fields of each flight's journey so far."""
        return chains.of_journeys(self.own_journeys, self.coded.fields)


@dataclass(frozen=True)
class FeatureFamily:
    """A named group of features computed together.

    `compute` is a pure function: same tables in, same frame out, no row lost,
    ``NaN`` where the answer is unknown.  Bump `version` when its meaning changes.
    """

    name: str
    version: int
    features: tuple[Feature, ...]
    compute: Callable[[FlightTables], pd.DataFrame]
