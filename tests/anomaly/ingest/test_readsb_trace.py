from __future__ import annotations

import datetime as dt
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from archives import (
    BASE,
    day,
    plane,
    row,
    snapshot,
    split,
    tar,
    trace,
    trace_name,
    zstd,
)
from hypothesis import given
from hypothesis import strategies as st

from anomaly.errors import BadInputError
from anomaly.ingest import readsb_trace
from anomaly.ingest.base import LeftOut
from anomaly.ingest.trace_decoder import decode_trace


def read(path: Path, left_out: LeftOut | None = None) -> pd.DataFrame:
    """Return all positions of a path."""
    batches = readsb_trace.READER.read(path, left_out or LeftOut())
    table: pd.DataFrame = pd.concat([batch.positions.to_pandas() for batch in batches])
    return table


def read_one(
    tmp_path: Path, data: bytes, left_out: LeftOut | None = None
) -> pd.DataFrame:
    path = tmp_path / "trace_full_3c6444.json"
    path.write_bytes(data)
    return read(path, left_out)


def counts(left_out: LeftOut) -> dict[str, int]:
    return {reason: n for (reason, _), n in left_out.counts.items()}


def test_times_are_the_base_and_the_seconds(tmp_path: Path) -> None:
    table = read_one(tmp_path, trace(rows=[row(0.0), row(61.5)]))
    start = dt.datetime(2019, 3, 22, tzinfo=dt.UTC)
    assert list(table["timestamp"]) == [start, start + dt.timedelta(seconds=61.5)]


def test_the_word_ground_is_no_altitude(tmp_path: Path) -> None:
    rows = [row(0.0, altitude="ground", geometric=None), row(9.0, altitude=900)]
    table = read_one(tmp_path, trace(rows=rows))
    assert list(table["on_ground"]) == [True, False]
    assert table["altitude_ft"].isna().tolist() == [True, False]


def test_geometric_altitude_stands_in_for_none(tmp_path: Path) -> None:
    rows = [row(altitude=None, geometric=1200), row(9.0, altitude=None, geometric=None)]
    table = read_one(tmp_path, trace(rows=rows))
    assert table["altitude_ft"].iloc[0] == 1200
    assert pd.isna(table["altitude_ft"].iloc[1])
    assert pd.isna(table["on_ground"].iloc[1])


def test_callsign_and_squawk_hold_until_the_next(tmp_path: Path) -> None:
    rows = [
        row(0.0),
        row(1.0, details={"flight": "RFF1    ", "squawk": "0021"}),
        row(2.0),
        row(3.0, details={"flight": "@@@@@@@@"}),
        row(4.0, details={"flight": "RFF2    ", "nic": 8}),
        row(5.0),
    ]
    table = read_one(tmp_path, trace(rows=rows))
    assert pd.isna(table["callsign"].iloc[0])
    assert table["callsign"].tolist()[1:] == ["RFF1", "RFF1", "RFF1", "RFF2", "RFF2"]
    assert table["squawk"].tolist()[1:] == ["0021"] * 5


@pytest.mark.parametrize("n_columns", [9, 11, 14])
def test_older_files_have_fewer_columns(n_columns: int, tmp_path: Path) -> None:
    rows = [
        row(0.0, n_columns=n_columns, details={"type": "mlat", "flight": "RFF1"}),
        row(5.0, n_columns=n_columns, altitude=None),
    ]
    table = read_one(tmp_path, trace(rows=rows))
    assert len(table) == 2
    told = "mlat" if n_columns == 9 else "adsb_icao"
    assert table["position_source"].tolist() == [told, told]


def test_stale_rows_are_kept_and_new_legs_marked(tmp_path: Path) -> None:
    rows = [row(0.0), row(500.0, flags=1), row(900.0, flags=3)]
    table = read_one(tmp_path, trace(rows=rows))
    assert table["new_leg"].tolist() == [False, False, True]


def test_rows_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    rows = [
        row(20.0),
        row(0.0, details={"flight": "RFF1"}),
        row(10.0, details={"flight": "RFF2"}),
    ]
    table = read_one(tmp_path, trace(rows=rows))
    assert table["timestamp"].is_monotonic_increasing
    assert table["callsign"].tolist() == ["RFF1", "RFF2", "RFF2"]


def test_flags_that_are_absent_are_not_zero(tmp_path: Path) -> None:
    path = day(
        tmp_path / "day.tar",
        ("3c6444", trace(r="D-AIBC", t="A320", ownOp="X", dbFlags=1)),
        ("3c6445", trace("3c6445", noRegData=True)),
        ("3c6446", trace("3c6446", dbFlags=8)),
    )
    (batch,) = readsb_trace.READER.read(path, LeftOut())
    by_address = batch.aircraft.to_pandas().set_index("icao24")
    assert by_address["military_flag"].tolist() == [True, None, False]
    assert by_address["privacy_flag"].tolist() == [False, None, True]
    assert by_address["registration"].isna().tolist() == [False, True, True]


def test_a_made_trace_says_so(tmp_path: Path) -> None:
    table = read_one(tmp_path, trace(provenance="re-enacted"))
    assert set(table["provenance"]) == {"re-enacted"}
    assert set(read_one(tmp_path, trace())["provenance"]) == {"observed"}


def test_an_unknown_provenance_does_not_pass_for_observed(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="invented"):
        read_one(tmp_path, trace(provenance="invented"))


def test_only_traces_of_real_addresses_are_read(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "day.tar",
        {
            trace_name("3c6444"): gzip.compress(trace()),
            trace_name("~3c6445"): gzip.compress(trace("~3c6445")),
            "./heatmap/00.bin.ttf": b"\1" * 700,
            "./traces/44/trace_recent_3c6444.json": gzip.compress(trace()),
        },
    )
    left_out = LeftOut()
    assert set(read(path, left_out)["icao24"]) == {"3c6444"}
    assert counts(left_out) == {"non_icao_address": 1, "not_a_trace": 2}
    assert not left_out.n_damaged


def test_plain_and_packed_members_read_alike(tmp_path: Path) -> None:
    plain = tar(tmp_path / "plain.tar", {trace_name(): trace()})
    packed = tar(tmp_path / "packed.tar", {trace_name(): gzip.compress(trace())})
    pd.testing.assert_frame_equal(read(plain), read(packed))


def test_a_split_tar_reads_as_the_whole(tmp_path: Path) -> None:
    traces = [(f"3c64{i:02x}", trace(f"3c64{i:02x}")) for i in range(40)]
    whole = read(day(tmp_path / "day.tar", *traces))
    parts = split(tmp_path / "day.tar", 7000)
    assert len(parts) > 3
    pd.testing.assert_frame_equal(read(parts[0]), whole)
    pd.testing.assert_frame_equal(read(parts[2]), whole)


def test_a_missing_part_costs_what_was_in_it(tmp_path: Path) -> None:
    traces = [(f"3c64{i:02x}", trace(f"3c64{i:02x}")) for i in range(40)]
    n_all = len(read(day(tmp_path / "day.tar", *traces)))
    split(tmp_path / "day.tar", 7000)[1].unlink()
    left_out = LeftOut()
    table = read(tmp_path / "day.tar.aa", left_out)
    assert n_all / 2 < len(table) < n_all
    assert table.iloc[-1]["icao24"] == "3c6427"
    assert counts(left_out)["missing_part"] == 1
    assert left_out.examples["missing_part", "files"] == "day.tar.ab"


def test_a_folder_reads_as_the_tar(tmp_path: Path) -> None:
    traces = [(f"3c64{i:02x}", trace(f"3c64{i:02x}")) for i in range(5)]
    for icao, data in traces:
        path = tmp_path / "day" / trace_name(icao)
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    of_tar = read(day(tmp_path / "day.tar", *traces))
    for folder in (tmp_path / "day", tmp_path / "day" / "traces"):
        assert readsb_trace.sniff(folder)
        pd.testing.assert_frame_equal(read(folder), of_tar)


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
def test_names_may_say_how_traces_are_packed(
    suffix: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    rows = [row(float(i)) for i in range(3_000)]
    for icao in ("3c6444", "3c6445"):
        path = tmp_path / "day" / f"{trace_name(icao)}{suffix}"
        path.parent.mkdir(parents=True)
        path.write_bytes(pack(trace(icao, rows)))
        assert readsb_trace.sniff(path)
    assert readsb_trace.sniff(tmp_path / "day")
    assert len(read(tmp_path / "day")) == 6_000
    members = {f"{trace_name()}{suffix}": pack(trace())}
    assert len(read(tar(tmp_path / "day.tar", members))) == 2


def test_a_tar_packed_by_zstd_is_recognised(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(300_000)
    whole = tar(tmp_path / "day", {trace_name(): trace(), "heatmap/1": noise})
    packed = tmp_path / "day.zst"
    packed.write_bytes(zstd(whole.read_bytes()))
    assert readsb_trace.sniff(packed)
    assert len(read(packed)) == 2


def test_one_bad_row_costs_that_row(tmp_path: Path) -> None:
    rows = [row(0.0), row(1.0, latitude="north"), ["?"], row(2.0)]
    left_out = LeftOut()
    assert len(read_one(tmp_path, trace(rows=rows), left_out)) == 2
    assert counts(left_out) == {"bad_row": 2}


def test_one_bad_member_costs_that_member(tmp_path: Path) -> None:
    good = gzip.compress(trace())
    path = tar(
        tmp_path / "day.tar",
        {
            trace_name("3c6440"): b"",
            trace_name("3c6441"): good[:40],
            trace_name("3c6442"): b'{"icao": "3c6442", "trace": 7}',
            trace_name("3c6443"): b"\xff\xfe\xfd",
            trace_name("3c6444"): good,
            trace_name("3c6445"): gzip.compress(b"[" * 100_000),
            trace_name("3c6446"): json.dumps({"icao": "nobody"}).encode(),
        },
    )
    left_out = LeftOut()
    assert set(read(path, left_out)["icao24"]) == {"3c6444"}
    assert counts(left_out) == {
        "empty_file": 1,
        "truncated_gzip": 1,
        "unexpected_json": 3,
        "bad_json": 1,
    }


def test_a_member_that_inflates_without_end_is_left_out(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * 2**20) * 257  # a gzip file may be many, joined
    members = {trace_name("3c6440"): bomb, trace_name(): trace()}
    path = tar(tmp_path / "day.tar", members)
    left_out = LeftOut()
    assert set(read(path, left_out)["icao24"]) == {"3c6444"}
    assert counts(left_out) == {"too_large": 1}


def test_a_tar_without_traces_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "other.tar", {"aircraft.json": snapshot(plane())})
    with pytest.raises(BadInputError, match=r"other\.tar holds no trace"):
        read(path)


def test_damage_alone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="middle of its gzip stream") as caught:
        read_one(tmp_path, gzip.compress(trace())[:60])
    assert caught.value.hint


numbers = st.none() | st.floats() | st.integers() | st.booleans() | st.text(max_size=3)


@given(st.lists(st.lists(numbers, max_size=14), max_size=5), numbers)
def test_whatever_a_row_holds_positions_are_plausible(
    rows: list[list[object]], base: object
) -> None:
    data = json.dumps({"icao": "3c6444", "timestamp": base, "trace": rows})
    try:
        found = decode_trace(data.replace("NaN", "null").encode(), "x", LeftOut())
    except BadInputError:
        return
    batch = readsb_trace._batch_of_reference([found], 1.0, LeftOut())
    table = batch.positions.to_pandas()
    assert table["latitude_deg"].between(-90, 90).all()
    assert table["longitude_deg"].between(-180, 180).all()
    assert (table["timestamp"] > pd.Timestamp("1990-01-01", tz="UTC")).all()


@given(st.integers(0, 10**7), st.floats(0, 86400, allow_nan=False))
def test_times_keep_their_milliseconds(base_ms: int, seconds: float) -> None:
    seconds = round(seconds, 2)
    data = json.dumps(
        {"icao": "3c6444", "timestamp": BASE + base_ms / 1000, "trace": [row(seconds)]}
    )
    found = decode_trace(data.encode(), "x", LeftOut())
    exact_us = (int(BASE) * 1000 + base_ms) * 1000 + round(seconds * 100) * 10_000
    assert found.time_us[0] == exact_us
