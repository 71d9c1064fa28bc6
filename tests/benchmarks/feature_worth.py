"""What the features cost and what they are worth.

Usage: feature_worth.py alive DATA_DIR...            how often known, and its gain
       feature_worth.py speed DATA_DIR [--keep DIR]  a day with 90 days before it

``alive`` prints, for every feature, the share of flights of which it is known, in each
data directory, and what shuffling it costs models that never saw the flights (mean
loss of ROC AUC over the folds of the first directory's training table).  ``speed``
copies the last day of DATA_DIR under other addresses until there are 50,000 flights
of one day and four million of the 90 days before it, stores them, and times the tables
and the features of that day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

import features
from anomaly.reference import Reference
from anomaly.schemas import TABLES
from anomaly.store import Store
from models import crossfit, panel, registry
from models.panel import Uncalibrated
from models.twofold import Answers

N_TODAY, N_BEFORE, N_DAYS = 50_000, 4_000_000, 90
REPEATS = 3


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("alive", "speed"))
    parser.add_argument("data_dirs", nargs="+", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the made days here")
    options = parser.parse_args()
    if options.what == "alive":
        alive([Store(path) for path in options.data_dirs])
    elif options.keep:
        speed(Store(options.data_dirs[0]), Store(options.keep))
    else:
        with tempfile.TemporaryDirectory() as folder:
            speed(Store(options.data_dirs[0]), Store(Path(folder)))


def alive(stores: list[Store]) -> None:
    """Print one line a feature: known shares by store, then the gain."""
    known = [known_shares(store) for store in stores]
    gain = gains(stores[0])
    for feature in features.declared():
        shares = "  ".join(f"{part[feature.name]:5.1%}" for part in known)
        told = f"{gain[feature.name]:+.4f}" if feature.name in gain else "not learnt"
        print(f"{feature.name:42}  {shares}  {told}")


def known_shares(store: Store) -> pd.Series[float]:
    """Return the share of flights of all stored days of which each is known."""
    reference = Reference.load(store.root)
    days = [
        features.build(features.tables_for(store, date, reference))
        for date in store.dates("flights")
    ]
    return pd.concat(days).notna().mean()


def score_of(fitted: Uncalibrated, X: pd.DataFrame) -> NDArray[np.float64]:
    """Return the score by the models of a fold, as they are before calibration."""
    told = fitted.of_each(
        lambda each: panel.mean(each.of_each(lambda one: one.decision_function(X)))
    )
    return Answers(told.ordinary, told.look_alikes).score


def gains(store: Store) -> dict[str, float]:
    """Return by how much shuffling each feature lowers the AUC on unseen groups."""
    record = registry.load(store, registry.CHAMPION).record
    prepared = crossfit.prepare(registry.training_rows(store, record), seed=0)
    fitted = crossfit.fit_folds(prepared, lambda *_: None)
    random = np.random.default_rng(0)
    lost: dict[str, list[float]] = {name: [] for name in prepared.X.columns}
    for number, classifier in enumerate(fitted):
        unseen = prepared.is_labelled & (prepared.fold == number)
        X, y = prepared.X[unseen], prepared.y[unseen]
        whole = roc_auc_score(y, score_of(classifier, X))
        for name in X.columns:
            for _ in range(REPEATS):
                shuffled = X.assign(**{name: random.permutation(X[name].to_numpy())})
                score = score_of(classifier, shuffled)
                lost[name].append(whole - roc_auc_score(y, score))
    return {name: float(np.mean(parts)) for name, parts in lost.items()}


def speed(source: Store, made: Store) -> None:
    """Make the days if they are not there, and time one of them."""
    today = source.dates("flights")[-1]
    if not made.has("flights", today):
        make_days(source, made, today)
    reference = Reference.load()
    # Once on few flights: compiling and first imports are no part of it.
    features.build(features.tables_for(source, today, reference))
    # What was looked up for these is no part of it, either.
    reference = Reference.load()
    began = time.perf_counter(), time.process_time()
    tables = features.tables_for(made, today, reference)
    read = time.perf_counter(), time.process_time()
    frame = features.build(tables)
    done = time.perf_counter(), time.process_time()
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{len(frame):,} flights, {len(tables.history):,} before them")
    for what, a, b in (("read", began, read), ("features", read, done)):
        print(f"{what:10}{b[0] - a[0]:6.1f} s  {b[1] - a[1]:6.1f} s of CPU")
    print(f"peak memory {peak_gb:.1f} GB")


def make_days(source: Store, made: Store, today: dt.date) -> None:
    """Store copies of a day, and copies of its flights on the days before it."""
    tables = {
        name: source.read(name, today).to_pandas()
        for name in ("flights", "journeys", "stopovers", "gaps")
    }
    flights = tables["flights"]
    tables["flights"] = flights[flights["date"] == today]
    n_copies = -(-N_TODAY // len(tables["flights"]))
    for name, rows in tables.items():
        parts = [readdressed(rows, copy) for copy in range(n_copies)]
        tables[name] = pd.concat(parts, ignore_index=True)
    tables["flights"] = tables["flights"].iloc[:N_TODAY]
    flown = tables["flights"]["icao24"].unique()
    for name, rows in tables.items():
        write(made, name, rows[rows["icao24"].isin(flown)], today)
    for back in range(1, N_DAYS + 1):
        # What four million leave over is spread over the first days.
        n = N_BEFORE // N_DAYS + (back <= N_BEFORE % N_DAYS)
        before = today - dt.timedelta(days=back)
        write(made, "flights", shifted(tables["flights"].iloc[:n], back), before)


def readdressed(rows: pd.DataFrame, copy: int) -> pd.DataFrame:
    """Return the rows of other airframes that fly the same."""

    def address(text: str) -> str:
        return f"{(int(text[:6].lstrip('~'), 16) * 31 + copy * 7919) % 2**24:06x}"

    def renamed(flight_id: str) -> str:
        return address(flight_id) + flight_id[6:]

    result = rows.assign(icao24=rows["icao24"].map(address)) if len(rows) else rows
    for name in ("flight_id", "journey_id", "flight_before", "flight_after"):
        if name in result:
            result = result.assign(**{name: result[name].map(renamed)})
    if "flight_ids" in result:
        lists = [[renamed(part) for part in ids] for ids in result["flight_ids"]]
        result = result.assign(flight_ids=pd.Series(lists, result.index, dtype=object))
    return result


def shifted(flights: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return the flights some days earlier."""
    back = pd.Timedelta(days=days)
    first_seen = flights["first_seen"] - back
    ids = flights["icao24"] + first_seen.dt.strftime("-%Y%m%dT%H%M%SZ")
    return flights.assign(
        flight_id=ids,
        first_seen=first_seen,
        last_seen=flights["last_seen"] - back,
        date=[date - dt.timedelta(days=days) for date in flights["date"]],
    )


def write(store: Store, name: str, rows: pd.DataFrame, date: dt.date) -> None:
    """Store one table of one day."""
    table = pa.Table.from_pandas(rows, schema=TABLES[name], preserve_index=False)
    store.write(name, table, date)


if __name__ == "__main__":
    main()
