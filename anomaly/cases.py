"""The casebook: documented flights, each with its source."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from anomaly.errors import BadInputError
from anomaly.reference import Airports
from anomaly.store import bundled

FLOWN = (
    "date_utc",
    "typecode",
    "registration",
    "icao24",
    "operator",
    "callsign",
    "legs_filled",
    "dep_time_utc",
    "arr_time_utc",
)
"""The columns a re-enactment may use; every other one tells of the label."""


@dataclass(frozen=True)
class Case:
    """One row of the casebook; an empty cell is None."""

    case_id: str | None = None
    group_id: str | None = None
    date_utc: str | None = None
    typecode: str | None = None
    registration: str | None = None
    icao24: str | None = None
    operator: str | None = None
    operator_id: str | None = None
    callsign: str | None = None
    theatre: str | None = None
    legs: str | None = None
    legs_filled: str | None = None
    dep_time_utc: str | None = None
    arr_time_utc: str | None = None
    gap: str | None = None
    gap_kind: str | None = None
    label: str | None = None
    subtype: str | None = None
    confidence: str | None = None
    source_url: str | None = None
    source_title: str | None = None
    fact: str | None = None
    legs_note: str | None = None
    weight: str | None = None
    """How much it counts in training; as every other case, if None."""

    @property
    def key(self) -> str:
        """Return a short hash of what is flown of the case, and of nothing else."""
        flown = "\x1f".join(getattr(self, name) or "" for name in FLOWN)
        return hashlib.sha256(flown.encode()).hexdigest()[:12]

    @property
    def group(self) -> str:
        """Return what it is never parted from in folds: its group, or itself alone."""
        return self.group_id or self.key

    @property
    def points(self) -> tuple[str, ...]:
        """Return the airports in order; ``?`` where none is told."""
        return tuple((self.legs_filled or "").split())

    @property
    def n_known_points(self) -> int:
        """Return how many of the airports are told."""
        return sum(point != "?" for point in self.points)

    def is_flyable_among(self, airports: Container[str]) -> bool:
        """Tell whether at least two of its airports are among those we know."""
        return sum(point in airports for point in self.points) >= 2

    @property
    def date(self) -> dt.date | None:
        """Return the day the journey began, if it is told to the day."""
        try:
            return dt.date.fromisoformat(self.date_utc or "")
        except ValueError:
            return None

    @property
    def mission(self) -> str | None:
        """Return the day and the last place that is not the first, if both are told.

        Two casebooks that tell of one flight by two pages have it in common.

        Examples
        --------
        >>> Case(date_utc="2019-03-23", legs_filled="UUMU OSLK GOBD SVMI").mission
        '2019-03-23 SVMI'
        >>> Case(date_utc="2024-12-26", legs_filled="OSLK HL59 OSLK ?").mission
        '2024-12-26 HL59'
        """
        told = [point for point in self.points if point != "?"]
        places = [point for point in told if point != told[0]]
        return f"{self.date} {places[-1]}" if self.date and places else None

    @property
    def marks(self) -> frozenset[tuple[str, str]]:
        """Return what no other case can have unless it is kin, by what it is."""
        names = ("group_id", "registration", "icao24", "source_url", "mission")
        told = ((name, getattr(self, name)) for name in names)
        return frozenset((name, mark) for name, mark in told if mark)

    @property
    def is_flyable(self) -> bool:
        """Tell whether there is enough of it to re-enact: two airports."""
        return self.n_known_points >= 2


REQUIRED = ("legs_filled",)
"""What a casebook must hold; what another column would tell is unknown without it."""


def load_cases(path: Path | None = None) -> tuple[Case, ...]:
    """Return the rows of a casebook, the shipped one by default, in its order.

    Columns that are no casebook's are passed over.  An address that is none is
    unknown; airports may stand apart by commas too, and bear older codes or IATA's.

    Raises
    ------
    BadInputError
        If the file is no such CSV.
    """
    path = bundled("casebook", "cases.csv") if path is None else path
    names = [field.name for field in fields(Case)]
    hint = f"A casebook is a CSV with these columns: {', '.join(names)}."
    try:
        # A spreadsheet's UTF-8 begins with a mark of its own.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, strict=True)
            missing = set(REQUIRED) - set(rows.fieldnames or ())
            if missing:
                raise BadInputError(
                    f"{path} lacks the columns {', '.join(sorted(missing))}", hint=hint
                )
            told = [
                _case({name: (row.get(name) or "").strip() for name in names}, path)
                for row in rows
            ]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=hint) from error
    return tuple(_with_idents(told))


def kin_of(group_ids: Collection[str], cases: Iterable[Case]) -> set[Case]:
    """Return the cases of some groups and, link by link, whatever is akin to them.

    Kin share a group, an airframe, a page, or the day and place of a journey.
    """
    left = list(cases)
    marks = {("group_id", group_id) for group_id in group_ids}
    found: set[Case] = set()
    while new := [case for case in left if case.marks & marks]:
        found.update(new)
        marks.update(*(case.marks for case in new))
        left = [case for case in left if case not in found]
    return found


def _case(cells: dict[str, str], path: Path) -> Case:
    """Return the case of a row, its codes as they are written everywhere else."""
    if not re.fullmatch("[1-9][0-9]?|", cells["weight"]):
        raise BadInputError(
            f"{path} gives case {cells['case_id']} the weight {cells['weight']!r}",
            hint="A weight is a whole number from 1 to 99, or empty.",
        )
    for name in ("typecode", "registration"):
        cells[name] = cells[name].upper()
    cells["icao24"] = cells["icao24"].lower()
    if not re.fullmatch("[0-9a-f]{6}", cells["icao24"]):
        cells["icao24"] = ""
    # Where nobody filled in the cities, the fields are as the source has them.
    legs = cells["legs_filled"] or cells["legs"]
    cells["legs_filled"] = " ".join(re.split(r"[\s,;>]+", legs.upper())).strip()
    cells["label"] = cells["label"].lower()
    return Case(**{name: cell or None for name, cell in cells.items()})


def _with_idents(cases: Sequence[Case]) -> Iterator[Case]:
    """Yield cases whose airports bear the codes that we know them by."""
    airports = Airports.load()
    told = {point for case in cases for point in case.points}
    ident = {code: known.ident for code in told if (known := airports.get(code))}
    for case in cases:
        legs = " ".join(ident.get(point, point) for point in case.points)
        yield replace(case, legs_filled=legs or None)
