"""Draw journeys on a small scale: all of a day, or one beside its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import symbols
from anomaly.report.labels import Room
from anomaly.report.land import borders, grid, land
from anomaly.report.projection import View, around, world
from anomaly.report.route import parts_of, spots_of
from anomaly.report.summary import Alert
from anomaly.report.svg import (
    SMALL_MARK_HEIGHT,
    Points,
    el,
    number,
    path_data,
    picture,
    simplify,
)

WIDTH = 1000.0
THUMB_WIDTH = 200.0
# Closer in, a reader who does not know the coast would not know the place.
SMALLEST_DAY_DEG, SMALLEST_THUMB_DEG = 14.0, 16.0
# A view with this much of a round might as well be the whole.
_NEARLY_ALL = 0.6
_THUMB_LAND = "land-small"
# The shared land is drawn once for all small maps, fine enough for the closest.
_THUMB_TOLERANCE = 0.08


def day_map(
    alerts: Sequence[Alert],
    links: Sequence[str],
    kinds: Sequence[Provenance],
    *,
    ident: str,
) -> Markup:
    """Return the flagged journeys on one map, each a link to its page."""
    view = _view(alerts, WIDTH, SMALLEST_DAY_DEG)
    room = Room(view.width, view.height)
    room.take((0, 0, 340, 34))
    # The first in the list is drawn last, on top, but named first.
    names = [_rank(alert, view, room) for alert in alerts]
    drawn = [
        el(
            "a",
            el("title", f"{alert.rank}. {alert.craft.name}: {_codes(alert)}"),
            _ways(alert, view, width=1.8),
            name,
            href=link,
            class_="journey",
        )
        for alert, link, name in zip(alerts, links, names, strict=True)
    ]
    return picture(
        _sea(view),
        land(view, tolerance=0.6),
        borders(view, tolerance=0.6),
        grid(view, labels=False),
        *reversed(drawn),
        kinds=kinds,
        ident=ident,
        title="Map of the journeys flagged for review",
        desc="; ".join(
            f"{alert.rank}: {alert.craft.name}, {_codes(alert)}" for alert in alerts
        )
        or "No journey was flagged.",
        width=view.width,
        height=view.height,
        class_="map world",
        holds_links=True,
    )


def thumb_land() -> Markup:
    """Return the land that all small maps of a page share."""
    shape = el(
        "g", land(world(THUMB_WIDTH), tolerance=_THUMB_TOLERANCE), id=_THUMB_LAND
    )
    return el(
        "svg",
        el("defs", shape),
        class_="shared",
        aria_hidden="true",
        width=0,
        height=0,
    )


def thumb(alert: Alert, *, ident: str) -> Markup:
    """Return one journey on a small map; the page holds `thumb_land` once."""
    view = _view([alert], THUMB_WIDTH, SMALLEST_THUMB_DEG)
    return picture(
        _sea(view),
        *_shared_land(view),
        _ways(alert, view, width=1.5),
        *(
            symbols.field(
                spot.use,
                float(view.x(spot.longitude_deg)),
                float(view.y(spot.latitude_deg)),
                size=2.4,
            )
            for spot in spots_of(alert)
        ),
        kinds=[alert.provenance],
        small=True,
        ident=ident,
        title=f"Journey of {alert.craft.name}",
        desc=_codes(alert),
        width=view.width,
        height=view.height,
        legend_height=SMALL_MARK_HEIGHT if alert.provenance.is_made else 0.0,
        class_="thumb",
    )


def _view(alerts: Sequence[Alert], width: float, smallest_deg: float) -> View:
    """Return the view around all journeys, of the whole world if they span most."""
    whole = world(width)
    places = [
        np.column_stack([part.latitude_deg, part.longitude_deg])
        for alert in alerts
        for part in parts_of(alert)
    ]
    places += [
        np.array([[spot.latitude_deg, spot.longitude_deg]])
        for alert in alerts
        for spot in spots_of(alert)
    ]
    if not places:
        return whole
    every = np.concatenate(places)
    near = around(
        every[:, 0],
        every[:, 1],
        width=width,
        lowest=whole.height,
        highest=whole.height,
        smallest_deg=smallest_deg,
    )
    _, _, west, east = near.bounds_deg()
    return whole if east - west > _NEARLY_ALL * 360 else near


def _shared_land(view: View) -> list[Markup]:
    """Return the page's one drawing of the land, moved and scaled to the view."""
    whole = world(THUMB_WIDTH)
    up = view.px_per_deg / whole.px_per_deg
    across = up * view.squeeze
    _, _, west, east = view.bounds_deg()
    south_shift = float(view.y(0.0)) - up * float(whole.y(0.0))
    placed = []
    for turn in (-360.0, 0.0, 360.0):
        if turn + 180 < west or turn - 180 > east:
            continue
        zero = np.array([[0.0, 0.0]])
        shift = float(view.straight(zero, turn)[0, 0]) - across * whole.width / 2
        transform = (
            f"translate({shift:.2f} {south_shift:.2f}) scale({across:.4f} {up:.4f})"
        )
        placed.append(el("use", href=f"#{_THUMB_LAND}", transform=transform))
    return placed


def _sea(view: View) -> Markup:
    return el(
        "rect",
        width=number(view.width),
        height=number(view.height),
        class_="sea",
        fill="#eef2f5",
    )


def _ways(alert: Alert, view: View, *, width: float) -> Markup:
    """Return the journey's lines, one shape for each kind."""
    by_kind: dict[str, list[Points]] = {}
    for part in parts_of(alert):
        by_kind.setdefault(part.kind, []).extend(
            simplify(line, 0.6)
            for line in view.lines(part.latitude_deg, part.longitude_deg)
        )
    return Markup().join(
        symbols.line(kind, path_data(lines), width=width)
        for kind, lines in by_kind.items()
    )


def _rank(alert: Alert, view: View, room: Room) -> Markup:
    """Return the journey's place in the list, at its end if there is room."""
    leg = alert.legs[-1]
    end = leg.destination.field
    place = (end.latitude_deg, end.longitude_deg) if end else leg.last_point
    if place is None:
        return Markup()
    x, y = float(view.x(place[1])), float(view.y(place[0]))
    dot = el("circle", cx=number(x), cy=number(y), r=2.8, class_="end-dot")
    text = str(alert.rank)
    at = room.place(text, x, y, size=15, gap=5)
    if at is None:
        return dot
    return dot + el(
        "text",
        text,
        x=number(at.x),
        y=number(at.y),
        text_anchor=at.anchor,
        class_="rank-name",
        font_size=15,
    )


def _codes(alert: Alert) -> str:
    return " to ".join(_known(alert.airports)) or "unknown fields"


def _known(airports: Iterable[str]) -> list[str]:
    return ["an unknown field" if code == "?" else code for code in airports]
