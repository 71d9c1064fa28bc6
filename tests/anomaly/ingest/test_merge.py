from __future__ import annotations

import itertools

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly.ingest import merge
from anomaly.schemas import AIRCRAFT, POSITIONS

texts = st.none() | st.sampled_from(["A1", "B2"])
floats = st.none() | st.sampled_from([0.0, 1.0, -1.0])


def position(**given: object) -> dict[str, object]:
    return {
        "icao24": "3c6444",
        "timestamp": 0,
        "latitude_deg": 48.0,
        "longitude_deg": 11.0,
        "provenance": "observed",
    } | given


positions = st.builds(
    position,
    icao24=st.sampled_from(["3c6444", "3c6454"]),
    timestamp=st.integers(0, 2),
    latitude_deg=st.sampled_from([1.0, 2.0]),
    altitude_ft=floats,
    on_ground=st.none() | st.booleans(),
    callsign=texts,
    position_source=st.none() | st.sampled_from(["adsb_icao", "mlat", "odd"]),
)
craft = st.fixed_dictionaries(
    {
        "icao24": st.sampled_from(["3c6444", "3c6454"]),
        "registration": texts,
        "typecode": st.none() | st.sampled_from(["A20", "A320"]),
        "description": st.none(),
        "owner_operator": texts,
        "military_flag": st.none() | st.booleans(),
        "privacy_flag": st.none() | st.booleans(),
        "provenance": st.sampled_from(["simulated", "re-enacted"]),
    }
)


def table(rows: list[dict[str, object]], schema: pa.Schema) -> pa.Table:
    columns = {f.name: [row.get(f.name) for row in rows] for f in schema}
    return pa.table(columns, schema=schema)


@settings(max_examples=25)
@given(st.lists(st.lists(positions, max_size=6), min_size=3, max_size=3))
def test_positions_merge_in_any_order_and_grouping(
    parts: list[list[dict[str, object]]],
) -> None:
    a, b, c = (table(part, POSITIONS) for part in parts)
    expected, _ = merge.positions([a, b, c])
    for order in itertools.permutations([a, b, c]):
        assert merge.positions(order)[0].equals(expected)
    stepwise, _ = merge.positions([merge.positions([a, b])[0], c])
    assert stepwise.equals(expected)
    assert merge.positions([expected, a])[0].equals(expected)


@given(st.lists(positions, max_size=12))
def test_merged_positions_are_sorted_and_one_for_each_time(
    rows: list[dict[str, object]],
) -> None:
    merged, n_lost = merge.positions([table(rows, POSITIONS)])
    keys = [(r["icao24"], r["timestamp"]) for r in merged.to_pylist()]
    assert keys == sorted(set(keys))
    assert len(keys) == len({(r["icao24"], r["timestamp"]) for r in rows})
    distinct = {tuple(row.items()) for row in rows}
    assert n_lost == len(distinct) - len(keys)


def test_the_better_source_wins_and_then_the_fuller_report() -> None:
    heard = position(position_source="adsb_icao")
    located = position(position_source="mlat", altitude_ft=900.0, callsign="A1")
    merged, n_lost = merge.positions([table([located, heard], POSITIONS)])
    assert merged["position_source"].to_pylist() == ["adsb_icao"]
    assert n_lost == 1
    fuller = position(position_source="adsb_icao", callsign="A1")
    merged, _ = merge.positions([table([heard, fuller, located], POSITIONS)])
    assert merged["callsign"].to_pylist() == ["A1"]


@settings(max_examples=10)
@given(st.lists(st.lists(craft, max_size=4), min_size=2, max_size=2))
def test_aircraft_merge_in_any_order(parts: list[list[dict[str, object]]]) -> None:
    a, b = (table(part, AIRCRAFT) for part in parts)
    expected = merge.aircraft([a, b])
    assert merge.aircraft([b, a]).equals(expected)
    assert merge.aircraft([expected, b]).equals(expected)
    told = {str(row["icao24"]) for part in parts for row in part}
    assert expected["icao24"].to_pylist() == sorted(told)


def test_what_one_source_knows_of_an_aircraft_completes_the_other() -> None:
    rows = [
        {"registration": "D-AIBC", "military_flag": False, "description": "A320"},
        {"typecode": "A320", "military_flag": True, "description": "AIRBUS A-320"},
    ]
    about = {"icao24": "3c6444", "provenance": "observed"}
    (merged,) = merge.aircraft(
        [table([row | about], AIRCRAFT) for row in rows]
    ).to_pylist()
    assert merged["registration"] == "D-AIBC"
    assert merged["typecode"] == "A320"
    assert merged["description"] == "AIRBUS A-320"
    assert merged["military_flag"] is True
    assert merged["privacy_flag"] is None
