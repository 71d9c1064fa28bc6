"""Build the tables a reader yields, leaving out by reason what cannot be true."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly.domain import Provenance
from anomaly.ingest.base import LeftOut
from anomaly.ingest.columns import Floats
from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS, UTC_US, conform

Mask = NDArray[np.bool_]

EARLIEST_US = 631_152_000e6  # 1990-01-01, before any aircraft sent its position
_SURELY_PAST_US = 1_793_491_200e6  # 2026-11-01, after which this was written
_DAY_US = 86_400e6
# Wide of what flies; real archives hold 99,800 and 123,100 ft of airliners on approach.
ALTITUDES_FT = (-3_000.0, 80_000.0)
SPEEDS_KT = (0.0, 2_000.0)
RATES_FT_MIN = (-60_000.0, 60_000.0)
_SURELY_MOVING_KT = 50.0
_ADDRESS = "^[0-9a-f]{6}$"
_PROVENANCES = pa.array([str(provenance) for provenance in Provenance])
UNASSIGNED = ("000000", "ffffff")


@dataclass(frozen=True)
class Reports:
    """Position reports in columns of one length, NaN or null where unknown."""

    icao24: pa.Array
    time_us: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    altitude_ft: Floats
    on_ground: pa.Array | None = None
    ground_speed_kt: Floats | None = None
    track_deg: Floats | None = None
    vertical_rate_ft_min: Floats | None = None
    callsign: pa.Array | None = None
    squawk: pa.Array | None = None
    position_source: pa.Array | None = None
    category: pa.Array | None = None
    emergency: pa.Array | None = None
    new_leg: pa.Array | None = None
    provenance: pa.Array | str = Provenance.OBSERVED


def positions_table(reports: Reports, left_out: LeftOut) -> pa.Table:
    """Return the reports that can be true as a table of positions, in their order."""
    r = reports
    n = len(r.time_us)
    refused = _Refusals(n, left_out, r.icao24)
    refused.addresses()
    refused.times(r.time_us)
    refused.places(r.latitude_deg, r.longitude_deg)
    provenance = refused.unknown_provenance(r.provenance)
    on_ground = pa.nulls(n, pa.bool_()) if r.on_ground is None else r.on_ground
    aloft = ~on_ground.fill_null(False).to_numpy(zero_copy_only=False)
    columns = {
        "icao24": r.icao24,
        "timestamp": _timestamps(np.where(refused.kept, r.time_us, 0.0)),
        "latitude_deg": pa.array(r.latitude_deg),
        "longitude_deg": pa.array(r.longitude_deg),
        "altitude_ft": refused.within(
            "altitude", np.where(aloft, r.altitude_ft, np.nan), ALTITUDES_FT
        ),
        "on_ground": on_ground,
        "ground_speed_kt": refused.within("speed", r.ground_speed_kt, SPEEDS_KT),
        "track_deg": refused.within("track", _turned(r.track_deg), (0.0, 360.0)),
        "vertical_rate_ft_min": refused.within(
            "vertical_rate", r.vertical_rate_ft_min, RATES_FT_MIN
        ),
        "callsign": _or_null(r.callsign, n, pa.string()),
        "squawk": _or_null(r.squawk, n, pa.string()),
        "position_source": _or_null(r.position_source, n, pa.string()),
        "category": _or_null(r.category, n, pa.string()),
        "emergency": _or_null(r.emergency, n, pa.string()),
        "new_leg": _or_null(r.new_leg, n, pa.bool_()),
        "provenance": provenance,
    }
    return _finished(columns, refused.kept, POSITIONS)


@dataclass(frozen=True)
class ListedFlights:
    """Flights of a list in columns of one length, NaN or null where unknown."""

    icao24: pa.Array
    first_seen_us: Floats
    last_seen_us: Floats
    texts: dict[str, pa.Array]
    """``callsign``, ``registration``, ``typecode``, ``origin``, ``destination``."""
    ends: dict[str, Floats]
    """``first_`` and ``last_`` ``latitude_deg``, ``longitude_deg``, ``altitude_ft``."""
    provenance: pa.Array | str = Provenance.OBSERVED


def listed_flights_table(flights: ListedFlights, left_out: LeftOut) -> pa.Table:
    """Return the flights that can be true as a table, in their order."""
    n = len(flights.first_seen_us)
    refused = _Refusals(n, left_out, flights.icao24, unit="flights")
    refused.addresses()
    refused.times(flights.first_seen_us)
    refused.times(flights.last_seen_us)
    refused.because("implausible_time", flights.last_seen_us < flights.first_seen_us)
    provenance = refused.unknown_provenance(flights.provenance)
    kept = refused.kept
    columns = {
        "icao24": flights.icao24,
        "first_seen": _timestamps(np.where(kept, flights.first_seen_us, 0.0)),
        "last_seen": _timestamps(np.where(kept, flights.last_seen_us, 0.0)),
        **flights.texts,
        **{name: _nullable(values) for name, values in flights.ends.items()},
        "provenance": provenance,
    }
    return _finished(columns, kept, LISTED_FLIGHTS)


def aircraft_table(rows: list[dict[str, object]]) -> pa.Table:
    """Return what is known of aircraft, one row for each different row.

    Columns that a row does not have are null.  What has no valid address or
    provenance is passed over here: its positions are counted where they are left out.
    """
    observed = {"provenance": str(Provenance.OBSERVED)}
    names = AIRCRAFT.names
    # A set keeps one of each; the order of first appearance keeps runs alike.
    distinct = dict.fromkeys(tuple(map((observed | row).get, names)) for row in rows)
    columns = list(zip(*distinct, strict=True)) or [()] * len(AIRCRAFT)
    table = pa.table(list(map(pa.array, columns)), schema=AIRCRAFT)
    valid = pc.and_(
        _valid_address(table["icao24"]),
        pc.is_in(table["provenance"], value_set=_PROVENANCES),
    )
    return conform(table.filter(valid), AIRCRAFT)


def without_repeats(positions: pa.Table, left_out: LeftOut) -> pa.Table:
    """Return positions without those that only repeat the one before.

    Sources that tell the state of an aircraft every second or so go on repeating its
    last position when no new one arrives, for minutes; left in, a gap would look like
    an aircraft that hangs in the air.  Slow ones may really be where they were.
    """
    if not positions.num_rows:
        return positions
    codes = positions["icao24"].combine_chunks().dictionary_encode().indices
    order = np.lexsort((positions["timestamp"].cast(pa.int64()), codes))
    repeated = (positions["ground_speed_kt"].to_numpy()[order] > _SURELY_MOVING_KT)[1:]
    for name in ("latitude_deg", "longitude_deg"):
        repeated &= np.diff(positions[name].to_numpy()[order]) == 0
    repeated &= np.diff(codes.to_numpy()[order]) == 0
    kept = np.ones(len(order), dtype=bool)
    kept[order[1:]] = ~repeated
    left_out.add("stale_repeat", "rows", int(repeated.sum()))
    return positions if kept.all() else positions.filter(pa.array(kept))


def latest_us() -> float:
    """Return the latest time that a report may be of."""
    # A clock that was set back must not cost the day.
    return max(time.time() * 1e6, _SURELY_PAST_US) + _DAY_US


class _Refusals:
    """Which rows are kept; every other is counted once, for the first reason met."""

    def __init__(
        self, n: int, left_out: LeftOut, icao24: pa.Array, unit: str = "rows"
    ) -> None:
        self.kept: Mask = np.ones(n, dtype=bool)
        self._left_out = left_out
        self._icao24 = icao24
        self._unit = unit

    def because(self, reason: str, bad: Mask) -> None:
        """Leave out, for `reason`, the rows in `bad` not left out yet."""
        newly = self.kept & bad
        self._count(reason, newly)
        self.kept &= ~bad

    def addresses(self) -> None:
        """Leave out what has no 24-bit address of its own."""
        column = self._icao24
        self.because("no_address", _mask(pc.is_null(column)))
        # Many rows are of one aircraft: each address is looked at once.
        coded = column.dictionary_encode()
        non_icao = pc.starts_with(coded.dictionary, "~")
        invalid = pc.invert(_valid_address(coded.dictionary))
        self.because("non_icao_address", _mask(non_icao.take(coded.indices)))
        self.because("bad_address", _mask(invalid.take(coded.indices)))

    def times(self, time_us: Floats) -> None:
        """Leave out what has no time, or one that cannot be."""
        self.because("no_time", np.isnan(time_us))
        self.because(
            "implausible_time", ~((time_us >= EARLIEST_US) & (time_us <= latest_us()))
        )

    def places(self, latitude_deg: Floats, longitude_deg: Floats) -> None:
        """Leave out what has no position, or one that cannot be."""
        self.because("no_position", np.isnan(latitude_deg) | np.isnan(longitude_deg))
        # Exactly 0, 0 is an unset pair of numbers, not the Gulf of Guinea.
        self.because(
            "implausible_position",
            ~((np.abs(latitude_deg) <= 90) & (np.abs(longitude_deg) <= 180))
            | ((latitude_deg == 0) & (longitude_deg == 0)),
        )

    def unknown_provenance(self, provenance: pa.Array | str) -> pa.Array:
        """Leave out what says that it is of a kind we do not know; return the kinds.

        What is not known to be observed must not pass for it.
        """
        told = _repeated(provenance, len(self.kept))
        known = pc.is_in(told, value_set=_PROVENANCES)
        self.because("unknown_provenance", ~_mask(known))
        return told

    def within(
        self, what: str, values: Floats | None, bounds: tuple[float, float]
    ) -> pa.Array:
        """Return `values` as float32, null where out of bounds; those are counted."""
        if values is None:
            return pa.nulls(len(self.kept), pa.float32())
        out = (values < bounds[0]) | (values > bounds[1])
        self._count(f"implausible_{what}", out & self.kept)
        return _nullable(np.where(out, np.nan, values).astype(np.float32))

    def _count(self, reason: str, rows: Mask) -> None:
        if n := int(np.count_nonzero(rows)):
            example = self._icao24[int(np.argmax(rows))].as_py() or ""
            self._left_out.add(reason, self._unit, n, example)


def _valid_address(icao24: pa.Array) -> pa.Array:
    is_hex = pc.match_substring_regex(icao24, _ADDRESS)
    unassigned = pc.is_in(icao24, value_set=pa.array(UNASSIGNED))
    return pc.fill_null(pc.and_(is_hex, pc.invert(unassigned)), False)


def _finished(columns: dict[str, pa.Array], kept: Mask, schema: pa.Schema) -> pa.Table:
    table = pa.table(columns)
    if not kept.all():
        table = table.filter(pa.array(kept))
    return conform(table, schema)


def _turned(track_deg: Floats | None) -> Floats | None:
    """Return courses in [0, 360): sources also count from -180."""
    if track_deg is None:
        return None
    with np.errstate(invalid="ignore"):  # the remainder of infinity
        turned: Floats = np.mod(track_deg, 360.0)
    return turned


def _mask(array: pa.Array) -> Mask:
    mask: Mask = array.fill_null(False).to_numpy(zero_copy_only=False)
    return mask


def _timestamps(time_us: Floats) -> pa.Array:
    return pa.array(time_us.astype(np.int64)).cast(UTC_US)


def _nullable(values: NDArray[np.floating]) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _or_null(column: pa.Array | None, n: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(n, kind) if column is None else column


def _repeated(value: pa.Array | str, n: int) -> pa.Array:
    return pa.repeat(str(value), n) if isinstance(value, str) else value
