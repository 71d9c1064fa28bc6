"""The signs of the maps: lines by how they are known, fields by their use.

Lines differ in their dashes and fields in their shape, so that neither needs colour.
"""

from __future__ import annotations

from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import words
from anomaly.report.svg import el, number

DASHES = {"observed": None, "inferred": "9 5", "unobserved": "1.5 5"}
COLOURS = {"observed": "#174a7c", "inferred": "#8a4b08", "unobserved": "#9b2242"}
_LINE_WORDS = {
    "inferred": "inferred to or from a field",
    "unobserved": "not observed: shortest way",
}
USE_WORDS = {
    "civil": "civil field",
    "joint": "joint use",
    "military": "military field",
    "unknown": "use unknown",
}
_LEGEND_STEP = 172


def line_words(kind: str, provenance: Provenance) -> str:
    """Return how a line is known; of a made track nothing is called observed."""
    return _LINE_WORDS.get(kind) or words.SEEN[provenance]


def line(kind: str, data: str, *, width: float, title: str = "") -> Markup:
    """Return one stretch of a journey."""
    return el(
        "path",
        *([el("title", title)] if title else []),
        d=data,
        class_=f"way {kind}",
        fill="none",
        stroke=COLOURS[kind],
        stroke_width=width,
        stroke_dasharray=DASHES[kind],
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def field(
    use: str, x: float, y: float, *, size: float = 5, inferred: bool = False
) -> Markup:
    """Return the sign of a field; a dashed ring tells that no landing was seen."""
    ring = (
        el(
            "circle",
            cx=number(x),
            cy=number(y),
            r=number(size + 4),
            class_="ring",
            fill="none",
            stroke=COLOURS["inferred"],
            stroke_dasharray="3 2.5",
        )
        if inferred
        else Markup()
    )
    return ring + _shape(use, x, y, size)


def _shape(use: str, x: float, y: float, size: float) -> Markup:
    look = {"class_": "field", "stroke": "#1c1c1a", "stroke_width": 1.5}
    if use == "military":
        side = {"x": number(x - size), "y": number(y - size)}
        return el(
            "rect",
            **side,
            width=number(2 * size),
            height=number(2 * size),
            **(look | {"class_": "field solid"}),
        )
    if use in {"civil", "joint"}:
        circle = el(
            "circle", cx=number(x), cy=number(y), r=number(size), fill="#fff", **look
        )
        if use == "civil":
            return circle
        half = (
            f"M{number(x)} {number(y - size)}A{number(size)} {number(size)} 0 0 0 "
            f"{number(x)} {number(y + size)}Z"
        )
        return circle + el("path", d=half, class_="field solid")
    corners = ((0, -1), (1, 0), (0, 1), (-1, 0))
    points = " ".join(
        f"{number(x + dx * size)},{number(y + dy * size)}" for dx, dy in corners
    )
    return el("polygon", points=points, fill="#fff", **look)


def arrow(x: float, y: float, angle_deg: float, kind: str) -> Markup:
    """Return a head that points along the way."""
    return el(
        "path",
        d="M7 0L-5 -5L-2 0L-5 5Z",
        transform=f"translate({number(x)} {number(y)}) rotate({number(angle_deg)})",
        class_=f"arrow {kind}",
        fill=COLOURS[kind],
    )


def legend(
    kinds: list[str],
    uses: list[str],
    *,
    provenance: Provenance,
    rings: bool,
    closed: str | None,
    y: float,
) -> Markup:
    """Return what the signs mean, in two rows that start at `y`.

    `closed` names the pattern of closed airspace, if there is any in the picture.
    """
    parts = []
    for place, kind in enumerate(kinds):
        x = 12 + place * (_LEGEND_STEP + 40)
        parts += [
            line(kind, f"M{x} {number(y)}H{x + 34}", width=2.5),
            _said(line_words(kind, provenance), x + 42, y),
        ]
    shown = [(USE_WORDS[use], use, False) for use in uses]
    if rings:
        shown.append(("landing not seen", "civil", True))
    for place, (text, use, inferred) in enumerate(shown):
        x = 20 + place * _LEGEND_STEP
        parts += [
            field(use, x, y + 21, inferred=inferred),
            _said(text, x + 15, y + 21),
        ]
    if closed:
        # Room for the longest words before it, in whatever font a page gets.
        x = 28 + len(DASHES) * (_LEGEND_STEP + 40)
        swatch = {"x": x, "y": number(y - 7), "width": 22, "height": 14}
        parts += [
            el("rect", **swatch, class_="closed", fill=f"url(#{closed})"),
            _said("closed or banned", x + 30, y),
        ]
    return el("g", *parts, class_="legend", aria_hidden="true")


def _said(text: str, x: float, y: float) -> Markup:
    return el(
        "text", text, x=number(x), y=number(y + 4), class_="legend-text", font_size=12
    )
