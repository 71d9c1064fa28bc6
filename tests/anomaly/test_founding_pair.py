"""The two aircraft that this program was made for, flown again and heard as then."""

from __future__ import annotations

import datetime as dt

import pytest

from anomaly import simulate
from anomaly.cases import Case, load_cases
from anomaly.days import tables_of
from anomaly.reference import Reference

DAKAR = {"GOOY", "GOBD"}
PAIR = [case for case in load_cases() if case.case_id in ("f-021", "f-022")]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


@pytest.mark.parametrize("seed", [1, 6], ids="receivers of world {}".format)
@pytest.mark.parametrize("case", PAIR, ids=lambda case: case.registration)
def test_latakia_and_dakar_are_found(
    case: Case, seed: int, reference: Reference
) -> None:
    """Nothing is heard at Latakia, and at Dakar only in some worlds."""
    flown = simulate.fly_cases(
        [case], date=dt.date(2019, 3, 22), seed=seed, reference=reference
    )
    tables = tables_of(flown.positions, flown.aircraft, reference)
    moscow, latakia, dakar, caracas = tables.journeys.to_pylist()[-1]["airports"]
    assert (moscow, latakia, caracas) == ("UUMU", "OSLK", "SVMI")
    # The city has two fields, 20 nm apart; where neither end was seen either will do,
    # but the one that was landed at is never left out.
    assert dakar in DAKAR
    listed = tables.candidates.to_pandas()
    assert (listed["airport"] == "GOOY").sum() >= 2
    syria, senegal = tables.stopovers.to_pylist()
    assert (syria["inferred"], syria["confidence"]) == (True, 2)
    assert syria["field_use"] in ("joint", "military")
    truth = flown.truth.to_pylist()
    for stop, before, after in ((syria, *truth[:2]), (senegal, *truth[1:])):
        assert stop["lost_at"] <= before["landing"] <= after["takeoff"]
        assert after["takeoff"] <= stop["back_at"]
        hours = (after["takeoff"] - before["landing"]).total_seconds() / 3600
        assert stop["ground_time_h"] == pytest.approx(hours, abs=0.6)
