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
    # Equal ones go by name, so that two runs list them alike: by the place of the name
    # among all, since to compare names themselves takes longer than all else.
    listed["journey"], names = pd.factorize(listed["alert"], sort=True)
    listed = _in_order(_with_missions(listed))
    listed["mission"] = names.take(listed["leader"].to_numpy())
    leads = ~listed["journey"].duplicated()
    return listed.assign(leads=leads, rank=leads.cumsum().astype(np.int32)).drop(
        columns=["joined", "journey", "journey_best", "leader"]
    )


def _with_missions(listed: pd.DataFrame) -> pd.DataFrame:
    """Return flights with the journey that stands first in their mission, and by what.

    `joined` numbers missions, `leader` is that journey, `best` what they stand by.
    """
    joined = groups.components(listed, ("journey", "way"))
    best = listed.groupby("journey")["priority_bits"].transform("max")
    listed = listed.assign(joined=joined, journey_best=best)
    first = listed.sort_values(
        ["journey_best", "journey", "priority_bits"], ascending=[False, True, False]
    ).drop_duplicates("journey")
    leader = first.drop_duplicates("joined").set_index("joined")
    second = first[first["joined"].duplicated()].drop_duplicates("joined")
    raised = surprise.raised_by(second["score"]).set_axis(second["joined"])
    stands_by = leader["journey_best"].add(raised, fill_value=0)
    return listed.assign(
        leader=listed["joined"].map(leader["journey"]),
        best=listed["joined"].map(stands_by),
    )


def _in_order(listed: pd.DataFrame) -> pd.DataFrame:
    """Return flights by mission, journey and priority, the best first."""
    by_name = listed.rename_axis("flight_id").sort_index(kind="stable")
    keys = [  # numpy wants the last first
        -by_name["priority_bits"],
        by_name["journey"],
        -by_name["journey_best"],
        by_name["leader"],
        -by_name["best"],
    ]
    return by_name.iloc[np.lexsort(keys)]
