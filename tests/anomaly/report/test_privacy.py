from __future__ import annotations

import json

from report_builders import Pages, Plan, ReadAlert

from anomaly.report import plain

SECRET = Plan(
    icao24="a0b1c2",
    registration="N742PQ",
    typecode="GLF6",
    callsign="XQJ12",
    operator="Quiet Jets",
    private=True,
    reasons=(
        ("operator_is_military", "no", "Quiet Jets carries people who pay", -0.5),
        ("stopover_n", "2", "the GLF6 N742PQ stopped twice", 0.4),
    ),
    coverage=("XQJ12 was lost over Syria",),
)
NAMES = ("N742PQ", "XQJ12", "Quiet Jets", "GLF6", "Gulfstream")


def test_a_private_aircraft_is_shown_by_address_only(pages_of: Pages) -> None:
    files = pages_of(SECRET)
    assert len(files) > 6
    for name, text in files.items():
        for secret in NAMES:
            assert secret.lower() not in text.lower(), (name, secret)
    flag = next(text for name, text in files.items() if name.endswith("Z.html"))
    assert "a0b1c2" in flag
    assert "asked for privacy" in flag


def test_its_reasons_keep_their_weights(pages_of: Pages) -> None:
    files = pages_of(SECRET)
    told = next(json.loads(t) for n, t in files.items() if n.endswith("Z.json"))
    assert [reason["weight"] for reason in told["reasons"]] == [-0.5, 0.4]
    assert told["reasons"][1]["text"] == "the (withheld) (withheld) stopped twice"


def test_the_terminal_keeps_silent_too(alert_of: ReadAlert) -> None:
    text = plain.text(alert_of(SECRET))
    assert not [secret for secret in NAMES if secret in text]
