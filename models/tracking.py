"""Runs and registered models in MLflow: a local SQLite file, no server, no network."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from sklearn.calibration import CalibratedClassifierCV

from anomaly.errors import AnomalyError, NoDataError
from anomaly.store import Store
from models import saving
from models.registry import NAME

DEFAULT_EXPERIMENT = "flight-anomaly"
_MODEL_FOLDER = "model"
# Nothing about what is trained here leaves the machine.
_SILENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


@dataclass(frozen=True)
class RunLog:
    """What a training run leaves behind."""

    params: Mapping[str, object]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    figures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Logged:
    """Where a run and its model are to be found."""

    run_id: str
    version: int


def log(
    store: Store,
    experiment: str,
    run: RunLog,
    classifier: CalibratedClassifierCV,
    model: bytes,
    example: pd.DataFrame,
) -> Logged:
    """Record a training run, and register its model as a new version."""
    mlflow = _mlflow()
    store.mlflow.mkdir(parents=True, exist_ok=True)
    client = _client(mlflow, store)
    run_id = _start(mlflow, client, store, experiment, run)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, data in run.figures.items():
            (folder / name).write_bytes(data)
        client.log_artifacts(run_id, scratch)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / _MODEL_FOLDER
        _save_model(mlflow, folder, classifier, example)
        # The same model, in bytes that depend on nothing but the model.
        (folder / "model.skops").write_bytes(model)
        client.log_artifacts(run_id, str(folder), _MODEL_FOLDER)
    registered = _register(mlflow, client, run_id)
    client.set_terminated(run_id)
    return Logged(run_id, registered)


def attach(store: Store, run_id: str, files: Iterable[Path]) -> None:
    """Add files to a run's artifacts: those that name the version it was given."""
    client = _client(_mlflow(), store)
    for path in files:
        client.log_artifact(run_id, str(path))


def set_alias(store: Store, alias: str, version: int) -> None:
    """Make `alias` mean `version` in MLflow too, if it knows that version.

    A model that was copied from another data directory has no run here.
    """
    if not (store.mlflow / "mlflow.db").exists():
        return
    mlflow = _mlflow()
    client = _client(mlflow, store)
    try:
        client.get_model_version(NAME, str(version))
    except mlflow.exceptions.MlflowException:
        return
    client.set_registered_model_alias(NAME, alias, str(version))


def browse(store: Store, port: int) -> None:
    """Serve MLflow's own pages over the runs, on this machine, until interrupted.

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
    return run_id


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
