"""Write SVG by hand: elements with everything escaped, and short path data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup, escape
from numba import njit
from numpy.typing import NDArray

from anomaly.domain import Provenance

SMALL_MARK_HEIGHT = 13.0
Points = NDArray[np.float64]
"""Shape (n, 2): x and y in the picture's own units."""


def el(_tag: str, *children: Markup | str, **attributes: object) -> Markup:
    """Return one element; plain strings are escaped, markup is kept.

    Underscores in names become hyphens; ``class_`` is ``class``; an attribute that
    is None is left out.

    Examples
    --------
    >>> str(el("text", "<b>", class_="label", stroke_width=2))
    '<text class="label" stroke-width="2">&lt;b&gt;</text>'
    """
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if not children:
        return Markup(f"<{_tag}{said}/>")
    inside = "".join(escape(child) for child in children)
    return Markup(f"<{_tag}{said}>{inside}</{_tag}>")


def number(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def path_data(lines: Iterable[Points], *, closed: bool = False) -> str:
    """Return the ``d`` of a path through each line's points.

    Examples
    --------
    >>> path_data([np.array([[0, 0], [10, 2.54]])])
    'M0 0L10 2.5'
    """
    end = "Z" if closed else ""
    return "".join(
        # Adding zero turns a negative zero into a plain one.
        "M" + "L".join(f"{x:g} {y:g}" for x, y in (line.round(1) + 0.0).tolist()) + end
        for line in lines
        if len(line) > 1
    )


def simplify(points: Points, tolerance: float = 0.4) -> Points:
    """Return the points that matter: the rest lie within `tolerance` of the line.

    This is the algorithm of Ramer, Douglas and Peucker.
    """
    if len(points) < 3:
        return points
    kept: Points = points[_that_matter(np.ascontiguousarray(points), tolerance)]
    return kept


@njit(cache=True)
def _that_matter(points: Points, tolerance: float) -> NDArray[np.bool_]:
    n = len(points)
    kept = np.zeros(n, np.bool_)
    kept[0] = kept[n - 1] = True
    todo = [(0, n - 1)]
    while todo:
        first, last = todo.pop()
        ax, ay = points[first]
        bx, by = points[last]
        dx, dy = bx - ax, by - ay
        length2 = dx * dx + dy * dy
        farthest, most = -1, tolerance * tolerance
        for i in range(first + 1, last):
            px, py = points[i, 0] - ax, points[i, 1] - ay
            along = (px * dx + py * dy) / length2 if length2 > 0 else 0.0
            along = min(max(along, 0.0), 1.0)
            off_x, off_y = px - along * dx, py - along * dy
            off2 = off_x * off_x + off_y * off_y
            if off2 > most:
                farthest, most = i, off2
        if farthest >= 0:
            kept[farthest] = True
            todo.append((first, farthest))
            todo.append((farthest, last))
    return kept


def picture(
    *children: Markup,
    kinds: Sequence[Provenance],
    ident: str,
    title: str,
    desc: str,
    width: float,
    height: float,
    class_: str,
    legend_height: float = 0.0,
    small: bool = False,
    holds_links: bool = False,
) -> Markup:
    """Return a picture that a screen reader can tell; `ident` is unique on its page.

    Whatever is drawn of tracks goes through here: it says inside the picture, and in
    its title, if they were made.
    """
    made = any(kind.is_made for kind in kinds)
    tag = f"{_heading(kinds)}: " if made else ""
    return el(
        "svg",
        el("title", f"{tag}{title}", id=f"{ident}-t"),
        el("desc", desc, id=f"{ident}-d"),
        *children,
        _mark(_heading(kinds), width, height, small=small) if made else Markup(),
        viewBox=f"0 0 {number(width)} {number(height + legend_height)}",
        # Within an image nothing can be reached by keyboard.
        role="group" if holds_links else "img",
        aria_labelledby=f"{ident}-t",
        aria_describedby=f"{ident}-d",
        class_=class_,
    )


def _heading(kinds: Sequence[Provenance]) -> str:
    return " + ".join(kind.value.upper() for kind in kinds)


def _mark(words: str, width: float, height: float, *, small: bool) -> Markup:
    """Return what says inside a picture that its tracks are not real.

    The words go across it, too: a part cut out of it still shows them.
    """
    if small:
        # Below the map: across so small a one the words would hide it.
        strip = el(
            "rect",
            y=number(height),
            width=number(width),
            height=SMALL_MARK_HEIGHT,
            class_="strip",
            fill="#fff",
        )
        return strip + el(
            "text", words, x=2, y=number(height + 10), class_="mark-made", font_size=9
        )
    size = min(width / max(len(words), 1) * 1.1, height / 3)
    across = el(
        "text",
        words,
        x=number(width / 2),
        y=number(height / 2 + size / 3),
        font_size=number(size),
        text_anchor="middle",
        class_="mark-across",
        fill="#b3541e",
        fill_opacity=0.13,
        aria_hidden="true",
    )
    label = f"{words}: not a recording"
    wide = 7.8 * len(label)
    box = el(
        "rect",
        x=8,
        y=8,
        width=number(wide + 16),
        height=22,
        class_="mark-box",
        fill="#7a2e00",
    )
    text = el(
        "text",
        label,
        x=16,
        y=23.5,
        # The box fits the words whatever font the page gets.
        textLength=number(wide),
        lengthAdjust="spacingAndGlyphs",
        class_="mark-text",
        font_size=12,
        fill="#fff",
    )
    return across + box + text
