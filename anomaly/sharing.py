"""Verdicts as CSV, to hand to another team and to take from one.

Notes are anybody's words: a spreadsheet that opens the file must run none of them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.verdicts import Judgement, Seen, Shown, Verdict, Verdicts, check_reason

COLUMNS = (
    *("recorded_at", "reviewer", "verdict", "reason", "note", "flight_id", "icao24"),
    *("first_seen", "last_seen", "shown_date", "shown_model", "shown_score"),
    *("shown_rank", "shown_flagged", "provenance"),
)
NEEDED = COLUMNS[:9]
# A spreadsheet runs a cell that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@")
LONGEST_NAME = 60
LONGEST_NOTE = 2000
# A hundred thousand verdicts; anything larger is some other file.
LARGEST_BYTES = 64_000_000


@dataclass(frozen=True)
class Taken:
    """What became of a file of verdicts."""

    n_new: int
    n_known: int
    n_made: int
    """Of all these, on simulated or re-enacted flights."""
    left_out: dict[str, int]
    """Rows that are no verdict, by reason."""


def line(text: str, longest: int) -> str:
    r"""Return a person's words as one line of printable text.

    Examples
    --------
    >>> line("  seen\nparked\x07 ", 60)
    'seen parked'
    """
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:longest]


def inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> inert("=1+1"), inert("'=1+1"), inert("it's fine")
    ("'=1+1", "''=1+1", "it's fine")
    """
    printable = "".join(c if c.isprintable() else " " for c in text)
    # What begins with the mark itself gets another, so that `live` undoes it.
    if printable.lstrip().startswith((*FORMULA_STARTS, "'")):
        return f"'{printable}"
    return printable


def live(cell: str) -> str:
    """Undo `inert`."""
    return cell[1:] if cell.startswith("'") else cell


def to_csv(verdicts: Iterable[Verdict]) -> str:
    """Return verdicts as CSV, one a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in verdicts:
        shown = one.shown
        cells = (
            *(one.recorded_at.isoformat(), one.by, one.verdict.value, one.reason),
            *(one.note, one.seen.flight_id, one.seen.icao24),
            *(one.seen.first_seen.isoformat(), one.seen.last_seen.isoformat()),
            *((shown.date.isoformat(), shown.model) if shown else ("", "")),
            *((repr(shown.score), str(shown.rank)) if shown else ("", "")),
            str(int(shown.flagged)) if shown else "",
            one.seen.provenance or "",
        )
        writer.writerow([inert(cell) for cell in cells])
    return text.getvalue()


def take(verdicts: Verdicts, path: Path) -> Taken:
    """Add the verdicts of a CSV file; those already known change nothing.

    Raises
    ------
    BadInputError
        If the file is no such CSV.
    """
    hint = f"Pass a CSV with these columns: {', '.join(NEEDED)}."
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInputError(f"{path} is too large for verdicts", hint=hint)
        text = path.read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=hint) from error
    header = text.partition("\n")[0].strip().split(",")
    if missing := [name for name in NEEDED if name not in header]:
        raise BadInputError(f"{path} lacks {', '.join(missing)}", hint=hint)
    left_out: Counter[str] = Counter()
    good = []
    for row in rows:
        told = _verdict({name: live(cell or "") for name, cell in row.items() if name})
        if isinstance(told, str):
            left_out[told] += 1
        else:
            good.append(told)
    n_new = verdicts.add(good) if good else 0
    provenances = [one.seen.provenance for one in good]
    n_made = sum(told is not None and told.is_made for told in provenances)
    return Taken(n_new, len(good) - n_new, n_made, dict(left_out))


def _verdict(row: dict[str, str]) -> Verdict | str:
    """Return the verdict of a row, or why it is none."""
    by = line(row["reviewer"], LONGEST_NAME)
    icao24 = row["icao24"].strip()
    if not by:
        return "no reviewer"
    if not icao24 or not row["flight_id"].startswith(f"{icao24}-"):
        return "flight and aircraft differ"
    try:
        said = Judgement(row["verdict"].strip())
        check_reason(said, row["reason"].strip())
    except (ValueError, BadInputError):
        return "unknown verdict or reason"
    try:
        at, first, last = (
            _moment(row[name]) for name in ("recorded_at", "first_seen", "last_seen")
        )
        shown = _shown(row)
    except ValueError:
        return "unreadable time or number"
    # Who exports with an older program tells no provenance.
    provenance = (row.get("provenance") or "").strip()
    if provenance and provenance not in list(Provenance):
        return "unknown provenance"
    if last < first:
        return "ends before it begins"
    return Verdict(
        0,
        at,
        Seen(
            row["flight_id"],
            icao24,
            first,
            last,
            Provenance(provenance) if provenance else None,
        ),
        said,
        line(row["note"], LONGEST_NOTE),
        by,
        row["reason"].strip(),
        shown,
    )


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text.strip())
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(dt.UTC)


def _shown(row: dict[str, str]) -> Shown | None:
    if not row.get("shown_date"):
        return None
    return Shown(
        dt.date.fromisoformat(row["shown_date"]),
        line(row["shown_model"], LONGEST_NAME),
        float(row["shown_score"]),
        int(row["shown_rank"]),
        row["shown_flagged"] == "1",
    )
