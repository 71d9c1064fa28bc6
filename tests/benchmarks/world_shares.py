"""Print shares of a simulated world beside those of the real sky.

usage: python tests/benchmarks/world_shares.py SHARED [N_AIRCRAFT]

SHARED is the folder with ``tracks/readsb_aircraft_json`` (the whole sky at one
instant) and ``tracks/military_hourly`` (hourly positions of military aircraft).
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Cadence, Coverage, Places

INSTANT = dt.datetime(2023, 11, 1, tzinfo=dt.UTC)
_EASTERN = ("IL76", "A124", "AN12", "AN22", "A225", "AN26", "AN72", "IL62", "T154")
_CHARTERS = ("OAE", "CMB", "TOW", "HFY", "PVG", "TTL", "EAF")
"""Airlines of the simulated world that fly troops, or whatever they are paid for, and
no schedule of their own."""
_REGIONS = {
    "North America": (15, 75, -170, -50),
    "South and Central America": (-60, 15, -110, -30),
    "Europe": (35, 72, -25, 40),
    "Middle East": (12, 42, 34, 65),
    "Africa": (-36, 35, -20, 52),
    "East and South-East Asia": (-10, 55, 92, 150),
    "South Asia": (5, 40, 60, 92),
    "Australia and New Zealand": (-50, -10, 110, 180),
}


def region(latitude: pd.Series[float], longitude: pd.Series[float]) -> pd.Series[str]:
    """Return the first region that holds each point."""
    conditions = [
        latitude.between(south, north) & longitude.between(west, east)
        for south, north, west, east in _REGIONS.values()
    ]
    names = list(_REGIONS)
    return pd.Series(
        np.select(conditions, names, "elsewhere"), index=latitude.index, dtype="str"
    )


def real_instant(shared: Path) -> pd.DataFrame:
    """Return the aircraft aloft in the snapshot of the whole sky."""
    path = shared / "tracks/readsb_aircraft_json/2023-11-01T000000Z.json.gz"
    with gzip.open(path) as lines:
        sky = pd.DataFrame(json.load(lines)["aircraft"])
    sky = sky[sky["lat"].notna() & (sky["alt_baro"] != "ground")]
    sky = sky[~sky["t"].isin(["TWR", "SERV", "GND"])]
    sky = sky[~sky["type"].isin(["tisb_other", "tisb_trackfile", "adsb_other"])]
    return pd.DataFrame(
        {
            "typecode": sky["t"],
            "registration": sky["r"],
            "callsign": sky["flight"].str.strip().replace("", None),
            "military": sky["dbFlags"].fillna(0).astype(int) & 1 == 1,
            "altitude_ft": pd.to_numeric(sky["alt_baro"], errors="coerce"),
            "ground_speed_kt": sky["gs"],
            "latitude_deg": sky["lat"],
            "longitude_deg": sky["lon"],
        }
    )


def simulated_instant(n_aircraft: int, reference: Reference) -> pd.DataFrame:
    """Return the aircraft aloft and seen within a minute of the same instant."""
    before = INSTANT.date() - dt.timedelta(days=1)
    world = simulate.plan_world(before, 2, n_aircraft, 1, reference=reference)
    now_s = INSTANT.timestamp()
    aloft = (world.sorties["takeoff_s"] < now_s) & (world.sorties["landing_s"] > now_s)
    sky = simulate.World(world.airframes, world.sorties[aloft])
    coverage = Coverage.of(Places.of(reference.airports), 1)
    got = simulate.tracks(sky, coverage, Cadence())
    seen = got.positions.to_pandas()
    since = (seen["timestamp"] - INSTANT).dt.total_seconds().abs()
    seen = seen[since < 60].drop_duplicates("icao24")
    listed = got.aircraft.to_pandas().set_index("icao24")
    of = listed.reindex(seen["icao24"]).reset_index(drop=True)
    seen = seen.reset_index(drop=True)
    seen["typecode"] = of["typecode"]
    seen["registration"] = of["registration"]
    seen["military"] = of["military_flag"].fillna(False).astype(bool)
    return pd.DataFrame(seen)


def summary(sky: pd.DataFrame, roles: pd.Series[str]) -> pd.Series[float]:
    """Return shares of aircraft, by what can be seen of them."""
    found = {
        "military": sky["military"].mean(),
        "without registration": sky["registration"].isna().mean(),
        "without type": sky["typecode"].isna().mean(),
        "without callsign": sky["callsign"].isna().mean(),
    }
    role = sky["typecode"].map(roles).fillna("unknown")
    found |= {f"role {k}": v for k, v in role.value_counts(normalize=True).items()}
    heights = pd.cut(
        sky["altitude_ft"], [-2000, 3000, 10000, 20000, 30000, 38000, 60000]
    )
    found |= {f"height {k}": v for k, v in heights.value_counts(normalize=True).items()}
    where = region(sky["latitude_deg"], sky["longitude_deg"])
    found |= {f"over {k}": v for k, v in where.value_counts(normalize=True).items()}
    return pd.Series(found)


def real_military(shared: Path) -> pd.DataFrame:
    """Return one row a military aircraft and day."""
    folder = shared / "tracks/military_hourly"
    rows = pd.read_parquet(folder / "military_hourly.parquet")
    return (
        rows.assign(day=rows["timestamp"].dt.date)
        .drop_duplicates(["icao24", "day"])
        .rename(columns={"latitude": "latitude_deg", "longitude": "longitude_deg"})
    )


def simulated_military(n_aircraft: int, reference: Reference) -> pd.DataFrame:
    """Return one row a flagged aircraft and day of a week."""
    start = dt.date(2026, 3, 10)
    world = simulate.plan_world(start, 7, n_aircraft, 1, reference=reference)
    own = world.airframes.iloc[world.sorties["airframe"]].reset_index(drop=True)
    flown = world.sorties.assign(
        typecode=own["listed_type"],
        military=own["military_flag"],
        day=world.sorties["takeoff_s"] // 86400,
        latitude_deg=world.sorties["latitude_1_deg"],
        longitude_deg=world.sorties["longitude_1_deg"],
    )
    return flown[flown["military"]].drop_duplicates(["airframe", "day"])


def military_summary(rows: pd.DataFrame, roles: pd.Series[str]) -> pd.Series[float]:
    """Return shares of aircraft and days by role, place and callsign."""
    typecode = rows["typecode"].replace("", None)
    role = typecode.map(roles).fillna("unknown")
    found = {f"role {k}": v for k, v in role.value_counts(normalize=True).items()}
    where = region(rows["latitude_deg"], rows["longitude_deg"])
    found |= {f"over {k}": v for k, v in where.value_counts(normalize=True).items()}
    common = typecode.value_counts(normalize=True).head(25)
    found |= {f"type {k}": v for k, v in common.items()}
    prefix = rows["callsign"].fillna("").str[:3]
    for code in ("RCH", "CNV", "RRR", "CTM", "GAF", "IAM", "CFC", "ASY", "PAT"):
        found[f"callsign {code}"] = (prefix == code).mean()
    return pd.Series(found)


def carriers(sky: pd.DataFrame, reference: Reference) -> pd.Series[int]:
    """Return how many aircraft aloft are of the kinds that logistics hides among."""
    role = sky["typecode"].map(reference.types.table["role"])
    airlifts = role.isin(["strategic_airlift", "tactical_airlift"])
    code = sky["callsign"].str.extract(r"^([A-Z]{3})\d", expand=False)
    nature = code.map(reference.operators.table["nature"])
    of_kind = {
        "airlifters, flagged military": airlifts & sky["military"],
        "C-17": sky["typecode"] == "C17",
        "C-5": sky["typecode"] == "C5M",
        "callsign RCH": code == "RCH",
        "tankers, flagged military": (role == "tanker") & sky["military"],
        "Ilyushin and Antonov": sky["typecode"].isin(_EASTERN),
        "troop and ad-hoc charters": code.isin(_CHARTERS),
        "relief organisations": nature == "humanitarian",
    }
    return pd.Series({kind: int(rows.sum()) for kind, rows in of_kind.items()})


def show_carriers(
    simulated: pd.DataFrame, real: pd.DataFrame, reference: Reference
) -> None:
    """Print both counts per 10,000 aircraft aloft, the real one with its interval."""
    ours, counted = carriers(simulated, reference), carriers(real, reference)
    ours_scale, scale = 10_000 / len(simulated), 10_000 / len(real)
    # Exact for a Poisson count, Garwood (1936); of none the lower end is 0.
    low = np.where(counted > 0, chi2.ppf(0.025, 2 * counted) / 2, 0.0)
    high = chi2.ppf(0.975, 2 * counted + 2) / 2
    table = pd.DataFrame(
        {
            "counted": counted,
            "per 10,000": counted * scale,
            "from": low * scale,
            "to": high * scale,
            "simulated": ours * ours_scale,
        }
    )
    print(
        f"\nAmong what logistics hides: {len(real):,} aloft, {len(simulated):,} "
        f"simulated; 95 % intervals\n{table.round(1).to_string()}"
    )


def purposes(n_aircraft: int, reference: Reference) -> pd.Series[float]:
    """Return flights per 50,000 of an ordinary day that are, or resemble, logistics."""
    world = simulate.plan_world(
        INSTANT.date(), 1, n_aircraft, 1, reference=reference
    ).sorties
    either = world["logistics"] | world["look_alike"]
    sums = world[["logistics", "look_alike"]].sum()
    found = pd.concat([world["purpose"][either].value_counts(), sums])
    told: pd.Series[float] = found * 50_000 / len(world)
    return told


def show(title: str, simulated: pd.Series[float], real: pd.Series[float]) -> None:
    """Print two columns of percentages."""
    table = pd.DataFrame({"simulated %": simulated, "real %": real}).mul(100).round(1)
    print(f"\n{title}\n{table.reindex(real.index.union(simulated.index)).to_string()}")


def main() -> None:
    """Print both comparisons."""
    shared = Path(sys.argv[1])
    n_aircraft = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
    reference = Reference.load()
    roles = reference.types.table["role"]
    simulated, real = simulated_instant(n_aircraft, reference), real_instant(shared)
    show(
        "The whole sky, 1 November 2023, 00 UTC",
        summary(simulated, roles),
        summary(real, roles),
    )
    show_carriers(simulated, real, reference)
    told = purposes(n_aircraft, reference)
    print(f"\nFlights per 50,000 of an ordinary day\n{told.round(0).to_string()}")
    show(
        "Military aircraft and days",
        military_summary(simulated_military(n_aircraft, reference), roles),
        military_summary(real_military(shared), roles),
    )


if __name__ == "__main__":
    main()
