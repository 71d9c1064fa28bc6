"""Which documented cases a flight resembles most, by what the model relies on.

Every feature is put on one scale: where its value stands among the flights that the
model learnt from, 0 for the least to 1 for the most.  The distance of two flights is
the mean difference over what is known of both, weighted by how much the model relies
on each feature.  It is a pointer to reading, no evidence: the score does not use it.

How near is near is told by the cases themselves: by how many of them are farther from
the case most like them, one of other kin and of the same label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anomaly.errors import BadInputError
from anomaly.files import replacing
from anomaly.schemas import LIKENESSES, conform
from anomaly.store import Store
from models import nearness
from models.nearness import Cases, Floats, distances
from models.registry import LIKENESS_FILE, NEARNESS_FILE, Record

N_CASES = 3
N_LOOK_ALIKES = 1
# Where a value stands among so many flights, or up to twice as many, is told well
# enough.
N_SCALE_ROWS = 20_000
N_NAMED = 3
# What lies closer than a tenth of all flights is named as common.
NEAR = 0.1
# Takes of one case lie side by side, and so do the cases of one group.
_MOST_ASKED_FOR = 200
_CASE = "case "
_TOLD = ("alert", "logistics", "label_source", "case_group", "airframe_group")
_ON_SCALE = "on_scale"


@dataclass(frozen=True)
class _Importance:
    feature: str
    value: float


@dataclass(frozen=True)
class _Card:
    importances: tuple[_Importance, ...] = ()


def nearest(store: Store, record: Record, X: pd.DataFrame) -> pa.Table:
    """Return the nearest cases and look-alikes of each flight (`LIKENESSES`).

    Of one group of cases only the nearest is named; cases of the flight's own airframe
    are not.  The table is empty if the model learnt from no case.

    Parameters
    ----------
    X
        Features by ``flight_id``, such as `scores_of_day` gives to `on_explained`.
    """
    learnt = _learnt_by(store, record, tuple(X.columns))
    if learnt is None or X.empty:
        return LIKENESSES.empty_table()
    place = learnt.scale.place(X[learnt.names])
    rows = [
        row
        for n, flight_id in enumerate(X.index)
        for row in _rows(str(flight_id), place[n], learnt)
    ]
    frame = pd.DataFrame(rows, columns=[f for f in LIKENESSES.names if f != "model"])
    table = pa.Table.from_pandas(
        frame.assign(model=record.name), schema=LIKENESSES, preserve_index=False
    )
    return conform(table, LIKENESSES)


def _learnt_by(
    store: Store, record: Record, columns: tuple[str, ...]
) -> _Learnt | None:
    """Return what a model learnt from, read once, or None if that was of no use."""
    paths = store.model(record.name) / "training.parquet", store.model_card(record.name)
    if not all(path.exists() for path in paths):
        return None
    return _read(*((path, path.stat().st_mtime_ns) for path in paths), columns)


@lru_cache(maxsize=1)
def _read(
    training: tuple[Path, int], card: tuple[Path, int], columns: tuple[str, ...]
) -> _Learnt | None:
    weights = _weights(card[0])
    names = [name for name in columns if weights.get(name, 0.0) > 0]
    if not names:
        return None
    kept = _kept(training[0].with_name(LIKENESS_FILE), names)
    kept = _worth_keeping(training[0], names) if kept is None else kept
    scale = _Scale.of(kept.filter(kept[_ON_SCALE]).select(names))
    cases = _cases(kept, scale, names)
    weight = np.array([weights[name] for name in names])
    usual = nearness.kept(training[0].with_name(NEARNESS_FILE))
    return _Learnt(names, weight, scale, cases, usual or cases.nearest_of_kind(weight))


def keep(store: Store, record: Record) -> None:
    """Keep beside a model what flights are likened to, and how near its cases are.

    Without these files both are found anew by whoever asks: that takes two seconds.
    """
    folder, columns = store.model(record.name), tuple(record.feature_names)
    learnt = _learnt_by(store, record, columns)
    if learnt is None:
        return
    kept = _worth_keeping(folder / "training.parquet", learnt.names)
    with replacing(folder / LIKENESS_FILE) as out:
        pq.write_table(kept, out, compression="zstd")
    nearness.keep(folder / NEARNESS_FILE, learnt.usual)


def _kept(path: Path, names: Sequence[str]) -> pa.Table | None:
    """Return what was kept of what a model learnt from, or None if nothing was."""
    if not path.exists():
        return None
    try:
        return pq.ParquetFile(path).read().select([*_TOLD, _ON_SCALE, *names])
    except (pa.ArrowException, KeyError, OSError) as error:
        raise BadInputError(
            f"cannot read {path}: {error}", hint="Delete it: it is made anew."
        ) from error


def _worth_keeping(training: Path, names: Sequence[str]) -> pa.Table:
    """Return cases, and enough flights for a scale, of all that a model learnt from."""
    rows = pq.read_table(training, columns=[*_TOLD, *names])
    step = max(1, rows.num_rows // N_SCALE_ROWS)
    on_scale = np.arange(rows.num_rows) % step == 0
    kept = rows.append_column(_ON_SCALE, pa.array(on_scale))
    return kept.filter(pc.or_(kept[_ON_SCALE], _are_cases(rows)))


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What a model learnt from, as far as flights are compared with it."""

    names: list[str]
    """The features that it relies on."""
    weight: Floats
    """How much it relies on each."""
    scale: _Scale
    cases: Cases
    usual: Mapping[bool, Floats]
    """By label, how far each case is from the nearest of other kin."""


@dataclass(frozen=True, eq=False)
class _Scale:
    known: Sequence[Floats]
    """Per feature, the sorted values that the model learnt from."""

    @classmethod
    def of(cls, some: pa.Table) -> _Scale:
        """Return the scale by features of some of the flights."""
        values = some.to_pandas().to_numpy(np.float64)
        return cls([np.sort(column[~np.isnan(column)]) for column in values.T])

    def place(self, rows: pd.DataFrame) -> Floats:
        """Return where each value stands, ties in their middle."""
        values = rows.to_numpy(np.float64)
        placed = np.full(values.shape, np.nan)
        for n, known in enumerate(self.known):
            if not len(known):
                continue
            low = np.searchsorted(known, values[:, n], side="left")
            high = np.searchsorted(known, values[:, n], side="right")
            placed[:, n] = (low + high) / 2 / len(known)
        placed[np.isnan(values)] = np.nan
        return placed


def _weights(path: Path) -> dict[str, float]:
    card = msgspec.json.decode(path.read_bytes(), type=_Card)
    return {one.feature: one.value for one in card.importances}


def _cases(learnt: pa.Table, scale: _Scale, names: list[str]) -> Cases:
    rows = learnt.filter(_are_cases(learnt)).to_pandas()
    # A case is learnt from more than once: "case KEY, take 1" is flown of KEY.
    flown = rows["alert"].str.removeprefix(_CASE)
    return Cases(
        key=flown.str.split(",").str[0].to_numpy(str),
        group=rows["case_group"].fillna(rows["alert"]).to_numpy(str),
        airframe=rows["airframe_group"].to_numpy(str),
        logistics=rows["logistics"].eq(True).to_numpy(bool),
        place=np.ascontiguousarray(scale.place(rows[names]).T),
        is_first=~flown.str.contains(",", regex=False).to_numpy(bool),
    )


def _are_cases(learnt: pa.Table) -> pa.ChunkedArray:
    is_known = pc.equal(learnt["label_source"], "casebook")
    return pc.fill_null(
        pc.and_(is_known, pc.starts_with(learnt["alert"], _CASE)), False
    )


def _rows(flight_id: str, place: Floats, learnt: _Learnt) -> list[tuple[object, ...]]:
    """Return the nearest cases of one flight, those of logistics first."""
    cases, weight, names = learnt.cases, learnt.weight, learnt.names
    icao24 = flight_id.rpartition("-")[0]
    distance, known_share = distances(place, cases.place, weight)
    distance[cases.airframe == icao24] = np.inf
    found: list[tuple[object, ...]] = []
    for logistics, n_wanted in ((True, N_CASES), (False, N_LOOK_ALIKES)):
        groups: set[str] = set()
        for n in _nearest_first(distance, cases.logistics == logistics):
            if len(groups) == n_wanted:
                break
            if cases.group[n] in groups:
                continue
            groups.add(cases.group[n])
            found.append(
                (
                    flight_id,
                    icao24,
                    cases.key[n],
                    logistics,
                    distance[n],
                    known_share[n],
                    _farther_share(float(distance[n]), learnt.usual[logistics]),
                    _most_alike(place, cases.place[:, n], weight, names),
                    _most_different(place, cases.place[:, n], weight, names),
                )
            )
    return found


def _nearest_first(distance: Floats, which: NDArray[np.bool_]) -> Iterator[int]:
    """Yield where the finite distances under `which` are, the least first.

    Few are asked for: to sort them all would take longer than to reckon them.
    """
    rows = np.flatnonzero(which & np.isfinite(distance))
    told = distance[rows]
    limit = np.inf
    if len(told) > _MOST_ASKED_FOR:
        limit = np.partition(told, _MOST_ASKED_FOR)[_MOST_ASKED_FOR]
    for some in (told <= limit, told > limit):
        order = np.argsort(told[some], kind="stable")
        yield from (int(n) for n in rows[some][order])


def _farther_share(distance: float, usual: Floats) -> float | None:
    """Return the share of cases that are farther from the one most like them."""
    if not len(usual):
        return None
    return 1 - float(np.searchsorted(usual, distance, side="left")) / len(usual)


def _most_alike(
    place: Floats, case: Floats, weight: Floats, names: list[str]
) -> list[str]:
    """Return the features that stand out in both, to the same side and as much."""
    both = np.minimum(np.abs(place - 0.5), np.abs(case - 0.5))
    near = ((place - 0.5) * (case - 0.5) > 0) & (np.abs(place - case) < NEAR)
    common = np.where(near, both * weight, np.nan)
    return _largest(common, names)


def _most_different(
    place: Floats, case: Floats, weight: Floats, names: list[str]
) -> list[str]:
    apart = np.abs(case - place)
    return _largest(np.where(apart < NEAR, np.nan, apart * weight), names)


def _largest(values: Floats, names: list[str]) -> list[str]:
    known = np.nan_to_num(values, nan=0.0)
    ranked = np.argsort(-known, kind="stable")[:N_NAMED]
    return [names[n] for n in ranked if known[n] > 0]
