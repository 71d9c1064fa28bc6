"""Single things: an airport, a reason, where a track comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Provenance(StrEnum):
    """Whether a track is real; carried from the file to the page."""

    OBSERVED = "observed"
    RE_ENACTED = "re-enacted"
    SIMULATED = "simulated"

    @property
    def is_made(self) -> bool:
        """Tell whether the track was made by this program."""
        return self is not Provenance.OBSERVED


def operator_told(operator: str | None, owner: str | None) -> str | None:
    """Return who flies, by the callsign or else by the owner; None if neither tells.

    Examples
    --------
    >>> operator_told(None, "Russian Air Force")
    "Russian Air Force (by the owner's name)"
    """
    return operator or (f"{owner} (by the owner's name)" if owner else None)


@dataclass(frozen=True)
class Airport:
    """A field where aircraft land."""

    ident: str
    name: str
    country: str
    latitude_deg: float
    longitude_deg: float
    elevation_ft: float | None
    field_use: str
    """``civil``, ``joint`` or ``military``."""


@dataclass(frozen=True)
class Reason:
    """Why a score is high (`weight` > 0) or not (< 0): one fact, in words.

    Of a fact that no model learns from the weight is 0.
    """

    feature: str
    """The one that tells most of the fact; there may be others that tell it too."""
    value: str | None
    """Its value with the unit; None where more than one feature is told of."""
    text: str
    weight: float
    """Contribution to the score in log-odds."""
