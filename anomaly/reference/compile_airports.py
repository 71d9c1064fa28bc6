"""Make the table of airports from OurAirports' files and our own hand-kept ones.

OurAirports (public domain) describes its columns at
https://ourairports.com/help/data-dictionary.html.  It tells neither which fields are
military nor which lie at the ends of an air bridge; two small files of ours do.
"""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anomaly.errors import BadInputError
from anomaly.files import replacing
from anomaly.reference.airports import COLUMNS, Airports
from anomaly.reference.lists import ICAO, KINDS, RUNWAY_FT, coded, one_line, text_csv
from anomaly.store import bundled

# Lists differ on where in a field its point lies; between the two it is left open.
_SAME_PLACE_NM = 0.5
_ANOTHER_FIELD_NM = 2.0
_NEEDED = (
    "ident",
    "type",
    "name",
    "latitude_deg",
    "longitude_deg",
    "elevation_ft",
    "iso_country",
    "municipality",
    "scheduled_service",
    "gps_code",
    "iata_code",
    "local_code",
)


@dataclass(frozen=True)
class Sources:
    """The files that the table is made from."""

    airports: Path
    """OurAirports' ``airports.csv``, plain or gzip."""
    runways: Path | None = None
    """OurAirports' ``runways.csv``; without it no runway has a length."""
    more: tuple[Path, ...] = ()
    """Lists of `lists`, for fields opened or given a code since."""
    by_hand: Path = field(default_factory=lambda: bundled("reference"))
    """Folder of the hand-kept ``airports_supplement.csv``, ``military_fields.csv``
    and ``hubs.csv``."""
    before: pd.DataFrame | None = None
    """An older table, for fields that the new lists have lost: those with an ICAO
    code, and those that our files name."""


def compiled(sources: Sources) -> pd.DataFrame:
    """Return the airports, indexed by `ident` and in its order.

    Raises
    ------
    BadInputError
        If a file is not what it should be, or a hand-kept one names an unknown field.
    """
    table = _ourairports(sources.airports, sources.runways)
    for path in sources.more:
        table = _extended(table, _new(path, table))
    supplement, uses, hubs = (
        text_csv(sources.by_hand / name)
        for name in ("airports_supplement.csv", "military_fields.csv", "hubs.csv")
    )
    # Rows that say "civil" only keep a telling name from being proposed again.
    uses = uses[uses["field_use"] != "civil"]
    if sources.before is not None:
        named = pd.concat([supplement, uses, hubs], ignore_index=True)["ident"]
        # Traffic of earlier years needs fields that have closed since.
        older = sources.before.index[sources.before.index.str.fullmatch(ICAO)]
        named = pd.concat([named, older.to_series()], ignore_index=True)
        table = _with_lost(table, sources.before, named)
    table = _supplemented(table, supplement)
    military = _rows_of(table, uses)["field_use"]
    table["field_use"] = military.reindex(table.index).fillna("civil")
    table["hub"] = table.index.isin(_rows_of(table, hubs).index)
    # Pads matter only where forces use them, or where a flight plan may name them.
    pad = table["kind"] == "heliport"
    known = table.index.str.fullmatch(ICAO) | (table["field_use"] != "civil")
    columns = [name for name, _ in COLUMNS if name != "ident"]
    return table.loc[~pad | known, columns].sort_index()


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table as gzip CSV; the same table gives the same bytes."""
    shown = table.assign(
        hub=table["hub"].map({True: "1", False: "0"}),
        scheduled=table["scheduled"].map({True: "1", False: "0"}),
        elevation_ft=table["elevation_ft"].astype("Int64"),
        longest_runway_ft=table["longest_runway_ft"].astype("Int64"),
        # A ten-thousandth of a degree is eleven metres.
        latitude_deg=table["latitude_deg"].round(4),
        longitude_deg=table["longitude_deg"].round(4),
    )
    text = shown.to_csv(lineterminator="\n").encode()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text)
    with replacing(path) as beside:
        beside.write_bytes(packed.getvalue())


def _ourairports(airports: Path, runways: Path | None) -> pd.DataFrame:
    rows = text_csv(airports)
    missing = [name for name in _NEEDED if name not in rows]
    if missing:
        raise BadInputError(
            f"{airports} is not OurAirports' list: it lacks {', '.join(missing)}",
            hint="Fetch airports.csv again.",
        )
    rows = rows[rows["type"].isin(KINDS)].set_index("ident")
    longest = pd.Series(dtype="float64") if runways is None else _longest(runways)
    idents = _idents(rows)
    # What cannot be read as a number becomes unknown; a place must not be.
    latitude, longitude, elevation = (
        pd.to_numeric(rows[name], errors="coerce")
        for name in ("latitude_deg", "longitude_deg", "elevation_ft")
    )
    if rows.empty or latitude.isna().any() or longitude.isna().any():
        raise BadInputError(
            f"{airports} has no airports, or some without a place",
            hint="Fetch airports.csv again.",
        )
    table = pd.DataFrame(
        {
            "name": one_line(rows["name"]),
            "country": rows["iso_country"],
            "municipality": one_line(rows["municipality"]),
            "latitude_deg": latitude,
            "longitude_deg": longitude,
            "elevation_ft": elevation.round(),
            "kind": rows["type"],
            "longest_runway_ft": longest.reindex(rows.index),
            "scheduled": rows["scheduled_service"] == "yes",
            "also_known_as": _other_codes(rows, idents),
        }
    )
    return table.set_axis(pd.Index(idents, name="ident"))


def _idents(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return the ICAO code of each field, or OurAirports' own where it has none.

    OurAirports never changes an ident, so a code that changed or came late stands in
    `gps_code` alone (LY-MRA is HLMS, UAFM became UCFM).
    """
    own = pd.Series(rows.index, index=rows.index)
    code = rows["gps_code"].where(rows["gps_code"].str.fullmatch(ICAO))
    unsure = code.duplicated(keep=False) | (code.isin(rows.index) & (code != own))
    return code.mask(unsure).fillna(own)


def _other_codes(rows: pd.DataFrame, idents: pd.Series[Any]) -> pd.Series[Any]:
    """Return the other codes of each field that mean no other field."""
    wide = pd.DataFrame(
        {
            "own": rows.index,
            "gps": rows["gps_code"],
            "iata": rows["iata_code"],
            # A local code of a small state would shadow many an IATA code.
            "local": rows["local_code"].where(rows["local_code"].str.len() >= 4, ""),
            # Older or disputed codes stand among the keywords (Khartoum's HSSS).
            "key": rows["keywords"].str.extract(r"\b([A-Z]{4})\b", expand=False),
        },
        index=rows.index,
    )
    long = wide.rename_axis("row").reset_index()
    long = long.melt(id_vars="row", var_name="from", value_name="code")
    long = long[(long["code"] != "") & ~long["code"].isin(set(idents))]
    # Words in capitals are no codes: an ICAO code shares its state's first letter.
    keyword = long["from"] == "key"
    same_state = long["code"].str[:2] == long["row"].map(idents).str[:2]
    long = long[~keyword | same_state].drop_duplicates(["row", "code"])
    own = long["from"] == "own"
    long = long[own | ~long["code"].duplicated(keep=False)]
    return long.groupby("row")["code"].agg(" ".join).reindex(rows.index).fillna("")


def _longest(runways: Path) -> pd.Series[Any]:
    rows = text_csv(runways)
    try:
        length_ft = pd.to_numeric(rows["length_ft"]).where(rows["closed"] != "1")
        by_field = length_ft.groupby(rows["airport_ident"])
    except (KeyError, ValueError) as error:
        raise BadInputError(
            f"{runways} is not OurAirports' list of runways: {error}",
            hint="Fetch runways.csv again.",
        ) from error
    return by_field.max().where(lambda ft: ft.between(*RUNWAY_FT))


def _new(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return the fields of a list whose ICAO code the table does not have."""
    rows = coded(path)
    known = set(table.index) | set(table["also_known_as"].str.split(" ").explode())
    return rows[~rows.index.isin(known)]


def _extended(
    table: pd.DataFrame, more: pd.DataFrame, another_nm: float = _ANOTHER_FIELD_NM
) -> pd.DataFrame:
    """Add fields that are far from every listed one, and new codes of listed ones."""
    nearest, away_nm = Airports(table).nearest(
        more["latitude_deg"], more["longitude_deg"]
    )
    codes = pd.Series(more.index, index=nearest[:, 0])[away_nm[:, 0] < _SAME_PLACE_NM]
    codes = codes[~codes.index.duplicated(keep=False)].reindex(table.index)
    both = table["also_known_as"].str.cat(codes.fillna(""), sep=" ").str.strip()
    known = table.assign(also_known_as=both)
    return pd.concat([known, more[away_nm[:, 0] > another_nm]])


def _supplemented(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the hand-kept rows; where the field is known, their filled cells count.

    A row may also say by which ident the lists know the field, when that is not the
    code which flight plans and reports use.
    """
    table = table.rename(index=rows.set_index("listed_as")["ident"].to_dict())
    rows = rows.drop(columns=["source", "listed_as"]).set_index("ident")
    rows = rows.replace("", np.nan)
    for name in ("latitude_deg", "longitude_deg", "elevation_ft", "longest_runway_ft"):
        rows[name] = pd.to_numeric(rows[name])
    rows["scheduled"] = rows["scheduled"].map({"1": True, "0": False})
    both = rows.combine_first(table)
    both["scheduled"] = both["scheduled"].fillna(False).astype(bool)
    for name in ("municipality", "also_known_as"):
        both[name] = both[name].fillna("")
    incomplete = both[["name", "country", "latitude_deg", "kind"]].isna().any(axis=1)
    if incomplete.any():
        raise BadInputError(
            f"the supplement lacks much of {', '.join(both.index[incomplete])}",
            hint="A field that no list has needs name, country, place and kind.",
        )
    return both


def _with_lost(
    table: pd.DataFrame, before: pd.DataFrame, named: pd.Series[Any]
) -> pd.DataFrame:
    """Bring back named fields that the lists have dropped or renamed since."""
    lost = Airports(table).resolve(named).isna()
    older = Airports(before).resolve(named[lost]).dropna().unique()
    found = before.loc[older, list(table.columns)]
    found["also_known_as"] = found["also_known_as"].fillna("")
    found["municipality"] = found["municipality"].fillna("")
    return _extended(table, found, _SAME_PLACE_NM)


def _rows_of(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return hand-kept rows by the ident of the table, whichever code they use."""
    idents = Airports(table).resolve(rows["ident"])
    unknown = rows["ident"][idents.isna()]
    if len(unknown):
        raise BadInputError(
            f"our files name fields that no list has: {', '.join(unknown)}",
            hint="Add them to the supplement, or mend their codes.",
        )
    known = rows.drop(columns="ident").set_axis(pd.Index(idents, name="ident"))
    return known[~known.index.duplicated()]
