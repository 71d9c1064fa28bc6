"""What cannot be read is called by its name, with the next step."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from archives import parquet, state, tar

from anomaly.errors import AnomalyError
from anomaly.ingest import reader_for, readsb_trace
from anomaly.ingest.base import LeftOut


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("day.csv", "x")


def cut_parquet(path: Path) -> None:
    data = parquet(path, [state()]).read_bytes()
    path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("write", "told", "hint"),
    [
        (zipped, "packed with zip", "Unpack"),
        (lambda p: p.write_bytes(lzma.compress(b"x")), "packed with xz", "Unpack"),
        (lambda p: p.write_bytes(bz2.compress(b"x")), "packed with bzip2", "Unpack"),
        (lambda p: p.write_bytes(pickle.dumps({"a": 1})), "run whatever code", "CSV"),
        (lambda p: pd.DataFrame([state()]).to_feather(p), "Feather", "Parquet"),
        (lambda p: p.write_text("\n<!DOCTYPE html><p>403"), "web page", "browser"),
        (lambda p: p.write_text("a,b\n1,2\n"), "cannot tell", "columns are: a, b"),
        (lambda p: p.write_bytes(b"\x1f\x8b\x08zzzz"), "too damaged", "again"),
        (cut_parquet, "cut or damaged", "again"),
    ],
)
def test_a_file_that_no_reader_knows_is_told_by_its_kind(
    write: object, told: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "day"
    assert callable(write)
    write(path)
    with pytest.raises(AnomalyError, match=told) as caught:
        reader_for(path)
    assert hint in caught.value.hint


def test_a_tar_of_something_else_is_to_be_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(b"time,icao24\n")
    path = tar(tmp_path / "states.csv.tar", {"states.csv.gz": packed})
    with pytest.raises(AnomalyError, match="no trace") as caught:
        list(readsb_trace.READER.read(path, LeftOut()))
    assert "unpack" in caught.value.hint
