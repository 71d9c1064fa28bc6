"""Which fields aircraft prefer, by what aircraft and field are, whatever was seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints

# A small airport of the forces with a runway this long is an air base.
LONG_RUNWAY_FT = 7_000.0


@dataclass(frozen=True)
class Taste:
    """Which fields aircraft prefer, in log-odds against a plain small airport.

    Fitted with the laws; what they hold no aircraft of (seaplanes, helicopters) is a
    judgement.  Whose an aircraft is has no say: tastes of air forces and of airlines
    made nothing better, and would tell a model where identity is hidden from it.
    """

    short_runway: float = -6.0
    """For each share by which the runway is shorter than the type needs."""
    much_too_short: float = -3.0
    """On top, where less than three fifths of that is there."""
    unknown_runway: float = -1.8
    large: float = 4.1
    medium: float = 3.0
    scheduled: float = 1.2
    military: float = -1.0
    """An air base without a schedule: of all jets, few land there."""
    light_large: float = 1.5
    light_medium: float = 0.4
    light_scheduled: float = 1.8
    seaplane: float = -4.0
    heliport: float = -1.0
    fixed_wing_heliport: float = -6.0


TASTE = Taste()


@dataclass(frozen=True, eq=False)
class Kind:
    """What aircraft and field are, as far as it matters, one row for each of both."""

    short_share: Floats
    """By how much the runway is shorter than needed, 0 to 1; NaN unknown."""
    large: Bools
    medium: Bools
    scheduled: Bools
    military: Bools
    seaplane: Bools
    heliport: Bools
    heavy: Bools
    rotor: Bools


def kinds(which: Ints, place: Ints, able: pd.DataFrame, of: Fields) -> Kind:
    """Return what matters of the fields `place` for the aircraft `which`."""
    need_ft = np.maximum(able["min_runway_ft"].to_numpy(float), 1.0)[which]
    heavy = able["category"].isin(["jet", "propeller"]).to_numpy()
    rotor = (able["category"] == "rotor").to_numpy()
    traits = _traits(of)
    return Kind(
        short_share=(1 - of.runway_ft[place] / need_ft).clip(0),
        heavy=heavy[which],
        rotor=rotor[which],
        **{name: is_so[place] for name, is_so in traits.items()},
    )


@lru_cache(maxsize=4)
def _traits(of: Fields) -> dict[str, Bools]:
    """Return the columns of `Kind` that are of the fields alone."""
    is_long = (of.use != "civil") & (of.runway_ft > LONG_RUNWAY_FT)
    is_medium = of.kind == "medium_airport"
    return {
        "large": of.kind == "large_airport",
        "medium": is_medium | (is_long & (of.kind == "small_airport")),
        "scheduled": of.scheduled,
        "military": (of.use == "military") & ~of.scheduled,
        "seaplane": of.kind == "seaplane_base",
        "heliport": of.kind == "heliport",
    }


def log_prior(kind: Kind, taste: Taste = TASTE) -> Floats:
    """Return how likely aircraft go to such fields, whatever was seen."""
    unknown = np.isnan(kind.short_share)
    score = np.where(
        unknown,
        np.where(kind.heavy, taste.unknown_runway, 0.0),
        taste.short_runway * np.nan_to_num(kind.short_share)
        + taste.much_too_short * (kind.short_share > 0.4),
    )
    heavy = (
        taste.large * kind.large
        + taste.medium * kind.medium
        + taste.scheduled * kind.scheduled
        + taste.military * kind.military
    )
    light = (
        taste.light_large * kind.large
        + taste.light_medium * kind.medium
        + taste.light_scheduled * kind.scheduled
    )
    score = score + np.where(kind.heavy, heavy, light)
    score += taste.seaplane * kind.seaplane
    landing_pad = np.where(kind.rotor, taste.heliport, taste.fixed_wing_heliport)
    result: Floats = score + landing_pad * kind.heliport
    return result
