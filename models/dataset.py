"""The training table: one row per flight, its features, its label and its groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

import features
from anomaly.labels import KIN_COLUMNS
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import FLIGHT_ID, LABELS, PROVENANCE, column
from anomaly.store import Store
from features import stored
from features.base import FlightTables
from models import groups

ROW_FIELDS = (
    FLIGHT_ID,
    column("date", pa.date32(), "the day whose end the row was computed at"),
    column("alert", pa.string(), "the journey, or the case, that rows are ranked by"),
    column("logistics", pa.bool_(), "the label; null: none", null=True),
    column("weight", pa.float32(), "how much it counts; null: no label", null=True),
    column("label_source", pa.string(), "who says so; null: nobody", null=True),
    *(LABELS.field(name) for name in (*groups.GROUP_COLUMNS, "look_alike")),
    column("way", pa.string(), "a rare pair of fields others flew too", null=True),
    column("take", pa.int8(), "which flying of its case; null: no case", null=True),
    PROVENANCE,
)
"""What a row holds besides its features."""

# Families of what the archive tells of an airframe's past.
_OF_PAST = ("history_",)
# Whether others were received where it was not, and the week before: alone, there
# are neither.
_TAKES_OTHERS = frozenset(
    {"route_n_switched_off", "route_n_shuttles", "kinematics_n_together"}
)

_OF_LABEL = (
    "logistics",
    "weight",
    "label_source",
    *KIN_COLUMNS,
    "look_alike",
)


def schema() -> pa.Schema:
    """Return the training table's columns, each with what it means."""
    told = [
        column(
            f.name, pa.float64(), f"{f.doc} [{f.unit}]; null: {f.null_means}", null=True
        )
        for f in features.declared()
    ]
    return pa.schema([*ROW_FIELDS, *told])


def feature_names() -> list[str]:
    """Return the columns a model is given, in order."""
    return [f.name for f in features.declared() if f.learnt]


def unlearnt_names() -> list[str]:
    """Return the features that are for a reader only."""
    return [f.name for f in features.declared() if not f.learnt]


def context_features() -> list[str]:
    """Return the features that take a past or other aircraft to know.

    A re-enacted case, which stands alone, has none of them.
    """
    return [
        feature.name
        for feature in features.declared()
        if feature.name.startswith(_OF_PAST) or feature.name in _TAKES_OTHERS
    ]


def rows_of(tables: FlightTables, built: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the unlabelled rows of one day's flights, in the order of their ids.

    `built` are their features, where these are known already.
    """
    flights = tables.flights
    known = pd.DataFrame(
        {
            "date": tables.date,
            "alert": alerts(tables),
            "airframe_group": flights["icao24"],
            "provenance": flights["provenance"],
        },
        index=flights.index,
    )
    found = features.build(tables) if built is None else built
    together = pd.concat([known, found], axis="columns")
    way = ways(flights, has_company(found))
    together = together.assign(way=way, take=None)
    return together.sort_index().reset_index(names="flight_id")


def alerts(tables: FlightTables) -> pd.Series:
    """Return the journey of each flight; one without any is one of its own."""
    flight_ids = tables.flights.index
    journey = tables.journeys["journey_id"].reindex(flight_ids)
    return journey.fillna(flight_ids.to_series())


def has_company(found: pd.DataFrame) -> pd.Series:
    """Tell by their features which flights had company on an unusual way."""
    return found["history_n_companions_rare"] > 0


def ways(flights: pd.DataFrame, company: pd.Series) -> pd.Series:
    """Return the pair of fields of flights that had company on an unusual way."""
    pair = flights["origin"] + ">" + flights["destination"]
    return pair.where(company)


def labelled(rows: pd.DataFrame, labels: pa.Table) -> pd.DataFrame:
    """Return `rows` with the labels, weights and groups that `labels` has for them."""
    told = labels.to_pandas().drop_duplicates("flight_id").set_index("flight_id")
    joined = rows.drop(columns=[name for name in _OF_LABEL if name in rows])
    joined = joined.join(told[list(_OF_LABEL)], on="flight_id")
    ordered: pd.DataFrame = joined[schema().names]
    return ordered


def days(
    store: Store,
    dates: Sequence[dt.date],
    labels: pa.Table,
    reference: Reference,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Return the rows of stored days, each as known when its day ended."""
    parts = []
    for done, date in enumerate(dates):
        progress("features", done / len(dates))
        rows = rows_of(*stored.of_day(store, date, reference))
        # A journey that goes on tomorrow is another alert tomorrow.
        rows["alert"] = f"{date} " + rows["alert"]
        parts.append(labelled(rows, labels))
    progress("features", 1.0)
    return settled(parts)


def settled(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return all rows as one table, in one order whatever the order of the parts."""
    tables = [to_arrow(part) for part in parts]
    rows = pa.concat_tables([schema().empty_table(), *tables])
    frame: pd.DataFrame = rows.sort_by(
        [("date", "ascending"), ("alert", "ascending"), ("flight_id", "ascending")]
    ).to_pandas()
    return frame


def to_arrow(rows: pd.DataFrame) -> pa.Table:
    """Return the table as it is stored, with the meaning of each column."""
    return pa.Table.from_pandas(rows, schema=schema(), preserve_index=False)


def is_labelled(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows somebody has labelled."""
    return rows["logistics"].notna().to_numpy(bool)


def labels_of(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the labels, unlabelled rows counting as not known to be logistics."""
    return rows["logistics"].eq(True).to_numpy(bool)
