"""``anomaly train``: learn from labelled days and documented cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from models.learn import Lesson
    from models.train import Trained

# The figures a person asks for first; the model's card has them all.
SHOWN = ("recall_at_25", "auc_vs_look_alikes", "average_precision")


@click.command("train")
@click.option("--from", "first", type=options.DATE, help="First day to learn from.")
@click.option("--to", "last", type=options.DATE, help="Last day to learn from.")
@options.cases
@options.truths("What a simulated world knows of its flights; kept as labels.")
@click.option(
    "--hold-out",
    multiple=True,
    metavar="GROUP",
    help="Learn nothing from cases of this group. Repeatable.",
)
@click.option(
    "--unlabelled",
    "with_unlabelled",
    is_flag=True,
    help="Learn from flights without a label too, each positive by its chance (Elkan "
    "and Noto); print what assumed shares of logistics would change.",
)
@click.option(
    "--promote", is_flag=True, help="Make it the champion whatever its figures are."
)
@click.option(
    "--experiment",
    default="flight-anomaly",
    show_default=True,
    metavar="NAME",
    help="MLflow experiment that keeps the run.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Same seed, same model."
)
@options.side_by_side
@options.data_dir
def command(
    first: dt.date | None,
    last: dt.date | None,
    cases: Path | None,
    truths: tuple[Path, ...],
    hold_out: tuple[str, ...],
    with_unlabelled: bool,
    promote: bool,
    experiment: str,
    seed: int,
    engine: str,
    data_dir: Path,
) -> None:
    """Train a model on the days stored, and register it.

    It becomes the champion if there is none, if the present one learnt from features
    that are computed no longer, or if it beats the present one: if its AUC against
    look-alikes is better on the documented cases of both (or else on the simulated
    journeys), and no figure is worse, by paired intervals that exclude zero. With
    --promote it becomes champion in any case.

    Labels come from simulated worlds (--truth), from verdicts, and from documented
    cases (--cases), which are flown again on the last of the days. Training on the
    same again changes nothing.

    \b
    Example:
        anomaly train --truth world/truth.parquet --cases data/casebook/cases.csv
    """
    from anomaly.cases import load_cases
    from anomaly.reference import Reference
    from anomaly.store import Store
    from models import promotion
    from models.learn import gather
    from models.train import train

    store = Store(data_dir)
    progress = options.progress()
    runs_on = options.runs_side_by_side(engine, ("models.learn", "models.train"))
    lesson = gather(
        store,
        Reference.load(data_dir),
        first=first,
        last=last,
        truths=truths,
        cases=load_cases(cases) if cases else (),
        hold_out=hold_out,
        seed=seed,
        engine=runs_on,
        progress=progress,
    )
    if with_unlabelled:
        lesson = _with_unlabelled(lesson, seed)
    trained = train(
        store,
        lesson.rows,
        experiment=experiment,
        seed=seed,
        engine=runs_on,
        progress=progress,
    )
    _tell(lesson, trained)
    if promote:
        promotion.promote(store, trained.record)
    else:
        became = "is the champion" if trained.decision.promoted else "is registered"
        click.echo(f"{trained.record.name} {became}: {trained.decision.why}", err=True)
    click.echo(trained.record.name)


def _with_unlabelled(lesson: Lesson, seed: int) -> Lesson:
    """Return the lesson with a label for every flight; say what rests on the prior."""
    from dataclasses import replace

    from models import unlabelled

    g = unlabelled.against_unlabelled(lesson.rows, seed=seed)
    for told in unlabelled.sensitivity(lesson.rows, g, seed=seed):
        click.echo(
            f"share of logistics among the unlabelled {told.prior:.2%}: labelled "
            f"{told.labelled_share:.2%} of all, {told.expected:,.1f} more expected, "
            f"{told.n_above_half:,} above a half, "
            f"{told.recall_at_percent:.2f} of the labelled in the top 1 %",
            err=True,
        )
    found = unlabelled.chances(lesson.rows, g)
    return replace(lesson, rows=unlabelled.settled(lesson.rows, found, seed=seed))


def _tell(lesson: Lesson, trained: Trained) -> None:
    """Say on stderr what was learnt from, what was left out, and how it did."""
    for reason, n in sorted(lesson.left_out.items()):
        click.echo(f"left out, {reason.replace('_', ' ')}: {n:,}", err=True)
    for source, counts in sorted(trained.record.label_counts.items()):
        click.echo(
            f"learnt from {counts['n_rows']:,} flights, {counts['n_positive']:,} of "
            f"them logistics ({source})",
            err=True,
        )
    if trained.was_registered:
        click.echo("the same rows and seed had made this model before", err=True)
    for group, figures in trained.results.items():
        told = [
            f"{name} {figure.value:.2f}"
            for name in SHOWN
            if (figure := figures.get(name)) and figure.value is not None
        ]
        click.echo(f"{options.group(group)}: {', '.join(told)}", err=True)
