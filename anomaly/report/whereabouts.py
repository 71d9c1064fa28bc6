"""Where a flight that was not seen to begin or end may have been, in words."""

from __future__ import annotations

from anomaly.report.context import Candidate
from anomaly.report.summary import End
from anomaly.report.words import FIELD_USE, percent

# A field that is less likely than this to be the end is not named.
LEAST_LIKELY = 0.1


def may_be_at(end: End) -> str:
    """Return the fields where a flight may have ended instead, with how likely.

    Of an end that is not known all that are likely enough are named, of a named one
    the likeliest other.  Empty where one field has it alone.
    """
    likely = [one for one in end.candidates if one.weight >= LEAST_LIKELY]
    if end.kind == "observed" or not any(one.ident != end.ident for one in likely):
        return ""
    told = [
        f"{one.field.name if one.field else 'unnamed field'} ({one.ident}"
        f"{_use_of(one)}) {percent(one.weight)}"
        for one in (likely if end.ident is None else likely[:2])
    ]
    return ", or ".join(told)


def _use_of(one: Candidate) -> str:
    use = one.field.field_use if one.field else "civil"
    return "" if use == "civil" else f", {FIELD_USE[use]}"
