from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner
from feature_builders import DAY, flight, shipped_reference
from model_builders import dull_day

from anomaly import labels, silver
from anomaly.cli import main
from anomaly.schemas import FLIGHTS, LABELS
from anomaly.store import Store
from models.silvered import Kept, label_days

GLOBEMASTER = {
    "typecode": "C17",
    "military_flag": True,
    "operator_code": "RCH",
    "callsign": "RCH431",
    "flown_nm": 3_900.0,
    "box_diagonal_nm": 3_800.0,
}


def flown(**over: Any) -> dict[str, Any]:
    ends = {"origin": "KDOV", "destination": "ETAR"}
    return flight("ae1234-a") | ends | GLOBEMASTER | over


def votes(*rows: dict[str, Any]) -> silver.Votes:
    table = pa.Table.from_pylist(list(rows), schema=FLIGHTS)
    return silver.votes(table.to_pandas(), shipped_reference())


def rules_of(row: dict[str, Any]) -> set[str]:
    held = votes(row).holds.iloc[0]
    return set(held.index[held])


@pytest.mark.parametrize(
    ("row", "rules"),
    [
        (flown(), {"flagged_airlifter_on_its_way", "logistics_designator"}),
        (flown(operator_code=None), {"flagged_airlifter_on_its_way"}),
        (flown(typecode="B763", military_flag=False), {"logistics_designator"}),
        (flown(destination="KDOV", box_diagonal_nm=40.0), {"military_circuit"}),
        (flown(destination=None, box_diagonal_nm=30.0), {"military_circuit"}),
        (flown(typecode="GLF5", operator_code="SAM"), {"vip"}),
        (flown(typecode="T38", operator_code=None), {"trainer_or_fighter"}),
        (
            flown(typecode="IL76", operator_code="UNO", military_flag=False),
            {"humanitarian_operator"},
        ),
        (flight(), {"airline_on_its_network"}),
        (flight(typecode=None, operator_code=None), set()),
        (flight(destination=None), set()),
        (flown(typecode=None, operator_code=None, military_flag=None), set()),
        (flown(flown_nm=90.0), set()),
        (flown(flown_nm=None), set()),
    ],
)
def test_a_rule_holds_of_what_it_names(row: dict[str, Any], rules: set[str]) -> None:
    assert rules_of(row) == rules


def test_a_fighter_under_a_transport_callsign_is_no_transport() -> None:
    assert rules_of(flown(typecode="EUFI")) == {"trainer_or_fighter"}


def test_contradictions_are_counted_and_give_no_label() -> None:
    rows = [
        flown(),
        # An airlifter that a relief organisation is said to own.
        flown(operator_code=None, owner_operator="World Food Programme")
        | {"flight_id": "ae9999-a", "icao24": "ae9999"},
        flight(),
        flight("3c6555-a", operator_code=None, typecode=None),
    ]
    said = votes(*rows)
    assert said.coverage()["flagged_airlifter_on_its_way"] == 2
    assert said.conflicts() == {
        ("flagged_airlifter_on_its_way", "humanitarian_operator"): 1
    }
    table = pa.Table.from_pylist(rows, schema=FLIGHTS)
    found = labels.from_silver(table, said)
    told = {row["flight_id"]: row for row in found.rows.to_pylist()}
    assert {key: row["logistics"] for key, row in told.items()} == {
        "ae1234-a": True,
        "3c6444-a": False,
    }
    assert found.left_out == {"not_observed": 0, "rules_at_odds": 1, "no_rule_holds": 1}
    assert told["ae1234-a"]["label_source"] == "silver"
    assert "logistics_designator" in told["ae1234-a"]["reason"]


def test_made_flights_get_no_silver_label() -> None:
    row = flown(provenance="simulated")
    table = pa.Table.from_pylist([row], schema=FLIGHTS)
    found = labels.from_silver(table, votes(row))
    assert found.rows.num_rows == 0
    assert found.left_out["not_observed"] == 1


def test_a_verdict_and_a_case_outrank_a_rule() -> None:
    order = labels.AUTHORITY
    assert order.index("verdict") < order.index("casebook") < order.index("silver")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return dull_day(tmp_path_factory.mktemp("silver"))


def test_the_command_prints_every_rule_and_keeps_only_if_asked(
    runner: CliRunner, store: Store
) -> None:
    where = ["--data-dir", str(store.root)]
    shown = runner.invoke(main, ["labels", *where])
    assert shown.exit_code == 0, shown.output
    for rule in silver.RULES:
        assert rule.name in shown.stdout
    assert "day by day: 2 flights, 2 labelled, 0 of them logistics" in shown.stderr
    assert "not kept: labels of 2 flights" in shown.stderr
    assert not store.has("labels")
    told = runner.invoke(main, ["labels", "--keep", *where])
    assert "kept: 2 labels, one a flight; 0 flights keep one of more" in told.stderr
    kept = store.path("labels").read_bytes()
    assert set(store.read("labels")["label_source"].to_pylist()) == {"silver"}
    runner.invoke(main, ["labels", "--keep", *where])
    assert store.path("labels").read_bytes() == kept


def test_a_day_looked_at_again_keeps_other_labels(store: Store) -> None:
    label_days(store, shipped_reference(), keep=True)
    mine = store.read("labels").to_pandas()
    other = mine.head(1).assign(flight_id="ffffff-a", airframe_group="ffffff")
    both = pd.concat([mine, other])
    store.write("labels", labels.merged([_table(both)]))
    label_days(store, shipped_reference(), first=DAY, last=DAY, keep=True)
    assert set(store.read("labels")["flight_id"].to_pylist()) == set(both["flight_id"])


def test_what_is_labelled_on_two_days_is_kept_once(
    store: Store, tmp_path: Path
) -> None:
    again = Store(tmp_path)
    flights = store.read("flights", DAY)
    for day in (DAY, DAY + dt.timedelta(days=1)):
        dates = pa.array([day] * flights.num_rows, pa.date32())
        at = flights.schema.get_field_index("date")
        again.write("flights", flights.set_column(at, flights.schema[at], dates), day)
    outranks = pd.DataFrame(
        {
            "flight_id": flights["flight_id"].to_pylist()[:1],
            "logistics": True,
            "label_source": "casebook",
            "reason": "told by a page",
            "airframe_group": flights["icao24"].to_pylist()[:1],
        }
    ).reindex(columns=LABELS.names)
    again.write("labels", _table(outranks.assign(weight=9.0)))
    done = label_days(again, shipped_reference(), keep=True)
    assert (done.n_labels, done.n_different) == (4, 2)
    assert done.kept == Kept(n_labels=1, n_outranked=1, n_stored=2)


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, schema=LABELS, preserve_index=False)
