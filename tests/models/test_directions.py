from __future__ import annotations

from model_builders import training_rows

from models import crossfit, dataset, directions


def test_every_direction_is_of_a_feature_that_is_learnt() -> None:
    learnt = set(dataset.feature_names())
    assert learnt >= directions.ONLY_FOR | directions.ONLY_AGAINST
    assert not directions.ONLY_FOR & directions.ONLY_AGAINST


def test_columns_keep_their_order() -> None:
    columns = ["route_n_crisis_fields", "route_direct_nm", "stopover_n_military"]
    assert list(directions.among(columns).items()) == [
        ("route_n_crisis_fields", -1),
        ("stopover_n_military", 1),
    ]


def test_what_may_only_speak_for_is_not_learnt_the_other_way_round() -> None:
    rows = training_rows()
    # In the builder's rows it speaks for; turned round, chance has it speak against.
    turned = rows.assign(stopover_n_military=1.0 - rows["stopover_n_military"])
    for table, is_told in ((rows, True), (turned, False)):
        prepared = crossfit.prepare(table, seed=0, n_folds=2)
        (model, _) = crossfit.fit_folds(prepared)
        (one,) = model.ordinary.members
        fewer, more = (
            one.decision_function(prepared.X.assign(stopover_n_military=value))
            for value in (0.0, 1.0)
        )
        assert (more >= fewer).all()
        assert (more > fewer).any() == is_told
