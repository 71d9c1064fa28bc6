"""Print what this program and the `traffic` library find in the same positions.

usage: python tests/benchmarks/against_traffic.py --traffic-python PYTHON [--seed N]
       [--every N] [SHARED]

PYTHON is the interpreter of an environment of its own, since the library wants an older
pandas: ``python -m venv ENV; ENV/bin/pip install traffic "pandas<3"``.  It is given our
airports.  The library promises no landings within gaps, nor does it say how sure it is:
compared is what it does promise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import routes
import segmentation
from scoring import Scores, scores

from anomaly.days import DayTables, tables_of
from anomaly.reference import Reference
from anomaly.schemas import CANDIDATES, GAPS, JOURNEYS, LEFT_OUT, STOPOVERS

_COLUMNS = {
    "icao24": "icao24",
    "timestamp": "timestamp",
    "callsign": "callsign",
    "latitude_deg": "latitude",
    "longitude_deg": "longitude",
    "altitude_ft": "altitude",
    "ground_speed_kt": "groundspeed",
    "track_deg": "track",
    "vertical_rate_ft_min": "vertical_rate",
    "on_ground": "onground",
}
OTHERS = ("all", "larger")


def by_traffic(
    python: str, positions: pa.Table, airports: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return the flights that the library finds, and the seconds that it takes."""
    rows = positions.select(list(_COLUMNS)).to_pandas().rename(columns=_COLUMNS)
    rows["onground"] = rows["onground"].fillna(value=False).astype(bool)
    fields = airports[airports["kind"] != "heliport"].reset_index()
    fields = pd.DataFrame(
        {
            "icao": fields["ident"],
            "iata": "",
            "name": fields["name"],
            "country": fields["country"],
            "latitude": fields["latitude_deg"],
            "longitude": fields["longitude_deg"],
            "altitude": fields["elevation_ft"],
            "type": fields["kind"],
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        rows.sort_values(["icao24", "timestamp"]).to_parquet(
            Path(folder) / "positions.parquet"
        )
        fields.to_parquet(Path(folder) / "airports.parquet")
        side = Path(__file__).with_name("traffic_side.py")
        subprocess.run([python, str(side), folder], check=True)
        found: pd.DataFrame = pd.read_parquet(Path(folder) / "flights.parquet")
        seconds: dict[str, float] = json.loads(
            (Path(folder) / "seconds.json").read_text()
        )
    return found, seconds


def as_tables(flights: pd.DataFrame, among: str) -> DayTables:
    """Return the library's flights as if they were ours, for the same scoring."""
    rows = flights.assign(
        flight_id=flights["icao24"] + "-" + flights["first_seen"].astype(str),
        origin=flights[f"origin_{among}"],
        destination=flights[f"destination_{among}"],
    )
    return DayTables(
        flights=pa.Table.from_pandas(rows, preserve_index=False),
        gaps=GAPS.empty_table(),
        stopovers=STOPOVERS.empty_table(),
        journeys=JOURNEYS.empty_table(),
        candidates=CANDIDATES.empty_table(),
        left_out=LEFT_OUT.empty_table(),
    )


def simulated(
    python: str, reference: Reference, seed: int, every: int
) -> Iterator[tuple[str, ...]]:
    """Yield measure, number of cases and results on a made world."""
    made, dark = segmentation.world(seed, reference)
    chosen = sorted(set(made.positions["icao24"].to_pylist()))[::every]
    positions, truth = (
        table.filter(pc.is_in(table["icao24"], value_set=pa.array(chosen)))
        for table in (made.positions, made.truth)
    )
    airports = reference.airports.table
    theirs, seconds = by_traffic(python, positions, airports)
    few = pc.is_in(positions["icao24"], value_set=pa.array(chosen[:20]))
    tables_of(positions.filter(few), made.aircraft, reference)  # compiles
    started = time.process_time()
    found = [tables_of(positions, made.aircraft, reference)]
    ours_s = time.process_time() - started
    found += [as_tables(theirs, among) for among in OTHERS]
    yield (
        "CPU seconds from positions to flights and airports",
        f"{len(positions):,} positions",
        f"{ours_s:.1f}",
        *(f"{seconds['cut'] + seconds[among]:.1f}" for among in OTHERS),
    )
    every_score = [scores(positions, truth, t, airports, dark) for t in found]
    yield _row(
        "flights cut in two, or joined",
        every_score[0].n_seen,
        [(s.n_cut + s.n_joined) / s.n_seen for s in every_score],
    )
    for seen, name in (
        ("low", "airport right, seen below 3,000 ft above the field"),
        ("mid", "airport right, lost below 10,000 ft within 40 nm"),
        ("lost", "of ends lost higher or further: named"),
    ):
        ends = [s.ends[s.ends["seen"] == seen] for s in every_score]
        told = "named" if seen == "lost" else "right"
        yield _row(name, len(ends[0]), [e[told].mean() for e in ends])
    yield _row(
        "… of those named: right", len(ends[0]), [_right(s) for s in every_score]
    )


def _right(found: Scores) -> float:
    ends = found.ends[(found.ends["seen"] == "lost") & found.ends["named"]]
    return float(ends["right"].mean())


def airlines(
    python: str, reference: Reference, shared: Path
) -> Iterator[tuple[str, ...]]:
    """Yield measure, number of cases and results on the routes of 2014."""
    ours = routes.ends(shared, reference)
    positions, _ = routes.read(shared)
    theirs, _ = by_traffic(python, positions, reference.airports.table)
    ours["icao24"] = ours["flight_id"].str[:6]
    near = (ours["nearest_nm"] < routes.NEAR_NM) & (ours["altitude_ft"] < routes.LOW_FT)
    for which, name in ((near, "within 15 nm and below 5,000 ft"), (~near, "other")):
        some = ours[which]
        shares = [(some["airport"] == some["true"]).mean()]
        named = [some["airport"].notna().mean()]
        for among in OTHERS:
            answer: pd.DataFrame = pd.concat(
                [
                    theirs.drop_duplicates("icao24", keep=keep)  # type: ignore[call-overload]
                    .rename(columns={f"{end}_{among}": "answer"})
                    .assign(end=end)[["icao24", "end", "answer"]]
                    for end, keep in (("origin", "first"), ("destination", "last"))
                ]
            )
            both = some.merge(answer, how="left", on=["icao24", "end"])
            shares.append((both["answer"] == both["true"]).mean())
            named.append(both["answer"].notna().mean())
        yield _row(f"airlines 2014, ends {name}: right", len(some), shares)
        yield _row(f"airlines 2014, ends {name}: named", len(some), named)


def _row(name: str, n: int, shares: list[float]) -> tuple[str, ...]:
    return (name, f"{n:,}", *(f"{share:.1%}" for share in shares))


def main() -> None:
    """Find twice, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path)
    parser.add_argument("--traffic-python")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--every", type=int, default=4, help="take one aircraft in N")
    options = parser.parse_args()
    if not options.traffic_python:
        sys.exit(
            "--traffic-python is missing: the interpreter of an environment with "
            'traffic\n  python -m venv ENV; ENV/bin/pip install traffic "pandas<3"'
        )
    reference = Reference.load()
    python = options.traffic_python
    rows = list(simulated(python, reference, options.seed, options.every))
    if options.shared:
        rows += airlines(python, reference, options.shared)
    print("| measure | of | this program | traffic, all fields | traffic, larger |")
    print("|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
