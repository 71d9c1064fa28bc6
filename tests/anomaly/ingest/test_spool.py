from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import pyarrow as pa
from archives import csv, listed

from anomaly.ingest import reader_for
from anomaly.ingest.base import LeftOut
from anomaly.ingest.spool import Spool

N_DAYS = 40


def test_what_is_set_aside_takes_no_more_along_than_was_read(tmp_path: Path) -> None:
    rows = [
        listed(firstseen=f"{day} 06:00:00+00:00", lastseen=f"{day} 07:00:00+00:00")
        for n in range(N_DAYS)
        for day in [dt.date(2019, 3, 22) + dt.timedelta(days=n)]
        for _ in range(50)
    ]
    path = csv(tmp_path / "flightlist.csv", rows)
    (batch,) = reader_for(path).read(path, LeftOut())
    spool = Spool(tmp_path)
    spool.add(batch)
    assert len(spool.dates()) == N_DAYS
    kept = [spool.listed_flights(date) for date in spool.dates()]
    told = pa.concat_tables(table for tables in kept for table in tables)
    assert told.equals(batch.listed_flights)
    assert len(pickle.dumps(kept)) < 2 * len(pickle.dumps(batch.listed_flights))
