"""A journey as lines on the globe: observed, inferred, or not observed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anomaly.geo import distance_nm
from anomaly.report.summary import Alert, End, Gap, Leg

Kind = Literal["observed", "inferred", "unobserved"]
Place = tuple[float, float]
"""Latitude and longitude in degrees."""

# A take-off or landing seen this close to the field needs no line to it.
AT_FIELD_NM = 4.0
_STEP_NM = 60.0


@dataclass(frozen=True, eq=False)
class Part:
    """One line of the journey."""

    kind: Kind
    leg: int
    """Which flight, from 0; of a way between two flights, the later."""
    latitude_deg: NDArray[np.float64]
    longitude_deg: NDArray[np.float64]
    gap: Gap | None = None


@dataclass(frozen=True)
class Spot:
    """A field that the journey touched."""

    numbers: tuple[int, ...]
    """Its places in the order of the journey, from 1."""
    name: str
    ident: str
    latitude_deg: float
    longitude_deg: float
    use: str
    inferred: bool
    """No landing or take-off here was seen."""


@lru_cache(maxsize=256)  # each alert is drawn several times over
def parts_of(alert: Alert) -> tuple[Part, ...]:
    """Return the lines of the journey in the order they were flown."""
    return tuple(_parts(alert))


def _parts(alert: Alert) -> Iterator[Part]:
    here: Place | None = None
    for number, leg in enumerate(alert.legs):
        start, end = _start(leg), _end(leg)
        origin = _place(leg.origin)
        if origin and start:
            # Where the field before is another, the way between was not seen.
            yield from _line("unobserved", number, here, origin)
            yield from _line("inferred", number, origin, start)
        else:
            yield from _line("unobserved", number, here, start or origin)
        yield from _flown(leg, number, start, end)
        destination = _place(leg.destination)
        if end and destination:
            yield from _line("inferred", number, end, destination)
        here = destination or end or here


def _flown(
    leg: Leg, number: int, start: Place | None, end: Place | None
) -> Iterator[Part]:
    """Return the observed stretches of a flight and the gaps between them."""
    track = leg.track
    if not len(track):
        ends = (start or _place(leg.origin), end or _place(leg.destination))
        yield from _line("unobserved", number, *ends)
        return
    first = 0
    for gap in leg.gaps:
        lost = int(np.searchsorted(track.t_s, gap.start.timestamp(), side="right"))
        yield from _seen(leg, number, first, lost)
        yield _great_circle(
            "unobserved",
            number,
            (gap.start_latitude_deg, gap.start_longitude_deg),
            (gap.end_latitude_deg, gap.end_longitude_deg),
            gap,
        )
        first = int(np.searchsorted(track.t_s, gap.end.timestamp(), side="left"))
    yield from _seen(leg, number, first, len(track))


def _seen(leg: Leg, number: int, first: int, last: int) -> Iterator[Part]:
    """Return what was observed from one row to another, cut where silence was long."""
    track = leg.track
    silences = track.silences()
    cuts = silences[(silences > first) & (silences < last)].tolist()
    for start, end in pairwise([first, *cuts, last]):
        if start > first:
            before = (track.latitude_deg[start - 1], track.longitude_deg[start - 1])
            after = (track.latitude_deg[start], track.longitude_deg[start])
            yield from _line("unobserved", number, before, after)
        if end - start > 1:
            rows = slice(start, end)
            yield Part(
                "observed", number, track.latitude_deg[rows], track.longitude_deg[rows]
            )


def _line(kind: Kind, leg: int, a: Place | None, b: Place | None) -> Iterator[Part]:
    """Return the way from `a` to `b`, unless one is unknown or they are one place."""
    if a and b and float(distance_nm(*a, *b)) > AT_FIELD_NM:
        yield _great_circle(kind, leg, a, b)


def _great_circle(
    kind: Kind, leg: int, a: Place, b: Place, gap: Gap | None = None
) -> Part:
    n = max(2, int(float(distance_nm(*a, *b)) / _STEP_NM) + 1)
    (lat_a, lon_a), (lat_b, lon_b) = np.radians(a), np.radians(b)
    start, end = _vector(lat_a, lon_a), _vector(lat_b, lon_b)
    angle = float(np.arccos(np.clip(start @ end, -1, 1)))
    share = np.linspace(0, 1, n)[:, None]
    if np.sin(angle) < 1e-9:  # one place, or its antipode: any way is the shortest
        points = np.repeat(start[None], n, axis=0)
        points[-1] = end
    else:
        points = (
            np.sin((1 - share) * angle) * start + np.sin(share * angle) * end
        ) / np.sin(angle)
    latitude = np.degrees(np.arcsin(points[:, 2].clip(-1, 1)))
    longitude = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    return Part(kind, leg, latitude, longitude, gap)


def _vector(latitude: float, longitude: float) -> NDArray[np.float64]:
    return np.array(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )


def spots_of(alert: Alert) -> tuple[Spot, ...]:
    """Return the fields touched, each once, numbered as the journey came to them."""
    found: dict[str, Spot] = {}
    for number, end in _visits(alert):
        if end.field is None:
            continue
        before = found.get(end.field.ident)
        inferred = end.kind != "observed"
        numbers = before.numbers if before else ()
        found[end.field.ident] = Spot(
            numbers=(*numbers, number) if number not in numbers else numbers,
            name=end.field.name,
            ident=end.field.ident,
            latitude_deg=end.field.latitude_deg,
            longitude_deg=end.field.longitude_deg,
            use=end.field.field_use,
            inferred=inferred and (before.inferred if before else True),
        )
    return tuple(found.values())


def _visits(alert: Alert) -> Iterator[tuple[int, End]]:
    """Return every take-off and landing with the number of its field in the journey.

    A landing and the take-off after it share a number if they are at one field.
    """
    number, before = 0, None
    for leg in alert.legs:
        if number == 0 or leg.origin.ident != before:
            number += 1
        yield number, leg.origin
        number += 1
        yield number, leg.destination
        before = leg.destination.ident


def _place(end: End) -> Place | None:
    return (end.field.latitude_deg, end.field.longitude_deg) if end.field else None


def _start(leg: Leg) -> Place | None:
    track = leg.track
    if len(track):
        return float(track.latitude_deg[0]), float(track.longitude_deg[0])
    return leg.first_point


def _end(leg: Leg) -> Place | None:
    track = leg.track
    if len(track):
        return float(track.latitude_deg[-1]), float(track.longitude_deg[-1])
    return leg.last_point
