"""What a feature family is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from anomaly.reference import Reference


@dataclass(frozen=True)
class Feature:
    """One column of the feature table, and how to speak of it.

    `speaks_for` and `speaks_against` are sentences for a reader, shown when the
    value raises or lowers the score.  They may use ``{value}`` and any column of
    the flight's context (``{origin}``, ``{destination}``, ``{stop}``,
    ``{typecode}``, ``{operator}``, ``{callsign}``, …; see `features.words`).
    """

    name: str
    dtype: str
    unit: str
    doc: str
    null_means: str
    speaks_for: str
    speaks_against: str
    identity: bool = False
    """Derived from address, registration, callsign, operator, type or military flag."""


@dataclass(frozen=True)
class FlightTables:
    """Everything a family may look at for the flights of one day.

    `flights`, `journeys` are indexed by ``flight_id``; the others are keyed on it.
    `history` holds the flights of the days before, as known when the day ended.
    """

    date: dt.date
    flights: pd.DataFrame
    stopovers: pd.DataFrame
    journeys: pd.DataFrame
    gaps: pd.DataFrame
    history: pd.DataFrame
    reference: Reference


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
