"""Hold the fast decoder against the reference on damaged traces, as many as wanted.

usage: PYTHONPATH=tests python tests/benchmarks/decoder.py [N] [FOLDER]

FOLDER holds real traces (``trace_full_*.json``); without it the sample is damaged.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from pathlib import Path

from trace_mutations import agreed, damaged

from anomaly.ingest import trace_columns as cols
from anomaly.ingest.fast_traces import FastTraces
from anomaly.store import bundled

_CODES = ("MALFORMED", "TOO_PRECISE", "UNKNOWN_WORD", "NO_PLACE", "UNSORTED")
_NAMES = {getattr(cols, name): name for name in (*_CODES, "UNUSUAL_TEXT", "FULL")}
# The time of a run goes with the length; what can go wrong does not.
_LONGEST = 25_000


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    files = [bundled("samples", "trace_full_ac671b.json")]
    if len(sys.argv) > 2:
        files = sorted(Path(sys.argv[2]).rglob("trace_full_*.json"))
    whole = [gzip.decompress(file.read_bytes()) for file in files]
    traces = [data for data in whole if len(data) <= _LONGEST] or whole
    fast = FastTraces(20_000)
    assert all(agreed(fast, data) for data in whole)
    told: Counter[str] = Counter()
    for data in damaged(traces, n, seed=1):
        if agreed(fast, data):
            told["read alike"] += 1
        else:
            told[_NAMES[fast.add(data)]] += 1
    print(
        f"{len(whole)} whole traces read alike; {n:,} damaged ones, not one otherwise:"
    )
    for what, count in told.most_common():
        print(f"  {what:<14} {count:>8,}")


if __name__ == "__main__":
    main()
