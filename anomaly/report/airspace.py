"""Airspace closed to an aircraft or forbidden to some, and who flew there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from anomaly.reference import Reference
from anomaly.reference.bans import ALL
from anomaly.reference.coast import state_rings
from anomaly.report.context import Closed
from anomaly.report.projection import View
from anomaly.report.route import parts_of
from anomaly.report.summary import Alert
from anomaly.report.svg import Points, el, path_data, simplify

Flags = NDArray[np.bool_]


def with_airspace(
    alerts: Sequence[Alert], date: dt.date, reference: Reference
) -> tuple[Alert, ...]:
    """Return the alerts with the airspace closed or forbidden on the report's day."""
    areas = reference.conflicts.sources(date)
    whom = reference.conflicts.forbidden_to(date)
    to_some = [
        (code, f"where {whom[code]} were forbidden to fly that day", source)
        for code, source in sorted(areas.items())
    ]
    return tuple(
        replace(
            alert,
            closed=tuple(
                Closed(name, rule, source, *(_any_over(name, way) for way in ways))
                for code, rule, source in [*to_some, *_banned(alert, date, reference)]
                for name in [reference.countries.name(code)]
            ),
        )
        for alert in alerts
        for ways in [_ways(alert)]
    )


def _banned(
    alert: Alert, date: dt.date, reference: Reference
) -> list[tuple[str, str, str]]:
    """Return the states that closed their airspace to such an aircraft.

    Each with its code, what it closed to whom, and who says so.

    Its state is its operator's by the callsign, or else its address's.
    """
    codes = [leg.operator_code for leg in alert.legs if leg.operator_code]
    known = reference.operators.table["country"]
    states = [known[code] for code in codes if code in known.index]
    states += reference.addresses.country(pd.Series([alert.craft.icao24])).tolist()
    home = next((state for state in states if isinstance(state, str)), None)
    goes_to = {end.country for leg in alert.legs if (end := leg.destination.field)}
    return [
        (
            str(ban.country),
            "whose airspace was closed that day to "
            + _whose(str(ban.against), reference),
            str(ban.source),
        )
        for ban in reference.bans.on(date).itertuples()
        if ban.against in (home, ALL)
        and (not isinstance(ban.destination, str) or ban.destination in goes_to)
    ]


def _whose(against: str, reference: Reference) -> str:
    if against == ALL:
        return "all aircraft"
    return f"aircraft of {reference.countries.name(against)}"


def closed_land(closed: Sequence[Closed], view: View, ident: str) -> Markup:
    """Return these states as hatched shapes; nothing where none is in view."""
    drawn = []
    for one in closed:
        rings = [
            simplify(ring)
            for turn in (-360.0, 0.0, 360.0)
            for outline in state_rings(one.name)
            if len(ring := view.ring(outline, turn)) > 3
        ]
        if rings:
            drawn.append(
                el(
                    "path",
                    el("title", f"{one.name}, {one.rule} ({one.source})"),
                    d=path_data(rings, closed=True),
                    class_="closed",
                    fill=f"url(#{ident})",
                    fill_rule="evenodd",
                )
            )
    return Markup().join([hatch(ident), *drawn]) if drawn else Markup()


def hatch(ident: str) -> Markup:
    """Return the pattern that closed airspace is filled with."""
    stroke = el("path", d="M0 0V7", class_="closed-line", stroke="#7a5c00")
    return el(
        "pattern",
        stroke,
        id=ident,
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _ways(alert: Alert) -> tuple[Points, Points]:
    """Return where a journey was seen, and where it may have been unseen."""
    seen, maybe = [np.empty((0, 2))], [np.empty((0, 2))]
    for part in parts_of(alert):
        points = np.column_stack([part.longitude_deg, part.latitude_deg])
        (seen if part.kind == "observed" else maybe).append(points)
    return np.concatenate(seen), np.concatenate(maybe)


def _any_over(name: str, points: Points) -> bool:
    """Tell whether any of the points lies over a state."""
    box = _box(name)
    if box is None or not within([box], points[:, 0], points[:, 1]).any():
        return False
    return bool(within(state_rings(name), points[:, 0], points[:, 1]).any())


@cache
def _box(name: str) -> Points | None:
    """Return the corners around a state; most ways are nowhere near."""
    rings = state_rings(name)
    if not rings:
        return None
    every = np.concatenate(rings)
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    return np.array([[west, south], [east, south], [east, north], [west, north]])


def within(
    rings: Sequence[Points],
    longitude_deg: NDArray[np.float64],
    latitude_deg: NDArray[np.float64],
) -> Flags:
    """Tell which points lie within outlines, by the even-odd rule.

    Examples
    --------
    >>> square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]])
    >>> within([square], np.array([1.0, 3.0]), np.array([1.0, 1.0])).tolist()
    [True, False]
    """
    inside = np.zeros(len(longitude_deg), dtype=bool)
    for ring in rings:
        low, high = ring.min(axis=0), ring.max(axis=0)
        # An outline across the antimeridian runs on beyond 180 degrees.
        x = low[0] + (longitude_deg - low[0]) % 360
        near = np.flatnonzero(
            (x <= high[0]) & (latitude_deg >= low[1]) & (latitude_deg <= high[1])
        )
        if len(near):
            inside[near] ^= _within_one(ring, x[near], latitude_deg[near])
    return inside


def _within_one(ring: Points, x: NDArray[np.float64], y: NDArray[np.float64]) -> Flags:
    """Tell for which points a ray to the east meets the ring an odd number of times."""
    (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
    crosses = (y1 > y[:, None]) != (y2 > y[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        met = x1 + (y[:, None] - y1) / (y2 - y1) * (x2 - x1)
    odd: Flags = (crosses & (x[:, None] < met)).sum(axis=1) % 2 == 1
    return odd
