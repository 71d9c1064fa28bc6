"""Fly a world and hand it on: as tables in memory, or as days of an archive."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anomaly.cases import Case
from anomaly.files import replacing
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import POSITIONS, TRUTH, conform
from anomaly.simulate import fly, lists, others, past, record, reenact, write
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.fly import Cadence
from anomaly.simulate.listing import listed
from anomaly.simulate.places import Places
from anomaly.simulate.shares import Shares
from anomaly.simulate.sorties import World, merged
from anomaly.simulate.world import plan_world

DAY_S = 86400.0
TRACES = "readsb-trace"
FORMS = (TRACES, *others.WRITERS, *lists.WRITERS)
"""What a day can be written as, by the reader that reads it."""
_IN_PROCESS = 4
"""Up to so many chunks a day, starting other processes costs more than it saves."""


@dataclass(frozen=True)
class Tracks:
    """What the archive would hold of a world, and what really happened."""

    positions: pa.Table
    aircraft: pa.Table
    truth: pa.Table


def tracks(
    world: World,
    coverage: Coverage,
    cadence: Cadence | None = None,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Tracks:
    """Return the positions received of a world from `since` to the end of `until`."""
    since_s = _midnight_s(since) if since else float("-inf")
    until_s = _midnight_s(until) + DAY_S if until else float("inf")
    sorties = world.sorties
    inside = (sorties["landing_s"] > since_s - 1800.0) & (
        sorties["takeoff_s"] < until_s + 1800.0
    )
    parts = []
    for chunk in fly.chunks(sorties.loc[inside]):
        got = fly.reports(
            chunk,
            world.airframes,
            coverage,
            cadence,
            since_s=since_s,
            until_s=until_s,
        )
        parts.append(record.positions(got, chunk, world.airframes))
    positions = pa.concat_tables([POSITIONS.empty_table(), *parts])
    flown = world.airframes.iloc[sorted(set(sorties.loc[inside, "airframe"]))]
    return Tracks(
        positions=conform(positions, POSITIONS),
        aircraft=record.aircraft(flown),
        truth=record.truth(sorties.loc[inside], world.airframes),
    )


def fly_cases(
    cases: Sequence[Case],
    *,
    date: dt.date,
    seed: int,
    reference: Reference,
    coverage: Coverage | None = None,
    cadence: Cadence | None = None,
) -> Tracks:
    """Return documented cases as they would look, had each begun on `date`.

    How a case is flown does not rest on which others are asked for, unless they share
    an airframe: then one waits for the other.
    """
    world = reenact.plan_moved(cases, date, seed, reference=reference)
    seen_by = coverage or Coverage.of(Places.of(reference.airports), seed)
    return tracks(world, seen_by, cadence)


def simulate(
    start: dt.date,
    days: int,
    n_aircraft: int,
    out: Path,
    *,
    reference: Reference,
    cases: Sequence[Case] = (),
    seed: int = 1,
    shares: Shares | None = None,
    cadence: Cadence | None = None,
    history_days: int = 0,
    form: str = TRACES,
    progress: Progress = silent,
) -> list[Path]:
    """Write a file a day, and ``truth.parquet`` beside.

    It is a tar in the globe_history layout, or else in the `form` of another reader;
    for that one the positions of a day are held in memory, and of a flight list there
    are none.

    Documented cases whose journey begins within the days are flown among the rest.
    Of `history_days` days before, the world's own flights are written as a flight
    list.  Returns the files written.
    """
    flyable = [case for case in cases if case.is_flyable]
    own = reenact.plan_cases(flyable, start, days, seed, reference=reference)
    reserved = frozenset(own.airframes["icao24"])
    around = plan_world(
        start,
        days,
        n_aircraft,
        seed,
        reference=reference,
        shares=shares,
        reserved=reserved,
    )
    world = merged([own, around])
    coverage = Coverage.of(Places.of(reference.airports), seed)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for number in range(days):
        date = start + dt.timedelta(days=number)
        if form == TRACES:
            path = out / write.release_name(date)
            _write_day(world, coverage, cadence, date, path, progress)
        elif form in lists.WRITERS:
            path = out / f"{date}.{lists.WRITERS[form].ending}"
            landed = listed(World(world.airframes, _within(world, date, 1)), coverage)
            with replacing(path) as beside:
                lists.WRITERS[form].write(_of_day(landed, date), beside)
        else:
            path = out / f"{date}.{others.WRITERS[form].ending}"
            got = tracks(world, coverage, cadence, since=date, until=date)
            with replacing(path) as beside:
                others.WRITERS[form].write(got.positions, got.aircraft, beside)
        written.append(path)
    told = record.truth(_within(world, start, days), world.airframes)
    path = out / "truth.parquet"
    with replacing(path) as beside:
        pq.write_table(conform(told, TRUTH), beside, compression="zstd")
    written.append(path)
    if history_days:
        path = past.write_past(
            start,
            history_days,
            n_aircraft,
            out,
            reference=reference,
            seed=seed,
            shares=shares,
            reserved=reserved,
            progress=progress,
        )
        written.append(path)
    return written


def _write_day(
    world: World,
    coverage: Coverage,
    cadence: Cadence | None,
    date: dt.date,
    path: Path,
    progress: Progress,
) -> None:
    chunks = list(fly.chunks(_within(world, date, 1)))
    jobs = [_Job(_small(world, chunk), coverage, cadence, date) for chunk in chunks]
    what = f"flying {date}"

    def content() -> Iterator[write.Member]:
        for number, members in enumerate(_done(jobs), start=1):
            progress(what, number / len(jobs))
            yield from members

    with replacing(path) as beside, beside.open("wb") as file:
        write.write_tar(file, content())


@dataclass(frozen=True)
class _Job:
    """A piece of a day for one process."""

    world: World
    coverage: Coverage
    cadence: Cadence | None
    date: dt.date

    def run(self) -> list[write.Member]:
        """Return the traces of its aircraft."""
        got = tracks(
            self.world, self.coverage, self.cadence, since=self.date, until=self.date
        )
        return list(write.members(got.positions, got.aircraft, self.date))


def _done(jobs: Sequence[_Job]) -> Iterator[list[write.Member]]:
    """Yield the jobs' results in order, done by several processes if they are many."""
    if len(jobs) <= _IN_PROCESS:
        yield from (job.run() for job in jobs)
        return
    workers = min(os.cpu_count() or 1, len(jobs))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # Submit a few ahead only: results wait in memory until they are written.
        waiting = [pool.submit(job.run) for job in jobs[: 2 * workers]]
        for job in [*jobs[2 * workers :], *[None] * len(waiting)]:
            yield waiting.pop(0).result()
            if job is not None:
                waiting.append(pool.submit(job.run))


def _small(world: World, chunk: pd.DataFrame) -> World:
    """Return the flights of a chunk with their own airframes only."""
    used, rows = pd.factorize(chunk["airframe"])
    return World(
        world.airframes.iloc[rows].reset_index(drop=True), chunk.assign(airframe=used)
    )


def _within(world: World, start: dt.date, days: int) -> pd.DataFrame:
    since_s = _midnight_s(start)
    flown = world.sorties
    return flown.loc[
        (flown["landing_s"] > since_s - 1800.0)
        & (flown["takeoff_s"] < since_s + days * DAY_S + 1800.0)
    ].reset_index(drop=True)


def _of_day(flights: pa.Table, date: dt.date) -> pa.Table:
    """Return the listed flights that ended on a day."""
    return flights.filter(
        pc.equal(pc.cast(flights["last_seen"], pa.date32()), pa.scalar(date))
    )


def _midnight_s(date: dt.date) -> float:
    return dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
