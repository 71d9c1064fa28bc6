"""Take raw tracks into the store: positions, aircraft and listed flights by day."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from anomaly.domain import Provenance
from anomaly.engine import LOCAL, Engine, Task
from anomaly.errors import AnomalyError, BadInputError
from anomaly.ingest import ledger, merge, origins, sources, surrogates
from anomaly.ingest.base import LeftOut, Piece
from anomaly.ingest.ledger import Account
from anomaly.ingest.sources import Source
from anomaly.ingest.spool import Located, Spool
from anomaly.progress import Progress, silent
from anomaly.store import Store

# About what reading takes of the time; the rest is merging.
_READING = 0.7


@dataclass(frozen=True)
class IngestSummary:
    """What one run has read, and what it has left out."""

    dates: tuple[dt.date, ...]
    """Days of which something was read."""
    sources: pa.Table
    left_out: pa.Table
    quarantined: pa.Table
    """Every damaged file, or member of an archive, by name and reason."""
    failures: tuple[AnomalyError, ...]
    """Why inputs could not be read at all."""
    n_damaged: int
    """Files, rows or flights that were damaged, not merely passed over."""
    pruned: tuple[dt.date, ...]
    """Days left alone, since their positions were dropped and their flights kept."""
    n_lost_repeats: int
    """Positions that told an aircraft and time otherwise than the one kept."""


def ingest(
    paths: Sequence[Path],
    store: Store,
    *,
    reader: str | None = None,
    progress: Progress = silent,
    engine: Engine = LOCAL,
) -> IngestSummary:
    """Read `paths` and merge what is in them with what is stored.

    All is read and set aside first, in bounded memory, so that nothing is stored of
    inputs that must not be; then each part of a day is merged and replaced in one
    step.  Running it again, after a kill too, leaves the same bytes, and so does
    another order of inputs.

    Raises
    ------
    AnomalyError
        If nothing can be read, if made tracks would mix with real ones, or if the
        store cannot be written.
    """
    found = sources.find(paths, reader)
    if not found.sources:
        raise _nothing_read(list(found.failures.values()))
    try:
        with store.workspace() as folder:
            spool = Spool(folder)
            accounts = _read(found.sources, spool, store, engine, progress)
            failures = list(found.failures.values())
            failures += [a.failure for a in accounts if a.failure]
            if not any(account.is_read for account in accounts):
                raise _nothing_read(failures, accounts)
            store.claim(made=_is_made(spool.provenances))
            found_dates = spool.dates()
            pruned = tuple(date for date in found_dates if store.is_pruned(date))
            dates = tuple(date for date in found_dates if date not in pruned)
            if not dates:
                raise _all_pruned(pruned, store)
            n_lost_repeats = _merge(spool, dates, store, engine, progress)
            read = ledger.sources_table(accounts)
            tallies = list(_tallies(found, accounts))
            left_out = ledger.left_out_table(tallies)
            quarantined = ledger.quarantine_table(tallies)
            names = {account.name for account in accounts}
            ledger.replace_rows(store, "sources", read, names)
            for date in dates:
                seen = [a.seen.rows(date, a.name, a.reader) for a in accounts]
                origins.replace(store, date, pa.concat_tables(seen), names)
            joined = surrogates.join(store, dates)
            left_out = pa.concat_tables(
                [left_out, ledger.left_out_table(joined.items())]
            )
            names.update(left_out["source"].to_pylist())
            ledger.replace_rows(store, "left_out", left_out, names)
            ledger.replace_rows(store, "quarantine", quarantined, names)
    except OSError as error:
        raise AnomalyError(
            f"cannot write to {store.root}: {error.strerror or error}",
            hint="Make room there, or pass another --data-dir.",
        ) from error
    return IngestSummary(
        dates=dates,
        sources=read,
        left_out=left_out,
        quarantined=quarantined,
        failures=tuple(failures),
        n_damaged=len(failures) + sum(a.left_out.n_damaged for a in accounts),
        pruned=pruned,
        n_lost_repeats=n_lost_repeats,
    )


def _read(
    found: Sequence[Source],
    spool: Spool,
    store: Store,
    engine: Engine,
    progress: Progress,
) -> list[Account]:
    """Set aside what every source holds, and account for it."""
    accounts = [Account(source.name, source.reader.name) for source in found]
    tasks: list[Task] = []
    of_task: list[Account] = []
    for source, account in zip(found, accounts, strict=True):
        divided = source.reader.pieces
        pieces = divided and divided(source.path, account.left_out)
        for piece in pieces or [partial(source.reader.read, source.path)]:
            name = f"read {len(tasks):05}"
            arguments = (piece, source.name, source.reader.name, spool.folder, store)
            tasks.append(Task(name, _read_piece, arguments))
            of_task.append(account)
    told = partial(_told, progress, "reading", 0.0, _READING)
    results = engine.run(tasks, told)
    for task, account in zip(tasks, of_task, strict=True):
        of_piece, set_aside = results[task.name]
        account.join(of_piece)
        account.failure = account.failure or of_piece.failure
        spool.join(set_aside)
        _check_kind(spool.provenances, store)
    for source, account in zip(found, accounts, strict=True):
        if not (account.n_files or account.failure):
            # Pieces alone do not know that there is nothing in any of them.
            account.failure = _failure_of(source)
    return accounts


def _failure_of(source: Source) -> AnomalyError | None:
    """Return why nothing of a source can be read."""
    try:
        for _ in source.reader.read(source.path, LeftOut()):
            return None
    except BadInputError as error:
        return error
    return None


def _read_piece(
    piece: Piece, source: str, reader: str, folder: Path, store: Store
) -> tuple[Account, Spool]:
    """Set aside what a piece of a source holds, and account for it."""
    account = Account(source, reader)
    # A folder of its own: run again, it must not meet what is left of the first time.
    spool = Spool(Path(tempfile.mkdtemp(dir=folder)))
    try:
        for batch in piece(account.left_out):
            account.add(batch)
            spool.add(batch)
            # Known early, a wrong directory costs no hour of reading.
            _check_kind(spool.provenances, store)
    except BadInputError as error:
        if account.n_files:
            account.left_out.add("unreadable_rest", "files", example=str(error))
        else:
            account.failure = error
    spool.flush()
    return account, spool


def _told(
    progress: Progress, what: str, start: float, end: float, n: int, of: int
) -> None:
    progress(what, start + (end - start) * n / of)


def _check_kind(provenances: set[str], store: Store) -> None:
    """Refuse tracks of another kind than those stored, or of both kinds at once."""
    if not provenances:
        return
    kinds = {Provenance(p).is_made for p in provenances}
    if len(kinds) > 1:
        raise AnomalyError(
            "these inputs hold both real and made tracks",
            hint="Ingest them apart, each with a --data-dir of its own.",
        )
    if store.tracks:
        store.claim(made=kinds.pop())


def _is_made(provenances: set[str]) -> bool:
    return any(Provenance(provenance).is_made for provenance in provenances)


def _merge(
    spool: Spool,
    dates: Sequence[dt.date],
    store: Store,
    engine: Engine,
    progress: Progress,
) -> int:
    """Merge what was set aside with what is stored; return how many positions lost."""
    tasks = [
        Task(f"merge {date} {part}", _merge_part, (store, date, part, batches))
        for date in dates
        for part in spool.parts(date)
        for batches in [spool.batches(date, part)]
    ]
    told = partial(_told, progress, "merging days", _READING, 1.0)
    n_lost_repeats: int = sum(engine.run(tasks, told).values())
    for date in dates:
        for table, rows, merged in (
            ("aircraft", spool.aircraft(date), merge.aircraft),
            ("listed_flights", spool.listed_flights(date), merge.listed_flights),
        ):
            if rows:
                store.write(table, merged([*_stored(store, table, date), *rows]), date)
    progress("merging days", 1.0)
    return n_lost_repeats


def _merge_part(store: Store, date: dt.date, part: str, batches: list[Located]) -> int:
    """Merge a part of a day with what is stored; return how many positions lost."""
    stored = _stored(store, "positions", date, part)
    if not stored and len(batches) == 1 and batches[0].is_merged:
        store.adopt_positions(batches[0].path, date, part)
        return 0
    rows, n_lost = merge.positions([*stored, *(one.read() for one in batches)])
    store.write("positions", rows, date, part)
    return n_lost


def _stored(store: Store, table: str, date: dt.date, part: str = "") -> list[pa.Table]:
    if store.path(table, date, part).exists():
        return [store.read(table, date, part)]
    return []


def _tallies(
    found: sources.Found, accounts: Sequence[Account]
) -> Iterator[tuple[str, LeftOut]]:
    """Yield everything that was left out, and of which source."""
    yield from found.left_out.items()
    for name, error in found.failures.items():
        yield name, ledger.failed(error)
    for account in accounts:
        yield account.name, account.left_out
        # A folder of files has counted why each of them failed.
        if account.failure and not account.left_out.counts:
            yield account.name, ledger.failed(account.failure)


def _all_pruned(dates: Sequence[dt.date], store: Store) -> BadInputError:
    """Return the error of a run of which nothing may be stored."""
    days = ", ".join(map(str, dates))
    return BadInputError(
        f"the positions of {days} were pruned, so nothing is added to them",
        hint=f"To read such a day anew, remove its folder in {store.root}/positions.",
    )


def _nothing_read(
    failures: Sequence[AnomalyError], accounts: Sequence[Account] = ()
) -> AnomalyError:
    """Return the error of a run in which nothing could be read."""
    if len(failures) == 1 and len(accounts) <= 1:
        return failures[0]
    if failures:
        return BadInputError(
            f"none of the inputs can be read; the first: {failures[0]}",
            hint=failures[0].hint,
        )
    why = [
        f"{n} {unit} {reason.replace('_', ' ')}"
        for account in accounts
        for (reason, unit), n in account.left_out.counts.most_common(3)
    ]
    return BadInputError(
        "there is no position and no flight in these inputs that can be used",
        hint=f"Left out: {', '.join(why[:6]) or 'nothing; they are empty'}.",
    )
