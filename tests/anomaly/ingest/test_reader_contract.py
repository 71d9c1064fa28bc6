"""What holds for every reader, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from archives import EXAMPLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anomaly.errors import BadInputError
from anomaly.ingest import TrackReader, reader_for, readers
from anomaly.ingest.base import Batch, LeftOut
from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS

READERS = {reader.name: reader for reader in readers()}
every_example = pytest.mark.parametrize(
    ("reader", "write"),
    [
        pytest.param(READERS[name], write, id=f"{name} {kind}")
        for name, kinds in EXAMPLES.items()
        for kind, write in kinds.items()
    ],
)
every_reader = pytest.mark.parametrize("reader", readers(), ids=lambda r: r.name)
Write = Callable[[Path], Path]


def read_all(reader: TrackReader, path: Path, left_out: LeftOut) -> list[Batch]:
    """Return all batches, each checked, or none if the input is refused."""
    refusal = None
    try:
        batches = list(reader.read(path, left_out))
    except BadInputError as error:
        refusal, batches = error, []
    assert refusal is None or (str(refusal).isprintable() and refusal.hint)
    for batch in batches:
        assert batch.positions.schema.equals(POSITIONS, check_metadata=True)
        assert batch.aircraft.schema.equals(AIRCRAFT, check_metadata=True)
        assert batch.listed_flights.schema.equals(LISTED_FLIGHTS, check_metadata=True)
        batch.positions.validate(full=True)
    return batches


def test_every_reader_has_an_example() -> None:
    assert set(EXAMPLES) == set(READERS)


@every_example
def test_an_example_is_read_whole(
    reader: TrackReader, write: Write, tmp_path: Path
) -> None:
    left_out = LeftOut()
    batches = read_all(reader, write(tmp_path), left_out)
    rows = sum(b.positions.num_rows + b.listed_flights.num_rows for b in batches)
    assert rows >= 5
    assert sum(batch.n_files for batch in batches) >= 1
    assert not left_out.n_damaged


@every_example
def test_an_example_is_recognised_by_its_reader_alone(
    reader: TrackReader, write: Write, tmp_path: Path
) -> None:
    path = write(tmp_path)
    assert [r.name for r in readers() if r.sniff(path)] == [reader.name]
    assert reader_for(path) is reader


@every_example
def test_rows_of_an_aircraft_are_in_order_of_time(
    reader: TrackReader, write: Write, tmp_path: Path
) -> None:
    for batch in read_all(reader, write(tmp_path), LeftOut()):
        frame = batch.positions.to_pandas()
        for _, times in frame.groupby("icao24")["timestamp"]:
            assert times.is_monotonic_increasing


@every_example
@pytest.mark.parametrize("percent", range(0, 100, 10))
def test_a_cut_file_gives_what_is_whole_or_one_sentence(
    reader: TrackReader, write: Write, percent: int, tmp_path: Path
) -> None:
    path = write(tmp_path)
    whole = sum(b.positions.num_rows for b in read_all(reader, path, LeftOut()))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * percent // 100])
    left_out = LeftOut()
    batches = read_all(reader, path, left_out)
    assert sum(batch.positions.num_rows for batch in batches) <= whole
    if percent == 0:
        assert not batches


@every_reader
@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 600, b"\xff\xfe\x00junk" * 100, b"{}", b"[]", b"null", b"\x1f\x8b"],
    ids=["nothing", "zeros", "bytes", "object", "array", "null", "gzip magic"],
)
@pytest.mark.parametrize("name", ["some.json", "some.tar"])
def test_what_is_no_track_gives_no_rows(
    reader: TrackReader, data: bytes, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    for batch in read_all(reader, path, LeftOut()):
        assert not batch.positions.num_rows + batch.listed_flights.num_rows


@every_reader
def test_a_missing_file_is_refused(reader: TrackReader, tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        list(reader.read(tmp_path / "gone.json", LeftOut()))


TOKENS = [b"null", b'"x"', b"1e308", b"9" * 400, b"[" * 9000, b"\xff", b'"ground"']


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_no_crash(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    kind = data.draw(st.sampled_from(sorted(EXAMPLES[name])))
    path = EXAMPLES[name][kind](tmp_path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 12))
    put = data.draw(st.sampled_from(TOKENS) | st.binary(max_size=8))
    path.write_bytes(whole[:at] + put + whole[at + cut :])
    for reader in readers():
        reader.sniff(path)
    read_all(READERS[name], path, LeftOut())
