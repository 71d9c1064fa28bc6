"""Airlift or not, on real tracks of military aircraft whose identity is hidden.

A test on the real world, apart from the score: of military aircraft that public feeds
show about once an hour, can movement alone tell airlifters and tankers from all other
military flying?  The type says which is which and is never seen by the classifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from anomaly.errors import BadInputError
from anomaly.progress import Progress, silent
from anomaly.reference import AddressBlocks, AircraftTypes
from models import groups, metrics
from models.metrics import Figure
from models.military_motion import motion
from models.military_past import past, places, share_nearby

AIRLIFT_ROLES = ("strategic_airlift", "tactical_airlift", "tanker")
KINDS = (*AIRLIFT_ROLES, "trainer", "rotor", "business", "airliner")
OTHER = "other"
"""What the classifier tells apart: it learns more from kinds than from yes and no."""
MIN_POSITIONS = 3
"""Of an aircraft in a day: with fewer there is no movement to speak of."""
N_FOLDS = 4
WITH_PLACE_AND_HISTORY = "with_place_and_history"
VARIANTS = (WITH_PLACE_AND_HISTORY, "without_either")
LATER_SHARE = 0.25
"""Of the days, the last: what is learnt from the days before is tested on these."""
MAX_SPEED_KT, MAX_ALTITUDE_FT = 1_200.0, 66_000.0

Scores = NDArray[np.float64]

_COLUMNS = {
    "timestamp": "timestamp",
    "icao24": "icao24",
    "latitude": "latitude_deg",
    "longitude": "longitude_deg",
    "altitude": "altitude_ft",
    "groundspeed": "speed_kt",
    "track": "track_deg",
}
_TEST_CALLSIGN = "^(?:TEST|TWR)"
# Ground stations and vehicles by what the feeds call their type.
_NO_AIRCRAFT = ("TWR", "GND", "SERV")


@dataclass(frozen=True, eq=False)
class AircraftDays:
    """One row for each aircraft and UTC day, with what may be learnt from it."""

    rows: pd.DataFrame
    """`icao24`, `day`, `kind` and `airlift` (missing where the type is unknown), and
    `used`."""
    motion: pd.DataFrame
    place: pd.DataFrame
    past: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class MilitaryTracks:
    """Figures of the two variants, and what was left out, by reason."""

    figures: Mapping[str, Figure]
    left_out: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """Return every figure as ``{value, low, high, n}``."""
        return {name: figure.as_json() for name, figure in self.figures.items()}


def military_tracks(
    positions: Path, aircraft: Path, *, seed: int = 0, progress: Progress = silent
) -> MilitaryTracks:
    """Return how well movement tells airlifters and tankers from other military flying.

    Every row is scored by a classifier that learnt from other airframes; for the
    figures that begin with ``later_``, from other airframes' earlier days.

    Raises
    ------
    NoDataError
        If fewer than two airframes of either kind have a day with enough positions.
    """
    days = aircraft_days(positions, aircraft)
    used = days.rows[days.rows["used"]]
    y = used["airlift"].to_numpy(bool)
    airframe = pd.factorize(used["icao24"])[0].astype(np.int64)
    fold = groups.folds(y, airframe, N_FOLDS, seed=seed)
    later = (used["day"] > _turn(used["day"])).to_numpy(bool)
    everywhere = np.ones(len(y), bool)
    figures = {"airlift_share": metrics.with_interval(metrics.share(y), airframe)}
    for number, variant in enumerate(VARIANTS):
        for prefix, learn, test in (
            ("", everywhere, everywhere),
            ("later_", ~later, later),
        ):
            progress("military tracks", (2 * number + bool(prefix)) / 4)
            score = cross_scored(
                days, fold, variant=variant, learn=learn, test=test, seed=seed
            )
            told = ~np.isnan(score)
            merits = _merits(y[told], score[told], airframe[told])
            figures |= {
                f"{prefix}{name}_{variant}": one for name, one in merits.items()
            }
    progress("military tracks", 1.0)
    return MilitaryTracks(figures, days.left_out)


def aircraft_days(positions: Path, aircraft: Path) -> AircraftDays:
    """Read tracks and types, and return what is known of each aircraft and day."""
    seen, left_out = _seen(positions)
    row = seen.groupby(["icao24", "day"], sort=True).ngroup()
    seen = seen.assign(row=row)
    rows = seen.groupby("row")[["icao24", "day"]].first()
    rows["kind"] = _kind(rows["icao24"], aircraft)
    airlift = rows["kind"].isin(AIRLIFT_ROLES).astype("boolean")
    rows["airlift"] = airlift.where(rows["kind"].notna())
    enough = seen.groupby("row").size() >= MIN_POSITIONS
    typed = rows["airlift"].notna()
    rows["used"] = enough & typed
    left_out["aircraft-days with fewer than three positions"] = int((~enough).sum())
    left_out["aircraft-days of unknown type"] = int((enough & ~typed).sum())
    moved, place = motion(seen), places(seen)
    return AircraftDays(rows, moved, place, past(rows, moved, place), left_out)


def cross_scored(
    days: AircraftDays,
    fold: NDArray[np.int64],
    *,
    variant: str,
    learn: NDArray[np.bool_],
    test: NDArray[np.bool_],
    seed: int,
) -> Scores:
    """Return a score for each used row under `test`, by a classifier of other folds.

    Rows without one (not under `test`, or nothing of a class to learn from) are NaN.
    """
    used = days.rows[days.rows["used"]]
    y, kind = used["airlift"].to_numpy(bool), used["kind"].to_numpy(str)
    moved = days.motion.loc[used.index]
    place, before = days.place.loc[used.index], days.past.loc[used.index]
    score = np.full(len(y), np.nan)
    for number in range(int(fold.max()) + 1):
        taught = np.flatnonzero(learn & (fold != number))
        asked = np.flatnonzero(test & (fold == number))
        if len(asked) and len(set(y[taught])) == 2:
            X = moved
            if variant == WITH_PLACE_AND_HISTORY:
                nearby = share_nearby(used, place, y, taught)
                X = pd.concat([moved, place, before, nearby], axis="columns")
            score[asked] = _scores(X.to_numpy(), kind, taught, asked, seed)
    return score


def _scores(
    X: NDArray[np.float64],
    kind: NDArray[np.str_],
    taught: NDArray[np.intp],
    asked: NDArray[np.intp],
    seed: int,
) -> Scores:
    """Return the likelihood of all kinds of airlift together."""
    # Chosen on the days before the last quarter, by other airframes of these.
    classifier = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=60,
        max_leaf_nodes=63,
        min_samples_leaf=40,
        l2_regularization=5.0,
        max_features=0.3,
        # The rows that early stopping would watch share airframes with the others.
        early_stopping=False,
        random_state=seed,
    )
    # A column without any value cannot be binned, and tells nothing.
    told = ~np.isnan(X[taught]).all(axis=0)
    with threadpool_limits(1, user_api="openmp"):
        classifier.fit(X[taught][:, told], kind[taught])
        each = classifier.predict_proba(X[asked][:, told])
    found: Scores = each[:, np.isin(classifier.classes_, AIRLIFT_ROLES)].sum(axis=1)
    return found


def _merits(
    y: NDArray[np.bool_], score: Scores, airframe: NDArray[np.int64]
) -> dict[str, Figure]:
    return {
        name: metrics.with_interval(statistic(y, score), airframe)
        for name, statistic in (
            ("average_precision", metrics.average_precision),
            ("roc_auc", metrics.roc_auc),
        )
    }


def _turn(day: pd.Series[pd.Timestamp]) -> pd.Timestamp:
    """Return the last day to learn from when later ones are to be told."""
    different = np.sort(day.unique())
    return pd.Timestamp(different[int((1 - LATER_SHARE) * (len(different) - 1))])


def _seen(path: Path) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the positions in our units, sorted, without what is no aircraft."""
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"{path} is not a Parquet table", hint="Pass a traffic-style table."
        ) from error
    absent = sorted(_COLUMNS.keys() - set(table.columns))
    if absent:
        raise BadInputError(
            f"{path} has no column {', '.join(absent)}",
            hint="Pass a traffic-style table of positions, in feet and knots.",
        )
    table = table.rename(columns=_COLUMNS)
    callsign = table.get("callsign", pd.Series("", index=table.index)).fillna("")
    typecode = table.get("typecode", pd.Series("", index=table.index)).fillna("")
    junk = {
        "positions of addresses of no state": AddressBlocks.load()
        .country(table["icao24"])
        .isna(),
        "positions under a test callsign": callsign.str.contains(_TEST_CALLSIGN),
        "positions of ground stations and vehicles": typecode.isin(_NO_AIRCRAFT),
    }
    kept = pd.Series(True, index=table.index)
    left_out = {}
    for reason, out in junk.items():
        left_out[reason] = int((kept & out).sum())
        kept &= ~out
    seen = table.loc[kept, list(_COLUMNS.values())].astype({"icao24": "str"})
    impossible = seen["speed_kt"] > MAX_SPEED_KT, seen["altitude_ft"] > MAX_ALTITUDE_FT
    left_out["speeds and heights beyond belief"] = sum(int(n.sum()) for n in impossible)
    seen["speed_kt"] = seen["speed_kt"].mask(impossible[0])
    seen["altitude_ft"] = seen["altitude_ft"].mask(impossible[1])
    seen["day"] = seen["timestamp"].dt.floor("D")
    return seen.sort_values(["icao24", "timestamp"], ignore_index=True), left_out


def _kind(icao24: pd.Series[str], aircraft: Path) -> pd.Series[str]:
    """Return which of `KINDS` each is by its type; missing where that is unknown."""
    listed = pd.read_csv(aircraft, dtype="str")
    absent = sorted({"icao24", "typecode"} - set(listed.columns))
    if absent:
        raise BadInputError(
            f"{aircraft} has no column {', '.join(absent)}",
            hint="Pass a table of aircraft with icao24 and typecode.",
        )
    typecode = listed.drop_duplicates("icao24").set_index("icao24")["typecode"]
    role = icao24.map(typecode).map(AircraftTypes.load().table["role"])
    return role.where(role.isin(KINDS) | role.isna(), OTHER)
