"""Read a day's scores, and the evidence behind those to be shown, from the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anomaly import completeness
from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.marks import Marks
from anomaly.origins import of_flights
from anomaly.reference import Reference
from anomaly.report.evidence import Evidence, alert, tracks_of
from anomaly.report.modelcard import read_card
from anomaly.report.standing import with_standing
from anomaly.report.summary import Alert, Day, LeftOut
from anomaly.report.surroundings import with_surroundings
from anomaly.report.watching import watched
from anomaly.store import Store

# Below the line an analyst sees what nearly made it, or what led on a quiet day.
N_BELOW = 10

Row = dict[str, Any]


def read_day(
    store: Store,
    date: dt.date,
    reference: Reference,
    *,
    n_below: int = N_BELOW,
    show_private: bool = False,
) -> Day:
    """Return all that the report of `date` tells, as known when that day ended.

    Aircraft whose owners asked for privacy are shown by address only, unless
    `show_private` is told.

    Raises
    ------
    NoDataError
        If the day has not been scored.
    """
    scores = store.read("scores", date)
    leads = scores.filter(scores["leads"]).sort_by("rank")
    flagged = leads.filter(leads["flagged"])
    below = leads.filter(pc.invert(leads["flagged"])).slice(0, n_below)
    rows = pa.concat_tables([flagged, below]).to_pylist()
    shown = {row["journey_id"] for row in rows}
    marks = Marks(store.verdicts).listed()
    rows += [
        row
        for row in watched(store, date, leads, marks, show_private=show_private)
        if row["journey_id"] not in shown
    ]
    alerts = read_alerts(store, date, rows, reference, show_private=show_private)
    alerts = with_surroundings(store, date, alerts, reference)
    flights = store.read(
        "flights", date, columns=["flight_id", "icao24", "date", "n_positions"]
    )
    flights = flights.filter(pc.equal(flights["date"], date))
    first: Row = scores.slice(0, 1).to_pylist()[0] if scores.num_rows else {}
    model = str(first.get("model", ""))
    complete, lacks = completeness.of_day(store, date)
    return Day(
        date=date,
        complete=complete,
        lacks=lacks,
        flagged=tuple(alert for alert in alerts if alert.flagged),
        below=tuple(
            alert for alert in alerts if not alert.flagged and alert.journey_id in shown
        ),
        watched=tuple(alert for alert in alerts if alert.journey_id not in shown),
        n_alerts=leads.num_rows,
        n_flights=flights.num_rows,
        n_aircraft=pc.count_distinct(flights["icao24"]).as_py(),
        n_positions=pc.sum(flights["n_positions"]).as_py() or 0,
        n_without_positions=pc.sum(pc.equal(flights["n_positions"], 0)).as_py() or 0,
        left_out=_left_out(store, date),
        sources=tuple(
            f"{source['source']} ({source['reader']})"
            for source in _sources(store, date)
        ),
        model=model,
        feature_set_id=str(first.get("feature_set_id", "")),
        identity_hidden=bool(first.get("identity_hidden", False)),
        card=read_card(store.model_card(model)),
        provenances=_provenances(scores),
    )


def read_flagged(
    store: Store, date: dt.date, reference: Reference, *, show_private: bool = False
) -> tuple[Alert, ...]:
    """Return a day's flags alone, with the evidence of their journeys.

    Raises
    ------
    NoDataError
        If the day has not been scored.
    """
    scores = store.read("scores", date)
    rows = scores.filter(pc.and_(scores["leads"], scores["flagged"])).sort_by("rank")
    return read_alerts(
        store, date, rows.to_pylist(), reference, show_private=show_private
    )


def read_alert(store: Store, flight_id: str, reference: Reference) -> Alert:
    """Return one scored flight with its evidence; it need not lead its journey.

    Raises
    ------
    NoDataError
        If the flight has not been scored.
    """
    for date in reversed(store.dates("scores")):
        scores = store.read("scores", date, icao24=[flight_id.rpartition("-")[0]])
        rows = scores.filter(pc.equal(scores["flight_id"], flight_id)).to_pylist()
        if rows:
            return read_alerts(store, date, rows[:1], reference)[0]
    raise NoDataError(
        f"flight {flight_id} has not been scored in {store.root}",
        hint="Run `anomaly score` for its day first.",
    )


def read_alerts(
    store: Store,
    date: dt.date,
    scores: Sequence[Row],
    reference: Reference,
    *,
    show_private: bool = False,
) -> tuple[Alert, ...]:
    """Return one alert for each row of `scores`, in their order."""
    if not scores:
        return ()
    chains = _chains(store, date, scores)
    known = _read_evidence(store, date, scores, chains, reference)
    found = [
        alert(score, chain, known, show_private=show_private)
        for score, chain in zip(scores, chains, strict=True)
    ]
    return with_standing(store, found)


def _read_evidence(
    store: Store,
    date: dt.date,
    scores: Sequence[Row],
    chains: Sequence[Row],
    reference: Reference,
) -> Evidence:
    first = min([date, *(chain["started"].date() for chain in chains)])
    icao24 = {row["icao24"] for row in scores}

    def rows(table: str) -> Iterable[Row]:
        for day in store.dates(table):
            if first <= day <= date:
                yield from store.read(table, day, icao24=icao24).to_pylist()

    # Later days revise earlier ones: the last row of a flight knows most.
    flights = {row["flight_id"]: row for row in rows("flights")}
    wanted = {row["flight_id"] for row in scores}
    wanted.update(flight_id for chain in chains for flight_id in chain["flight_ids"])
    if missing := sorted(wanted - flights.keys()):
        raise NoDataError(
            f"the scores of {date} speak of flights no longer stored, "
            f"such as {missing[0]}",
            hint=f"Run `anomaly score {date}` again.",
        )
    stopovers = {(r["flight_before"], r["flight_after"]): r for r in rows("stopovers")}
    gaps: dict[str, dict[dt.datetime, Row]] = {}
    for row in rows("gaps"):
        gaps.setdefault(row["flight_id"], {})[row["start"]] = row
    candidates: dict[tuple[str, str], list[Row]] = {}
    for row in _candidates(store, first, date, wanted):
        candidates.setdefault((row["flight_id"], row["end"]), []).append(row)
    positions = [
        store.read("positions", day, icao24=icao24)
        for day in store.dates("positions")
        if first <= day <= date
    ]
    return Evidence(
        flights=flights,
        stopovers=list(stopovers.values()),
        gaps={key: list(of.values()) for key, of in gaps.items()},
        tracks=tracks_of(positions, flights, reference),
        reference=reference,
        readers=", ".join(sorted({row["reader"] for row in _sources(store, date)}))
        or "not told",
        candidates=candidates,
        day_ends=dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), dt.UTC),
        looked_up={
            (row["icao24"], row["field"]): row["database"] for row in rows("looked_up")
        },
        origins=of_flights(store, [flights[row["flight_id"]] for row in scores]),
    )


def _candidates(
    store: Store, first: dt.date, last: dt.date, flight_ids: Collection[str]
) -> list[Row]:
    """Return the fields that may be ends of flights, as the latest day knows them."""
    known: dict[str, list[Row]] = {}
    for day in store.dates("candidates"):
        if first <= day <= last:
            table = store.read("candidates", day)
            kept = pc.is_in(table["flight_id"], pa.array(flight_ids, pa.string()))
            today: dict[str, list[Row]] = {}
            for row in table.filter(kept).to_pylist():
                today.setdefault(row["flight_id"], []).append(row)
            known |= today
    return [row for rows in known.values() for row in rows]


def _chains(store: Store, date: dt.date, scores: Sequence[Row]) -> list[Row]:
    """Return for each score its journey's row with the most flights."""
    icao24 = {row["icao24"] for row in scores}
    longest: dict[str, Row] = {}
    for row in store.read("journeys", date, icao24=icao24).to_pylist():
        known = longest.get(row["journey_id"])
        if known is None or len(known["flight_ids"]) < len(row["flight_ids"]):
            longest[row["journey_id"]] = row
    listed = {row["flight_id"]: row for row in _listed(store, date, icao24)}
    for score in scores:
        flight = listed.get(score["flight_id"])
        if flight and score["journey_id"] == score["flight_id"]:
            longest.setdefault(score["journey_id"], _alone(flight))
        chain = longest.get(score["journey_id"])
        if chain is None or score["flight_id"] not in chain["flight_ids"]:
            raise NoDataError(
                f"the scores of {date} speak of a journey no longer stored, "
                f"{score['journey_id']}",
                hint=f"Run `anomaly score {date}` again.",
            )
    return [longest[score["journey_id"]] for score in scores]


def _listed(store: Store, date: dt.date, icao24: Collection[str]) -> list[Row]:
    """Return the flights of a day that are known from a list, without positions."""
    flights = store.read("flights", date, icao24=icao24)
    known = pc.greater(pc.fill_null(flights["n_positions"], 0), 0)
    rows: list[Row] = flights.filter(pc.invert(known)).to_pylist()
    return rows


def _alone(flight: Row) -> Row:
    """Return the journey of a flight of a list: nobody says what came before."""
    return {
        "flight_ids": [flight["flight_id"]],
        "airports": [flight["origin"] or "?", flight["destination"] or "?"],
        "started": flight["first_seen"],
        "total_nm": None,
        "direct_nm": None,
    }


def _provenances(scores: pa.Table) -> tuple[Provenance, ...]:
    found = {Provenance(kind) for kind in scores["provenance"].unique().to_pylist()}
    return tuple(kind for kind in Provenance if kind in found)


def _sources(store: Store, date: dt.date) -> list[Row]:
    """Return the sources that reach into the day; an empty one may."""
    if not store.has("sources"):
        return []
    start = dt.datetime.combine(date, dt.time(), dt.UTC)
    end = start + dt.timedelta(days=1)
    rows = store.read("sources").sort_by("source").to_pylist()
    return [
        row
        for row in rows
        if row["first_seen"] is None
        or (row["first_seen"] < end and row["last_seen"] >= start)
    ]


def _left_out(store: Store, date: dt.date) -> tuple[LeftOut, ...]:
    if not store.has("left_out"):
        return ()
    of_day = {row["source"] for row in _sources(store, date)}
    dated = set()
    if store.has("sources"):
        dated.update(store.read("sources", columns=["source"])["source"].to_pylist())
    counts: dict[tuple[str, str], LeftOut] = {}
    for row in store.read("left_out").to_pylist():
        # What nothing was read from has no day, and may have been of this one.
        if row["source"] in dated - of_day:
            continue
        key = (row["reason"], row["unit"])
        before = counts.get(key)
        counts[key] = LeftOut(
            *key,
            row["n"] + (before.n if before else 0),
            before.example if before else row["example"],
        )
    return tuple(sorted(counts.values(), key=lambda out: (-out.n, out.reason)))
