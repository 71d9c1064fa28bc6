"""What readsb's formats have in common: altitudes, details and database flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from anomaly.domain import Provenance
from anomaly.ingest.base import DamagedError
from anomaly.ingest.columns import Floats, bounded, clean_text

_MILITARY, _PIA, _LADD = 1, 4, 8
_PROVENANCES = frozenset(map(str, Provenance))


def floats(values: Sequence[float | None]) -> Floats:
    """Return numbers as floats, NaN for None."""
    return bounded(np.array(values, dtype=np.float64))


def cleaned(
    told: Sequence[str | None], clean: Callable[[object], str | None] = clean_text
) -> pa.Array:
    """Return texts cleaned, every different one once."""
    texts = {text: clean(text) for text in set(told)}
    return pa.array(map(texts.__getitem__, told), pa.string())


def altitudes(
    told: Sequence[object], geometric: Sequence[float | None]
) -> tuple[Floats, pa.Array]:
    """Return the altitude in feet, and whether the aircraft is on the ground.

    `told` holds numbers, the word "ground" and None, for which the geometric
    altitude stands in.
    """
    column = np.empty(len(told), dtype=object)
    column[:] = told
    grounded = column == "ground"
    column[grounded] = None
    altitude_ft = bounded(column.astype(np.float64))
    unknown = ~grounded & np.isnan(altitude_ft)
    altitude_ft = np.where(unknown, floats(geometric), altitude_ft)
    return altitude_ft, pa.array(grounded, mask=unknown)


def aircraft_row(
    icao24: str,
    *,
    registration: object,
    typecode: object,
    description: object,
    owner_operator: object,
    database_flags: object,
    provenance: str,
) -> dict[str, object]:
    """Return a row of the aircraft table; without flags nothing is known, not "no"."""
    # A bool is an int to Python and no set of flags.
    flags = database_flags if type(database_flags) is int else None
    return {
        "icao24": icao24,
        "registration": clean_text(registration),
        "typecode": clean_text(typecode),
        "description": clean_text(description),
        "owner_operator": clean_text(owner_operator),
        "military_flag": None if flags is None else bool(flags & _MILITARY),
        "privacy_flag": None if flags is None else bool(flags & (_PIA | _LADD)),
        "provenance": provenance,
    }


def known_provenance(told: str, where: str) -> str:
    """Return the provenance that a file states of itself.

    Raises
    ------
    DamagedError
        If it is none we know: what is not known to be observed must not pass for it.
    """
    if told not in _PROVENANCES:
        raise DamagedError(
            "unknown_provenance",
            f"{where} says that it is {told!r}",
            hint=f"Known are: {', '.join(Provenance)}.",
        )
    return told
