"""Which registered model is the champion, the one that scores unless another is asked.

The rule.  A new model becomes champion if there is none; if the present one learnt
from features that this version no longer computes, for then it cannot score at all; or
if it is better than the present one and in nothing worse.  Better by the AUC against
look-alikes, on the documented cases that both were measured on out of fold, or else on
the simulated journeys; and a difference counts if its paired interval excludes zero.
Where there is nothing that both were measured on, the present one stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import features
from anomaly.errors import NoDataError
from anomaly.store import Store
from models import keepsake, paired, registry, tracking
from models.paired import Difference
from models.registry import CHAMPION, Record

PREVIOUS = "previous"
DECISIVE = "auc_vs_look_alikes"


@dataclass(frozen=True, eq=False)
class Decision:
    """Whether a model becomes champion, and why or why not."""

    promoted: bool
    why: str
    difference: Difference | None = None
    """From the present champion, where the two can be compared."""


def consider(store: Store, record: Record) -> Decision:
    """Make a registered model the champion if the rule says so; return what it says."""
    decision = decide(store, record)
    if decision.promoted:
        promote(store, record)
    return decision


def decide(store: Store, record: Record) -> Decision:
    """Return what the rule says of a registered model; change nothing."""
    present = champion(store)
    if present is None:
        return Decision(True, "there was no champion")
    if present.version == record.version:
        return Decision(False, "it is the champion already")
    if present.feature_set_id != features.feature_set_id():
        return Decision(
            True, f"{present.name} learnt from features that are computed no longer"
        )
    difference = paired.compare(
        keepsake.kept(store, record), keepsake.kept(store, present)
    )
    return _by_figures(difference, present)


def promote(store: Store, record: Record) -> None:
    """Make a model the champion, and remember the one it takes the place of."""
    present = champion(store)
    if present is not None and present.version != record.version:
        _set(store, PREVIOUS, present.version)
    _set(store, CHAMPION, record.version)


def roll_back(store: Store) -> Record:
    """Make the model before the champion the champion again; return it.

    Doing it twice changes nothing in the end: the two take each other's place.

    Raises
    ------
    NoDataError
        If no model was champion before.
    """
    before = registry.aliases(store).get(PREVIOUS)
    if before is None:
        raise NoDataError(
            f"no model was champion before this one in {store.root}",
            hint="`anomaly models` lists those there are, and which is champion.",
        )
    record = registry.record_of(store, str(before))
    promote(store, record)
    return record


def champion(store: Store) -> Record | None:
    """Return the present champion's record, if there is one."""
    version = registry.aliases(store).get(CHAMPION)
    return None if version is None else registry.record_of(store, str(version))


def _set(store: Store, alias: str, version: int) -> None:
    registry.set_alias(store, alias, version)
    tracking.set_alias(store, alias, version)


def _by_figures(difference: Difference, present: Record) -> Decision:
    on = next(iter(difference.figures), "")
    if not on:
        return Decision(
            False, f"nothing was measured of both it and {present.name}", difference
        )
    decisive = difference.figures[on][DECISIVE]
    told = f"{on} {DECISIVE.replace('_', ' ')} differs from {present.name}'s by "
    if decisive.value is None or decisive.low is None or decisive.high is None:
        return Decision(False, f"{told}what cannot be told", difference)
    told += f"{decisive.value:+.3f} ({decisive.low:+.3f} to {decisive.high:+.3f})"
    if paired.sign(DECISIVE, decisive) <= 0:
        return Decision(False, told, difference)
    if worse := difference.worse():
        return Decision(False, f"{told}, but worse in {', '.join(worse)}", difference)
    return Decision(True, told, difference)
