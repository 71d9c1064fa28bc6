"""When a documented case was flown: what is told of it, and chance for the rest."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from anomaly.cases import Case

Numbers = NDArray[np.float64]
DAY_S = 86400.0
_REST_H = 3.0
_REST_SPREAD = 0.5
_LEAST_REST_H = 0.7
_LONGEST_REST_H = 20.0


def takeoffs(
    case: Case,
    date: dt.date,
    durations_s: Numbers,
    rng: np.random.Generator,
    *,
    starts_unseen: bool,
    ends_unseen: bool,
) -> Numbers:
    """Return when each flight takes off, in seconds of the epoch.

    The departure told is of the first field known, the arrival of the last.  With
    both told the time on the ground gives way, if it can; if it cannot, the arrival is
    of another flight than ours and is left aside.
    """
    n = len(durations_s)
    rests_s = 3600.0 * np.exp(_REST_SPREAD * rng.standard_normal(n)) * _REST_H
    rests_s = rests_s.clip(_LEAST_REST_H * 3600.0, _LONGEST_REST_H * 3600.0)
    moved_s = 0.0 if case.date is None else (date - case.date).days * DAY_S
    leaves_s = _moment(case.dep_time_utc, moved_s, rng)
    lands_s = _moment(case.arr_time_utc, moved_s, rng)
    midnight_s = dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
    begins_s = midnight_s + rng.random() * DAY_S
    first = 1 if starts_unseen and n > 1 else 0
    last = n - 2 if ends_unseen and n > 1 else n - 1
    if leaves_s is not None and lands_s is not None:
        rests_s = _fitted(rests_s, durations_s, first, last, lands_s - leaves_s)
    since_s = np.concatenate([[0.0], np.cumsum(durations_s[:-1] + rests_s[1:])])
    if leaves_s is not None:
        return np.asarray(since_s - since_s[first] + leaves_s)
    if lands_s is not None:
        return np.asarray(since_s - since_s[last] - durations_s[last] + lands_s)
    return np.asarray(since_s + begins_s)


def _fitted(
    rests_s: Numbers, durations_s: Numbers, first: int, last: int, whole_s: float
) -> Numbers:
    """Return rests with which the journey takes as long as is told, if any do."""
    between = slice(first + 1, last + 1)
    left_s = whole_s - durations_s[first : last + 1].sum()
    if last <= first or left_s < _LEAST_REST_H * 3600.0 * (last - first):
        return rests_s
    fitted = rests_s.copy()
    fitted[between] *= left_s / rests_s[between].sum()
    return fitted


def _moment(text: str | None, moved_s: float, rng: np.random.Generator) -> float | None:
    """Return the time told, in seconds; of a bare date some time of that day."""
    chance = rng.random()
    if not text:
        return None
    try:
        told = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    told = told if told.tzinfo else told.replace(tzinfo=dt.UTC)
    return told.timestamp() + moved_s + (0.0 if "T" in text else chance * DAY_S)
