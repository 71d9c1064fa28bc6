"""Runs and registered models in MLflow: a local SQLite file, no server, no network."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pandas as pd
from sklearn.calibration import CalibratedClassifierCV

from anomaly.errors import AnomalyError, NoDataError
from anomaly.store import Store
from models import saving
from models.panel import Model
from models.registry import NAME

DEFAULT_EXPERIMENT = "flight-anomaly"
HEADLINE = "documented/average_precision"
"""The figure that runs are listed by."""
_MODEL_FOLDER = "model"
_LOOK_ALIKES_FOLDER = "model_against_look_alikes"
_NOTE, _KIND = "mlflow.note.content", "mlflow.experimentKind"
_ALIAS = "alias"
_ABOUT_EXPERIMENT = (
    "Models of `anomaly train`. A run's name is its model's; its description tells how "
    "it did, *Datasets used* what it learnt from, *Artifacts* has figures and model."
)
# The longest that MLflow takes.
_DIGEST_LENGTH = 36
# Nothing about what is trained here leaves the machine.
_SILENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


@dataclass(frozen=True)
class Learnt:
    """A set of flights that a run learnt from."""

    name: str
    kind: str
    """Who labelled them: the casebook, a simulation, analysts …"""
    digest: str
    n_rows: int
    n_positive: int
    dates: str


@dataclass(frozen=True)
class RunLog:
    """What a training run leaves behind."""

    params: Mapping[str, object]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    figures: Mapping[str, bytes] = field(default_factory=dict)
    learnt: Sequence[Learnt] = ()


@dataclass(frozen=True)
class Logged:
    """Where a run and its model are to be found."""

    run_id: str
    version: int


def log(
    store: Store,
    experiment: str,
    run: RunLog,
    classifier: Model,
    example: pd.DataFrame,
) -> Logged:
    """Record a training run, and register its model as a new version.

    The version is the classifier against ordinary traffic; those against look-alikes
    are kept beside it, for MLflow's models are of one estimator.
    """
    mlflow = _mlflow()
    store.mlflow.mkdir(parents=True, exist_ok=True)
    client = _client(mlflow, store)
    run_id = _start(mlflow, client, store, experiment, run)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, data in run.figures.items():
            (folder / name).write_bytes(data)
        client.log_artifacts(run_id, scratch)
    for name, one in _folders(classifier):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / name
            _save_model(mlflow, folder, one, example)
            # The same model, in bytes that depend on nothing but the model.
            (folder / "model.skops").write_bytes(saving.as_file(one))
            client.log_artifacts(run_id, str(folder), name)
    registered = _register(mlflow, client, run_id)
    client.set_terminated(run_id)
    return Logged(run_id, registered)


def _folders(model: Model) -> Iterator[tuple[str, CalibratedClassifierCV]]:
    """Yield each classifier with the name of its folder; all but the first count."""
    for name, each in (
        (_MODEL_FOLDER, model.ordinary),
        (_LOOK_ALIKES_FOLDER, model.look_alikes),
    ):
        for number, one in enumerate(each.members, start=1):
            yield (name if number == 1 else f"{name}_{number}"), one


def attach(store: Store, logged: Logged, files: Iterable[Path], note: str) -> None:
    """Add what names the version that a run was given: its name, a note, files."""
    client = _client(_mlflow(), store)
    for path in files:
        client.log_artifact(logged.run_id, str(path))
    client.update_run(logged.run_id, name=f"{NAME} {logged.version}")
    client.set_tag(logged.run_id, _NOTE, note)
    client.update_model_version(NAME, str(logged.version), description=note)


def add(
    store: Store, run_id: str, metrics: Mapping[str, float], files: Iterable[Path]
) -> None:
    """Add what was measured later to a run, if MLflow knows it here."""
    if not (store.mlflow / "mlflow.db").exists():
        return
    mlflow = _mlflow()
    client = _client(mlflow, store)
    try:
        client.get_run(run_id)
    except mlflow.exceptions.MlflowException:
        return
    now_ms = mlflow.utils.time.get_current_time_millis()
    entities = [
        mlflow.entities.Metric(name, value, now_ms, 0)
        for name, value in metrics.items()
    ]
    # The most that MLflow takes at once.
    for first in range(0, len(entities), 1000):
        client.log_batch(run_id, metrics=entities[first : first + 1000])
    for path in files:
        client.log_artifact(run_id, str(path))


def set_alias(store: Store, alias: str, version: int) -> None:
    """Make `alias` mean `version` in MLflow too, if it knows that version.

    The version's run carries the alias as a tag, which the list of runs shows.  A
    model that was copied from another data directory has no run here.
    """
    if not (store.mlflow / "mlflow.db").exists():
        return
    mlflow = _mlflow()
    client = _client(mlflow, store)
    try:
        run_id = client.get_model_version(NAME, str(version)).run_id
    except mlflow.exceptions.MlflowException:
        return
    client.set_registered_model_alias(NAME, alias, str(version))
    for other in client.search_model_versions(f"name = '{NAME}'"):
        tags = client.get_run(other.run_id).data.tags
        if tags.get(_ALIAS) == alias and other.run_id != run_id:
            client.delete_tag(other.run_id, _ALIAS)
    client.set_tag(run_id, _ALIAS, alias)


def browse(store: Store, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve MLflow's own pages over the runs, on this machine, until interrupted.

    Parameters
    ----------
    on_ready
        Called with the address of the list of runs, the best first; it can be opened
        some seconds later.

    Raises
    ------
    NoDataError
        If there are no runs.
    AnomalyError
        If something else has the port.
    """
    if not (store.mlflow / "mlflow.db").exists():
        raise NoDataError(
            f"no training runs in {store.root}", hint="Run `anomaly train` first."
        )
    uri = _uri(store)
    on_ready(_runs_address(store, port))
    # In a process of its own, with its own idea of where it is and what it logs.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mlflow", "ui", "--host", "127.0.0.1"),
            *("--port", str(port), "--backend-store-uri", uri),
            *("--registry-store-uri", uri, "--workers", "1"),
        ],
        # Looking at runs takes none of the services that run jobs.
        env=os.environ | _SILENT | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        check=False,
    )
    if done.returncode > 0:
        raise AnomalyError(
            f"MLflow's pages could not be served on port {port}",
            hint="Another program may have the port; pass another --port.",
        )


def _runs_address(store: Store, port: int) -> str:
    """Return where the newest experiment's runs are listed, the best first."""
    client = _client(_mlflow(), store)
    found = client.search_experiments(order_by=["last_update_time DESC"])
    of_ours = [one for one in found if client.search_runs([one.experiment_id], "")]
    number = of_ours[0].experiment_id if of_ours else "0"
    order = quote(f"metrics.`{HEADLINE}`", safe="")
    return (
        f"http://127.0.0.1:{port}/#/experiments/{number}/runs"
        f"?orderByKey={order}&orderByAsc=false"
    )


def _start(
    mlflow: ModuleType, client: Any, store: Store, experiment: str, run: RunLog
) -> str:
    known = client.get_experiment_by_name(experiment)
    experiment_id = (
        known.experiment_id
        if known
        else client.create_experiment(
            experiment,
            artifact_location=(store.mlflow / "artifacts").resolve().as_uri(),
            tags={_NOTE: _ABOUT_EXPERIMENT, _KIND: "custom_model_development"},
        )
    )
    run_id: str = client.create_run(experiment_id, tags=dict(run.tags)).info.run_id
    entities = mlflow.entities
    now_ms = mlflow.utils.time.get_current_time_millis()
    client.log_batch(
        run_id,
        metrics=[
            entities.Metric(name, value, now_ms, 0)
            for name, value in run.metrics.items()
        ],
        params=[entities.Param(name, str(v)) for name, v in run.params.items()],
    )
    client.log_inputs(run_id, [_input(entities, store, one) for one in run.learnt])
    return run_id


def _input(entities: ModuleType, store: Store, learnt: Learnt) -> Any:
    """Return a set of flights as MLflow has it: by name, digest, place and size."""
    profile = {
        "num_rows": learnt.n_rows,
        "logistics": learnt.n_positive,
        "dates": learnt.dates,
    }
    dataset = entities.Dataset(
        name=learnt.name,
        digest=learnt.digest[:_DIGEST_LENGTH],
        source_type="local",
        source=json.dumps({"uri": store.root.resolve().as_uri()}),
        profile=json.dumps(profile),
    )
    tag = entities.InputTag("mlflow.data.context", f"training: {learnt.kind}")
    return entities.DatasetInput(dataset, [tag])


def _save_model(
    mlflow: ModuleType,
    folder: Path,
    classifier: CalibratedClassifierCV,
    example: pd.DataFrame,
) -> None:
    signature = mlflow.models.infer_signature(
        example, classifier.predict_proba(example)[:, 1]
    )
    mlflow.sklearn.save_model(
        classifier,
        str(folder),
        serialization_format="skops",
        skops_trusted_types=sorted(saving.TRUSTED_TYPES),
        signature=signature,
        input_example=example,
        pyfunc_predict_fn="predict_proba",
        # Told, because MLflow would find them out by loading the model elsewhere.
        pip_requirements=[
            f"{name}=={version(name)}" for name in ("scikit-learn", "skops", "pandas")
        ],
    )


def _register(mlflow: ModuleType, client: Any, run_id: str) -> int:
    try:
        client.get_registered_model(NAME)
    except mlflow.exceptions.MlflowException:
        client.create_registered_model(NAME)
    source = f"{client.get_run(run_id).info.artifact_uri}/{_MODEL_FOLDER}"
    made = client.create_model_version(NAME, source, run_id)
    return int(made.version)


def _client(mlflow: ModuleType, store: Store) -> Any:
    uri = _uri(store)
    # A client of its own: MLflow's global state, and what the environment says of
    # servers, stay out of it.
    return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


def _uri(store: Store) -> str:
    return f"sqlite:///{(store.mlflow / 'mlflow.db').resolve().as_posix()}"


def _mlflow() -> ModuleType:
    """Import MLflow with everything off that would speak to the outside."""
    os.environ.update(_SILENT)
    import mlflow
    import mlflow.sklearn

    # The creation of its tables is no news to who trains a model.
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    module: ModuleType = mlflow
    return module
