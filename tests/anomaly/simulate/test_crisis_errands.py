"""Relief after a disaster goes where the list of crises has one that day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from anomaly.reference import Reference
from anomaly.simulate.legs import Setting
from anomaly.simulate.purposes import errands
from anomaly.simulate.purposes.planner import Base, Planner

EPOCH = dt.date(1970, 1, 1)


@pytest.fixture(scope="module")
def setting() -> Setting:
    return Setting.of(Reference.load(), seed=1)


def idents(setting: Setting, date: dt.date | None) -> set[str]:
    fields = None
    if date is not None:
        fields = errands._in_crisis(setting, (date - EPOCH).days)
    planner = Planner(setting.places, np.random.default_rng(0), 1, 0.0, crisis=fields)
    base = Base("US Air Force", 0, "US", "US", armed=True)
    return set(setting.places.ident[planner._pool("crisis", base).rows])


def test_a_quake_draws_relief_to_its_state_while_it_lasts(setting: Setting) -> None:
    assert "MTPP" in idents(setting, dt.date(2010, 1, 20))
    assert "MTPP" not in idents(setting, dt.date(2010, 1, 10))


@pytest.mark.parametrize("date", [None, dt.date(1951, 1, 1)])
def test_without_a_crisis_relief_goes_where_it_always_goes(
    setting: Setting, date: dt.date | None
) -> None:
    always = set(setting.places.ident[setting.places.pool("relief:any")])
    assert idents(setting, date) == always != set()
