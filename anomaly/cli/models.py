"""``anomaly models``: which models there are, which is better, and which one scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from models.catalogue import Entry
    from models.metrics import Figure
    from models.paired import Difference

SHOWN = ("recall_at_25", "look_alikes_at_25", "auc_vs_look_alikes", "average_precision")


@click.group("models", invoke_without_command=True)
@options.data_dir
@options.as_json
@click.pass_context
def command(context: click.Context, data_dir: Path, as_json: bool) -> None:
    """List the registered models with their figures; compare, promote, roll back.

    Figures are of training: out of fold, cases apart from simulated journeys. Of a
    model that learnt from verdicts, they are shown without them too, with the
    difference that the verdicts made.

    \b
    Example:
        anomaly models
        anomaly models compare champion 3
    """
    if context.invoked_subcommand is not None:
        return
    import msgspec

    from anomaly.store import Store
    from models.catalogue import entries

    found = entries(Store(data_dir))
    for entry in found:
        if as_json:
            click.echo(msgspec.json.encode(entry.as_json()))
        else:
            _print(entry)
    if not found:
        click.echo(f"no models in {data_dir}: `anomaly train` makes one", err=True)


@command.command("compare")
@click.argument("old")
@click.argument("new")
@options.data_dir
@options.as_json
def compare(old: str, new: str, data_dir: Path, as_json: bool) -> None:
    """Say in what NEW is better or worse than OLD, on what both were measured on.

    Each figure is NEW's less OLD's on the same cases, out of fold, with the interval
    (95 %) that drawing whole groups anew gives; only one that excludes zero is called
    better or worse.

    \b
    Example:
        anomaly models compare champion 3
    """
    import msgspec

    from anomaly.store import Store
    from models import keepsake, paired, registry

    store = Store(data_dir)
    one, other = registry.record_of(store, old), registry.record_of(store, new)
    told = paired.compare(keepsake.kept(store, other), keepsake.kept(store, one))
    if as_json:
        click.echo(
            msgspec.json.encode(
                {
                    "old": one.name,
                    "new": other.name,
                    "difference": told.as_json(),
                    "better": told.better(),
                    "worse": told.worse(),
                }
            )
        )
        return
    for reason, n in told.left_out.items():
        click.echo(f"left out, {reason}: {n}", err=True)
    if not told.figures:
        click.echo(f"nothing was measured of both {one.name} and {other.name}")
    _print_difference(told, f"{other.name} less {one.name}")


@command.command("promote")
@click.argument("ref")
@options.data_dir
def promote(ref: str, data_dir: Path) -> None:
    """Make a model the champion, whatever its figures say.

    Without --model, `anomaly score` and the others use the champion.

    \b
    Example:
        anomaly models promote 3
    """
    from anomaly.store import Store
    from models import promotion, registry

    store = Store(data_dir)
    record = registry.record_of(store, ref)
    registry.check_features(record)
    promotion.promote(store, record)
    click.echo(record.name)


@command.command("rollback")
@options.data_dir
def rollback(data_dir: Path) -> None:
    """Make the model that was champion before the champion again.

    \b
    Example:
        anomaly models rollback
    """
    from anomaly.store import Store
    from models import promotion

    click.echo(promotion.roll_back(Store(data_dir)).name)


def _print(entry: Entry) -> None:
    record = entry.record
    marks = "".join(f"  {alias}" for alias in entry.aliases)
    click.echo(
        f"{record.name}  {record.trained_at:%Y-%m-%d %H:%M}  days {min(record.dates)} "
        f"to {max(record.dates)}{marks}"
    )
    for source, counts in sorted(record.label_counts.items()):
        click.echo(
            f"    learnt from {counts['n_rows']:,} flights, {counts['n_positive']:,} "
            f"of them logistics ({source})"
        )
    if not entry.is_usable:
        click.echo("    learnt from features that this version does not compute")
    for on, figures in entry.results.items():
        if ": " not in on:
            _print_figures(on, figures)
    if entry.protocol:
        _print_protocol(entry)
    _print_difference(entry.worth_of_verdicts, "what its verdicts change")


def _print_protocol(entry: Entry) -> None:
    """Print what the last `anomaly evaluate` found, each case alone in a fresh day."""
    from models.metrics import Figure

    for on in ("documented", "documented_identity_hidden", "simulated"):
        figures = entry.protocol.get(on)
        if isinstance(figures, dict):
            read = {name: Figure(**figure) for name, figure in figures.items()}
            _print_figures(f"evaluated on {entry.protocol['background']}, {on}", read)


def _print_figures(on: str, figures: Mapping[str, Figure]) -> None:
    told = [
        f"{name.replace('_', ' ')} {options.figure(figures[name])}"
        for name in SHOWN
        if name in figures
    ]
    click.echo(f"    {options.group(on)}: {', '.join(told)}")


def _print_difference(difference: Difference, told: str) -> None:
    better, worse = difference.better(), difference.worse()
    for on, figures in difference.figures.items():
        for name, figure in figures.items():
            key = f"{on}: {name}"
            verdict = (
                "better" if key in better else "worse" if key in worse else "not clear"
            )
            click.echo(
                f"    {told}, {options.group(key)}: "
                f"{options.figure(figure, signed=True)}: {verdict}"
            )
