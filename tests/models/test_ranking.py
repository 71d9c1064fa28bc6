from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from features.surprise import odds_bits
from models.ranking import ranked


def flights(*rows: tuple[str, str, float, float, str | None]) -> pd.DataFrame:
    """Return flights that are as unlike ordinary traffic as their score is high."""
    columns = ["flight_id", "alert", "score", "surprise_bits", "way"]
    found = pd.DataFrame(rows, columns=columns).set_index("flight_id")
    return found.assign(ordinary_bits=odds_bits(found["score"]), look_alike_bits=0.0)


def ranks(listed: pd.DataFrame) -> dict[str, int]:
    return dict(zip(listed.index, listed["rank"], strict=True))


def test_a_journey_is_listed_once_and_led_by_its_best_flight() -> None:
    listed = ranked(
        flights(
            ("a1", "a", 0.2, 1, None),
            ("a2", "a", 0.9, 1, None),
            ("b1", "b", 0.5, 1, None),
        )
    )
    assert list(listed.index[listed["leads"]]) == ["a2", "b1"]
    assert ranks(listed) == {"a2": 1, "a1": 1, "b1": 2}


def test_the_unusual_stands_above_the_routine_of_the_same_score() -> None:
    listed = ranked(flights(("a1", "a", 0.9, 2, None), ("b1", "b", 0.9, 12, None)))
    assert ranks(listed) == {"b1": 1, "a1": 2}


def test_what_looks_like_relief_stands_by_how_unlike_ordinary_traffic_it_is() -> None:
    likely = flights(("likely", "likely", 0.9, 6, None))
    remarkable = flights(("remarkable", "remarkable", 0.4, 6, None))
    listed = ranked(
        pd.concat(
            [likely.assign(ordinary_bits=4.0), remarkable.assign(ordinary_bits=9.0)]
        )
    )
    assert ranks(listed) == {"remarkable": 1, "likely": 2}


def test_what_a_look_alike_is_likelier_to_be_stands_lower() -> None:
    alike = flights(("alike", "alike", 0.5, 6, None), ("other", "other", 0.5, 6, None))
    listed = ranked(alike.assign(ordinary_bits=[9.0, 6.0], look_alike_bits=[-4.0, 2.0]))
    assert ranks(listed) == {"other": 1, "alike": 2}


def test_a_bit_of_surprise_counts_as_two_of_odds() -> None:
    even = flights(("a", "a", 0.5, 5, None), ("b", "b", 0.5, 3, None))
    listed = ranked(even.assign(ordinary_bits=[0.0, 4.1]))
    assert ranks(listed) == {"b": 1, "a": 2}


def test_a_pair_on_one_unusual_way_stands_together() -> None:
    listed = ranked(
        flights(
            ("il62", "il62", 0.95, 8, "GOOY>SVMI"),
            ("other", "other", 0.90, 8, None),
            ("an124", "an124", 0.60, 8, "GOOY>SVMI"),
        )
    )
    assert ranks(listed) == {"il62": 1, "an124": 2, "other": 3}
    assert listed.loc["an124", "mission"] == "il62"


def test_a_likely_companion_raises_both_above_a_better_one_alone() -> None:
    listed = ranked(
        flights(
            ("alone", "alone", 0.95, 8, None),
            ("il62", "il62", 0.80, 8, "GOOY>SVMI"),
            ("an124", "an124", 0.83, 8, "GOOY>SVMI"),
        )
    )
    assert ranks(listed) == {"an124": 1, "il62": 2, "alone": 3}


def test_an_airliner_that_happens_to_fly_the_same_way_is_no_companion() -> None:
    listed = ranked(
        flights(
            ("il62", "il62", 0.95, 8, "GOOY>SVMI"),
            ("other", "other", 0.90, 8, None),
            ("airliner", "airliner", 0.01, 8, "GOOY>SVMI"),
        )
    )
    assert ranks(listed)["airliner"] == 3


rows = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.floats(0, 1),
        st.floats(0, 15),
        st.sampled_from(["x", None]),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(rows)
def test_ranks_count_up_and_row_order_does_not_matter(
    drawn: list[tuple[str, float, float, str | None]],
) -> None:
    frame = flights(*((f"f{i}", *row) for i, row in enumerate(drawn)))
    listed = ranked(frame)
    n_alerts = frame["alert"].nunique()
    assert sorted(set(listed["rank"])) == list(range(1, n_alerts + 1))
    assert listed["leads"].sum() == n_alerts
    pd.testing.assert_frame_equal(listed, ranked(frame.iloc[::-1]))
