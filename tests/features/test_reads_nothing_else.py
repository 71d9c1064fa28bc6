"""No feature rests on a label, a case, a truth or the address itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from feature_builders import flight, shipped_reference, stop, tables

import features
from anomaly.reference import Airports
from features import FlightTables

LEARNT = [feature.name for feature in features.declared() if feature.learnt]

# What knows of cases, labels, verdicts or truths; a module not loaded tells nothing.
FORBIDDEN = ("cases", "labels", "silver", "verdicts", "simulate")
BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
from feature_builders import flight, tables
import features
features.build(tables(flight()))
print("\\n".join(sys.modules))
"""


def to_caracas(address: str, other: str) -> FlightTables:
    """A journey by way of Latakia and Dakar, and who flew alike before."""
    legs = [
        flight(f"{address}-{number}", start, end, typecode="A124", callsign="RFF7081")
        for number, (start, end) in enumerate(
            [("UUMU", "OSLK"), ("OSLK", "GOOY"), ("GOOY", "SVMI")]
        )
    ]
    names = [row["flight_id"] for row in legs]
    stops = [stop(names[0], names[1], "OSLK"), stop(names[1], names[2], "GOOY")]
    past = [flight(f"{address}-p{n}", "UUMU", "OSLK") for n in range(4)]
    past += [flight(f"{other}-p{n}", "GOOY", "SVMI") for n in range(600)]
    return tables(
        *legs,
        flight(f"{other}-t", "GOOY", "SVMI"),
        history=past,
        stopovers=stops,
        chains={names[n]: names[: n + 1] for n in range(3)},
    )


def test_nothing_that_knows_labels_or_cases_is_even_loaded() -> None:
    tests = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", BUILD, tests], capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert "features.route" in loaded
    assert not loaded & {f"anomaly.{name}" for name in FORBIDDEN}
    assert not [name for name in loaded if name.split(".")[0] == "models"]


def test_another_address_of_the_same_block_gives_the_same_row() -> None:
    one = features.build(to_caracas("154073", "3c6444"))
    other = features.build(to_caracas("15a1b2", "3c0001"))
    pd.testing.assert_frame_equal(
        one.reset_index(drop=True), other.reset_index(drop=True), check_exact=True
    )


@pytest.mark.parametrize("lacking", ["hubs", "conflicts", "bans"])
def test_lists_that_age_or_come_from_cases_are_not_learnt(lacking: str) -> None:
    told = shipped_reference()
    if lacking == "hubs":
        airports = Airports(told.airports.table.assign(hub=False))
        without = replace(told, airports=airports)
    else:
        whole = getattr(told, lacking)
        without = replace(told, **{lacking: type(whole)(whole.table.iloc[:0])})
    day = to_caracas("154073", "3c6444")
    with_it, less = (features.build(replace(day, reference=r)) for r in (told, without))
    pd.testing.assert_frame_equal(with_it[LEARNT], less[LEARNT], check_exact=True)
