"""Business, light and glider flying, and helicopters: many, small, near home."""

from __future__ import annotations

import numpy as np

from anomaly.simulate import chains, draws
from anomaly.simulate.fleets import Fleet
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Places, Rows
from anomaly.simulate.purposes import habits, rounds
from anomaly.simulate.purposes.rounds import Round
from anomaly.simulate.sorties import SORTIES, Columns, Shape, joined

# Where such aircraft are seen, roughly: shares of the instant sky of 1 November 2023
# corrected for the hour (night in Europe), rounded to 5 or less.
_LIGHT = {
    "US": 50, "CA": 5, "AU": 5, "GB": 7, "DE": 8, "FR": 6, "BR": 3, "CH": 2, "NL": 2,
    "IT": 2, "ES": 2, "SE": 2, "PL": 2, "CZ": 2, "NZ": 2, "ZA": 2, "JP": 1, "NO": 1,
    "AT": 1, "BE": 1, "DK": 1, "FI": 1, "MX": 1, "AR": 1, "CN": 1, "IL": 1,
}  # fmt: skip
_BUSINESS = {
    "US": 58, "GB": 4, "DE": 4, "FR": 4, "CH": 2, "MT": 3, "PT": 2, "AT": 2, "CA": 4,
    "BR": 3, "MX": 3, "AU": 2, "AE": 1, "SA": 1, "TR": 1, "RU": 1, "IN": 1, "CN": 1,
    "ZA": 1, "IT": 2,
}  # fmt: skip
_FLAGS = {"MT": "GB FR CH DE AT IT ES CZ PL", "PT": "PT ES FR GB", "AT": "AT DE CH"}
"""Business aircraft registered in one state and at home in others."""
_TYPES = {
    "light": "C172:26 P28A:14 C152:5 C182:7 SR22:7 SR20:3 DA40:6 DA42:2 PA44:3 BE36:5 "
    "M20P:2 RV7:4 PC12:4 C208:4 TBM9:2 DHC6:1",
    "rotor": "R44:5 R22:4 AS50:6 B407:4 EC35:5 EC45:3 A139:4 S76:1 B06:4",
    "business": "C56X:6 C68A:6 C25B:5 E55P:6 CL30:6 CL60:5 GLF4:3 GLF5:3 GLF6:4 GLEX:5 "
    "FA7X:2 F2TH:4 F900:2 LJ45:4 BE20:5 B350:5 BE9L:3 PC12:4 E35L:1",
    "glider": "GLID:6 DIMO:2",
}
_AROUND = {
    "light": (
        (Round("private_circuits", Shape.CIRCUITS, (0.3, 1.2), (0, 0.3), (1.2, 2.5),
               (0.9, 1.6), (800, 1200)), 0.5),
        (Round("private_local", Shape.WANDER, (0.4, 1.8), (5, 35), (4, 16), (2, 6),
               (1000, 5000), slow=0.92), 0.5),
    ),
    "rotor": (
        (Round("rotor_local", Shape.WANDER, (0.4, 2.2), (2, 25), (1.5, 7), (1, 3),
               (500, 2000), slow=0.75), 0.75),
        (Round("rotor_orbit", Shape.RACETRACK, (0.3, 1.2), (3, 25), (0.0, 1.0),
               (1.0, 2.0), (800, 1800), slow=0.6), 0.25),
    ),
    "glider": (
        (Round("gliding", Shape.WANDER, (0.7, 4.0), (2, 30), (3, 15), (2, 6),
               (2500, 7000)), 1.0),
    ),
}  # fmt: skip
_TRIPS = {"light": 0.3, "rotor": 0.4, "glider": 0.0, "business": 1.0}
"""Share of flying days spent going somewhere."""


def fleets_of(setting: Setting, group: str) -> tuple[Fleet, ...]:
    """Return the fleets of a group, at home on civil fields all over the world."""
    shares = _BUSINESS if group == "business" else _LIGHT
    return tuple(
        Fleet(
            group,
            "private",
            country,
            _TYPES[group],
            _homes(setting.places, country, group),
            weight=share,
            private=True,
        )
        for country, share in shares.items()
    )


def journeys(setting: Setting, rows: Rows, day: int) -> Columns:
    """Return the flights of a day."""
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("private", setting.seed, group, day)
    away = rng.random(len(rows)) < _TRIPS[group]
    parts = [_trips(setting, rows[away], group, day, rng)]
    if group in _AROUND:
        kinds = tuple(kind for kind, _ in _AROUND[group])
        which = draws.choice(
            rng, np.arange(len(kinds)), [w for _, w in _AROUND[group]], (~away).sum()
        )
        parts.append(rounds.journeys(setting, rows[~away], kinds, which, day))
    return joined(parts, SORTIES)


def _homes(places: Places, country: str, group: str) -> Rows:
    """Return the fields of a state where such aircraft live, some more than once."""
    if group == "business":
        fields, draw = habits.business_fields(places)
        states = _FLAGS.get(country, country).split()
        own = np.isin(places.country[fields], states)
        # As many as it draws; fields that draw little have none.
        times = np.round(2.5 * draw[own] / draw[own].mean()).clip(0, 60)
        return np.repeat(fields[own], times.astype(np.int64))
    here = (places.country == country) & ~places.is_closed
    if group == "rotor":
        here &= ~places.kind_is("large_airport")
    else:
        here &= ~places.kind_is("heliport")
    if group == "glider":
        here &= places.kind_is("small_airport")
    fields = np.flatnonzero(here)
    # A town's airport is home to more of them than a strip in the fields.
    times = (
        1 + 5 * places.kind_is("medium_airport") + 3 * places.kind_is("large_airport")
    )
    return np.repeat(fields, times[fields])


def _trips(
    setting: Setting,
    rows: Rows,
    group: str,
    day: int,
    rng: np.random.Generator,
) -> Columns:
    """Return journeys to one or two other fields and back."""
    n = len(rows)
    if not n:
        return joined((), SORTIES)
    home = setting.airframes["home"][rows]
    share = 0.25 if group == "business" else 0.16
    usual = share * setting.airframes["range_nm"][rows]
    stops = np.full((n, 4), -1, dtype=np.int64)
    stops[:, 0] = home
    stops[:, 1] = _onward(setting, rows, group, home, usual, rng)
    two = rng.random(n) < 0.35
    stops[two, 2] = _onward(setting, rows[two], group, stops[two, 1], usual[two], rng)
    last = np.where(two, 3, 2)
    stops[np.arange(n), last] = home
    ground_h = chains.lognormal_h(rng, 1.8, 0.8, (n, 4))
    # Some come back another day.
    stays = rng.random(n) < 0.25
    ground_h[stays, last[stays] - 1] = rng.uniform(12.0, 40.0, int(stays.sum()))
    planned = chains.Chains(
        airframe=rows,
        stops=stops,
        ground_h=ground_h,
        start_s=chains.local_start_s(
            setting, home, day * 86400.0, chains.hours_of_day(rng, n, "day")
        ),
        purpose=np.full(n, group, dtype=object),
        logistics=np.zeros(n, dtype=bool),
        look_alike=np.zeros(n, dtype=bool),
        mission_id=chains.mission_ids(setting.seed, group, day, n),
        dark_leg=np.full(n, -1),
        dark_share=np.zeros(n),
        same_callsign=np.ones(n, dtype=bool),
    )
    return chains.flown(setting, planned, rng)


def _onward(
    setting: Setting,
    rows: Rows,
    group: str,
    here: Rows,
    usual_nm: chains.Numbers,
    rng: np.random.Generator,
) -> Rows:
    """Return where each aircraft flies from here."""
    if group == "business":
        return habits.business_trip(setting, here, usual_nm, rng)
    return habits.outing(setting, rows, here, usual_nm, rng)
