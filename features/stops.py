"""The stopovers before each flight of a journey, and whether they were needed."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anomaly.geo import distance_nm
from features.base import FlightTables
from features.coding import STOPOVER_DAYS, Floats, facts

# Every jet that carries cargo between continents flies this far with a load, so a
# stop of one on a shorter way needs another reason than fuel.
ANY_JET_REACHES_NM = 2_000
# Range is given for still air and full load; a careful crew plans with less.
USABLE_RANGE_SHARE = 0.85
# Two fields nearer than this are one place to whoever comes from afar.
LEAST_WAY_NM = 100
# What a type's stop usually takes is told by so many of them.
LEAST_STOPS = 5


def stops_so_far(tables: FlightTables) -> pd.DataFrame:
    """Return `stops_before` with what each stop says about need."""
    stops = stops_before(tables)
    return with_need(stops, _legs(stops, tables), tables)


def stops_before(tables: FlightTables) -> pd.DataFrame:
    """Return every stopover before each flight in its journey, in order.

    Returns
    -------
    DataFrame
        One row per flight and stopover: the stopover's columns, ``flight_id`` and
        ``row`` of the flight it came before, and how its field is used.
    """
    lists = tables.own_journeys["flight_ids"]
    rows = np.flatnonzero(lists.notna())
    parts = [np.asarray(part, dtype=object) for part in lists.iloc[rows]]
    n_members = np.array([len(part) for part in parts], dtype=np.int64)
    after = pd.Index(np.concatenate([np.array([], dtype=object), *parts]))
    known = tables.stopovers.drop_duplicates("flight_after", keep="last")
    at = pd.Index(known["flight_after"]).get_indexer(after)
    stops = known.iloc[at[at >= 0]].reset_index(drop=True)
    stops["row"] = np.repeat(rows, n_members)[at >= 0]
    stops["flight_id"] = tables.flights.index.take(stops["row"]).astype("str")
    fields = tables.coded.fields
    field = fields.rows(stops["airport"])
    stops["use"] = fields.use[field]
    stops["is_military"] = np.ceil(fields.use[field])
    stops["is_unscheduled"] = fields.unscheduled[field]
    stops["is_hub"] = fields.hub[field]
    before: pd.DataFrame = stops
    return before


def reach_nm(typecodes: pd.Series, tables: FlightTables) -> Floats:
    """Return how far each type may be planned to fly with its largest payload."""
    reach = facts(typecodes, tables.reference.types.table["range_payload_nm"])
    return reach * USABLE_RANGE_SHARE


def usual_ratio(ground_time_h: pd.Series, tables: FlightTables) -> pd.Series:
    """Return each ground time over the median of the type's stopovers of a week.

    Those of the airframes that fly that day are counted.  What a type
    needs on the ground is not looked up: it rests on load and handling more than on
    a manual.
    """
    # A stopover may be stored on two days: it counts once.
    stops = tables.stopovers.drop_duplicates("flight_after", keep="last")
    of_airframe = tables.flights.drop_duplicates("icao24").set_index("icao24")
    typecode = stops["icao24"].map(of_airframe["typecode"])
    of_type = stops["ground_time_h"].groupby(typecode)
    usual = of_type.median().where(of_type.size() >= LEAST_STOPS)
    expected = facts(tables.flights["typecode"], usual)
    return ground_time_h / np.where(expected > 0, expected, np.nan)


def _a_week_ago(tables: FlightTables) -> int:
    """Return the day since which flights may belong to the day's journeys."""
    return int(np.datetime64(tables.date).astype(np.int64)) - STOPOVER_DAYS


def with_need(
    stops: pd.DataFrame, around: pd.DataFrame, tables: FlightTables
) -> pd.DataFrame:
    """Return the stops with what each cost and whether the way around it was too long.

    `around` holds origin, destination and type of the flights before and after them.
    """
    came_from = stops["flight_before"].map(around["origin"])
    went_to = stops["flight_after"].map(around["destination"])
    fields = tables.coded.fields
    a, stop, b = (fields.rows(x) for x in (came_from, stops["airport"], went_to))

    def leg_nm(left: np.ndarray, right: np.ndarray) -> Floats:
        return distance_nm(
            fields.latitude_deg[left],
            fields.longitude_deg[left],
            fields.latitude_deg[right],
            fields.longitude_deg[right],
        )

    direct_nm, onward_nm = leg_nm(a, b), leg_nm(stop, b)
    reach = reach_nm(stops["flight_after"].map(around["typecode"]), tables)
    unknown = np.isnan(direct_nm)
    # Who goes back to where it came from has no way on, and went there on purpose.
    goes_on = direct_nm >= LEAST_WAY_NM
    around_nm = leg_nm(a, stop) + onward_nm - direct_nm
    told: pd.DataFrame = stops.assign(
        detour_nm=np.where(goes_on, around_nm, np.nan),
        is_back=np.where(goes_on & ~np.isnan(onward_nm), onward_nm > direct_nm, np.nan),
        is_near=np.where(unknown, np.nan, direct_nm < ANY_JET_REACHES_NM),
        is_unneeded=np.where(unknown | np.isnan(reach), np.nan, direct_nm < reach),
    )
    return told


def legs_of_journeys(tables: FlightTables) -> pd.DataFrame:
    """Return origin, destination and type of the flights of journeys, without a past.

    Nothing of a journey that left a field other than it had reached: which flight led
    where is not known then.
    """
    flights = tables.flights
    journeys = tables.own_journeys
    columns = ["origin", "destination", "typecode"]
    rows: list[tuple[str, str, str, object]] = []
    for ids, fields, typecode in zip(
        journeys["flight_ids"], journeys["airports"], flights["typecode"], strict=True
    ):
        if isinstance(ids, np.ndarray | list) and len(fields) == len(ids) + 1:
            rows += [
                (flight_id, origin, destination, typecode)
                for flight_id, (origin, destination) in zip(
                    ids, pairwise(fields), strict=True
                )
            ]
    legs = pd.DataFrame(rows, columns=["flight_id", *columns], dtype="str")
    found: pd.DataFrame = legs.drop_duplicates("flight_id").set_index("flight_id")
    return found


def _legs(stops: pd.DataFrame, tables: FlightTables) -> pd.DataFrame:
    """Return origin, destination and type of the flights around the stops."""
    columns = ["origin", "destination", "typecode"]
    # Journeys are cut by a day's rest: their flights are of the last days.
    recent = np.flatnonzero(tables.coded.past.day >= _a_week_ago(tables))
    ids = tables.history["flight_id"].iloc[recent]
    wanted = pd.concat([stops["flight_before"], stops["flight_after"]]).unique()
    # Arrow's search: pandas makes an object of every word first.
    is_wanted = np.asarray(pc.is_in(pa.array(ids), value_set=pa.array(wanted)))
    found = tables.history[columns].iloc[recent[is_wanted]].astype("str")
    earlier = found.set_axis(pd.Index(ids[is_wanted].to_numpy(dtype=object)))
    both: pd.DataFrame = pd.concat([earlier, tables.flights[columns]])
    return both[~both.index.duplicated(keep="last")]
