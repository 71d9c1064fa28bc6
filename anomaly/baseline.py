"""Where receivers heard aircraft and where they did not, told by all aircraft together.

The globe is cut into cells, once fine and once coarse.  A *visit* is one aircraft's
stay in a cell: heard, or known to have been there without being heard, on the way
between two reports.  Who is heard low is heard high; who is missed high is missed low.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import COMPILED
from anomaly.tracks import Bools, Codes, Floats, Ints, Singles, Tracks

FINE_DEG, COARSE_DEG = 1.0, 3.0
# Receivers come and go within hours, not minutes; where few fly, a day must do.
HOURS_S, DAY_S = 2 * 3600.0, 24 * 3600.0
LEVELS = (
    (FINE_DEG, HOURS_S),
    (COARSE_DEG, HOURS_S),
    (FINE_DEG, DAY_S),
    (COARSE_DEG, DAY_S),
)
# A visit is one stay in a cell without a longer silence.
SILENCE_S = 300.0
# Fewer visits of others than this tell nothing: the next level is asked.
ENOUGH = 3
BAND_TOPS_FT = (3_000.0, 10_000.0, 20_000.0, 28_000.0, np.inf)


@dataclass(frozen=True, eq=False)
class Visits:
    """Stays of aircraft in fine cells, one row each."""

    icao24: NDArray[np.object_]
    point: Floats
    """Somewhere in the cell, on the unit sphere, shape (n, 3)."""
    height_ft: Floats
    """The lowest; NaN where unknown."""
    from_s: Floats
    to_s: Floats

    @classmethod
    def none(cls) -> Visits:
        """Return no visits."""
        empty = np.zeros(0)
        return cls(empty.astype(object), np.zeros((0, 3)), empty, empty, empty)

    @classmethod
    def joined(cls, parts: list[Visits]) -> Visits:
        """Return the visits of all parts."""
        parts = parts or [cls.none()]
        return cls(
            np.concatenate([part.icao24 for part in parts]),
            np.concatenate([part.point for part in parts]),
            np.concatenate([part.height_ft for part in parts]),
            np.concatenate([part.from_s for part in parts]),
            np.concatenate([part.to_s for part in parts]),
        )

    def where(self, keep: Bools) -> Visits:
        """Return the visits that `keep` chooses."""
        return Visits(
            self.icao24[keep],
            self.point[keep],
            self.height_ft[keep],
            self.from_s[keep],
            self.to_s[keep],
        )


def heard(tracks: Tracks) -> Visits:
    """Return the visits that the reports of tracks make up."""
    if not len(tracks):
        return Visits.none()
    first, last, height_ft = _stays(
        tracks.airframe,
        tracks.t_s,
        tracks.latitude_deg,
        tracks.longitude_deg,
        tracks.altitude_ft,
        tracks.on_ground,
        _across(FINE_DEG),
    )
    return Visits(
        icao24=tracks.icao24s[tracks.airframe[first]],
        point=tracks.points[first],
        height_ft=height_ft,
        from_s=tracks.t_s[first],
        to_s=tracks.t_s[last],
    )


@njit(**COMPILED)
def _stays(
    airframe: Codes,
    t_s: Floats,
    latitude_deg: Floats,
    longitude_deg: Floats,
    altitude_ft: Singles,
    on_ground: Bools,
    across: Floats,
) -> tuple[Ints, Ints, Floats]:
    """Return first and last report and lowest height of each stay in a fine cell."""
    n = len(t_s)
    first, last = np.empty(n, np.int64), np.empty(n, np.int64)
    height_ft = np.empty(n)
    stay = -1
    before = (-1.0, -1.0)
    for i in range(n):
        row = min(np.floor((latitude_deg[i] + 90) / FINE_DEG), len(across) - 1.0)
        in_row = across[int(row)]
        column = np.floor((longitude_deg[i] + 180) / 360 * in_row)
        cell = (row, column if column < in_row else column - in_row)
        if (
            i == 0
            or airframe[i] != airframe[i - 1]
            or cell != before
            or t_s[i] - t_s[i - 1] > SILENCE_S
        ):
            stay += 1
            first[stay], height_ft[stay] = i, np.nan
        before = cell
        last[stay] = i
        here_ft = 0.0 if on_ground[i] else altitude_ft[i]
        if not here_ft >= height_ft[stay] and not np.isnan(here_ft):
            height_ft[stay] = here_ft
    return first[: stay + 1], last[: stay + 1], height_ft[: stay + 1]


@dataclass(frozen=True, eq=False)
class Asked:
    """Places, heights and times of some aircraft, one row each."""

    icao24: NDArray[np.object_]
    point: Floats
    height_ft: Floats
    t_s: Floats

    def where(self, keep: Bools | Ints) -> Asked:
        """Return the rows that `keep` chooses."""
        return Asked(
            self.icao24[keep], self.point[keep], self.height_ft[keep], self.t_s[keep]
        )


def others(asked: Asked, heard: Visits, missed: Visits) -> tuple[Floats, Floats, Ints]:
    """Return how many visits of others were heard, how many missed, at what level.

    The levels are fine cells for some hours, coarse cells, and coarse cells for a
    day; a level is asked where the one before has too few.  Nothing is counted where
    the height is not known.
    """
    n_heard, n_missed = np.zeros(len(asked.t_s)), np.zeros(len(asked.t_s))
    level = np.zeros(len(asked.t_s), dtype=np.int64)
    counts = {
        size: (
            _Counts.of(heard, asked, size, downward=True),
            _Counts.of(missed, asked, size, downward=False),
        )
        for size in (FINE_DEG, COARSE_DEG)
    }
    for i, (size, around_s) in enumerate(LEVELS):
        few = np.flatnonzero(n_heard + n_missed < ENOUGH)
        some = asked.where(few)
        n_heard[few] = counts[size][0].of_others(some, around_s)
        n_missed[few] = counts[size][1].of_others(some, around_s)
        level[few] = i
    return n_heard, n_missed, level


@dataclass(frozen=True, eq=False)
class _Counts:
    """Visits sorted by cell, height and time, for counting.

    One whole number stands for a cell, a band of heights and a second, so that
    counting is a search in a sorted list.
    """

    size_deg: float
    downward: bool
    zero_s: int
    span_s: int
    aircraft: pd.Index[Any]
    """Those that are asked for: their own visits are counted apart."""
    starts: Ints
    stops: Ints
    own_starts: Ints
    own_stops: Ints

    @classmethod
    def of(
        cls, visits: Visits, asked: Asked, size_deg: float, *, downward: bool
    ) -> _Counts:
        """Sort the visits to the cells that are asked for."""
        cell = cells(visits.point, size_deg)
        keep = ~np.isnan(visits.height_ft)
        keep &= np.isin(cell, np.unique(cells(asked.point, size_deg)))
        visits, cell = visits.where(keep), cell[keep]
        every_s = np.concatenate((visits.from_s, visits.to_s, asked.t_s))
        zero_s = int(every_s.min(initial=np.inf)) - int(DAY_S) if len(every_s) else 0
        span_s = int(every_s.max(initial=zero_s)) + int(DAY_S) - zero_s + 2
        aircraft = _index(pd.unique(asked.icao24))
        empty = np.zeros(0, dtype=np.int64)
        made = cls(
            size_deg, downward, zero_s, span_s, aircraft, empty, empty, empty, empty
        )
        band = _band(visits.height_ft)
        who = aircraft.get_indexer(_index(visits.icao24)).astype(np.int64)
        own = who >= 0
        start_s, stop_s = np.floor(visits.from_s), np.ceil(visits.to_s)
        return replace(
            made,
            starts=np.sort(made._key(cell, band, start_s)),
            stops=np.sort(made._key(cell, band, stop_s)),
            own_starts=np.sort(made._key(cell[own], band[own], start_s[own], who[own])),
            own_stops=np.sort(made._key(cell[own], band[own], stop_s[own], who[own])),
        )

    def of_others(self, asked: Asked, around_s: float) -> Floats:
        """Return how many visits of other aircraft overlap the time around `t_s`."""
        count = np.zeros(len(asked.t_s), dtype=np.int64)
        cell, band = cells(asked.point, self.size_deg), _band(asked.height_ft)
        who = self.aircraft.get_indexer(_index(asked.icao24)).astype(np.int64)
        for b in range(len(BAND_TOPS_FT)):
            told = (b <= band) if self.downward else (b >= band)
            rows = np.flatnonzero(told & ~np.isnan(asked.height_ft))
            place = cell[rows], np.full(len(rows), b)
            after, until = asked.t_s[rows] - around_s, asked.t_s[rows] + around_s
            count[rows] += np.searchsorted(
                self.starts, self._key(*place, until), "right"
            )
            count[rows] -= np.searchsorted(self.stops, self._key(*place, after))
            own_until = self._key(*place, until, who[rows])
            own_after = self._key(*place, after, who[rows])
            count[rows] -= np.searchsorted(self.own_starts, own_until, "right")
            count[rows] += np.searchsorted(self.own_stops, own_after)
        return count.astype(np.float64)

    def _key(self, cell: Ints, band: Ints, t_s: Floats, who: Ints | int = 0) -> Ints:
        n_bands, n_cells = len(BAND_TOPS_FT), 1_000 * 181
        second = np.floor(t_s).astype(np.int64) - self.zero_s
        result: Ints = ((who * n_cells + cell) * n_bands + band) * self.span_s + second
        return result


def _index(words: NDArray[np.object_]) -> pd.Index[Any]:
    """Return words to look up, as they are: Arrow would have to copy them first."""
    return pd.Index(words, dtype=object)


def _band(height_ft: Floats) -> Ints:
    return np.asarray(np.searchsorted(BAND_TOPS_FT[:-1], height_ft))


def cells(points: Floats, size_deg: float) -> Ints:
    """Return the cell of each point: about as wide as high, near the poles too."""
    latitude = np.degrees(np.arcsin(points[:, 2].clip(-1, 1)))
    longitude = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    row = np.floor((latitude + 90) / size_deg).clip(0, 180 / size_deg - 1)
    across = _across(size_deg)[row.astype(np.int64)]
    column = np.floor((longitude + 180) / 360 * across) % across
    result: Ints = (row * 1_000 + column).astype(np.int64)
    return result


def _across(size_deg: float) -> Floats:
    """Return how many cells lie side by side in each row, from the south."""
    middle = np.radians((np.arange(round(180 / size_deg)) + 0.5) * size_deg - 90)
    return np.asarray(np.maximum(1, np.round(360 / size_deg * np.cos(middle))))
