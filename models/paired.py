"""Two models on the same cases: what one does better than the other, and whether.

"Better" means that the interval of the difference excludes zero, groups of kin drawn
anew and both models measured on each draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models import keepsake, metrics
from models.metrics import Figure

# Fewer alerts than this on either side, or of either class, tell nothing.
LEAST = 10
_LESS_IS_BETTER = frozenset({"look_alikes_at_25"})


@dataclass(frozen=True, eq=False)
class Difference:
    """What one set of scores does more than another, by what it is measured on."""

    figures: Mapping[str, Mapping[str, Figure]]
    """New minus old; `n` counts the alerts that both were measured on."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Alerts that only one of them has, or that changed their label."""

    def better(self) -> list[str]:
        """Return the figures in which the new one is better, as "on: figure"."""
        return [name for name, sign in self._signs() if sign > 0]

    def worse(self) -> list[str]:
        """Return the figures in which the new one is worse."""
        return [name for name, sign in self._signs() if sign < 0]

    def as_json(self) -> dict[str, object]:
        """Return every difference as ``{value, low, high, n}``."""
        return {
            on: {name: figure.as_json() for name, figure in figures.items()}
            for on, figures in self.figures.items()
        }

    def _signs(self) -> list[tuple[str, int]]:
        return [
            (f"{on}: {name}", sign(name, figure))
            for on, figures in self.figures.items()
            for name, figure in figures.items()
        ]


def sign(name: str, figure: Figure) -> int:
    """Return 1 for clearly better, -1 for clearly worse, else 0."""
    if figure.low is None or figure.high is None:
        return 0
    side = int(figure.low > 0) - int(figure.high < 0)
    return -side if name in _LESS_IS_BETTER else side


def compare(new: pd.DataFrame, old: pd.DataFrame) -> Difference:
    """Return the differences of two models' kept scores (`keepsake.SCHEMA`)."""
    figures: dict[str, dict[str, Figure]] = {}
    left_out: dict[str, int] = {}
    for on in ("documented", "simulated", "observed"):
        for name, suffix in (("model", ""), ("identity_hidden", "_identity_hidden")):
            both = pairs(chosen(new, on, name), chosen(old, on, name))
            _count(left_out, both)
            told = differences(both)
            if told:
                figures[f"{on}{suffix}"] = told
    return Difference(figures, left_out)


def worth_of_verdicts(table: pd.DataFrame) -> Difference:
    """Return what a model does more than one that learnt from no verdict.

    Empty for a model without verdicts.  Only what verdicts do not label is compared:
    documented cases, for the days' own labels come in part from the verdicts.
    """
    both = pairs(
        chosen(table, "documented", "model"),
        chosen(table, "documented", keepsake.WITHOUT_VERDICTS),
    )
    told = differences(both)
    return Difference({"documented": told} if told else {})


@dataclass(frozen=True, eq=False)
class Pairs:
    """The alerts that both were measured on, in one order, and counts of the rest."""

    new: pd.DataFrame
    old: pd.DataFrame
    n_alone: int
    n_relabelled: int


def chosen(table: pd.DataFrame, on: str, scores: str) -> pd.DataFrame:
    """Return one set of scores, by alert."""
    rows = table[(table["measured_on"] == on) & (table["scores"] == scores)]
    return rows.set_index("alert")


def pairs(new: pd.DataFrame, old: pd.DataFrame) -> Pairs:
    """Return the alerts that both sets hold with one label."""
    common = new.index.intersection(old.index, sort=True)
    same = (new.loc[common, "logistics"] == old.loc[common, "logistics"]).to_numpy(bool)
    kept = common[same]
    n_alone = len(new) + len(old) - 2 * len(common) if len(new) and len(old) else 0
    return Pairs(new.loc[kept], old.loc[kept], n_alone, int((~same).sum()))


def differences(both: Pairs) -> dict[str, Figure]:
    """Return the figures' differences; none where there is too little to tell."""
    n_logistics = int(both.new["logistics"].sum())
    if min(n_logistics, len(both.new) - n_logistics) < LEAST:
        return {}
    ours, theirs = keepsake.figures_of(both.new), keepsake.figures_of(both.old)
    groups = both.new["joined"].to_numpy(np.int64)
    return {
        name: metrics.with_interval(
            metrics.difference(ours[name], theirs[name]), groups
        )
        for name in ours
    }


def _count(left_out: dict[str, int], both: Pairs) -> None:
    for reason, n in (
        ("measured of one model only", both.n_alone),
        ("labelled otherwise", both.n_relabelled),
    ):
        if n:
            left_out[reason] = max(n, left_out.get(reason, 0))
