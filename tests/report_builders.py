"""A scored day in a store, built by hand: one long journey with gaps and stops."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly import schemas
from anomaly.geo import distance_nm
from anomaly.reference import Reference
from anomaly.report.summary import Alert, Day
from anomaly.store import Store
from features import surprise

DAY = dt.date(2019, 3, 23)
START = dt.datetime(2019, 3, 22, 13, 5, tzinfo=dt.UTC)
ROUTE = ("UUMU", "OSLK", "GOOY", "SVMI")
SPEED_KT = 450.0
GROUND_H = 3.0
Row = dict[str, Any]
# What the fixtures of the report's tests return.
ReadDay = Callable[..., Day]
ReadAlert = Callable[..., Alert]
Pages = Callable[..., dict[str, str]]


@cache
def reference() -> Reference:
    return Reference.load()


@dataclass(frozen=True)
class Plan:
    """One aircraft's journey; every default is that of the founding case."""

    icao24: str = "1551e0"
    registration: str | None = "RA-86496"
    typecode: str | None = "IL62"
    callsign: str | None = "RFF7063"
    operator: str | None = "Russian Air Force"
    owner: str | None = None
    route: Sequence[str] = ROUTE
    start: dt.datetime = START
    rank: int = 1
    score: float = 0.97
    score_without_identity: float | None = 0.91
    ordinary_bits: float | None = 9.4
    look_alike_bits: float | None = 2.6
    surprise_bits: float = 6.1
    threshold_bits: float | None = 3.5
    mission: str = ""
    flagged: bool = True
    private: bool = False
    provenance: str = "re-enacted"
    every_s: float = 240.0
    unseen_share: float = 0.12
    """Of each flight, before its end and in its middle."""
    has_positions: bool = True
    reasons: Sequence[tuple[str, str | None, str, float]] = (
        (
            "stopover_n_military",
            "1",
            "stopped at a military or joint-use field: Khmeimim (OSLK) 3.0 h, inferred",
            1.62,
        ),
        (
            "aircraft_type_age_y",
            "56 year",
            "flew with an Ilyushin Il-62M, a design of 1963",
            0.91,
        ),
        (
            "route_n_country_pairs",
            "10.2 bits",
            "the pair of states Syria and Senegal is rare (about one in 1,200)",
            0.74,
        ),
        (
            "operator_is_military",
            "yes",
            "the callsign RFF7063 is that of the Russian Air Force",
            0.55,
        ),
        ("kinematics_cruise_kt", "450 kt", "cruised at 450 kt", -0.21),
        (
            "stopover_night_share",
            "40%",
            "40% of its time on the ground by night",
            -0.35,
        ),
    )
    coverage: Sequence[str] = (
        "the landing at OSLK was not seen: lost at 12,000 ft over Syria",
        "no positions for 1.2 h over the Atlantic",
    )


def write_day(store: Store, plans: Sequence[Plan], date: dt.date = DAY) -> None:
    """Fill `store` with the tables of the days that the plans touch."""
    tables: dict[tuple[str, dt.date], list[Row]] = {}
    for plan in plans:
        for name, day, row in _rows(plan, date):
            tables.setdefault((name, day), []).append(row)
    for (name, day), rows in tables.items():
        store.write(name, _table(name, rows), day)
    for name in ("flights", "gaps", "stopovers", "journeys", "scores"):
        if (name, date) not in tables:
            store.write(name, schemas.TABLES[name].empty_table(), date)


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = schemas.TABLES[name]
    filled = [
        {field.name: row.get(field.name, _dull(field)) for field in schema}
        for row in rows
    ]
    return pa.Table.from_pylist(filled, schema=schema)


def _dull(field: pa.Field) -> object:
    """Return what a column holds that no test of reports cares for."""
    if field.nullable:
        return None
    return {"bool": False, "string": ""}.get(str(field.type), 0)


def _rows(plan: Plan, date: dt.date) -> Sequence[tuple[str, dt.date, Row]]:
    found: list[tuple[str, dt.date, Row]] = []
    at, legs = plan.start, []
    for a, b in pairwise(plan.route):
        leg = _Leg(plan, a, b, at)
        legs.append(leg)
        found.append(("flights", leg.date, leg.flight()))
        found += [("gaps", leg.date, row) for row in leg.gaps()]
        found += leg.positions()
        at = leg.last_seen + dt.timedelta(hours=GROUND_H)
    for before, after in pairwise(legs):
        found.append(("stopovers", after.date, _stopover(plan, before, after)))
    ids = [leg.flight_id for leg in legs]
    for n, leg in enumerate(legs, start=1):
        row = _journey(plan, ids[:n], legs, n)
        found.append(("journeys", leg.date, row | {"flight_id": leg.flight_id}))
    today = [leg for leg in legs if leg.date == date]
    found += [
        ("scores", date, _score(plan, leg, ids[0], leads=leg is today[-1]))
        for leg in today
    ]
    return found


class _Leg:
    def __init__(self, plan: Plan, a: str, b: str, at: dt.datetime) -> None:
        self.plan, self.origin, self.destination = plan, a, b
        self.first_seen = at
        fields = [reference().airports.get(ident) for ident in (a, b)]
        assert fields[0] is not None
        assert fields[1] is not None
        self.places = [(f.latitude_deg, f.longitude_deg) for f in fields if f]
        self.nm = float(distance_nm(*self.places[0], *self.places[1]))
        hours = self.nm / SPEED_KT
        n = int(hours * 3600 / plan.every_s) + 2
        self.t_s = np.linspace(0, hours * 3600, n).round(0)
        share = np.linspace(0, 1, n)
        ends = np.array([_unit(*place) for place in self.places])
        angle = np.arccos(np.clip(ends[0] @ ends[1], -1, 1))
        way = (
            np.sin((1 - share) * angle)[:, None] * ends[0]
            + np.sin(share * angle)[:, None] * ends[1]
        ) / np.sin(angle)
        self.latitude = np.degrees(np.arcsin(way[:, 2]))
        self.longitude = np.degrees(np.arctan2(way[:, 1], way[:, 0]))
        climb = np.minimum(share, 1 - share) * hours * 3600 / 1500
        self.altitude = (climb.clip(0, 1) * 35_000).round(-2)
        self.speed = 160 + climb.clip(0, 1) * (SPEED_KT - 160)
        # Lost on the approach to the second field, and over the middle of the way.
        self.seen = np.abs(share - 0.5) > plan.unseen_share / 2
        self.is_lost = b == "OSLK"
        if self.is_lost:
            self.seen &= share < 0.95
        self.last_seen = self._at(int(np.flatnonzero(self.seen)[-1]))
        self.flight_id = f"{plan.icao24}-{at:%Y%m%dT%H%M%SZ}"
        self.date = self.last_seen.date()

    def _at(self, n: int) -> dt.datetime:
        return self.first_seen + dt.timedelta(seconds=float(self.t_s[n]))

    def _end(self, which: str, ident: str, *, seen: bool) -> Row:
        return {
            which: ident,
            f"{which}_kind": "observed" if seen else "inferred",
            f"{which}_confidence": 0.97 if seen else 0.62,
            f"{which}_reason": "seen on the ground"
            if seen
            else "lost in descent 40 nm away, the only field in reach",
        }

    def flight(self) -> Row:
        plan, last = self.plan, int(np.flatnonzero(self.seen)[-1])
        return {
            "flight_id": self.flight_id,
            "icao24": plan.icao24,
            "date": self.date,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "callsign": plan.callsign,
            "n_callsigns": 1,
            "registration": plan.registration,
            "typecode": plan.typecode,
            "owner_operator": plan.owner,
            "operator_code": plan.callsign[:3] if plan.callsign else None,
            "operator": plan.operator,
            "military_flag": True,
            "privacy_flag": plan.private,
            **self._end("origin", self.origin, seen=self.origin != "OSLK"),
            **self._end("destination", self.destination, seen=not self.is_lost),
            "first_latitude_deg": float(self.latitude[0]),
            "first_longitude_deg": float(self.longitude[0]),
            "first_altitude_ft": float(self.altitude[0]),
            "first_on_ground": False,
            "last_latitude_deg": float(self.latitude[last]),
            "last_longitude_deg": float(self.longitude[last]),
            "last_altitude_ft": float(self.altitude[last]),
            "last_on_ground": False,
            "duration_h": (self.last_seen - self.first_seen).total_seconds() / 3600,
            "n_positions": int(self.seen.sum()) if plan.has_positions else 0,
            "flown_nm": self.nm,
            "max_altitude_ft": float(self.altitude.max()),
            "cruise_speed_kt": SPEED_KT,
            "n_gaps": len(self.gaps()),
            "unobserved_share": plan.unseen_share,
            "reader": "positions" if plan.has_positions else "flight_list",
            "provenance": plan.provenance,
        }

    def gaps(self) -> list[Row]:
        edges = np.flatnonzero(np.diff(self.seen.astype(np.int8)))
        if len(edges) < 2 or not self.plan.has_positions:
            return []
        a, b = int(edges[0]), int(edges[1]) + 1
        return [
            {
                "flight_id": self.flight_id,
                "icao24": self.plan.icao24,
                "start": self._at(a),
                "end": self._at(b),
                "start_latitude_deg": float(self.latitude[a]),
                "start_longitude_deg": float(self.longitude[a]),
                "start_altitude_ft": float(self.altitude[a]),
                "end_latitude_deg": float(self.latitude[b]),
                "end_longitude_deg": float(self.longitude[b]),
                "end_altitude_ft": float(self.altitude[b]),
                "duration_h": float(self.t_s[b] - self.t_s[a]) / 3600,
                "distance_nm": float(
                    distance_nm(
                        self.latitude[a],
                        self.longitude[a],
                        self.latitude[b],
                        self.longitude[b],
                    )
                ),
                "kind": "coverage_hole" if self.nm > 3000 else "unknown",
                "provenance": self.plan.provenance,
            }
        ]

    def positions(self) -> list[tuple[str, dt.date, Row]]:
        if not self.plan.has_positions:
            return []
        return [
            (
                "positions",
                self._at(int(n)).date(),
                {
                    "icao24": self.plan.icao24,
                    "timestamp": self._at(int(n)),
                    "latitude_deg": float(self.latitude[n]),
                    "longitude_deg": float(self.longitude[n]),
                    "altitude_ft": float(self.altitude[n]) or None,
                    "on_ground": not self.altitude[n],
                    "ground_speed_kt": float(self.speed[n]),
                    "callsign": self.plan.callsign,
                    "position_source": "adsb_icao",
                    "provenance": self.plan.provenance,
                },
            )
            for n in np.flatnonzero(self.seen)
        ]


def _unit(latitude_deg: float, longitude_deg: float) -> np.ndarray[Any, Any]:
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def _stopover(plan: Plan, before: _Leg, after: _Leg) -> Row:
    field = reference().airports.get(before.destination)
    arrived = before.last_seen + dt.timedelta(minutes=10 if before.is_lost else 0)
    return {
        "icao24": plan.icao24,
        "flight_before": before.flight_id,
        "flight_after": after.flight_id,
        "airport": before.destination,
        "field_use": field.field_use if field else None,
        "lost_at": before.last_seen,
        "back_at": after.first_seen,
        "arrived": arrived,
        "departed": after.first_seen,
        "ground_time_h": (after.first_seen - arrived).total_seconds() / 3600,
        "ground_time_max_h": GROUND_H,
        "inferred": before.is_lost,
        "confidence": 2 if before.is_lost else 4,
        "reason": "lost low near the field, back near it hours later"
        if before.is_lost
        else "seen on the ground before and after",
        "moved_nm": 30.0 if before.is_lost else 0.4,
        "night_share": 0.4,
        "provenance": plan.provenance,
    }


def _journey(plan: Plan, ids: list[str], legs: list[_Leg], n: int) -> Row:
    ends = (legs[0].places[0], legs[n - 1].places[1])
    return {
        "icao24": plan.icao24,
        "journey_id": ids[0],
        "flight_ids": ids,
        "airports": list(plan.route[: n + 1]),
        "n_stops": n - 1,
        "n_inferred_stops": sum(leg.is_lost for leg in legs[: n - 1]),
        "started": plan.start,
        "total_nm": sum(leg.nm for leg in legs[:n]),
        "direct_nm": float(distance_nm(*ends[0], *ends[1])),
        "provenance": plan.provenance,
    }


def priority_bits(plan: Plan) -> float:
    """Return what the planned alert stands by."""
    bits = plan.ordinary_bits, plan.look_alike_bits, plan.surprise_bits
    told = (pd.Series([0.0 if one is None else one]) for one in bits)
    return float(surprise.priority_bits(*told).iloc[0])


def _score(plan: Plan, leg: _Leg, journey_id: str, *, leads: bool) -> Row:
    return {
        "flight_id": leg.flight_id,
        "icao24": plan.icao24,
        "journey_id": journey_id,
        "mission_id": plan.mission or journey_id,
        "date": leg.date,
        "score": plan.score if leads else plan.score / 2,
        "score_without_identity": plan.score_without_identity,
        "ordinary_bits": plan.ordinary_bits,
        "look_alike_bits": plan.look_alike_bits,
        "surprise_bits": plan.surprise_bits,
        "priority_bits": priority_bits(plan),
        "rank": plan.rank,
        "leads": leads,
        "flagged": plan.flagged and leads,
        "budget": 25,
        "threshold_bits": plan.threshold_bits,
        "reasons": [
            {"feature": f, "value": v, "text": t, "weight": w}
            for f, v, t, w in plan.reasons
        ],
        "coverage": list(plan.coverage),
        "identity_hidden": False,
        "model": "flight-anomaly 3",
        "feature_set_id": "9f2c4e1a7b03",
        "provenance": plan.provenance,
    }
