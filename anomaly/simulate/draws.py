"""Random numbers that depend on a key alone, not on the order of asking.

A flight must come out the same whether it is flown alone, among others, or in another
process, so what varies along it is hashed from its own key.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Keys = NDArray[np.uint64]


def key_of(*parts: object) -> int:
    """Return a 64-bit number that stands for `parts`, the same in every process."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def generator(*parts: object) -> np.random.Generator:
    """Return a generator seeded by `parts`."""
    return np.random.default_rng(key_of(*parts))


def mixed(keys: ArrayLike, salt: int) -> Keys:
    """Return other keys, one for each, that look unrelated (SplitMix64's finish)."""
    with np.errstate(over="ignore"):
        state = np.asarray(keys, dtype=np.uint64) + np.uint64(
            (salt * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        )
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(state ^ (state >> np.uint64(31)), dtype=np.uint64)


def uniform(keys: ArrayLike, salt: int) -> NDArray[np.float64]:
    """Return a number from 0 to 1 for each key."""
    return (mixed(keys, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(keys: ArrayLike, salt: int) -> NDArray[np.float64]:
    """Return a number of mean 0 and deviation 1 for each key, never beyond 3."""
    bits = mixed(keys, salt)
    low = np.uint64(0x1FFFFF)
    total = (
        (bits & low).astype(np.float64)
        + ((bits >> np.uint64(21)) & low).astype(np.float64)
        + ((bits >> np.uint64(42)) & low).astype(np.float64)
    )
    # Three uniforms have variance 1/4; a bell is needed, not its far tails.
    return np.asarray((total / 2.0**21 - 1.5) * 2.0, dtype=np.float64)


def choice(
    rng: np.random.Generator, values: ArrayLike, weights: ArrayLike, size: int
) -> NDArray[Any]:
    """Return `size` of `values`, drawn with the given weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    chosen: NDArray[Any] = np.asarray(values)[drawn.clip(0, len(edges) - 1)]
    return chosen
