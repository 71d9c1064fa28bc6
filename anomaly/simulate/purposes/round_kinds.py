"""Purposes that stay near a field: training, tracks, patrols, surveys, fires."""

from __future__ import annotations

from anomaly.simulate.purposes.rounds import Round
from anomaly.simulate.sorties import Shape

_TACTICAL = frozenset(
    {"C130", "C30J", "A400", "C27J", "C295", "CN35", "C160", "AN26", "AN12", "AN32",
     "C17", "IL76", "E390", "BE20", "B350", "C560"}
)  # fmt: skip
CIRCUITS = Round(
    "training_circuits",
    Shape.CIRCUITS,
    (0.6, 2.0),
    (0.0, 0.5),
    (3.5, 6.0),
    (2.5, 4.0),
    (1200.0, 2000.0),
    look_alike=True,
)
LOW_LEVEL = Round(
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
TANKING = Round(
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
WATCHING = Round(
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
PATROL = Round(
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
AREA = Round(
    "training_area",
    Shape.WANDER,
    (0.6, 1.5),
    (15.0, 90.0),
    (6.0, 18.0),
    (4.0, 9.0),
    (4000.0, 17000.0),
    slow=0.9,
)
LOCAL = Round(
    "training_local",
    Shape.CIRCUITS,
    (0.4, 1.2),
    (0.0, 0.5),
    (2.0, 4.5),
    (1.5, 3.0),
    (800.0, 1500.0),
)
MAPPING = Round(
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
WATER = Round(
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
