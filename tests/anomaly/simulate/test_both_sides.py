"""No surface feature belongs to logistics alone, nor to what only resembles it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Shares, tables

Holds = Callable[[pd.DataFrame], "pd.Series[bool]"]
CIVIL_MARK = r"^(?:[A-Z0-9]{1,3}-[A-Z]|N[0-9])"


@pytest.fixture(scope="module")
def flown(reference: Reference) -> pd.DataFrame:
    world = simulate.plan_world(
        dt.date(2019, 3, 23),
        6,
        1500,
        2,
        reference=reference,
        shares=Shares.for_training(),
    )
    own = world.airframes.iloc[world.sorties["airframe"]].reset_index(drop=True)
    wanted = ["owner", "typecode", "registration", "listed_type"]
    rows = pd.concat([world.sorties, own[wanted]], axis="columns")
    by_sun_h = rows["landing_s"] / 3600 + rows["longitude_2_deg"] / 15
    return rows.assign(
        role=rows["typecode"].map(reference.types.table["role"]),
        use=rows["destination"].map(reference.airports.table["field_use"]),
        landed_h=by_sun_h % 24,
    )


SURFACE: dict[str, Holds] = {
    "airlifter": lambda r: r["role"].isin(["strategic_airlift", "tactical_airlift"]),
    "civil registration": lambda r: r["registration"].str.contains(
        CIVIL_MARK, na=False
    ),
    "no registration": lambda r: r["registration"].isna(),
    "no type": lambda r: r["listed_type"].isna(),
    "no callsign": lambda r: r["callsign"].isna(),
    "no owner": lambda r: r["owner"].isna(),
    "owner named": lambda r: r["owner"].notna(),
    "military field": lambda r: r["use"].isin(["military", "joint"]),
    "dark": lambda r: r["dark_from"].notna(),
    "night": lambda r: (r["landed_h"] < 5) | (r["landed_h"] > 22),
    "747 freighter": lambda r: r["typecode"].isin(["B742", "B743", "B744", "B748"]),
    "Latakia": lambda r: r["destination"] == "OSLK",
    "Port Sudan": lambda r: r["destination"] == "HSPN",
}


@pytest.mark.parametrize("name", SURFACE)
def test_logistics_and_look_alikes_both_have_it(flown: pd.DataFrame, name: str) -> None:
    chosen = flown[SURFACE[name](flown)]
    assert chosen["logistics"].eq(True).any()
    assert chosen["look_alike"].eq(True).any()


@pytest.mark.parametrize("field", ["OSLK", "FTTD", "HSPN"])
def test_relief_goes_where_arms_are_said_to_go(field: str) -> None:
    pools = tables.pools()
    assert field in pools["relief:any"]
    assert any(
        field in fields for name, fields in pools.items() if name.startswith("front:")
    )


def test_owners_are_named_and_silent_about_as_often_on_both_sides(
    flown: pd.DataFrame,
) -> None:
    of_airframe = flown.assign(
        side=flown["logistics"].eq(True).map({True: "logistics", False: "other"})
    ).drop_duplicates(["airframe", "side"])
    silent = of_airframe["owner"].isna().groupby(of_airframe["side"]).mean()
    assert abs(silent["logistics"] - silent["other"]) < 0.12
