"""The same evidence for programs: JSON, CSV and GeoJSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

from anomaly.report import unseen
from anomaly.report.context import Likeness
from anomaly.report.route import parts_of, spots_of
from anomaly.report.summary import Alert, Leg, Stop
from anomaly.report.svg import simplify

# A spreadsheet runs a cell that begins so as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@")
# About a fifth of a mile: a line stays small and keeps its shape.
LINE_TOLERANCE_DEG = 0.003


def record(alert: Alert) -> dict[str, Any]:
    """Return a journey under the names that `anomaly score --json` has.

    What was not observed is told of all its flights, as on its page.
    """
    craft, lead = alert.craft, alert.lead
    return {
        "flight_id": alert.flight_id,
        "icao24": craft.icao24,
        "registration": craft.registration,
        "callsign": lead.callsign,
        "operator": craft.operator_words,
        "typecode": craft.typecode,
        "origin": lead.origin.ident,
        "destination": lead.destination.ident,
        "journey": list(alert.airports),
        "first_seen": _iso(lead.first_seen),
        "last_seen": _iso(lead.last_seen),
        "score": alert.score,
        "score_without_identity": alert.score_without_identity,
        "ordinary_bits": alert.ordinary_bits,
        "look_alike_bits": alert.look_alike_bits,
        "surprise_bits": alert.surprise_bits,
        "priority_bits": alert.priority_bits,
        "rank": alert.rank,
        "flagged": alert.flagged,
        "budget": alert.budget,
        "threshold_bits": alert.threshold_bits,
        "reasons": [
            {
                "feature": reason.feature,
                "value": reason.value,
                "text": reason.text,
                "weight": reason.weight,
            }
            for reason in alert.reasons
        ],
        "coverage": _not_observed(alert),
        "provenance": alert.provenance.value,
        "model": alert.model,
    }


def _not_observed(alert: Alert) -> list[str]:
    """Return what the page says, with spaces that a program splits at."""
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in unseen.lines(alert)]


def full_record(alert: Alert) -> dict[str, Any]:
    """Return the record with the flights, stopovers and gaps behind it."""
    return record(alert) | {
        "journey_id": alert.journey_id,
        "mission_id": alert.mission_id,
        "identity_hidden": alert.identity_hidden,
        "flights": [_flight(leg) for leg in alert.legs],
        "stopovers": [_stopover(stop) for stop in alert.stops],
        "gaps": [
            {
                "flight_id": leg.flight_id,
                "start": _iso(gap.start),
                "end": _iso(gap.end),
                "duration_h": gap.duration_h,
                "distance_nm": gap.distance_nm,
                "kind": gap.kind,
            }
            for leg in alert.legs
            for gap in leg.gaps
        ],
        "identity": [
            {"field": told.name, "value": told.value, "source": told.source}
            for told in alert.identity
        ],
        "resembles": [
            _likeness(one) for one in (*alert.likenesses, *alert.look_alikes)
        ],
        "verdicts": [
            {
                "verdict": verdict.verdict.value,
                "by": verdict.by,
                "reason": verdict.reason,
                "note": verdict.note,
                "recorded_at": verdict.recorded_at.isoformat(),
            }
            for verdict in alert.verdicts
        ],
        "corrections": [
            {
                "text": one.text,
                "by": one.by,
                "recorded_at": one.recorded_at.isoformat(),
            }
            for one in alert.corrections
        ],
    }


def _likeness(like: Likeness) -> dict[str, Any]:
    case = like.case
    return {
        "case_id": case.case_id,
        "label": case.label,
        "subtype": case.subtype,
        "date": case.date_utc,
        "distance": round(like.distance, 3),
        "known_share": round(like.known_share, 3),
        "farther_share": None
        if like.farther_share is None
        else round(like.farther_share, 3),
        "is_close": like.is_close,
        "source_url": case.source_url,
    }


def as_json(value: dict[str, Any]) -> str:
    """Return a JSON text for a file: readable, same bytes for same values."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def flags_csv(alerts: Iterable[Alert]) -> str:
    """Return one row for each alert; a cell never begins like a formula."""
    rows = []
    for alert in alerts:
        told = record(alert)
        told["journey"] = " ".join(alert.airports)
        told["n_stopovers"] = len(alert.stops)
        told["reasons"] = "; ".join(reason.text for reason in alert.speaks_for)
        told["counter_reasons"] = "; ".join(
            reason.text for reason in alert.speaks_against
        )
        told["coverage"] = "; ".join(told["coverage"])
        told["verdicts"] = "; ".join(
            f"{one.by}: {one.verdict.value}" for one in alert.verdicts
        )
        told["corrections"] = "; ".join(one.text for one in alert.corrections)
        rows.append(told)
    columns = [
        *("rank", "score", "score_without_identity", "ordinary_bits"),
        *("look_alike_bits", "surprise_bits", "flagged"),
        *("provenance", "flight_id", "icao24"),
        *("registration", "callsign", "operator", "typecode", "origin"),
        *("destination", "journey", "n_stopovers", "first_seen", "last_seen"),
        *("reasons", "counter_reasons", "coverage", "verdicts", "corrections", "model"),
    ]
    return _csv(columns, rows)


def events_csv(alert: Alert) -> str:
    """Return the flights, stopovers and gaps of a journey in the order of time."""
    rows = [
        *(_leg_event(leg) for leg in alert.legs),
        *(_stop_event(stop) for stop in alert.stops),
        *(
            {
                "event": "gap",
                "flight_id": leg.flight_id,
                "start": _iso(gap.start),
                "end": _iso(gap.end),
                "duration_h": round(gap.duration_h, 3),
                "distance_nm": round(gap.distance_nm, 1),
                "detail": gap.kind,
            }
            for leg in alert.legs
            for gap in leg.gaps
        ),
    ]
    for row in rows:
        row["provenance"] = alert.provenance.value
    rows.sort(key=lambda row: (row["start"], row["end"]))
    columns = [
        *("event", "start", "end", "from", "to", "duration_h", "distance_nm"),
        *("callsign", "confidence", "detail", "flight_id", "provenance"),
    ]
    return _csv(columns, rows)


def geojson(alerts: Iterable[Alert]) -> dict[str, Any]:
    """Return journeys as lines and points (RFC 7946), each with its provenance."""
    return {
        "type": "FeatureCollection",
        "features": [feature for alert in alerts for feature in _features(alert)],
    }


def _features(alert: Alert) -> Iterable[dict[str, Any]]:
    common = {
        "flight_id": alert.flight_id,
        "icao24": alert.craft.icao24,
        "rank": alert.rank,
        "score": alert.score,
        "provenance": alert.provenance.value,
    }
    for part in parts_of(alert):
        lines = _cut_at_antimeridian(part.longitude_deg, part.latitude_deg)
        if lines:
            line = common | {"kind": part.kind, "flight": part.leg + 1}
            yield _feature("MultiLineString", lines, line)
    for spot in spots_of(alert):
        point = common | {
            "kind": "field",
            "ident": spot.ident,
            "name": spot.name,
            "field_use": spot.use,
            "landing_inferred": spot.inferred,
        }
        yield _feature("Point", [spot.longitude_deg, spot.latitude_deg], point)


def _feature(kind: str, coordinates: Any, about: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": about}


def _cut_at_antimeridian(
    longitude_deg: np.ndarray[Any, Any], latitude_deg: np.ndarray[Any, Any]
) -> list[list[list[float]]]:
    points = np.column_stack([longitude_deg, latitude_deg])
    cuts = np.flatnonzero(np.abs(np.diff(points[:, 0])) > 180) + 1
    return [
        simplify(line, LINE_TOLERANCE_DEG).round(4).tolist()
        for line in np.split(points, cuts)
        if len(line) > 1
    ]


def _flight(leg: Leg) -> dict[str, Any]:
    return {
        "flight_id": leg.flight_id,
        "callsign": leg.callsign,
        "first_seen": _iso(leg.first_seen),
        "last_seen": _iso(leg.last_seen),
        "origin": leg.origin.ident,
        "origin_kind": leg.origin.kind,
        "origin_confidence": leg.origin.confidence,
        "origin_reason": leg.origin.reason,
        "destination": leg.destination.ident,
        "destination_kind": leg.destination.kind,
        "destination_confidence": leg.destination.confidence,
        "destination_reason": leg.destination.reason,
        "flown_nm": leg.flown_nm,
        "max_altitude_ft": leg.max_altitude_ft,
        "unobserved_share": leg.unobserved_share,
        "n_positions": leg.n_positions,
    }


def _stopover(stop: Stop) -> dict[str, Any]:
    return {
        "airport": stop.ident,
        "field_use": stop.field_use,
        "arrived": _iso(stop.arrived),
        "departed": _iso(stop.departed),
        "ground_time_h": stop.ground_time_h,
        "ground_time_max_h": stop.ground_time_max_h,
        "inferred": stop.inferred,
        "confidence": stop.confidence,
        "reason": stop.reason,
    }


def _leg_event(leg: Leg) -> dict[str, Any]:
    return {
        "event": "flight",
        "flight_id": leg.flight_id,
        "start": _iso(leg.first_seen),
        "end": _iso(leg.last_seen),
        "from": leg.origin.ident,
        "to": leg.destination.ident,
        "duration_h": round(leg.duration_h, 3),
        "distance_nm": None if leg.flown_nm is None else round(leg.flown_nm, 1),
        "callsign": leg.callsign,
        "detail": f"origin {leg.origin.kind}; destination {leg.destination.kind}",
    }


def _stop_event(stop: Stop) -> dict[str, Any]:
    return {
        "event": "stopover",
        "flight_id": stop.flight_after,
        "start": _iso(stop.arrived),
        "end": _iso(stop.departed),
        "from": stop.ident,
        "to": stop.ident,
        "duration_h": round(stop.ground_time_h, 3),
        "confidence": stop.confidence,
        "detail": stop.reason,
    }


def _csv(columns: list[str], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    # One row is one line, whatever an aircraft sent.
    text = "".join(c if c.isprintable() else " " for c in value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA_STARTS) else text


def _iso(at: dt.datetime) -> str:
    """Return a moment as the project's JSON has it: UTC, to the second or finer."""
    text = at.astimezone(dt.UTC).isoformat()
    return text.replace("+00:00", "Z")
