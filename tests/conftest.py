from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings

# The first call of a property test loads tables; on a busy machine that is slow, and
# speed is a benchmark's business.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real tracks that may be read and not carried; absent outside our CI."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, real tracks that the project may not carry")
    return SHARED
