"""Positions as arrays: one row a report, sorted by airframe and time, cleaned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.arcs import chosen, points_of
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.layout import numbers
from anomaly.schemas import POSITIONS, UTC_US

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
    sources, source = codes(positions["position_source"])
    # One more entry: an unknown source is -1.
    is_mlat = np.append(sources == "mlat", np.False_)
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
        mlat=is_mlat[source],
    )
    of_airframe = np.full(len(icao24s), -1, dtype=np.int32)
    np.maximum.at(of_airframe, airframe, provenance)
    tracks = replace(tracks, provenances=provenances[of_airframe])
    return _sorted(tracks)


def _sorted(tracks: Tracks) -> Tracks:
    """Sort by airframe and time, and keep one report of each moment.

    Ties are broken by every other column, so that the order of the input cannot
    matter; the report that knows its height goes before the one that does not.
    """
    same, later = tracks.same_airframe, np.diff(tracks.t_s) > 0
    if (np.where(same, later, np.diff(tracks.airframe) > 0)).all():
        return tracks
    # As a rule there is one report of each moment, and no tie to be broken.
    in_order = tracks.where(np.lexsort((tracks.t_s, tracks.airframe)))
    if (~in_order.same_airframe | (np.diff(in_order.t_s) > 0)).all():
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
    encoded = words.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no chunks at all
        encoded = pa.array([], pa.string()).dictionary_encode()
    different = encoded.dictionary.to_numpy(zero_copy_only=False).astype(object)
    order = np.argsort(different.astype(str), kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    rank[-1] = -1
    if not encoded.null_count and (order == np.arange(len(order))).all():
        return different, np.array(encoded.indices)  # a copy may be written to
    which = encoded.indices.fill_null(len(order)).to_numpy(zero_copy_only=False)
    return different[order], rank[which]


def _seconds(times: pa.ChunkedArray) -> Floats:
    """Return times as seconds since 1970."""
    seconds = times.cast(UTC_US).cast(pa.int64()).to_numpy() / 1e6
    # Kernels are compiled for arrays that may be written to.
    return np.require(seconds, np.float64, ["C", "W"])


def _truths(column: pa.ChunkedArray) -> Bools:
    values: Any = column.fill_null(fill_value=False).to_numpy()
    return np.asarray(values, dtype=np.bool_)


def timestamps(t_s: Floats) -> pd.DatetimeIndex:
    """Return seconds since 1970 as times, to the microsecond."""
    return pd.DatetimeIndex(
        np.round(np.asarray(t_s) * 1e6).astype("datetime64[us]"), tz="UTC"
    )
