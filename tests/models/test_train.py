from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from model_builders import training_rows

import features
from anomaly.engine import Processes
from anomaly.errors import NoDataError
from anomaly.report.modelcard import read_card
from anomaly.store import Store
from models import keepsake, promotion, publication, registry, saving
from models.evaluate import Evaluation
from models.metrics import Figure
from models.train import Trained, train

# A leaf holds sixty flights at the least: of a few hundred little can be learnt.
N_ROWS = 1_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(store: Store) -> Trained:
    return train(store, training_rows(N_ROWS), n_folds=2)


def database(store: Store) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(store.mlflow / "mlflow.db")) as connection:
        yield connection


def test_the_new_model_is_the_champion(store: Store, trained: Trained) -> None:
    record = registry.load(store).record
    assert record == trained.record
    assert record.name == "flight-anomaly 1"
    assert record.feature_set_id == features.feature_set_id()


def test_processes_fit_the_same_model(tmp_path: Path, trained: Trained) -> None:
    engine = Processes(2)
    again = train(Store(tmp_path), training_rows(N_ROWS), n_folds=2, engine=engine)
    engine.close()
    assert again.record.model_sha256 == trained.record.model_sha256
    assert again.record.thresholds == trained.record.thresholds


def test_the_record_tells_what_it_learnt_from(trained: Trained) -> None:
    rows = training_rows(N_ROWS)
    record = trained.record
    assert record.case_groups == sorted(set(rows["case_group"].dropna()))
    assert sum(counts["n_rows"] for counts in record.label_counts.values()) == len(rows)
    assert record.n_background_flights == (rows["label_source"] != "casebook").sum()
    assert set(record.thresholds) == {10, 25, 100}


def test_it_beats_the_baselines_where_it_should(trained: Trained) -> None:
    figures = trained.results
    model = figures["simulated"]["average_precision"].value
    flag = figures["simulated: military_flag"]["average_precision"].value
    hidden = figures["simulated_identity_hidden"]["average_precision"].value
    assert model is not None
    assert flag is not None
    assert hidden is not None
    assert model > flag
    # Half of what makes these labels is identity.
    assert model > hidden > 0.3


def test_documented_and_simulated_are_measured_apart(trained: Trained) -> None:
    assert {"documented", "simulated"} <= set(trained.results)
    assert trained.results["documented"]["auc_vs_look_alikes"].n == 10


def test_the_run_is_kept_in_mlflow_with_its_figures(
    store: Store, trained: Trained
) -> None:
    folder = store.mlflow / "artifacts" / trained.record.run_id / "artifacts"
    for name in (
        "precision_recall.png",
        "reliability.png",
        "record.json",
        "model_card.json",
        "training.parquet",
        "model/model.skops",
        "model/input_example.json",
    ):
        assert (folder / name).stat().st_size > 0
    model = (store.model(trained.record.name) / "model.skops").read_bytes()
    both = saving.loads(model)
    for name, one in (
        ("model", both.ordinary.members[0]),
        ("model_against_look_alikes", both.look_alikes.members[0]),
        ("model_against_look_alikes_2", both.look_alikes.members[1]),
    ):
        assert (folder / name / "model.skops").read_bytes() == saving.as_file(one)
    assert "signature" in (folder / "model" / "MLmodel").read_text()
    for connection in database(store):
        tags = dict(connection.execute("select key, value from tags"))
        assert tags["training_sha256"] == trained.record.training_sha256
        (alias,) = connection.execute(
            "select alias, version from registered_model_aliases"
        )
        assert alias == ("champion", 1)


def test_mlflow_names_a_run_by_its_model_and_tells_what_it_learnt_from(
    store: Store, trained: Trained
) -> None:
    for connection in database(store):
        (name,) = connection.execute("select name from runs")
        assert name == (trained.record.name,)
        noted = "select value from tags where key = 'mlflow.note.content'"
        ((note,),) = connection.execute(noted)
        assert "Average precision" in note
        sets = connection.execute("select name, dataset_profile from datasets")
        told = {name: json.loads(profile) for name, profile in sets}
    counts = trained.record.label_counts
    assert len(told) == len(counts)
    assert {one["num_rows"] for one in told.values()} == {
        one["n_rows"] for one in counts.values()
    }


def test_the_card_can_be_read_by_the_report(store: Store, trained: Trained) -> None:
    card = read_card(store.model_card(trained.record.name))
    assert card is not None
    assert card.version == "1"
    assert card.n_positive == training_rows(N_ROWS)["logistics"].sum()
    assert card.summary.startswith("Trained on 1 days")
    assert len(card.figures) == 2
    assert card.importances
    assert card.limits


def test_training_on_the_same_again_changes_nothing(
    store: Store, trained: Trained
) -> None:
    again = train(store, training_rows(N_ROWS), n_folds=2)
    assert again.was_registered
    assert again.record == trained.record
    assert registry.versions(store) == [1]


def test_nothing_is_written_outside_the_data_directory(
    store: Store, trained: Trained
) -> None:
    assert not Path("mlruns").exists()
    assert not Path("mlflow.db").exists()
    aliases = json.loads((store.models / "aliases.json").read_text())
    assert aliases == {"champion": 1}


def test_one_class_alone_cannot_be_learnt(tmp_path: Path) -> None:
    rows = training_rows(N_ROWS)
    with pytest.raises(NoDataError, match="too few independent labelled flights"):
        train(Store(tmp_path), rows[~rows["logistics"].astype(bool)])


def test_a_second_model_is_champion_only_if_it_is_better(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = train(store, training_rows(N_ROWS), n_folds=2)
    assert first.decision.why == "there was no champion"
    second = train(store, training_rows(N_ROWS), n_folds=2, seed=2)
    assert second.record.version == 2
    assert not second.decision.promoted
    assert registry.aliases(store)["champion"] == 1
    promotion.promote(store, second.record)
    for connection in database(store):
        aliases = dict(
            connection.execute("select alias, version from registered_model_aliases")
        )
        assert aliases == {"champion": 2, "previous": 1}
        # The list of runs shows it as well, and of one run only.
        marked = connection.execute(
            "select name, value from tags join runs using (run_uuid) where key='alias'"
        )
        assert dict(marked) == {
            second.record.name: "champion",
            first.record.name: "previous",
        }


def test_what_verdicts_change_is_measured(tmp_path: Path) -> None:
    rows = training_rows(N_ROWS)
    judged = rows.index[rows["label_source"] == "simulated"][:60]
    rows.loc[judged, "label_source"] = "verdict"
    store = Store(tmp_path)
    trained = train(store, rows, n_folds=2)
    assert "documented_without_verdicts" in trained.results
    table = keepsake.kept(store, trained.record)
    assert set(table["scores"]) == set(keepsake.NAMES)
    assert keepsake.figures(store, trained.record) == trained.results


def test_what_is_measured_later_joins_the_run(store: Store, trained: Trained) -> None:
    done = Evaluation(
        record=trained.record,
        results={"documented": {"recall_at_25": Figure(0.5, 0.2, 0.8, 10)}},
        baselines={},
        dates=[dt.date(2019, 3, 23)],
        n_flights=60,
        n_crossfit=1,
    )
    publication.publish(store, trained.record, done)
    (kept,) = store.mlflow.glob("artifacts/**/protocol.json")
    assert json.loads(kept.read_text())["n_background_flights"] == 60
