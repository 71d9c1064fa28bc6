"""``anomaly features``: what is looked at in every flight."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from features import Feature


@click.command("features")
@click.argument("family", required=False)
@click.option(
    "--markdown", is_flag=True, help="Print the tables that stand in the README."
)
@options.as_json
def command(family: str | None, markdown: bool, as_json: bool) -> None:
    """List the features of every flight, or those of one FAMILY.

    Each comes with its unit, its range, what it means and when it is unknown.  Marked
    i are those that hiding identity blanks, n those that no model learns from.

    \b
    Example:
        anomaly features stopover
    """
    from features import families
    from features.catalogue import markdown as as_markdown

    known = {found.name: found for found in families()}
    if family is not None and family not in known:
        raise click.BadParameter(
            f"{family!r} is none of {', '.join(known)}.", param_hint="FAMILY"
        )
    if markdown:
        click.echo(as_markdown())
        return
    for name, found in known.items():
        if family not in (None, name):
            continue
        if not as_json:
            click.echo(f"{name} (version {found.version})")
        for feature in found.features:
            click.echo(json.dumps(_plain(name, feature)) if as_json else _text(feature))


def _plain(family: str, feature: Feature) -> dict[str, Any]:
    """Return a declaration as JSON has it: no infinity there."""
    low, high = (
        None if math.isinf(end) else end for end in (feature.low, feature.high)
    )
    return {
        "family": family,
        "name": feature.name,
        "dtype": feature.dtype,
        "unit": feature.unit,
        "low": low,
        "high": high,
        "meaning": feature.doc,
        "null_means": feature.null_means,
        "says": feature.says,
        "says_not": feature.says_not or None,
        "says_unknown": feature.unknown or None,
        "identity": feature.identity,
        "learnt": feature.learnt,
    }


def _text(feature: Feature) -> str:
    from features.catalogue import marks, span

    unit = "" if feature.unit.startswith("0") else f" {feature.unit}"
    return (
        f"  {feature.name:38} {marks(feature):2} {feature.doc}"
        f" [{span(feature)}{unit}]; unknown: {feature.null_means}"
    )
