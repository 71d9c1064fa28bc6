"""Print how full and how well sourced the reference tables are, and check them.

Usage: check.py

Ends with status 1 if a table breaks a rule that the program relies on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from anomaly.reference import AircraftTypes, Airports, Operators
from anomaly.reference.aircraft_types import CARRIES, ENGINES, ROLES
from anomaly.reference.operators import NATURES

HERE = Path(__file__).parent
TYPES = "aircraft_types.csv"
TABLES = (
    "airports.csv.gz",
    "airports_supplement.csv",
    "military_fields.csv",
    "hubs.csv",
    TYPES,
    "operators.csv",
    "address_blocks.csv",
    "countries.csv",
    "registration_marks.csv",
    "state_words.csv",
    "service_words.csv",
)
AIRLIFT = (
    "strategic_airlift",
    "tactical_airlift",
    "tanker",
    "freighter",
    "personnel",
)


def main() -> int:
    """Print a line a table and one a column, then every broken rule."""
    print(f"{'table, column':<30}{'rows':>7}{'filled':>8}{'unsourced':>11}")
    for name in TABLES:
        table = pd.read_csv(HERE / name, dtype="str", keep_default_na=False)
        print_shares(name, table, without_source(name, table))
    broken = problems()
    for problem in broken:
        print(f"broken: {problem}")
    return 1 if broken else 0


def without_source(name: str, table: pd.DataFrame) -> pd.DataFrame | None:
    """Tell of each cell whether it is a value without a source; None if not kept.

    Types name the source of each value in a file of their own.  Elsewhere a row has one
    source, for all of it or for the columns that it names after a colon.
    """
    facts = table.drop(columns="source", errors="ignore")
    filled = facts.ne("")
    if name == TYPES:
        sources = pd.read_csv(HERE / "aircraft_types_sources.csv", dtype="str")
        sources = sources.assign(field=sources["fields"].str.split()).explode("field")
        named = pd.MultiIndex.from_frame(sources[["typecode", "field"]])
        for column in facts.columns.drop("typecode"):
            row = pd.MultiIndex.from_product([facts["typecode"], [column]])
            filled[column] &= ~row.isin(named)
        return filled.assign(typecode=False)
    if "source" in table:
        told = table["source"].str.partition(":")[2]
        named = pd.DataFrame({c: told.str.contains(rf"\b{c}\b") for c in facts})
        covered = named.where(named.any(axis=1), other=True)
        has_source = ~table["source"].str.contains("unsourced")
        return filled & ~covered.mul(has_source, axis=0)
    return None


def print_shares(name: str, table: pd.DataFrame, bare: pd.DataFrame | None) -> None:
    """Print rows, share of cells filled, and of filled cells without a source."""
    facts = table.drop(columns="source", errors="ignore")
    filled = facts.ne("")
    rows = [(name, filled, bare), *parts(facts, filled, bare)]
    for what, full, lacking in rows:
        unsourced = "-"
        if lacking is not None and full.to_numpy().any():
            unsourced = f"{lacking.to_numpy().sum() / full.to_numpy().sum():.0%}"
        share = full.to_numpy().mean()
        print(f"{what:<30}{len(full):>7}{share:>8.0%}{unsourced:>11}")


def parts(
    facts: pd.DataFrame, filled: pd.DataFrame, bare: pd.DataFrame | None
) -> list[tuple[str, pd.DataFrame, pd.DataFrame | None]]:
    """Return what is told beside the whole: each column, and the airlifters."""
    found = [
        (f"  {column}", filled[[column]], None if bare is None else bare[[column]])
        for column in facts
    ]
    if "role" in facts and bare is not None:
        airlift = facts["role"].isin(AIRLIFT)
        found.append(("  (airlift, tanker, freighter)", filled[airlift], bare[airlift]))
    return found


def problems() -> list[str]:
    """Return what is wrong with the tables, in words."""
    airports, types = Airports.load(), AircraftTypes.load().table
    operators = Operators.load().table
    uses = pd.read_csv(HERE / "military_fields.csv", dtype="str")
    military = uses["ident"][uses["field_use"] != "civil"]
    cases = pd.read_csv(HERE.parent / "casebook" / "cases.csv", dtype="str")
    legs = pd.concat([cases["legs"], cases["legs_filled"]], ignore_index=True)
    legs = legs.dropna().str.split().explode(ignore_index=True)
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
