"""How well a field explains an approach that was lost, or a climb-out that appeared.

Everything is told for landings; a take-off is a landing flown backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from anomaly.edges import Edges, tangent
from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints, arc_nm, dot

# A three-degree glide path loses this much height a mile.
GLIDE_FT_PER_NM = 318.0
STEADY_FT_MIN = 300.0
# Above this, unless it comes down, an aircraft is on its way.
CRUISE_FT = 12_000.0
# At cruise the course points at the field within five degrees in three cases of five,
# within eighteen in most others (airline routes of one day, at reports six minutes
# apart); the rest is bent by airways and weather.
CRUISE_COURSE = ((0.6, 5.0), (0.3, 18.0))


@dataclass(frozen=True)
class Motion:
    """What one kind of motion says of the distance and direction of the field.

    The distance is compared with that of a three-degree glide, as the logarithm of
    their ratio; `short` and `long` are its spreads below and above `centre`.
    """

    centre: float
    short: float
    long: float
    aimed: float
    """Share of aircraft whose course points at the field."""
    spread_deg: float
    """How well it does."""


@dataclass(frozen=True)
class Law:
    """The distribution of what is seen of aircraft about to land, or just taken off.

    Fitted by maximum likelihood to ends whose airport is known (real approaches cut
    off at several heights, airline routes at a report every six minutes, simulated
    flights): half of them, the other half for checking.
    """

    nearing: Motion
    """Descending, for a landing."""
    level: Motion
    leaving: Motion
    unknown: Motion
    guessed_course_deg: float
    """Added spread where the course is only that between sparse reports."""
    final: float
    """Share of aircraft close to the ground that are lined up with the runway."""
    final_nm: float
    """With each such length of glide left, the share falls by a factor of e."""
    final_deg: float
    """How well they are lined up."""
    beside: float
    """How far, in radii, runways lie beside the point that stands for the field."""
    ring: float
    """The same likelihood spreads over a ring that grows with this power."""
    soft_nm: float
    """Distances and heights below this are noise."""
    apron_nm: float = 0.35
    """How far from a runway aircraft on the ground are."""


LANDING = Law(
    nearing=Motion(-0.06, 0.37, 0.28, 0.76, 16.0),
    level=Motion(-0.05, 0.72, 0.61, 0.59, 27.0),
    leaving=Motion(-0.04, 0.73, 0.96, 0.38, 35.0),
    unknown=Motion(0.16, 0.68, 0.82, 0.50, 25.0),
    guessed_course_deg=88.0,
    final=0.80,
    final_nm=6.1,
    final_deg=3.0,
    beside=0.49,
    ring=2.26,
    soft_nm=0.46,
)
TAKEOFF = Law(
    nearing=Motion(-0.62, 0.50, 0.38, 0.75, 8.3),
    level=Motion(-0.12, 0.65, 0.96, 0.58, 22.0),
    leaving=Motion(0.27, 0.59, 0.90, 0.40, 35.0),
    unknown=Motion(0.19, 0.71, 0.80, 0.50, 25.0),
    guessed_course_deg=33.0,
    final=0.79,
    final_nm=6.0,
    final_deg=3.6,
    beside=0.37,
    ring=1.75,
    soft_nm=0.56,
)


@dataclass(frozen=True, eq=False)
class Sight:
    """What fields look like from edges, one row for each edge and field."""

    far_nm: Floats
    glide_nm: Floats
    """How far a three-degree glide reaches; NaN where the height is unknown."""
    angle_deg: Floats
    """Between the course and the direction of the field; NaN where unknown.

    Nobody asks for it on the ground.
    """
    radius_nm: Floats
    """Of the field: half its runway, or what is usual for its kind."""
    sure_course: Bools
    motion: Ints
    """Which motion of the law it is, in the order of `_MOTIONS`."""
    cruising: Bools
    on_ground: Bools

    def where(self, keep: Ints) -> Sight:
        """Return the rows that `keep` chooses."""
        return Sight(*(np.take(getattr(self, f.name), keep) for f in fields(self)))


_MOTIONS = ("nearing", "level", "leaving", "unknown")


def sight(edge: Edges, which: Ints, place: Ints, of: Fields, *, ending: bool) -> Sight:
    """Return how the fields `place` look from the edges `which`."""
    sign = 1 if ending else -1
    here, field = np.take(edge.point, which, 0), np.take(of.points, place, 0)
    on_ground = edge.on_ground[which]
    aloft = np.flatnonzero(~on_ground)
    ahead = tangent(np.take(here, aloft, 0), np.take(field, aloft, 0))
    cosine = dot(ahead, np.take(edge.heading, which[aloft], 0)) * sign
    angle_deg = np.full(len(which), np.nan)
    angle_deg[aloft] = np.degrees(np.arccos(cosine.clip(-1, 1)))
    height_ft = edge.altitude_ft[which] - of.elevation_ft[place]
    sink_ft_min = -sign * edge.climb_ft_min
    nearing = sink_ft_min > STEADY_FT_MIN
    kinds_of_motion = [
        nearing,
        np.abs(sink_ft_min) <= STEADY_FT_MIN,
        sink_ft_min < -STEADY_FT_MIN,
    ]
    motion = np.select(kinds_of_motion, [0, 1, 2], default=3)
    return Sight(
        far_nm=arc_nm(here, field),
        glide_nm=height_ft.clip(0) / GLIDE_FT_PER_NM,
        angle_deg=angle_deg,
        radius_nm=of.radius_nm[place],
        sure_course=edge.sure_course[which],
        motion=motion[which],
        cruising=((edge.altitude_ft > CRUISE_FT) & ~nearing)[which],
        on_ground=on_ground,
    )


def log_fit(seen: Sight, law: Law) -> Floats:
    """Return the logarithm of how likely each field makes what was seen."""
    fit = np.empty(len(seen.far_nm))
    for is_so, fit_of in (
        (seen.on_ground, _parked_fit),
        (~seen.on_ground & seen.cruising, _cruise_fit),
        (~seen.on_ground & ~seen.cruising, _aloft_fit),
    ):
        rows = np.flatnonzero(is_so)
        if len(rows):
            fit[rows] = fit_of(seen.where(rows), law)
    return fit


def _parked_fit(seen: Sight, law: Law) -> Floats:
    """Return how well fields explain aircraft that are on the ground."""
    gone_nm = (seen.far_nm - seen.radius_nm).clip(0)
    parked = -0.5 * (gone_nm / law.apron_nm) ** 2 - 2 * np.log(
        seen.radius_nm + law.apron_nm
    )
    fit: Floats = np.maximum(parked, -40)
    return fit


def _aloft_fit(seen: Sight, law: Law) -> Floats:
    """Return how well fields explain height and course of aircraft near an end."""
    gone_nm = (seen.far_nm - seen.radius_nm).clip(0)
    motion = _motion(seen, law)
    known = ~np.isnan(seen.glide_nm)
    glide_nm = np.where(known, seen.glide_nm, 10.0)
    ratio = np.log((gone_nm + law.soft_nm) / (glide_nm + law.soft_nm))
    ratio = ratio - motion["centre"]
    spread = np.where(ratio < 0, motion["short"], motion["long"])
    spread = np.where(known, spread, 1.5)
    # Student's tails: a detour or a wrong height must not decide alone.
    distance = -2.5 * np.log1p((ratio / spread) ** 2 / 4) - np.log(spread)
    ring = -law.ring * np.log(gone_nm + law.soft_nm)
    fit: Floats = distance + ring + _course_fit(seen, motion, law)
    return fit


def _cruise_fit(seen: Sight, _law: Law) -> Floats:
    """Return how well fields explain the course of aircraft that are on their way.

    How far is unknown, but that they must still come down.
    """
    steep = np.log(0.7 * (seen.glide_nm + 0.1) / (seen.far_nm + 0.1)).clip(0)
    mixed = np.full(seen.far_nm.shape, 1 - sum(share for share, _ in CRUISE_COURSE))
    for share, spread_deg in CRUISE_COURSE:
        mixed = mixed + share * _pointing(seen.angle_deg, spread_deg)
    course = np.nan_to_num(np.log(mixed), nan=0.0)
    result: Floats = course - 4 * steep**2 - np.log(seen.far_nm + 5)
    return result


def _course_fit(seen: Sight, motion: dict[str, Floats], law: Law) -> Floats:
    """Return how well the course points at the fields.

    A share is lined up with the runway, larger the lower it is; of the others a
    share flies toward the field; the rest is vectored, and points anywhere.
    """
    # Close to a field the angle says little: its point is not its runway.
    close_deg = np.degrees(law.beside * seen.radius_nm / np.maximum(seen.far_nm, 0.3))
    guessed_deg = np.where(seen.sure_course, 0.0, law.guessed_course_deg)
    blur_deg = np.hypot(close_deg, guessed_deg)
    low = np.exp(-np.nan_to_num(seen.glide_nm, nan=20.0) / law.final_nm)
    lined_up = law.final * low
    final = _pointing(seen.angle_deg, np.hypot(law.final_deg, blur_deg))
    toward = _pointing(seen.angle_deg, np.hypot(motion["spread_deg"], blur_deg))
    share = motion["aimed"]
    fit = np.log(lined_up * final + (1 - lined_up) * (share * toward + 1 - share))
    return np.nan_to_num(fit, nan=0.0)


def _pointing(angle_deg: Floats, spread_deg: Floats | float) -> Floats:
    """Return the density of an angle, against that of a course that points anywhere."""
    density: Floats = np.exp(-0.5 * (angle_deg / spread_deg) ** 2) * 144 / spread_deg
    return density


def _motion(seen: Sight, law: Law) -> dict[str, Floats]:
    """Return the figures of the motion that is seen."""
    motions = [getattr(law, name) for name in _MOTIONS]
    return {
        f.name: np.array([getattr(motion, f.name) for motion in motions])[seen.motion]
        for f in fields(Motion)
    }
