from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest
from archives import (
    BASE,
    csv,
    day,
    listed,
    plane,
    row,
    snapshot,
    split,
    state,
    trace,
)

from anomaly.errors import AnomalyError, BadInputError, UnknownFormatError
from anomaly.ingest import spool
from anomaly.ingest.pipeline import IngestSummary, ingest
from anomaly.store import Store

DAY = dt.date(2019, 3, 22)


def digest(store: Store) -> dict[str, str]:
    """Return a hash of every file a user could see in the store."""
    return {
        path.relative_to(store.root).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(store.root.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def some_day(path: Path, n: int = 20, **head: object) -> Path:
    """Write a tar of `n` aircraft that fly past midnight."""
    rows = [row(86_300.0 + 10 * i) for i in range(20)]
    addresses = [f"3c64{i:02x}" for i in range(n)]
    return day(path, *((a, trace(a, rows, t="A320", **head)) for a in addresses))


def left_out(summary: IngestSummary) -> dict[tuple[str, str], int]:
    return {(r["source"], r["reason"]): r["n"] for r in summary.left_out.to_pylist()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


def test_positions_go_to_their_day_and_part(store: Store, tmp_path: Path) -> None:
    summary = ingest([some_day(tmp_path / "day.tar")], store)
    assert summary.dates == (DAY, DAY + dt.timedelta(days=1))
    assert store.parts("positions", DAY) == list("0123456789abcdef")
    for part in store.parts("positions", DAY):
        rows = store.read("positions", DAY, part).to_pylist()
        assert {r["icao24"][-1] for r in rows} == {part}
        assert {r["timestamp"].date() for r in rows} == {DAY}
        keys = [(r["icao24"], r["timestamp"]) for r in rows]
        assert keys == sorted(keys)
    for date in summary.dates:
        aircraft = store.read("aircraft", date).to_pylist()
        assert len(aircraft) == 20
        assert {r["typecode"] for r in aircraft} == {"A320"}


def test_the_account_of_a_source_is_kept(store: Store, tmp_path: Path) -> None:
    ingest([some_day(tmp_path / "day.tar")], store)
    (source,) = store.read("sources").to_pylist()
    assert source["source"] == "day.tar"
    assert source["reader"] == "readsb-trace"
    assert (source["n_files"], source["n_aircraft"]) == (20, 20)
    assert source["n_positions"] == 400
    assert source["first_seen"].timestamp() == BASE + 86_300


def test_doing_it_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = some_day(tmp_path / "day.tar")
    ingest([path], store)
    before = digest(store)
    ingest([path], store)
    assert digest(store) == before


def test_the_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    ours = some_day(tmp_path / "ours.tar", n=20)
    theirs = csv(
        tmp_path / "theirs.csv",
        [state(86_300.0 + 5 * i, icao24="3c6405", callsign="X1") for i in range(30)],
    )
    orders = [[[ours], [theirs]], [[theirs], [ours]], [[ours, theirs]]]
    digests = []
    for i, runs in enumerate(orders):
        store = Store(tmp_path / f"data{i}")
        for paths in runs:
            ingest(paths, store)
        digests.append(digest(store))
    assert digests[0] == digests[1] == digests[2]


def test_a_part_written_as_it_was_read_is_as_if_merged(
    store: Store, tmp_path: Path
) -> None:
    # Of the odd one there are more digits than the fast decoder takes.
    odd = ("3c6490", trace("3c6490", [row(86_300.0 + 10 * i) for i in range(3)], x=[1]))
    ingest([some_day(tmp_path / "a.tar", 40), day(tmp_path / "b.tar", odd)], store)
    again = Store(tmp_path / "again")
    for date in store.dates("positions"):
        for part in store.parts("positions", date):
            again.write("positions", store.read("positions", date, part), date, part)
            ours, theirs = (s.path("positions", date, part) for s in (store, again))
            assert ours.read_bytes() == theirs.read_bytes()


def test_small_spools_give_the_same_bytes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [some_day(tmp_path / "a.tar"), some_day(tmp_path / "b.tar", n=9)]
    ingest(paths, store)
    monkeypatch.setattr(spool, "_ROWS_IN_MEMORY", 50)
    other = Store(tmp_path / "other")
    ingest(paths, other)
    assert digest(other) == digest(store)


def test_killed_anywhere_a_rerun_finishes(tmp_path: Path) -> None:
    paths = [some_day(tmp_path / f"{name}.tar", n=3) for name in "abc"]
    undisturbed = Store(tmp_path / "undisturbed")
    calls: list[str] = []
    ingest(paths, undisturbed, progress=lambda what, _share: calls.append(what))
    assert len(calls) >= 5

    for stop_at in range(len(calls)):
        store = Store(tmp_path / f"killed{stop_at}")
        left = [stop_at]

        def kill(what: str, share: float, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ingest(paths, store, progress=kill)
        ingest(paths, store)
        assert digest(store) == digest(undisturbed)


def test_what_a_killed_process_left_behind_is_removed(
    store: Store, tmp_path: Path
) -> None:
    with store.workspace() as folder:
        pass
    folder.mkdir()
    (folder / "000000.arrow").write_bytes(b"half")
    ingest([some_day(tmp_path / "day.tar")], store)
    assert not folder.exists()
    (source,) = store.read("sources").to_pylist()
    assert source["n_positions"] == 400


def test_two_at_once_are_refused(store: Store, tmp_path: Path) -> None:
    path = some_day(tmp_path / "day.tar")
    with store.workspace(), pytest.raises(AnomalyError, match="another command"):
        ingest([path], store)
    ingest([path], store)


def test_made_and_real_tracks_never_share_a_store(store: Store, tmp_path: Path) -> None:
    real = some_day(tmp_path / "real.tar")
    made = some_day(tmp_path / "made.tar", provenance="simulated")
    enacted = some_day(tmp_path / "enacted.tar", provenance="re-enacted")
    with pytest.raises(AnomalyError, match="both real and made"):
        ingest([real, made], store)
    assert digest(store) == {}
    ingest([made, enacted], store)
    before = digest(store)
    with pytest.raises(AnomalyError, match="holds made tracks"):
        ingest([real], store)
    assert digest(store) == before
    kinds = {r["source"]: r["provenance"] for r in store.read("sources").to_pylist()}
    assert kinds == {"made.tar": "simulated", "enacted.tar": "re-enacted"}


def test_damage_is_counted_and_the_rest_kept(store: Store, tmp_path: Path) -> None:
    path = day(
        tmp_path / "day.tar", ("3c6444", trace()), ("3c6445", trace("3c6445")[:-9])
    )
    summary = ingest([path], store)
    assert summary.n_damaged == 1
    assert left_out(summary) == {("day.tar", "cut_trace"): 1}
    assert store.read("left_out").to_pylist() == summary.left_out.to_pylist()
    kept = store.read("positions", DAY)["icao24"].to_pylist()
    assert (kept.count("3c6444"), kept.count("3c6445")) == (2, 1)


def test_a_mended_input_replaces_its_account(store: Store, tmp_path: Path) -> None:
    other = csv(tmp_path / "other.csv", [state(), state(latitude=99.0)])
    path = tmp_path / "day.tar"
    day(path, ("3c6444", trace()), ("3c6445", b"?"))
    ingest([path, other], store)
    day(path, ("3c6444", trace()), ("3c6445", trace("3c6445")))
    ingest([path], store)
    rows = store.read("left_out").to_pylist()
    assert [(r["source"], r["reason"]) for r in rows] == [
        ("other.csv", "implausible_position")
    ]
    assert store.read("sources")["n_aircraft"].to_pylist() == [2, 1]


def test_a_folder_may_hold_several_sources(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    (folder / "lists").mkdir(parents=True)
    some_day(folder / "day.tar")
    split(folder / "day.tar", 4000)
    csv(folder / "lists" / "flightlist.csv", [listed()])
    (folder / "aircraft.json").write_bytes(snapshot(plane("abcdef")))
    (folder / "notes.txt").write_text("not a track")
    summary = ingest([folder], store)
    assert {r["source"]: r["reader"] for r in summary.sources.to_pylist()} == {
        "aircraft.json": "readsb-snapshot",
        "day.tar": "readsb-trace",
        "flightlist.csv": "opensky-flight-list",
    }
    assert left_out(summary) == {("raw", "unknown_format"): 1}
    assert not summary.n_damaged
    assert store.read("listed_flights", DAY).num_rows == 1


def test_a_pipe_is_not_waited_for(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    os.mkfifo(folder / "aircraft.json")
    csv(folder / "states.csv", [state()])
    assert ingest([folder], store).sources.num_rows == 1
    with pytest.raises(BadInputError, match="neither a file nor a folder"):
        ingest([folder / "aircraft.json"], store)


def test_naming_every_part_reads_them_once(store: Store, tmp_path: Path) -> None:
    parts = split(some_day(tmp_path / "day.tar"), 4000)
    summary = ingest(parts, store)
    assert summary.sources["n_positions"].to_pylist() == [400]


def test_files_of_one_name_are_told_apart(store: Store, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        csv(tmp_path / name / "states.csv", [state(), state(5.0)])
    summary = ingest([tmp_path / "a/states.csv", tmp_path / "b/states.csv"], store)
    assert summary.sources["source"].to_pylist() == ["states.csv", "b/states.csv"]


def test_one_bad_input_does_not_cost_the_others(store: Store, tmp_path: Path) -> None:
    bad = tmp_path / "trace_full_3c6444.json"
    bad.write_bytes(gzip.compress(trace())[:50])
    summary = ingest([some_day(tmp_path / "day.tar"), bad], store)
    assert [str(failure) for failure in summary.failures] == [
        "trace_full_3c6444.json ends in the middle of its gzip stream"
    ]
    assert left_out(summary) == {(bad.name, "truncated_gzip"): 1}
    assert summary.n_damaged == 1


_NO_TIME = b"timestamp,icao24,latitude,longitude\n1,3c6444,1,1\n"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("empty.tar", b"", BadInputError),
        ("trace.json", b'{"icao": 7, "timestamp": 1, "trace": []}', BadInputError),
        ("notes.txt", b"hello", UnknownFormatError),
        ("bytes.csv", bytes(range(256)), UnknownFormatError),
        ("states.csv", _NO_TIME, BadInputError),
    ],
)
def test_nothing_to_read_is_one_sentence_and_leaves_no_trace(
    name: str, data: bytes, error: type[AnomalyError], store: Store, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        ingest([path], store)
    assert caught.value.hint
    assert digest(store) == {}


def test_a_directory_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands here")
    with pytest.raises(AnomalyError, match="cannot write"):
        ingest([some_day(tmp_path / "day.tar")], Store(tmp_path / "data"))


def test_hostile_names_are_harmless(store: Store, tmp_path: Path) -> None:
    nasty = {"flight": "\x1b[31m<b>", "squawk": "7700"}
    rows = [row(0.0, details=nasty), row(5.0)]
    data = trace(rows=rows, r="\x1b]0;x\x07\u202e")
    path = day(tmp_path / "day.tar", ("3c6444", data))
    ingest([path], store)
    texts = json.dumps(
        [store.read(table, DAY).to_pylist() for table in ("positions", "aircraft")],
        default=str,
        ensure_ascii=False,
    )
    assert texts.isprintable()
