"""readsb globe_history: traces in a tar, in a split tar, in a folder, or one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from anomaly.errors import BadInputError
from anomaly.ingest import archive, tar_map
from anomaly.ingest import trace_columns as cols
from anomaly.ingest.base import Batch, DamagedError, LeftOut, Piece, TrackReader
from anomaly.ingest.compression import head, inflate_up_to_cut, read_what_is_there
from anomaly.ingest.cut_traces import decode_up_to_cut
from anomaly.ingest.fast_traces import CAPACITY, FastTraces
from anomaly.ingest.tables import Reports, aircraft_table, positions_table
from anomaly.ingest.trace_decoder import Trace
from anomaly.layout import PACKED, packed

# A folder also holds trace_recent_…, the end of the same trace again.
_TRACE_NAME = re.compile(
    r"(^|.*/)trace_full_~?(?P<address>[0-9a-fA-F]{6})\.json(\.gz|\.zst)?$"
)
_TRACE_START = re.compile(rb'\s*\{\s*"icao"\s*:')
# Where a day's folder keeps its traces, from its top or from "traces" within.
_LAYOUTS = ("traces/[0-9a-f][0-9a-f]", "[0-9a-f][0-9a-f]")


@dataclass(frozen=True)
class _File:
    """A file's inflated content, and how much of the source has been read with it."""

    name: str
    data: bytes
    share: float
    damage: DamagedError | None = None
    """Why `data` is only how it begins."""


def sniff(path: Path) -> bool:
    """Recognise a day's folder, a tar, and a trace by how it begins."""
    if path.is_dir():
        return any(
            any(path.glob(f"{layout}/trace_full_*.json*")) for layout in _LAYOUTS
        ) or _holds_only_traces(path)
    if archive.is_tar(path) or _is_trace_name(path.name):
        return True
    return bool(_TRACE_START.match(head(path)))


def read(path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the positions of all traces in `path`, some hundred aircraft at a time."""
    if path.is_dir():
        return _some(_batches(_from_folder(path, left_out), left_out), path, left_out)
    if archive.is_tar(path):
        members = archive.members(path, _is_trace_name, left_out)
        return _some(_batches(_inflated(members, left_out), left_out), path, left_out)
    # Alone it has no siblings to go on with, so damage is an error and no count.
    trace = decode_up_to_cut(*_up_to_cut(path), path.name, left_out)
    return iter([_batch_of_reference([trace], 1.0, left_out)])


def pieces(path: Path, left_out: LeftOut) -> list[Piece] | None:
    """Divide a tar by the last digit of the address, if it is whole and plain.

    The store keeps a day in parts by the same digit, so each is then read by one.
    """
    if not archive.is_tar(path):
        return None
    found = tar_map.pieces(path, _is_trace_name, _last_digit, left_out)
    if found is None:
        return None
    return [partial(_read_piece, piece) for piece in found]


def _read_piece(piece: tar_map.Piece, left_out: LeftOut) -> Iterator[Batch]:
    return _batches(_inflated(piece.members(), left_out), left_out)


def _last_digit(name: str) -> str:
    told = _TRACE_NAME.match(name)
    return told["address"][-1].lower() if told else ""


def _some(batches: Iterator[Batch], path: Path, left_out: LeftOut) -> Iterator[Batch]:
    """Yield the batches; there must be one, or nothing of the path can be read."""
    batch = None
    for batch in batches:
        yield batch
    if batch is None:
        raise BadInputError(
            f"{path.name} holds no trace that can be read",
            hint=_why(left_out) or "Look for traces/??/trace_full_*.json in it.",
        )


def _batches(files: Iterable[_File], left_out: LeftOut) -> Iterator[Batch]:
    """Yield the traces in inflated files, read fast where they are as readsb's are.

    They stay in the order of the files, whichever decoder reads them.
    """
    fast, slow = FastTraces(), _Slow()  # one of them is always empty
    share = 0.0
    for file in files:
        code = cols.MALFORMED if file.damage else fast.add(file.data)
        if code < 0 and len(fast):
            yield _batch_of_fast(fast, share, left_out)
            code = fast.add(file.data) if code == cols.FULL else code
        if slow.traces and (code == 0 or slow.n_rows >= CAPACITY):
            yield _batch_of_reference(slow.taken(), share, left_out)
        share = file.share
        if code < 0:
            try:
                trace = decode_up_to_cut(file.data, file.damage, file.name, left_out)
            except DamagedError as error:
                left_out.add(error.reason, "files", example=file.name)
            else:
                slow.add(trace)
    if len(fast):
        yield _batch_of_fast(fast, share, left_out)
    if slow.traces:
        yield _batch_of_reference(slow.taken(), share, left_out)


@dataclass
class _Slow:
    """Traces that the reference decoder has read."""

    traces: list[Trace] = field(default_factory=list)
    n_rows: int = 0

    def add(self, trace: Trace) -> None:
        self.traces.append(trace)
        self.n_rows += len(trace.time_us)

    def taken(self) -> list[Trace]:
        """Return the traces and forget them."""
        traces, self.traces, self.n_rows = self.traces, [], 0
        return traces


def _inflated(members: Iterable[archive.Member], left_out: LeftOut) -> Iterator[_File]:
    for member in members:
        try:
            data, damage = inflate_up_to_cut(member.data, member.name)
        except DamagedError as error:
            left_out.add(error.reason, "files", example=member.name)
        else:
            yield _File(member.name, data, member.share, damage)


def _from_folder(path: Path, left_out: LeftOut) -> Iterator[_File]:
    files = sorted(file for file in path.rglob("*") if file.is_file())
    for i, file in enumerate(files, 1):
        name = file.relative_to(path).as_posix()
        if not _is_trace_name(file.name):
            left_out.add("not_a_trace", "files", example=name)
            continue
        try:
            data, damage = _up_to_cut(file)
        except DamagedError as error:
            left_out.add(error.reason, "files", example=name)
        else:
            yield _File(name, data, i / len(files), damage)


def _up_to_cut(path: Path) -> tuple[bytes, DamagedError | None]:
    """Return the content of a file up to a cut; any other damage is raised."""
    data, damage = read_what_is_there(path)
    if damage and damage.reason != "truncated_gzip":
        raise damage
    return data, damage


def _batch_of_fast(fast: FastTraces, share: float, left_out: LeftOut) -> Batch:
    batch = Batch(
        rows=fast.positions(left_out),
        aircraft=aircraft_table(fast.aircraft),
        n_files=len(fast),
        share=share,
    )
    fast.clear()
    return batch


def _batch_of_reference(traces: list[Trace], share: float, left_out: LeftOut) -> Batch:
    rows = positions_table(reports_of(traces), left_out)
    small = packed(rows)
    return Batch(
        rows=small if small.schema.equals(PACKED) else rows,
        aircraft=aircraft_table([trace.aircraft for trace in traces]),
        n_files=len(traces),
        share=share,
    )


def reports_of(traces: list[Trace]) -> Reports:
    """Return the rows of all traces, in order."""
    lengths = [len(trace.time_us) for trace in traces]
    of_row = pa.array(np.repeat(np.arange(len(traces)), lengths))
    return Reports(
        icao24=pa.array([trace.icao24 for trace in traces]).take(of_row),
        provenance=pa.array([t.aircraft["provenance"] for t in traces]).take(of_row),
        time_us=np.concatenate([trace.time_us for trace in traces]),
        latitude_deg=np.concatenate([trace.latitude_deg for trace in traces]),
        longitude_deg=np.concatenate([trace.longitude_deg for trace in traces]),
        altitude_ft=np.concatenate([trace.altitude_ft for trace in traces]),
        ground_speed_kt=np.concatenate([trace.ground_speed_kt for trace in traces]),
        track_deg=np.concatenate([trace.track_deg for trace in traces]),
        vertical_rate_ft_min=np.concatenate(
            [trace.vertical_rate_ft_min for trace in traces]
        ),
        on_ground=pa.concat_arrays([trace.on_ground for trace in traces]),
        callsign=pa.concat_arrays([trace.callsign for trace in traces]),
        squawk=pa.concat_arrays([trace.squawk for trace in traces]),
        position_source=pa.concat_arrays([trace.position_source for trace in traces]),
        category=pa.concat_arrays([trace.category for trace in traces]),
        emergency=pa.concat_arrays([trace.emergency for trace in traces]),
        new_leg=pa.concat_arrays([trace.new_leg for trace in traces]),
    )


def _holds_only_traces(folder: Path) -> bool:
    """Tell a folder of traces from one in which a trace lies among other things."""
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    return bool(entries) and all(_is_trace_name(entry.name) for entry in entries)


def _is_trace_name(name: str) -> bool:
    return bool(_TRACE_NAME.match(name))


def _why(left_out: LeftOut) -> str:
    if {reason for reason, _ in left_out.counts} == {"not_a_trace"}:
        return "If it holds tables or snapshots, unpack it and pass its folder."
    told = [
        f"{n:,} {unit}: {reason.replace('_', ' ')}"
        for (reason, unit), n in left_out.counts.most_common(3)
    ]
    return f"Left out: {', '.join(told)}." if told else ""


READER = TrackReader(name="readsb-trace", sniff=sniff, read=read, pieces=pieces)
