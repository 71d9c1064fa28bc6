"""The model card: what a model learnt from, how it did, and what it cannot see."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

import features
from models import thresholds
from models.measure import Results
from models.metrics import Figure
from models.registry import Record

LIMITS = (
    "It learns from made-up flights and from re-enactments of documented ones; on real "
    "traffic expect other shares of false alarms than are told here.",
    "Part loads on scheduled freighters look like any other flight of theirs.",
    "A flight without positions is scored from its ends and its operator alone.",
    "What was not received cannot count: a landing inferred from a gap may be none.",
    "Routine airlift scores high, rightly: a high score is no sign of secrecy.",
    "It says nothing about whether a flight was lawful.",
)

# What each figure is called on the page, and what it is measured on.
_TITLES = {
    "average_precision": "Average precision",
    "roc_auc": "ROC AUC",
    "auc_vs_look_alikes": "ROC AUC against look-alikes alone",
    "calibration_error": "Calibration error, less what chance adds",
    "recall_at_10": "Recall within 10 alerts",
    "recall_at_25": "Recall within 25 alerts",
    "recall_at_100": "Recall within 100 alerts",
    "precision_at_10": "Precision within 10 alerts",
    "precision_at_25": "Precision within 25 alerts",
    "precision_at_100": "Precision within 100 alerts",
    "look_alikes_at_25": "Look-alikes within 25 alerts",
    "recall_at_threshold_25": "Recall at the threshold for 25, by itself",
    "look_alikes_at_threshold_25": "Look-alikes at the threshold for 25, by itself",
}
_NOTED = ("average_precision", "auc_vs_look_alikes", "recall_at_100")
"""What the note tells; the card has all."""
_GROUPS = {
    "documented": "documented cases, out of fold",
    "documented_identity_hidden": "documented cases, out of fold, scored without "
    "identity",
    "simulated": "simulated journeys, out of fold",
    "documented_without_verdicts": "documented cases, out of fold, learnt without "
    "analysts' verdicts",
    "simulated_without_verdicts": "simulated journeys, out of fold, learnt without "
    "analysts' verdicts",
    "observed_without_verdicts": "labelled journeys on real tracks, out of fold, "
    "learnt without analysts' verdicts",
    "observed": "labelled journeys on real tracks, out of fold",
    "observed_identity_hidden": "labelled journeys on real tracks, out of fold, "
    "scored without identity",
    "simulated_identity_hidden": "simulated journeys, out of fold, scored without "
    "identity",
}


def card(
    record: Record,
    results: Results,
    importances: Mapping[str, float],
    pictures: Mapping[str, tuple[str, str, bytes]],
) -> str:
    """Return the card as JSON.

    Parameters
    ----------
    results
        Figures by what they are measured on (`measure.out_of_fold`).
    pictures
        By file name: title, what it shows in words, and the PNG.
    """
    meaning = {feature.name: feature.doc for feature in features.declared()}
    told: dict[str, Any] = {
        "schema": 1,
        "name": record.name.rpartition(" ")[0],
        "version": str(record.version),
        "trained_at": record.trained_at.isoformat(timespec="seconds"),
        "algorithm": "HistGradientBoostingClassifier, sigmoid-calibrated",
        "provenance": record.provenance,
        "summary": summary(record, results),
        "known_recall": recall_in_training(record, results),
        "feature_set_id": record.feature_set_id,
        "n_rows": sum(counts["n_rows"] for counts in record.label_counts.values()),
        "n_positive": sum(
            counts["n_positive"] for counts in record.label_counts.values()
        ),
        "label_sources": [
            {"source": source, **counts}
            for source, counts in sorted(record.label_counts.items())
        ],
        "dates": sorted({min(record.dates), max(record.dates)}),
        "case_groups": record.case_groups,
        "metrics": list(_metrics(results)),
        "limits": list(LIMITS),
        "importances": [
            {"feature": name, "text": meaning[name], "value": round(value, 4)}
            for name, value in importances.items()
            if value > 0
        ],
        "figures": [
            {"title": title, "alt": alt, "src": _as_data(data)}
            for title, alt, data in pictures.values()
        ],
    }
    return msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"


def card_note(record: Record, results: Results) -> str:
    """Return in Markdown what a person looks for first, for MLflow's pages."""
    lines = [
        summary(record, results),
        "",
        "| measured on | figure | value | 95 % interval | n |",
        "|---|---|---|---|---|",
    ]
    for group, words in _GROUPS.items():
        for name in _NOTED:
            figure = results.get(group, {}).get(name)
            if not figure or figure.value is None:
                continue
            between = ""
            if figure.low is not None and figure.high is not None:
                between = f"{figure.low:.2f} to {figure.high:.2f}"
            lines.append(
                f"| {words} | {_TITLES[name]} | {figure.value:.2f} | {between} "
                f"| {figure.n:,} |"
            )
    lines += [
        "",
        "Pictures, the card (`model_card.json`), the record and the table it learnt "
        "from are among the artifacts. To see it at work: `anomaly score DATE --model "
        f"{record.version}`, then `anomaly report DATE`.",
    ]
    return "\n".join(lines)


def summary(record: Record, results: Results) -> str:
    """Return one or two sentences on what the model knows."""
    n_positive = sum(counts["n_positive"] for counts in record.label_counts.values())
    sentences = [
        f"Trained on {len(set(record.dates))} days with {n_positive:,} logistics "
        f"flights ({', '.join(sorted(record.label_counts))})."
    ]
    against = results.get("documented", {}).get("auc_vs_look_alikes")
    if against and against.value is not None:
        sentences.append(
            f"In {_interval(against)} of all pairs of a documented logistics case and "
            "a documented look-alike, both held out with all their kin, it scores the "
            f"first higher ({against.n:,} cases)."
        )
    if "observed" not in record.provenance:
        sentences.append("On real traffic it has not been measured.")
    return " ".join(sentences)


def recall_in_training(record: Record, results: Results) -> str:
    """Return how many documented cases it found out of fold; empty if it had none."""
    recall = results.get("documented", {}).get("recall_at_25")
    if not recall or recall.value is None:
        return ""
    return (
        f"Of {recall.n:,} documented cases of logistics {_interval(recall)} are within "
        "25 alerts per 50,000 flights of the days it learnt "
        f"from{_crowd(record)}."
    )


def _crowd(record: Record) -> str:
    """Return how much else those days hold that should be found too."""
    made = record.label_counts.get("simulated", {"n_rows": 0, "n_positive": 0})
    if not made["n_rows"]:
        return ""
    held = made["n_positive"] / made["n_rows"] * thresholds.FLIGHTS_A_DAY
    return f", which hold {held:,.0f} simulated logistics flights per 50,000 besides"


def known_recall(results: Results, n_flights: int, days: str) -> str:
    """Return what the protocol found of documented cases; empty if it flew none."""
    cases = results.get("documented", {})
    first, more, alike = (
        cases.get(name)
        for name in ("recall_at_25", "recall_at_100", "look_alikes_at_25")
    )
    if not first or not more or not alike or first.value is None:
        return ""
    return (
        f"Of {first.n:,} documented logistics cases, each flown again alone among "
        f"{n_flights:,} flights of {days} and scored by models that never saw its kin, "
        f"{_interval(first)} were within the first 25 alerts per 50,000 flights and "
        f"{_interval(more)} within 100; of {alike.n:,} documented look-alikes "
        f"{_interval(alike)} were within the first 25."
    )


def _interval(figure: Figure) -> str:
    if figure.value is None:
        return "an unknown share"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.0%}"
    return f"{figure.value:.0%} ({figure.low:.0%} to {figure.high:.0%})"


def _metrics(results: Results) -> list[dict[str, Any]]:
    return [
        {
            "name": _TITLES.get(name, name),
            **figure.as_json(),
            "note": _note(group),
        }
        for group, figures in results.items()
        for name, figure in figures.items()
        if figure.value is not None
    ]


def _note(group: str) -> str:
    on, _, baseline = group.partition(": ")
    return f"{_GROUPS[on]}; baseline: {baseline}" if baseline else _GROUPS[on]


def _as_data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
