"""Where publishers keep their days: one table, to which users may add their own."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from anomaly.errors import AnomalyError
from anomaly.reference import tables

FILE = "archives.csv"
KINDS = ("github-release", "file")
_TYPES = (
    ("address", pa.string()),
    ("source", pa.string()),
    ("rank", pa.int64()),
    ("kind", pa.string()),
    ("only_on", pa.string()),
    ("terms", pa.string()),
    ("seen_in", pa.string()),
)
_FIELD = re.compile(r"\{(year|month|day|date|next_year)\}")
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where a day may be, and what is to be found there."""

    address: str
    kind: str


@dataclass(frozen=True)
class Archive:
    """A publisher of days: the templates of its addresses, the best first."""

    name: str
    places: tuple[tuple[str, str, str | None], ...]
    """Template, kind, and the one day of the year that it is for, as ``12-31``."""

    def of(self, date: dt.date) -> list[Place]:
        """Return where a day may be."""
        return [
            Place(filled(template, date), kind)
            for template, kind, only_on in self.places
            if only_on in (None, f"{date:%m-%d}")
        ]


def archive(source: str, data_dir: Path | None = None) -> Archive:
    """Return the archive of that name, or the one that a template describes.

    Raises
    ------
    AnomalyError
        If there is no such archive, or the template names no day.
    """
    if _WEB.match(source):
        if not _FIELD.search(source):
            raise AnomalyError(
                f"{source} is the same for every day",
                hint="Write {date}, or {year}, {month} and {day}, where the day is.",
            )
        # Its name is a folder's, too.
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", source.split("://", 1)[1]).strip(".-")
        return Archive(name[:100], ((source, "file", None),))
    rows = tables.load(tables.files(FILE, data_dir), "address", _TYPES).reset_index()
    own = rows[rows["source"] == source].sort_values("rank")
    if own.empty:
        names = ", ".join(sorted(set(rows["source"])))
        raise AnomalyError(
            f"no archive is called {source!r}",
            hint=f"There are: {names}. Or pass an address with {{date}} in it.",
        )
    if unknown := sorted(set(own["kind"]) - set(KINDS)):
        raise AnomalyError(
            f"{FILE} has a kind of place that is not known: {unknown[0]}",
            hint=f"Kinds are: {', '.join(KINDS)}.",
        )
    only_on = own["only_on"].astype(object).where(own["only_on"].notna(), None)
    return Archive(
        source, tuple(zip(own["address"], own["kind"], only_on, strict=True))
    )


def filled(template: str, date: dt.date) -> str:
    """Return an address with a day filled in.

    >>> filled("https://example.org/{year}/v{date}.tar", dt.date(2024, 6, 1))
    'https://example.org/2024/v2024-06-01.tar'
    """
    values = {
        "year": f"{date:%Y}",
        "month": f"{date:%m}",
        "day": f"{date:%d}",
        "date": date.isoformat(),
        "next_year": f"{date.year + 1:04}",
    }
    return _FIELD.sub(lambda field: values[field[1]], template)
