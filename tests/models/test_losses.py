from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from feature_builders import flight, tables
from model_builders import training_rows

import features
from models import crossfit, dataset, losses
from models.masking import lose_at_random


def test_what_a_glimpse_lacks_is_unknown_of_a_flight_between_no_fields() -> None:
    glimpse = features.build(tables(flight("154073-a", None, None))).iloc[0]
    assert glimpse[list(losses.together()[1])].isna().all()


def test_without_a_past_nothing_is_rare() -> None:
    first = features.build(tables(flight("154073-a"))).iloc[0]
    assert first[list(losses.past())].isna().all()
    # The flight itself is seen as well as any: its ends are known.
    assert pd.notna(first["route_destination_military"])


def test_all_that_can_be_lost_is_learnt() -> None:
    assert set(dataset.feature_names()) >= set(losses.together()[1])


def test_each_loss_is_whole_and_in_a_share_of_rows() -> None:
    X = pd.DataFrame(np.ones((10_000, 3)), columns=["bits", "ends", "other"])
    lost = lose_at_random(X, [["bits"], ["bits", "ends"]], seed=0, share=0.2)
    assert lost["ends"].isna().mean() == pytest.approx(0.2, abs=0.02)
    assert lost["bits"].isna().mean() == pytest.approx(0.36, abs=0.02)
    assert lost.loc[lost["ends"].isna(), "bits"].isna().all()
    assert lost["other"].notna().all()


def test_which_values_are_unknown_tells_nothing_of_what_is_learnt_from() -> None:
    rows = training_rows(600)
    # Logistics is lost before it lands four times as often.
    random = np.random.default_rng(0)
    share = np.where(rows["logistics"].eq(True), 0.8, 0.2)
    dark = random.random(len(rows)) < share
    names = ["route_destination_military", "route_country_pair_bits"]
    rows.loc[dark, names] = np.nan
    lesson = crossfit.taught(crossfit.prepare(rows, seed=0, n_folds=2))
    for name in names:
        unknown = lesson.X[name].isna()
        assert unknown[lesson.y].mean() == pytest.approx(
            unknown[~lesson.y].mean(), abs=0.06
        )
