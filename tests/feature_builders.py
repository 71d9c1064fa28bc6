"""Flights of one day as the feature families see them; every default is dull."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from anomaly import schemas
from anomaly.reference import Reference
from features.base import FlightTables
from features.tables import HISTORY_COLUMNS

DAY = dt.date(2019, 3, 23)
NOON = dt.datetime(2019, 3, 23, 12, tzinfo=dt.UTC)
Row = dict[str, Any]


@cache
def shipped_reference() -> Reference:
    return Reference.load()


def flight(
    flight_id: str = "3c6444-a",
    origin: str | None = "EDDF",
    destination: str | None = "EGLL",
    **over: Any,
) -> Row:
    """An Airbus of Lufthansa from Frankfurt to Heathrow at noon, seen throughout."""
    row: Row = {
        "flight_id": flight_id,
        "icao24": flight_id.split("-")[0],
        "date": DAY,
        "first_seen": NOON,
        "last_seen": NOON + dt.timedelta(hours=1.5),
        "callsign": "DLH902",
        "n_callsigns": 1,
        "registration": "D-AIZZ",
        "typecode": "A320",
        "owner_operator": None,
        "operator_code": "DLH",
        "operator": "Lufthansa",
        "military_flag": False,
        "privacy_flag": False,
        "origin": origin,
        "origin_kind": "observed" if origin else "unknown",
        "origin_confidence": 1.0 if origin else None,
        "origin_reason": "on the ground",
        "destination": destination,
        "destination_kind": "observed" if destination else "unknown",
        "destination_confidence": 1.0 if destination else None,
        "destination_reason": "on the ground",
        "duration_h": 1.5,
        "n_positions": 200,
        "flown_nm": 380.0,
        "max_altitude_ft": 36_000.0,
        "cruise_speed_kt": 450.0,
        "max_speed_kt": 460.0,
        "max_climb_ft_min": 2_500.0,
        "low_share": 0.2,
        "slow_share": 0.05,
        "straight_share": 0.9,
        "level_share": 0.6,
        "turning_deg_per_h": 120.0,
        "box_diagonal_nm": 350.0,
        "n_gaps": 0,
        "longest_gap_h": 0.0,
        "unobserved_share": 0.0,
        "mlat_share": 0.0,
        "n_rejected": 0,
        "reader": "positions",
        "provenance": "observed",
    }
    for side, ident in (("first", origin), ("last", destination)):
        airport = shipped_reference().airports.get(ident) if ident else None
        row |= {
            f"{side}_latitude_deg": airport.latitude_deg if airport else 40.0,
            f"{side}_longitude_deg": airport.longitude_deg if airport else 20.0,
            f"{side}_altitude_ft": None if airport else 33_000.0,
            f"{side}_on_ground": airport is not None,
        }
    return row | over


def stop(before: str, after: str, airport: str | None, **over: Any) -> Row:
    return {
        "icao24": before.split("-")[0],
        "flight_before": before,
        "flight_after": after,
        "airport": airport,
        "field_use": "civil",
        "lost_at": NOON,
        "back_at": NOON,
        "arrived": NOON,
        "departed": NOON,
        "ground_time_h": 2.0,
        "ground_time_max_h": 2.5,
        "inferred": False,
        "confidence": 4,
        "reason": "seen on the ground",
        "moved_nm": 0.0,
        "night_share": 0.0,
        "provenance": "observed",
    } | over


def tables(
    *flights: Row,
    history: Sequence[Row] = (),
    stopovers: Sequence[Row] = (),
    chains: dict[str, list[str]] | None = None,
) -> FlightTables:
    """Return the day's tables; `chains` gives the flights of longer journeys."""
    chains = chains or {}
    of_day = _frame(flights, "flights").set_index("flight_id")
    past = _frame(history, "flights")[HISTORY_COLUMNS]
    ends = {row["flight_id"]: row for row in [*history, *flights]}
    journeys = [
        _journey(row, chains.get(row["flight_id"], [row["flight_id"]]), ends)
        for row in flights
    ]
    return FlightTables(
        date=DAY,
        flights=of_day,
        stopovers=_frame(stopovers, "stopovers"),
        journeys=_frame(journeys, "journeys").set_index("flight_id"),
        gaps=_frame((), "gaps"),
        history=past,
        reference=shipped_reference(),
    )


def _journey(row: Row, chain: list[str], ends: dict[str, Row]) -> Row:
    fields = [ends[chain[0]]["origin"], *(ends[f]["destination"] for f in chain)]
    return {
        "flight_id": row["flight_id"],
        "icao24": row["icao24"],
        "journey_id": chain[0],
        "flight_ids": chain,
        "airports": [ident or "?" for ident in fields],
        "n_stops": len(chain) - 1,
        "n_inferred_stops": 0,
        "started": ends[chain[0]]["first_seen"],
        "total_nm": 1000.0 * len(chain),
        "direct_nm": 900.0 * len(chain),
        "provenance": "observed",
    }


def _frame(rows: Sequence[Row], table: str) -> pd.DataFrame:
    schema = schemas.TABLES[table]
    filled = [{name: row.get(name) for name in schema.names} for row in rows]
    frame: pd.DataFrame = pa.Table.from_pylist(filled, schema=schema).to_pandas()
    return frame
