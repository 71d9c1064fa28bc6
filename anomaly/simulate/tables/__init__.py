"""Who flies what from where in the simulated world; hand-made and unsourced."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

_FOLDER = Path(__file__).parent


@cache
def types() -> pd.DataFrame:
    """Return descriptions and figures of types the reference table need not have."""
    return _read("types").set_index("typecode")


@cache
def fleets() -> pd.DataFrame:
    """Return every fleet but the airlines': one row an operator and its types."""
    return _read("fleets")


@cache
def airlines() -> pd.DataFrame:
    """Return the airlines with their hubs and types."""
    return _read("airlines")


@cache
def pools() -> dict[str, tuple[str, ...]]:
    """Return the named groups of fields that journeys choose from."""
    table = _read("pools")
    return {
        str(name): tuple(str(idents).split())
        for name, idents in zip(table["pool"], table["idents"], strict=True)
    }


def weighted(text: str) -> tuple[list[str], list[float]]:
    """Return the names and the weights of a list such as ``C17:4 C5M:1``."""
    pairs = [part.partition(":") for part in text.split()]
    return [name for name, _, _ in pairs], [float(w or 1) for _, _, w in pairs]


def _read(name: str) -> pd.DataFrame:
    # "NA" is a state and no missing value.
    return pd.read_csv(
        _FOLDER / f"{name}.csv", keep_default_na=False, na_values={"code": [""]}
    )
