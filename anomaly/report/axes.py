"""Axes of a chart against time: where values lie, with their lines and names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from anomaly.report.summary import Floats
from anomaly.report.svg import el, number, path_data

WIDTH = 800.0
LEFT, RIGHT = 52.0, 12.0
# Hours between two ticks: the first that gives few enough.
_TICK_HOURS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48)
_MOST_TICKS = 9


@dataclass(frozen=True)
class Axis:
    """Where moments lie from left to right."""

    start_s: float
    end_s: float

    def x(self, t_s: Floats) -> Floats:
        """Return how far right moments are, given in seconds since 1970."""
        share = (t_s - self.start_s) / (self.end_s - self.start_s)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def at(self, when: dt.datetime) -> float:
        """Return how far right one moment is."""
        return float(self.x(np.array(when.timestamp())))


@dataclass(frozen=True)
class Panel:
    """One quantity, from 0 at its bottom to `highest` at its top."""

    name: str
    top: float
    height: float
    highest: float
    step: float

    def y(self, value: Floats) -> Floats:
        """Return how far down values are."""
        return self.top + self.height * (1 - value / self.highest)

    @property
    def bottom(self) -> float:
        """Where 0 lies."""
        return self.top + self.height


def panel_of(
    name: str, top: float, height: float, step: float, values: list[Floats]
) -> Panel:
    """Return a panel that holds all values, with round numbers at its lines."""
    every = np.concatenate(values)
    every = every[np.isfinite(every)]
    peak = float(every.max()) if len(every) else 0.0
    return Panel(name, top, height, max(np.ceil(peak / step), 1) * step, step)


def scale(panel: Panel) -> Markup:
    """Return the lines of a panel with their values, and what it shows."""
    values = np.arange(0, panel.highest + 1, panel.step)
    heights = panel.y(values).tolist()
    # A line for each step, a name for as many as there is room for.
    every = max(1, int(np.ceil(len(values) * 14 / panel.height)))
    lines = [np.array([[LEFT, y], [WIDTH - RIGHT, y]]) for y in heights]
    names = Markup().join(
        text(f"{value:,.0f}", LEFT - 6, y + 4, "tick", "end")
        for value, y in zip(values[::every], heights[::every], strict=True)
    )
    return (
        el("path", d=path_data(lines), class_="grid", fill="none", stroke="#c4c0b4")
        + names
        + text(panel.name, 4, panel.top - 8, "tick strong", "start")
    )


def ticks(axis: Axis, panels: tuple[Panel, ...]) -> Markup:
    """Return hours below the panels, and the date where a day begins."""
    spanned_h = (axis.end_s - axis.start_s) / 3600
    step_h = next(
        (h for h in _TICK_HOURS if spanned_h / h <= _MOST_TICKS), _TICK_HOURS[-1]
    )
    step_s = step_h * 3600
    moments = np.arange(np.ceil(axis.start_s / step_s) * step_s, axis.end_s + 1, step_s)
    bottom = panels[-1].bottom
    said, lines, day_before = Markup(), [], None
    for second, x in zip(moments, axis.x(moments), strict=True):
        at = dt.datetime.fromtimestamp(float(second), dt.UTC)
        said += text(f"{at:%H:%M}", float(x), bottom + 15, "tick", "middle")
        if at.date() != day_before:
            day = f"{at.day} {at:%b}"
            said += text(day, float(x), bottom + 29, "tick strong", "middle")
            day_before = at.date()
        lines += [np.array([[x, panel.top], [x, panel.bottom]]) for panel in panels]
    drawn = el("path", d=path_data(lines), class_="grid", fill="none", stroke="#c4c0b4")
    return drawn + said


def text(said: str, x: float, y: float, class_: str, anchor: str) -> Markup:
    """Return small words in the chart."""
    return el(
        "text",
        said,
        x=number(x),
        y=number(y),
        class_=class_,
        text_anchor=anchor,
        font_size=11,
    )
