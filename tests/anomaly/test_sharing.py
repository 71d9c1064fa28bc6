from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from anomaly.cli import main
from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.sharing import inert, live, take, to_csv
from anomaly.store import Store
from anomaly.verdicts import Judgement, Seen, Shown, Verdicts

NOON = dt.datetime(2019, 3, 23, 12, tzinfo=dt.UTC)
SEEN = Seen("1551e0-x", "1551e0", NOON, NOON + dt.timedelta(hours=2))
FLOWN_AGAIN = replace(SEEN, provenance=Provenance.RE_ENACTED)
SHOWN = Shown(NOON.date(), "flight-anomaly 3", 0.123456789, 4, True)


@pytest.fixture
def ours(tmp_path: Path) -> Verdicts:
    return Verdicts(tmp_path / "ours.sqlite")


@pytest.fixture
def theirs(tmp_path: Path) -> Verdicts:
    return Verdicts(tmp_path / "theirs.sqlite")


def _handed_over(verdicts: Verdicts, tmp_path: Path) -> Path:
    path = tmp_path / "verdicts.csv"
    path.write_text(to_csv(verdicts.latest()), encoding="utf-8")
    return path


def test_verdicts_arrive_as_they_left(
    ours: Verdicts, theirs: Verdicts, tmp_path: Path
) -> None:
    note = '=cmd|"/c calc"!A1, "quoted"'
    theirs.record(
        FLOWN_AGAIN,
        Judgement.DISMISS,
        by="-bob",
        note=note,
        reason="ferry",
        shown=SHOWN,
    )
    taken = take(ours, _handed_over(theirs, tmp_path))
    assert (taken.n_new, taken.n_known, taken.left_out) == (1, 0, {})
    assert taken.n_made == 1
    assert ours.latest() == theirs.latest()
    again = take(ours, _handed_over(theirs, tmp_path))
    assert (again.n_new, again.n_known) == (0, 1)


def test_a_file_that_tells_no_provenance_is_taken_in(
    ours: Verdicts, theirs: Verdicts, tmp_path: Path
) -> None:
    theirs.record(SEEN, Judgement.DISMISS, by="bob", shown=SHOWN)
    path = _handed_over(theirs, tmp_path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert rows[0][-1] == "provenance"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(row[:-1] for row in rows)
    taken = take(ours, path)
    assert (taken.n_new, taken.n_made, taken.left_out) == (1, 0, {})
    assert ours.latest() == theirs.latest()


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not inert(text).lstrip().startswith(("=", "+", "-", "@"))
    printable = "".join(c if c.isprintable() else " " for c in text)
    assert live(inert(text)) == printable


def test_an_older_verdict_taken_in_does_not_undo_a_newer(
    ours: Verdicts, theirs: Verdicts, tmp_path: Path
) -> None:
    theirs.record(SEEN, Judgement.CONFIRM, by="ann", now=NOON)
    later = NOON + dt.timedelta(days=1)
    ours.record(SEEN, Judgement.DISMISS, by="ann", now=later)
    take(ours, _handed_over(theirs, tmp_path))
    assert [v.verdict for v in ours.latest()] == [Judgement.DISMISS]
    assert len(ours.history()) == 2


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("verdict", "guilty", "unknown verdict or reason"),
        ("reason", "dull", "unknown verdict or reason"),
        ("reviewer", " ", "no reviewer"),
        ("icao24", "154073", "flight and aircraft differ"),
        ("recorded_at", "yesterday", "unreadable time or number"),
        ("first_seen", "2019-03-23T12:00:00", "unreadable time or number"),
        ("last_seen", "2019-03-22T12:00:00Z", "ends before it begins"),
        ("shown_rank", "first", "unreadable time or number"),
        ("provenance", "dreamt", "unknown provenance"),
    ],
)
def test_what_is_no_verdict_is_counted_by_reason(
    ours: Verdicts,
    theirs: Verdicts,
    tmp_path: Path,
    column: str,
    value: str,
    reason: str,
) -> None:
    theirs.record(SEEN, Judgement.DISMISS, by="bob", shown=SHOWN)
    path = _handed_over(theirs, tmp_path)
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(row))
        writer.writeheader()
        writer.writerow(row | {column: value})
    assert take(ours, path).left_out == {reason: 1}
    assert not ours.history()


def test_a_file_that_is_no_table_of_verdicts_is_refused(
    ours: Verdicts, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="lacks"):
        take(ours, path)


def test_the_commands_hand_over_what_was_said(
    runner: CliRunner, tmp_path: Path
) -> None:
    Verdicts(Store(tmp_path / "a").verdicts).record(
        FLOWN_AGAIN, Judgement.CONFIRM, by="ann", now=NOON
    )
    a, b = ["--data-dir", str(tmp_path / "a")], ["--data-dir", str(tmp_path / "b")]
    exported = runner.invoke(main, ["verdicts", "export", *a])
    path = tmp_path / "v.csv"
    path.write_text(exported.stdout, encoding="utf-8")
    result = runner.invoke(main, ["verdicts", "import", str(path), *b])
    assert "1 new" in result.stdout
    assert "re-enacted flights, by what the file says: 1" in result.stderr
    assert runner.invoke(main, ["verdicts", "export", *b]).stdout == exported.stdout
    # Of a file without any verdict nothing can be taken, and that is no success.
    path.write_text(exported.stdout.replace("confirm", "perhaps"), encoding="utf-8")
    result = runner.invoke(main, ["verdicts", "import", str(path), *b])
    assert result.exit_code == 1
    assert "holds no verdict" in result.stderr
