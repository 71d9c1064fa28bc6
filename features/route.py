"""Route: how far, between what kinds of field, how unusual, and what went unseen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.sun import elevation_deg
from features import ends
from features.base import Feature, FeatureFamily, FlightTables

# Above this height an aircraft that disappears was not about to land there.
HIGH_FT = 10_000
# Civil twilight ends with the sun six degrees below the horizon.
DARK_DEG = -6.0
SHUTTLE_DAYS = 7


def compute(tables: FlightTables) -> pd.DataFrame:
    """Return the route features of every flight."""
    flights, past = tables.flights, tables.history
    direct_nm = ends.direct_nm(flights, tables)
    # A flight that ends where it began has no direct route to compare with.
    directness = (direct_nm / flights["flown_nm"]).where(direct_nm > 25).clip(upper=1)
    countries = _country_pair(flights, tables)
    past_countries = _country_pair(past, tables)
    origin = ends.country(flights["origin"], tables)
    destination = ends.country(flights["destination"], tables)
    lost_high = flights["last_altitude_ft"] > HIGH_FT
    found_high = flights["first_altitude_ft"] > HIGH_FT
    off = tables.gaps.loc[tables.gaps["kind"] == "transponder_off_likely", "flight_id"]
    return pd.DataFrame(
        {
            "route_direct_nm": direct_nm,
            "route_directness": directness,
            "route_abroad": (origin != destination)
            .astype("float64")
            .where(origin.notna() & destination.notna()),
            "route_origin_military": ends.military_use(flights["origin"], tables),
            "route_destination_military": ends.military_use(
                flights["destination"], tables
            ),
            "route_unscheduled_ends": ends.unscheduled(flights["origin"], tables)
            + ends.unscheduled(flights["destination"], tables),
            "route_country_pair_bits": ends.rarity_bits(countries, past_countries),
            "route_country_pair_for_type_bits": ends.rarity_within_bits(
                countries, flights["typecode"], past_countries, past["typecode"]
            ),
            "route_destination_bits": ends.rarity_bits(
                flights["destination"], past["destination"]
            ),
            "route_unobserved_share": flights["unobserved_share"],
            "route_longest_gap_h": flights["longest_gap_h"],
            "route_n_switched_off": off.value_counts()
            .reindex(flights.index, fill_value=0)
            .where(flights["n_gaps"].notna()),
            "route_dark_end": (lost_high & (flights["destination_kind"] != "observed"))
            .astype("float64")
            .where(flights["last_latitude_deg"].notna()),
            "route_dark_start": (found_high & (flights["origin_kind"] != "observed"))
            .astype("float64")
            .where(flights["first_latitude_deg"].notna()),
            "route_night_arrival": _night_arrival(flights),
            "route_n_shuttles": _n_shuttles(tables),
        },
        index=flights.index,
        dtype="float64",
    )


def _country_pair(flights: pd.DataFrame, tables: FlightTables) -> pd.Series:
    return ends.pair(
        ends.country(flights["origin"], tables),
        ends.country(flights["destination"], tables),
    )


def _night_arrival(flights: pd.DataFrame) -> pd.Series:
    sun_deg = elevation_deg(
        flights["last_seen"],
        flights["last_latitude_deg"],
        flights["last_longitude_deg"],
    )
    return pd.Series(
        np.where(np.isnan(sun_deg), np.nan, sun_deg < DARK_DEG), flights.index
    )


def _n_shuttles(tables: FlightTables) -> pd.Series:
    """Count the airframe's other flights between the same two fields, either way."""
    recent = pd.Timestamp(tables.date) - pd.Timedelta(days=SHUTTLE_DAYS)
    past = tables.history[pd.to_datetime(tables.history["date"]) >= recent]
    both = pd.concat([past, tables.flights.reset_index()], ignore_index=True)
    ordered = np.sort(both[["origin", "destination"]].fillna("").to_numpy(str), axis=1)
    key = (
        pd.Series(both["icao24"].to_numpy(str))
        + ">"
        + ordered[:, 0]
        + ">"
        + ordered[:, 1]
    )
    known = both["origin"].notna() & both["destination"].notna()
    counts = key.map(key[known].value_counts()).where(known).astype("float64") - 1
    return pd.Series(counts.to_numpy()[len(past) :], tables.flights.index)


FAMILY = FeatureFamily(
    name="route",
    version=1,
    features=(
        Feature(
            "route_direct_nm",
            unit="nm",
            doc="great circle from origin to destination (or outermost positions)",
            null_means="no position and no airport",
            says="flew {value:.0f} nm from {origin} to {destination}",
        ),
        Feature(
            "route_directness",
            unit="share",
            doc="direct distance over flown distance",
            null_means="a local flight, or no positions",
            says="flew a path {directness}",
            high=1.0,
        ),
        Feature(
            "route_abroad",
            unit="0 or 1",
            doc="origin and destination lie in different states",
            null_means="one end is unknown",
            says="crossed a border: {origin} to {destination}",
            says_not="stayed within one state",
            high=1.0,
        ),
        Feature(
            "route_origin_military",
            unit="0, 0.5 or 1",
            doc="use of the field of departure: civil 0, joint 0.5, military 1",
            null_means="the origin is unknown",
            says="took off from {origin}, a {origin_use} field",
            says_not="took off from {origin}, a civil field",
            high=1.0,
        ),
        Feature(
            "route_destination_military",
            unit="0, 0.5 or 1",
            doc="use of the field of arrival: civil 0, joint 0.5, military 1",
            null_means="the destination is unknown",
            says="flew to {destination}, a {destination_use} field",
            says_not="flew to {destination}, a civil field",
            high=1.0,
        ),
        Feature(
            "route_unscheduled_ends",
            unit="count",
            doc="how many of the two ends have no scheduled service",
            null_means="one end is unknown",
            says="{value:.0f} of its two ends has no scheduled air service",
            says_not="both of its ends have scheduled air service",
            high=2.0,
        ),
        Feature(
            "route_country_pair_bits",
            unit="bits",
            doc="surprise of the pair of states among all flights seen",
            null_means="one end is unknown",
            says="{origin_country} to {destination_country} is a pair of states "
            "that is "
            "{rarity} among the flights seen",
        ),
        Feature(
            "route_country_pair_for_type_bits",
            unit="bits",
            doc="surprise of the pair of states among flights of this type",
            null_means="one end or the type is unknown",
            says="{origin_country} to {destination_country} is {rarity} for its type",
            identity=True,
        ),
        Feature(
            "route_destination_bits",
            unit="bits",
            doc="surprise of the destination among all arrivals seen",
            null_means="the destination is unknown",
            says="arrivals at {destination} are {rarity} among the flights seen",
        ),
        Feature(
            "route_unobserved_share",
            unit="share",
            doc="time within gaps over the flight's time",
            null_means="no positions",
            says="{value:.0%} of the flight went unobserved",
            says_not="the whole flight was observed",
            high=1.0,
        ),
        Feature(
            "route_longest_gap_h",
            unit="h",
            doc="longest stretch without positions within the flight",
            null_means="no positions",
            says="not observed for {value:.1f} h in flight",
            says_not="no gap in flight",
        ),
        Feature(
            "route_n_switched_off",
            unit="count",
            doc="gaps in which others were seen: transponder off likely",
            null_means="no positions",
            says="gaps where others were seen, transponder off likely: {value:.0f}",
            says_not="no gap where others were seen",
        ),
        Feature(
            "route_dark_end",
            unit="0 or 1",
            doc="lost above 10,000 ft before its landing",
            null_means="no positions",
            says="was lost at {last_altitude}, before it landed",
            says_not="was followed down to its landing, or lost low",
            high=1.0,
        ),
        Feature(
            "route_dark_start",
            unit="0 or 1",
            doc="first seen above 10,000 ft, its take-off not observed",
            null_means="no positions",
            says="first seen at {first_altitude}: its take-off was not observed",
            says_not="was seen from low height on",
            high=1.0,
        ),
        Feature(
            "route_night_arrival",
            unit="0 or 1",
            doc="the sun was 6 degrees or more below the horizon at the last position",
            null_means="no positions",
            says="last seen in darkness",
            says_not="last seen by daylight",
            high=1.0,
        ),
        Feature(
            "route_n_shuttles",
            unit="count",
            doc="the airframe's other flights between the same two fields in 7 days",
            null_means="one end is unknown",
            says="other flights of this airframe between {origin} and {destination} "
            "within a week: {value:.0f}",
            says_not="no other flight of this airframe between {origin} and "
            "{destination} within a week",
        ),
    ),
    compute=compute,
)
