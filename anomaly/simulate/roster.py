"""All airframes of a world: as many of each fleet as it takes to fly a day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly.simulate import fleets, tables
from anomaly.simulate.fleets import Fleet
from anomaly.simulate.legs import Setting
from anomaly.simulate.purposes import missions, private
from anomaly.simulate.shares import GROUPS, PRIVATE, Shares
from anomaly.simulate.sorties import Columns

_WIDE_T = 150.0


def airframes(setting: Setting, n_aircraft: int, shares: Shares) -> Columns:
    """Return all fleets, as large as it takes for `n_aircraft` to fly on a day."""
    wanted = {name: getattr(shares, name) for name in GROUPS}
    total = sum(wanted.values())
    kinds: list[Fleet] = []
    counts: list[int] = []
    for name, group in GROUPS.items():
        per_day = n_aircraft * wanted[name] / total
        n = round(per_day * group.period_days / group.activity / group.flying_days)
        found = _fleets(setting, name)
        if name in missions.MISSIONS:
            found = tuple(
                replace(one, weight=one.weight ** (1.0 - shares.evenness))
                for one in found
            )
        kinds.extend(found)
        counts.extend(fleets.apportioned(found, n, setting.seed))
    periods = np.array([GROUPS[kind.group].period_days for kind in kinds])
    return fleets.built(setting, kinds, counts, {"days": periods})


def _fleets(setting: Setting, name: str) -> tuple[Fleet, ...]:
    if name in PRIVATE:
        return private.fleets_of(setting, name)
    if name.startswith(("passenger", "cargo")):
        return _airlines(setting, name)
    return fleets.of_table(setting, name)


def _airlines(setting: Setting, name: str) -> tuple[Fleet, ...]:
    """Return the airlines' large or their other types as fleets."""
    group, _, size = name.partition("_")
    mtow_t = setting.reference.types.table["mtow_t"].to_dict()
    found = []
    for row in tables.airlines():
        codes, weights = tables.weighted(row.types)
        kept = {
            code: weight
            for code, weight in zip(codes, weights, strict=True)
            if (mtow_t.get(code, 0.0) > _WIDE_T) == (size == "wide")
        }
        if row.group != group or not kept:
            continue
        found.append(
            Fleet(
                group=name,
                name=row.name,
                country=row.country,
                types=" ".join(f"{code}:{weight}" for code, weight in kept.items()),
                homes=setting.places.rows(row.hubs.split()),
                code=row.code,
                style="route",
                weight=row.weight * sum(kept.values()) / sum(weights),
            )
        )
    return tuple(found)
