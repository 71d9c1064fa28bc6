"""Purposes that lead somewhere: by which fields each goes, and how it looks.

What belongs to a purpose is judgement, kept so that no field, type, operator, hour or
silence belongs to one side alone.
"""

from __future__ import annotations

from anomaly.simulate.purposes.planner import Errand

HUBS = Errand(
    "routine_airlift",
    # Twice as often between fields of its own as to a front.
    "home own home|home own home|home own home|home own own home|home own own home|"
    "home own own home|home own front home|home front own home|"
    "home own front own home",
    logistics=True,
    ground_h=2.6,
    dark=0.06,
    habit=0.75,
)
BRIDGE = Errand(
    "surge_air_bridge",
    "home front home|home front home front home|home own front own home|"
    "home own front home",
    logistics=True,
    seldom=True,
    when="night",
    ground_h=2.3,
    dark=0.45,
    train=0.45,
    habit=0.3,
)
DEPLOYMENT = Errand(
    "deployment",
    "home front home|home own front home|home own own front own home",
    logistics=True,
    seldom=True,
    ground_h=4.0,
    spread=0.9,
    dark=0.25,
    train=0.3,
    habit=0.3,
)
COVERT = Errand(
    "covert_run",
    "home front home|home own front home|home own front own home",
    logistics=True,
    seldom=True,
    when="night",
    ground_h=2.2,
    dark=0.7,
)
ROTATION = Errand(
    "personnel_rotation",
    "home own home|home front home|home own front home",
    logistics=True,
    ground_h=2.5,
    dark=0.05,
    train=0.15,
    habit=0.9,
)
CONTRACT = Errand(
    "contract_cargo",
    "home own front home|home own front own home|home front home|home own own home",
    logistics=True,
    ground_h=3.0,
    dark=0.2,
    train=0.15,
    habit=0.7,
)
CONTRACT_COVERT = Errand(
    "contract_covert",
    "home own front home|home front home|home front home front home",
    logistics=True,
    seldom=True,
    when="night",
    ground_h=2.4,
    dark=0.5,
    train=0.15,
)
CONTRACT_PEOPLE = Errand(
    "contract_personnel",
    "home own front home|home own front own home|home own own home",
    logistics=True,
    ground_h=2.2,
    dark=0.03,
    train=0.15,
    habit=0.85,
)
RELIEF_STATE = Errand(
    "relief_by_air_force",
    "home relief:any home|home own relief:any home|home hub:relief relief:any home",
    look_alike=True,
    seldom=True,
    ground_h=3.0,
    dark=0.06,
    train=0.2,
    habit=0.2,
)
RELIEF = Errand(
    "relief",
    "home relief:any home|home hub:relief relief:any home|"
    "home hub:relief relief:any hub:relief relief:any home",
    look_alike=True,
    ground_h=2.8,
    dark=0.06,
    train=0.15,
    habit=0.9,
)
DISASTER = Errand(
    # Who flies relief day by day from one base is sent across the world now and then.
    "relief_after_disaster",
    "home crisis home|home hub:relief crisis home",
    look_alike=True,
    seldom=True,
    ground_h=2.8,
    dark=0.06,
    train=0.25,
)
EVACUATION = Errand(
    "evacuation",
    "home crisis home|home own crisis home|home front home|"
    "home crisis capital:any home",
    look_alike=True,
    seldom=True,
    ground_h=2.2,
    dark=0.08,
    train=0.15,
)
STATE_SUPPORT = Errand(
    "state_visit_support",
    "home own capital:any home|home capital:any home",
    look_alike=True,
    seldom=True,
    ground_h=5.0,
    spread=0.9,
    train=0.25,
    habit=0.1,
)
STATE_VISIT = Errand(
    "state_visit",
    "home capital:any home|home capital:any capital:any home|home relief:any home|"
    "home front home",
    look_alike=True,
    when="day",
    ground_h=7.0,
    spread=0.9,
    train=0.2,
    habit=0.3,
)
EXECUTIVE = Errand(
    # Staff officers, ministers' deputies, spare parts for the minister's own.
    "executive_transport",
    "home own home|home own own home|home own home|home capital:any home",
    look_alike=True,
    when="day",
    ground_h=3.0,
    spread=0.8,
    habit=0.95,
)
FERRY = Errand(
    "ferry_or_maintenance",
    "home mro:any home|home own mro:any home|home own home|home mro:any home",
    look_alike=True,
    ground_h=14.0,
    spread=0.9,
    habit=0.7,
)
SHOW = Errand(
    "air_show",
    "home venue:show home|home own venue:show home",
    look_alike=True,
    when="day",
    ground_h=20.0,
    train=0.3,
)
CHARTER = Errand(
    "charter_cargo",
    "home cargo:any home|home cargo:any cargo:any home|"
    "home cargo:any cargo:any cargo:any home|home cargo:any relief:any home",
    look_alike=True,
    ground_h=4.0,
    spread=0.8,
    dark=0.03,
    train=0.1,
    habit=0.7,
)
CHARTER_FOR_STATE = Errand(
    # Satellites, generators, vaccines, banknotes: nothing for soldiers.
    "charter_via_military_field",
    "home own cargo:any home|home cargo:any own home|home cargo:any front home",
    look_alike=True,
    seldom=True,
    ground_h=4.0,
    spread=0.8,
    dark=0.03,
    habit=0.4,
)
CROWD = Errand(
    "sport_or_concert_charter",
    "home venue:sport venue:sport home|home venue:sport home",
    look_alike=True,
    ground_h=3.5,
    spread=0.8,
    habit=0.3,
)
HOLIDAY = Errand(
    "charter_passenger",
    "home venue:sport home|home capital:any home|home venue:sport venue:sport home",
    ground_h=1.3,
    when="day",
    habit=0.9,
)
REPATRIATION = Errand(
    "repatriation",
    "home relief:any home|home capital:any home|home own relief:any home",
    look_alike=True,
    seldom=True,
    ground_h=2.5,
)
FIRE_TRIP = Errand(
    "firefighting_ferry",
    "home relief:any home|home capital:any home",
    look_alike=True,
    ground_h=6.0,
    when="day",
    habit=0.7,
)
TANKER_AIRLIFT = Errand(
    "tanker_airlift",
    "home own home|home own home|home own front own home|home own own home",
    logistics=True,
    ground_h=3.0,
    train=0.1,
    habit=0.9,
)
