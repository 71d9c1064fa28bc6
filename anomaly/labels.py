"""Labels of flights and where each comes from.

A label is a statement about one flight by one source.  Sources differ in authority:
an analyst who looked at the flight outranks the casebook, the casebook outranks a
simulated purpose.  Unlabelled flights are not negatives; they simply have no row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.schemas import LABELS, conform
from anomaly.silver import Votes
from anomaly.verdicts import SEEN_COLUMNS, Judgement, Seen, Verdict, Verdicts

AUTHORITY = ("verdict", "casebook", "silver", "simulated")
"""Sources of labels, the one that wins on the same flight first."""

KIN_COLUMNS = ("mission_group", "case_group", "page_group")
"""What a label knows of which flights belong together, besides the airframe."""

LOGISTICS = "military_logistics"
LOOK_ALIKE = "look_alike"

# Simulated flights are plenty and simple; what people established of real ones is
# rare and dear, so each counts for several.
WEIGHTS: Mapping[str, float] = {
    "verdict": 6.0,
    "casebook": 9.0,
    "silver": 1.0,
    "simulated": 1.0,
}


@dataclass(frozen=True)
class Labelled:
    """Label rows, and how many flights got none for which reason."""

    rows: pa.Table
    left_out: Mapping[str, int] = field(default_factory=dict)


def case_labels(
    cases: Iterable[Case], *, hold_out: Collection[Case] = ()
) -> tuple[dict[str, Case], dict[str, int]]:
    """Return the labelled cases by key, and counts of those left out, by reason.

    A key with both labels is contested: what was flown is the same and the sources
    disagree on the load, so it teaches nothing.
    """
    of_key: dict[str, list[Case]] = {}
    left_out = {"no_label": 0, "held_out": 0, "contested": 0}
    for case in cases:
        if case.label not in (LOGISTICS, LOOK_ALIKE):
            left_out["no_label"] += 1
        elif case in hold_out:
            left_out["held_out"] += 1
        else:
            of_key.setdefault(case.key, []).append(case)
    kept = {}
    for key, same in of_key.items():
        if len({case.label for case in same}) > 1:
            left_out["contested"] += len(same)
        else:
            kept[key] = same[0]
    return kept, {reason: n for reason, n in left_out.items() if n}


def case_rows(flights: pd.DataFrame, cases: Mapping[str, Case]) -> Labelled:
    """Return labels of re-enacted flights, told by their ``case_key`` column."""
    known = flights[flights["case_key"].isin(list(cases))]
    of_row = [cases[key] for key in known["case_key"]]
    rows = pd.DataFrame(
        {
            "flight_id": known["flight_id"].to_numpy(),
            "logistics": [case.label == LOGISTICS for case in of_row],
            "label_source": "casebook",
            "reason": [f"{case.case_id}: {case.subtype}" for case in of_row],
            "airframe_group": known["icao24"].to_numpy(),
            "mission_group": [case.mission for case in of_row],
            "case_group": [case.group for case in of_row],
            "page_group": [case.source_url for case in of_row],
            "look_alike": [case.label == LOOK_ALIKE for case in of_row],
            "weight": [float(case.weight or WEIGHTS["casebook"]) for case in of_row],
        }
    )
    return Labelled(_table(rows), {"no_label": len(flights) - len(known)})


def from_truth(
    flights: pa.Table, truth: pa.Table, cases: Mapping[str, Case] | None = None
) -> Labelled:
    """Return labels of the flights that a simulated world tells the purpose of.

    A flight takes the label of the true flight of its aircraft that it overlaps
    longest.  A re-enacted case has no purpose there: its label is the casebook's.
    """
    told = _longest_overlap(flights.to_pandas(), truth.to_pandas())
    of_case = told["case_key"].notna() & told["logistics"].isna()
    purposeful = told[~of_case & told["logistics"].notna()]
    rows = pd.DataFrame(
        {
            "flight_id": purposeful["flight_id"],
            "logistics": purposeful["logistics"].astype(bool),
            "label_source": "simulated",
            "reason": "flown as " + purposeful["purpose"].fillna("unnamed"),
            "airframe_group": purposeful["icao24"],
            "mission_group": purposeful["mission_id"],
            "case_group": None,
            "look_alike": purposeful["look_alike"],
        }
    )
    documented = case_rows(told[of_case], cases or {})
    return Labelled(
        pa.concat_tables([_table(rows), documented.rows]),
        {
            "no_true_flight": flights.num_rows - len(told),
            "no_purpose": len(told) - len(rows) - documented.rows.num_rows,
        },
    )


def from_verdicts(flights: pa.Table, verdicts: Verdicts) -> Labelled:
    """Return labels of the flights analysts judged; reviewers at odds give none."""
    seen = [Seen.of(row) for row in flights.select(SEEN_COLUMNS).to_pylist()]
    judged = {key: given for key, given in verdicts.of(seen).items() if given}
    icao24_of = {flight.flight_id: flight.icao24 for flight in seen}
    labels = {key: _agreed(given) for key, given in judged.items()}
    rows = pd.DataFrame(
        [
            {
                "flight_id": key,
                "logistics": label,
                "label_source": "verdict",
                "reason": "; ".join(f"{v.verdict} by {v.by}" for v in judged[key]),
                "airframe_group": icao24_of[key],
            }
            for key, label in labels.items()
            if label is not None
        ],
        columns=LABELS.names,
    )
    unclear = sum(label is None for label in labels.values())
    return Labelled(_table(rows), {"reviewers_unsure_or_at_odds": unclear})


def from_silver(flights: pa.Table, votes: Votes) -> Labelled:
    """Return labels of the observed flights that rules agree on (`silver.votes`)."""
    frame = flights.to_pandas()
    observed = frame["provenance"].eq(Provenance.OBSERVED).to_numpy()
    said = votes.for_it ^ votes.against
    kept = observed & said
    names = votes.holds.columns
    rows = pd.DataFrame(
        {
            "flight_id": frame["flight_id"],
            "logistics": votes.for_it,
            "label_source": "silver",
            "reason": [", ".join(names[held]) for held in votes.holds.to_numpy(bool)],
            "airframe_group": frame["icao24"],
            "mission_group": None,
            "case_group": None,
            "look_alike": votes.look_alike,
        }
    )
    return Labelled(
        _table(rows[kept]),
        {
            "not_observed": int((~observed).sum()),
            "rules_at_odds": int((observed & votes.at_odds).sum()),
            "no_rule_holds": int((observed & ~votes.for_it & ~votes.against).sum()),
        },
    )


_KIN = [*KIN_COLUMNS, "look_alike"]


def merged(parts: Sequence[pa.Table]) -> pa.Table:
    """Return one row per flight: of several sources the one of most authority."""
    rows = pa.concat_tables([LABELS.empty_table(), *parts]).to_pandas()
    rank = rows["label_source"].map({name: i for i, name in enumerate(AUTHORITY)})
    order = rows.assign(rank=rank).sort_values(["flight_id", "rank"], kind="stable")
    # A verdict knows no mission and no case: what other sources know of them stays,
    # or folds and held-out groups would lose the flight.
    kept = order.drop_duplicates("flight_id", keep="first").set_index("flight_id")
    known = order.groupby("flight_id")[_KIN].first()
    return _conformed(kept.assign(**{name: known[name] for name in _KIN}).reset_index())


def _agreed(verdicts: Sequence[Verdict]) -> bool | None:
    """Return the common judgement; None if unsure, or if reviewers differ."""
    said = {verdict.verdict for verdict in verdicts} - {Judgement.UNSURE}
    return said == {Judgement.CONFIRM} if len(said) == 1 else None


def _longest_overlap(flights: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return each flight with the true flight it shares most time with."""
    keys = ["flight_id", "icao24", "first_seen", "last_seen"]
    told = truth.drop(columns=["origin", "destination", "provenance"])
    pairs = flights[keys].merge(told, on="icao24")
    start = pairs[["first_seen", "takeoff"]].max(axis="columns")
    end = pairs[["last_seen", "landing"]].min(axis="columns")
    pairs = pairs.assign(overlap=end - start)
    pairs = pairs[pairs["overlap"] >= pd.Timedelta(0)]
    return pairs.sort_values(
        ["flight_id", "overlap", "takeoff"], ascending=[True, False, True]
    ).drop_duplicates("flight_id", ignore_index=True)


def _table(rows: pd.DataFrame) -> pa.Table:
    usual = rows["label_source"].map(WEIGHTS)
    own = rows.get("weight", usual)
    return _conformed(rows.assign(weight=own.fillna(usual)))


def _conformed(rows: pd.DataFrame) -> pa.Table:
    columns = rows.reindex(columns=LABELS.names)
    return conform(
        pa.Table.from_pandas(columns, schema=LABELS, preserve_index=False), LABELS
    )
