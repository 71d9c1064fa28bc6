"""Cases of operators, or of theatres, that the scoring model never saw any case of.

For each of them a model is fitted anew without its cases and without all that is
kin of these; it alone scores them.  Operators are many and most have one case, so
small ones are held out several at a time: that is harder, not easier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.cases import Case
from anomaly.progress import Progress, silent
from models import crossfit, groups, merit, metrics, protocol
from models.merit import Alerts
from models.metrics import Figure
from models.protocol import Trial
from models.twofold import Scorer

Scores = NDArray[np.float64]
MOST_PARTS = 14
UNKNOWN = "unknown"
COLUMNS = {"operator": "operator_id", "theatre": "theatre"}


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Figures of cases held out with all others of their operator or theatre."""

    by: str
    n_parts: int
    """How many models were fitted."""
    results: Mapping[str, Mapping[str, Figure]]
    """Of all cases together."""
    by_value: Mapping[str, Mapping[str, Figure]]
    """Of each operator or theatre: logistics found, look-alikes flagged."""

    def as_json(self) -> dict[str, object]:
        """Return every figure as ``{value, low, high, n}``."""
        told: dict[str, object] = {on: _plain(of) for on, of in self.results.items()}
        return told | {"by_value": {v: _plain(of) for v, of in self.by_value.items()}}


def held_out(
    trial: Trial,
    cases: Sequence[Case],
    by: str,
    progress: Progress = silent,
    *,
    most_parts: int = MOST_PARTS,
) -> HeldOut:
    """Return the figures of a trial's cases, each operator or theatre held out whole.

    `cases` tell the operator and theatre of those tried and of those learnt from.
    """
    value_of = {case.key: getattr(case, COLUMNS[by]) or UNKNOWN for case in cases}
    tried = values_of(trial.cases, value_of).to_numpy(str)
    taught = values_of(trial.learnt, value_of).to_numpy(str)
    together = parts(tried, most_parts)
    sets: dict[bool, list[tuple[Alerts, Scores]]] = {False: [], True: []}
    for number, values in enumerate(together):
        progress(f"by {by}", number / len(together))
        rows = np.flatnonzero(np.isin(tried, values))
        scorer = without(trial, rows, np.isin(taught, values))
        for hidden, told in sets.items():
            told.append(_scored(trial, scorer, rows, hidden))
    progress(f"by {by}", 1.0)
    results = {}
    for hidden, name in ((True, "documented_identity_hidden"), (False, "documented")):
        alerts = merit.joined([alerts for alerts, _ in sets[hidden]])
        places = np.concatenate([places for _, places in sets[hidden]])
        frozen = trial.model.record.frozen(hide_identity=hidden)
        results[name] = merit.of_cases(alerts, places, frozen)
    value = dict(zip(trial.cases["alert"], tried, strict=True))
    of_alert = np.array([value[key] for key in alerts.key])
    by_value = _by_value(alerts, places, of_alert, frozen)
    return HeldOut(by, len(together), results, by_value)


def values_of(rows: pd.DataFrame, value_of: Mapping[str, str]) -> pd.Series:
    """Return the operator or theatre of each row's case; "" of what is no case."""
    key = rows["alert"].str.extract(r"^case ([0-9a-f]{12})", expand=False)
    told: pd.Series = key.map(dict(value_of)).where(key.notna(), "").fillna(UNKNOWN)
    return told


def parts(values: NDArray[np.str_], most: int) -> list[list[str]]:
    """Return which values are held out together: the frequent ones each alone.

    At most `most` parts; the rare values share the last ones evenly.
    """
    names, counts = np.unique(values, return_counts=True)
    ordered = [str(name) for name in names[np.argsort(-counts, kind="stable")]]
    if len(ordered) <= most:
        return [[name] for name in ordered]
    alone = most // 2
    shared: list[list[str]] = [[] for _ in range(most - alone)]
    for place, name in enumerate(ordered[alone:]):
        shared[place % len(shared)].append(name)
    return [[name] for name in ordered[:alone]] + shared


def without(trial: Trial, rows: NDArray[np.intp], named: NDArray[np.bool_]) -> Scorer:
    """Return what answers by a model that learnt neither the named rows nor their kin.

    Its calibration is the registered model's: two numbers a classifier, as in training.
    """
    both = protocol.with_cases(trial.learnt, trial.cases.iloc[rows])
    joined = groups.components(both)
    n_learnt = len(trial.learnt)
    kin = np.isin(joined[:n_learnt], joined[n_learnt:])
    left = trial.learnt[~(kin | named)].reset_index(drop=True)
    prepared = crossfit.prepare(left, seed=trial.model.record.seed)
    fitted = crossfit.questions(prepared).of_each(crossfit.fit_one)
    return protocol.on_scale_of(trial.model, fitted)


def _scored(
    trial: Trial, scorer: Scorer, rows: NDArray[np.intp], hidden: bool
) -> tuple[Alerts, Scores]:
    """Return the tried cases, and the place of each alone in the day."""
    names = trial.model.record.feature_names
    cases = protocol.alerts(
        trial.cases.iloc[rows], trial.joined[rows], scorer, names, hide_identity=hidden
    )
    nobody = np.zeros(len(trial.background), np.int64)
    day = protocol.alerts(trial.background, nobody, scorer, names, hide_identity=hidden)
    return cases, merit.place_in(cases.order, day.order, day.n_flights)


def _by_value(
    alerts: Alerts,
    places: Scores,
    value: NDArray[np.str_],
    frozen: Mapping[int, float],
) -> dict[str, dict[str, Figure]]:
    """Return what was found of each operator or theatre, the frequent ones first."""
    names, counts = np.unique(value, return_counts=True)
    found = {}
    for name in names[np.argsort(-counts, kind="stable")]:
        told = {}
        for budget in (25, 100):
            flagged = merit.is_flagged(alerts, places, budget, frozen)
            for what, which in (
                ("recall", alerts.y),
                ("look_alikes", alerts.look_alike),
            ):
                rows = which & (value == name)
                told[f"{what}_at_{budget}"] = metrics.with_interval(
                    metrics.share(flagged[rows]), alerts.group[rows]
                )
        found[str(name)] = told
    return found


def _plain(figures: Mapping[str, Figure]) -> dict[str, object]:
    return {name: figure.as_json() for name, figure in figures.items()}
