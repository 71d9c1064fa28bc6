"""Render a day as pages that need nothing but themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import exports, links, symbols, timeline, trackmap, words, worldmap
from anomaly.report.modelcard import ModelCard
from anomaly.report.summary import Alert, Day, Leg, Stop
from features import families

# The rest weighs little; the JSON file has all of them.
REASONS_SHOWN = 10


def render(day: Day, data_dir: Path) -> dict[str, str]:
    """Return every file of the report: its path within the report, and its text.

    The same day gives the same bytes; `data_dir` stands in the commands shown.
    """
    names = {alert.flight_id: page_name(alert) for alert in day.flagged}
    files = {
        "index.html": _page(
            "index.html",
            day,
            names=names,
            pages=[f"flags/{names[alert.flight_id]}.html" for alert in day.flagged],
        ),
        "model.html": _page("model.html", day, bar=_bar(day.card)),
        "flags.csv": exports.flags_csv(day.flagged),
        "flags.geojson": exports.as_json(exports.geojson(day.flagged)),
    }
    for place, alert in enumerate(day.flagged):
        name = names[alert.flight_id]
        files[f"flags/{name}.html"] = _page(
            "flag.html",
            day,
            kinds=(alert.provenance,),
            alert=alert,
            name=name,
            before=day.flagged[place - 1] if place else None,
            after=day.flagged[place + 1] if place + 1 < len(day.flagged) else None,
            names=names,
            commands=links.verdict_commands(alert, data_dir),
            strongest=_strongest(alert),
            n_shown=REASONS_SHOWN,
        )
        files[f"flags/{name}.json"] = exports.as_json(exports.full_record(alert))
        files[f"flags/{name}.geojson"] = exports.as_json(exports.geojson([alert]))
        files[f"flags/{name}.csv"] = exports.events_csv(alert)
    return files


def page_name(alert: Alert) -> str:
    """Return the file name of a flag's page, whatever its id holds."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", alert.flight_id)


def _strongest(alert: Alert) -> float:
    """Return the largest weight, which gets the longest bar."""
    return max((abs(reason.weight) for reason in alert.reasons), default=1.0)


def _bar(card: ModelCard | None) -> float:
    """Return the largest importance, which gets the longest bar."""
    return max((abs(i.value) for i in card.importances), default=1.0) if card else 1.0


def _page(
    template: str, day: Day, kinds: Iterable[Provenance] = (), **more: object
) -> str:
    shown = tuple(kinds) or day.provenances
    return (
        _environment()
        .get_template(template)
        .render(
            day=day,
            kinds=shown,
            made=any(kind.is_made for kind in shown),
            **more,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("anomaly.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        {
            "hours": words.hours,
            "number": words.number,
            "percent": words.percent,
            "day": words.day,
            "moment": words.moment,
            "plural": words.plural,
            "surprise": words.surprise,
            "listed": words.listed,
            "capital": _capital,
            "family": _family,
            "signed": _signed,
        }
    )
    helpers: dict[str, Callable[..., object] | object] = {
        "css": _style(),
        "bar_width": _bar_width,
        "callsigns": _callsigns,
        "charts": timeline.charts,
        "confidence_words": words.CONFIDENCE,
        "day_map": worldmap.day_map,
        "field_use": words.FIELD_USE,
        "gap_kind": words.GAP_KIND,
        "journey_map": trackmap.journey_map,
        "leg_facts": words.leg_facts,
        "leg_number": words.leg_number,
        "line_words": symbols.LINE_WORDS,
        "made_notes": words.MADE_NOTES,
        "provenance_words": words.provenance_words,
        "span": words.span,
        "steps": _steps,
        "thumb": worldmap.thumb,
        "thumb_land": worldmap.thumb_land,
        "trackers": links.trackers,
        "what_was_seen": words.what_was_seen,
    }
    environment.globals.update(helpers)
    return environment


def _style() -> Markup:
    path = Path(__file__).with_name("templates") / "style.css"
    return Markup(path.read_text(encoding="utf-8"))


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
