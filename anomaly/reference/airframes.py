"""Look up aircraft by address in the databases that the user has fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from anomaly.errors import BadInputError
from anomaly.files import replacing
from anomaly.reference import tables
from anomaly.reference.aircraft_lists import COLUMNS

FOLDER = "aircraft"
_TEXTS = ("registration", "typecode", "owner_operator")
_SCHEMA = pa.schema(
    [
        ("icao24", pa.string()),
        ("registration", pa.string()),
        ("typecode", pa.string()),
        ("owner_operator", pa.string()),
        ("military_flag", pa.bool_()),
        ("privacy_flag", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Airframes:
    """The user's databases of aircraft; where two tell a field, the first is heard."""

    files: tuple[tables.Stamp, ...] = ()

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Airframes:
        """Return the databases in ``<data_dir>/reference/aircraft``, by name."""
        if data_dir is None:
            return cls()
        found = sorted(folder_of(data_dir).glob("[!.]*.parquet"))
        return cls(tuple(tables.stamp(path) for path in found))

    def completed(
        self, known: pd.DataFrame, icao24: Iterable[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return `known` with what the databases tell of the aircraft of `icao24`.

        What is known stays.  Nobody's name is looked up whose owner is known to have
        asked for privacy.

        Parameters
        ----------
        known
            AIRCRAFT, indexed by address.

        Returns
        -------
        The frame, and ``icao24, field, database`` of each value taken.
        """
        empty = pd.DataFrame(columns=["icao24", "field", "database"], dtype="str")
        if not self.files:
            return known, empty
        asked = pd.Index(sorted(set(icao24)), name="icao24")
        frame = known.reindex(known.index.union(asked)).astype(
            dict.fromkeys(COLUMNS, object)  # a value may be unknown
        )
        taken = []
        for file in self.files:
            rows = _read(file)
            rows = rows.loc[rows.index.intersection(asked)]
            # Privacy first: it bars the owner's name.
            for name in reversed(COLUMNS):
                found = rows[name].dropna()
                found = found[frame.loc[found.index, name].isna()]
                if name == "owner_operator":
                    private = frame.loc[found.index, "privacy_flag"]
                    found = found[~private.eq(True)]
                frame.loc[found.index, name] = found.astype(object)
                taken.append(
                    pd.DataFrame(
                        {
                            "icao24": found.index,
                            "field": name,
                            "database": file[0].stem,
                        }
                    )
                )
        told = pd.concat([empty, *taken], ignore_index=True)
        for name in ("military_flag", "privacy_flag"):
            frame[name] = frame[name].where(frame[name].notna(), None)
        return frame.astype(known[list(_TEXTS)].dtypes.to_dict()), told


def folder_of(data_dir: Path) -> Path:
    """Return where the databases of a data directory lie."""
    return data_dir / "reference" / FOLDER


def write(rows: pd.DataFrame, path: Path) -> None:
    """Keep a database, in one step."""
    table = pa.Table.from_pandas(
        rows.reset_index(), schema=_SCHEMA, preserve_index=False
    )
    with replacing(path) as beside:
        pq.write_table(table, beside, compression="zstd")


def rows_of(path: Path) -> int:
    """Return how many aircraft a database has; none if it is not there."""
    return len(_read(tables.stamp(path))) if path.is_file() else 0


@lru_cache(maxsize=4)
def _read(file: tables.Stamp) -> pd.DataFrame:
    path = file[0]
    try:
        table = pq.read_table(path, schema=_SCHEMA)
    except (pa.ArrowException, OSError) as error:
        raise BadInputError(
            f"cannot read {path}: {error}",
            hint=f"Remove it, or fetch it: anomaly reference update --aircraft "
            f"{path.stem}",
        ) from error
    frame: pd.DataFrame = table.to_pandas().set_index("icao24")
    return frame
