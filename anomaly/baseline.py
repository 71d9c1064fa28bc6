"""What receivers heard, where and when: visits of aircraft to cells of the globe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.tracks import Floats, Ints, Tracks

CELL_DEG = 2.0
# A visit is one stay in a cell without a longer silence.
SILENCE_S = 300.0
# Coverage half an hour before or after tells of coverage now.
AROUND_S = 1_800.0
# Who is heard low is heard high: bands count everything at or below them.
BAND_TOPS_FT = (3_000.0, 10_000.0, 20_000.0, 30_000.0, np.inf)


@dataclass(frozen=True, eq=False)
class Visits:
    """Stays of aircraft in cells, one row each."""

    icao24: NDArray[np.object_]
    cell: Ints
    lowest_ft: Floats
    from_s: Floats
    to_s: Floats


@dataclass(frozen=True, eq=False)
class Baseline:
    """Visits sorted for counting, one list for each band of heights."""

    bands: tuple[Visits, ...]
    starts: tuple[Floats, ...]
    stops: tuple[Floats, ...]

    def others(
        self,
        icao24: NDArray[np.object_],
        points: Floats,
        height_ft: Floats,
        t_s: Floats,
    ) -> Floats:
        """Return how many visits other aircraft paid about each place, height, time.

        NaN where the height is not known.
        """
        count = np.full(len(t_s), np.nan)
        cell = cells(points)
        band = np.searchsorted(BAND_TOPS_FT[:-1], height_ft)
        for b, visits in enumerate(self.bands):
            rows = np.flatnonzero((band == b) & ~np.isnan(height_ft))
            if not len(rows):
                continue
            everyone = self._during(b, cell[rows], t_s[rows])
            own = _own(visits, icao24[rows], cell[rows], t_s[rows])
            count[rows] = everyone - own
        return count

    def _during(self, band: int, cell: Ints, t_s: Floats) -> Floats:
        """Return the visits to cells that overlap the time around `t_s`."""
        begun = np.searchsorted(self.starts[band], _key(cell, t_s + AROUND_S), "right")
        over = np.searchsorted(self.stops[band], _key(cell, t_s - AROUND_S), "left")
        result: Floats = (begun - over).astype(np.float64)
        return result


# Seconds since 1970 stay below this until the year 2286.
_KEY_S = 1e10


def _key(cell: Ints, t_s: Floats) -> Floats:
    """Return one number that sorts by cell, then time."""
    return cell * _KEY_S + t_s


def _own(
    visits: Visits, icao24: NDArray[np.object_], cell: Ints, t_s: Floats
) -> Floats:
    """Return how many of the visits were the aircraft's own."""
    mine = pd.DataFrame(
        {
            "icao24": visits.icao24,
            "cell": visits.cell,
            "a": visits.from_s,
            "b": visits.to_s,
        }
    )
    mine = mine[mine["icao24"].isin(pd.unique(icao24))]
    asked = pd.DataFrame(
        {"row": np.arange(len(t_s)), "icao24": icao24, "cell": cell, "t": t_s}
    )
    both = asked.merge(mine, on=["icao24", "cell"])
    both = both[
        (both["a"] <= both["t"] + AROUND_S) & (both["b"] >= both["t"] - AROUND_S)
    ]
    return np.bincount(both["row"], minlength=len(t_s)).astype(np.float64)


def cells(points: Floats) -> Ints:
    """Return the cell of each point: as high as wide, near the poles too."""
    latitude = np.degrees(np.arcsin(points[:, 2].clip(-1, 1)))
    longitude = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    row = np.floor((latitude + 90) / CELL_DEG).clip(0, 180 / CELL_DEG - 1)
    middle = np.radians((row + 0.5) * CELL_DEG - 90)
    across = np.maximum(1, np.round(360 / CELL_DEG * np.cos(middle)))
    column = np.floor((longitude + 180) / 360 * across) % across
    result: Ints = (row * 1_000 + column).astype(np.int64)
    return result


def visits_of(tracks: Tracks) -> Visits:
    """Return the visits that the reports of tracks make up."""
    if not len(tracks):
        none = np.zeros(0)
        return Visits(none.astype(object), none.astype(np.int64), none, none, none)
    cell = cells(tracks.points)
    new = np.ones(len(tracks), dtype=bool)
    new[1:] = (
        ~tracks.same_airframe | (np.diff(cell) != 0) | (np.diff(tracks.t_s) > SILENCE_S)
    )
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(tracks)) - 1
    height = np.where(tracks.on_ground, 0.0, tracks.altitude_ft)
    return Visits(
        icao24=tracks.icao24s[tracks.airframe[first]],
        cell=cell[first],
        lowest_ft=np.fmin.reduceat(height, first),
        from_s=tracks.t_s[first],
        to_s=tracks.t_s[last],
    )


def of_visits(parts: list[Visits]) -> Baseline:
    """Return the baseline of all parts of a day."""
    if not parts:
        parts = [visits_of_nothing()]
    everyone = Visits(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("icao24", "cell", "lowest_ft", "from_s", "to_s")
        )
    )
    bands = []
    for top_ft in BAND_TOPS_FT:
        keep = everyone.lowest_ft <= top_ft
        bands.append(
            Visits(
                everyone.icao24[keep],
                everyone.cell[keep],
                everyone.lowest_ft[keep],
                everyone.from_s[keep],
                everyone.to_s[keep],
            )
        )
    return Baseline(
        bands=tuple(bands),
        starts=tuple(np.sort(_key(band.cell, band.from_s)) for band in bands),
        stops=tuple(np.sort(_key(band.cell, band.to_s)) for band in bands),
    )


def visits_of_nothing() -> Visits:
    """Return no visits."""
    none = np.zeros(0)
    return Visits(none.astype(object), none.astype(np.int64), none, none, none)
