from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from feature_builders import DAY, flight, shipped_reference, tables
from hypothesis import given
from hypothesis import strategies as st
from model_builders import dull_day

from anomaly.cases import Case
from anomaly.labels import WEIGHTS
from anomaly.store import Store
from features.surprise import UNKNOWN_BITS, surprise_bits
from models import dataset, reenact

ANTONOV = Case(
    case_id="x-1",
    group_id="g-1",
    date_utc="2019-03-22",
    typecode="A124",
    registration="RA-82035",
    icao24="154073",
    legs_filled="UUMU OSLK GOOY",
    label="military_logistics",
    subtype="airlift",
)
CHARTER = replace(
    ANTONOV,
    case_id="x-2",
    group_id="g-2",
    registration="UR-82009",
    icao24="508035",
    legs_filled="UKKM EDDP KIAH",
    label="look_alike",
)

few = st.sampled_from(["UUMU OSLK", "OSLK GOOY", "EDDF KJFK ? MPTO", "UUMU HLLT"])
few_cases = st.lists(
    st.builds(
        Case,
        typecode=st.sampled_from([None, "IL76", "A124"]),
        registration=st.sampled_from([None, "RA-1", "RA-2"]),
        callsign=st.sampled_from([None, "RFF123", "VDA9"]),
        legs_filled=few,
    ),
    max_size=12,
)


@given(few_cases)
def test_cases_of_one_wave_do_not_make_each_other_less_rare(cases: list[Case]) -> None:
    waves = list(reenact.waves(cases, shipped_reference()))
    assert sorted(map(id, cases)) == sorted(id(case) for wave in waves for case in wave)
    for wave in waves:
        keys = [reenact._keys(case, shipped_reference()) for case in wave]
        assert len(set().union(*keys)) == sum(map(len, keys))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return dull_day(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def flown(store: Store) -> pd.DataFrame:
    book = [
        ANTONOV,
        CHARTER,
        replace(ANTONOV, legs_filled="UUMU ?"),
        replace(ANTONOV, legs_filled="UUMU QQQQ"),
    ]
    told = reenact.fly(book, store, DAY, shipped_reference())
    assert told.left_out == {
        "not_flyable": 1,
        "airports_not_known": 1,
        "not_received": 0,
    }
    return told.rows


def test_every_flight_of_a_case_is_a_row_with_its_label(flown: pd.DataFrame) -> None:
    of_case = {str(key): rows for key, rows in flown.groupby("case_group")}
    assert list(of_case) == ["g-1", "g-2"]
    assert of_case["g-1"]["logistics"].all()
    assert not of_case["g-2"]["logistics"].any()
    assert of_case["g-2"]["look_alike"].all()
    assert len(of_case["g-1"]) >= 2
    assert flown["alert"].nunique() == 2
    assert set(flown["provenance"]) == {"re-enacted"}
    assert list(flown.columns) == dataset.schema().names


def test_a_case_without_a_full_date_is_flown_on_the_day_asked(store: Store) -> None:
    undated = replace(ANTONOV, date_utc="2019-03")
    told = reenact.fly([undated], store, DAY, shipped_reference())
    assert len(told.rows) >= 2
    assert told.rows["date"].min() == DAY


def test_another_take_is_another_alert_at_another_hour(store: Store) -> None:
    takes = [
        reenact.fly([CHARTER], store, DAY, shipped_reference(), take=take).rows
        for take in (0, 1)
    ]
    assert [set(rows["take"]) for rows in takes] == [{0}, {1}]
    assert set(takes[0]["alert"]).isdisjoint(takes[1]["alert"])
    assert set(takes[0]["case_group"]) == set(takes[1]["case_group"])
    assert set(takes[0]["flight_id"]).isdisjoint(takes[1]["flight_id"])


def test_the_stop_of_a_case_is_seen_in_its_features(flown: pd.DataFrame) -> None:
    last = flown[flown["case_group"] == "g-1"].sort_values("date").iloc[-1]
    assert last["stopover_n_military"] == 1
    assert last["stopover_journey_origin_military"] == 1


def test_a_case_has_no_past_and_no_company(flown: pd.DataFrame) -> None:
    assert flown[dataset.context_features()].isna().all(axis=None)


def test_a_case_is_flown_the_same_whoever_flies_with_it(
    store: Store, flown: pd.DataFrame
) -> None:
    alone = reenact.fly([ANTONOV], store, DAY, shipped_reference()).rows
    among = flown[flown["case_group"] == "g-1"].reset_index(drop=True)
    # How common its type is among all flights counts the other's two flights.
    names = [name for name in among if "bits" not in str(name)]
    pd.testing.assert_frame_equal(
        alone.reset_index(drop=True)[names], among[names], check_dtype=False
    )


def test_what_happened_in_the_world_is_of_the_day_that_a_case_is_documented_for(
    store: Store,
) -> None:
    relief = replace(
        CHARTER, case_id="x-3", date_utc="2010-01-16", legs_filled="KMIA MTPP"
    )
    month = replace(relief, case_id="x-4", group_id="g-4", date_utc="2010-01")
    rows = reenact.fly([relief, month], store, DAY, shipped_reference()).rows
    into = rows[rows["region_destination_latitude_deg"].between(18, 19)]
    told = into.groupby("case_group")["route_crisis_at_destination"].max()
    assert told["g-2"] == 1
    assert pd.isna(told["g-4"])


def test_a_case_counts_as_much_as_its_casebook_says(store: Store) -> None:
    light = replace(CHARTER, case_id="x-5", group_id="g-5", weight="2")
    rows = reenact.fly([ANTONOV, light], store, DAY, shipped_reference()).rows
    weights = rows.groupby("case_group")["weight"].unique()
    assert list(weights["g-5"]) == [2]
    assert list(weights["g-1"]) == [WEIGHTS["casebook"]]


def test_a_case_lost_before_its_landing_is_as_rare_as_where_it_was_seen(
    store: Store,
) -> None:
    to_kufra = replace(ANTONOV, legs_filled="LTAC HLKF")
    past = [flight(f"3c{number:04x}-0") for number in range(600)]
    day = tables(flight(), history=past)
    rows = reenact.fly([to_kufra], store, DAY, shipped_reference(), tables=day).rows
    (lost,) = rows.to_dict("records")
    assert lost["route_dark_end"] == 1
    assert pd.isna(lost["route_country_pair_bits"])
    assert lost["route_seen_country_pair_bits"] == 12
    assert (surprise_bits(rows) > UNKNOWN_BITS).all()
