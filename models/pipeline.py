"""The classifiers: plain scikit-learn, gradient boosting under sigmoid calibration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
import sklearn
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from models import directions
from models.groups import Split
from models.panel import Panel

BOOST = "boost"
# Goes up when masking, folds, the review order, thresholds, or how near cases are to
# each other change: the same rows make another model.
PREPARATION = 19
ENCODE = "encode"
COARSE = (
    *("route_direct_nm", "route_abroad", "route_night_arrival"),
    *("route_origin_military", "route_destination_military", "route_unscheduled_ends"),
    *("stopover_n", "stopover_journey_nm", "stopover_journey_military_share"),
    *("stopover_journey_unscheduled_share", "stopover_journey_n_states"),
    *("region_origin_latitude_deg", "region_origin_longitude_deg"),
    *("region_destination_latitude_deg", "region_destination_longitude_deg"),
    *("aircraft_type_payload_t", "aircraft_type_rear_ramp", "operator_is_military"),
    *("operator_is_state_linked_cargo", "operator_is_humanitarian"),
)
"""Twenty columns that a person could fill in by hand from a report of a flight."""
DEPLOYED = (
    *("route_peace_force", "route_force_abroad", "route_force_base"),
    *("route_arms_client", "route_force_own", "route_force_outward"),
    *("route_force_newness", "route_force_narrowness"),
)
"""Whether states of the journey had forces in each other."""
SECOND = (*COARSE, *DEPLOYED)
"""What the second classifier on look-alikes is shown."""


def make_classifier(
    categorical: Sequence[str] = (),
    *,
    directed: Mapping[str, int] | None = None,
    random_state: int | None = None,
) -> Pipeline:
    """Return an unfitted classifier for a feature table.

    Parameters
    ----------
    categorical : sequence of str
        Columns to encode; every other column passes through, ``NaN`` included.
    directed : mapping of str to int, optional
        Columns of which more never lowers the score (1), or never raises it (-1); see
        `directions`.
    random_state : int or None, default=None
        Seed; pass an int for a repeatable model.

    Returns
    -------
    Pipeline
        Its ``predict_proba(X)[:, 1]`` is the likelihood score, from 0 to 1.
    """
    boost = _boost(
        # Broad leaves: a leaf that holds a single investigation is a list of names by
        # another way.
        min_samples_leaf=60,
        monotonic_cst=dict(directed) if directed else None,
        random_state=random_state,
    )
    if not categorical:
        return Pipeline([(BOOST, boost)])
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
    )
    encoder = ColumnTransformer(
        [("categories", codes, list(categorical))],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    # Named, as the columns that may only speak for are.
    encoder.set_output(transform="pandas")
    return Pipeline([(ENCODE, encoder), (BOOST, boost)])


def make_coarse(columns: Sequence[str], *, random_state: int | None = None) -> Pipeline:
    """Return an unfitted classifier of few columns of a feature table.

    Parameters
    ----------
    columns : sequence of str
        Columns of numbers to learn from; it is shown all, and drops every other.
    random_state : int or None, default=None
        Seed; pass an int for a repeatable model.
    """
    chosen = ColumnTransformer(
        [("coarse", "passthrough", list(columns))],
        remainder="drop",
        verbose_feature_names_out=False,
    )
    # Named, as the columns that may only speak for or against are.
    chosen.set_output(transform="pandas")
    boost = _boost(
        min_samples_leaf=80,
        monotonic_cst=directions.among(columns) or None,
        random_state=random_state,
    )
    return Pipeline([(ENCODE, chosen), (BOOST, boost)])


def _boost(**settings: Any) -> HistGradientBoostingClassifier:
    """Return what both kinds of classifier are made of."""
    return HistGradientBoostingClassifier(
        max_iter=120,
        # What features tell of a flight they tell together (which type goes from where
        # to where), and trees must be large to ask for all of it.
        max_leaf_nodes=64,
        learning_rate=0.08,
        l2_regularization=2.0,
        max_features=0.3,
        # Coarse bins: documented flights are few, and know no finer steps.
        max_bins=64,
        early_stopping=False,
        **settings,
    )


def unfitted(
    columns: Sequence[str],
    categorical: Sequence[str] = (),
    *,
    random_state: int | None = None,
    also_coarse: bool = False,
) -> Panel[Pipeline]:
    """Return the unfitted classifiers that answer a question together.

    Parameters
    ----------
    columns
        Those of the table that all of them are shown.
    categorical
        Those of them that are categories.
    also_coarse
        Ask a second classifier, of what `columns` hold of the `SECOND` ones; where
        they hold none, there is but one.
    """
    told_all = make_classifier(
        categorical, directed=directions.among(columns), random_state=random_state
    )
    coarse = [name for name in SECOND if name in columns]
    if not (also_coarse and coarse):
        return Panel((told_all,))
    return Panel((told_all, make_coarse(coarse, random_state=random_state)))


def recipe() -> str:
    """Return the settings a model is made with, as one line of JSON."""
    settings = make_classifier().named_steps[BOOST].get_params()
    settings |= {"preparation": PREPARATION, "scikit-learn": sklearn.__version__}
    settings["monotonic_cst"] = sorted(directions.ONLY_FOR)
    settings["falling"] = sorted(directions.ONLY_AGAINST)
    second = make_coarse(SECOND).named_steps[BOOST].get_params()
    settings |= {f"coarse_{name}": value for name, value in second.items()}
    settings["coarse_monotonic_cst"] = sorted(directions.among(SECOND))
    settings["coarse_columns"] = list(SECOND)
    return json.dumps(settings, sort_keys=True, default=str)


def fit(classifier: Pipeline, X: pd.DataFrame, y: NDArray[np.bool_]) -> Pipeline:
    """Return `classifier` fitted.

    There is no weight: scikit-learn's binning by weighted quantiles takes ten times
    as long as all the trees.
    """
    with _one_thread():
        classifier.fit(_with_constants(X, [np.arange(len(X))]), y)
    return classifier


def fit_calibrated(
    classifier: Pipeline,
    X: pd.DataFrame,
    y: NDArray[np.bool_],
    splits: Sequence[Split],
) -> CalibratedClassifierCV:
    """Return `classifier` fitted on all rows, calibrated on scores of unseen groups."""
    calibrated = CalibratedClassifierCV(
        classifier, method="sigmoid", ensemble=False, cv=list(splits)
    )
    learnt_from = [train for train, _ in splits]
    with _one_thread():
        calibrated.fit(_with_constants(X, learnt_from), y)
    # The row numbers of the training table have no business in a saved model.
    calibrated.set_params(cv=len(splits))
    return calibrated


def _with_constants(X: pd.DataFrame, parts: Sequence[NDArray[np.intp]]) -> pd.DataFrame:
    """Return `X` with features constant that are unknown throughout any of the parts.

    A constant is never split on, so the model ignores them, whatever it is shown
    later; scikit-learn cannot bin a column without any value.
    """
    known = X.notna().to_numpy()
    empty = ~np.all([known[part].any(axis=0) for part in parts], axis=0)
    return X.assign(**dict.fromkeys(X.columns[empty], 0.0))


def inner_pipeline(calibrated: CalibratedClassifierCV) -> Pipeline:
    """Return the fitted pipeline below the calibration."""
    return cast(Pipeline, calibrated.calibrated_classifiers_[0].estimator)


def log_odds(fitted: Pipeline, X: pd.DataFrame) -> NDArray[np.float64]:
    """Return what a fitted pipeline answers on flights, on a scale of its own."""
    told: NDArray[np.float64] = fitted.named_steps[BOOST].decision_function(
        seen(fitted, X)
    )
    return told


def seen(fitted: Pipeline, X: pd.DataFrame) -> pd.DataFrame:
    """Return what the trees of a fitted pipeline are shown of flights.

    Columns are chosen here where nothing else is done to them: scikit-learn's own step
    sets the filters of warnings, which threads that score side by side share.
    """
    for _, step in fitted.steps[:-1]:
        only_chosen = all(how == "passthrough" for _, how, _ in step.transformers)
        X = X[step.get_feature_names_out()] if only_chosen else step.transform(X)
    return X


def calibrate(
    calibrated: CalibratedClassifierCV, answer: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log-odds after calibration of those of a pipeline before it."""
    sigmoid = calibrated.calibrated_classifiers_[0].calibrators[0]
    # Its likelihood is 1 / (1 + exp(a x + b)); log-odds do not run into 0 and 1.
    told: NDArray[np.float64] = -(sigmoid.a_ * answer + sigmoid.b_)
    return told


def _one_thread() -> threadpool_limits:
    """Keep sums in one order, so that every machine fits the same, calibration too.

    On few cores nothing is lost: threads would wait for each other at every split.
    """
    return threadpool_limits(1)
