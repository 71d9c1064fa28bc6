from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
import skops.io
from model_builders import answers, fitted, prepared, training_rows
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

import models
from anomaly.errors import BadInputError
from models import crossfit, pipeline, saving
from models.panel import Panel
from models.twofold import Twofold


def test_a_model_scores_the_same_after_a_round_trip() -> None:
    again = saving.loads(saving.dumps(fitted()))
    np.testing.assert_array_equal(
        answers(again, prepared().X).score,
        answers(fitted(), prepared().X).score,
    )


def test_either_question_gets_its_own_classifiers_back_in_order() -> None:
    again = saving.loads(saving.dumps(fitted()))
    for told, given in (
        (again.ordinary, fitted().ordinary),
        (again.look_alikes, fitted().look_alikes),
    ):
        for mine, theirs in told.with_each(given).members:
            np.testing.assert_array_equal(
                mine.predict_proba(prepared().X), theirs.predict_proba(prepared().X)
            )


def test_what_was_saved_is_saved_again_in_the_same_bytes() -> None:
    data = saving.dumps(fitted())
    assert saving.dumps(saving.loads(data)) == data


def test_a_model_that_was_handed_on_gives_the_same_bytes() -> None:
    brought = pickle.loads(pickle.dumps(fitted()))  # noqa: S301 - our own bytes
    assert saving.dumps(brought) == saving.dumps(fitted())


def test_equal_arrays_are_kept_once() -> None:
    with zipfile.ZipFile(io.BytesIO(saving.dumps(fitted()))) as archive:
        arrays = [
            archive.read(name) for name in archive.namelist() if name.endswith(".npy")
        ]
    axes = [data for data in arrays if np.load(io.BytesIO(data)).ndim]
    assert len(set(axes)) == len(axes)


def test_the_same_rows_and_seed_give_the_same_bytes() -> None:
    assert saving.dumps(crossfit.fit_all(prepared())) == saving.dumps(fitted())


def test_a_model_holds_nothing_of_ours() -> None:
    types = saving.types_in(saving.dumps(fitted()))
    ours = (models.__name__, "anomaly", "features")
    assert not [name for name in types if name.split(".")[0] in ours]
    assert types <= saving.TRUSTED_TYPES


def test_an_encoder_for_categories_is_trusted_too() -> None:
    rows = training_rows(200)
    kind = np.where(rows["stopover_n_military"] > 0.5, "a", "b")
    X = rows[["route_direct_nm"]].assign(kind=kind)
    y = rows["logistics"].to_numpy(bool)
    halves = np.arange(len(X)) % 2
    model = pipeline.fit_calibrated(
        pipeline.make_classifier(["kind"], random_state=0),
        X,
        y,
        [(np.flatnonzero(halves == k), np.flatnonzero(halves != k)) for k in (0, 1)],
    )
    both = Twofold(Panel((model,)), Panel((model,)))
    again = saving.loads(saving.dumps(both))
    np.testing.assert_array_equal(answers(again, X).score, answers(both, X).score)


def test_a_file_with_a_foreign_type_is_refused_by_name() -> None:
    foreign = skops.io.dumps(CalibratedClassifierCV(LogisticRegression()))
    with pytest.raises(BadInputError, match="LogisticRegression") as error:
        saving.loads(foreign)
    assert "anomaly train" in error.value.hint


def test_a_file_of_trusted_types_that_is_no_classifier_is_refused() -> None:
    one = fitted().ordinary.members[0]
    for other in ({"a": "b"}, [], ["a", "b"], [one], [one, "b"]):
        with pytest.raises(BadInputError, match="classifiers for two questions"):
            saving.loads(skops.io.dumps(other))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut in the middle", b"\x80\x04N."])
def test_what_is_no_model_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadInputError, match="not a model file"):
        saving.loads(data)


def test_an_archive_without_a_schema_is_refused() -> None:
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w"):
        pass
    with pytest.raises(BadInputError, match="not a model file"):
        saving.loads(empty.getvalue())
