"""Aimless flying: straight bits between chance points around a place, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import draws

Numbers = NDArray[np.float64]
_MOST = 30
"""Bits of one flight at most; a longer one has longer bits."""
_UPS_AND_DOWNS = 0.22
"""How far heights vary, as a share of the height flown at."""


@dataclass(frozen=True, eq=False)
class Wanders:
    """Turning points of several flights, one row each, from the start to the start."""

    way_nm: Numbers
    ahead_nm: Numbers
    aside_nm: Numbers
    height: Numbers
    """Height over the usual one, as a share of it; 0 at both ends."""

    @classmethod
    def of(
        cls, keys: NDArray[np.uint64], total_nm: Numbers, reach_nm: Numbers
    ) -> Wanders:
        """Return ways of the lengths given, within about `reach_nm` of the start."""
        n_bits = np.clip(np.round(total_nm / (1.05 * reach_nm)), 3, _MOST)
        number = np.arange(_MOST + 1)
        inside = (number > 0) & (number[None, :] < n_bits[:, None])
        salted = draws.mixed(keys, 70)[:, None] + number.astype(np.uint64)[None, :]
        angle = 2 * np.pi * draws.uniform(salted, 71)
        radius = np.sqrt(draws.uniform(salted, 72)) * inside
        ahead, aside = radius * np.cos(angle), radius * np.sin(angle)
        bits = np.hypot(np.diff(ahead, axis=1), np.diff(aside, axis=1))
        way = np.concatenate(
            [np.zeros((len(keys), 1)), np.cumsum(bits, axis=1)], axis=1
        )
        scale = (total_nm / way[:, -1].clip(1e-6))[:, None]
        return cls(
            way_nm=way * scale,
            ahead_nm=ahead * scale,
            aside_nm=aside * scale,
            height=draws.normal(salted, 73) * _UPS_AND_DOWNS * inside,
        )

    def at(
        self, row: NDArray[np.int64], way_nm: Numbers
    ) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return how far ahead, aside and up, and the climb per mile."""
        bit = np.zeros(len(row), dtype=np.int64)
        for number in range(1, _MOST):
            bit += way_nm >= self.way_nm[:, number][row]
        length = (self.way_nm[row, bit + 1] - self.way_nm[row, bit]).clip(1e-6)
        share = ((way_nm - self.way_nm[row, bit]) / length).clip(0.0, 1.0)

        def between(values: Numbers) -> Numbers:
            start = values[row, bit]
            return np.asarray(start + share * (values[row, bit + 1] - start))

        rise = (self.height[row, bit + 1] - self.height[row, bit]) / length
        return (
            between(self.ahead_nm),
            between(self.aside_nm),
            between(self.height),
            rise,
        )
