"""``anomaly evaluate``: how a model does on cases it never saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import evaluation, options

if TYPE_CHECKING:
    from anomaly.store import Store
    from models.feedback import Feedback, Share

# Farther down nothing has moved that a person would want to look at.
N_MOVED = 10


@click.command("evaluate")
@options.model
@options.cases
@options.truths("What the background's simulated world knows of its flights.")
@click.option(
    "--date",
    "dates",
    type=options.DATE,
    multiple=True,
    help="Day of ordinary traffic; default: the latest the model did not learn from. "
    "Repeatable: cases are flown on each, and places count over all.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Chooses what is not told of a case.",
)
@click.option(
    "--families",
    is_flag=True,
    help="Also: each family of features alone, each left out, and no identity. Fits "
    "some eighty small models.",
)
@click.option(
    "--by",
    type=click.Choice(["operator", "theatre"]),
    multiple=True,
    help="Also: hold out all cases of an operator, or of a theatre, together. "
    "Repeatable.",
)
@click.option(
    "--history-days",
    type=click.IntRange(0, 90),
    multiple=True,
    metavar="N",
    help="Also: with no more than N days known before the day. Repeatable.",
)
@click.option(
    "--observed",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also: what is flagged of the recorded days of that data directory.",
)
@click.option(
    "--verdicts",
    "by_verdicts",
    is_flag=True,
    help="Instead: how past alerts did, by what analysts said of them, and how far the "
    "latest scored day (or --date) is from what the model learnt from.",
)
@click.option(
    "--military-tracks",
    "tracks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Real tracks of military aircraft: how well movement tells airlift there.",
)
@click.option(
    "--aircraft",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Types of the aircraft of --military-tracks: a CSV by address.",
)
@options.side_by_side
@options.data_dir
@options.as_json
def command(
    model_ref: str,
    cases: Path | None,
    truths: tuple[Path, ...],
    dates: tuple[dt.date, ...],
    seed: int,
    families: bool,
    by: tuple[str, ...],
    history_days: tuple[int, ...],
    observed: Path | None,
    by_verdicts: bool,
    tracks: Path | None,
    aircraft: Path | None,
    engine: str,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Fly documented cases, each alone, among a stored day's flights; rank them there.

    Places count per 50,000 flights. A case the model learnt from, or one of the same
    airframe or group, is scored by a model fitted anew without them. Identity that
    is known more often of one class is masked to equal rates in both. Without --cases
    the casebook that comes with the program is used.

    With --military-tracks a classifier of movement alone is tried on those tracks:
    airlifters and tankers against other military flying, without identity, airframes
    split. That is apart from the score; without --cases it is all that is done.

    \b
    Example:
        anomaly evaluate --cases mine.csv --json | jq .documented.recall_at_25
    """
    if (tracks is None) != (aircraft is None):
        raise click.UsageError("--military-tracks and --aircraft go together")
    import msgspec

    from anomaly.cases import load_cases
    from anomaly.reference import Reference
    from anomaly.store import Store
    from models.evaluate import evaluate
    from models.publication import publish

    if by_verdicts:
        _by_verdicts(Store(data_dir), model_ref, dates, as_json=as_json)
        return
    beside: dict[str, object] = {}
    if tracks is not None and aircraft is not None:
        beside["military_tracks"] = _military(tracks, aircraft, seed, as_json)
        if cases is None:
            if as_json:
                click.echo(msgspec.json.encode(beside))
            return
    store = Store(data_dir)
    done = evaluate(
        store,
        Reference.load(data_dir),
        load_cases(cases),
        model_ref=model_ref,
        truths=truths,
        dates=dates,
        families=families,
        by=by,
        history_days=history_days,
        observed=Store(observed) if observed else None,
        seed=seed,
        engine=options.runs_side_by_side(engine, ("models.evaluate",)),
        progress=options.progress(),
    )
    publish(store, done.record, done)
    click.echo(
        f"background: {done.n_flights:,} flights of {done.days_told}; "
        f"{done.n_crossfit} cases scored by models fitted anew without their kin",
        err=True,
    )
    for reason, n in done.left_out.items():
        click.echo(f"cases left out, {reason.replace('_', ' ')}: {n}", err=True)
    if as_json:
        click.echo(msgspec.json.encode({**done.as_json(), **beside}))
        return
    for line in evaluation.lines(done):
        click.echo(line)
    if (alarms := done.false_alarms) is not None:
        click.echo(
            f"{alarms.n_marked_flagged} of {alarms.n_marked} recorded flights marked "
            "military are flagged within 25 alerts",
            err=True,
        )


def _by_verdicts(
    store: Store, model_ref: str, dates: Sequence[dt.date], *, as_json: bool
) -> None:
    """Print what verdicts say of past alerts, and how far the latest day has moved."""
    import msgspec

    from anomaly.reference import Reference
    from models.drift import drift
    from models.feedback import feedback

    told = feedback(store)
    if not as_json:
        for line in _feedback_lines(told):
            click.echo(line)
    scored = store.dates("scores")
    moved = None
    if day := max(dates, default=scored[-1] if scored else None):
        moved = drift(
            store,
            day,
            Reference.load(store.root),
            model_ref=model_ref,
            progress=options.progress(),
        )
    if as_json:
        click.echo(msgspec.json.encode({"verdicts": told, "drift": moved}))
    elif moved:
        for one in (moved.score, *moved.features[:N_MOVED]):
            click.echo(
                f"moved by {moved.date}: {one.name:36} {one.distance:.2f}  median "
                f"{_number(one.median_then)} to {_number(one.median_now)}, unknown "
                f"{one.missing_then:.0%} to {one.missing_now:.0%}"
            )


def _feedback_lines(told: Feedback) -> Iterator[str]:
    for week in told.weeks:
        yield (
            f"week of {week.monday}: {week.n_flagged} flagged, confirmed "
            f"{_share(week.precision)}, unclear {week.n_unclear}"
        )
    for of in told.calibration:
        yield (
            f"scored {of.low:.1f} to {of.high:.1f} (mean {of.mean_score:.2f}): "
            f"confirmed {_share(of.confirmed)}"
        )
    for reason, n in told.dismissals.items():
        yield f"dismissed, {reason}: {n}"
    for icao24, n in told.dismissed_again.items():
        yield f"dismissed on {n} days: {icao24}"


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "none decided"
    return (
        f"{share.n} of {share.of} decided, {share.value:.2f} "
        f"({share.low:.2f} to {share.high:.2f})"
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"


def _military(
    tracks: Path, aircraft: Path, seed: int, as_json: bool
) -> dict[str, object]:
    """Return the figures on real military tracks; print them if nobody parses."""
    from models.military_tracks import military_tracks

    found = military_tracks(tracks, aircraft, seed=seed, progress=options.progress())
    for reason, n in found.left_out.items():
        click.echo(f"military tracks left out, {reason}: {n:,}", err=True)
    if not as_json:
        for name, figure in found.figures.items():
            click.echo(f"{'military_tracks':28} {name:20} {options.figure(figure)}")
    return found.as_json()
