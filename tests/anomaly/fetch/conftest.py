from __future__ import annotations

from collections.abc import Iterator

import pytest
from publisher import Publisher, publishing

from anomaly.fetch.client import Client, Patience


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as running:
        yield running


@pytest.fixture
def client() -> Client:
    """One that loses its patience within a test's time."""
    return Client(
        Patience(
            connect_s=2.0,
            silence_s=0.3,
            attempts=3,
            first_delay_s=0.01,
            longest_delay_s=0.02,
            longest_wait_s=1.0,
        )
    )
