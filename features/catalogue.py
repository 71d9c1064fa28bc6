"""The features as a reader meets them: in tables, one a family."""

from __future__ import annotations

import math
from collections.abc import Iterator

from features import families
from features.base import Feature

BEGIN, END = "<!-- features: begin -->", "<!-- features: end -->"
_ABOUT = {
    "route": "where from and to, how far, how unusual, and what went unseen",
    "stopover": "the stops of the journey so far, and the journey as a whole",
    "operator": "who says they fly it, whose it is, and whether that fits together",
    "aircraft_type": "what the type is for, and whether it flies as it should",
    "history": "what the airframe did in the 90 days before, and who flew alike",
    "region": "in what part of the world it began and ended",
    "kinematics": "how it moved, for aircraft that say nothing of themselves",
}


def markdown() -> str:
    """Return all features as Markdown, a folded table for each family."""
    return "\n".join([BEGIN, *_lines(), END])


def span(feature: Feature) -> str:
    """Return the range of a feature's values.

    Examples
    --------
    >>> from features import declared
    >>> span(declared()[0]), span(next(f for f in declared() if f.high == 1))
    ('0 or 1', '0 or 1')
    """
    if feature.unit.startswith("0"):
        return feature.unit
    ends = [_number(end) for end in (feature.low, feature.high)]
    if not ends[1]:
        return f"from {ends[0]}" if ends[0] else "any"
    return f"{ends[0]} to {ends[1]}" if ends[0] else f"to {ends[1]}"


def marks(feature: Feature) -> str:
    """Return the marks of a feature: ``i`` for identity, ``n`` for not learnt."""
    return ("i" if feature.identity else "") + ("" if feature.learnt else "n")


def _lines() -> Iterator[str]:
    for family in families():
        about = _ABOUT.get(family.name, "")
        name = family.name.replace("_", " ")
        yield "<details>"
        yield (
            f"<summary><b>{name}</b>: {about}"
            f" ({len(family.features)} features)</summary>"
        )
        yield ""
        yield "| feature | | unit | range | meaning | unknown when |"
        yield "|---|---|---|---|---|---|"
        for feature in family.features:
            yield "| " + " | ".join(_cells(feature)) + " |"
        yield ""
        yield "</details>"


def _cells(feature: Feature) -> tuple[str, ...]:
    unit = "" if feature.unit.startswith("0") else feature.unit
    return (
        f"`{feature.name}`",
        marks(feature),
        unit,
        span(feature),
        feature.doc,
        feature.null_means,
    )


def _number(end: float) -> str:
    return "" if math.isinf(end) else f"{end:g}"
