"""Train a model from stored days and documented cases, and register it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

import features
from anomaly.engine import LOCAL, Engine, Task
from anomaly.progress import Progress, silent
from anomaly.store import Store
from models import (
    baselines,
    crossfit,
    dataset,
    explain,
    figures,
    freezing,
    keepsake,
    likeness,
    measure,
    opinion,
    pipeline,
    promotion,
    registry,
    saving,
    tracking,
)
from models.card import card, card_note
from models.crossfit import Prepared
from models.measure import Results
from models.opinion import Opinion
from models.panel import Model, Uncalibrated
from models.promotion import Decision
from models.registry import Record
from models.twofold import Scores

# Mean contributions settle within a few hundred rows; each costs a fraction of a ms.
N_IMPORTANCE_ROWS = 1_500


@dataclass(frozen=True, eq=False)
class Trained:
    """A registered model and how it did on what it had not learnt from."""

    record: Record
    results: Results
    was_registered: bool
    """The same rows and seed had made this model before."""
    decision: Decision
    """Whether it became champion, and why."""


@dataclass(frozen=True, eq=False)
class _Fitted:
    classifier: Model
    scores: Mapping[str, Scores]
    """Out of fold: of the model, of the model without identity, of the baselines."""
    orders: Mapping[str, Scores]
    """What the review list sorts by; a baseline's list by its score."""


def train(
    store: Store,
    rows: pd.DataFrame,
    *,
    experiment: str = tracking.DEFAULT_EXPERIMENT,
    seed: int = 0,
    n_folds: int = crossfit.N_FOLDS,
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> Trained:
    """Fit, measure and register a model of a training table (`dataset.schema`).

    It becomes the champion if it beats the present one (`promotion`).  The same rows
    and seed give the same model, and register nothing new.

    Raises
    ------
    NoDataError
        If there are too few independent labelled flights.
    """
    rows_digest = table_digest(dataset.to_arrow(rows))
    recipe = pipeline.recipe()
    if known := _registered(store, rows_digest, seed, recipe):
        return Trained(
            known,
            keepsake.figures(store, known),
            was_registered=True,
            decision=promotion.consider(store, known),
        )
    prepared = crossfit.prepare(rows, seed=seed, n_folds=n_folds)
    fitted = _fit(rows, prepared, engine, progress)
    days = freezing.days(rows)
    frozen = {
        hidden: freezing.freeze(rows[days], fitted.orders[name][days])
        for name, hidden in (("model", False), ("identity_hidden", True))
    }
    measured_on = (rows, fitted.scores, fitted.orders, prepared.joined, frozen)
    results = measure.out_of_fold(*measured_on)
    model = saving.dumps(fitted.classifier)
    record = Record(
        version=0,
        run_id="",
        trained_at=dt.datetime.now(dt.UTC),
        seed=seed,
        recipe=recipe,
        feature_set_id=features.feature_set_id(),
        family_digests=features.family_digests(),
        feature_names=dataset.feature_names(),
        # Cases are flown into the last day; where their journeys end is no day learnt.
        dates=sorted(set(rows.loc[rows["label_source"] != "casebook", "date"])),
        provenance=sorted(set(rows["provenance"])),
        case_groups=sorted(set(rows["case_group"].dropna())),
        thresholds=frozen[False],
        thresholds_hidden=frozen[True],
        n_background_flights=int(days.sum()),
        label_counts=_label_counts(rows),
        watch_list=_watch_list(rows),
        model_sha256=saving.digest(model),
        training_sha256=rows_digest,
    )
    progress("register", 0.0)
    record = _register(
        store, experiment, rows, prepared, fitted, results, record, model
    )
    progress("register", 1.0)
    keepsake.keep(store, record, keepsake.made(*measured_on), results)
    likeness.keep(store, record)
    decision = promotion.consider(store, record)
    return Trained(record, results, was_registered=False, decision=decision)


def table_digest(table: pa.Table) -> str:
    """Return the SHA-256 of a table's contents, whatever file it is kept in."""
    hasher = hashlib.sha256()
    for batch in table.combine_chunks().to_batches():
        hasher.update(batch.serialize())
    return hasher.hexdigest()


def _registered(
    store: Store, rows_digest: str, seed: int, recipe: str
) -> Record | None:
    """Return the version that the same training has made before, if any."""
    wanted = (rows_digest, seed, recipe, features.feature_set_id())
    for version in reversed(registry.versions(store)):
        record = registry.record_of(store, str(version))
        made = (
            record.training_sha256,
            record.seed,
            record.recipe,
            record.feature_set_id,
        )
        if made == wanted:
            return record
    return None


def _fit(
    rows: pd.DataFrame, prepared: Prepared, engine: Engine, progress: Progress
) -> _Fitted:
    """Fit on all rows and without each fold, and score every row by a stranger.

    If analysts judged some of the flights, also as if they had not.
    """
    judged = rows["label_source"].eq("verdict").to_numpy(bool)
    unjudged = crossfit.taught_by(prepared, ~judged)
    tasks = [
        Task("all", crossfit.fit_all, (prepared,)),
        Task("folds", crossfit.fit_folds, (prepared,)),
    ]
    if judged.any() and crossfit.can_be_fitted(unjudged):
        tasks.append(Task("unjudged", crossfit.fit_folds, (unjudged,)))
    progress("fit", 0.0)
    fitted = engine.run(tasks, lambda n, of: progress("fit", n / of))
    classifier: Model = fitted["all"]

    def opinion_of(models: Sequence[Uncalibrated]) -> Opinion:
        scorer = crossfit.out_of_fold(models, classifier, prepared.fold)
        return opinion.of(scorer, prepared.X)

    told = opinion_of(fitted["folds"])
    opinions = {
        "model": told,
        "identity_hidden": told.hidden(),
    }
    if "unjudged" in fitted:
        opinions[keepsake.WITHOUT_VERDICTS] = opinion_of(fitted["unjudged"])
    orders = {
        name: measure.review_order(rows, told, hide_identity=name == "identity_hidden")
        for name, told in opinions.items()
    }
    scores = {name: told.score for name, told in opinions.items()} | {
        name: baseline(prepared.X) for name, baseline in baselines.BASELINES.items()
    }
    return _Fitted(classifier, scores, orders)


def _register(
    store: Store,
    experiment: str,
    rows: pd.DataFrame,
    prepared: Prepared,
    fitted: _Fitted,
    results: Results,
    record: Record,
    model: bytes,
) -> Record:
    """Log the run, and keep the files that scoring, evaluation and pages read."""
    pictures = figures.of_training(rows, fitted.scores, prepared.joined)
    importance = _importances(fitted.classifier, prepared)
    logged = tracking.log(
        store,
        experiment,
        tracking.RunLog(
            params=_params(record, prepared),
            metrics=measure.flat(results)
            | {f"importance/{name}": value for name, value in importance.items()},
            tags={
                "feature_set_id": record.feature_set_id,
                "training_sha256": record.training_sha256,
                "model_sha256": record.model_sha256,
                "provenance": ", ".join(record.provenance),
            },
            figures={name: data for name, (_, _, data) in pictures.items()},
            learnt=_learnt(rows),
        ),
        fitted.classifier,
        prepared.X[prepared.is_labelled].head(5),
    )
    record = replace(record, version=logged.version, run_id=logged.run_id)
    text = card(record, results, importance, pictures)
    registry.save(store, record, model, rows, text)
    note = card_note(record, results)
    tracking.attach(store, logged, registry.notes(store, record), note)
    return record


def _learnt(rows: pd.DataFrame) -> list[tracking.Learnt]:
    """Return the flights learnt from as sets, by who labelled them."""
    known = rows[dataset.is_labelled(rows)]
    sets = []
    for label_source, of_source in known.groupby("label_source"):
        source = str(label_source)
        first, last = min(of_source["date"]), max(of_source["date"])
        sets.append(
            tracking.Learnt(
                name=f"{source} {first} to {last}" if source != "casebook" else source,
                kind=source,
                digest=table_digest(dataset.to_arrow(of_source)),
                n_rows=len(of_source),
                n_positive=int(dataset.labels_of(of_source).sum()),
                dates=f"{first} to {last}",
            )
        )
    return sets


def _importances(classifier: Model, prepared: Prepared) -> dict[str, float]:
    """Return mean contributions over a sample with as many positives as will go in."""
    random = np.random.default_rng(prepared.seed)
    picked = []
    for value in (True, False):
        of_class = np.flatnonzero(prepared.is_labelled & (prepared.y == value))
        n = min(len(of_class), N_IMPORTANCE_ROWS // 2)
        picked.append(random.choice(of_class, size=n, replace=False))
    return explain.importances(classifier, prepared.X.iloc[np.concatenate(picked)])


def _params(record: Record, prepared: Prepared) -> dict[str, object]:
    return {
        **json.loads(record.recipe),
        "seed": record.seed,
        "n_folds": prepared.n_folds,
        "n_rows": int(prepared.is_labelled.sum()),
        "n_positive": int(prepared.y.sum()),
        "n_groups": len(np.unique(prepared.joined)),
        "n_background_flights": record.n_background_flights,
        "n_case_groups": len(record.case_groups),
        "first_date": min(record.dates),
        "last_date": max(record.dates),
        "thresholds": json.dumps(record.thresholds),
        "thresholds_hidden": json.dumps(record.thresholds_hidden),
    }


def _label_counts(rows: pd.DataFrame) -> dict[str, dict[str, int]]:
    known = rows[dataset.is_labelled(rows)]
    return {
        str(source): {
            "n_rows": len(of_source),
            "n_positive": int(dataset.labels_of(of_source).sum()),
        }
        for source, of_source in known.groupby("label_source")
    }


def _watch_list(rows: pd.DataFrame) -> list[str]:
    documented = (rows["label_source"] == "casebook") & dataset.labels_of(rows)
    return sorted(set(rows.loc[documented, "airframe_group"]))
