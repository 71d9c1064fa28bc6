"""History: what this airframe did before, and who flew the same way today.

The address only links a flight to its airframe's past; what the past was, not
who flew it, is the feature, so these stay when identity is hidden.
"""

from __future__ import annotations

import pandas as pd

from features import ends
from features.base import Feature, FeatureFamily, FlightTables


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the history features of every flight."""
    flights = tables.flights
    past = _past(tables)
    habits = _habits(past)
    airframe = flights["icao24"]

    def habit(name: str) -> pd.Series:
        known: pd.Series = airframe.map(habits[name]).astype("float64")
        return known

    n_past = habit("n").fillna(0.0)
    if past.empty:
        # Without any stored past nothing is known of anybody: not the same as zero.
        n_past = pd.Series(float("nan"), flights.index)
    has_past = n_past > 0
    last_seen = airframe.map(
        _epoch_days(past["last_seen"]).groupby(past["icao24"]).max()
    )
    away_days = _epoch_days(flights["first_seen"]) - last_seen.astype("float64")
    destination = ends.country(flights["destination"], tables)
    direct_nm = ends.direct_nm(flights, tables)
    companions = _n_companions(tables)
    rare = companions.where(_pair_is_rare(tables) | companions.isna(), 0)
    if past.empty:
        # On a first stored day nobody is known to have flown anywhere before.
        rare = n_past
    return pd.DataFrame(
        {
            "history_n_flights": n_past,
            "history_days_since": away_days.clip(lower=0),
            "history_n_states": habit("n_states"),
            "history_military_share": habit("military_share"),
            "history_unscheduled_share": habit("unscheduled_share"),
            "history_home_share": habit("home_share"),
            "history_home_military": habit("home_military"),
            "history_leg_ratio": direct_nm / habit("usual_nm").clip(lower=25),
            "history_first_in_state": _unseen(
                airframe, destination, past["icao24"], past["country"]
            ).where(has_past & destination.notna()),
            "history_first_at_field": _unseen(
                airframe, flights["destination"], past["icao24"], past["destination"]
            ).where(has_past & flights["destination"].notna()),
            "history_n_companions": companions,
            "history_n_companions_rare": rare,
        },
        index=flights.index,
    ).astype("float64")


def _past(tables: FlightTables) -> pd.DataFrame:
    """Return the earlier flights with what their destinations were."""
    past = tables.history
    return past.assign(
        country=ends.country(past["destination"], tables),
        military=ends.military_use(past["destination"], tables),
        unscheduled=ends.unscheduled(past["destination"], tables),
        direct_nm=ends.direct_nm(past, tables),
    )


def _habits(past: pd.DataFrame) -> pd.DataFrame:
    """Return one row per airframe: how much, where and how far it flew."""
    by_airframe = past.groupby("icao24")
    visits = past.groupby(["icao24", "destination"], as_index=False).agg(
        n=("flight_id", "size"), military=("military", "first")
    )
    # Ties go to the first ident, so that the order of rows decides nothing.
    home = (
        visits.sort_values(["n", "destination"], ascending=[False, True])
        .drop_duplicates("icao24")
        .set_index("icao24")
    )
    n = by_airframe.size()
    return pd.DataFrame(
        {
            "n": n.astype("float64"),
            "n_states": by_airframe["country"].nunique().astype("float64"),
            "military_share": (past["military"] > 0)
            .astype("float64")
            .where(past["military"].notna())
            .groupby(past["icao24"])
            .mean(),
            "unscheduled_share": by_airframe["unscheduled"].mean(),
            "home_share": home["n"] / n,
            "home_military": home["military"],
            "usual_nm": by_airframe["direct_nm"].median(),
        },
        dtype="float64",
    )


def _epoch_days(times: pd.Series) -> pd.Series:
    return (times - pd.Timestamp(0, tz="UTC")).dt.total_seconds() / 86_400


def _unseen(
    airframe: pd.Series,
    place: pd.Series,
    past_airframe: pd.Series,
    past_place: pd.Series,
) -> pd.Series:
    """Tell for each flight whether its airframe was never seen at the place."""
    visits = ends.occurrences(
        ends.pair(airframe, place), ends.pair(past_airframe, past_place)
    )
    return (visits == 0).astype("float64")


def _field_pair(flights: pd.DataFrame) -> pd.Series:
    return ends.pair(flights["origin"], flights["destination"])


def _n_companions(tables: FlightTables) -> pd.Series:
    """Count other airframes on the same pair of fields that day."""
    key = _field_pair(tables.flights)
    airframes = tables.flights["icao24"].groupby(key).nunique()
    return key.map(airframes).astype("float64") - 1


def _pair_is_rare(tables: FlightTables) -> pd.Series:
    """Tell whether nobody flew the pair of fields on the days before."""
    key = _field_pair(tables.flights)
    return (ends.occurrences(key, _field_pair(tables.history)) == 0) & key.notna()


_NO_PAST = "the airframe was not seen in the 90 days before"

FAMILY = FeatureFamily(
    name="history",
    version=1,
    features=(
        Feature(
            "history_n_flights",
            unit="count",
            doc="flights of the airframe in the 90 days before",
            null_means="no earlier day is stored",
            says="flights of this airframe in the 90 days before: {value:.0f}",
            says_not="this airframe was not seen in the days stored before",
        ),
        Feature(
            "history_days_since",
            unit="days",
            doc="since the airframe was last seen on an earlier day",
            null_means=_NO_PAST,
            says="last seen on an earlier day {value:.1f} days before this flight",
            says_not="seen until midnight, just before this flight",
        ),
        Feature(
            "history_n_states",
            unit="count",
            doc="states in which the airframe landed in the 90 days before",
            null_means=_NO_PAST,
            says="landed in {value:.0f} states in the 90 days before",
            says_not="no landing of it is known in the 90 days before",
        ),
        Feature(
            "history_military_share",
            unit="share",
            doc="share of its earlier landings at military or joint-use fields",
            null_means=_NO_PAST,
            says="{value:.0%} of its earlier landings were at military or joint-use "
            "fields",
            says_not="no earlier landing of it was at a military or joint-use field",
            high=1.0,
        ),
        Feature(
            "history_unscheduled_share",
            unit="share",
            doc="share of its earlier landings at fields without scheduled service",
            null_means=_NO_PAST,
            says="{value:.0%} of its earlier landings were at fields without scheduled "
            "service",
            says_not="all its earlier landings were at fields with scheduled service",
            high=1.0,
        ),
        Feature(
            "history_home_share",
            unit="share",
            doc="share of its earlier landings at the field it used most",
            null_means=_NO_PAST,
            says="{value:.0%} of its earlier landings were at one field",
            high=1.0,
        ),
        Feature(
            "history_home_military",
            unit="0, 0.5 or 1",
            doc="use of the field it landed at most",
            null_means=_NO_PAST,
            says="the field it used most is military or joint-use",
            says_not="the field it used most is civil",
            high=1.0,
        ),
        Feature(
            "history_leg_ratio",
            unit="ratio",
            doc="this flight's direct distance over the airframe's usual one",
            null_means=_NO_PAST,
            says="flew {value:.1f} times the airframe's usual distance",
        ),
        Feature(
            "history_first_in_state",
            unit="0 or 1",
            doc="the airframe had not landed in the destination's state before",
            null_means=_NO_PAST,
            says="first visit of this airframe to {destination_country} in the days "
            "stored",
            says_not="this airframe has been to {destination_country} before",
            high=1.0,
        ),
        Feature(
            "history_first_at_field",
            unit="0 or 1",
            doc="the airframe had not landed at the destination before",
            null_means=_NO_PAST,
            says="first visit of this airframe to {destination} in the days stored",
            says_not="this airframe has been to {destination} before",
            high=1.0,
        ),
        Feature(
            "history_n_companions",
            unit="count",
            doc="other airframes on the same pair of fields that day",
            null_means="an end is unknown",
            says="other aircraft on {origin} to {destination} that day: {value:.0f}",
            says_not="no other aircraft on {origin} to {destination} that day",
        ),
        Feature(
            "history_n_companions_rare",
            unit="count",
            doc="the same, if nobody flew the pair on the days before",
            null_means="an end is unknown, or no earlier day is stored",
            says="other aircraft that day on a pair of fields nobody flew before: "
            "{value:.0f}",
            says_not="no companion on an unusual pair of fields",
        ),
    ),
    compute=compute,
)
