"""Where receivers heard aircraft and where they did not, told by all aircraft together.

The globe is cut into cells, once fine and once coarse.  A *visit* is one aircraft's
stay in a cell: heard, or known to have been there without being heard, on the way
between two reports.  Who is heard low is heard high; who is missed high is missed low.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.tracks import Bools, Floats, Ints, Tracks

FINE_DEG, COARSE_DEG = 1.0, 3.0
# Receivers come and go within hours, not minutes; where few fly, a day must do.
HOURS_S, DAY_S = 2 * 3600.0, 24 * 3600.0
LEVELS = ((FINE_DEG, HOURS_S), (COARSE_DEG, HOURS_S), (COARSE_DEG, DAY_S))
# A visit is one stay in a cell without a longer silence.
SILENCE_S = 300.0
# Fewer visits of others than this tell nothing: the next level is asked.
ENOUGH = 3
BAND_TOPS_FT = (3_000.0, 10_000.0, 20_000.0, 28_000.0, np.inf)
# Seconds since 1970 stay below this: one number sorts by cell, then time.
_SPAN_S = 1e10


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
    cell = cells(tracks.points, FINE_DEG)
    new = np.ones(len(tracks), dtype=bool)
    new[1:] = (
        ~tracks.same_airframe | (np.diff(cell) != 0) | (np.diff(tracks.t_s) > SILENCE_S)
    )
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(tracks)) - 1
    height_ft = np.where(tracks.on_ground, 0.0, tracks.altitude_ft)
    return Visits(
        icao24=tracks.icao24s[tracks.airframe[first]],
        point=tracks.points[first],
        height_ft=np.fmin.reduceat(height_ft, first),
        from_s=tracks.t_s[first],
        to_s=tracks.t_s[last],
    )


@dataclass(frozen=True, eq=False)
class Baseline:
    """How many aircraft were heard and missed about a place, height and time."""

    heard: tuple[_Counts, ...]
    missed: tuple[_Counts, ...]
    """Fine cells for some hours, coarse ones, coarse ones for the whole day."""

    @classmethod
    def of(cls, heard: Visits, missed: Visits) -> Baseline:
        """Prepare visits for counting."""
        return cls(
            tuple(_Counts.of(heard, *level, downward=True) for level in LEVELS),
            tuple(_Counts.of(missed, *level, downward=False) for level in LEVELS),
        )

    def others(
        self,
        icao24: NDArray[np.object_],
        point: Floats,
        height_ft: Floats,
        t_s: Floats,
    ) -> tuple[Floats, Floats, Ints]:
        """Return how many visits of others were heard, how many missed, at what level.

        Of a coarser level where a finer one has too few; 0 where the height is not
        known.
        """
        n_heard, n_missed = (
            counts[0].others(icao24, point, height_ft, t_s)
            for counts in (self.heard, self.missed)
        )
        asked_level = np.zeros(len(t_s), dtype=np.int64)
        for level in range(1, len(LEVELS)):
            few = np.flatnonzero(n_heard + n_missed < ENOUGH)
            asked = icao24[few], point[few], height_ft[few], t_s[few]
            n_heard[few] = self.heard[level].others(*asked)
            n_missed[few] = self.missed[level].others(*asked)
            asked_level[few] = level
        return n_heard, n_missed, asked_level


@dataclass(frozen=True, eq=False)
class _Counts:
    """Visits sorted for counting, one list for each band of heights."""

    size_deg: float
    around_s: float
    bands: tuple[pd.DataFrame, ...]
    """`icao24, cell, from_s, to_s`."""
    starts: tuple[Floats, ...]
    stops: tuple[Floats, ...]

    @classmethod
    def of(
        cls, visits: Visits, size_deg: float, around_s: float, *, downward: bool
    ) -> _Counts:
        """Sort visits; each band holds those at or below it, or at or above."""
        cell = cells(visits.point, size_deg)
        band = np.searchsorted(BAND_TOPS_FT[:-1], visits.height_ft)
        known = ~np.isnan(visits.height_ft)
        bands = []
        for b in range(len(BAND_TOPS_FT)):
            keep = known & ((band <= b) if downward else (band >= b))
            bands.append(
                pd.DataFrame(
                    {
                        "icao24": visits.icao24[keep],
                        "cell": cell[keep],
                        "from_s": visits.from_s[keep],
                        "to_s": visits.to_s[keep],
                    }
                )
            )
        return cls(
            size_deg,
            around_s,
            tuple(bands),
            tuple(_sorted_key(band, "from_s") for band in bands),
            tuple(_sorted_key(band, "to_s") for band in bands),
        )

    def others(
        self,
        icao24: NDArray[np.object_],
        point: Floats,
        height_ft: Floats,
        t_s: Floats,
    ) -> Floats:
        """Return how many visits other aircraft paid about each place and time."""
        count = np.zeros(len(t_s))
        cell = cells(point, self.size_deg)
        band = np.searchsorted(BAND_TOPS_FT[:-1], height_ft)
        for b in range(len(self.bands)):
            rows = np.flatnonzero((band == b) & ~np.isnan(height_ft))
            if not len(rows):
                continue
            after = cell[rows] * _SPAN_S + t_s[rows] - self.around_s
            until = after + 2 * self.around_s
            begun = np.searchsorted(self.starts[b], until, "right")
            over = np.searchsorted(self.stops[b], after, "left")
            own = self._own(self.bands[b], icao24[rows], cell[rows], t_s[rows])
            count[rows] = begun - over - own
        return count

    def _own(
        self,
        band: pd.DataFrame,
        icao24: NDArray[np.object_],
        cell: Ints,
        t_s: Floats,
    ) -> Floats:
        """Return how many of the visits were the aircraft's own."""
        mine = band[band["icao24"].isin(pd.unique(icao24))]
        asked = pd.DataFrame(
            {"row": np.arange(len(t_s)), "icao24": icao24, "cell": cell, "t_s": t_s}
        )
        both = asked.merge(mine, on=["icao24", "cell"])
        during = (both["from_s"] <= both["t_s"] + self.around_s) & (
            both["to_s"] >= both["t_s"] - self.around_s
        )
        rows = both.loc[during, "row"].to_numpy(dtype=np.int64)
        return np.bincount(rows, minlength=len(t_s)).astype(np.float64)


def _sorted_key(band: pd.DataFrame, column: str) -> Floats:
    return np.sort(band["cell"].to_numpy() * _SPAN_S + band[column].to_numpy())


def cells(points: Floats, size_deg: float) -> Ints:
    """Return the cell of each point: about as wide as high, near the poles too."""
    latitude = np.degrees(np.arcsin(points[:, 2].clip(-1, 1)))
    longitude = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    row = np.floor((latitude + 90) / size_deg).clip(0, 180 / size_deg - 1)
    middle = np.radians((row + 0.5) * size_deg - 90)
    across = np.maximum(1, np.round(360 / size_deg * np.cos(middle)))
    column = np.floor((longitude + 180) / 360 * across) % across
    result: Ints = (row * 1_000 + column).astype(np.int64)
    return result
