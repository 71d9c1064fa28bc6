from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from model_builders import registered, training_rows

from anomaly.errors import BadInputError, NoDataError
from anomaly.store import Store
from models import registry, saving
from models.registry import Registered


@pytest.fixture(scope="module")
def model() -> Registered:
    return registered()


@pytest.fixture
def store(tmp_path: Path, model: Registered) -> Store:
    store = Store(tmp_path)
    registry.save(
        store, model.record, saving.dumps(model.classifier), training_rows(), "{}\n"
    )
    registry.set_alias(store, registry.CHAMPION, 1)
    return store


@pytest.mark.parametrize(
    "ref", ["champion", "1", "flight-anomaly 1", "flight-anomaly:1"]
)
def test_a_model_is_found_by_alias_version_or_name(
    store: Store, model: Registered, ref: str
) -> None:
    assert registry.load(store, ref).record == model.record


def test_the_training_table_is_kept_as_it_was(store: Store, model: Registered) -> None:
    kept = registry.training_rows(store, model.record)
    assert kept.equals(training_rows())


def test_without_a_model_the_hint_is_to_train(tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match="no model 'champion'") as error:
        registry.load(Store(tmp_path))
    assert "anomaly train" in error.value.hint
    assert "--model DIRECTORY" in error.value.hint


def test_an_unknown_name_is_answered_with_those_there_are(store: Store) -> None:
    with pytest.raises(NoDataError, match="no model 'challenger'") as error:
        registry.load(store, "challenger")
    assert "champion, 1" in error.value.hint


def test_a_model_of_other_features_is_refused_naming_the_family(
    model: Registered,
) -> None:
    digests = model.record.family_digests | {"stopover": "of an earlier version"}
    old = replace(model.record, feature_set_id="another", family_digests=digests)
    with pytest.raises(BadInputError, match=r"changed since: stopover$"):
        registry.check_features(old)


def test_a_model_whose_thresholds_are_of_another_order_is_refused(
    model: Registered,
) -> None:
    recipe = json.loads(model.record.recipe)
    recipe["preparation"] -= 1
    old = replace(model.record, recipe=json.dumps(recipe))
    with pytest.raises(BadInputError, match="another review order"):
        registry.check_features(old)


def test_a_family_that_is_gone_is_named_too(model: Registered) -> None:
    digests = model.record.family_digests | {"weather": "of a plug-in"}
    old = replace(model.record, feature_set_id="another", family_digests=digests)
    with pytest.raises(BadInputError, match="weather"):
        registry.check_features(old)


def test_a_model_file_that_was_changed_is_refused(store: Store) -> None:
    path = store.model("flight-anomaly 1") / "model.skops"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadInputError, match="not the one that was registered"):
        registry.load(store)


def test_a_damaged_record_is_one_readable_line(store: Store) -> None:
    (store.model("flight-anomaly 1") / "record.json").write_text('{"version": "x"}')
    with pytest.raises(BadInputError, match="cannot read"):
        registry.load(store)


def test_an_alias_moves_and_the_others_stay(store: Store) -> None:
    registry.set_alias(store, "previous", 1)
    registry.set_alias(store, registry.CHAMPION, 2)
    assert registry.aliases(store) == {"champion": 2, "previous": 1}
    assert registry.versions(store) == [1]
