"""The order of the review list: journeys by priority, a mission's side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import surprise
from models import groups

# A companion stands beside the flight it flew with only if it is itself more likely
# logistics than not: an airliner on the same new route is no part of a mission.
COMPANION_SCORE = 0.5


def ranked(flights: pd.DataFrame) -> pd.DataFrame:
    """Return flights in the order of the review list.

    A journey stands where its flight of the highest priority does, and that flight
    leads it.  Journeys whose flights went the same unusual way that day are one
    mission (pairs, trains of aircraft) and stand together: where the best of them
    does, raised by the odds of the next best.  Two aircraft that each look likely,
    on a way nobody flew before, say more than one.

    Parameters
    ----------
    flights : DataFrame
        Indexed by ``flight_id``: ``alert`` (its journey), ``score``,
        ``ordinary_bits``, ``look_alike_bits``, ``surprise_bits``, and ``way``, a key of
        an unusual pair of fields that others flew too that day, null for all other
        flights.

    Returns
    -------
    DataFrame
        The same, sorted, with ``priority_bits``, ``mission`` (the alert that stands
        first in it), ``best`` (what the mission stands by), ``leads`` and ``rank``.
    """
    priority = surprise.priority_bits(
        flights["ordinary_bits"], flights["look_alike_bits"], flights["surprise_bits"]
    )
    listed = flights.assign(
        priority_bits=priority,
        way=flights["way"].where(flights["score"] >= COMPANION_SCORE),
    )
    listed["joined"] = groups.components(listed, ("alert", "way"))
    listed["journey_best"] = listed.groupby("alert")["priority_bits"].transform("max")
    # Equal ones go by name, so that two runs list them alike.
    first = listed.sort_values(
        ["journey_best", "alert", "priority_bits"], ascending=[False, True, False]
    ).drop_duplicates("alert")
    leader = first.drop_duplicates("joined").set_index("joined")
    second = first[first["joined"].duplicated()].drop_duplicates("joined")
    raised = surprise.raised_by(second["score"]).set_axis(second["joined"])
    listed["mission"] = listed["joined"].map(leader["alert"])
    listed["best"] = listed["joined"].map(
        leader["journey_best"].add(raised, fill_value=0)
    )
    listed = listed.rename_axis("flight_id").sort_values(
        ["best", "mission", "journey_best", "alert", "priority_bits", "flight_id"],
        ascending=[False, True, False, True, False, True],
    )
    leads = ~listed["alert"].duplicated()
    return listed.assign(leads=leads, rank=leads.cumsum().astype(np.int32)).drop(
        columns=["joined", "journey_best"]
    )
