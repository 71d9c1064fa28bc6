"""What analysts said that bears on an alert: verdicts, corrections, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anomaly.geo import distance_nm
from anomaly.marks import Mark, Marks
from anomaly.report.summary import Alert
from anomaly.store import Store
from anomaly.verdicts import Seen, Verdicts


def seen_of(alert: Alert) -> Seen:
    """Return what a verdict on an alert attaches to: its leading flight."""
    lead = alert.lead
    return Seen(
        alert.flight_id,
        alert.craft.icao24,
        lead.first_seen,
        lead.last_seen,
        alert.provenance,
    )


def with_standing(store: Store, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts with what has been said of them up to now."""
    seen = [seen_of(alert) for alert in alerts]
    verdicts = Verdicts(store.verdicts).of(seen)
    marks = Marks(store.verdicts)
    corrections = marks.corrections_of(seen)
    listed = marks.listed()
    return tuple(
        replace(
            alert,
            verdicts=verdicts[alert.flight_id],
            corrections=corrections[alert.flight_id],
            marks=tuple(mark for mark in listed if _bears_on(mark, alert)),
        )
        for alert in alerts
    )


def _bears_on(mark: Mark, alert: Alert) -> bool:
    """Tell whether a list's entry is about the journey.

    Of an aircraft whose owner asked for privacy nothing is known here but address and
    ways, so that a match gives nothing away.
    """
    craft = alert.craft
    match mark.kind:
        case "aircraft":
            names = (craft.icao24, craft.registration or "")
            return mark.value in {name.upper() for name in names}
        case "operator":
            return any(leg.operator_code == mark.value for leg in alert.legs)
        case "field":
            return mark.value in alert.airports
        case _:
            return _touches(mark, alert)


def _touches(mark: Mark, alert: Alert) -> bool:
    latitude, longitude, radius_nm = mark.circle
    tracks = [leg.track for leg in alert.legs]
    fields = [end.field for leg in alert.legs for end in (leg.origin, leg.destination)]
    known = [field for field in fields if field]
    away_nm = distance_nm(
        latitude,
        longitude,
        np.concatenate(
            [track.latitude_deg for track in tracks]
            + [np.array([field.latitude_deg for field in known])]
        ),
        np.concatenate(
            [track.longitude_deg for track in tracks]
            + [np.array([field.longitude_deg for field in known])]
        ),
    )
    return bool((away_nm <= radius_nm).any())
