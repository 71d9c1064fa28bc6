"""What a model was trained on, how it did, and what it cannot see: its card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anomaly.errors import BadInputError

# A picture may come from the card only as data; nothing on a page is fetched.
_PICTURE = re.compile(r"data:image/(png|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}\Z")


@dataclass(frozen=True)
class Metric:
    """One figure of merit, with its interval where one was computed."""

    name: str
    value: float | None
    """None where nothing could be measured."""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""


@dataclass(frozen=True)
class LabelSource:
    """Where some of the labels came from."""

    source: str
    n_rows: int
    n_positive: int


@dataclass(frozen=True)
class Importance:
    """How much the model relies on a feature; one unit for all features."""

    feature: str
    value: float
    text: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture with what it shows, in words."""

    title: str
    alt: str
    src: str


@dataclass(frozen=True)
class Line:
    """One way to learn, beside the others: all features, one family, all but it."""

    name: str
    figures: tuple[Metric, ...]


@dataclass(frozen=True)
class ModelCard:
    """The card that training writes beside a model (``model_card.json``)."""

    name: str
    version: str
    n_rows: int
    n_positive: int
    metrics: tuple[Metric, ...]
    trained_at: str | None = None
    algorithm: str = ""
    provenance: tuple[str, ...] = ()
    summary: str = ""
    known_recall: str = ""
    """What `anomaly evaluate` found of documented cases; empty before it was run."""
    feature_set_id: str = ""
    label_sources: tuple[LabelSource, ...] = ()
    dates: tuple[str, ...] = ()
    case_groups: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    importances: tuple[Importance, ...] = ()
    figures: tuple[Figure, ...] = ()
    side_by_side: tuple[Line, ...] = ()
    """What `anomaly evaluate --families` measured; empty before it was run."""
    side_by_side_note: str = ""


def read_card(path: Path) -> ModelCard | None:
    """Return the card at `path`, or None if there is none.

    Raises
    ------
    BadInputError
        If the file is not a card.
    """
    if not path.exists():
        return None
    try:
        card = msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise BadInputError(
            f"{path} is not a model card: {error}",
            hint="Run `anomaly train` again, or remove the file.",
        ) from error
    for figure in card.figures:
        if not _PICTURE.match(figure.src):
            raise BadInputError(
                f"{path}: the figure {figure.title!r} is not a PNG or SVG as data",
                hint="Run `anomaly train` again, or remove the file.",
            )
    return card
