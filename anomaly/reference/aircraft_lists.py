"""Read the lists of aircraft that others publish, each in its own layout."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from anomaly.errors import BadInputError

COLUMNS = (
    "registration",
    "typecode",
    "owner_operator",
    "military_flag",
    "privacy_flag",
)
"""What a list may tell of an address, as in AIRCRAFT."""
MAX_BYTES = 1_000_000_000
_MIN_SHARE_ADDRESSES = 0.9
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    names: tuple[str, ...]
    """Of its columns that are read, beginning with the address."""
    read: Callable[[pd.DataFrame], dict[str, pd.Series]]
    header: bool = True


def read(path: Path, layout: str) -> pd.DataFrame:
    """Return a list as `COLUMNS`, indexed by address; of a repeated one the last row.

    Raises
    ------
    BadInputError
        If it is not in that layout.
    """
    if layout not in _LAYOUTS:
        raise BadInputError(
            f"no list of aircraft has the layout {layout!r}",
            hint=f"There are: {', '.join(_LAYOUTS)}.",
        )
    form = _LAYOUTS[layout]
    cells = _cells(_unpacked(path), form, layout)
    address = cells[form.names[0]].fillna("").str.strip().str.lower()
    sound = address.str.fullmatch("[0-9a-f]{6}")
    if not len(cells) or sound.mean() < _MIN_SHARE_ADDRESSES:
        raise BadInputError(
            f"what came is no {layout} list of aircraft: only {int(sound.sum())} of "
            f"{len(cells)} rows begin with an address"
        )
    told = pd.DataFrame(form.read(cells)).reindex(columns=list(COLUMNS))
    told.index = pd.Index(address, name="icao24")
    told = told[sound.to_numpy()]
    return told[~told.index.duplicated(keep="last")].sort_index()


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content.startswith(_GZIP):
        try:
            with gzip.open(path) as file:
                content = file.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise BadInputError(f"what came cannot be unpacked: {error}") from error
    if len(content) > MAX_BYTES:
        raise BadInputError("what came is no list of aircraft: too long")
    return content


def _cells(content: bytes, form: _Layout, layout: str) -> pd.DataFrame:
    """Return the columns read, as text; an empty cell is unknown."""
    # OpenSky has changed its quotes between lists.
    quote = "'" if content.startswith(b"'") else '"'
    parse = pa_csv.ParseOptions(
        delimiter=form.delimiter, quote_char=quote if form.header else False
    )
    reads = pa_csv.ReadOptions(autogenerate_column_names=not form.header)
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(form.names, pa.string()),
        include_columns=form.names,
        null_values=[""],
        strings_can_be_null=True,
    )
    try:
        table = pa_csv.read_csv(pa.BufferReader(content), reads, parse, convert)
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"what came is no {layout} list of aircraft: {error}"
        ) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _text(cells: pd.Series) -> pd.Series:
    stripped = cells.str.strip()
    return stripped.mask(stripped == "")


def _typecode(cells: pd.Series) -> pd.Series:
    stripped = _text(cells).str.upper()
    return stripped.where(stripped.str.fullmatch("[A-Z0-9]{2,4}").eq(True))


def _tar1090(cells: pd.DataFrame) -> dict[str, pd.Series]:
    # Military, interesting, PIA, LADD: a list that ends early says no to the rest.
    flags = cells["f3"].fillna("")
    return {
        "registration": _text(cells["f1"]),
        "typecode": _typecode(cells["f2"]),
        "owner_operator": _text(cells["f6"]),
        "military_flag": flags.str[:1].eq("1").astype("boolean"),
        "privacy_flag": flags.str[2:4].str.contains("1").astype("boolean"),
    }


def _opensky(cells: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        "registration": _text(cells["registration"]),
        "typecode": _typecode(cells["typecode"]),
        "owner_operator": _text(cells["operator"]).fillna(_text(cells["owner"])),
    }


def _plane_alert(cells: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        "registration": _text(cells["$Registration"]),
        "typecode": _typecode(cells["$ICAO Type"]),
        "owner_operator": _text(cells["$Operator"]),
        "military_flag": cells["#CMPG"].str.strip().eq("Mil").astype("boolean"),
    }


_LAYOUTS = {
    "tar1090-db": _Layout(";", ("f0", "f1", "f2", "f3", "f6"), _tar1090, header=False),
    "opensky": _Layout(
        ",", ("icao24", "registration", "typecode", "operator", "owner"), _opensky
    ),
    "plane-alert-db": _Layout(
        ",",
        ("$ICAO", "$Registration", "$Operator", "$ICAO Type", "#CMPG"),
        _plane_alert,
    ),
}
