"""Write a model as a skops file and read it back, trusting only the types we list.

Nothing of ours is inside, so a file opens wherever scikit-learn does; nothing but
what is listed is opened, so a file from elsewhere cannot run code here.
"""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import skops.io
from sklearn.calibration import CalibratedClassifierCV

from anomaly.errors import BadInputError
from models.panel import Model, Panel
from models.twofold import Twofold

TRUSTED_TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "numpy.float64",
        "numpy.ndarray",
        "numpy.random._generator.Generator",
        "numpy.uint64",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn.calibration.CalibratedClassifierCV",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting."
        "HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._encoders.OrdinalEncoder",
        "sklearn.preprocessing._function_transformer.FunctionTransformer",
        "sklearn.preprocessing._label.LabelEncoder",
    }
)
"""Every type a saved classifier is made of; a file that holds another is refused."""

_SCHEMA = "schema.json"
_HINT = "Train again with `anomaly train`, or pass another --model."
# Zip archives carry a time per member; a fixed one keeps equal models equal.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def dumps(model: Model) -> bytes:
    """Return `model` as a skops file.

    In it is a list: the one classifier against ordinary traffic, then those against
    look-alikes.
    """
    (ordinary,) = model.ordinary.members
    return as_file([ordinary, *model.look_alikes.members])


def as_file(estimators: CalibratedClassifierCV | list[CalibratedClassifierCV]) -> bytes:
    """Return a skops file of one or more classifiers; equal ones give equal bytes."""
    # skops tells which equal settings and names are one object, and that depends on who
    # fitted: what came from another process shares fewer.  A copy shares as few.
    copied = pickle.loads(pickle.dumps(estimators))  # noqa: S301 - our own bytes
    raw: bytes = skops.io.dumps(copied)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _packed(members)


def loads(data: bytes) -> Model:
    """Return the model of a skops file.

    Raises
    ------
    BadInputError
        If it is no such file, or holds a type that is not in `TRUSTED_TYPES`.
    """
    if foreign := types_in(data) - TRUSTED_TYPES:
        raise BadInputError(
            f"the model holds types we do not trust: {', '.join(sorted(foreign))}",
            hint=_HINT,
        )
    model = skops.io.loads(data, trusted=sorted(TRUSTED_TYPES))
    match model:
        case [ordinary, _, *_] if all(
            isinstance(one, CalibratedClassifierCV) for one in model
        ):
            return Twofold(Panel((ordinary,)), Panel(tuple(model[1:])))
    raise BadInputError(
        "the model file does not hold classifiers for two questions", hint=_HINT
    )


def types_in(data: bytes) -> set[str]:
    """Return the full names of all types a skops file would make, loading none.

    Raises
    ------
    BadInputError
        If it is no skops file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            schema = json.loads(archive.read(_SCHEMA))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadInputError(f"not a model file: {error}", hint=_HINT) from error
    found: set[str] = set()
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__class__" in node:
                found.add(f"{node.get('__module__')}.{node['__class__']}")
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return found


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _packed(members: dict[str, bytes]) -> bytes:
    """Return the archive with memory addresses replaced by numbers in order.

    Equal arrays are kept, and read, once: trees have two empty ones each.
    """
    order: dict[str, str] = {}
    schema = members.pop(_SCHEMA).decode()
    first = _first_alike(members)

    def numbered(match: re.Match[str]) -> str:
        address = first.get(match[2], match[2])
        number = order.setdefault(address, str(len(order) + 1))
        return f"{match[1]}{number}{match[3]}"

    # Quotes inside JSON strings are escaped, so only real keys match.
    schema = re.sub(r'("__id__": |"file": ")(\d+)(\.npy"|)', numbered, schema)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        kept = {first.get(name, name) for name in map(_address, members)}
        renamed = {f"{order[address]}.npy": f"{address}.npy" for address in kept}
        for name in sorted(renamed, key=lambda name: int(name.removesuffix(".npy"))):
            archive.writestr(_member(name), members[renamed[name]])
        archive.writestr(_member(_SCHEMA), schema)
    return out.getvalue()


def _first_alike(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return, for the address of each array, that of the first one equal to it.

    Single numbers are left apart: a number and an array of none of its axes have the
    same bytes.
    """
    of_bytes: dict[bytes, str] = {}
    return {
        _address(name): of_bytes.setdefault(data, _address(name))
        for name, data in members.items()
        if np.load(io.BytesIO(data), allow_pickle=False).ndim
    }


def _address(name: str) -> str:
    return name.removesuffix(".npy")


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
