"""The registered models as a list: what each learnt from, and how it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

import features
from anomaly.errors import BadInputError
from anomaly.store import Store
from models import keepsake, paired, registry
from models.measure import Results
from models.metrics import Figure
from models.paired import Difference
from models.registry import Record


@dataclass(frozen=True, eq=False)
class Entry:
    """A registered model as `anomaly models` tells of it."""

    record: Record
    aliases: tuple[str, ...]
    is_usable: bool
    """It learnt from the features that are computed today."""
    results: Results
    """Figures of its training, out of fold."""
    protocol: Mapping[str, object]
    """What `anomaly evaluate` last measured; empty before it did."""
    worth_of_verdicts: Difference
    """What it does more than one that learnt from no verdict; empty without any."""

    def as_json(self) -> dict[str, object]:
        """Return what is known, every figure as ``{value, low, high, n}``."""
        return {
            "name": self.record.name,
            "version": self.record.version,
            "aliases": self.aliases,
            "trained_at": self.record.trained_at,
            "dates": self.record.dates,
            "label_counts": self.record.label_counts,
            "run_id": self.record.run_id,
            "is_usable": self.is_usable,
            "figures": {on: _plain(told) for on, told in self.results.items()},
            "protocol": self.protocol,
            "effect_of_verdicts": self.worth_of_verdicts.as_json(),
        }


def entries(store: Store) -> list[Entry]:
    """Return the models of a store, in the order they were registered."""
    known = registry.aliases(store)
    found = []
    for version in registry.versions(store):
        record = registry.record_of(store, str(version))
        found.append(
            Entry(
                record=record,
                aliases=tuple(sorted(a for a, of in known.items() if of == version)),
                is_usable=record.feature_set_id == features.feature_set_id(),
                results=keepsake.figures(store, record),
                protocol=_protocol(store, record),
                worth_of_verdicts=paired.worth_of_verdicts(
                    keepsake.kept(store, record)
                ),
            )
        )
    return found


def _protocol(store: Store, record: Record) -> dict[str, object]:
    path = store.model(record.name) / registry.PROTOCOL_FILE
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise BadInputError(
            f"cannot read {path}: {error}",
            hint="Run `anomaly evaluate` again, or remove the file.",
        ) from error


def _plain(figures: Mapping[str, Figure]) -> dict[str, object]:
    return {name: figure.as_json() for name, figure in figures.items()}
