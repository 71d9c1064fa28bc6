"""What a flag says of its surprise and of its place."""

from __future__ import annotations

import datetime as dt
import math

from report_builders import (
    DAY,
    START,
    Pages,
    Plan,
    ReadAlert,
    ReadDay,
    reference,
    write_day,
)

import features
from anomaly.domain import Reason
from anomaly.report.grouping import place
from anomaly.report.html import render
from anomaly.report.reading import read_day
from anomaly.report.unusual import is_beside_the_place, parts, why_here
from anomaly.store import Store
from features import stored, surprise

NEVER = {surprise.PAIR: 12.0} | dict.fromkeys(list(surprise.PARTS)[1:], 6.0)
NEVER[surprise.FIRST_VISIT] = 1.0


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
    values = {surprise.PAIR: 9.0, surprise.FIRST_VISIT: 0.0}
    values |= {name: 1.0 for name in surprise.PARTS if name not in values}
    told = parts(alert_of(Plan()), values, reference())
    assert told[0].text == "about one flight in 585 was from Senegal to Venezuela"
    assert told[3].text.startswith("this airframe has been to Simón Bolívar")
    assert not any(part.rare for part in told)


def test_what_is_not_known_says_how_it_counts(alert_of: ReadAlert) -> None:
    unknown = dict.fromkeys(surprise.PARTS, math.nan)
    told = parts(alert_of(Plan()), unknown | {surprise.PAIR: 12.0}, reference())
    assert told[1].text.endswith("not known, counted as rare as the pair of states")
    told = parts(alert_of(Plan()), unknown, reference())
    assert {part.text.rpartition(": ")[2] for part in told} == {"not known"}


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


def test_the_score_that_counts_is_named(alert_of: ReadAlert) -> None:
    lower = alert_of(Plan(score=0.97, score_without_identity=0.91))
    higher = alert_of(Plan(score=0.9, score_without_identity=0.95))
    alone = alert_of(Plan(score=0.9, score_without_identity=None))
    assert "score without identity, 0.91, counts for its place" in why_here(lower)
    assert "score with identity, 0.90, counts for its place" in why_here(higher)
    assert "Its score, 0.90, counts for its place" in why_here(alone)
    assert "Its surprise is 6.1" in why_here(alone).replace("\xa0", " ")


def test_a_reason_of_identity_does_not_count_where_the_other_score_does(
    alert_of: ReadAlert,
) -> None:
    who = Reason("operator_is_military", "yes", "the operator is an air force", 1.0)
    where = Reason("stopover_n_military", "1", "stopped at a military field", 1.0)
    lower = alert_of(Plan(score=0.97, score_without_identity=0.91))
    higher = alert_of(Plan(score=0.9, score_without_identity=0.95))
    assert is_beside_the_place(lower, who)
    assert not is_beside_the_place(lower, where)
    assert not is_beside_the_place(higher, who)


def test_a_place_is_told_in_words_and_the_bits_can_be_opened(
    shared_day_of: ReadDay, store: Store
) -> None:
    pair = (
        Plan(mission="m"),
        Plan(
            icao24="154073",
            registration="RA-82035",
            rank=2,
            mission="m",
            start=START + dt.timedelta(minutes=50),
        ),
        Plan(icao24="3c6444", rank=3),
    )
    day = shared_day_of(*pair)
    told = [place(one, day.companions(one), 2701) for one in day.flagged]
    plain = [text.replace("\xa0", " ") for text in told]
    assert plain[0] == (
        "1st of 2,701 journeys: listed with RA-82035 (rank 2), which flew the same "
        "unusual way 50 min apart."
    )
    assert plain[1].startswith("2nd of 2,701 journeys: listed with RA-86496 (rank 1)")
    assert plain[2] == "3rd of 2,701 journeys."
    write_day(store, pair)
    pages = render(read_day(store, DAY, reference()), store.root)
    page = next(text for name, text in pages.items() if "3c6444" in name)
    assert "<summary>How the place comes about</summary>" in page


def test_a_weak_reason_against_is_not_told_as_one(pages_of: Pages) -> None:
    weak, strong = (
        next(
            text
            for name, text in pages_of(Plan(reasons=reasons)).items()
            if name.startswith("flags/") and name.endswith(".html")
        )
        for reasons in (
            (("stopover_n", "2", "two stops", 1.0), ("route_x", "1", "so-so", -0.19)),
            (("stopover_n", "2", "two stops", 1.0), ("route_x", "1", "so-so", -0.21)),
        )
    )
    assert weak.count("Nothing the model weighs speaks against it") == 2
    assert "so-so" not in weak
    assert "Against it speaks most: so-so." in strong
    for page in (weak, strong):
        assert page.count("A relief flight or a charter") == 1


def test_the_score_says_which_flight_it_is_of(pages_of: Pages) -> None:
    page = next(text for name, text in pages_of(Plan()).items() if "Z.html" in name)
    assert "(of flight 3 of 3, the one that stands highest)" in page
    # Nothing stands between the bar and what follows it.
    assert "</svg> and without identity <b>0.91</b>" in page
