"""Draw journeys on a map of the world: all of a day, or one beside its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import symbols
from anomaly.report.labels import Room
from anomaly.report.land import borders, grid, land
from anomaly.report.projection import View, world
from anomaly.report.route import parts_of, spots_of
from anomaly.report.summary import Alert
from anomaly.report.svg import Points, el, number, path_data, picture, simplify

WIDTH = 1000.0
THUMB_WIDTH = 200.0
_THUMB_LAND = "land-small"


def day_map(
    alerts: Sequence[Alert],
    links: Sequence[str],
    kinds: Sequence[Provenance],
    *,
    ident: str,
) -> Markup:
    """Return the flagged journeys on one map, each a link to its page."""
    view = world(WIDTH)
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
        el(
            "rect",
            width=WIDTH,
            height=number(view.height),
            class_="sea",
            fill="#eef2f5",
        ),
        land(view, tolerance=0.6),
        borders(view, tolerance=0.6),
        grid(view, labels=False),
        *reversed(drawn),
        kinds=kinds,
        ident=ident,
        title="World map of the journeys flagged for review",
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
    view = world(THUMB_WIDTH)
    shape = el("symbol", land(view, tolerance=0.3), id=_THUMB_LAND, **_box(view))
    return el("svg", shape, class_="shared", aria_hidden="true", width=0, height=0)


def thumb(alert: Alert, *, ident: str) -> Markup:
    """Return one journey on a small map; the page holds `thumb_land` once."""
    view = world(THUMB_WIDTH)
    size = {"width": number(view.width), "height": number(view.height)}
    return picture(
        _sea(view),
        el("use", href=f"#{_THUMB_LAND}", **size),
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
        class_="thumb",
    )


def _sea(view: View) -> Markup:
    return el(
        "rect",
        width=number(view.width),
        height=number(view.height),
        class_="sea",
        fill="#eef2f5",
    )


def _box(view: View) -> dict[str, object]:
    return {"viewBox": f"0 0 {number(view.width)} {number(view.height)}"}


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
    name = el(
        "text",
        text,
        x=number(at.x),
        y=number(at.y),
        text_anchor=at.anchor,
        class_="rank-name",
        font_size=15,
    )
    return dot + name


def _codes(alert: Alert) -> str:
    return " to ".join(_known(alert.airports)) or "unknown fields"


def _known(airports: Iterable[str]) -> list[str]:
    return ["an unknown field" if code == "?" else code for code in airports]
