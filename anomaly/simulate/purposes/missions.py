"""What each kind of fleet does, and how often: the same airframes do many things.

Weights are per journey begun.  They are judgement, kept so that no field, type,
operator, hour or silence belongs to one side alone.
"""

from __future__ import annotations

from anomaly.simulate.purposes.planner import Errand
from anomaly.simulate.purposes.rounds import Round
from anomaly.simulate.sorties import Shape

Mission = tuple[Errand | Round, float]

_HUBS = Errand(
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
_BRIDGE = Errand(
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
_DEPLOYMENT = Errand(
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
_COVERT = Errand(
    "covert_run",
    "home front home|home own front home|home own front own home",
    logistics=True,
    seldom=True,
    when="night",
    ground_h=2.2,
    dark=0.7,
)
_ROTATION = Errand(
    "personnel_rotation",
    "home own home|home front home|home own front home",
    logistics=True,
    ground_h=2.5,
    dark=0.05,
    train=0.15,
    habit=0.9,
)
_CONTRACT = Errand(
    "contract_cargo",
    "home own front home|home own front own home|home front home|home own own home",
    logistics=True,
    ground_h=3.0,
    dark=0.2,
    train=0.15,
    habit=0.7,
)
_CONTRACT_COVERT = Errand(
    "contract_covert",
    "home own front home|home front home|home front home front home",
    logistics=True,
    seldom=True,
    when="night",
    ground_h=2.4,
    dark=0.5,
    train=0.15,
)
_CONTRACT_PEOPLE = Errand(
    "contract_personnel",
    "home own front home|home own front own home|home own own home",
    logistics=True,
    ground_h=2.2,
    dark=0.03,
    train=0.15,
    habit=0.85,
)
_RELIEF_STATE = Errand(
    "relief_by_air_force",
    "home relief:any home|home own relief:any home|home hub:relief relief:any home",
    look_alike=True,
    seldom=True,
    ground_h=3.0,
    dark=0.06,
    train=0.2,
    habit=0.2,
)
_RELIEF = Errand(
    "relief",
    "home relief:any home|home hub:relief relief:any home|"
    "home hub:relief relief:any hub:relief relief:any home",
    look_alike=True,
    ground_h=2.8,
    dark=0.06,
    train=0.15,
    habit=0.9,
)
_DISASTER = Errand(
    # Who flies relief day by day from one base is sent across the world now and then.
    "relief_after_disaster",
    "home crisis home|home hub:relief crisis home",
    look_alike=True,
    seldom=True,
    ground_h=2.8,
    dark=0.06,
    train=0.25,
)
_EVACUATION = Errand(
    "evacuation",
    "home crisis home|home own crisis home|home front home|"
    "home crisis capital:any home",
    look_alike=True,
    seldom=True,
    ground_h=2.2,
    dark=0.08,
    train=0.15,
)
_STATE_SUPPORT = Errand(
    "state_visit_support",
    "home own capital:any home|home capital:any home",
    look_alike=True,
    seldom=True,
    ground_h=5.0,
    spread=0.9,
    train=0.25,
    habit=0.1,
)
_STATE_VISIT = Errand(
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
_EXECUTIVE = Errand(
    # Staff officers, ministers' deputies, spare parts for the minister's own.
    "executive_transport",
    "home own home|home own own home|home own home|home capital:any home",
    look_alike=True,
    when="day",
    ground_h=3.0,
    spread=0.8,
    habit=0.95,
)
_FERRY = Errand(
    "ferry_or_maintenance",
    "home mro:any home|home own mro:any home|home own home|home mro:any home",
    look_alike=True,
    ground_h=14.0,
    spread=0.9,
    habit=0.7,
)
_SHOW = Errand(
    "air_show",
    "home venue:show home|home own venue:show home",
    look_alike=True,
    when="day",
    ground_h=20.0,
    train=0.3,
)
_CHARTER = Errand(
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
_CHARTER_FOR_STATE = Errand(
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
_CROWD = Errand(
    "sport_or_concert_charter",
    "home venue:sport venue:sport home|home venue:sport home",
    look_alike=True,
    ground_h=3.5,
    spread=0.8,
    habit=0.3,
)
_HOLIDAY = Errand(
    "charter_passenger",
    "home venue:sport home|home capital:any home|home venue:sport venue:sport home",
    ground_h=1.3,
    when="day",
    habit=0.9,
)
_REPATRIATION = Errand(
    "repatriation",
    "home relief:any home|home capital:any home|home own relief:any home",
    look_alike=True,
    seldom=True,
    ground_h=2.5,
)
_TACTICAL = frozenset(
    {"C130", "C30J", "A400", "C27J", "C295", "CN35", "C160", "AN26", "AN12", "AN32",
     "C17", "IL76", "E390", "BE20", "B350", "C560"}
)  # fmt: skip
_CIRCUITS = Round(
    "training_circuits",
    Shape.CIRCUITS,
    (0.6, 2.0),
    (0.0, 0.5),
    (3.5, 6.0),
    (2.5, 4.0),
    (1200.0, 2000.0),
    look_alike=True,
)
_LOW_LEVEL = Round(
    "training_low_level",
    Shape.WANDER,
    (1.2, 3.5),
    (20.0, 120.0),
    (20.0, 55.0),
    (10.0, 20.0),
    (1500.0, 9000.0),
    slow=0.75,
    look_alike=True,
    types=_TACTICAL,
)
_TANKING = Round(
    "tanker_track",
    Shape.RACETRACK,
    (2.0, 5.0),
    (100.0, 600.0),
    (35.0, 75.0),
    (12.0, 22.0),
    (22000.0, 29000.0),
    slow=0.9,
    when="any",
)
_WATCHING = Round(
    "isr_orbit",
    Shape.RACETRACK,
    (3.0, 8.0),
    (100.0, 800.0),
    (25.0, 110.0),
    (10.0, 30.0),
    (24000.0, 38000.0),
    slow=0.88,
    when="any",
)
_PATROL = Round(
    "maritime_patrol",
    Shape.WANDER,
    (3.0, 7.0),
    (120.0, 700.0),
    (25.0, 70.0),
    (10.0, 30.0),
    (1500.0, 24000.0),
    slow=0.8,
    when="any",
    types=frozenset({"P8", "P3", "FA50", "P72", "C295", "BE20", "B350"}),
)
_AREA = Round(
    "training_area",
    Shape.WANDER,
    (0.6, 1.5),
    (15.0, 90.0),
    (6.0, 18.0),
    (4.0, 9.0),
    (4000.0, 17000.0),
    slow=0.9,
)
_LOCAL = Round(
    "training_local",
    Shape.CIRCUITS,
    (0.4, 1.2),
    (0.0, 0.5),
    (2.0, 4.5),
    (1.5, 3.0),
    (800.0, 1500.0),
)
_MAPPING = Round(
    "survey",
    Shape.SURVEY,
    (1.5, 4.5),
    (15.0, 120.0),
    (14.0, 40.0),
    (8.0, 30.0),
    (6000.0, 17000.0),
    slow=0.85,
    look_alike=True,
)
_WATER = Round(
    "firefighting",
    Shape.RACETRACK,
    (0.8, 2.8),
    (10.0, 70.0),
    (4.0, 14.0),
    (1.5, 4.0),
    (1500.0, 4500.0),
    slow=0.75,
    look_alike=True,
)
_FIRE_TRIP = Errand(
    "firefighting_ferry",
    "home relief:any home|home capital:any home",
    look_alike=True,
    ground_h=6.0,
    when="day",
    habit=0.7,
)
_TANKER_AIRLIFT = Errand(
    "tanker_airlift",
    "home own home|home own home|home own front own home|home own own home",
    logistics=True,
    ground_h=3.0,
    train=0.1,
    habit=0.9,
)

MISSIONS: dict[str, tuple[Mission, ...]] = {
    # Of airlifters seen in a day nine in ten large ones and half of the others go
    # somewhere (four months of hourly positions, 2026); the rest train.
    "airlift": (
        (_HUBS, 0.26),
        (_BRIDGE, 0.1),
        (_DEPLOYMENT, 0.07),
        (_COVERT, 0.04),
        (_ROTATION, 0.06),
        (_CIRCUITS, 0.18),
        (_LOW_LEVEL, 0.24),
        (_RELIEF_STATE, 0.13),
        (_EVACUATION, 0.06),
        (_STATE_SUPPORT, 0.05),
        (_FERRY, 0.05),
        (_SHOW, 0.01),
    ),
    "grey": (
        (_CHARTER, 0.44),
        (_CHARTER_FOR_STATE, 0.1),
        (_RELIEF, 0.1),
        (_CONTRACT, 0.16),
        (_CONTRACT_COVERT, 0.09),
        (_FERRY, 0.07),
        (_EVACUATION, 0.03),
        (_SHOW, 0.01),
    ),
    "contract_pax": (
        (_HOLIDAY, 0.3),
        (_CROWD, 0.2),
        (_CONTRACT_PEOPLE, 0.3),
        (_REPATRIATION, 0.14),
        (_FERRY, 0.06),
    ),
    "state": (
        (_EXECUTIVE, 0.4),
        (_STATE_VISIT, 0.3),
        (_CIRCUITS, 0.08),
        (_LOW_LEVEL, 0.04),
        (_FERRY, 0.06),
        (_ROTATION, 0.06),
        (_EVACUATION, 0.06),
    ),
    "relief": (
        (_RELIEF, 0.5),
        (_DISASTER, 0.3),
        (_EVACUATION, 0.12),
        (_FERRY, 0.05),
        (_CIRCUITS, 0.03),
    ),
    "tanker": (
        (_TANKING, 0.78),
        (_TANKER_AIRLIFT, 0.12),
        (_FERRY, 0.05),
        (_LOCAL, 0.05),
    ),
    "isr": ((_WATCHING, 0.55), (_PATROL, 0.37), (_FERRY, 0.04), (_LOCAL, 0.04)),
    "training": ((_AREA, 0.65), (_LOCAL, 0.33), (_SHOW, 0.02)),
    "survey": ((_MAPPING, 1.0),),
    "fire": ((_WATER, 0.9), (_FIRE_TRIP, 0.1)),
}
