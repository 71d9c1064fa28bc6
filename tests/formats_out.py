"""Write tables of positions in every format we read, for round trips."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import partial
from pathlib import Path

import archives
import pyarrow as pa

from anomaly.simulate import others
from anomaly.simulate import write as simulated
from anomaly.simulate.others import SNAPSHOT_S as SNAPSHOT_S

Out = Callable[[pa.Table, pa.Table, Path], Path]


def _members(positions: pa.Table, aircraft: pa.Table) -> dict[str, bytes]:
    date = positions["timestamp"][0].as_py().date()
    return dict(simulated.members(positions, aircraft, date))


def tar(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    return archives.tar(folder / "day.tar", _members(positions, aircraft))


def split_tar(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    whole = tar(positions, aircraft, folder)
    return archives.split(whole, whole.stat().st_size // 3 + 1)[0]


def folder_of_zstd(positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    for name, data in _members(positions, aircraft).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archives.zstd(gzip.decompress(data)))
    return folder


def _other(reader: str, positions: pa.Table, aircraft: pa.Table, folder: Path) -> Path:
    writer = others.WRITERS[reader]
    path = folder / f"day.{writer.ending}"
    writer.write(positions, aircraft, path)
    return path


EVERY: dict[str, Out] = {
    "tar": tar,
    "split tar": split_tar,
    "folder, zstd": folder_of_zstd,
    **{reader: partial(_other, reader) for reader in others.WRITERS},
}
