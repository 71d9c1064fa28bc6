"""Merge rows from several sources so that the order of the sources does not matter.

Of rows that speak of the same thing one is picked by an order over the rows alone, so
that merging is associative, and merging again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly.domain import Provenance
from anomaly.layout import plain
from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS, conform

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Best first; what an aircraft says of itself goes before what others measured of it.
_SOURCES = pa.array(
    ["adsb_icao", "adsb_icao_nt", "adsr_icao", "adsc", "mlat", "tisb_icao", "other"]
)
_PROVENANCES = [str(provenance) for provenance in Provenance]


def positions(tables: Sequence[pa.Table]) -> tuple[pa.Table, int]:
    """Return positions by aircraft and time, one for each, and how many were lost.

    Of several the one from the better source is kept, then the one that says more.
    Lost are those that differed from the one kept; plain repeats are not counted.
    The tables may be packed.
    """
    rows = [plain(table) for table in tables]
    table = pa.concat_tables([POSITIONS.empty_table(), *rows]).combine_chunks()
    if is_merged(table):
        return table, 0
    return _one_each(table, 2, prefer=_source_rank)


def listed_flights(tables: Sequence[pa.Table]) -> pa.Table:
    """Return listed flights by aircraft, start and end, one for each."""
    table = pa.concat_tables([LISTED_FLIGHTS.empty_table(), *tables]).combine_chunks()
    return _one_each(table, 3)[0]


def aircraft(tables: Sequence[pa.Table]) -> pa.Table:
    """Return what is known of aircraft, one row for each, by address.

    Of texts that differ the longest is kept, then the last by alphabet; a flag that
    any source sets is set.
    """
    table = pa.concat_tables([AIRCRAFT.empty_table(), *tables])
    if not _is_one_each(table):
        table = table.group_by(table.column_names, use_threads=False).aggregate([])
    if _is_one_each(table):
        return conform(table.sort_by("icao24"), AIRCRAFT)
    told = table.to_pandas()
    names = [name for name in AIRCRAFT.names if name != "icao24"]
    chosen = pd.DataFrame({name: _chosen(told, name) for name in names})
    chosen.index.name = "icao24"
    table = pa.Table.from_pandas(
        chosen.sort_index().reset_index(), schema=AIRCRAFT, preserve_index=False
    )
    return conform(table, AIRCRAFT)


def _is_one_each(table: pa.Table) -> bool:
    """Tell whether no two rows are of the same aircraft."""
    return bool(pc.count_distinct(table["icao24"]).as_py() == table.num_rows)


def is_merged(positions: pa.Table) -> bool:
    """Tell whether there is one row for each aircraft and time already, in order.

    Of packed positions, too.
    """
    if not positions.num_rows:
        return True
    addresses = positions["icao24"].combine_chunks().dictionary_encode()
    aircraft = addresses.indices.to_numpy()
    times = positions["timestamp"].cast(pa.int64()).to_numpy()
    step = np.diff(aircraft)
    ordered = ((step > 0) | ((step == 0) & (times[1:] > times[:-1]))).all()
    # Numbers go up in order of appearance; do the addresses, too?
    different = addresses.dictionary.to_pylist()
    return bool(ordered) and different == sorted(different)


def _one_each(
    table: pa.Table, n_keys: int, prefer: Callable[[pa.Table], Codes] | None = None
) -> tuple[pa.Table, int]:
    """Return rows sorted by their first `n_keys` columns, one for each."""
    codes = [_codes(column.combine_chunks()) for column in table.columns]
    order = np.lexsort(codes[n_keys - 1 :: -1])
    again = _same_as_before(codes[:n_keys], order)
    twin = _same_as_before(codes, order)
    if (again == twin).all():  # nothing said twice, or the same both times
        return table.take(pa.array(order[~again])), 0
    group = np.cumsum(~again)
    contested = np.isin(group, group[again & ~twin])
    rows = order[contested]
    unknown = sum(
        column.is_null().to_numpy().astype(np.int64) for column in table.columns
    )
    ranks = [unknown, *([prefer(table)] if prefer else [])]
    keys = [*codes[n_keys:], *ranks, *codes[n_keys - 1 :: -1]]
    best_first = rows[np.lexsort([key[rows] for key in keys])]
    best = best_first[~_same_as_before(codes[:n_keys], best_first)]
    n_lost = int((~_same_as_before(codes, best_first)).sum()) - len(best)
    kept = np.concatenate([order[~again & ~contested], best])
    kept = kept[np.lexsort([key[kept] for key in codes[n_keys - 1 :: -1]])]
    return table.take(pa.array(kept)), n_lost


def _same_as_before(codes: Sequence[Codes], order: NDArray[np.intp]) -> Mask:
    """Tell, of rows in `order`, which are in all `codes` as the row before them."""
    same = np.ones(len(order), dtype=bool)
    same[:1] = False
    for column in codes:
        same[1:] &= np.diff(column[order]) == 0
    return same


def _codes(column: pa.Array) -> Codes:
    """Return a column as integers that sort as its texts and times do, -1 for null."""
    if pa.types.is_floating(column.type):
        values = column.to_numpy(zero_copy_only=False).astype(np.float64)
        bits: Codes = values.view(np.int64)
        return bits
    if not pa.types.is_string(column.type):
        return _integers(column)
    coded = column.dictionary_encode()
    by_alphabet = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(by_alphabet) + 1, dtype=np.int64)
    rank[by_alphabet] = np.arange(len(by_alphabet))
    rank[-1] = -1
    return rank[_integers(coded.indices)]


def _integers(column: pa.Array) -> Codes:
    integers: Codes = column.cast(pa.int64()).fill_null(-1).to_numpy()
    return integers


def _source_rank(table: pa.Table) -> Codes:
    rank = pc.index_in(table["position_source"], value_set=_SOURCES)
    return np.asarray(rank.fill_null(len(_SOURCES)), dtype=np.int64)


def _chosen(told: pd.DataFrame, name: str) -> pd.Series:
    """Return each aircraft's value of one column, null where none is known."""
    known = told[["icao24", name]].dropna()
    if name in ("military_flag", "privacy_flag"):
        return known.groupby("icao24")[name].max().astype(object)
    if name == "provenance":
        weight = known[name].map(_PROVENANCES.index)
    else:
        weight = known[name].str.len()
    ordered = known.assign(weight=weight).sort_values(["icao24", "weight", name])
    return ordered.groupby("icao24")[name].last()
