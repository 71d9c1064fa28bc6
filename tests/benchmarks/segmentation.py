"""Print how well flights, their ends, stopovers and gaps are found.

usage: python tests/benchmarks/segmentation.py [SHARED] [--seeds N] [--first SEED]

Simulated worlds of which the truth is known, thinned by receivers as dense as the
world's; the archive's marks of new flights, which the simulator sets too well, are
taken out, and some aircraft switch off in flight.  With SHARED (a folder with
``tracks/civil_2014``), also airline routes whose airports are known.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import routes
from scoring import Scores, scores

from anomaly import simulate
from anomaly.days import tables_of
from anomaly.reference import Reference

START = dt.date(2024, 5, 6)
N_DAYS, N_AIRCRAFT = 2, 800
DARK_SHARE = 0.06


def world(seed: int, reference: Reference) -> tuple[simulate.Tracks, pd.DataFrame]:
    """Return the tracks of a world, and when transponders were off in it."""
    planned = simulate.plan_world(
        START,
        N_DAYS,
        N_AIRCRAFT,
        seed,
        reference=reference,
        shares=simulate.Shares.for_training(),
    )
    flown = _darkened(planned.sorties, seed)
    made = simulate.tracks(
        simulate.World(planned.airframes, flown),
        simulate.Coverage.of(simulate.Places.of(reference.airports), seed),
        since=START,
        until=START + dt.timedelta(days=N_DAYS - 1),
    )
    column = made.positions.schema.get_field_index("new_leg")
    unmarked = made.positions.set_column(
        column,
        made.positions.schema.field(column),
        pa.nulls(len(made.positions), pa.bool_()),
    )
    off = flown[flown["dark_from"].notna()]
    lasts_s = off["landing_s"] - off["takeoff_s"]
    dark = pd.DataFrame(
        {
            "icao24": planned.airframes["icao24"].to_numpy()[off["airframe"]],
            "from_s": off["takeoff_s"] + off["dark_from"] * lasts_s,
            "to_s": off["takeoff_s"] + off["dark_to"].clip(upper=1) * lasts_s,
        }
    )
    return simulate.Tracks(unmarked, made.aircraft, made.truth), dark


def _darkened(sorties: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the flights, of which some switch off for half an hour or longer."""
    rng = np.random.default_rng(seed)
    hours = ((sorties["landing_s"] - sorties["takeoff_s"]) / 3600).to_numpy()
    direct = sorties["shape"].to_numpy() == 0
    chosen = direct & (hours > 1.2) & sorties["dark_from"].isna().to_numpy()
    chosen &= rng.random(len(sorties)) < DARK_SHARE
    begin = rng.uniform(0.15, 0.6, len(sorties))
    end = np.minimum(begin + rng.uniform(0.35, 1.6, len(sorties)) / hours, 0.9)
    return sorties.assign(
        dark_from=np.where(chosen, begin, sorties["dark_from"]),
        dark_to=np.where(chosen, end, sorties["dark_to"]),
    )


def lines(found: list[Scores]) -> Iterator[tuple[str, str, str, str]]:
    """Yield measure, number of cases, result and what is wanted."""
    ends = pd.concat([s.ends for s in found])
    stops = pd.concat([s.stops for s in found])
    reported = pd.concat([s.reported for s in found])
    gaps = pd.concat([s.gaps for s in found])
    n_seen = sum(s.n_seen for s in found)
    torn = sum(s.n_cut + s.n_joined for s in found)
    yield "flights cut in two, or joined", f"{n_seen:,}", _share(torn / n_seen), "< 1 %"
    for seen, name, wanted in (
        ("low", "airport right, seen below 3,000 ft above the field", "99.5 %"),
        ("mid", "airport right, lost below 10,000 ft within 40 nm", "95 %"),
    ):
        some = ends[ends["seen"] == seen]
        yield name, f"{len(some):,}", _share(some["right"].mean()), wanted
    gap = stops[stops["seen"] == "gap"]
    first, third = (gap["rank"] <= 1).mean(), (gap["rank"] <= 3).mean()
    yield (
        "airport of a landing within a gap: first, among the first three",
        f"{len(gap):,}",
        f"{_share(first)}, {_share(third)}",
        "75 %, 92 %",
    )
    for seen, name, wanted in (
        ("a side", "stopovers seen on a side: found, true of those reported", "97 %"),
        ("gap", "stopovers wholly within a gap: found, true", "85 %, 90 %"),
    ):
        some, told = stops[stops["seen"] == seen], _of(reported, seen)
        yield (
            name,
            f"{len(some):,}",
            f"{_share(some['found'].mean())}, {_share(told['true'].mean())}",
            wanted,
        )
    for level, wanted in ((4, "99 %"), (3, "95 %"), (2, "80 %"), (1, "")):
        told = reported[reported["confidence"] == level]
        yield (
            f"true stopovers of confidence {level}, airport right",
            f"{len(told):,}",
            f"{_share(told['true'].mean())}, {_share(told['right'].mean())}",
            wanted,
        )
    unseen = reported[reported["true"] & reported["inferred"]]
    off_min = unseen["off_min"].abs().quantile([0.5, 0.9])
    yield (
        "ground time where no landing was seen: off by, half and nine in ten",
        f"{len(unseen):,}",
        f"{off_min[0.5]:.1f} min, {off_min[0.9]:.1f} min",
        "",
    )
    off = gaps[gaps["kind"] == "transponder_off_likely"]
    hole = gaps[gaps["kind"] == "coverage_hole"]
    for name, told, is_so, all_so in (
        ("transponder_off_likely", off, off["dark"], gaps["dark"]),
        ("coverage_hole", hole, ~hole["dark"], ~gaps["dark"]),
    ):
        yield (
            f"gaps called {name}: that were, of all such",
            f"{len(told):,}",
            f"{_share(is_so.mean())}, {_share(is_so.sum() / all_so.sum())}",
            "90 %",
        )


def _of(reported: pd.DataFrame, seen: str) -> pd.DataFrame:
    """Return reported stopovers of a kind; one that matches nothing is within a gap."""
    matched = reported["seen"].fillna("gap")
    return reported[matched == seen]


def _share(value: float) -> str:
    return f"{value:.1%}"


def main() -> None:
    """Fly, find and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    # Worlds below 100 were looked at while the rules were made.
    parser.add_argument("--first", type=int, default=201)
    options = parser.parse_args()
    reference = Reference.load()
    found = []
    for seed in range(options.first, options.first + options.seeds):
        made, dark = world(seed, reference)
        started = time.process_time()
        tables = tables_of(made.positions, made.aircraft, reference)
        took_s = time.process_time() - started
        n = len(made.positions)
        print(f"seed {seed}: {n:,} positions in {took_s:.1f} s of CPU")
        found.append(
            scores(made.positions, made.truth, tables, reference.airports.table, dark)
        )
    print("\n| measure | of | result | wanted |\n|---|---|---|---|")
    for row in lines(found):
        print("| " + " | ".join(row) + " |")
    if options.shared:
        print("\n| airline routes of 2014 | of | result |\n|---|---|---|")
        for route_row in routes.lines(options.shared, reference):
            print("| " + " | ".join(route_row) + " |")


if __name__ == "__main__":
    main()
