"""Damage every format we read in many ways, and count what the readers make of it.

Seeds are made by hand and by the simulator, and ``--shared DIR`` adds real tracks, read
where they lie.  What a reader must do with any bytes: give tables that conform, or one
sentence, within bounds of time and memory.  A crash ends the run; the same ``--seed``
repeats it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archives import EXAMPLES

from anomaly.errors import BadInputError
from anomaly.ingest import TrackReader, readers
from anomaly.ingest.base import LeftOut
from anomaly.reference import Reference
from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS
from anomaly.simulate.archive import simulate

LONGEST_S = 20.0
_LARGEST_SEED = 400_000
_TOKENS = [
    b"null",
    b'"ground"',
    b"1e308",
    b"-",
    b"9" * 400,
    b"[" * 5000,
    b'{"a":' * 5000,
    b"\x00" * 40,
    b"\xff\xfe\xff",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"ustar",
    b"\x1b[2J",
    b"\n",
    b",",
    b'"',
]
Random = random.Random


@dataclass(frozen=True)
class Seed:
    """A whole file of a format."""

    reader: TrackReader
    name: str
    data: bytes


@dataclass
class Outcome:
    """What came of the runs with one reader."""

    counts: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    n_positions: int = 0


def flip(data: bytearray, at: Random) -> None:
    for _ in range(at.choice([1, 4, 32])):
        data[at.randrange(len(data))] ^= 1 << at.randrange(8)


def cut(data: bytearray, at: Random) -> None:
    del data[at.randrange(len(data)) :]


def drop(data: bytearray, at: Random) -> None:
    start = at.randrange(len(data))
    del data[start : start + at.choice([1, 7, 512, 5000])]


def put(data: bytearray, at: Random) -> None:
    start = at.randrange(len(data))
    data[start : start + at.choice([0, 1, 8])] = at.choice(_TOKENS)


def repeat(data: bytearray, at: Random) -> None:
    start, n = at.randrange(len(data)), at.choice([10, 512, 4000])
    data[start:start] = data[start : start + n] * at.choice([1, 50])


MUTATIONS: tuple[Callable[[bytearray, Random], None], ...] = (
    flip,
    cut,
    drop,
    put,
    repeat,
)


def damaged(data: bytes, at: Random) -> bytes:
    """Return `data` damaged in one to four ways."""
    worse = bytearray(data)
    for _ in range(at.randint(1, 4)):
        if worse:
            at.choice(MUTATIONS)(worse, at)
    return bytes(worse)


def made_seeds(folder: Path) -> Iterator[Seed]:
    """Yield the examples of every format, and what the simulator writes."""
    known = {reader.name: reader for reader in readers()}
    for name, kinds in EXAMPLES.items():
        for kind, write in kinds.items():
            own = folder / f"{name}-{kind}".replace(" ", "-")
            own.mkdir()
            path = write(own)
            yield Seed(known[name], path.name, path.read_bytes())
    day = dt.date(2019, 3, 22)
    simulate(day, 1, 12, folder / "world", reference=Reference.load(), seed=3)
    for path in (folder / "world").glob("*.tar"):
        yield Seed(known["readsb-trace"], path.name, path.read_bytes()[:_LARGEST_SEED])


def real_seeds(shared: Path) -> Iterator[Seed]:
    """Yield real files that a reader recognises, the large ones cut."""
    for path in sorted(shared.rglob("*")):
        if not path.is_file():
            continue
        for reader in readers():
            if reader.sniff(path):
                yield Seed(reader, path.name, path.read_bytes()[:_LARGEST_SEED])
                break


def try_one(seed: Seed, data: bytes, folder: Path, outcome: Outcome) -> None:
    """Read one damaged file, and note what came of it."""
    path = folder / seed.name
    path.write_bytes(data)
    left_out = LeftOut()
    n = 0
    began = time.process_time()
    try:
        for reader in readers():
            reader.sniff(path)
        for batch in seed.reader.read(path, left_out):
            batch.positions.validate(full=True)
            for table, schema in (
                (batch.positions, POSITIONS),
                (batch.aircraft, AIRCRAFT),
                (batch.listed_flights, LISTED_FLIGHTS),
            ):
                if not table.schema.equals(schema, check_metadata=True):
                    raise TypeError(f"{seed.name}: a table does not conform")
            n += batch.positions.num_rows + batch.listed_flights.num_rows
    except BadInputError as error:
        sound = str(error).isprintable() and error.hint
        outcome.counts["one sentence" if sound else "a poor sentence"] += 1
    else:
        outcome.counts["read in part" if left_out.n_damaged else "read"] += 1
    outcome.n_positions += n
    took_s = time.process_time() - began
    outcome.longest_s = max(outcome.longest_s, took_s)
    outcome.counts["too slow"] += took_s > LONGEST_S


def fuzz(seeds: list[Seed], runs: int, random_seed: int) -> dict[str, Outcome]:
    """Return, by reader, what came of so many damaged files each."""
    outcomes: dict[str, Outcome] = {}
    for name in sorted({seed.reader.name for seed in seeds}):
        own = [seed for seed in seeds if seed.reader.name == name]
        at = random.Random(f"{random_seed} {name}")
        outcome = outcomes.setdefault(name, Outcome())
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(runs):
                seed = at.choice(own)
                try_one(seed, damaged(seed.data, at), Path(folder), outcome)
    return outcomes


def main() -> None:
    """Print a row a reader; end with 1 if anything took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="damaged files a reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=Path, help="a folder of real tracks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seeds = list(made_seeds(Path(folder)))
    n_made = len(seeds)
    if given.shared:
        seeds += real_seeds(given.shared)
    print(f"{n_made} seeds made here, {len(seeds) - n_made} real ones")
    outcomes = fuzz(seeds, given.runs, given.seed)
    kinds = ["read", "read in part", "one sentence", "a poor sentence"]
    kinds += ["too slow"]
    print("| reader | files | " + " | ".join(kinds) + " | longest, CPU s |")
    print("|" + "---|" * (len(kinds) + 3))
    for name, outcome in outcomes.items():
        cells = " | ".join(f"{outcome.counts[kind]:,}" for kind in kinds)
        print(f"| {name} | {given.runs:,} | {cells} | {outcome.longest_s:.2f} |")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nmost memory: {peak_mb:,.0f} MB")
    bad = ("too slow", "a poor sentence")
    sys.exit(any(outcome.counts[kind] for outcome in outcomes.values() for kind in bad))


if __name__ == "__main__":
    main()
