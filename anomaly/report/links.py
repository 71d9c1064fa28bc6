"""Where an aircraft can be looked up, and how to record what one found."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from anomaly.report import words
from anomaly.report.summary import Alert
from anomaly.verdicts import Judgement

_ICAO_ADDRESS = re.compile(r"[0-9a-f]{6}\Z")
DEFAULT_DATA_DIR = Path("data")
# A tracker's clock is not ours, and a reader wants to see it taxi.
_MARGIN = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Link:
    """One public page about an aircraft."""

    text: str
    url: str


def trackers(alert: Alert) -> tuple[Link, ...]:
    """Return links to the aircraft on public trackers, for each day of the journey."""
    return tuple(_trackers(alert))


def _trackers(alert: Alert) -> Iterator[Link]:
    address = alert.craft.icao24
    # A surrogate address means nothing to anybody else.
    if _ICAO_ADDRESS.match(address):
        for day in _days(alert):
            span, hours = _within(alert, day)
            yield Link(
                f"ADS-B Exchange, track of {words.day(day)}{span}",
                f"https://globe.adsbexchange.com/?icao={address}&showTrace={day}{hours}",
            )
            yield Link(
                f"adsb.lol, track of {words.day(day)}{span}",
                f"https://adsb.lol/?icao={address}&showTrace={day}{hours}",
            )
        yield Link(
            "OpenSky Network, aircraft",
            f"https://opensky-network.org/aircraft-profile?icao24={address}",
        )
        yield Link(
            "Planespotters.net, aircraft",
            f"https://www.planespotters.net/hex/{address.upper()}",
        )
    if alert.craft.registration:
        registration = quote(alert.craft.registration.lower(), safe="")
        yield Link(
            "Flightradar24, aircraft",
            f"https://www.flightradar24.com/data/aircraft/{registration}",
        )


def _within(alert: Alert, day: dt.date) -> tuple[str, str]:
    """Return the journey's hours of a day, in words and as tar1090 wants them.

    Its README-query.md has ``startTime`` and ``endTime``, UTC, within the date of
    ``showTrace``; both trackers run it.
    """
    since, until = alert.first_seen - _MARGIN, alert.last_seen + _MARGIN
    span = hours = ""
    if since.date() == day:
        span, hours = f" from {since:%H:%M}", f"&startTime={since:%H:%M}"
    if until.date() == day and not alert.legs[-1].still_flying:
        span, hours = f"{span} to {until:%H:%M}", f"{hours}&endTime={until:%H:%M}"
    return span, hours


def _days(alert: Alert) -> list[dt.date]:
    first, last = alert.first_seen.date(), alert.last_seen.date()
    if alert.legs[-1].still_flying:
        # Where it landed is told by the next day's track, once there is one.
        last += dt.timedelta(days=1)
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def verdict_commands(alert: Alert, data_dir: Path) -> tuple[str, ...]:
    """Return the commands that record each verdict on the flagged flight."""
    flight = shlex.quote(alert.flight_id)
    return tuple(
        f'anomaly verdict {flight} {said.value} --note "why"{_where(data_dir)}'
        for said in Judgement
    )


def review_command(date: dt.date, data_dir: Path) -> str:
    """Return the command that opens a day's flags for review by key."""
    return f"anomaly review {date}{_where(data_dir)}"


def explain_command(flight_id: str, data_dir: Path) -> str:
    """Return the command that tells a flight's evidence in the terminal."""
    return f"anomaly explain {shlex.quote(flight_id)}{_where(data_dir)}"


def _where(data_dir: Path) -> str:
    if data_dir == DEFAULT_DATA_DIR:
        return ""
    return f" --data-dir {shlex.quote(str(data_dir))}"
