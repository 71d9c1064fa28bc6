from __future__ import annotations

import pytest

from anomaly.reference import Reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference.load()
