"""The way a flight took: how far, how direct, over what, and how often."""

from __future__ import annotations

import numpy as np

from features import ends
from features.base import FlightTables
from features.coding import Floats, counts, means
from features.overflown import closed, n_states, overflown

SHUTTLE_DAYS = 7
# A flight that ends where it began has no direct route to compare with.
LOCAL_NM = 25.0
# Of what was not seen the shortest way is counted: too much of it tells nothing.
MOST_UNSEEN_SHARE = 0.2
# Who was seen over less than the direct way was not followed from field to field.
FOLLOWED_SHARE = 0.95


def along(tables: FlightTables) -> dict[str, Floats]:
    """Return how far, how direct, and whether abroad."""
    now = tables.coded.now
    direct_nm = ends.direct_nm(tables)
    pairs, past_pairs = tables.coded.field_pairs
    far = direct_nm > LOCAL_NM
    whole_nm = whole_way_nm(tables)
    usual_nm = means(pairs, past_pairs, _followed_nm(tables))
    return {
        "route_direct_nm": direct_nm,
        "route_directness": np.where(far, direct_nm / whole_nm, np.nan).clip(max=1),
        "route_flown_to_usual": np.where(
            far & (pairs >= 0), whole_nm / usual_nm, np.nan
        ),
        **_below(tables, direct_nm, whole_nm),
        "route_abroad": np.where(
            (now.origin_state >= 0) & (now.destination_state >= 0),
            now.origin_state != now.destination_state,
            np.nan,
        ),
        "route_n_shuttles": _n_shuttles(tables),
    }


def _below(
    tables: FlightTables, direct_nm: Floats, whole_nm: Floats
) -> dict[str, Floats]:
    """Return what lies below the direct way, and how far it flew round closed parts."""
    below = overflown(tables)
    shut = below.share(closed(tables, below))
    longer = whole_nm / np.maximum(direct_nm, LOCAL_NM) - 1
    told = (shut > 0) & (direct_nm > LOCAL_NM)
    return {
        "route_n_states_passed": n_states(tables, below),
        "route_sea_share": below.share(below.at_sea),
        "route_closed_share": shut,
        "route_detour_round_closed": np.where(told, np.maximum(longer, 0.0), np.nan),
    }


def whole_way_nm(tables: FlightTables) -> Floats:
    """Return how far each flew from field to field; NaN where too much was not seen."""
    flown_nm = tables.coded.now.flown_nm
    ends_nm = np.nan_to_num(ends.from_field_nm(tables, "origin"))
    ends_nm += np.nan_to_num(ends.from_field_nm(tables, "destination"))
    gaps_nm = tables.flights["unobserved_share"].to_numpy(np.float64) * flown_nm
    whole_nm = flown_nm + ends_nm
    unseen_nm = ends_nm + np.nan_to_num(gaps_nm)
    result: Floats = np.where(
        unseen_nm <= MOST_UNSEEN_SHARE * whole_nm, whole_nm, np.nan
    )
    return result


def _followed_nm(tables: FlightTables) -> Floats:
    """Return how far past flights flew; NaN where one was not followed all the way."""
    flown_nm, pairs_nm = tables.coded.past.flown_nm, tables.coded.field_pairs_nm
    direct_nm = np.append(pairs_nm, np.nan)[tables.coded.field_pairs[1]]
    return np.where(flown_nm >= FOLLOWED_SHARE * direct_nm, flown_nm, np.nan)


def _n_shuttles(tables: FlightTables) -> Floats:
    """Count the airframe's other flights between the same two fields, either way."""
    now, past = tables.coded.now, tables.coded.past
    today = np.datetime64(tables.date).astype(np.int64)
    recent = past.day >= today - SHUTTLE_DAYS
    n_fields = np.int64(len(tables.coded.fields.ident))
    n_airframes = now.airframe.max(initial=-1) + 1
    keys = []
    for side, rows in ((now, slice(None)), (past, recent)):
        a, b, airframe = side.origin[rows], side.destination[rows], side.airframe[rows]
        both = np.minimum(a, b) * n_fields + np.maximum(a, b)
        # A flight back to where it began is a circuit, no shuttle.
        known = (a >= 0) & (b >= 0) & (a != b)
        known &= (airframe >= 0) & (airframe < n_airframes)
        keys.append(np.where(known, both * n_airframes + airframe, -1))
    result: Floats = counts(keys[0], keys[0]) + counts(keys[0], keys[1]) - 1
    return result
