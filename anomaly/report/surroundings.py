"""Put beside each flag its aircraft's past and the documented cases like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import features
from anomaly.cases import Case, load_cases
from anomaly.reference import Reference
from anomaly.report.airspace import with_airspace
from anomaly.report.context import Likeness
from anomaly.report.past import pasts
from anomaly.report.summary import Alert
from anomaly.report.unusual import with_parts
from anomaly.store import Store

Row = dict[str, Any]


def with_surroundings(
    store: Store, date: dt.date, alerts: Sequence[Alert], reference: Reference
) -> tuple[Alert, ...]:
    """Return the alerts; those that get a page of their own with what it tells."""
    alerts = with_airspace(alerts, date, reference)
    alerts = with_parts(store, date, alerts, reference)
    flagged = [alert for alert in alerts if alert.flagged]
    past = pasts(store, date, (alert.craft.icao24 for alert in flagged), reference)
    like = _likenesses(store, date, flagged)
    return tuple(
        replace(
            alert,
            past=past[alert.craft.icao24],
            likenesses=_of(like.get(alert.flight_id, ()), alert, logistics=True),
            look_alikes=_of(like.get(alert.flight_id, ()), alert, logistics=False),
        )
        if alert.flagged
        else alert
        for alert in alerts
    )


def _likenesses(
    store: Store, date: dt.date, alerts: Sequence[Alert]
) -> Mapping[str, Sequence[Row]]:
    if not alerts or not store.has("likenesses", date):
        return {}
    found: dict[str, list[Row]] = {}
    aircraft = {alert.craft.icao24 for alert in alerts}
    for row in store.read("likenesses", date, icao24=aircraft).to_pylist():
        found.setdefault(row["flight_id"], []).append(row)
    return found


def _of(rows: Sequence[Row], alert: Alert, *, logistics: bool) -> tuple[Likeness, ...]:
    """Return the cases that the casebook tells; of another model's list none."""
    meaning = {feature.name: feature.doc for feature in features.declared()}
    named = frozenset(features.identity_features()) if alert.craft.private else ()
    return tuple(
        Likeness(
            case=_cases()[row["case_key"]],
            distance=row["distance"],
            known_share=row["known_share"],
            farther_share=row["farther_share"],
            alike=tuple(meaning[f] for f in row["alike"] if f not in named),
            differs=tuple(meaning[f] for f in row["differs"] if f not in named),
        )
        for row in sorted(rows, key=lambda row: row["distance"])
        if row["logistics"] == logistics
        and row["model"] == alert.model
        and row["case_key"] in _cases()
        and meaning.keys() >= {*row["alike"], *row["differs"]}
    )


@cache
def _cases() -> Mapping[str, Case]:
    return {case.key: case for case in load_cases()}
