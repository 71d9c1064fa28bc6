"""The flights of a part of a day: seen by themselves, then with all others in sight.

Parts are worked on side by side, so each goes as far as it can before they are put
together: to the rows that are stored.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly import ends, flights, journeys, stopovers
from anomaly.baseline import Visits
from anomaly.ends import Alone
from anomaly.fields import Fields
from anomaly.knowledge import Habits, Watch
from anomaly.legs import Legs
from anomaly.schemas import CANDIDATES, FLIGHTS, JOURNEYS, STOPOVERS, conform
from anomaly.tracks import Ints

# A change of confidence smaller than this is no revision.
REVISED_BY = 0.05
_ORIGIN = ["origin", "origin_kind", "origin_confidence", "origin_reason"]


@dataclass(frozen=True, eq=False)
class Earlier:
    """What was known when the day before ended, of some airframes or of all."""

    flights: pd.DataFrame = field(
        default_factory=lambda: FLIGHTS.empty_table().to_pandas()
    )
    """The last flight of each airframe."""
    journeys: pd.DataFrame = field(
        default_factory=lambda: JOURNEYS.empty_table().to_pandas()
    )
    """Of those flights."""
    visited: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"icao24": [], "airport": []}, dtype="str")
    )
    """`icao24, airport`: where airframes were seen on the ground."""


@dataclass(frozen=True, eq=False)
class Part:
    """Flights of some airframes, and what they tell of their ends by themselves."""

    legs: Legs
    alone: Alone


@dataclass(frozen=True, eq=False)
class Explained:
    """What is stored of the flights of some airframes, but for what judges gaps."""

    flights: pa.Table
    stopovers: pa.Table
    journeys: pa.Table
    candidates: pa.Table
    gaps: pd.DataFrame
    """The columns of GAPS but the judgement, and `kept`: whether they are stored."""
    visits: Visits
    left_out: pd.DataFrame


def part_of(legs: Legs, fields: Fields) -> Part:
    """Return flights with the candidates of their ends."""
    return Part(legs, ends.alone(legs, fields))


def n_seen(part: Part, fields: Fields) -> Ints:
    """Return how many ends of flights were seen at each field."""
    _, places, _ = ends.seen_ends(part.legs, part.alone, fields)
    return np.bincount(places, minlength=len(fields.ident))


def explained(
    part: Part, watch: Watch, fields: Fields, earlier: Earlier, date: dt.date | None
) -> Explained:
    """Return the flights with their ends, knowing all that was seen of the day.

    With a `date`, only its flights and revisions of earlier ones are kept.
    """
    legs = part.legs
    habits = _habits(part, fields, earlier)
    found = flights.explain(legs, part.alone, fields, watch, habits)
    frame = _with_known_origins(found.flights, earlier.flights)
    stops = stopovers.of_found(found, fields)
    before = journeys.chains_before(earlier.flights, earlier.journeys, fields)
    chains = journeys.of_flights(frame, stops, fields, before)
    today, kept = kept_rows(frame, earlier, date)
    gaps_kept: bool | pd.Series[bool] = True
    candidates = found.candidates
    if not kept.all():
        frame = frame[kept]
        gaps_kept = found.gaps["flight_id"].isin(frame["flight_id"])
        candidates = candidates[candidates["flight_id"].isin(frame["flight_id"])]
    return Explained(
        flights=table(frame, FLIGHTS),
        stopovers=table(stops, STOPOVERS),
        journeys=table(chains[today], JOURNEYS),
        candidates=table(candidates, CANDIDATES),
        gaps=found.gaps.assign(kept=gaps_kept),
        visits=legs.visits,
        left_out=legs.left_out,
    )


def kept_rows(
    frame: pd.DataFrame, earlier: Earlier, date: dt.date | None
) -> tuple[np.ndarray, np.ndarray]:
    """Tell which flights are of the day, and which are of it or revise earlier ones."""
    if date is None or not len(frame):
        every = np.ones(len(frame), dtype=bool)
        return every, every
    today = (frame["date"] == date).to_numpy(bool)
    kept = today.copy()
    kept[~today] = _is_revision(frame[~today], earlier.flights)
    return today, kept


def table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return rows as a table of the schema; a column they do not have is null."""
    if not len(frame):
        return schema.empty_table()
    columns = [
        pa.Array.from_pandas(frame[field.name], type=field.type, safe=False)
        if field.name in frame
        else pa.nulls(len(frame), field.type)
        for field in schema
    ]
    return conform(pa.Table.from_arrays(columns, schema=schema), schema)


def _habits(part: Part, fields: Fields, earlier: Earlier) -> Habits:
    """Return where the airframes were, today and before."""
    airframe, places, t_s = ends.seen_ends(part.legs, part.alone, fields)
    before, where = _visited(part.legs, fields, earlier)
    return Habits.of(
        np.concatenate((before, airframe)),
        np.concatenate((where, places)),
        np.concatenate((np.full(len(before), -np.inf), t_s)),
        len(fields.ident),
    )


def _visited(
    legs: Legs, fields: Fields, earlier: Earlier
) -> tuple[np.ndarray, np.ndarray]:
    """Return airframes of the legs and the fields they are known to have visited."""
    number = pd.Series(legs.airframe, index=legs.frame["icao24"])
    number = number[~number.index.duplicated()]
    airframe = number.reindex(earlier.visited["icao24"]).to_numpy(float)
    place = fields.index.get_indexer(pd.Index(earlier.visited["airport"]))
    known = ~np.isnan(airframe) & (place >= 0)
    return airframe[known].astype(np.int64), place[known].astype(np.int64)


def _with_known_origins(found: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Keep the origin told before: here the flight before it is not in sight."""
    told = earlier[earlier["origin_kind"].notna()]
    place = pd.Index(told["flight_id"]).get_indexer(pd.Index(found["flight_id"]))
    known = place >= 0
    if not known.any():
        return found
    found = found.copy()
    for name in _ORIGIN:
        found[name] = found[name].mask(known, told[name].array.take(place))
    return found


def _is_revision(found: pd.DataFrame, earlier: pd.DataFrame) -> np.ndarray:
    """Tell flights of which more is known now than the day before."""
    told = earlier.set_index("flight_id").reindex(found["flight_id"])
    surer = np.abs(
        told["destination_confidence"].fillna(0).to_numpy(float)
        - found["destination_confidence"].fillna(0).to_numpy(float)
    )
    differs = (
        told["destination"].fillna("").to_numpy(object)
        != found["destination"].fillna("").to_numpy(object)
    ) | (
        told["destination_kind"].to_numpy(object)
        != found["destination_kind"].to_numpy(object)
    )
    return np.asarray(differs | (surer > REVISED_BY), dtype=bool)
