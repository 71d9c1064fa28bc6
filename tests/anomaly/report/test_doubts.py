from __future__ import annotations

from dataclasses import replace

import pytest
from report_builders import Plan, ReadAlert

from anomaly.domain import Reason
from anomaly.report.doubts import doubts
from anomaly.report.plain import text


@pytest.mark.parametrize(
    ("route", "told"),
    [
        # Latakia and Dakar have civil traffic beside forces, Chkalovskiy has not.
        (
            ("UUMU", "OSLK", "GOOY"),
            "at UUMU, OSLK and GOOY (OSLK and GOOY are in joint use, with civil "
            "traffic) would",
        ),
        (("UUMU", "SVMI"), "a civil reason to be at UUMU would undo"),
    ],
)
def test_joint_use_is_told_of_the_fields_that_have_it(
    route: tuple[str, ...], told: str, alert_of: ReadAlert
) -> None:
    reason = Reason("stopover_n_military", "1", "military fields", 1.0)
    alert = replace(alert_of(Plan(route=route)), reasons=(reason,))
    assert any(told in doubt for doubt in doubts(alert))


def test_an_owner_is_told_where_no_callsign_tells_an_operator(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan())
    owned = replace(alert.craft, operator=None, owner="Russian Air Force")
    assert ", Russian Air Force (by the owner's name)\n" in text(
        replace(alert, craft=owned)
    )
    unknown = replace(owned, owner=None)
    assert ", operator unknown\n" in text(replace(alert, craft=unknown))
