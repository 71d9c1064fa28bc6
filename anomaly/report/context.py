"""What stands around a journey: its aircraft's past, cases like it, who told what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from anomaly.cases import Case
from anomaly.domain import Airport

# A case for which 95 of 100 others found a nearer one is no example of anything.
LEAST_FARTHER = 0.05


@dataclass(frozen=True)
class Visit:
    """A field where the aircraft was in the past weeks, and how often."""

    ident: str
    field: Airport | None
    state: str
    """The name of the field's state; empty where the field is not known."""
    n: int
    last: dt.date
    """The latest day on which it came or left."""


@dataclass(frozen=True)
class Past:
    """An aircraft's days before and with the report's."""

    first: dt.date
    """The first day looked at; of many nothing may be stored."""
    last: dt.date
    stored: frozenset[dt.date]
    """Days of which there is anything, of whichever aircraft."""
    flights: Mapping[dt.date, int]
    """Days with flights that ended on them."""
    visits: tuple[Visit, ...]
    """Most visited first."""

    @property
    def n_flights(self) -> int:
        """How many flights are known."""
        return sum(self.flights.values())

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Every day from the first to the last."""
        n = (self.last - self.first).days + 1
        return tuple(self.first + dt.timedelta(days=i) for i in range(n))


@dataclass(frozen=True)
class Likeness:
    """A documented case that resembles the flight."""

    case: Case
    distance: float
    """0: the same in all that is known of both; 1: opposite in everything."""
    known_share: float
    """How much of what the model relies on is known of both."""
    farther_share: float | None
    """The share of documented cases that are farther from the one most like them."""
    alike: tuple[str, ...]
    """What they have in common, as features' meanings."""
    differs: tuple[str, ...]

    @property
    def is_close(self) -> bool:
        """Whether it is as near as documented cases are to their own likes.

        Nineteen in twenty of them are; where that is not known, it counts as near.
        """
        return self.farther_share is None or self.farther_share >= LEAST_FARTHER


@dataclass(frozen=True)
class Closed:
    """A state whose airspace was closed that day to such an aircraft, or forbidden."""

    name: str
    rule: str
    """``where US civil operators were forbidden to fly that day``, or ``whose airspace
    was closed that day to aircraft of Russia``: an authority's ban to its own operators
    closes nothing to others."""
    source: str
    seen_within: bool
    """The journey was observed over it."""
    maybe_within: bool
    """The shortest way between what was observed leads over it."""


@dataclass(frozen=True)
class Candidate:
    """A field where a flight may have begun or ended, though another may be named."""

    ident: str
    field: Airport | None
    weight: float
    """How likely it is, 0 to 1."""


@dataclass(frozen=True)
class Unusual:
    """One part of what makes a flight surprising."""

    feature: str
    text: str
    rare: bool
    """It is as rare as to be told first; what is not known is not."""


@dataclass(frozen=True)
class Told:
    """One fact about who the aircraft is, and where it is from."""

    name: str
    value: str
    source: str
