"""Keep what the protocol measured where people look: the run, the card, the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from anomaly.files import replacing
from anomaly.store import Store
from models import measure, sidebyside, tracking, variants
from models.card import known_recall
from models.evaluate import Evaluation
from models.metrics import Figure
from models.registry import PROTOCOL_FILE, Record

_COLUMNS = {
    "documented": ("documented cases", "auc_vs_look_alikes", "AUC against look-alikes"),
    "simulated": ("simulated journeys", "average_precision", "average precision"),
}


def publish(store: Store, record: Record, done: Evaluation) -> None:
    """Keep an evaluation beside its model, in its MLflow run and on its card.

    The last one counts: each takes the place of the one before.
    """
    path = store.model(record.name) / PROTOCOL_FILE
    with replacing(path) as beside:
        told = {
            "background": done.dates,
            "n_background_flights": done.n_flights,
            **done.as_json(),
        }
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(told)) + b"\n")
    _on_card(store, record, done)
    tracking.add(store, record.run_id, dict(_metrics(done)), [path])


def _metrics(done: Evaluation) -> Iterator[tuple[str, float]]:
    """Yield every figure under a name that MLflow takes."""
    yield from _named("protocol", measure.flat(done.results))
    for name, results in done.baselines.items():
        yield from _named(f"protocol/baseline {name}", measure.flat(results))
    for name, measured in done.families.items():
        yield from _named(f"protocol/{name}", measure.flat(measured.figures()))
    for by, held in done.held_out.items():
        yield from _named(f"protocol/by {by}", measure.flat(held.results))
    for days, results in done.history.items():
        yield from _named(f"protocol/{days} days known", measure.flat(results))


def _named(prefix: str, told: dict[str, float]) -> Iterator[tuple[str, float]]:
    for name, value in told.items():
        yield f"{prefix}/{name}", value


def _on_card(store: Store, record: Record, done: Evaluation) -> None:
    """Put on the model's card what was found, and the families if measured."""
    path = store.model_card(record.name)
    if not path.exists():
        return
    card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    card["known_recall"] = known_recall(done.results, done.n_flights, done.days_told)
    if done.families:
        card["side_by_side"] = list(_side_by_side(done))
        card["side_by_side_note"] = (
            f"Each case alone among {done.n_flights:,} flights of {done.days_told}; "
            "every line is fitted anew over the same folds and ranked by its score "
            "alone."
        )
    with replacing(path) as out:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(card)) + b"\n")


def _side_by_side(done: Evaluation) -> Iterator[dict[str, object]]:
    """Yield a line for each variant: its figures, and how far below all they are."""
    full = done.families.get(variants.ALL)
    for name, measured in done.families.items():
        figures = measured.figures()
        less = sidebyside.less_than(measured, full) if full else {}
        cells = []
        for on, (of, key, words) in _COLUMNS.items():
            if on not in figures:
                continue
            cells.append(_cell(f"{words}, {of}", figures[on][key]))
            if name != variants.ALL and on in less:
                cells.append(_cell("less than all", less[on][key]))
            else:
                cells.append(_cell("less than all", Figure(None, None, None, 0)))
        yield {"name": name, "figures": cells}


def _cell(name: str, figure: Figure) -> dict[str, object]:
    return {"name": name, **figure.as_json()}
