from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from model_builders import dull_day, registered, training_rows

from anomaly.errors import BadInputError
from anomaly.schemas import LIKENESSES
from anomaly.store import Store
from models import likeness, registry, saving
from models.likeness import nearest
from models.plan import score_days
from models.registry import Record

WEIGHTS = {"stopover_n_military": 0.7, "route_direct_nm": 0.2, "stopover_n": 0.1}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rows = training_rows()
    cases = rows["label_source"] == "casebook"
    return rows.assign(alert=rows["alert"].where(~cases, "case " + rows["flight_id"]))


@pytest.fixture(scope="module")
def record() -> Record:
    return registered().record


@pytest.fixture
def store(tmp_path: Path, rows: pd.DataFrame, record: Record) -> Store:
    store = Store(tmp_path)
    card = {"importances": [{"feature": f, "value": v} for f, v in WEIGHTS.items()]}
    model = saving.dumps(registered().classifier)
    registry.save(store, record, model, rows, json.dumps(card))
    return store


def _case_flown_again(rows: pd.DataFrame, record: Record, n: int) -> pd.DataFrame:
    cases = rows[rows["label_source"] == "casebook"]
    whole = cases[cases[list(WEIGHTS)].notna().all(axis="columns")]
    return whole.iloc[[n]].set_index(pd.Index(["abcdef-20200102T000000Z"]))


def test_a_case_flown_again_is_nearest_to_itself(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    again = _case_flown_again(rows, record, 0)
    found = nearest(store, record, again[record.feature_names]).to_pandas()
    same = found[found["logistics"] == again["logistics"].iloc[0]].iloc[0]
    assert same["case_key"] == again["flight_id"].iloc[0]
    assert same["distance"] == pytest.approx(0)
    assert same["known_share"] == pytest.approx(1)


def test_three_cases_of_different_groups_and_a_look_alike_are_named(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    again = _case_flown_again(rows, record, 0)
    table = nearest(store, record, again[record.feature_names])
    assert table.schema.equals(LIKENESSES)
    found = table.to_pandas()
    assert list(found["logistics"]) == [True, True, True, False]
    groups = rows.set_index("flight_id")["case_group"].reindex(found["case_key"])
    assert groups[found["logistics"].to_numpy()].is_unique
    assert found["distance"].iloc[:3].is_monotonic_increasing
    assert found["distance"].between(0, 1).all()


def test_how_near_is_told_by_how_near_the_cases_are_to_their_likes(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    case = _case_flown_again(rows, record, 0)
    again = case[record.feature_names]
    like = nearest(store, record, again).to_pandas()
    same = like[like["logistics"] == case["logistics"].iloc[0]]
    assert same["farther_share"].iloc[0] == pytest.approx(1)
    # Nothing that was ever documented: everything at an end of its scale.
    strange = again.assign(
        **{name: rows[name].max() * 10 for name in WEIGHTS}, index=again.index
    )[record.feature_names]
    unlike = nearest(store, record, strange).to_pandas()
    assert unlike["farther_share"].max() < like["farther_share"].max()
    for found in (like, unlike):
        for _, of in found.groupby("logistics"):
            assert of["farther_share"].is_monotonic_decreasing


def test_a_case_is_named_by_its_key_whichever_take_of_it_is_nearest(
    tmp_path: Path, rows: pd.DataFrame, record: Record
) -> None:
    cases = rows["label_source"] == "casebook"
    second = rows.assign(alert=rows["alert"].where(~cases, rows["alert"] + ", take 1"))
    card = {"importances": [{"feature": f, "value": v} for f, v in WEIGHTS.items()]}
    store = Store(tmp_path)
    registry.save(store, record, b"", second, json.dumps(card))
    again = _case_flown_again(rows, record, 0)
    found = nearest(store, record, again[record.feature_names]).to_pandas()
    assert set(found["case_key"]) <= set(rows["flight_id"])
    assert len(found) == 4


def test_an_airframe_is_not_likened_to_itself(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    again = _case_flown_again(rows, record, 0)
    own = f"{again['airframe_group'].iloc[0]}-20200102T000000Z"
    again.index = pd.Index([own])
    found = nearest(store, record, again[record.feature_names]).to_pandas()
    assert again["flight_id"].iloc[0] not in set(found["case_key"])


def test_a_flight_of_which_little_is_known_resembles_nothing(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    again = _case_flown_again(rows, record, 0)[record.feature_names]
    again["stopover_n_military"] = np.nan
    assert nearest(store, record, again).num_rows == 0


def test_scoring_keeps_the_likenesses_beside_the_scores(tmp_path: Path) -> None:
    store = dull_day(tmp_path)
    date = store.dates("flights")[0]
    score_days(store, [date])
    assert store.has("scores", date)
    # The small model has no card that says what it relies on.
    assert store.read("likenesses", date).num_rows == 0


def test_how_near_cases_are_is_told_the_same_whether_kept_or_found_anew(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    again = _case_flown_again(rows, record, 0)[record.feature_names]
    anew = nearest(store, record, again)
    likeness.keep(store, record)
    likeness._read.cache_clear()
    assert nearest(store, record, again).equals(anew)
    # It is read, and not found anew.
    path = store.model(record.name) / registry.NEARNESS_FILE
    kept = pq.read_table(path)
    far = pa.array(np.full(len(kept), 2.0))
    pq.write_table(kept.set_column(1, "distance", far), path)
    likeness._read.cache_clear()
    assert nearest(store, record, again)["farther_share"].to_pylist() == [1.0] * 4
    for name in (registry.NEARNESS_FILE, registry.LIKENESS_FILE):
        path = store.model(record.name) / name
        path.write_bytes(b"PAR1")
        likeness._read.cache_clear()
        with pytest.raises(BadInputError, match=name):
            nearest(store, record, again)
        path.unlink()
    likeness._read.cache_clear()
    assert nearest(store, record, again).equals(anew)


def test_of_what_was_learnt_only_cases_and_the_scale_are_kept(
    store: Store, rows: pd.DataFrame, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "N_SCALE_ROWS", 50)
    likeness.keep(store, record)
    kept = pq.read_table(store.model(record.name) / registry.LIKENESS_FILE)
    assert set(WEIGHTS) < set(kept.column_names) < {*rows, "on_scale"}
    scale = rows["alert"].iloc[:: len(rows) // 50]
    cases = rows["alert"][rows["label_source"] == "casebook"]
    assert 0 < len(scale) < len(rows)
    assert kept.filter(kept["on_scale"])["alert"].to_pylist() == scale.to_list()
    assert set(kept["alert"].to_pylist()) == {*scale, *cases}


def test_a_copy_of_a_model_holds_what_was_found_of_it_and_nothing_older(
    store: Store, record: Record, tmp_path: Path
) -> None:
    likeness.keep(store, record)
    registry.set_alias(store, registry.CHAMPION, record.version)
    here = Store(tmp_path / "here")
    registry.adopt(here, store)
    found = here.model(record.name) / registry.LIKENESS_FILE
    assert found.exists()
    (store.model(record.name) / registry.LIKENESS_FILE).unlink()
    registry.adopt(here, store)
    assert not found.exists()


def test_a_version_begins_without_what_another_of_its_name_left(
    store: Store, rows: pd.DataFrame, record: Record
) -> None:
    likeness.keep(store, record)
    registry.save(store, record, b"", rows, "{}")
    assert not (store.model(record.name) / registry.NEARNESS_FILE).exists()


def test_the_nearest_come_first_however_many_are_asked_for() -> None:
    random = np.random.default_rng(0)
    # Ties, and distances that mean nothing.
    distance = random.integers(0, 90, 1_000) / 100
    distance[::9] = np.inf
    which = random.random(1_000) < 0.7
    order = np.argsort(distance, kind="stable")
    expected = [n for n in order if which[n] and np.isfinite(distance[n])]
    assert list(likeness._nearest_first(distance, which)) == expected
    assert list(likeness._nearest_first(distance[:50], which[:50])) == [
        n for n in expected if n < 50
    ]
    assert not list(likeness._nearest_first(distance, np.zeros(1_000, bool)))
