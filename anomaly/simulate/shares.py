"""How much of what flies on a day, and how each group of airframes lives."""

from __future__ import annotations

from dataclasses import dataclass, replace

PRIVATE = ("business", "light", "rotor", "glider")
AMONG_WHICH = ("airlift", "tanker", "state", "grey", "contract_pax", "relief")
"""The groups that logistics and what resembles it fly in."""


@dataclass(frozen=True)
class Shares:
    """What part of the aircraft that fly on a day belongs to each group.

    Only the proportions count.  Military aircraft are some 2.5 % of those seen in a
    day, airlifters 0.35 % (four months of hourly positions, 2026), of which six in ten
    go somewhere.  Of 7,601 aircraft aloft on 1 November 2023, 00 UTC, a fifth were
    light; 30 were airlifters flagged as military, 9 of them RCH and one a C-5; 1 had
    the callsign of an airline that flies troops or ad-hoc charters, 1 that of a relief
    organisation, and none was an Ilyushin or an Antonov.  So the last three kinds are
    rare here, about as such counts allow (``tests/benchmarks/world_shares.py``).
    """

    passenger: float = 0.33
    passenger_wide: float = 0.055
    cargo: float = 0.015
    cargo_wide: float = 0.015
    business: float = 0.075
    light: float = 0.7
    rotor: float = 0.1
    glider: float = 0.008
    training: float = 0.027
    airlift: float = 0.0055
    tanker: float = 0.0018
    isr: float = 0.0012
    state: float = 0.0035
    grey: float = 0.0003
    contract_pax: float = 0.0008
    relief: float = 0.0008
    survey: float = 0.003
    fire: float = 0.002
    logistics: float = 1.0
    """Times the usual weight of journeys that are state-military logistics."""
    look_alikes: float = 1.0
    """Times the usual weight of journeys that resemble it."""
    seldom: float = 0.15
    """Times the weight of journeys that an ordinary day holds few of."""
    habit: float = 1.0
    """How much of what is routine repeats itself, day by day."""
    at_home: float = 4.0
    """How much likelier the armed forces choose a field at home than one abroad.

    So much brings the time of airlifters over their own states near what was counted
    in four months of hourly positions (``tests/benchmarks/novelty.py``).
    """
    evenness: float = 0.0
    """0: each operator as large as it is; 1: all alike."""

    def crowded(self, times: float) -> Shares:
        """Return shares with so many times the aircraft among which logistics hides."""
        many = {name: times * getattr(self, name) for name in AMONG_WHICH}
        return replace(self, **many)

    @classmethod
    def for_training(cls) -> Shares:
        """Return shares with some percent of logistics, as many look-alikes, or more.

        Ordinary traffic teaches little by its thousandth airliner, and what is learnt
        of a few large air forces would not hold for the many small ones.
        """
        return cls(
            passenger=0.3,
            light=0.3,
            airlift=0.09,
            tanker=0.008,
            isr=0.008,
            state=0.02,
            grey=0.07,
            contract_pax=0.035,
            relief=0.025,
            training=0.03,
            survey=0.004,
            fire=0.003,
            seldom=1.0,
            habit=0.4,
            at_home=2.0,
            evenness=0.5,
        )


@dataclass(frozen=True)
class Group:
    """How a group of airframes lives: its cycle in days, and how busy it is."""

    period_days: int
    activity: float
    """Chance that an airframe sets out when its turn comes."""
    flying_days: float
    """Days of a journey on which it takes off, on average; measured."""


GROUPS = {
    "passenger": Group(1, 0.85, 1.0),
    "passenger_wide": Group(2, 0.95, 1.7),
    "cargo": Group(1, 0.8, 1.0),
    "cargo_wide": Group(3, 0.9, 2.0),
    "business": Group(2, 0.7, 1.2),
    "light": Group(2, 0.4, 1.03),
    "rotor": Group(1, 0.5, 1.0),
    "glider": Group(3, 0.4, 1.0),
    "training": Group(1, 0.6, 1.0),
    "airlift": Group(4, 0.8, 1.8),
    "tanker": Group(2, 0.7, 1.1),
    "isr": Group(2, 0.7, 1.0),
    "state": Group(4, 0.7, 1.8),
    "grey": Group(6, 0.85, 3.0),
    "contract_pax": Group(4, 0.85, 2.2),
    "relief": Group(5, 0.8, 2.4),
    "survey": Group(1, 0.5, 1.0),
    "fire": Group(1, 0.5, 1.0),
}
