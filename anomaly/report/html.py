"""Render a day as pages that need nothing but themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from anomaly.domain import Provenance
from anomaly.report import exports, links
from anomaly.report.desk import Desk
from anomaly.report.environment import environment
from anomaly.report.kml import kml
from anomaly.report.modelcard import ModelCard
from anomaly.report.summary import Alert, Day

# The rest weighs little; the JSON file has all of them.
REASONS_SHOWN = 10


def render(day: Day, data_dir: Path) -> dict[str, str]:
    """Return every file of the report: its path within the report, and its text.

    The same day gives the same bytes; `data_dir` stands in the commands shown.
    """
    return {name: file(day, name, data_dir) for name in file_names(day)}


def file_names(day: Day) -> list[str]:
    """Return the path of every file of the report."""
    names = ["index.html", "model.html", "flags.csv", "flags.geojson"]
    for alert in day.flagged:
        stem = f"flags/{page_name(alert)}"
        kinds = ("html", "json", "geojson", "kml", "csv")
        names += [f"{stem}.{kind}" for kind in kinds]
    return names


def file(day: Day, name: str, data_dir: Path, desk: Desk | None = None) -> str:
    """Return one file of the report; with a desk, the page can be decided on."""
    if name == "index.html":
        return _index(day, desk)
    if name == "model.html":
        return _page("model.html", day, desk, bar=_bar(day.card))
    if name == "flags.csv":
        return exports.flags_csv(day.flagged)
    if name == "flags.geojson":
        return exports.as_json(exports.geojson(day.flagged))
    stem, _, kind = name.removeprefix("flags/").rpartition(".")
    alert = next(one for one in day.flagged if page_name(one) == stem)
    if kind == "json":
        return exports.as_json(exports.full_record(alert))
    if kind == "geojson":
        return exports.as_json(exports.geojson([alert]))
    if kind == "kml":
        return kml(alert)
    if kind == "csv":
        return exports.events_csv(alert)
    return _flag(day, alert, data_dir, desk)


def page_name(alert: Alert) -> str:
    """Return the file name of a flag's page, whatever its id holds."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", alert.flight_id)


def _index(day: Day, desk: Desk | None) -> str:
    names = {alert.flight_id: page_name(alert) for alert in day.flagged}
    return _page(
        "index.html",
        day,
        desk,
        names=names,
        pages=[f"flags/{names[alert.flight_id]}.html" for alert in day.flagged],
        listed=[one for one in day.flagged if desk is None or desk.lists(one)],
    )


def _flag(day: Day, alert: Alert, data_dir: Path, desk: Desk | None) -> str:
    place = day.flagged.index(alert)
    return _page(
        "flag.html",
        day,
        desk,
        kinds=(alert.provenance,),
        alert=alert,
        name=page_name(alert),
        before=day.flagged[place - 1] if place else None,
        after=day.flagged[place + 1] if place + 1 < len(day.flagged) else None,
        names={one.flight_id: page_name(one) for one in day.flagged},
        commands=links.verdict_commands(alert, data_dir),
        review_command=links.review_command(day.date, data_dir),
        strongest=_strongest(alert),
        n_shown=REASONS_SHOWN,
    )


def _strongest(alert: Alert) -> float:
    """Return the largest weight, which gets the longest bar."""
    return max((abs(reason.weight) for reason in alert.reasons), default=1.0)


def _bar(card: ModelCard | None) -> float:
    """Return the largest importance, which gets the longest bar."""
    return max((abs(i.value) for i in card.importances), default=1.0) if card else 1.0


def _page(
    template: str,
    day: Day,
    desk: Desk | None = None,
    kinds: Iterable[Provenance] = (),
    **more: object,
) -> str:
    shown = tuple(kinds) or day.provenances
    return (
        environment()
        .get_template(template)
        .render(
            day=day,
            desk=desk,
            kinds=shown,
            made=any(kind.is_made for kind in shown),
            **more,
        )
    )
