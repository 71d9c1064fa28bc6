"""The templates, and the words and pictures that they may use."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from anomaly.report import (
    briefing,
    calendar,
    doubts,
    grouping,
    links,
    timeline,
    trackmap,
    unseen,
    unusual,
    whereabouts,
    words,
    worldmap,
)
from anomaly.report.summary import Alert, Leg, Stop
from anomaly.verdicts import at_odds
from features import families

# Controls but for line ends and tabs, and what turns the direction of a text.
_COMMANDS = dict.fromkeys(
    {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    - {ord("\n"), ord("\r"), ord("\t")},
    "?",
)


class _Inert(Template):
    """A template of which nothing that an aircraft sent moves or turns a text."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        return super().render(*args, **kwargs).translate(_COMMANDS)


@cache
def environment() -> Environment:
    """Return the templates with the words and pictures that they use."""
    made = Environment(
        loader=PackageLoader("anomaly.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.template_class = _Inert
    made.filters.update(
        {
            "hours": words.hours,
            "number": words.number,
            "score": words.score,
            "percent": words.percent,
            "day": words.day,
            "moment": words.moment,
            "plural": words.plural,
            "listed": words.listed,
            "likeness": words.likeness,
            "capital": _capital,
            "family": _family,
            "signed": _signed,
        }
    )
    helpers: dict[str, Callable[..., object] | object] = {
        "css": _style(),
        "bar_width": _bar_width,
        "calendar": calendar.calendar,
        "calendar_words": calendar.described,
        "callsigns": _callsigns,
        "charts": timeline.charts,
        "at_odds": at_odds,
        "confidence_words": words.CONFIDENCE,
        "day_map": worldmap.day_map,
        "doubts": doubts.doubts,
        "field_use": words.FIELD_USE,
        "gap_kind": words.GAP_KIND,
        "ground_time": words.ground_time,
        "how_often_right": briefing.how_often_right,
        "journey_map": trackmap.journey_map,
        "leg_facts": words.leg_facts,
        "leg_number": words.leg_number,
        "missed_between": words.missed_between,
        "missions": grouping.missions,
        "needed": grouping.needed,
        "policy": policy,
        "script": script,
        "seen": words.SEEN,
        "made_notes": words.MADE_NOTES,
        "provenance_words": words.provenance_words,
        "shuttle": grouping.shuttle,
        "span": words.span,
        "stands_by": grouping.stands_by,
        "review_order": grouping.review_order,
        "surprise_goes": words.surprise_goes,
        "steps": _steps,
        "thumb": worldmap.thumb,
        "thumb_land": worldmap.thumb_land,
        "together": grouping.together,
        "trackers": links.trackers,
        "may_be_at": whereabouts.may_be_at,
        "may_be_none": words.may_be_none,
        "least_objection": words.LEAST_OBJECTION,
        "objections": words.objections,
        "place": grouping.place,
        "unseen": unseen.unseen,
        "why_here": unusual.why_here,
        "what_was_flagged": briefing.what_was_flagged,
        "what_was_read": briefing.what_was_read,
        "what_was_seen": words.what_was_seen,
    }
    made.globals.update(helpers)
    return made


def script(name: str) -> Markup:
    """Return the text of a page's script."""
    return _text(f"{name}.js")


def policy(*names: str, with_forms: bool = False) -> str:
    """Return what a page may do: run its own scripts, and fetch nothing.

    The scripts and the style are named by their hashes; any other is refused.
    """
    hashes = " ".join(_hash(script(name)) for name in names) or "'none'"
    own = "'self'" if with_forms else "'none'"
    return (
        f"default-src 'none'; style-src {_hash(_style())}; script-src {hashes}; "
        f"img-src data:; base-uri 'none'; form-action {own}; connect-src {own}"
    )


def _style() -> Markup:
    return _text("style.css")


@cache
def _text(name: str) -> Markup:
    path = Path(__file__).with_name("templates") / name
    # As it stands in the page, line breaks at both ends included.
    return Markup(f"\n{path.read_text(encoding='utf-8')}")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _steps(alert: Alert) -> list[tuple[int, Leg, Stop | None]]:
    """Return each flight, numbered, with the stopover after it."""
    stops = {stop.flight_before: stop for stop in alert.stops}
    return [
        (n, leg, stops.get(leg.flight_id)) for n, leg in enumerate(alert.legs, start=1)
    ]


def _callsigns(alert: Alert) -> str:
    different = dict.fromkeys(leg.callsign for leg in alert.legs if leg.callsign)
    return ", ".join(different) or ("withheld" if alert.craft.private else "none sent")


def _family(feature: str) -> str:
    """Return the family that a feature belongs to, in words."""
    own = [f.name for f in families() if feature.startswith(f"{f.name}_")]
    return max(own, key=len).replace("_", " ") if own else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _signed(weight: float) -> str:
    text = f"{abs(weight):.2f}"
    return f"+{text}" if weight > 0 else f"\N{MINUS SIGN}{text}"


def _bar_width(value: float, longest: float, width: int) -> str:
    """Return how long a bar is, in its picture's units."""
    return f"{min(abs(value) / longest, 1) * width:.1f}" if longest else "0"
