from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.verdicts import Judgement, Seen, Verdicts

NOON = dt.datetime(2019, 3, 23, 12, tzinfo=dt.UTC)
CONFIRM, DISMISS, UNSURE = Judgement.CONFIRM, Judgement.DISMISS, Judgement.UNSURE


@pytest.fixture
def verdicts(tmp_path: Path) -> Verdicts:
    return Verdicts(tmp_path / "deep" / "labels.sqlite")


def _seen(icao24: str = "1551e0", start_h: float = 0, length_h: float = 2) -> Seen:
    first = NOON + dt.timedelta(hours=start_h)
    last = first + dt.timedelta(hours=length_h)
    return Seen(f"{icao24}-{first:%Y%m%dT%H%M%SZ}", icao24, first, last)


def test_a_verdict_is_kept_with_all_that_was_said(verdicts: Verdicts) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann", note="seen parked", now=NOON)
    (kept,) = verdicts.history()
    assert (kept.id, kept.recorded_at, kept.seen) == (1, NOON, _seen())
    assert (kept.verdict, kept.by, kept.note) == (CONFIRM, "ann", "seen parked")


def test_saying_the_same_again_changes_nothing(verdicts: Verdicts) -> None:
    assert verdicts.record(_seen(), CONFIRM, by="ann")
    before = verdicts.path.read_bytes()
    assert verdicts.record(_seen(), CONFIRM, by="ann") is None
    assert verdicts.path.read_bytes() == before


def test_the_last_word_of_each_reviewer_counts(verdicts: Verdicts) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    verdicts.record(_seen(), UNSURE, by="bob")
    verdicts.record(_seen(), DISMISS, by="ann")
    assert [(v.by, v.verdict) for v in verdicts.latest()] == [
        ("bob", UNSURE),
        ("ann", DISMISS),
    ]
    assert len(verdicts.history()) == 3


def test_one_may_come_back_to_an_earlier_verdict(verdicts: Verdicts) -> None:
    for said in (CONFIRM, DISMISS, CONFIRM):
        assert verdicts.record(_seen(), said, by="ann")
    assert [v.verdict for v in verdicts.latest()] == [CONFIRM]


def test_a_verdict_follows_a_flight_whose_first_position_moved(
    verdicts: Verdicts,
) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    longer = _seen(start_h=-1, length_h=4)
    found = verdicts.of([longer, _seen(start_h=5), _seen("154073")])
    assert [len(of) for of in found.values()] == [1, 0, 0]
    assert verdicts.record(longer, CONFIRM, by="ann") is None
    verdicts.record(longer, DISMISS, by="ann")
    assert [v.verdict for v in verdicts.of([_seen()])[_seen().flight_id]] == [DISMISS]


def test_one_reviewer_may_judge_a_flight_and_its_reenactment_apart(
    verdicts: Verdicts,
) -> None:
    observed = replace(_seen(), provenance=Provenance.OBSERVED)
    flown_again = replace(_seen(), provenance=Provenance.RE_ENACTED)
    verdicts.record(observed, DISMISS, by="ann")
    verdicts.record(flown_again, CONFIRM, by="ann")
    assert len(verdicts.latest()) == 2
    for seen, said in ((observed, DISMISS), (flown_again, CONFIRM)):
        (found,) = verdicts.of([seen])[seen.flight_id]
        assert found.verdict is said


def test_other_flights_of_the_aircraft_have_verdicts_of_their_own(
    verdicts: Verdicts,
) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    verdicts.record(_seen(start_h=6), DISMISS, by="ann")
    assert len(verdicts.latest()) == 2


@pytest.mark.parametrize(
    "change", ["UPDATE verdicts SET note = ''", "DELETE FROM verdicts"]
)
def test_nothing_can_be_changed_or_taken_away(verdicts: Verdicts, change: str) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    database = sqlite3.connect(verdicts.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(change)
    database.close()


def test_before_the_first_verdict_there_is_no_file(verdicts: Verdicts) -> None:
    assert verdicts.history() == verdicts.latest() == ()
    assert not verdicts.path.exists()


def test_a_file_left_empty_by_a_kill_is_no_obstacle(verdicts: Verdicts) -> None:
    verdicts.path.parent.mkdir()
    verdicts.path.touch()
    assert verdicts.history() == ()
    assert verdicts.record(_seen(), CONFIRM, by="ann")


def test_a_file_that_is_no_database_is_told_in_a_sentence(verdicts: Verdicts) -> None:
    verdicts.path.parent.mkdir()
    verdicts.path.write_bytes(b"not a database" * 100)
    with pytest.raises(BadInputError, match="cannot use the verdicts"):
        verdicts.history()


def test_several_at_once_lose_nothing(verdicts: Verdicts) -> None:
    def say(reviewer: str) -> None:
        for hour in range(5):
            verdicts.record(_seen(start_h=6 * hour), CONFIRM, by=reviewer)

    threads = [threading.Thread(target=say, args=(f"r{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verdicts.latest()) == 20


def test_what_is_taken_back_no_longer_counts_and_stays_on_record(
    verdicts: Verdicts,
) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    second = verdicts.record(_seen(), DISMISS, by="ann")
    assert second
    assert verdicts.withdraw(second.id, by="bob") is None
    assert verdicts.withdraw(second.id, by="ann") == second
    assert verdicts.withdraw(second.id, by="ann") is None
    assert [v.verdict for v in verdicts.latest()] == [CONFIRM]
    assert verdicts.withdrawn() == {second.id}
    assert len(verdicts.history()) == 2
    assert verdicts.record(_seen(), DISMISS, by="ann")


def test_a_file_of_the_first_version_is_brought_up_to_date(verdicts: Verdicts) -> None:
    verdicts.path.parent.mkdir()
    old = sqlite3.connect(verdicts.path)
    old.execute(
        "CREATE TABLE verdicts (id INTEGER PRIMARY KEY AUTOINCREMENT, recorded_at TEXT "
        "NOT NULL, flight_id TEXT NOT NULL, icao24 TEXT NOT NULL, first_seen TEXT NOT "
        "NULL, last_seen TEXT NOT NULL, verdict TEXT NOT NULL, note TEXT NOT NULL, "
        "reviewer TEXT NOT NULL)"
    )
    at = NOON.isoformat()
    seen = _seen()
    times = seen.first_seen.isoformat(), seen.last_seen.isoformat()
    old.execute(
        "INSERT INTO verdicts VALUES (NULL, ?, ?, ?, ?, ?, 'confirm', 'n', 'ann')",
        (at, seen.flight_id, seen.icao24, *times),
    )
    old.commit()
    old.close()
    (kept,) = verdicts.latest()
    assert (kept.seen, kept.verdict, kept.reason, kept.shown) == (
        seen,
        CONFIRM,
        "",
        None,
    )
    verdicts.record(seen, DISMISS, by="ann", reason="ferry")
    assert verdicts.latest()[0].why == "ferry, delivery or maintenance"


def test_a_file_of_a_later_version_is_left_alone(verdicts: Verdicts) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann")
    database = sqlite3.connect(verdicts.path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(BadInputError, match="newer version"):
        verdicts.latest()


def test_a_clock_set_back_does_not_make_the_last_word_an_earlier_one(
    verdicts: Verdicts,
) -> None:
    verdicts.record(_seen(), CONFIRM, by="ann", now=NOON)
    verdicts.record(_seen(), DISMISS, by="ann", now=NOON - dt.timedelta(days=1))
    assert [v.verdict for v in verdicts.latest()] == [DISMISS]


def test_a_reason_that_goes_with_another_verdict_is_refused(verdicts: Verdicts) -> None:
    with pytest.raises(BadInputError, match="does not go with confirm"):
        verdicts.record(_seen(), CONFIRM, by="ann", reason="ferry")
