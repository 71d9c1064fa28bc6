from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_builders import registered, training_rows

from anomaly.errors import NoDataError
from anomaly.store import Store
from models import keepsake, paired, promotion, registry, saving
from models.registry import Record


def kept(
    shift: float, *, n: int = 120, on: str = "documented", scores: str = "model"
) -> pa.Table:
    """Return scores that tell logistics apart the better the larger the shift."""
    noise = np.random.default_rng(1).normal(size=n)
    y = np.arange(n) % 2 == 0
    score = 1 / (1 + np.exp(-(noise + shift * y)))
    return pa.table(
        {
            "scores": [scores] * n,
            "measured_on": [on] * n,
            "alert": [f"case {k:03}" for k in range(n)],
            "logistics": y,
            "look_alike": ~y,
            "joined": np.arange(n) // 2,
            "score": score,
            "within_25": score > 0.9,
        },
        schema=keepsake.SCHEMA,
    )


def add(store: Store, version: int, table: pa.Table, **over: object) -> Record:
    model = registered(version=version, **over)
    data = saving.dumps(model.classifier)
    registry.save(store, model.record, data, training_rows(20, 8), "{}\n")
    keepsake.keep(store, model.record, table, {})
    return model.record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store whose champion is a model of middling figures."""
    store = Store(tmp_path)
    promotion.consider(store, add(store, 1, kept(1.0)))
    return store


def test_the_first_model_is_the_champion(store: Store) -> None:
    assert registry.aliases(store) == {"champion": 1}


def test_a_clearly_better_model_takes_its_place(store: Store) -> None:
    decision = promotion.consider(store, add(store, 2, kept(3.0)))
    assert decision.promoted
    assert "differs from flight-anomaly 1's by +" in decision.why
    assert registry.aliases(store) == {"champion": 2, "previous": 1}


@pytest.mark.parametrize("shift", [1.0, 0.6])
def test_an_equal_or_worse_model_does_not(store: Store, shift: float) -> None:
    decision = promotion.consider(store, add(store, 2, kept(shift)))
    assert not decision.promoted
    assert registry.aliases(store) == {"champion": 1}


def test_better_in_one_and_worse_in_another_is_not_better(store: Store) -> None:
    columns = kept(3.0).to_pandas()
    columns["within_25"] = False
    table = pa.Table.from_pandas(columns, schema=keepsake.SCHEMA)
    decision = promotion.consider(store, add(store, 2, table))
    assert not decision.promoted
    assert "but worse in documented: recall_at_25" in decision.why


def test_a_champion_of_other_features_gives_way(store: Store) -> None:
    record = registry.record_of(store)
    other = replace(record, version=3, feature_set_id="another")
    registry.save(store, other, b"", training_rows(20, 8), "{}\n")
    registry.set_alias(store, registry.CHAMPION, 3)
    decision = promotion.consider(store, record)
    assert decision.promoted
    assert "features that are computed no longer" in decision.why


def test_nothing_in_common_leaves_the_present_one(store: Store) -> None:
    decision = promotion.consider(store, add(store, 2, kept(3.0, on="simulated")))
    assert not decision.promoted
    assert "nothing was measured of both" in decision.why


def test_rolling_back_twice_changes_nothing(store: Store) -> None:
    promotion.consider(store, add(store, 2, kept(3.0)))
    assert promotion.roll_back(store).version == 1
    assert registry.aliases(store) == {"champion": 1, "previous": 2}
    assert promotion.roll_back(store).version == 2


def test_without_a_model_before_there_is_nothing_to_go_back_to(store: Store) -> None:
    with pytest.raises(NoDataError, match="no model was champion before"):
        promotion.roll_back(store)


# Each example draws its intervals a thousand times.
@settings(max_examples=15)
@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_differences_turn_about_with_the_models(one: float, other: float) -> None:
    first, second = kept(one).to_pandas(), kept(other).to_pandas()
    there = paired.compare(first, second).figures["documented"]
    back = paired.compare(second, first).figures["documented"]
    for name, figure in there.items():
        assert figure.value == pytest.approx(-(back[name].value or 0.0))
        assert figure.low == pytest.approx(-(back[name].high or 0.0))


def test_only_what_both_hold_with_one_label_is_compared() -> None:
    new = kept(1.0).to_pandas()
    old = new.iloc[10:].copy()
    old.loc[old.index[:3], "logistics"] = ~old["logistics"].iloc[:3].to_numpy()
    told = paired.compare(new, old)
    assert told.figures["documented"]["average_precision"].n == len(new) - 10 - 3
    assert told.left_out == {"measured of one model only": 10, "labelled otherwise": 3}


def test_a_model_without_verdicts_has_no_worth_of_them() -> None:
    assert paired.worth_of_verdicts(kept(1.0).to_pandas()).figures == {}


def test_the_worth_of_verdicts_is_measured_on_documented_cases() -> None:
    both: pd.DataFrame = pa.concat_tables(
        [kept(3.0), kept(1.0, scores=keepsake.WITHOUT_VERDICTS)]
    ).to_pandas()
    told = paired.worth_of_verdicts(both)
    assert told.better() == [
        f"documented: {name}"
        for name in ("auc_vs_look_alikes", "average_precision", "recall_at_25")
    ]
    assert told.worse() == ["documented: look_alikes_at_25"] or not told.worse()
