"""Draw one journey as a map, zoomed to its extent, as inline SVG."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import symbols, words
from anomaly.report.airspace import closed_land
from anomaly.report.labels import Room
from anomaly.report.land import borders, grid, land, scale_bar
from anomaly.report.projection import View, around
from anomaly.report.route import Part, Spot, parts_of, spots_of
from anomaly.report.summary import Alert
from anomaly.report.svg import (
    Points,
    el,
    number,
    path_data,
    picture,
    simplify,
)

WIDTH = 800.0
LOWEST, HIGHEST = 320.0, 620.0
LEGEND_HEIGHT = 56.0
# Names of short gaps would cover the way itself.
NAMED_GAPS = 3
NAMED_GAP_H = 0.5
LONGEST_NAME = 26
# What most names of fields end in: it takes the most room and says the least.
_COMMON_WORDS = re.compile(r"\s+((International|Intl)\s+)?(Airport|Aerodrome)\b")


def journey_map(alert: Alert, *, ident: str) -> Markup:
    """Return the map of a journey; `ident` is unique on its page."""
    parts, spots = parts_of(alert), spots_of(alert)
    if not parts and not spots:
        return Markup()
    view = _view(parts, spots)
    lines = [(part, _lines(part, view)) for part in parts]
    room = _room(view, alert.provenance, lines)
    names = [_spot(spot, view, room) for spot in spots]
    gaps = [_gap(part, drawn, room) for part, drawn in _longest_gaps(lines)]
    kinds = [kind for kind in symbols.DASHES if any(p.kind == kind for p in parts)]
    uses = [use for use in symbols.USE_WORDS if any(s.use == use for s in spots)]
    frame = {"width": WIDTH, "height": number(view.height)}
    clip = f"{ident}-clip"
    closed = closed_land(alert.closed, view, f"{ident}-closed")
    return picture(
        el("clipPath", el("rect", **frame), id=clip),
        el("rect", **frame, class_="sea", fill="#eef2f5"),
        el(
            "g",
            land(view),
            closed,
            borders(view),
            grid(view),
            *(_way(part, drawn, alert.provenance) for part, drawn in lines),
            *(_arrow(part, drawn) for part, drawn in _one_for_each_leg(lines)),
            *gaps,
            *names,
            clip_path=f"url(#{clip})",
        ),
        scale_bar(view, x=14, y=view.height - 12),
        symbols.legend(
            kinds,
            uses,
            provenance=alert.provenance,
            rings=any(spot.inferred for spot in spots),
            closed=f"{ident}-closed" if closed else None,
            y=view.height + 17,
        ),
        ident=ident,
        kinds=[alert.provenance],
        title=f"Journey of {alert.craft.name}",
        desc=f"{words.what_was_seen(alert)} {_told_apart(kinds, alert.provenance)}",
        width=WIDTH,
        height=view.height,
        legend_height=LEGEND_HEIGHT,
        class_="map",
    )


def _view(parts: Sequence[Part], spots: Sequence[Spot]) -> View:
    latitude = [part.latitude_deg for part in parts]
    longitude = [part.longitude_deg for part in parts]
    latitude.append(np.array([spot.latitude_deg for spot in spots]))
    longitude.append(np.array([spot.longitude_deg for spot in spots]))
    return around(
        np.concatenate(latitude),
        np.concatenate(longitude),
        width=WIDTH,
        lowest=LOWEST,
        highest=HIGHEST,
    )


def _room(
    view: View, provenance: Provenance, lines: list[tuple[Part, list[Points]]]
) -> Room:
    """Return the picture's room: the bar and the mark are taken, ways are shunned."""
    room = Room(view.width, view.height)
    room.take((0, view.height - 28, view.width / 5 + 30, view.height))
    if provenance.is_made:
        room.take((0, 0, 300, 34))
    for _, drawn in lines:
        for line in drawn:
            for x, y in _beads(line).tolist():
                room.shun((x - 3, y - 3, x + 3, y + 3))
    return room


def _beads(line: Points) -> Points:
    """Return points every few pixels along a line."""
    along = np.r_[0, np.hypot(*np.diff(line, axis=0).T).cumsum()]
    at = np.arange(0, along[-1], 8.0)
    return np.column_stack(
        [np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])]
    )


def _lines(part: Part, view: View) -> list[Points]:
    return [
        simplify(line) for line in view.lines(part.latitude_deg, part.longitude_deg)
    ]


def _way(part: Part, drawn: list[Points], provenance: Provenance) -> Markup:
    gap = part.gap
    title = (
        f"Not observed for {words.hours(gap.duration_h)}, "
        f"{words.span(gap.start, gap.end)} UTC, {words.number(gap.distance_nm, 'nm')}: "
        f"{words.GAP_KIND.get(gap.kind, gap.kind)}"
        if gap
        else f"Flight {part.leg + 1}: {symbols.line_words(part.kind, provenance)}"
    )
    return symbols.line(part.kind, path_data(drawn), width=2.4, title=title)


def _one_for_each_leg(
    lines: list[tuple[Part, list[Points]]],
) -> list[tuple[Part, list[Points]]]:
    """Return the longest part of each flight: it carries the arrow."""
    longest: dict[int, tuple[Part, list[Points]]] = {}
    for part, drawn in lines:
        best = longest.get(part.leg)
        if best is None or _length(drawn) > _length(best[1]):
            longest[part.leg] = (part, drawn)
    return list(longest.values())


def _length(drawn: list[Points]) -> float:
    return float(sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in drawn))


def _arrow(part: Part, drawn: list[Points]) -> Markup:
    line = max(drawn, key=lambda one: _length([one]))
    steps = np.hypot(*np.diff(line, axis=0).T)
    if steps.sum() < 40:
        return Markup()
    along = steps.cumsum()
    n = int(np.searchsorted(along, along[-1] / 2))
    share = 1 - (along[n] - along[-1] / 2) / steps[n]
    step = line[n + 1] - line[n]
    x, y = line[n] + share * step
    return symbols.arrow(
        x, y, float(np.degrees(np.arctan2(step[1], step[0]))), part.kind
    )


def _longest_gaps(
    lines: list[tuple[Part, list[Points]]],
) -> list[tuple[Part, list[Points]]]:
    gaps = [
        (part, drawn)
        for part, drawn in lines
        if part.gap is not None and part.gap.duration_h >= NAMED_GAP_H
    ]
    gaps.sort(key=lambda one: -one[0].gap.duration_h if one[0].gap else 0.0)
    return gaps[:NAMED_GAPS]


def _gap(part: Part, drawn: list[Points], room: Room) -> Markup:
    """Return the ends of a gap with their times, where there is room for them."""
    if part.gap is None:
        return Markup()
    ends = (
        (drawn[0][0], f"lost {part.gap.start:%H:%M}"),
        (drawn[-1][-1], f"back {part.gap.end:%H:%M}"),
    )
    said = Markup()
    for (x, y), text in ends:
        said += el(
            "circle",
            cx=number(x),
            cy=number(y),
            r=2.6,
            class_="gap-end",
            fill=symbols.COLOURS["unobserved"],
        )
        at = room.place(text, x, y, size=11, gap=7)
        if at:
            said += el(
                "text",
                text,
                x=number(at.x),
                y=number(at.y),
                text_anchor=at.anchor,
                class_="gap-name",
                font_size=11,
                fill=symbols.COLOURS["unobserved"],
            )
    return said


def _spot(spot: Spot, view: View, room: Room) -> Markup:
    x, y = float(view.x(spot.longitude_deg)), float(view.y(spot.latitude_deg))
    room.take((x - 8, y - 8, x + 8, y + 8))
    numbers = ", ".join(map(str, spot.numbers))
    full = f"{numbers} {spot.name} ({spot.ident})"
    name = _COMMON_WORDS.sub("", spot.name)
    name = textwrap.shorten(name, LONGEST_NAME, placeholder=" …")
    shorter = f"{numbers} {name} ({spot.ident})"
    sign = el(
        "g",
        el("title", f"{full}, {symbols.USE_WORDS.get(spot.use, spot.use)}"),
        symbols.field(spot.use, x, y, inferred=spot.inferred),
    )
    for text in (shorter, f"{numbers} {spot.ident}"):
        at = room.place(text, x, y, size=13)
        if at:
            return sign + el(
                "text",
                text,
                x=number(at.x),
                y=number(at.y),
                text_anchor=at.anchor,
                class_="field-name",
                font_size=13,
            )
    return sign


def _told_apart(kinds: list[str], provenance: Provenance) -> str:
    said = {
        "observed": f"Solid lines were {words.SEEN[provenance]}",
        "inferred": "dashed lines are inferred to or from a field",
        "unobserved": "dotted lines were not observed and show the shortest way",
    }
    text = "; ".join(said[kind] for kind in kinds)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
