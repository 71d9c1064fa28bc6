"""Where airframes landed before: each field once, with how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.coding import Floats, Ints, pair


@dataclass(frozen=True, eq=False)
class Visits:
    """One entry for each airframe and each field at which it is known to have landed.

    Millions of landings are at a hundred thousand of such; all else is told by these.
    """

    airframe: Ints
    field: Ints
    times: Ints
    n_airframes: int

    def n_landed(self) -> Floats:
        """Return how often each airframe landed."""
        n = np.bincount(self.airframe, self.times, minlength=self.n_airframes)
        return n.astype(np.float64)

    def mean(self, of_field: Floats) -> Floats:
        """Return the mean of a figure of the fields over each airframe's landings.

        Parameters
        ----------
        of_field : array of float
            One for each row of `coding.Fields`.
        """
        values = of_field[self.field]
        known = ~np.isnan(values)
        times, airframe = self.times[known], self.airframe[known]
        total = np.bincount(airframe, times * values[known], minlength=self.n_airframes)
        n = np.bincount(airframe, times, minlength=self.n_airframes)
        result: Floats = np.where(n > 0, total / np.maximum(n, 1), np.nan)
        return result

    def n_different(self, of_field: Ints) -> Floats:
        """Return at how many different known places, such as states, each landed."""
        where = of_field[self.field]
        n_places = int(where.max(initial=0)) + 1
        both = pd.unique(pair(self.airframe, where, n_places))
        airframe = both[both >= 0] // n_places
        return np.bincount(airframe, minlength=self.n_airframes).astype(np.float64)

    def home(self) -> tuple[Ints, Floats]:
        """Return each airframe's most visited field and how often it landed there.

        -1 where it landed nowhere twice, or at two fields equally often: the first of
        such fields is no home.
        """
        most = np.zeros(self.n_airframes)
        np.maximum.at(most, self.airframe, self.times)
        is_most = self.times == most[self.airframe]
        home = np.full(self.n_airframes, -1, dtype=np.int64)
        home[self.airframe[is_most]] = self.field[is_most]
        n_most = np.bincount(self.airframe[is_most], minlength=self.n_airframes)
        return np.where((most > 1) & (n_most == 1), home, -1), most


def of_landings(airframe: Ints, field: Ints, n_airframes: int) -> Visits:
    """Return the visits of airframes, of which there are `n_airframes`."""
    known = field >= 0
    top = int(field.max(initial=0)) + 1
    which, different = pd.factorize(airframe[known] * np.int64(top) + field[known])
    return Visits(
        different // top,
        different % top,
        np.bincount(which, minlength=len(different)),
        n_airframes,
    )
