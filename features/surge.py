"""How much more often an operator flew into a state this week than before it."""

from __future__ import annotations

import numpy as np

from features.coding import Coded, Floats, counts, n_different, pair

WEEK_DAYS = 7


def of_operators(coded: Coded, today: int) -> dict[str, Floats]:
    """Return how each flight's operator flies into its destination's state.

    Days that are not stored count for neither side; ``NaN`` where fewer than a week of
    days before the last week are stored, or none at all.
    """
    now, past = coded.now, coded.past
    n = len(coded.fields.states)
    into = pair(now.operator, now.destination_state, n)
    past_into = pair(past.operator, past.destination_state, n)
    # The day itself is the last of its week.
    recent = past.day > today - WEEK_DAYS
    n_recent = n_different(np.append(past.day[recent], today))
    n_earlier = n_different(past.day[~recent])
    this_week = counts(into, into) + counts(into, np.where(recent, past_into, -1))
    earlier = counts(into, np.where(recent, -1, past_into))
    enough = n_earlier >= WEEK_DAYS
    # Against nothing there is no ratio: how many there are is told instead.
    has_ratio = enough & (earlier > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (this_week / n_recent) / (earlier / max(n_earlier, 1))
        bits = np.log2(ratio)
    is_known = enough & ~np.isnan(earlier)
    return {
        "history_operator_surge_bits": np.where(has_ratio, bits, np.nan),
        "history_operator_n_new": np.where(
            is_known, np.where(earlier > 0, 0.0, this_week), np.nan
        ),
    }
