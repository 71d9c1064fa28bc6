"""Draw height and speed against time, with gaps and stopovers shaded."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from anomaly.report import words
from anomaly.report.axes import RIGHT, WIDTH, Axis, Panel, panel_of, scale, text, ticks
from anomaly.report.summary import Alert, Floats, Gap, Leg, Stop
from anomaly.report.svg import (
    el,
    number,
    path_data,
    picture,
    simplify,
)

TOP = 62.0
HEIGHT_PX, SPEED_PX, BETWEEN = 150.0, 90.0, 30.0
BOTTOM = 40.0


def charts(alert: Alert, *, ident: str) -> Markup:
    """Return the picture of a journey in time; nothing where no position is known."""
    tracks = [leg.track for leg in alert.legs if len(leg.track)]
    if not tracks:
        return Markup()
    first, last = alert.first_seen.timestamp(), alert.last_seen.timestamp()
    axis = Axis(first, max(last, first + 60))
    height = panel_of(
        "Height, ft", TOP, HEIGHT_PX, 10_000, [t.altitude_ft for t in tracks]
    )
    top = height.bottom + BETWEEN
    speed = panel_of(
        "Speed over ground, kt", top, SPEED_PX, 250, [t.speed_kt for t in tracks]
    )
    panels = (height, speed)
    gaps = [gap for leg in alert.legs for gap in leg.gaps]
    return picture(
        _hatch(ident),
        *(_stop(stop, axis, panels) for stop in alert.stops),
        *(_gap(gap, axis, panels, ident) for gap in gaps),
        *(scale(panel) for panel in panels),
        ticks(axis, panels),
        *(_curves(leg, axis, panels) for leg in alert.legs),
        _key(ident, gaps=bool(gaps), stops=bool(alert.stops)),
        kinds=[alert.provenance],
        ident=ident,
        title=f"Height and speed of {alert.craft.name} against time, UTC",
        desc=_told(alert, gaps),
        width=WIDTH,
        height=speed.bottom,
        legend_height=BOTTOM,
        class_="chart",
    )


def _hatch(ident: str) -> Markup:
    """Return the lines that fill a gap, so that it needs no colour."""
    stripe = el("path", d="M0 6L6 0", class_="hatch", stroke="#9b2242", stroke_width=1)
    return el(
        "defs",
        el(
            "pattern",
            stripe,
            id=f"{ident}-gap",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    )


def _gap(gap: Gap, axis: Axis, panels: tuple[Panel, ...], ident: str) -> Markup:
    start, end = axis.at(gap.start), axis.at(gap.end)
    title = (
        f"Not observed {words.span(gap.start, gap.end)} UTC, "
        f"{words.hours(gap.duration_h)}: {words.GAP_KIND.get(gap.kind, gap.kind)}"
    )
    boxes = [
        el(
            "rect",
            x=number(start),
            y=number(panel.top),
            width=number(max(end - start, 0.6)),
            height=number(panel.height),
            fill=f"url(#{ident}-gap)",
            class_="gap",
        )
        for panel in panels
    ]
    return el("g", el("title", title), *boxes)


def _stop(stop: Stop, axis: Axis, panels: tuple[Panel, ...]) -> Markup:
    start, end = axis.at(stop.arrived), axis.at(stop.departed)
    middle = (start + end) / 2
    boxes = [
        el(
            "rect",
            x=number(start),
            y=number(panel.top),
            width=number(max(end - start, 1)),
            height=number(panel.height),
            class_="ground",
            fill="#dcd8cb",
        )
        for panel in panels
    ]
    name = stop.ident or "?"
    return el(
        "g",
        el("title", f"On the ground at {words.stop_words(stop)}"),
        *boxes,
        text(name, middle, TOP - 17, "tick strong", "middle"),
        text(_lasted(stop), middle, TOP - 5, "tick", "middle"),
    )


def _lasted(stop: Stop) -> str:
    if words.may_be_none(stop):
        return f"0 to {words.hours(stop.ground_time_max_h)}"
    return words.hours(stop.ground_time_h)


def _curves(leg: Leg, axis: Axis, panels: tuple[Panel, ...]) -> Markup:
    track = leg.track
    if not len(track):
        return Markup()
    height, speed = panels
    x = axis.x(track.t_s)
    ends = [gap.end.timestamp() for gap in leg.gaps]
    cuts = np.union1d(np.searchsorted(track.t_s, ends, side="left"), track.silences())
    return (
        _curve(x, height.y(track.altitude_ft), cuts, "height")
        + _curve(x, speed.y(track.speed_kt), cuts, "speed")
        + _on_ground(x, track.on_ground, height)
    )


def _curve(x: Floats, y: Floats, cuts: NDArray[np.intp], class_: str) -> Markup:
    lines = [
        simplify(line[np.isfinite(line[:, 1])], 0.3)
        for line in np.split(np.column_stack([x, y]), cuts)
    ]
    return el(
        "path",
        d=path_data(lines),
        class_=f"curve {class_}",
        fill="none",
        stroke="#174a7c",
        stroke_width=1.6,
        stroke_linejoin="round",
    )


def _on_ground(x: Floats, on_ground: NDArray[np.bool_], panel: Panel) -> Markup:
    """Return a thick base line while the aircraft said it was on the ground."""
    edges = np.flatnonzero(np.diff(np.r_[False, on_ground, False].astype(np.int8)))
    lines = [
        np.array([[x[first], panel.bottom], [x[last - 1] + 1, panel.bottom]])
        for first, last in edges.reshape(-1, 2)
    ]
    return el(
        "path",
        d=path_data(lines),
        class_="curve taxi",
        fill="none",
        stroke="#174a7c",
        stroke_width=5,
    )


def _key(ident: str, *, gaps: bool, stops: bool) -> Markup:
    """Return what the shades mean."""
    # At the right: the mark of made tracks has the left corner.
    parts, x = [], WIDTH - RIGHT - 300
    box = {"y": 12, "width": 18, "height": 11}
    if gaps:
        parts += [
            el("rect", x=number(x), fill=f"url(#{ident}-gap)", class_="gap", **box),
            text("not observed", x + 24, 22, "tick", "start"),
        ]
        x += 120
    if stops:
        parts += [
            el("rect", x=number(x), fill="#dcd8cb", class_="ground", **box),
            text("on the ground, estimated", x + 24, 22, "tick", "start"),
        ]
    return el("g", *parts, aria_hidden="true")


def _told(alert: Alert, gaps: list[Gap]) -> str:
    """Return what the picture shows, for those who cannot see it."""
    flights = "; ".join(
        f"flight {n}, {words.span(leg.first_seen, leg.last_seen)}, "
        f"{words.leg_facts(leg)}"
        for n, leg in enumerate(alert.legs, start=1)
    )
    unseen = "; ".join(
        f"{words.span(gap.start, gap.end)}, {words.hours(gap.duration_h)}"
        for gap in gaps
    )
    return f"{flights}. Not observed: {unseen or 'no gap'}."
