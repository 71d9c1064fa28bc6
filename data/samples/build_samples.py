"""Make the sample tracks from the wheel of `traffic` 2.13.

Usage: python data/samples/build_samples.py traffic-2.13-py3-none-any.whl
"""

from __future__ import annotations

import gzip
import json
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
SAMPLES = "traffic/data/samples"

AS_THEY_ARE = {
    "military/inflight_refuelling.json.gz": "refuelling_3b7777.json.gz",
    "military/aircraft_carrier.json.gz": "carrier_ae0455.json.gz",
}
TRACE = "readsb/trace_full_ac671b.json"
AFTERNOON = "collections/quickstart.json.gz"

# Every fourth aircraft in the order of addresses: a choice that has nothing to do
# with what they did.
STEP = 4
# Armed forces and state flights are not what this sample is to stand for: the French
# (CTM, FMY), Hungarian (HUAF) and US (DUKE) forces, and the Qatar Amiri Flight.
NOT_ORDINARY = ("CTM", "DUKE", "FMY", "HUAF", "QQE")


def main(wheel: Path) -> None:
    """Write the samples beside this script."""
    with zipfile.ZipFile(wheel) as archive:
        for name, ours in AS_THEY_ARE.items():
            (HERE / ours).write_bytes(archive.read(f"{SAMPLES}/{name}"))
        # As archives publish traces: gzip under a name that does not say so.
        trace = archive.read(f"{SAMPLES}/{TRACE}")
        (HERE / Path(TRACE).name).write_bytes(gzip.compress(trace, 9, mtime=0))
        rows = json.loads(gzip.decompress(archive.read(f"{SAMPLES}/{AFTERNOON}")))
    kept = ordinary(rows)
    text = json.dumps(kept, separators=(",", ":"))
    packed = gzip.compress(text.encode(), 9, mtime=0)
    (HERE / "paris_afternoon.json.gz").write_bytes(packed)
    print(f"{len(kept)} rows of {len({row['icao24'] for row in kept})} aircraft")


def ordinary(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the rows of some of the aircraft that serve no state."""
    state = {
        row["icao24"]
        for row in rows
        if str(row["callsign"] or "").startswith(NOT_ORDINARY)
    }
    others = sorted({str(row["icao24"]) for row in rows} - state)
    chosen = set(others[::STEP])
    return [row for row in rows if row["icao24"] in chosen]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
