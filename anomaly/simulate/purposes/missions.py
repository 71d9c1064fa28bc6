"""What each kind of fleet does, and how often: the same airframes do many things.

Weights are per journey begun.  They are judgement, as the purposes themselves are.  The
order within a group is part of a world: random draws choose by place.
"""

from __future__ import annotations

from anomaly.simulate.purposes import errand_kinds as errand
from anomaly.simulate.purposes import round_kinds as around
from anomaly.simulate.purposes.planner import Errand
from anomaly.simulate.purposes.rounds import Round

Mission = tuple[Errand | Round, float]

MISSIONS: dict[str, tuple[Mission, ...]] = {
    # Of airlifters seen in a day nine in ten large ones and half of the others go
    # somewhere (four months of hourly positions, 2026); the rest train.
    "airlift": (
        (errand.HUBS, 0.26),
        (errand.BRIDGE, 0.1),
        (errand.DEPLOYMENT, 0.07),
        (errand.COVERT, 0.04),
        (errand.ROTATION, 0.06),
        (around.CIRCUITS, 0.18),
        (around.LOW_LEVEL, 0.24),
        (errand.RELIEF_STATE, 0.13),
        (errand.EVACUATION, 0.06),
        (errand.STATE_SUPPORT, 0.05),
        (errand.FERRY, 0.05),
        (errand.SHOW, 0.01),
    ),
    "grey": (
        (errand.CHARTER, 0.44),
        (errand.CHARTER_FOR_STATE, 0.1),
        (errand.RELIEF, 0.1),
        (errand.CONTRACT, 0.16),
        (errand.CONTRACT_COVERT, 0.09),
        (errand.FERRY, 0.07),
        (errand.EVACUATION, 0.03),
        (errand.SHOW, 0.01),
    ),
    "contract_pax": (
        (errand.HOLIDAY, 0.3),
        (errand.CROWD, 0.2),
        (errand.CONTRACT_PEOPLE, 0.3),
        (errand.REPATRIATION, 0.14),
        (errand.FERRY, 0.06),
    ),
    "state": (
        (errand.EXECUTIVE, 0.4),
        (errand.STATE_VISIT, 0.3),
        (around.CIRCUITS, 0.08),
        (around.LOW_LEVEL, 0.04),
        (errand.FERRY, 0.06),
        (errand.ROTATION, 0.06),
        (errand.EVACUATION, 0.06),
    ),
    "relief": (
        (errand.RELIEF, 0.5),
        (errand.DISASTER, 0.3),
        (errand.EVACUATION, 0.12),
        (errand.FERRY, 0.05),
        (around.CIRCUITS, 0.03),
    ),
    "tanker": (
        (around.TANKING, 0.78),
        (errand.TANKER_AIRLIFT, 0.12),
        (errand.FERRY, 0.05),
        (around.LOCAL, 0.05),
    ),
    "isr": (
        (around.WATCHING, 0.55),
        (around.PATROL, 0.37),
        (errand.FERRY, 0.04),
        (around.LOCAL, 0.04),
    ),
    "training": ((around.AREA, 0.65), (around.LOCAL, 0.33), (errand.SHOW, 0.02)),
    "survey": ((around.MAPPING, 1.0),),
    "fire": ((around.WATER, 0.9), (errand.FIRE_TRIP, 0.1)),
}
