"""What an evaluation found, in the lines that a person reads of it.

First what the model is worth, then everything beside it, a line each; the figures that
few ask for are in ``--json`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from anomaly.cli import options

if TYPE_CHECKING:
    from models.evaluate import Evaluation
    from models.falsealarms import FalseAlarms
    from models.heldout import HeldOut
    from models.measure import Results
    from models.metrics import Figure

# Of each operator, or theatre: the frequent ones.  Most operators have one case.
MOST_VALUES = 12

_HIDDEN = "_identity_hidden"
_HEADLINES = {
    "auc_vs_look_alikes": "AUC against look-alikes",
    "average_precision": "average precision",
    "recall_at_10": "share of logistics flagged within 10 alerts",
    "recall_at_25": "share of logistics flagged within 25",
    "recall_at_100": "share of logistics flagged within 100",
    "look_alikes_at_25": "share of look-alikes flagged within 25 (fewer is better)",
    "recall_at_threshold_25": "share of logistics that reach the threshold for 25",
    "look_alikes_at_threshold_25": "share of look-alikes that reach it (fewer: better)",
    "precision_at_25": "precision within 25 (share that is logistics)",
    "calibration_error": "calibration error",
}
_COMPARED = ("auc_vs_look_alikes", "recall_at_25", "look_alikes_at_25")
_OF_VALUE = ("recall_at_25", "look_alikes_at_25")
_BASELINES = {
    "kinematics_forest": "forest of movement alone",
    "missingness": "what is unknown, alone",
    "casebook_forest": "forest of coarse columns, cases alone",
}
FOOTER = (
    "In brackets: 95 % intervals. Alerts count per 50,000 flights. Documented cases",
    "are flagged by the model only if they also reach the threshold frozen in",
    "training; who does reach it, whatever else flew that day, is told above. For",
    "baselines, families and simulated journeys it is enough to stand within so many",
    "alerts, so more of them, of either kind, may count as flagged.",
    "Baselines and families are ranked by their score alone. Every figure: --json.",
)


def lines(done: Evaluation) -> Iterator[str]:
    """Yield what people read of an evaluation, the headline figures first."""
    yield from _headlines(done.results)
    if done.false_alarms is not None:
        yield from _alarms(done.false_alarms)
    yield from _otherwise(done)
    yield from baselines(done.results, done.baselines)
    if done.families:
        from models import sidebyside

        yield from families(sidebyside.beside_all(done.families))
    for held in done.held_out.values():
        yield from _of_values(held)
    yield ""
    yield from FOOTER


def baselines(model: Results, found: Mapping[str, Results]) -> Iterator[str]:
    """Yield a line for each baseline, and below all how they do without identity."""
    less = ("_less_than_model", "less the model's AUC")
    for on in ("documented", f"documented{_HIDDEN}"):
        named = {_BASELINES.get(name, _words(name)): of for name, of in found.items()}
        rows = {"the model": {on: model[on]}, **named}
        told = "without identity" if on.endswith(_HIDDEN) else "on documented cases"
        yield from _compared(f"baselines {told}", rows, on, less)


def families(found: Mapping[str, Results]) -> Iterator[str]:
    """Yield a line for each family of features, alone and left out."""
    less = ("_less_than_all", "less the AUC of all")
    yield from _compared("families, fitted anew", found, "documented", less)


def _headlines(results: Results) -> Iterator[str]:
    """Yield the model's own figures, a column for each of what they are measured on."""
    header = ["the model", *(options.group(on) for on in results)]
    n_of = {
        "how many of logistics": "recall_at_25",
        "how many look-alikes": "look_alikes_at_25",
    }
    rows = [
        [what, *(f"{of[key].n:,}" for of in results.values())]
        for what, key in n_of.items()
    ]
    for key, what in _HEADLINES.items():
        cells = [_cell(of[key]) if key in of else "" for of in results.values()]
        if any(cells):
            rows.append([what, *cells])
    yield from _table(header, rows)


def _alarms(alarms: FalseAlarms) -> Iterator[str]:
    """Yield how many of the recorded ordinary flights are flagged, per budget."""
    first = next(iter(alarms.figures.values()))
    yield ""
    yield f"flagged of {first.n:,} recorded ordinary flights"
    for name, figure in alarms.figures.items():
        budget = name.rpartition("_")[2]
        yield f"within {budget:>3} alerts  {_percent(figure)}"


def _otherwise(done: Evaluation) -> Iterator[str]:
    """Yield how the model does if it knows less of operators, theatres, or the past."""
    rows: dict[str, Results] = {}
    for by, held in done.held_out.items():
        rows[f"no case of the same {by} learnt"] = held.results
    for days, results in done.history.items():
        of = f"{days or 'no'} day{'s' if days > 1 else ''}"
        rows[f"with {of} before known"] = results
    if not rows:
        return
    rows = {"as above": done.results, **rows}
    for on in ("documented", f"documented{_HIDDEN}"):
        told = ", without identity" if on.endswith(_HIDDEN) else ""
        yield from _compared(f"the model{told}", rows, on)


def _of_values(held: HeldOut) -> Iterator[str]:
    """Yield what is found of each operator, or theatre, that has most cases."""
    shown = list(held.by_value.items())[:MOST_VALUES]
    header = [f"each {held.by} held out", *(_HEADLINES[key] for key in _OF_VALUE)]
    rows = [
        [value, *(options.figure(figures[key]) for key in _OF_VALUE)]
        for value, figures in shown
    ]
    yield ""
    yield from _table(header, rows)
    if more := len(held.by_value) - len(shown):
        yield f"and {more} more: --json"


def _compared(
    title: str,
    found: Mapping[str, Results],
    on: str,
    less: tuple[str, str] | None = None,
) -> Iterator[str]:
    """Yield a table of one line each, what is known of them on one set of alerts.

    `less` names the paired differences, and heads their column.
    """
    ending, heading = less or ("", "")
    header = [title, *(_HEADLINES[key] for key in _COMPARED), heading]
    rows = []
    for name, results in found.items():
        if on in results:
            cells = [_cell(results[on][key]) for key in _COMPARED]
            paired = results.get(f"{on}{ending}", {}) if less else {}
            auc = paired.get("auc_vs_look_alikes")
            rows.append([name, *cells, _cell(auc, signed=True) if auc else ""])
    yield ""
    yield from _table(header, rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    every = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    for row in every:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cell(told: Figure, *, signed: bool = False) -> str:
    return options.figure(told, signed=signed, counted=False)


def _percent(told: Figure) -> str:
    if told.value is None or told.low is None or told.high is None:
        return "not known"
    return f"{told.value:.1%} ({told.low:.1%} to {told.high:.1%})"


def _words(name: str) -> str:
    return name.replace("_", " ")
