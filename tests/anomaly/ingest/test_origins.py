from __future__ import annotations

import pickle

import numpy as np
import pyarrow as pa

from anomaly.ingest.origins import Seen
from anomaly.schemas import UTC_US

N_AIRCRAFT = 100_000


def test_what_was_seen_takes_no_more_along_than_it_is() -> None:
    times = pa.array(np.arange(N_AIRCRAFT), UTC_US)
    icao24 = pa.array([f"{number:06x}" for number in range(N_AIRCRAFT)])
    seen = Seen()
    seen.add(pa.table({"icao24": icao24, "at": times}), "at", "at", 1)
    assert len(seen.addresses()) == N_AIRCRAFT
    # A day, an address, two times and a count.
    assert len(pickle.dumps(seen)) < 60 * N_AIRCRAFT
