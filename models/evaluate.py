"""How a registered model does on documented cases and on a simulated day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

import features
from anomaly import labels
from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store
from models import baselines, dataset, groups, learn, merit, protocol, reenact, registry
from models.measure import Results
from models.metrics import Figure
from models.protocol import Trial
from models.registry import Record

Scores = NDArray[np.float64]
WATCH_LIST = "watch_list"
# No case is tested under the receivers it was learnt from.
_OTHER_RECEIVERS = 1_000_000


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures by what they are measured on, and under what conditions."""

    results: Results
    baselines: Mapping[str, Results]
    date: dt.date
    n_flights: int
    """Of the background day."""
    n_crossfit: int
    """Cases scored by models fitted anew without their kin."""
    left_out: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return every figure as ``{value, low, high, n}``."""
        return {
            **{name: _plain(figures) for name, figures in self.results.items()},
            "baselines": {
                baseline: {name: _plain(told) for name, told in results.items()}
                for baseline, results in self.baselines.items()
            },
        }


def evaluate(
    store: Store,
    reference: Reference,
    cases: Sequence[Case],
    *,
    model_ref: str = registry.CHAMPION,
    truths: Sequence[Path] = (),
    date: dt.date | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Evaluation:
    """Fly each case alone among the flights of a day, and see where it stands.

    The day is the latest that the model did not learn from.  Cases the model learnt
    from, and their kin, are scored by models fitted anew without them.

    Raises
    ------
    NoDataError
        If no such day is stored, or no case can be flown.
    """
    model = registry.load(store, model_ref)
    date = _day(store, model.record, date)
    told, left_out = labels.case_labels(cases)
    flown = reenact.fly(
        list(told.values()),
        store,
        date,
        reference,
        seed=seed + _OTHER_RECEIVERS,
        progress=progress,
    )
    if flown.rows.empty:
        raise NoDataError(
            "no case could be flown again",
            hint="A case needs a label and two airports we know.",
        )
    trial = protocol.prepare(
        flown.rows.reset_index(drop=True),
        _background(store, date, reference, truths),
        model,
        registry.training_rows(store, model.record),
        progress,
    )
    return Evaluation(
        results=_of_model(trial),
        baselines=_of_baselines(trial),
        date=date,
        n_flights=len(trial.background),
        n_crossfit=trial.n_crossfit,
        left_out={**left_out, **flown.left_out},
    )


def _day(store: Store, record: Record, date: dt.date | None) -> dt.date:
    """Return the day asked for, or the latest, that the model did not learn from."""
    fresh = [day for day in store.dates("flights") if day not in record.dates]
    if date in fresh or (date is None and fresh):
        return date or fresh[-1]
    hint = "Ingest a day of ordinary traffic that it has not seen."
    if date in record.dates:
        raise NoDataError(f"{record.name} learnt from {date}", hint=hint)
    if date is not None:
        raise NoDataError(f"no flights on {date} in {store.root}", hint=hint)
    raise NoDataError(
        f"{record.name} learnt from every day stored in {store.root}", hint=hint
    )


def _background(
    store: Store, date: dt.date, reference: Reference, truths: Sequence[Path]
) -> pd.DataFrame:
    """Return a day's own flights, labelled where a simulated world tells them.

    Cases that were flown into the day go: they are inserted one by one.
    """
    rows = dataset.rows_of(features.tables_for(store, date, reference))
    rows = rows[rows["provenance"] != Provenance.RE_ENACTED]
    flights = store.read("flights", date)
    flights = flights.filter(pc.equal(flights["date"], date))
    parts = [labels.from_truth(flights, learn.read_truth(path)).rows for path in truths]
    return dataset.settled([dataset.labelled(rows, labels.merged(parts))])


def _of_model(trial: Trial) -> dict[str, dict[str, Figure]]:
    results = {}
    for suffix, hidden in (("", False), ("_identity_hidden", True)):
        cases, places = protocol.documented(trial, hide_identity=hidden)
        results[f"documented{suffix}"] = merit.of_cases(
            cases, places, trial.model.record.thresholds
        )
    if trial.background["logistics"].notna().any():
        results["simulated"] = merit.of_days(protocol.day(trial))
        results["simulated_identity_hidden"] = merit.of_days(
            protocol.day(trial, hide_identity=True)
        )
    return results


def _of_baselines(trial: Trial) -> dict[str, dict[str, dict[str, Figure]]]:
    scored: dict[str, tuple[Scores, Scores]] = {
        name: (baseline(trial.cases), baseline(trial.background))
        for name, baseline in baselines.BASELINES.items()
    }
    watched = set(trial.model.record.watch_list)
    scored[WATCH_LIST] = (
        _seen_before(trial),
        np.asarray(trial.background["airframe_group"].isin(list(watched)), np.float64),
    )
    return {name: _of_scores(trial, *both) for name, both in scored.items()}


def _of_scores(
    trial: Trial, of_cases: Scores, of_day: Scores
) -> dict[str, dict[str, Figure]]:
    day = merit.alerts_of(trial.background, of_day, groups.components(trial.background))
    cases = merit.alerts_of(trial.cases, of_cases, trial.joined)
    places = merit.place_in(cases.order, day.order, day.n_flights)
    results = {"documented": merit.of_cases(cases, places)}
    if day.y.any():
        results["simulated"] = merit.of_days(day)
    return results


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


def _plain(figures: Mapping[str, Figure]) -> dict[str, object]:
    return {name: figure.as_json() for name, figure in figures.items()}
