from __future__ import annotations

from pathlib import Path

import pytest
from asgi import Browser
from report_builders import Plan, write_day

from anomaly.review.app import make_app
from anomaly.store import Store

PLANS = (
    Plan(),
    Plan(icao24="154073", registration="RA-82035", rank=2),
    Plan(icao24="3c6444", registration="D-AIZZ", rank=3, callsign="DLH1"),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data")
    write_day(store, PLANS)
    return store


@pytest.fixture
def browser(store: Store) -> Browser:
    return Browser(make_app(store, port=8037, by="ann"))
