from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from model_builders import training_rows
from sklearn.metrics import roc_auc_score

from anomaly.errors import NoDataError
from models import dataset, unlabelled

HIDDEN_POSITIVES = 0.5


@cache
def rows() -> pd.DataFrame:
    """Return rows of which half the positives, and all the negatives, lost a label."""
    table = training_rows(500)
    kept = dataset.labels_of(table) & (
        np.random.default_rng(5).random(len(table)) > HIDDEN_POSITIVES
    )
    untold = {"logistics": None, "weight": np.nan, "label_source": None}
    stripped = table.assign(
        **{name: table[name].where(kept, value) for name, value in untold.items()}
    )
    return dataset.settled([stripped])


@cache
def g() -> np.ndarray:
    return unlabelled.against_unlabelled(rows())


def truth() -> np.ndarray:
    table = training_rows(500).set_index("flight_id")
    return dataset.labels_of(table.loc[rows()["flight_id"]])


def test_unlabelled_positives_are_told_from_unlabelled_negatives() -> None:
    found = unlabelled.chances(rows(), g())
    untold = ~dataset.is_labelled(rows())
    assert np.isnan(found.chance[~untold]).all()
    assert roc_auc_score(truth()[untold], found.chance[untold]) > 0.8


def test_an_assumed_prior_is_what_the_chances_add_up_to() -> None:
    for prior in (0.02, 0.1, 0.2):
        found = unlabelled.chances(rows(), g(), prior=prior)
        assert found.prior == pytest.approx(prior, rel=0.01)
        told = found.chance[~np.isnan(found.chance)]
        assert ((told >= 0) & (told <= 1)).all()


def test_more_positives_assumed_means_fewer_of_them_labelled() -> None:
    few, many = (unlabelled.chances(rows(), g(), prior=p) for p in (0.02, 0.2))
    assert many.labelled_share < few.labelled_share
    known = ~np.isnan(few.chance)
    # Nobody's chance falls when more positives are assumed.
    assert (many.chance[known] >= few.chance[known] - 1e-9).all()


def test_a_settled_table_has_a_label_everywhere_and_keeps_those_it_had() -> None:
    found = unlabelled.chances(rows(), g(), prior=0.1)
    before, after = rows(), unlabelled.settled(rows(), found)
    assert dataset.is_labelled(after).all()
    told = dataset.is_labelled(before)
    columns = ["logistics", "weight", "label_source"]
    pd.testing.assert_frame_equal(after.loc[told, columns], before.loc[told, columns])
    assert set(after.loc[~told, "label_source"]) == {unlabelled.SOURCE}
    dealt = after.loc[~told, "logistics"].astype(bool)
    assert 0.06 < dealt.mean() < 0.14
    pd.testing.assert_frame_equal(after, unlabelled.settled(rows(), found))
    dataset.to_arrow(after)


def test_sensitivity_tells_what_each_prior_does() -> None:
    told = unlabelled.sensitivity(rows(), g(), priors=(0.2,))
    n = (~dataset.is_labelled(rows())).sum()
    assert told[1].prior == pytest.approx(0.2, rel=0.01)
    assert told[1].expected == pytest.approx(0.2 * n, rel=0.01)
    assert all(0 <= row.recall_at_percent <= 1 for row in told)


def test_a_table_without_unlabelled_rows_says_so() -> None:
    with pytest.raises(NoDataError, match="every flight is labelled"):
        unlabelled.against_unlabelled(training_rows(200))
