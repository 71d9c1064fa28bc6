"""Print how full and how well sourced the reference tables are, and check them.

Usage: check.py

Ends with status 1 if a table breaks a rule that the program relies on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from anomaly.reference import AircraftTypes, Airports
from anomaly.reference.aircraft_types import CARRIES, ENGINES, ROLES
from anomaly.reference.operators import NATURES

HERE = Path(__file__).parent
TABLES = (
    "airports.csv.gz",
    "airports_supplement.csv",
    "military_fields.csv",
    "hubs.csv",
    "aircraft_types.csv",
    "operators.csv",
    "address_blocks.csv",
)


def main() -> int:
    """Print one line a table, then every broken rule."""
    print(f"{'table':<26}{'rows':>7}{'filled':>8}{'unsourced':>11}")
    for name in TABLES:
        print(line_about(name))
    broken = list(problems())
    for problem in broken:
        print(f"broken: {problem}")
    return 1 if broken else 0


def line_about(name: str) -> str:
    """Return rows, share of cells filled, and of rows of which part has no source."""
    table = pd.read_csv(HERE / name, dtype="str", keep_default_na=False)
    facts = table.drop(columns="source", errors="ignore")
    filled = facts.ne("").to_numpy().mean()
    unsourced = "-"
    if "source" in table:
        unsourced = f"{table['source'].str.contains('unsourced').mean():.0%}"
    return f"{name:<26}{len(table):>7}{filled:>8.0%}{unsourced:>11}"


def problems() -> list[str]:
    """Return what is wrong with the tables, in words."""
    airports, types = Airports.load(), AircraftTypes.load().table
    operators = pd.read_csv(HERE / "operators.csv", dtype="str", keep_default_na=False)
    uses = pd.read_csv(HERE / "military_fields.csv", dtype="str")
    military = uses["ident"][uses["field_use"] != "civil"]
    cases = pd.read_csv(HERE.parent / "casebook" / "cases.csv", dtype="str")
    legs = cases["legs_filled"].dropna().str.split().explode()
    legs = legs[legs != "?"]
    rules = {
        "airports of the casebook are unknown": airports.resolve(legs).isna(),
        "types of the casebook are unknown": ~cases["typecode"]
        .dropna()
        .isin(types.index),
        "military fields are unknown": airports.resolve(military).isna(),
        "types have an unknown role": ~types["role"].isin(ROLES),
        "types have an unknown engine": ~types["engine"].dropna().isin(ENGINES),
        "types carry an unknown thing": ~types["carries"].isin(CARRIES),
        "types carry more than they weigh": types["payload_t"] > types["mtow_t"],
        "operators have an unknown nature": ~operators["nature"].isin(NATURES),
    }
    return [f"{wrong.sum()} {what}" for what, wrong in rules.items() if wrong.any()]


if __name__ == "__main__":
    sys.exit(main())
