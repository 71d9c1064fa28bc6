"""Real files: the samples we carry, and those that only our CI has."""

from __future__ import annotations

from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.ingest import reader_for
from anomaly.ingest.base import LeftOut
from anomaly.ingest.pipeline import ingest
from anomaly.store import Store, bundled

SAMPLES = {
    "carrier_ae0455.json.gz": ("traffic-table", 1, 2_930),
    "paris_afternoon.json.gz": ("traffic-table", 52, 59_662),
    "refuelling_3b7777.json.gz": ("traffic-table", 1, 10_041),
    "trace_full_ac671b.json": ("readsb-trace", 1, 2_500),
}


def read(path: Path) -> tuple[str, int, int, LeftOut]:
    """Return the reader, the numbers of aircraft and positions, and what was left."""
    reader = reader_for(path)
    left_out = LeftOut()
    addresses: set[str] = set()
    n_positions = 0
    for batch in reader.read(path, left_out):
        addresses.update(batch.positions["icao24"].to_pylist())
        n_positions += batch.positions.num_rows
    return reader.name, len(addresses), n_positions, left_out


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_read_as_their_readme_says(name: str) -> None:
    *found, left_out = read(bundled("samples", name))
    assert tuple(found) == SAMPLES[name]
    assert not left_out.n_damaged


def test_every_sample_is_described() -> None:
    readme = bundled("samples", "README.md").read_text()
    for path in bundled("samples").iterdir():
        assert path.name == "README.md" or path.name in readme


@pytest.mark.parametrize(
    ("name", "reader", "n_aircraft", "n_positions"),
    [
        ("readsb_globe_history/2023/08/20", "readsb-trace", 22, 3_930),
        ("readsb_aircraft_json", "readsb-snapshot", 9_190, 9_190),
        ("military_hourly/military_hourly.parquet", "traffic-table", 9_689, 329_083),
    ],
)
def test_shared_tracks_are_read(
    name: str, reader: str, n_aircraft: int, n_positions: int, shared: Path
) -> None:
    *found, left_out = read(shared / "tracks" / name)
    assert found == [reader, n_aircraft, n_positions]
    assert set(left_out.counts) <= {
        ("bad_address", "rows"),
        ("implausible_altitude", "rows"),
        ("implausible_speed", "rows"),
        ("no_position", "rows"),
        ("no_time", "files"),
        ("non_icao_address", "rows"),
        ("stale_repeat", "rows"),
    }


def test_an_answer_without_a_time_is_one_sentence(shared: Path) -> None:
    with pytest.raises(BadInputError, match="does not say when it was taken"):
        read(shared / "tracks" / "readsb_aircraft_json" / "api_v2_mil.jsonc")


def test_state_snapshots_are_read(shared: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    summary = ingest([shared / "tracks" / "opensky_states"], store)
    assert set(summary.sources["reader"].to_pylist()) == {"opensky-states"}
    assert not summary.n_damaged
    (date,) = summary.dates
    assert len(set(store.read("positions", date)["icao24"].to_pylist())) == 541
