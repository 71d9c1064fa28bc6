"""Registered models as plain files beside the tables, so that scoring needs no MLflow.

MLflow keeps the runs; what `score` reads is one folder per version: the model, a
record of what it was made of, its card, the table it learnt from and what was found of
these.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pandas as pd
import pyarrow.parquet as pq

import features
from anomaly.errors import BadInputError, NoDataError
from anomaly.files import replacing
from anomaly.store import Store
from models import dataset, pipeline, saving
from models.panel import Model

NAME = "flight-anomaly"
CHAMPION = "champion"

SCORES_FILE = "out_of_fold.parquet"
FIGURES_FILE = "figures.json"
PROTOCOL_FILE = "protocol.json"
LIKENESS_FILE = "likeness.parquet"
NEARNESS_FILE = "nearness.parquet"
FOUND_FILES = (
    SCORES_FILE,
    FIGURES_FILE,
    PROTOCOL_FILE,
    LIKENESS_FILE,
    NEARNESS_FILE,
)
"""Beside a version, found of it and found anew without them: what it scored out of
fold, figures of that, its protocol, what flights are likened to, and how near its cases
are to each other."""

_TRAIN_HINT = "Train one first: `anomaly train`."
_CHOICE_HINT = "Registered: {}. `anomaly models` tells what each is worth."
_CHAMPION_HINT = (
    "Registered: {}. Name one with --model, or make it the champion with "
    "`anomaly models promote`."
)
_NO_MODEL_HINT = (
    "Or use another data directory's model: `--model DIRECTORY`, such as demo/made "
    "after `make demo`."
)


@dataclass(frozen=True)
class Record:
    """What a registered model was made of."""

    version: int
    run_id: str
    trained_at: dt.datetime
    seed: int
    recipe: str
    """Settings of the classifier, as JSON."""
    feature_set_id: str
    family_digests: dict[str, str]
    feature_names: list[str]
    dates: list[dt.date]
    provenance: list[str]
    case_groups: list[str]
    """Groups of documented cases it learnt from: never to be tested on these."""
    thresholds: dict[int, float]
    """Priority to reach, per budget of alerts per 50,000 flights."""
    thresholds_hidden: dict[int, float]
    """The same where identity is hidden: then one score stands for both."""
    n_background_flights: int
    label_counts: dict[str, dict[str, int]]
    """Per label source: rows, and how many of them positive."""
    watch_list: list[str]
    """Airframes of its documented positives."""
    model_sha256: str
    training_sha256: str

    @property
    def name(self) -> str:
        """Return the name that scores carry."""
        return f"{NAME} {self.version}"

    def frozen(self, *, hide_identity: bool) -> dict[int, float]:
        """Return the thresholds of scores with identity, or without."""
        return self.thresholds_hidden if hide_identity else self.thresholds


@dataclass(frozen=True, eq=False)
class Registered:
    """A model ready to score."""

    record: Record
    classifier: Model


def save(
    store: Store, record: Record, model: bytes, rows: pd.DataFrame, card: str
) -> None:
    """Write a version; its record comes last, so that it is whole or absent."""
    folder = store.model(record.name)
    for name in FOUND_FILES:  # of a model that had this name before
        (folder / name).unlink(missing_ok=True)
    with replacing(folder / "model.skops") as path:
        path.write_bytes(model)
    with replacing(folder / "training.parquet") as path:
        pq.write_table(dataset.to_arrow(rows), path, compression="zstd")
    with replacing(store.model_card(record.name)) as path:
        path.write_text(card, encoding="utf-8")
    with replacing(folder / "record.json") as path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")


def notes(store: Store, record: Record) -> tuple[Path, ...]:
    """Return a version's files that tell of the model: record, card and table."""
    folder = store.model(record.name)
    names = ("record.json", "model_card.json", "training.parquet")
    return tuple(folder / name for name in names)


def set_alias(store: Store, alias: str, version: int) -> None:
    """Make `alias` mean `version` from now on."""
    known = aliases(store) | {alias: version}
    with replacing(store.models / "aliases.json") as path:
        path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def aliases(store: Store) -> dict[str, int]:
    """Return which version each alias means."""
    path = store.models / "aliases.json"
    if not path.exists():
        return {}
    known: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))
    return known


def versions(store: Store) -> list[int]:
    """Return the registered versions, in order."""
    folders = store.models.glob(f"{NAME}-*/record.json")
    return sorted(int(path.parent.name.rpartition("-")[2]) for path in folders)


def record_of(store: Store, ref: str = CHAMPION) -> Record:
    """Return the record of an alias, a version, or another data directory's champion.

    Raises
    ------
    NoDataError
        If there is no such model.
    BadInputError
        If its record cannot be read.
    """
    elsewhere = Store(Path(ref))
    if aliases(elsewhere) and Path(ref).resolve() != store.root.resolve():
        return adopt(store, elsewhere)
    known = aliases(store)
    bare = ref.removeprefix(NAME).lstrip(" :-")
    version = known.get(bare, int(bare) if bare.isdecimal() else 0)
    path = store.model(f"{NAME} {version}") / "record.json"
    if not path.exists():
        names = [*known, *map(str, versions(store))]
        choice = _CHAMPION_HINT if ref == CHAMPION else _CHOICE_HINT
        none = f"{store.first_run('anomaly train')} {_NO_MODEL_HINT}"
        raise NoDataError(
            f"no model {ref!r} in {store.root}",
            hint=choice.format(", ".join(names)) if names else none,
        )
    return _read(path)


def _read(path: Path) -> Record:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except msgspec.DecodeError as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=_TRAIN_HINT) from error


def adopt(store: Store, elsewhere: Store) -> Record:
    """Keep a copy of another data directory's champion, under its own name.

    Its files are copied as they are; `load` checks them like any other's.

    Raises
    ------
    BadInputError
        If another model of that name is here already, or a file is missing.
    """
    record = record_of(elsewhere)
    here = store.model(record.name) / "record.json"
    if here.exists() and _read(here).model_sha256 != record.model_sha256:
        raise BadInputError(
            f"{store.root} has another {record.name} than {elsewhere.root}",
            hint="Score with that one (`--model`), or use another --data-dir.",
        )
    source = elsewhere.model(record.name)
    # The record last: a copy is whole or it does not count.
    for name in ("model.skops", "training.parquet", "model_card.json", "record.json"):
        if not (source / name).is_file():
            raise BadInputError(f"{source} lacks {name}", hint=_TRAIN_HINT)
        _copy(source / name, store.model(record.name) / name)
    # What was found of it is worth having, and no reason to refuse it.
    for name in FOUND_FILES:
        target = store.model(record.name) / name
        if (source / name).is_file():
            _copy(source / name, target)
        else:
            target.unlink(missing_ok=True)
    return record


def _copy(source: Path, target: Path) -> None:
    """Copy a file, unless that is what is there: readers know it by its time."""
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return
    with replacing(target) as path:
        path.write_bytes(source.read_bytes())


def load(store: Store, ref: str = CHAMPION) -> Registered:
    """Return the model of an alias or a version, checked against today's features.

    Raises
    ------
    BadInputError
        If its file is damaged, holds types we do not trust, or learnt from other
        features than this version computes.
    """
    record = record_of(store, ref)
    check_features(record)
    data = (store.model(record.name) / "model.skops").read_bytes()
    if saving.digest(data) != record.model_sha256:
        raise BadInputError(
            f"the file of {record.name} is not the one that was registered",
            hint=_TRAIN_HINT,
        )
    return Registered(record, saving.loads(data))


def check_features(record: Record) -> None:
    """Refuse a model of another feature set, naming the families that changed.

    And one whose thresholds were frozen on another review order, or the like.
    """
    if json.loads(record.recipe).get("preparation") != pipeline.PREPARATION:
        raise BadInputError(
            f"{record.name} was trained by another version of the program, and its "
            "thresholds are of another review order",
            hint="Train again: `anomaly train`.",
        )
    if record.feature_set_id == features.feature_set_id():
        return
    now = features.family_digests()
    changed = sorted(
        name
        for name in now.keys() | record.family_digests.keys()
        if now.get(name) != record.family_digests.get(name)
    )
    raise BadInputError(
        f"{record.name} learnt from other features; changed since: "
        f"{', '.join(changed) or 'their order'}",
        hint="Train again: `anomaly train`.",
    )


def training_rows(store: Store, record: Record) -> pd.DataFrame:
    """Return the table the model learnt from."""
    path: Path = store.model(record.name) / "training.parquet"
    if not path.exists():
        raise NoDataError(
            f"the training table of {record.name} is missing", hint=_TRAIN_HINT
        )
    return dataset.settled([pq.ParquetFile(path).read().to_pandas()])
