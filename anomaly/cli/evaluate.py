"""``anomaly evaluate``: how a model does on cases it never saw."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from models.evaluate import Evaluation
    from models.metrics import Figure


@click.command("evaluate")
@options.model
@options.cases
@click.option(
    "--truth",
    "truths",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What the background's simulated world knows of its flights. Repeatable.",
)
@click.option(
    "--date",
    type=options.DATE,
    help="Day of ordinary traffic; default: the latest the model did not learn from.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Chooses what is not told of a case.",
)
@options.data_dir
@options.as_json
def command(
    model_ref: str,
    cases: Path | None,
    truths: tuple[Path, ...],
    date: dt.date | None,
    seed: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Fly documented cases, each alone, among a stored day's flights; rank them there.

    Places count per 50,000 flights. A case the model learnt from, or one of the same
    airframe or group, is scored by a model fitted anew without them. Without --cases
    the casebook that comes with the program is used.

    \b
    Example:
        anomaly evaluate --cases mine.csv --json | jq .documented.recall_at_25
    """
    import msgspec

    from anomaly.cases import load_cases
    from anomaly.reference import Reference
    from anomaly.store import Store
    from models.evaluate import evaluate

    done = evaluate(
        Store(data_dir),
        Reference.load(data_dir),
        load_cases(cases),
        model_ref=model_ref,
        truths=truths,
        date=date,
        seed=seed,
        progress=options.progress(),
    )
    click.echo(
        f"background: {done.n_flights:,} flights of {done.date}; {done.n_crossfit} "
        "cases scored by models fitted anew without their kin",
        err=True,
    )
    for reason, n in done.left_out.items():
        click.echo(f"cases left out, {reason.replace('_', ' ')}: {n}", err=True)
    if as_json:
        click.echo(msgspec.json.encode(done.as_json()))
        return
    _print(done)


def _print(done: Evaluation) -> None:
    """Print one line for each figure, the model's before the baselines'."""
    for group, figures in done.results.items():
        for name, figure in figures.items():
            click.echo(f"{group:28} {name:20} {_text(figure)}")
    for baseline, results in done.baselines.items():
        for group, figures in results.items():
            for name, figure in figures.items():
                click.echo(f"{f'{group}: {baseline}':28} {name:20} {_text(figure)}")


def _text(figure: Figure) -> str:
    if figure.value is None:
        return f"not known (n {figure.n:,})"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f} (n {figure.n:,})"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f}, n {figure.n:,})"
