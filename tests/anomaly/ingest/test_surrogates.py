"""A flight without an address is joined to the aircraft that another source saw."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import archives
import pytest

from anomaly import origins
from anomaly.ingest.pipeline import IngestSummary, ingest
from anomaly.intake import take_in
from anomaly.store import Store

DAY = dt.date(2019, 3, 22)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return archives.playback_csv(tmp_path / "DLH1AB_2ce4.csv")


def tar_of(path: Path, *addresses: str, latitude: float = 48.0) -> Path:
    """Write a day in which each address flies as DLH1AB, just where the export does."""
    rows = [
        archives.row(
            4.0 + 10 * i,
            latitude=latitude + (4.0 + 10 * i) / 3600,
            details={"flight": "DLH1AB  "},
        )
        for i in range(18)
    ]
    return archives.day(path, *((a, archives.trace(a, rows)) for a in addresses))


def addresses(store: Store) -> list[str]:
    rows = store.read("positions", DAY, columns=["icao24"])
    return sorted(set(rows["icao24"].to_pylist()))


def told(summary: IngestSummary) -> dict[str, str]:
    return {r["reason"]: r["example"] for r in summary.left_out.to_pylist()}


def bytes_of(store: Store) -> dict[str, str]:
    return {
        path.relative_to(store.root).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(store.root.rglob("*.parquet"))
    }


def test_the_same_flight_from_two_sources_is_one(export: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    summary = take_in([export, tar_of(tmp_path / "day.tar", "3c6444")], store)
    assert addresses(store) == ["3c6444"]
    assert store.read("positions", DAY).num_rows == 20 + 18
    (flight,) = store.read("flights", DAY).to_pylist()
    assert (flight["icao24"], flight["callsign"]) == ("3c6444", "DLH1AB")
    assert origins.of_flights(store, [flight])[flight["flight_id"]] == [
        {"source": "DLH1AB_2ce4.csv", "reader": "flightradar24"},
        {"source": "day.tar", "reader": "readsb-trace"},
    ]
    assert told(summary)["surrogate_joined"].endswith("is 3c6444")
    assert not summary.n_damaged


def test_whichever_comes_first_and_however_often_it_is_the_same(
    export: Path, tmp_path: Path
) -> None:
    day = tar_of(tmp_path / "day.tar", "3c6444")
    every = []
    for i, runs in enumerate(([[export, day]], [[export], [day]], [[day], [export]])):
        store = Store(tmp_path / f"data{i}")
        for paths in runs:
            ingest(paths, store)
        every.append(bytes_of(store))
        ingest([day], store)
        assert bytes_of(store) == every[-1]
    assert every[0] == every[1] == every[2]


def test_a_registration_joins_where_callsigns_differ(tmp_path: Path) -> None:
    playback = tmp_path / "2ce4.json"
    playback.write_bytes(archives.playback(modes=None))
    rows = [archives.row(4.0 + 10 * i) for i in range(18)]
    trace = archives.trace("3c6444", rows, r="D-AIBC")
    store = Store(tmp_path / "data")
    ingest([playback, archives.day(tmp_path / "day.tar", ("3c6444", trace))], store)
    assert addresses(store) == ["3c6444"]
    (aircraft,) = store.read("aircraft", DAY).to_pylist()
    assert (aircraft["icao24"], aircraft["typecode"]) == ("3c6444", "A320")


def test_where_two_aircraft_fit_nothing_is_joined_and_it_is_counted(
    export: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path / "data")
    summary = ingest([export, tar_of(tmp_path / "day.tar", "3c6444", "3c6445")], store)
    assert len(addresses(store)) == 3
    assert told(summary)["surrogate_ambiguous"].endswith("3c6444 or 3c6445")


def test_the_same_callsign_elsewhere_is_another_flight(
    export: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path / "data")
    far = tar_of(tmp_path / "day.tar", "3c6444", latitude=40.0)
    summary = ingest([export, far], store)
    assert len(addresses(store)) == 2
    assert not {"surrogate_joined", "surrogate_ambiguous"} & told(summary).keys()
