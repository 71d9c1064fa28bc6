"""Propose military fields by their names; a person reads what it proposes.

Usage: find_military.py AIRPORTS_CSV >> military_fields.csv

Prints a row for each open field of OurAirports whose name says that it is military and
that ``military_fields.csv`` does not hold yet.  A field with scheduled flights is
proposed as joint.  Rows that turn out wrong stay in the file, marked civil by hand, so
that they are not proposed again.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
WORDS = re.compile(
    r"""\b(air\ ?base|afb|air\ force|army\ air\ ?field|army\ airport|army\ heliport
    |army\ airstrip|army\ aviation|army\ stagefield|naval|nas|naws|nolf|nalf|mca[sf]
    |marine\ corps|military|militar|raf|rnas|cfb|raaf|rnzaf|rmaf|jasdf|jmsdf|jgsdf|paf
    |aaf|ahp|angb|joint\ base|air\ station|ins\ [a-z]+|base\ a[eé]rea
    |base\ aeronaval|hmas)\b|авиабаза""",
    re.IGNORECASE | re.VERBOSE,
)
CIVIL = re.compile(r"former|cemetery|museum|salvation|hospital|clinic", re.IGNORECASE)


def main(airports: str) -> None:
    """Print the proposals as CSV rows."""
    fields = pd.read_csv(airports, dtype="str", keep_default_na=False)
    listed = pd.read_csv(
        HERE / "military_fields.csv", dtype="str", keep_default_na=False
    )
    known = set(listed["ident"])
    fields = fields[~fields["type"].isin(["closed", "balloonport"])]
    out = csv.writer(sys.stdout, lineterminator="\n")
    for row in fields.itertuples():
        says = WORDS.search(str(row.name)) and not CIVIL.search(str(row.name))
        if not says or row.ident in known or row.gps_code in known:
            continue
        use = "joint" if row.scheduled_service == "yes" else "military"
        out.writerow([row.ident, use, "name", "OurAirports, field name"])


if __name__ == "__main__":
    main(*sys.argv[1:])
