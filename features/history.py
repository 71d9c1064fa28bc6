"""History: what this airframe did before, and who flew the same way today.

The address only links a flight to its airframe's past; what the past was, not
who flew it, is the feature, so these stay when identity is hidden.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from anomaly.domain import Provenance
from anomaly.geo import distance_nm
from features import ends, rests, surge, visits
from features.base import Feature, FeatureFamily, FlightTables
from features.coding import Coded, Floats, Ints, counts, pair
from features.rarity import LEAST_WITHIN

# What came back to life did so within days.
RECENT_DAYS = 7
# A short leg says nothing of a usual distance.
SHORT_NM = 25.0
# More seconds than any time since 1970 has.
_SECONDS = np.int64(1 << 33)


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the history features of every flight."""
    coded = tables.coded
    today = int(np.datetime64(tables.date).astype(np.int64))
    # A re-enactment flies without the aircraft's own past: unknown, not empty.
    has_own = (tables.flights["provenance"] != Provenance.RE_ENACTED).to_numpy(bool)
    columns = {
        name: np.where(has_own, values, np.nan)
        for name, values in _habits(tables, today).items()
    }
    columns |= _company(coded, today)
    columns |= surge.of_operators(coded, today)
    if not len(coded.past):
        # Without any stored past nothing is known of anybody: not the same as zero.
        for name in ("flights_a_day", "n_companions_rare"):
            columns[f"history_{name}"] = np.full(len(tables.flights), np.nan)
    return pd.DataFrame(columns, index=tables.flights.index, dtype="float64")


def _habits(tables: FlightTables, today: int) -> dict[str, Floats]:
    """Return what each flight's airframe did before, and how this differs."""
    now, fields = tables.coded.now, tables.coded.fields
    n = int(now.airframe.max(initial=-1)) + 1
    past = tables.coded.past
    own = np.flatnonzero((past.airframe >= 0) & (past.airframe < n))
    airframe = past.airframe[own]
    per = np.bincount(airframe, minlength=n).astype(np.float64)
    has_past = per[now.airframe] > 0
    visited = visits.of_landings(airframe, past.destination[own], n)
    home, home_n = visited.home()
    n_landed = visited.n_landed()
    pairs_nm = np.append(tables.coded.field_pairs_nm, np.nan)
    usual_nm = _mean(airframe, pairs_nm[tables.coded.field_pairs[1][own]], n)
    n_recent = np.bincount(airframe[past.day[own] >= today - RECENT_DAYS], minlength=n)

    def habit(values: Floats) -> Floats:
        result: Floats = np.where(has_past, values[now.airframe], np.nan)
        return result

    # Nobody's habits are known from a flight or two.
    landed = n_landed[now.airframe] >= LEAST_WITHIN

    def first(place: Ints, visited_place: Ints, n_places: int) -> Floats:
        seen = counts(
            pair(now.airframe, place, n_places),
            pair(visited.airframe, visited_place, n_places),
        )
        result: Floats = np.where(landed & (place >= 0), seen == 0, np.nan)
        return result

    return {
        "history_flights_a_day": per[now.airframe] / max(past.n_days, 1),
        "history_days_since": _days_away(tables, own),
        "history_recent_share": habit(n_recent / np.maximum(per, 1)),
        "history_n_states": habit(visited.n_different(fields.state)),
        "history_military_share": habit(visited.mean(np.ceil(fields.use))),
        "history_unscheduled_share": habit(visited.mean(fields.unscheduled)),
        "history_home_share": habit(
            np.where(home >= 0, home_n / np.maximum(n_landed, 1), np.nan)
        ),
        "history_home_military": habit(fields.use[home]),
        "history_away_nm": np.where(landed, _from_nm(tables, home), np.nan),
        **rests.of_airframes(tables, own),
        "history_leg_ratio": ends.direct_nm(tables)
        / habit(np.maximum(usual_nm, SHORT_NM)),
        "history_first_in_state": first(
            now.destination_state, fields.state[visited.field], len(fields.states)
        ),
        "history_first_at_field": first(
            now.destination, visited.field, len(fields.ident)
        ),
    }


def _days_away(tables: FlightTables, own: Ints) -> Floats:
    """Return for how many days each airframe was away before its journey began.

    What is seen of the day itself counts as well: a flight may have ended after
    midnight, before the journey.  NaN where no flight before it is known.
    """
    now, past = tables.coded.now, tables.coded.past
    started = tables.own_journeys["started"]
    started_s = np.where(started.notna(), _seconds(started), -1.0)
    seen_s = np.concatenate((past.last_seen_s[own], now.last_seen_s))
    by = np.concatenate((past.airframe[own], now.airframe))
    # One number for airframe and second: the one before the start is found at once.
    seen = np.sort(by * _SECONDS + seen_s.astype(np.int64))
    begins = now.airframe * _SECONDS + started_s.astype(np.int64)
    at = np.searchsorted(seen, begins) - 1
    last = np.append(seen, -1)[at]
    known = (started_s >= 0) & (at >= 0) & (last // _SECONDS == now.airframe)
    result: Floats = np.where(known, (begins - last) / 86_400, np.nan)
    return result


def _company(coded: Coded, today: int) -> dict[str, Floats]:
    """Return how many others flew the same pair of fields that day or the day before.

    Pairs and trains of aircraft on one way are hours apart, and midnight is no cut.
    """
    now, past = coded.now, coded.past
    pairs, past_pairs = coded.field_pairs
    yesterday = past.day >= today - 1
    n = int(max(now.airframe.max(initial=-1), past.airframe.max(initial=-1))) + 1
    flown = np.concatenate((pairs, past_pairs[yesterday]))
    by = np.concatenate((now.airframe, past.airframe[yesterday]))
    # Each airframe counts once on a pair, however often it flew it.
    different, which = np.unique(flown[flown >= 0], return_inverse=True)
    once = np.unique(which * np.int64(n) + by[flown >= 0])
    company = counts(pairs, different[once // n]) - 1
    before = counts(pairs, np.where(yesterday, -1, past_pairs))
    return {
        "history_n_companions": company,
        "history_n_companions_rare": np.where(
            np.isnan(company), np.nan, np.where(before == 0, company, 0.0)
        ),
    }


def _from_nm(tables: FlightTables, home: Ints) -> Floats:
    """Return how far each flight's destination is from its airframe's usual field."""
    fields, base = tables.coded.fields, home[tables.coded.now.airframe]
    latitude_deg, longitude_deg = ends.coordinates(tables, "destination")
    return distance_nm(
        fields.latitude_deg[base],
        fields.longitude_deg[base],
        latitude_deg,
        longitude_deg,
    )


def _mean(of: Ints, values: Floats, n: int) -> Floats:
    """Return the mean of the known values of each."""
    known = ~np.isnan(values)
    total = np.bincount(of[known], weights=values[known], minlength=n)
    n_known = np.bincount(of[known], minlength=n)
    result: Floats = np.where(n_known > 0, total / np.maximum(n_known, 1), np.nan)
    return result


def _seconds(times: pd.Series) -> Floats:
    return times.to_numpy("datetime64[us]").astype(np.int64) / 1e6


_NO_PAST = "the airframe was not seen in the 90 days before, or flies re-enacted"
_NO_HOME = (
    "no field is known at which it landed twice, and more often than at any other"
)

_FEATURES = (
    Feature(
        "history_flights_a_day",
        unit="a day",
        doc="flights of the airframe a stored day, of the 90 days before",
        null_means="no earlier day is stored, or the flight is re-enacted",
        says="made {often}, by {past_days}",
        says_not="no flight of this airframe is known that ended on {past_days}",
    ),
    Feature(
        "history_days_since",
        unit="days",
        doc="from the airframe's last flight before this journey to the journey's "
        "start",
        null_means="no flight of it before this journey is known, nor the journey, or "
        "it flies re-enacted",
        says="last seen {ago} before this journey began",
        says_not="seen until this journey began",
    ),
    Feature(
        "history_longest_rest_days",
        unit="days",
        doc="most days on end on which it ended no flight, of the 90 before",
        null_means=f"{_NO_PAST}, or fewer than {rests.LEAST_DAYS} days are stored",
        says="of {past_days}, there were {value:.0f} on end on which no flight of it "
        "is known to have ended",
        says_not="ended a flight on every day stored since it was first seen",
    ),
    Feature(
        "history_awake_days",
        unit="days",
        doc="from the end of that rest to this flight: dormant, then active",
        null_means=f"it never rested, {_NO_PAST}, or fewer than {rests.LEAST_DAYS} "
        "days are stored",
        says="began to fly again {value:.0f} day{s} before, after its longest rest "
        "within {past_days}",
        says_not="this day ended its longest rest within {past_days}",
    ),
    Feature(
        "history_recent_share",
        unit="share",
        doc="share of its flights in the 90 days before that fell in the last 7",
        null_means=_NO_PAST,
        says="{share} of its flights that ended on {past_days} did so in the week "
        "before",
        says_not="no flight of it is known to have ended in the week before",
        high=1.0,
    ),
    Feature(
        "history_n_states",
        unit="count",
        doc="states in which the airframe landed in the 90 days before",
        null_means=_NO_PAST,
        says="landed in {value:.0f} state{s} on {past_days}, as far as known",
        says_not="no landing of it is known on {past_days}",
    ),
    Feature(
        "history_military_share",
        unit="share",
        doc="share of its earlier landings at military or joint-use fields",
        null_means="no earlier landing of it is known",
        says="{share} of its known earlier landings were at military or joint-use "
        "fields",
        says_not="no known earlier landing of it was at a military or joint-use field",
        high=1.0,
    ),
    Feature(
        "history_unscheduled_share",
        unit="share",
        doc="share of its earlier landings at fields without scheduled service",
        null_means="no earlier landing of it is known",
        says="{share} of its known earlier landings were at fields without scheduled "
        "service",
        says_not="all its known earlier landings were at fields with scheduled service",
        high=1.0,
    ),
    Feature(
        "history_home_share",
        unit="share",
        doc="share of its known earlier landings at the field it used most",
        null_means=_NO_HOME,
        says="{share} of its known earlier landings were at the field it used most",
        high=1.0,
    ),
    Feature(
        "history_home_military",
        unit="0, 0.5 or 1",
        doc="use of the field it landed at most",
        null_means=_NO_HOME,
        says="the field it used most is military or joint-use",
        says_not="the field it used most is civil",
        high=1.0,
    ),
    Feature(
        "history_away_nm",
        unit="nm",
        doc="from the field it landed at most to this flight's destination",
        null_means=f"{_NO_HOME}, or fewer than 3 landings in all",
        says="ended {value:,.0f} nm from the field this airframe used most",
        says_not="ended at the field this airframe used most",
    ),
    Feature(
        "history_leg_ratio",
        unit="ratio",
        doc="this flight's direct distance over the airframe's usual one",
        null_means="an end is unknown, or both ends of all its earlier flights",
        says="flew {times} times the airframe's usual distance",
    ),
    Feature(
        "history_first_in_state",
        unit="0 or 1",
        doc="the airframe had not landed in the destination's state before",
        null_means="fewer than 3 earlier landings are known",
        says="no landing of this airframe in {destination_country} is known on "
        "{past_days}",
        says_not="this airframe landed in {destination_country} on {past_days}",
        high=1.0,
    ),
    Feature(
        "history_first_at_field",
        unit="0 or 1",
        doc="the airframe had not landed at the destination before",
        null_means="fewer than 3 earlier landings are known",
        says="no landing of this airframe at {destination} is known on {past_days}",
        says_not="this airframe landed at {destination} on {past_days}",
        high=1.0,
    ),
    Feature(
        "history_n_companions",
        unit="count",
        doc="other airframes on the same pair of fields that day or the day before",
        null_means="an end is unknown",
        says="{value:.0f} other aircraft flew from {origin} to {destination} that "
        "day or the day before",
        says_not="no other aircraft is known to have flown from {origin} to "
        "{destination} that day or the day before",
    ),
    Feature(
        "history_n_companions_rare",
        unit="count",
        doc="the same, if nobody flew the pair on earlier days",
        null_means="an end is unknown, or no earlier day is stored",
        says="{value:.0f} other aircraft within two days from {origin} to "
        "{destination}, a way nobody is known to have flown before",
        says_not="no companion on an unusual pair of fields",
    ),
    Feature(
        "history_operator_surge_bits",
        unit="log2 of ratio",
        doc="flights a day of the operator into the destination's state in the last 7 "
        "days, this one the last, over those of the days before",
        null_means="operator or destination unknown, fewer than 7 days stored before "
        "the last week, or no flight of it there on these",
        says="{count} times as many flights a day of its operator into "
        "{destination_country} this week as on the stored days before the week",
        says_not="as many flights a day of its operator into {destination_country} "
        "this week as on the stored days before the week",
        low=float("-inf"),
        identity=True,
    ),
    Feature(
        "history_operator_n_new",
        unit="count",
        doc="flights of the operator into the destination's state in the last 7 days, "
        "if none is known from the days before",
        null_means="operator or destination unknown, or fewer than 7 days stored "
        "before the last week",
        says="{value:.0f} flight{s} of its operator into {destination_country} this "
        "week, none on the stored days before the week",
        says_not="its operator flew into {destination_country} before this week too",
        identity=True,
    ),
)

# A re-enacted case has no past, so what a past tells of logistics could be learnt from
# simulated aircraft alone, whose habits are our own assumption: a reader is told, the
# review order takes first visits into account, and the model sees none of it.
FAMILY = FeatureFamily(
    name="history",
    version=7,
    features=tuple(replace(feature, learnable=False) for feature in _FEATURES),
    compute=compute,
)
