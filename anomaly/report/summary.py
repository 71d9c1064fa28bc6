"""What a report tells, as plain frozen things; no tables, no markup."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.domain import Airport, Provenance, Reason, operator_told
from anomaly.marks import Correction, Mark
from anomaly.report.context import Candidate, Closed, Likeness, Past, Told, Unusual
from anomaly.report.modelcard import ModelCard
from anomaly.verdicts import Verdict

Floats = NDArray[np.float64]
# An airliner is 40 nm farther after this time.
SILENCE_S = 300.0


@dataclass(frozen=True)
class Craft:
    """An aircraft, as far as it may be named."""

    icao24: str
    registration: str | None
    typecode: str | None
    type_name: str | None
    operator: str | None
    owner: str | None
    military_flag: bool | None
    private: bool
    """Its owner asked for privacy: nothing but the address is told."""

    @property
    def name(self) -> str:
        """The registration, or else the address."""
        return self.registration or self.icao24

    @property
    def operator_words(self) -> str | None:
        """Who flies it, as far as anything tells; None if nothing does."""
        return operator_told(self.operator, self.owner)

    @property
    def type_words(self) -> str:
        """The type's name and designator, as far as known."""
        if self.typecode is None:
            return "type not told" if self.private else "type unknown"
        if self.type_name is None or self.type_name == self.typecode:
            return self.typecode
        return f"{self.type_name} ({self.typecode})"


@dataclass(frozen=True)
class End:
    """Where a flight began or ended."""

    ident: str | None
    field: Airport | None
    """None if unknown, or not in the list of airports."""
    kind: str
    """``observed``, ``inferred`` or ``unknown``."""
    confidence: float | None
    reason: str
    candidates: tuple[Candidate, ...] = ()
    """Likeliest first; the field that is named is among them."""

    @property
    def words(self) -> str:
        """The field's name and code, or that it is unknown."""
        if self.ident is None:
            return "unknown field"
        return f"{self.field.name} ({self.ident})" if self.field else self.ident


@dataclass(frozen=True, eq=False)
class Track:
    """The positions of one flight, by time; unknown numbers are NaN."""

    t_s: Floats
    """Seconds since 1970."""
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    on_ground: NDArray[np.bool_]
    speed_kt: Floats

    def __len__(self) -> int:
        return len(self.t_s)

    def silences(self) -> NDArray[np.intp]:
        """Return the rows that come long after the one before.

        Shorter than what counts as a gap, but too long to call the way between
        observed.
        """
        return np.flatnonzero(np.diff(self.t_s) > SILENCE_S) + 1


@dataclass(frozen=True)
class Gap:
    """A stretch of a flight without positions."""

    start: dt.datetime
    end: dt.datetime
    start_latitude_deg: float
    start_longitude_deg: float
    start_altitude_ft: float | None
    end_latitude_deg: float
    end_longitude_deg: float
    end_altitude_ft: float | None
    duration_h: float
    distance_nm: float
    kind: str


@dataclass(frozen=True, eq=False)
class Leg:
    """One flight of a journey."""

    flight_id: str
    callsign: str | None
    operator_code: str | None
    first_seen: dt.datetime
    last_seen: dt.datetime
    origin: End
    destination: End
    first_point: tuple[float, float] | None
    """Latitude and longitude in degrees."""
    last_point: tuple[float, float] | None
    duration_h: float
    n_positions: int
    flown_nm: float | None
    max_altitude_ft: float | None
    cruise_speed_kt: float | None
    unobserved_share: float | None
    gaps: tuple[Gap, ...]
    track: Track
    still_flying: bool = False
    """Its last position is of the last minutes of the day: it went on unseen."""


@dataclass(frozen=True)
class Stop:
    """The time on the ground between two flights."""

    flight_before: str
    flight_after: str
    ident: str | None
    field: Airport | None
    field_use: str | None
    lost_at: dt.datetime
    back_at: dt.datetime
    arrived: dt.datetime
    departed: dt.datetime
    ground_time_h: float
    ground_time_max_h: float
    inferred: bool
    confidence: int
    reason: str
    night_share: float | None

    @property
    def words(self) -> str:
        """The field's name and code, or that it is unknown."""
        if self.ident is None:
            return "unknown field"
        return f"{self.field.name} ({self.ident})" if self.field else self.ident


@dataclass(frozen=True, eq=False)
class Alert:
    """One journey in the day's list, with the evidence beside it."""

    flight_id: str
    """The flight that stands for the journey."""
    journey_id: str
    mission_id: str
    """Shared by journeys that flew one unusual way together."""
    rank: int
    score: float
    score_without_identity: float | None
    """As if neither the operator nor the type were known; None if not kept."""
    ordinary_bits: float | None
    """The odds of logistics against ordinary traffic; None if not kept."""
    look_alike_bits: float | None
    """The odds of logistics against what resembles it; None if not asked, or kept."""
    surprise_bits: float
    """How unusual the flight is, whatever its score."""
    priority_bits: float
    """What the list is ordered by; see `features.surprise`."""
    flagged: bool
    budget: int | None
    """How many alerts were asked for."""
    threshold_bits: float | None
    """The priority that a flag needs; None where the scores do not tell."""
    craft: Craft
    airports: tuple[str, ...]
    legs: tuple[Leg, ...]
    stops: tuple[Stop, ...]
    total_nm: float | None
    direct_nm: float | None
    reasons: tuple[Reason, ...]
    """The weightiest first, but what nobody can check last."""
    coverage: tuple[str, ...]
    identity_hidden: bool
    model: str
    provenance: Provenance
    verdicts: tuple[Verdict, ...] = ()
    corrections: tuple[Correction, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Entries of the watch and ignore lists that it is about."""
    past: Past | None = None
    likenesses: tuple[Likeness, ...] = ()
    """Documented logistics, nearest first."""
    look_alikes: tuple[Likeness, ...] = ()
    """Documented flights that only looked so, nearest first."""
    identity: tuple[Told, ...] = ()
    unusual: tuple[Unusual, ...] = ()
    """The parts of its surprise; empty where they are not known."""
    closed: tuple[Closed, ...] = ()
    """Airspace closed or forbidden that day, wherever the journey went."""

    @property
    def is_ignored(self) -> bool:
        """Whether it is on the ignore list, and not on the watch list."""
        return {mark.list for mark in self.marks} == {"ignore"}

    @property
    def without_identity(self) -> float:
        """The score without identity; an older version told but the one score."""
        return (
            self.score
            if self.score_without_identity is None
            else self.score_without_identity
        )

    @property
    def lead(self) -> Leg:
        """The flight that stands for the journey."""
        return next(leg for leg in self.legs if leg.flight_id == self.flight_id)

    @property
    def speaks_for(self) -> tuple[Reason, ...]:
        """The reasons that raised the score, in the order in which they are told."""
        return tuple(reason for reason in self.reasons if reason.weight > 0)

    @property
    def speaks_against(self) -> tuple[Reason, ...]:
        """The reasons that lowered the score, in the order in which they are told."""
        return tuple(reason for reason in self.reasons if reason.weight < 0)

    @property
    def remarks(self) -> tuple[Reason, ...]:
        """Facts that no model learns from, and that so have no weight."""
        return tuple(reason for reason in self.reasons if reason.weight == 0)

    @property
    def first_seen(self) -> dt.datetime:
        """First position of the journey."""
        return self.legs[0].first_seen

    @property
    def last_seen(self) -> dt.datetime:
        """Last position of the journey, as known when the day ended."""
        return self.legs[-1].last_seen


@dataclass(frozen=True)
class LeftOut:
    """What could not be used, by reason."""

    reason: str
    unit: str
    n: int
    example: str | None


@dataclass(frozen=True, eq=False)
class Day:
    """The whole report."""

    date: dt.date
    flagged: tuple[Alert, ...]
    below: tuple[Alert, ...]
    """The next ones in the list, which were not flagged."""
    watched: tuple[Alert, ...]
    """Those farther down that are on the watch list."""
    n_alerts: int
    n_flights: int
    n_aircraft: int
    n_positions: int
    n_without_positions: int
    complete: bool | None
    """Whether the day's data are; None where that cannot be told."""
    lacks: tuple[str, ...]
    """What is missing from the day's data, as far as known."""
    left_out: tuple[LeftOut, ...]
    sources: tuple[str, ...]
    model: str
    feature_set_id: str
    identity_hidden: bool
    card: ModelCard | None
    provenances: tuple[Provenance, ...]
    """Every kind of track in the day, observed first."""

    @property
    def attended(self) -> tuple[Alert, ...]:
        """The flagged journeys that are not on the ignore list."""
        return tuple(alert for alert in self.flagged if not alert.is_ignored)

    @property
    def ignored(self) -> tuple[Alert, ...]:
        """The flagged journeys that are on the ignore list."""
        return tuple(alert for alert in self.flagged if alert.is_ignored)

    def companions(self, alert: Alert) -> tuple[Alert, ...]:
        """Return the other journeys shown that belong to the alert's mission."""
        return tuple(
            other
            for other in (*self.flagged, *self.below, *self.watched)
            if other.mission_id == alert.mission_id
            and other.journey_id != alert.journey_id
        )
