"""What a flag says of its surprise and of its place."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from report_builders import (
    DAY,
    Plan,
    ReadAlert,
    reference,
    write_day,
)

import features
from anomaly.report.reading import read_day
from anomaly.report.summary import Alert, End
from anomaly.report.unusual import parts, why_here
from anomaly.store import Store
from features import stored, surprise

NEVER = {surprise.PAIR: 12.0} | dict.fromkeys(list(surprise.PARTS)[1:], 6.0)
NEVER |= {surprise.FIRST_VISIT: 1.0, surprise.SEEN_PAIR: math.nan}


def test_what_nobody_flew_is_told_part_by_part(alert_of: ReadAlert) -> None:
    told = parts(alert_of(Plan()), NEVER, reference())
    assert [part.text for part in told] == [
        "no flight from Senegal to Venezuela was seen on the days before",
        "no IL62 was seen to fly from Senegal to Venezuela on the days before",
        "its operator was not seen to fly to Venezuela on the days before",
        "first visit of this airframe to Simón Bolívar International Airport (SVMI) "
        "in the days stored",
    ]
    assert all(part.rare for part in told)


def test_what_was_seen_is_told_as_one_in_so_many(alert_of: ReadAlert) -> None:
    common = dict.fromkeys(surprise.PARTS, 1.0)
    values = NEVER | common | {surprise.PAIR: 9.0, surprise.FIRST_VISIT: 0.0}
    told = parts(alert_of(Plan()), values, reference())
    assert told[0].text == "about one flight in 585 was from Senegal to Venezuela"
    assert told[3].text.startswith("this airframe has been to Simón Bolívar")
    assert not any(part.rare for part in told)


def test_what_is_not_known_says_how_it_counts(alert_of: ReadAlert) -> None:
    unknown = dict.fromkeys(surprise.COLUMNS, math.nan)
    told = parts(alert_of(Plan()), unknown | {surprise.PAIR: 12.0}, reference())
    assert told[1].text.endswith("not known, counted as rare as the pair of states")
    told = parts(alert_of(Plan()), unknown, reference())
    assert {part.text.rpartition(": ")[2] for part in told} == {"not known"}


def lost(alert: Alert, place: tuple[float, float]) -> Alert:
    """Return the journey as if the landing of its last flight were not known."""
    unknown = End(None, None, "unknown", None, "lost")
    return replace(
        alert,
        legs=tuple(
            replace(leg, destination=unknown, last_point=place) for leg in alert.legs
        ),
    )


@pytest.mark.parametrize(
    ("place", "way"),
    [
        ((8.0, -65.0), "Venezuela, over which it was last seen,"),
        (
            (11.0, -66.5),
            "Venezuela, whose field was the nearest to where it was last seen,",
        ),
    ],
)
def test_where_an_end_is_unknown_the_states_it_was_seen_by_are_told(
    alert_of: ReadAlert, place: tuple[float, float], way: str
) -> None:
    alert = lost(alert_of(Plan()), place)
    unknown = dict.fromkeys(surprise.COLUMNS, math.nan)
    told = parts(alert, unknown | {surprise.SEEN_PAIR: 12.0}, reference())
    assert [part.feature for part in told] == [
        surprise.SEEN_PAIR,
        *list(surprise.PARTS)[1:],
    ]
    never = f"no flight from Senegal to {way} was seen on the days before"
    assert told[0].text == never
    assert told[1].text.endswith("not known, counted as rare as the pair of states")
    assert f"unusual: {never}." in why_here(replace(alert, unusual=told))
    (seldom, *_) = parts(alert, unknown | {surprise.SEEN_PAIR: 9.0}, reference())
    assert seldom.text == f"flights from Senegal to {way} are about one in 585"


def test_of_an_aircraft_that_is_not_named_its_type_and_operator_are_not_told(
    alert_of: ReadAlert,
) -> None:
    told = parts(alert_of(Plan(private=True)), NEVER, reference())
    identity = set(features.identity_features())
    assert {part.feature for part in told} == surprise.PARTS.keys() - identity


def test_parts_are_told_only_if_they_make_up_the_surprise_that_was_scored(
    store: Store,
) -> None:
    write_day(store, [Plan(surprise_bits=surprise.UNKNOWN_BITS)])
    stored.keep_days(store, [DAY])
    (alert,) = read_day(store, DAY, reference()).flagged
    assert [part.feature for part in alert.unusual] == list(surprise.PARTS)
    write_day(store, [Plan(surprise_bits=6.1)])
    (alert,) = read_day(store, DAY, reference()).flagged
    assert alert.unusual == ()


def test_it_is_told_how_unlike_ordinary_traffic_it_is(alert_of: ReadAlert) -> None:
    told = why_here(alert_of(Plan(ordinary_bits=6.0, look_alike_bits=-1.0)))
    assert "64 to 1 against ordinary traffic and 1 to 2 against relief" in told
    assert "Its surprise is 6.1" in told.replace("\xa0", " ")
    clear = why_here(alert_of(Plan(ordinary_bits=-9.0, look_alike_bits=None)))
    assert "1 to 512 against ordinary traffic, so clearly that nothing else" in clear


def test_what_an_older_version_did_not_keep_is_not_told(alert_of: ReadAlert) -> None:
    assert "odds" not in why_here(alert_of(Plan(ordinary_bits=None)))
