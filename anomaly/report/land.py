"""Draw the ground of a map: land, borders, and the grid of degrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
from markupsafe import Markup

from anomaly.reference.coast import border_lines, land_rings
from anomaly.report.projection import View
from anomaly.report.svg import Points, el, number, path_data, simplify

# Coarser steps as the picture shows more: about five to ten lines across.
_STEPS_DEG = (1, 2, 5, 10, 15, 30)
_LINES = 8


def land(view: View, *, tolerance: float = 0.5) -> Markup:
    """Return the land in view as one shape."""
    # An islet of less than a pixel only makes the page longer.
    rings = (
        simplify(view.ring(ring, turn), tolerance)
        for ring, turn in _in_view(view, land_rings, smallest_px=1.0)
    )
    data = path_data((ring for ring in rings if len(ring) > 3), closed=True)
    # Rings of lakes lie within those of land: the even-odd rule cuts them out.
    return el("path", d=data, class_="land", fill="#d9d6cc", fill_rule="evenodd")


def borders(view: View, *, tolerance: float = 0.5) -> Markup:
    """Return the borders between states; they may run on beyond the picture."""
    lines = (
        simplify(view.straight(line, turn), tolerance)
        for line, turn in _in_view(view, border_lines, smallest_px=2.0)
    )
    return el(
        "path", d=path_data(lines), class_="border", fill="none", stroke="#a8a496"
    )


def _in_view(
    view: View, lines_of: Callable[[], Sequence[Points]], *, smallest_px: float
) -> Iterator[tuple[Points, float]]:
    """Return the lines that reach into the picture, with their turns of the world.

    The world repeats every 360 degrees; a picture may show parts of two.
    """
    lines, low, high = _boxed(lines_of)
    south, north, west, east = view.bounds_deg()
    large = (high - low).max(axis=1) * view.px_per_deg > smallest_px
    for turn in (-360.0, 0.0, 360.0):
        near = (
            large
            & (high[:, 0] + turn >= west)
            & (low[:, 0] + turn <= east)
            & (high[:, 1] >= south)
            & (low[:, 1] <= north)
        )
        for n in np.flatnonzero(near).tolist():
            yield lines[n], turn


@cache
def _boxed(
    lines_of: Callable[[], Sequence[Points]],
) -> tuple[Sequence[Points], Points, Points]:
    """Return lines with the corners of each."""
    lines = lines_of()
    low = np.array([line.min(axis=0) for line in lines])
    return lines, low, np.array([line.max(axis=0) for line in lines])


def grid(view: View, *, labels: bool = True) -> Markup:
    """Return the lines of round latitudes and longitudes, with their names."""
    south, north, west, east = view.bounds_deg()
    step = next((s for s in _STEPS_DEG if (east - west) / s <= _LINES), _STEPS_DEG[-1])
    lines, names = [], []
    for longitude in np.arange(np.ceil(west / step) * step, east, step):
        x = (
            longitude - view.longitude_deg
        ) * view.px_per_deg * view.squeeze + view.width / 2
        lines.append(np.array([[x, 0], [x, view.height]]))
        names.append((x, view.height - 5, _east((longitude + 180) % 360 - 180)))
    for latitude in np.arange(np.ceil(max(south, -90) / step) * step, north, step):
        y = float(view.y(float(latitude)))
        lines.append(np.array([[0, y], [view.width, y]]))
        names.append((view.width - 26, y - 3, _north(latitude)))
    drawn = el("path", d=path_data(lines), class_="grid", fill="none", stroke="#c4c0b4")
    if not labels:
        return drawn
    return drawn + Markup().join(
        el("text", name, x=number(x), y=number(y), class_="grid-name", font_size=9)
        for x, y, name in names
        if 30 < x < view.width - 22 and 34 < y < view.height - 3
    )


def scale_bar(view: View, *, x: float, y: float) -> Markup:
    """Return a bar of a round number of nautical miles, true at mid-height."""
    px_per_nm = view.px_per_deg / 60
    wanted = view.width / 6 / px_per_nm
    power = 10 ** np.floor(np.log10(wanted))
    length_nm = max(s * power for s in (1, 2, 5) if s * power <= wanted)
    end = x + length_nm * px_per_nm
    bar = np.array([[x, y - 4], [x, y], [end, y], [end, y - 4]])
    return el(
        "path", d=path_data([bar]), class_="scale", fill="none", stroke="#555"
    ) + el(
        "text",
        f"{length_nm:,.0f} nm",
        x=number(x + 4),
        y=number(y - 4),
        class_="grid-name",
        font_size=9,
    )


def _east(longitude: float) -> str:
    side = "E" if longitude > 0 else "W" if longitude else ""
    return f"{abs(longitude):.0f}°{side}"


def _north(latitude: float) -> str:
    side = "N" if latitude > 0 else "S" if latitude else ""
    return f"{abs(latitude):.0f}°{side}"
