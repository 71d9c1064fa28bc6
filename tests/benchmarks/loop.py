"""Whether verdicts make the next list better: an oracle judges one, errs, and we look.

For each seed, a world of its own: a model learns from two days of one kind, its list
over two later days is judged from the top by an oracle that errs one time in ten, and
models with and without these verdicts are compared on the week after that.

So small a world would hold too few logistics journeys to fill a list of 25: the groups
among which they hide are `CROWDED` times as common as on an ordinary day.

    python tests/benchmarks/loop.py --seeds 10
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly import labels, simulate
from anomaly.days import build_days
from anomaly.reference import Reference
from anomaly.store import Store
from models import crossfit, dataset, measure, opinion

N_VERDICTS = 30
ERROR_SHARE = 0.1
N_FIRST = 25
N_LEARNT_DAYS, N_JUDGED_DAYS, N_LATER_DAYS = 2, 2, 7
CROWDED = 12.0
LEARNT_FROM, SEARCHED_FROM = dt.date(2018, 6, 4), dt.date(2019, 3, 18)


@dataclass(frozen=True)
class Outcome:
    """Precision within the first alerts of the later days."""

    seed: int
    before: float
    after: float
    n_logistics: int
    n_confirmed: int


def one(seed: int, *, n_aircraft: int, reference: Reference) -> Outcome:
    """Return what thirty verdicts did in one world."""
    with tempfile.TemporaryDirectory() as scratch:
        rows = _rows(Path(scratch), seed, n_aircraft, reference)
    day = pd.to_datetime(rows["date"])
    searched, later = (
        pd.Timestamp(SEARCHED_FROM + dt.timedelta(days=n)) for n in (0, N_JUDGED_DAYS)
    )
    learnt = rows[day < searched]
    judged = rows[(day >= searched) & (day < later)]
    after = rows[day >= later]
    order = _order(learnt, judged, seed)
    random = np.random.default_rng(seed)
    first = _leading(judged, order).head(N_VERDICTS)
    errs = random.random(len(first)) < ERROR_SHARE
    said = dataset.labels_of(first) ^ errs
    verdicts = first.assign(
        logistics=said,
        weight=np.float32(labels.WEIGHTS["verdict"]),
        label_source="verdict",
        look_alike=None,
    )
    return Outcome(
        seed,
        _precision(after, _order(learnt, after, seed)),
        _precision(after, _order(dataset.settled([learnt, verdicts]), after, seed)),
        int(_alerts(after).sum()),
        int(said.sum()),
    )


def _rows(
    scratch: Path, seed: int, n_aircraft: int, reference: Reference
) -> pd.DataFrame:
    store = Store(scratch)
    told = []
    for start, n_days, shares in (
        (LEARNT_FROM, N_LEARNT_DAYS, simulate.Shares.for_training()),
        (
            SEARCHED_FROM,
            N_JUDGED_DAYS + N_LATER_DAYS,
            simulate.Shares().crowded(CROWDED),
        ),
    ):
        world = simulate.plan_world(
            start, n_days, n_aircraft, seed, reference=reference, shares=shares
        )
        told.append(_fly(store, world, start, n_days, seed, reference))
    truth = pa.concat_tables(told)
    dates = store.dates("flights")
    found = [labels.from_truth(store.read("flights", date), truth) for date in dates]
    known = labels.merged([one.rows for one in found])
    return dataset.days(store, dates, known, reference)


def _fly(
    store: Store,
    world: simulate.World,
    start: dt.date,
    n_days: int,
    seed: int,
    reference: Reference,
) -> pa.Table:
    """Store the days of a world without an archive between, and return the truth."""
    coverage = simulate.Coverage.of(simulate.Places.of(reference.airports), seed)
    dates = [start + dt.timedelta(days=n) for n in range(n_days)]
    told = []
    for date in dates:
        seen = simulate.tracks(world, coverage, since=date, until=date)
        # So small a day is found faster in one part.
        order = [("icao24", "ascending"), ("timestamp", "ascending")]
        store.write("positions", seen.positions.sort_by(order), date, "0")
        store.write("aircraft", seen.aircraft, date)
        told.append(seen.truth)
    build_days(store, dates, reference)
    return pa.concat_tables(told)


def _order(learnt: pd.DataFrame, rows: pd.DataFrame, seed: int) -> NDArray[np.float64]:
    """Return the review order of rows by a model of what was learnt."""
    model = crossfit.fit_all(crossfit.prepare(learnt, seed=seed, n_folds=2))
    scorer = crossfit.scorer(model)
    told = opinion.of(scorer, rows[dataset.feature_names()])
    return measure.review_order(rows, told)


def _leading(rows: pd.DataFrame, order: NDArray[np.float64]) -> pd.DataFrame:
    """Return the leading flight of each journey, best first."""
    ranked = rows.assign(order=order).sort_values("order", ascending=False)
    return ranked.drop_duplicates("alert").drop(columns="order")


def _alerts(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which journeys hold a logistics flight."""
    told = pd.Series(dataset.labels_of(rows), index=rows["alert"])
    return told.groupby(level=0).any()


def _precision(rows: pd.DataFrame, order: NDArray[np.float64]) -> float:
    is_so = _alerts(rows)
    return float(is_so[_leading(rows, order)["alert"].head(N_FIRST)].mean())


def main() -> None:
    """Print one line a seed, and the mean difference with its interval."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--aircraft", type=int, default=150)
    given = parser.parse_args()
    reference = Reference.load()
    gains = []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        made = one(seed, n_aircraft=given.aircraft, reference=reference)
        gains.append(made.after - made.before)
        print(
            f"seed {seed}: precision at {N_FIRST} {made.before:.2f} to {made.after:.2f}"
            f" ({made.n_logistics} logistics journeys; {made.n_confirmed} of "
            f"{N_VERDICTS} confirmed)",
            flush=True,
        )
    random = np.random.default_rng(0)
    means = random.choice(gains, size=(10_000, len(gains))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    print(f"mean gain {np.mean(gains):+.3f} ({low:+.3f} to {high:+.3f})")


if __name__ == "__main__":
    main()
