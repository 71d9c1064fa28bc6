"""Be quick to begin: import this first where other processes are forked off later.

It also sets how often the process looks for garbage: it is for no other to import.
Before the first compiled function runs, numba loads all that it knows of functions.
Processes forked off later have that, too; alone each would take a sixth of a second.
"""

from __future__ import annotations

import gc

# What is imported stays: looking for garbage among it takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)

import numpy as np  # noqa: E402

from anomaly.coding import renumbered  # noqa: E402

renumbered(np.zeros(1, dtype=np.int32), 1)
