"""How a registered model does on documented cases and on a simulated day."""

from __future__ import annotations

import datetime as dt
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import features
from anomaly import labels
from anomaly.cases import Case, load_cases
from anomaly.engine import LOCAL, Engine, Task
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store
from models import (
    baselines,
    dataset,
    falsealarms,
    groups,
    heldout,
    masking,
    merit,
    protocol,
    registry,
    sidebyside,
    trials,
    variants,
)
from models.falsealarms import FalseAlarms
from models.heldout import HeldOut
from models.measure import Results
from models.metrics import Figure
from models.protocol import Trial
from models.registry import Record
from models.sidebyside import Measured
from models.variants import Variant

Scores = NDArray[np.float64]
WATCH_LIST = "watch_list"
MODEL, BASELINES, OBSERVED = "model", "baselines", "observed"
# Families are measured in so many parts, side by side.
_PORTIONS = 2


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures by what they are measured on, and under what conditions."""

    record: Record
    """Of the model that was evaluated."""
    results: Results
    baselines: Mapping[str, Results]
    dates: Sequence[dt.date]
    """Of the background."""
    n_flights: int
    """Of all background days."""
    n_crossfit: int
    """Cases scored by models fitted anew without their kin."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    families: Mapping[str, Measured] = field(default_factory=dict)
    """All, without identity, each alone and all but each; empty if not asked for."""
    held_out: Mapping[str, HeldOut] = field(default_factory=dict)
    """By operator or theatre, where asked for."""
    history: Mapping[int, Results] = field(default_factory=dict)
    """By the days of history there were, where asked for."""
    false_alarms: FalseAlarms | None = None
    """Of recorded days, where a store of them was given."""

    @property
    def days_told(self) -> str:
        """Return the background's days in words."""
        return ", ".join(map(str, self.dates))

    def as_json(self) -> dict[str, object]:
        """Return every figure as ``{value, low, high, n}``."""
        told: dict[str, object] = {
            **_plain(self.results),
            "baselines": {name: _plain(of) for name, of in self.baselines.items()},
        }
        if self.families:
            told["families"] = sidebyside.as_json(self.families)
        if self.held_out:
            told["held_out"] = {by: one.as_json() for by, one in self.held_out.items()}
        if self.history:
            told["history_days"] = {str(n): _plain(r) for n, r in self.history.items()}
        if self.false_alarms:
            told["observed"] = self.false_alarms.as_json()
        return told


def evaluate(
    store: Store,
    reference: Reference,
    cases: Sequence[Case],
    *,
    model_ref: str = registry.CHAMPION,
    truths: Sequence[Path] = (),
    dates: Sequence[dt.date] = (),
    families: bool = False,
    by: Sequence[str] = (),
    history_days: Sequence[int] = (),
    observed: Store | None = None,
    seed: int = 0,
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> Evaluation:
    """Fly each case alone among the flights of a day, and see where it stands.

    The day is the latest that the model did not learn from.  Cases the model learnt
    from, and their kin, are scored by models fitted anew without them.

    Parameters
    ----------
    dates
        Other days; a case flies once on each and counts once for each, and its place
        is the one it takes on average.
    families
        Also measure every family of features alone, and all without it.
    by
        Also hold out whole operators, or theatres (`heldout.COLUMNS`).
    history_days
        Also measure with so many days before the day known, and no more.
    observed
        Also count what is flagged of the recorded days of this store.
    engine
        Flies the cases, and then runs what is measured, each part by itself.

    Raises
    ------
    NoDataError
        If no such day is stored, or no case can be flown.
    """
    model = registry.load(store, model_ref)
    dates = trials.days(store, model.record, dates)
    if observed:
        falsealarms.check(observed)
    told, left_out = labels.case_labels(cases)
    ask = trials.Asked(
        store=store,
        reference=reference,
        cases=list(told.values()),
        model=model,
        truths=truths,
        dates=dates,
        seed=seed,
        progress=progress,
    )
    rows = registry.training_rows(store, model.record)
    # Of the past of the days learnt from, most has no label, and teaches nothing.
    learnt = rows[dataset.is_labelled(rows)].reset_index(drop=True)
    trial, not_flown = trials.trial(ask, learnt, engine=engine)
    ask = ask.beside(engine)
    # What takes longest begins first, or it would go on alone in the end.
    parts = [
        *_families(trial, ask, variants.families() if families else ()),
        *_held_out(trial, ask, by),
        *[
            Task(_days(n), _with_history, (trial, ask, n))
            for n in dict.fromkeys(history_days)
        ],
        Task(BASELINES, _of_baselines, (trial, ask.progress)),
        Task(MODEL, _of_model, (trial,)),
    ]
    if observed:
        asked = (observed, reference, model, ask.progress)
        parts.append(Task(OBSERVED, falsealarms.false_alarms, asked))
    progress("measured", 0.0)
    found = engine.run(parts, lambda n, of: progress("measured", n / of))
    return Evaluation(
        record=model.record,
        results=found[MODEL],
        baselines=found[BASELINES],
        dates=dates,
        n_flights=len(trial.background),
        n_crossfit=trial.n_crossfit,
        left_out={**left_out, **not_flown},
        families=_of_families(found),
        held_out={one: found[one] for one in by},
        history={n: found[_days(n)] for n in history_days},
        false_alarms=found.get(OBSERVED),
    )


def _held_out(trial: Trial, ask: trials.Asked, by: Sequence[str]) -> list[Task]:
    known = {case.key: case for case in (*load_cases(), *ask.cases)}
    return [
        Task(one, heldout.held_out, (trial, list(known.values()), one, ask.progress))
        for one in dict.fromkeys(by)
    ]


def _days(n: int) -> str:
    return f"{n} days of history"


def _families(trial: Trial, ask: trials.Asked, chosen: Sequence[Variant]) -> list[Task]:
    parts = [chosen[number::_PORTIONS] for number in range(_PORTIONS)]
    return [
        Task(f"families {number}", sidebyside.measure, (trial, part, ask.progress))
        for number, part in enumerate(parts)
        if part
    ]


def _of_families(found: Mapping[str, Any]) -> dict[str, Measured]:
    """Return the variants that were measured, in their order."""
    told = [found.get(f"families {number}", {}) for number in range(_PORTIONS)]
    joined: dict[str, Measured] = dict(ChainMap(*told))
    names = [variant.name for variant in variants.families()]
    return {name: joined[name] for name in names if name in joined}


def _with_history(trial: Trial, ask: trials.Asked, days: int) -> Results:
    """Return the model's figures where no more than so many days before are known."""
    shorter, _ = trials.trial(replace(ask, history_days=days), trial.learnt, like=trial)
    return _of_model(shorter)


def _of_model(trial: Trial) -> dict[str, dict[str, Figure]]:
    results = {}
    for suffix, hidden in (("", False), ("_identity_hidden", True)):
        cases, places = protocol.documented(trial, hide_identity=hidden)
        results[f"documented{suffix}"] = merit.of_cases(
            cases, places, trial.model.record.frozen(hide_identity=hidden)
        )
    if trial.background["logistics"].notna().any():
        results["simulated"] = merit.of_days(protocol.day(trial))
        results["simulated_identity_hidden"] = merit.of_days(
            protocol.day(trial, hide_identity=True)
        )
    return results


def _of_baselines(
    trial: Trial, progress: Progress
) -> dict[str, dict[str, dict[str, Figure]]]:
    """Return what a flag, a rule, a list and simple classifiers do, also hidden.

    And by how much less each does than the model: the baseline is beaten where the
    interval of that lies below zero.
    """
    hidden = [
        masking.hide(rows, features.identity_features())
        for rows in (trial.cases, trial.background)
    ]
    found: dict[str, Measured] = {}
    for name, baseline in baselines.BASELINES.items():
        found[name] = replace(
            _of_scores(trial, baseline(trial.cases), baseline(trial.background)),
            hidden=_of_scores(trial, *map(baseline, hidden)),
        )
    watched = set(trial.model.record.watch_list)
    found[WATCH_LIST] = _of_scores(
        trial,
        _seen_before(trial),
        np.asarray(trial.background["airframe_group"].isin(list(watched)), np.float64),
    )
    found |= sidebyside.measure(trial, variants.baselines(), progress, also_hidden=True)
    model = replace(
        _measured(trial, hide_identity=False),
        hidden=_measured(trial, hide_identity=True),
    )
    return {name: _beside(one, model) for name, one in found.items()}


def _beside(one: Measured, model: Measured) -> dict[str, dict[str, Figure]]:
    told = dict(one.figures())
    for on, differences in sidebyside.less_than(one, model).items():
        told[f"{on}_less_than_model"] = differences
    return told


def _measured(trial: Trial, *, hide_identity: bool) -> Measured:
    cases, places = protocol.documented(trial, hide_identity=hide_identity)
    return Measured(cases, places, protocol.day(trial, hide_identity=hide_identity))


def _of_scores(trial: Trial, of_cases: Scores, of_day: Scores) -> Measured:
    day = merit.alerts_of(trial.background, of_day, groups.components(trial.background))
    cases = merit.alerts_of(trial.cases, of_cases, trial.joined)
    return Measured(cases, merit.place_in(cases.order, day.order, day.n_flights), day)


def _seen_before(trial: Trial) -> Scores:
    """Return 1 where a positive case of another group had the same airframe.

    The list of a reviewer who has read every case but this one's.
    """
    cases = trial.cases
    positive = cases[cases["logistics"].eq(True)]
    listed = positive.groupby("airframe_group")["case_group"].agg(set).to_dict()
    return np.array(
        [
            bool(listed.get(airframe, set()) - {group})
            for airframe, group in zip(
                cases["airframe_group"], cases["case_group"], strict=True
            )
        ],
        np.float64,
    )


def _plain(results: Results) -> dict[str, object]:
    return {
        on: {name: figure.as_json() for name, figure in figures.items()}
        for on, figures in results.items()
    }
