"""Positions as arrays: one row a report, sorted by airframe and time, cleaned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from anomaly.arcs import chosen, points_of
from anomaly.coding import look_up
from anomaly.compiled import COMPILED
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.layout import numbers
from anomaly.schemas import POSITIONS

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tracks:
    """Columns of position reports; `airframe` indexes `icao24s`.

    Times are seconds since 1970, unknown numbers NaN, unknown words -1.  Columns are
    no wider than what is stored of them, since going through them is most of the work:
    what is reckoned with goes into doubles first.
    """

    icao24s: NDArray[np.object_]
    callsigns: NDArray[np.object_]
    provenances: NDArray[np.object_]
    """One for each airframe."""

    airframe: Codes
    t_s: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Singles
    on_ground: Bools
    speed_kt: Singles
    track_deg: Singles
    climb_ft_min: Singles
    callsign: Codes
    new_leg: Bools
    mlat: Bools

    def __len__(self) -> int:
        return len(self.t_s)

    def where(self, keep: Bools | Ints) -> Tracks:
        """Return the reports that `keep` chooses; the words stay as they are."""
        take: Any = chosen if keep.dtype == bool else np.take
        rows: dict[str, Any] = {n: take(getattr(self, n), keep) for n in _ROWS}
        made = replace(self, **rows)
        if "points" in self.__dict__:
            which = np.flatnonzero(keep) if keep.dtype == bool else keep
            made.__dict__["points"] = np.take(self.points, which, axis=0)
        return made

    def with_altitude(self, altitude_ft: Singles) -> Tracks:
        """Return the same reports with other heights."""
        made = replace(self, altitude_ft=altitude_ft)
        if "points" in self.__dict__:
            made.__dict__["points"] = self.points
        return made

    @property
    def same_airframe(self) -> Bools:
        """Whether each report but the first is of the airframe before it."""
        same: Bools = self.airframe[1:] == self.airframe[:-1]
        return same

    @cached_property
    def points(self) -> Floats:
        """The places on the unit sphere, shape (n, 3)."""
        points: Floats = points_of(self.latitude_deg, self.longitude_deg)
        return points


COLUMNS = (
    *("icao24", "timestamp", "latitude_deg", "longitude_deg", "altitude_ft"),
    *("on_ground", "ground_speed_kt", "track_deg", "vertical_rate_ft_min"),
    *("callsign", "position_source", "new_leg", "provenance"),
)
"""What of POSITIONS is looked at."""
CODED = ("icao24", "callsign", "position_source", "provenance")
SCHEMA = pa.schema(
    [
        field.with_type(pa.dictionary(pa.int32(), pa.string()))
        if field.name in CODED
        else field
        for field in map(POSITIONS.field, COLUMNS)
    ]
)
"""The columns looked at, words coded and numbers as such."""
_PER_S = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_ROWS = (
    "airframe",
    "t_s",
    "latitude_deg",
    "longitude_deg",
    "altitude_ft",
    "on_ground",
    "speed_kt",
    "track_deg",
    "climb_ft_min",
    "callsign",
    "new_leg",
    "mlat",
)


def unit_vectors(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Return points on the unit sphere, shape (n, 3).

    Distances between them know neither poles nor an antimeridian.
    """
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    points = np.empty((*np.shape(latitude), 3))
    across = np.cos(latitude)
    points[..., 0] = across * np.cos(longitude)
    points[..., 1] = across * np.sin(longitude)
    points[..., 2] = np.sin(latitude)
    return points


def dot(a: Floats, b: Floats) -> Floats:
    """Return the products of vectors along the last axis, which is short."""
    product: Floats = np.einsum("...i,...i->...", a, b)
    return product


def arc_nm(a: Floats, b: Floats) -> Floats:
    """Return great-circle distances between points on the unit sphere."""
    way = a - b
    chord = np.sqrt(dot(way, way))
    result: Floats = 2 * EARTH_RADIUS_NM * np.arcsin((chord / 2).clip(0, 1))
    return result


def of_table(positions: pa.Table) -> Tracks:
    """Return the tracks of positions, in any order, without duplicates.

    Of the columns of POSITIONS those in `COLUMNS` will do; words may be coded, and
    numbers packed.
    """
    icao24s, airframe = codes(positions["icao24"])
    callsigns, callsign = codes(positions["callsign"])
    provenances, provenance = codes(positions["provenance"])
    tracks = Tracks(
        icao24s=icao24s,
        callsigns=callsigns,
        provenances=provenances,
        airframe=airframe,
        t_s=_seconds(positions["timestamp"]),
        latitude_deg=numbers(positions, "latitude_deg"),
        longitude_deg=numbers(positions, "longitude_deg"),
        altitude_ft=numbers(positions, "altitude_ft"),
        on_ground=_truths(positions["on_ground"]),
        speed_kt=numbers(positions, "ground_speed_kt"),
        track_deg=numbers(positions, "track_deg"),
        climb_ft_min=numbers(positions, "vertical_rate_ft_min"),
        callsign=callsign,
        new_leg=_truths(positions["new_leg"]),
        mlat=_is_word(positions["position_source"], "mlat"),
    )
    of_airframe = _greatest(airframe, provenance, len(icao24s))
    tracks = replace(tracks, provenances=provenances[of_airframe])
    return _sorted(tracks)


def _sorted(tracks: Tracks) -> Tracks:
    """Sort by airframe and time, and keep one report of each moment.

    Ties are broken by every other column, so that the order of the input cannot
    matter; the report that knows its height goes before the one that does not.
    """
    if _in_order(tracks.airframe, tracks.t_s):
        return tracks
    # As a rule there is one report of each moment, and no tie to be broken.
    in_order = tracks.where(np.lexsort((tracks.t_s, tracks.airframe)))
    if _in_order(in_order.airframe, in_order.t_s):
        return in_order
    order = np.lexsort(
        (
            tracks.new_leg,
            tracks.callsign,
            tracks.climb_ft_min,
            tracks.track_deg,
            tracks.speed_kt,
            tracks.longitude_deg,
            tracks.latitude_deg,
            tracks.altitude_ft,  # NaN sorts last
            tracks.t_s,
            tracks.airframe,
        )
    )
    tracks = tracks.where(order)
    first = np.ones(len(tracks), dtype=bool)
    first[1:] = ~tracks.same_airframe | (np.diff(tracks.t_s) > 0)
    return tracks.where(first)


def codes(words: pa.ChunkedArray) -> tuple[NDArray[np.object_], Codes]:
    """Return the different words in order, and for each row which one; -1 for none."""
    encoded = words.dictionary_encode()
    dictionaries = [chunk.dictionary for chunk in encoded.chunks]
    every = pa.chunked_array(dictionaries, pa.string()).unique()
    different = every.to_numpy(zero_copy_only=False).astype(object)
    different = different[np.argsort(different.astype(str), kind="stable")]
    in_order = pa.array(different, pa.string())

    def place(dictionary: pa.Array) -> Codes:
        return np.append(pc.index_in(dictionary, in_order), np.int32(-1))

    return different, _looked_up(encoded, place, np.int32)


def _is_word(words: pa.ChunkedArray, word: str) -> Bools:
    """Tell rows with a word from others, and from those without any."""

    def is_it(dictionary: pa.Array) -> Bools:
        return np.append(pc.equal(dictionary, word), np.False_)

    return _looked_up(words.dictionary_encode(), is_it, np.bool_)


def _looked_up(
    encoded: pa.ChunkedArray, told: Callable[[pa.Array], NDArray[Any]], kind: Any
) -> NDArray[Any]:
    """Return what is told of each row's word; the last that is told is of none."""
    found = np.empty(len(encoded), dtype=kind)
    start = 0
    for chunk in encoded.chunks:
        which = chunk.indices
        if which.null_count:
            which = which.fill_null(len(chunk.dictionary))
        end = start + len(chunk)
        look_up(which.to_numpy(), told(chunk.dictionary), found[start:end])
        start = end
    return found


@njit(**COMPILED)
def _greatest(airframe: Codes, values: Codes, n_airframes: int) -> Codes:
    """Return the greatest value of each airframe; -1 where there is none."""
    greatest = np.full(n_airframes, -1, np.int32)
    for i in range(len(airframe)):
        greatest[airframe[i]] = max(greatest[airframe[i]], values[i])
    return greatest


@njit(**COMPILED)
def _in_order(airframe: Codes, t_s: Floats) -> bool:
    """Tell whether reports lie by airframe and time, and none of the same moment."""
    for i in range(1, len(airframe)):
        if airframe[i] < airframe[i - 1] or (
            airframe[i] == airframe[i - 1] and not t_s[i] > t_s[i - 1]
        ):
            return False
    return True


def _seconds(times: pa.ChunkedArray) -> Floats:
    """Return times as seconds since 1970."""
    per_s = _PER_S[times.type.unit]
    seconds = np.empty(len(times))
    start = 0
    for chunk in times.chunks:
        end = start + len(chunk)
        np.divide(chunk.cast(pa.int64()).to_numpy(), per_s, out=seconds[start:end])
        start = end
    return seconds


def _truths(column: pa.ChunkedArray) -> Bools:
    values: Any = column.fill_null(fill_value=False).to_numpy()
    return np.asarray(values, dtype=np.bool_)


def timestamps(t_s: Floats) -> pd.DatetimeIndex:
    """Return seconds since 1970 as times, to the microsecond."""
    return pd.DatetimeIndex(
        np.round(np.asarray(t_s) * 1e6).astype("datetime64[us]"), tz="UTC"
    )
