"""How documented cases are told apart when whole theatres, or operators, are held out.

    python tests/benchmarks/held_out.py demo/made

Fits the registered model's folds anew over the table it learnt from, three times: with
airframes and case groups kept together, as in training, and then all cases of one
theatre, or of one operator, too.  Prints the AUC against look-alikes, each case once.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from anomaly.cases import Case, load_cases
from anomaly.store import Store
from models import crossfit, masking, merit, registry
from models.metrics import Figure


def kept_together(rows: pd.DataFrame, by: str, cases: Mapping[str, Case]) -> pd.Series:
    """Return the group of each row: what its case has under `by`, if that is told."""
    key = rows["alert"].str.extract(r"^case ([0-9a-f]{12})")[0]
    told = key.map({name: getattr(case, by) for name, case in cases.items()})
    return told.fillna(rows["case_group"])


def measured(
    rows: pd.DataFrame, model: registry.Registered
) -> tuple[Figure | None, Figure | None]:
    """Return the AUC out of fold, with identity and without."""
    prepared = crossfit.prepare(rows, seed=model.record.seed)
    fitted = crossfit.fit_folds(prepared)
    documented = (rows["label_source"] == "casebook") & (rows["take"] == 0)
    chosen = documented.to_numpy(bool)
    figures = []
    for X in (prepared.X, masking.hide(prepared.X, prepared.identity)):
        score = crossfit.out_of_fold(fitted, model.classifier, X, prepared.fold)
        alerts = merit.alerts_of(rows[chosen], score[chosen], prepared.joined[chosen])
        places = np.full(len(alerts), np.inf)
        figures.append(merit.of_cases(alerts, places).get("auc_vs_look_alikes"))
    return figures[0], figures[1]


def main() -> None:
    """Print a row for each way to hold cases out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    store = Store(parser.parse_args().data_dir)
    model = registry.load(store)
    rows = registry.training_rows(store, model.record)
    cases = {case.key: case for case in load_cases()}
    print("| held out together | AUC | identity hidden |\n|---|---|---|")
    for by in ("group_id", "theatre", "operator_id"):
        held = rows.assign(case_group=kept_together(rows, by, cases))
        told = [
            f"{figure.value:.2f}" if figure and figure.value is not None else "?"
            for figure in measured(held, model)
        ]
        print(f"| {by} | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
