"""Flights whose ends are explained: the rows of FLIGHTS, and what follows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anomaly import ends, gaps
from anomaly.ends import Alone, Ends, Pairs
from anomaly.fields import Fields
from anomaly.knowledge import Habits, Watch
from anomaly.legs import Legs

N_CANDIDATES = 5
SHOWN_WEIGHT = 0.01


@dataclass(frozen=True, eq=False)
class Found:
    """Flights of some airframes, and what the steps after need of them."""

    flights: pd.DataFrame
    """The columns of FLIGHTS, sorted by airframe and time."""
    gaps: pd.DataFrame
    """The columns of GAPS but the judgement."""
    candidates: pd.DataFrame
    legs: Legs
    pairs: Pairs
    origin: Ends
    destination: Ends


def explain(
    legs: Legs, told: Alone, fields: Fields, watch: Watch, habits: Habits
) -> Found:
    """Return the flights with their origins and destinations."""
    origin, destination, pairs = ends.of_legs(legs, told, fields, watch, habits)
    frame = legs.frame.assign(
        **_end("origin", origin, fields), **_end("destination", destination, fields)
    )
    return Found(
        flights=frame,
        gaps=pd.concat(
            [legs.gaps, _stops(legs, pairs, origin, destination, fields)],
            ignore_index=True,
        ),
        candidates=pd.concat(
            [
                _candidate_rows(frame, "origin", origin, fields),
                _candidate_rows(frame, "destination", destination, fields),
            ],
            ignore_index=True,
        ),
        legs=legs,
        pairs=pairs,
        origin=origin,
        destination=destination,
    )


def _stops(
    legs: Legs, pairs: Pairs, origin: Ends, destination: Ends, fields: Fields
) -> pd.DataFrame:
    """Return the gaps between flights that hold a landing not seen from both sides."""
    before, after = pairs.before[pairs.joint], pairs.after[pairs.joint]
    hidden = ~(destination.seen_low[before] & origin.seen_low[after])
    before, after = before[hidden], after[hidden]
    place = destination.place[before]
    return gaps.of_edges(
        legs.frame.iloc[before],
        legs.stops.where(before),
        legs.starts.where(after),
        via=np.column_stack(
            (
                np.append(fields.latitude_deg, np.nan)[place],
                np.append(fields.longitude_deg, np.nan)[place],
            )
        ),
    )


def _end(end: str, found: Ends, fields: Fields) -> dict[str, Any]:
    """Return the columns of FLIGHTS that tell of an end."""
    return {
        end: fields.idents(found.place),
        f"{end}_kind": found.kind,
        f"{end}_confidence": found.confidence,
        f"{end}_reason": found.reason,
    }


def _candidate_rows(
    frame: pd.DataFrame, end: str, found: Ends, fields: Fields
) -> pd.DataFrame:
    """Return the likeliest fields of each flight's end as rows of CANDIDATES."""
    place = found.candidates.place[:, :N_CANDIDATES]
    weight = found.candidates.weight[:, :N_CANDIDATES]
    keep = (place >= 0) & (weight >= SHOWN_WEIGHT)
    row, rank = np.nonzero(keep)
    return pd.DataFrame(
        {
            "flight_id": frame["flight_id"].to_numpy(object)[row],
            "end": end,
            "rank": rank + 1,
            "airport": fields.idents(place[keep]),
            "weight": weight[keep],
            "distance_nm": found.candidates.far_nm[:, :N_CANDIDATES][keep],
        }
    )
