"""Look-ups over ``data/reference``: airports, aircraft types, operators, addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from anomaly.reference.addresses import AddressBlocks
from anomaly.reference.aircraft_types import AircraftTypes
from anomaly.reference.airframes import Airframes
from anomaly.reference.airports import Airports
from anomaly.reference.bans import AirspaceBans
from anomaly.reference.conflicts import ConflictAreas
from anomaly.reference.countries import Countries
from anomaly.reference.crises import Crises
from anomaly.reference.deployments import Deployments
from anomaly.reference.operators import Operators
from anomaly.reference.registrations import Registrations

__all__ = [
    "AddressBlocks",
    "AircraftTypes",
    "Airframes",
    "Airports",
    "AirspaceBans",
    "ConflictAreas",
    "Countries",
    "Crises",
    "Deployments",
    "Operators",
    "Reference",
    "Registrations",
]


@dataclass(frozen=True)
class Reference:
    """The look-ups that flights and features share."""

    airports: Airports
    types: AircraftTypes
    operators: Operators
    addresses: AddressBlocks
    countries: Countries = field(default_factory=Countries.load)
    conflicts: ConflictAreas = field(default_factory=ConflictAreas.load)
    bans: AirspaceBans = field(default_factory=AirspaceBans.load)
    crises: Crises = field(default_factory=Crises.load)
    deployments: Deployments = field(default_factory=Deployments.load)
    airframes: Airframes = field(default_factory=Airframes)
    registrations: Registrations = field(default_factory=Registrations.load)

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Reference:
        """Return the shipped tables, overlaid by the user's (``reference/``)."""
        return cls(
            airports=Airports.load(data_dir),
            types=AircraftTypes.load(data_dir),
            operators=Operators.load(data_dir),
            addresses=AddressBlocks.load(data_dir),
            countries=Countries.load(data_dir),
            conflicts=ConflictAreas.load(data_dir),
            bans=AirspaceBans.load(data_dir),
            crises=Crises.load(data_dir),
            deployments=Deployments.load(data_dir),
            airframes=Airframes.load(data_dir),
            registrations=Registrations.load(data_dir),
        )
