"""Say what a file is that no reader knows, and what to do with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from anomaly.errors import AnomalyError, UnknownFormatError, printable
from anomaly.ingest import tabular
from anomaly.ingest.base import DamagedError
from anomaly.ingest.compression import GZIP, ZSTD, head

_PACKED = {
    b"PK\x03\x04": "zip",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
_TABLES = {b"ARROW1": "Feather", b"FEA1": "Feather", b"\x89HDF": "HDF5"}
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)", re.IGNORECASE)
_N_NAMES = 20


def refusal(path: Path, readers: Sequence[str]) -> AnomalyError:
    """Return the error for a file that none of the readers recognises."""
    with path.open("rb") as file:
        start = file.read(64)
    name = printable(path.name)
    for magic, packer in _PACKED.items():
        if start.startswith(magic):
            return UnknownFormatError(
                f"{name} is packed with {packer}, which is not read",
                hint="Unpack it, and pass what comes out.",
            )
    for magic, kind in _TABLES.items():
        if start.startswith(magic):
            return UnknownFormatError(
                f"{name} is {kind}, which is not read", hint="Write it as Parquet."
            )
    if _PICKLE.match(start):
        return UnknownFormatError(
            f"{name} is a pickle: opening it may run whatever code is in it",
            hint="Have it written as Parquet or CSV.",
        )
    if start.startswith((GZIP, ZSTD)) and not head(path):
        return DamagedError(
            "damaged_gzip" if start.startswith(GZIP) else "damaged_zstd",
            f"{name} is packed, and too damaged to be unpacked",
            hint="Fetch or copy the file again.",
        )
    if _PAGE.match(head(path)):
        return UnknownFormatError(
            f"{name} is a web page, no data",
            hint="Open it in a browser: its server may say why it sent no data.",
        )
    names = tabular.header(path)
    if start.startswith(tabular.PARQUET) and not names:
        return DamagedError(
            "damaged_parquet",
            f"{name} is Parquet that is cut or damaged",
            hint="Fetch or copy the file again.",
        )
    formats = f"Pass --format, one of: {', '.join(readers)}."
    shown = ", ".join(printable(n) for n in names[:_N_NAMES])
    return UnknownFormatError(
        f"cannot tell the format of {name}",
        hint=f"Its columns are: {shown}. {formats}" if len(names) > 1 else formats,
    )
