"""List hubs of documented air bridges: fields that many unrelated cases share.

Usage: find_hubs.py CASES_CSV > hubs.csv

A field is a hub if at least four groups of documented military-logistics flights
touch it: take any one group away, as when that group is scored, and three still do.
The founding pair's group never counts, so no list names its stops because of it.
"""

from __future__ import annotations

import csv
import sys

import pandas as pd

FOUNDING_GROUP = "g-f-015"
MIN_GROUPS = 4


def main(cases: str) -> None:
    """Print the hubs as CSV."""
    rows = pd.read_csv(cases, dtype="str", keep_default_na=False)
    counted = rows["group_id"].ne(FOUNDING_GROUP)
    rows = rows[counted & rows["label"].eq("military_logistics")]
    visits = rows.assign(ident=rows["legs_filled"].str.split()).explode("ident")
    visits = visits[visits["ident"].notna() & visits["ident"].ne("?")]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["ident", "source"])
    for ident, those in visits.groupby("ident"):
        if those["group_id"].nunique() >= MIN_GROUPS:
            first = those.drop_duplicates("group_id")["case_id"].sort_values()
            out.writerow([ident, f"casebook {' '.join(first)}"])


if __name__ == "__main__":
    main(*sys.argv[1:])
