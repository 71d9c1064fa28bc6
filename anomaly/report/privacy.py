"""Show an aircraft by its address alone where its owner asked for privacy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from anomaly.domain import Reason
from anomaly.report.summary import Alert
from features import identity_features

WITHHELD = "withheld: the owner asked for privacy"
_NAMING = (
    "registration",
    "callsign",
    "owner_operator",
    "operator",
    "operator_code",
    "typecode",
)
# Shorter codes are parts of ordinary words.
_SHORTEST = 3


def withhold(alert: Alert, flights: Iterable[Mapping[str, Any]]) -> Alert:
    """Return the alert without registration, callsign, operator, type and marks.

    Reasons that name them in passing keep their place and weight.
    """
    named = {flight[column] for flight in flights for column in _NAMING}
    named.add(alert.craft.type_name)
    # Longest first: a registration may begin with an operator's code.
    secrets = sorted(
        (name for name in named if name and len(name) >= _SHORTEST),
        key=lambda name: (-len(name), name),
    )
    hidden = frozenset(identity_features())
    return replace(
        alert,
        craft=replace(
            alert.craft,
            registration=None,
            typecode=None,
            type_name=None,
            operator=None,
            owner=None,
            military_flag=None,
        ),
        legs=tuple(
            replace(leg, callsign=None, operator_code=None) for leg in alert.legs
        ),
        identity=tuple(told for told in alert.identity if told.name == "Address"),
        reasons=tuple(
            _redacted(reason, secrets, hide=reason.feature in hidden)
            for reason in alert.reasons
        ),
        coverage=tuple(_without(text, secrets) for text in alert.coverage),
    )


def _redacted(reason: Reason, secrets: list[str], *, hide: bool) -> Reason:
    if hide:
        return replace(reason, value=None, text=WITHHELD)
    value = None if reason.value is None else _without(reason.value, secrets)
    return replace(reason, value=value, text=_without(reason.text, secrets))


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "(withheld)")
    return text
