from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ranking import ranked


def flights(*rows: tuple[str, str, float, float, str | None]) -> pd.DataFrame:
    """Return flights that score the same without identity."""
    columns = ["flight_id", "alert", "score", "surprise_bits", "way"]
    found = pd.DataFrame(rows, columns=columns).set_index("flight_id")
    return found.assign(score_without_identity=found["score"])


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


def test_who_flies_it_does_not_lift_what_scores_low_without_identity() -> None:
    airlift = flights(("airlift", "airlift", 0.999, 6, None))
    charter = flights(("charter", "charter", 0.85, 6, None))
    listed = ranked(pd.concat([airlift.assign(score_without_identity=0.3), charter]))
    assert ranks(listed) == {"charter": 1, "airlift": 2}


def test_what_is_remarkable_only_without_identity_waits_behind_what_is_likely() -> None:
    airliner = flights(("airliner", "airliner", 0.1, 6, None))
    charter = flights(("charter", "charter", 0.85, 6, None))
    listed = ranked(pd.concat([airliner.assign(score_without_identity=0.99), charter]))
    assert ranks(listed) == {"charter": 1, "airliner": 2}


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
