from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from report_builders import Plan, ReadAlert, ReadDay

from anomaly.report import briefing, words
from anomaly.report.html import render
from anomaly.report.modelcard import ModelCard


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_day_is_told_with_what_is_among_its_flags(shared_day_of: ReadDay) -> None:
    day = shared_day_of(
        Plan(mission="m"),
        Plan(icao24="154073", rank=2, mission="m"),
        Plan(icao24="3c6444", rank=3, private=True),
    )
    text = plain(briefing.what_was_flagged(day))
    assert text.startswith("They make 3 journeys, of which 3 are flagged for review ")
    assert "(at most 25 were asked for, and each needed 3.5 bits of odds" in text
    assert "1 pair on one unusual way, " in text
    assert "1 of aircraft shown by address only" in text
    assert "3 with a stopover that nobody saw" in text
    assert "flights of 3 aircraft ended on this day" in plain(
        briefing.what_was_read(day)
    )


def test_a_day_without_a_flag_says_so(shared_day_of: ReadDay) -> None:
    day = shared_day_of(Plan(flagged=False))
    assert plain(briefing.what_was_flagged(day)).endswith("none is flagged for review.")


def test_the_index_tells_in_a_sentence_how_far_to_trust_it(
    shared_day_of: ReadDay,
) -> None:
    day = shared_day_of(Plan())
    card = ModelCard(
        "flight-anomaly",
        "3",
        n_rows=10,
        n_positive=5,
        metrics=(),
        summary="Learnt from little.",
        known_recall="Of 99 documented cases half are within 25 alerts.",
    )

    def index(card: ModelCard) -> str:
        return render(replace(day, card=card), Path("data"))["index.html"]

    made = index(replace(card, provenance=("simulated",)))
    assert "Scored by flight-anomaly 3. Of 99 documented cases half" in made
    assert "right on real traffic has not been measured" in made
    assert "Learnt from little." not in made
    real = index(replace(card, provenance=("observed", "simulated")))
    assert "stands on the page of the model" in real


def test_a_flight_that_went_unseen_between_two_others_is_told(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan(route=("UUMU", "OSLK", "GOOY")))
    before, after = alert.legs
    elsewhere = replace(after.origin, ident="HECA")
    torn = replace(alert, legs=(before, replace(after, origin=elsewhere)))
    assert "at least one flight is missing" not in words.what_was_seen(alert)
    text = plain(words.what_was_seen(torn))
    assert "It went from OSLK to HECA unseen, between " in text
    assert text.count("at least one flight is missing") == 1
