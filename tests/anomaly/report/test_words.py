from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_builders import Plan, ReadAlert

from anomaly.report import plain, words


@given(st.floats(0.0001, 0.9999))
def test_a_share_is_never_rounded_to_all_or_nothing(share: float) -> None:
    assert words.percent(share) not in {"0\xa0%", "100\xa0%"}


@given(st.floats(0, 1))
def test_a_score_is_never_rounded_to_certainty(score: float) -> None:
    assert words.score(score) not in {"0.00", "1.00"}


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "unknown"), (math.nan, "unknown"), (0.5, "30 min"), (3.0, "3 h")],
)
def test_a_length_of_time_is_in_hours_and_minutes(
    value: float | None, said: str
) -> None:
    assert words.hours(value).replace("\xa0", " ") == said


def test_what_was_seen_tells_that_a_landing_was_not(alert_of: ReadAlert) -> None:
    said = words.what_was_seen(alert_of(Plan())).replace("\xa0", " ")
    assert "3 flights from Chkalovskiy" in said
    assert "2 stopovers, 1 of them inferred and not seen" in said


def test_the_terminal_says_that_tracks_are_made(alert_of: ReadAlert) -> None:
    assert plain.text(alert_of(Plan())).startswith("*** RE-ENACTED ***")


def test_nothing_an_aircraft_sends_moves_the_cursor(alert_of: ReadAlert) -> None:
    text = plain.text(alert_of(Plan(operator="\x1b[2J\x07evil\r")))
    assert "evil" in text
    assert not [c for c in text if ord(c) < 32 and c != "\n"]
