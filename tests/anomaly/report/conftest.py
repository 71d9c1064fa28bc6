from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from report_builders import DAY, Pages, Plan, ReadAlert, ReadDay, reference, write_day

from anomaly.report.html import render
from anomaly.report.reading import read_day
from anomaly.report.summary import Alert, Day
from anomaly.store import Store

# Written by hand: what training leaves beside a model, with a one-stroke picture.
CARD = Path(__file__).with_name("model_card.json")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "data")


@pytest.fixture
def day_of(store: Store) -> ReadDay:
    """Store the plans as one day and read it back as a report does."""

    def read(*plans: Plan) -> Day:
        write_day(store, plans)
        return read_day(store, DAY, reference())

    return read


@pytest.fixture(scope="session")
def shared_day_of(tmp_path_factory: pytest.TempPathFactory) -> ReadDay:
    """The same in a store of its own, kept for all tests that only look."""

    @cache
    def read(*plans: Plan) -> Day:
        store = Store(tmp_path_factory.mktemp("data"))
        write_day(store, plans)
        return read_day(store, DAY, reference())

    return read


@pytest.fixture
def alert_of(shared_day_of: ReadDay) -> ReadAlert:
    def read(plan: Plan) -> Alert:
        day = shared_day_of(plan)
        return (*day.flagged, *day.below)[0]

    return read


@pytest.fixture(scope="session")
def pages_of(shared_day_of: ReadDay) -> Pages:
    @cache
    def pages(*plans: Plan) -> dict[str, str]:
        return render(shared_day_of(*plans), Path("data"))

    return pages


@pytest.fixture
def model_card() -> str:
    return CARD.read_text(encoding="utf-8")
