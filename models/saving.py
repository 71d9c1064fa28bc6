"""Write a model as a skops file and read it back, trusting only the types we list.

Nothing of ours is inside, so a file opens wherever scikit-learn does; nothing but
what is listed is opened, so a file from elsewhere cannot run code here.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from typing import Any

import skops.io
from sklearn.calibration import CalibratedClassifierCV

from anomaly.errors import BadInputError
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


def dumps(model: Twofold[CalibratedClassifierCV]) -> bytes:
    """Return `model` as a skops file.

    In it are two classifiers, in the order of the questions.
    """
    return as_file([model.ordinary, model.look_alikes])


def as_file(estimators: CalibratedClassifierCV | list[CalibratedClassifierCV]) -> bytes:
    """Return a skops file of one or more classifiers; equal ones give equal bytes."""
    raw: bytes = skops.io.dumps(estimators)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return _packed(members)


def loads(data: bytes) -> Twofold[CalibratedClassifierCV]:
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
        case [CalibratedClassifierCV() as ordinary, CalibratedClassifierCV() as alike]:
            return Twofold(ordinary, alike)
    raise BadInputError("the model file does not hold two classifiers", hint=_HINT)


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
    """Return the archive with memory addresses replaced by numbers in order."""
    order: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        number = order.setdefault(match[2], str(len(order) + 1))
        return f"{match[1]}{number}{match[3]}"

    # Quotes inside JSON strings are escaped, so only real keys match.
    schema = re.sub(
        r'("__id__": |"file": ")(\d+)(\.npy"|)',
        numbered,
        members.pop(_SCHEMA).decode(),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        renamed = {f"{order[n.removesuffix('.npy')]}.npy": n for n in members}
        for name in sorted(renamed, key=lambda name: int(name.removesuffix(".npy"))):
            archive.writestr(_member(name), members[renamed[name]])
        archive.writestr(_member(_SCHEMA), schema)
    return out.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
