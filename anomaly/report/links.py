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
            yield Link(
                f"ADS-B Exchange, track of {words.day(day)}",
                f"https://globe.adsbexchange.com/?icao={address}&showTrace={day}",
            )
            yield Link(
                f"adsb.lol, track of {words.day(day)}",
                f"https://adsb.lol/?icao={address}&showTrace={day}",
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


def _days(alert: Alert) -> list[dt.date]:
    first, last = alert.first_seen.date(), alert.last_seen.date()
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def verdict_commands(alert: Alert, data_dir: Path) -> tuple[str, ...]:
    """Return the commands that record each verdict on the flagged flight."""
    where = f" --data-dir {shlex.quote(str(data_dir))}"
    if data_dir == DEFAULT_DATA_DIR:
        where = ""
    flight = shlex.quote(alert.flight_id)
    return tuple(
        f'anomaly verdict {flight} {said.value} --note "why"{where}'
        for said in Judgement
    )
