"""``anomaly daily``: the whole morning in one command, for cron."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options
from anomaly.cli.fetch import fetched, summary
from anomaly.errors import AnomalyError
from anomaly.progress import Progress

if TYPE_CHECKING:
    from anomaly.fetch import Fetched
    from anomaly.ingest.pipeline import IngestSummary
    from anomaly.store import Store

_NOT_YET = 3
_INGESTED = "ingested.txt"
# By then a day's parts have been told of each other, and it is to be put together.
_NEAR_THE_END = 0.9


@click.command("daily")
@click.argument("date", type=options.DATE, required=False)
@options.source
@options.model
@options.budget
@options.data_dir
@options.as_json
def command(
    date: dt.date | None,
    source: str,
    model_ref: str,
    budget: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Fetch, ingest, score and report DATE, or yesterday (UTC).

    Exits with 0 when the report is there, with 3 when the day is not published yet,
    and with 1 when a step failed; run again, it goes on from there.  With --json one
    object says what was done, and what was not.

    \b
    Example:
        anomaly daily --json >> mornings.jsonl
    """
    day = date or dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    morning = _Morning(day, data_dir)
    try:
        morning.run(source, model_ref, budget)
    except AnomalyError as error:
        morning.failed(error)
        if not as_json:
            raise
    if as_json:
        click.echo(json.dumps(morning.told))
        click.get_current_context().exit(morning.exit_status)
    click.echo(morning.told["report"])


def _taken_in(
    store: Store, archive: Path, get_ready: Callable[[], None]
) -> IngestSummary:
    """Take an archive in, and get ready to score it in the end."""
    from anomaly.engine import engine_for

    # Before the imports that take long: other processes import beside this one, if
    # they have not begun to while the day was fetched.
    engine = engine_for("auto", None, archive.stat().st_size, options.TAKING_IN)
    from anomaly.intake import take_in
    from features import stored

    with ThreadPoolExecutor(1) as beside:
        begin = partial(beside.submit, get_ready)
        return take_in(
            [archive],
            store,
            progress=_at_the_end(begin),
            engine=engine,
            then=stored.plan,
        )


def _at_the_end(begin: Callable[[], object]) -> Progress:
    """Return what shows progress, and calls `begin` when processors have little to do.

    The last steps of a day are done by one process: others have time to spare.
    """
    show = options.progress()
    begun = False

    def told(what: str, share: float) -> None:
        nonlocal begun
        show(what, share)
        if what == "flights" and share >= _NEAR_THE_END and not begun:
            begun = True
            begin()

    return told


def _get_ready(store: Store, day: dt.date, model_ref: str) -> None:
    """Load what scoring needs; why it cannot be had is told when it is needed."""
    from models.plan import make_ready

    with suppress(AnomalyError):
        make_ready(store, day, model_ref)


class _Morning:
    """The steps of a morning, and what they came to."""

    def __init__(self, day: dt.date, data_dir: Path) -> None:
        self.exit_status = 0
        self.told: dict[str, object] = {"date": day.isoformat(), "status": "done"}
        self._day = day
        self._data_dir = data_dir
        self._step = "start"
        self._seconds: dict[str, float] = {}

    def run(self, source: str, model_ref: str, budget: int) -> None:
        """Take every step in turn."""
        from anomaly.store import Store

        store = Store(self._data_dir)
        with store.locked():
            self._look_ahead(store, model_ref)
            with self._timed("fetch"):
                archive = fetched(self._day, source, self._data_dir)
                self.told["fetched"] = summary(archive)
            with self._timed("ingest"):
                self._ingest(store, archive, model_ref)
            with self._timed("score"):
                self._score(store, model_ref, budget)
            with self._timed("report"):
                self._report(store)

    def _look_ahead(self, store: Store, model_ref: str) -> None:
        """Begin the imports of reading, if the day is on disk; or ask for the model.

        Without one gigabytes would be fetched for nothing.
        """
        if store.has("flights", self._day):
            return
        here = store.raw.glob(f"*/{self._day}/*")
        if n_bytes := sum(path.stat().st_size for path in here):
            from anomaly.engine import begin_ahead

            begin_ahead(n_bytes, options.TAKING_IN)
        else:
            from models import registry

            registry.record_of(store, model_ref)

    def failed(self, error: AnomalyError) -> None:
        """Note which step failed, and why."""
        not_yet = error.exit_status == _NOT_YET
        self.exit_status = error.exit_status
        self.told |= {
            "status": "not published" if not_yet else "failed",
            "step": self._step,
            "error": str(error),
            "hint": error.hint,
        }

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        self._step = step
        started = time.monotonic()
        yield
        self._seconds[step] = round(time.monotonic() - started, 1)
        self.told["seconds"] = self._seconds

    def _ingest(self, store: Store, archive: Fetched, model_ref: str) -> None:
        """Read the archive, unless just these bytes were read before."""
        from anomaly import completeness
        from anomaly.files import replacing

        mark = archive.first.with_name(_INGESTED)
        done = mark.read_text(encoding="utf-8") if mark.exists() else ""
        if done != archive.digest or not store.has("flights", self._day):
            begin = partial(_get_ready, store, self._day, model_ref)
            read = _taken_in(store, archive.first, begin)
            self.told["ingested"] = {
                "n_positions": sum(read.sources["n_positions"].to_pylist()),
                "n_aircraft": sum(read.sources["n_aircraft"].to_pylist()),
                "n_quarantined": read.quarantined.num_rows,
                "n_damaged": read.n_damaged,
            }
            with replacing(mark) as path:
                path.write_text(archive.digest, encoding="utf-8")
        complete, lacks = completeness.of_day(store, self._day)
        self.told |= {"complete": complete, "lacks": list(lacks)}
        if told := completeness.sentence(store, self._day):
            click.secho(f"{self._day}: {told}", fg="yellow", err=True)

    def _score(self, store: Store, model_ref: str, budget: int) -> None:
        import pyarrow.compute as pc

        from models.plan import score_days

        score_days(
            store,
            [self._day],
            model_ref=model_ref,
            budget=budget,
            progress=options.progress(),
        )
        columns = ["leads", "flagged", "model"]
        scores = store.read("scores", self._day, columns=columns)
        leads = scores.filter(scores["leads"])
        self.told |= {
            "n_flights": scores.num_rows,
            "n_journeys": leads.num_rows,
            "n_flagged": pc.sum(leads["flagged"]).as_py() or 0,
            "model": scores["model"][0].as_py(),
        }

    def _report(self, store: Store) -> None:
        from anomaly.report.build import build

        out = store.reports / self._day.isoformat()
        self.told["report"] = str(
            build(store, self._day, out, progress=options.progress())
        )
