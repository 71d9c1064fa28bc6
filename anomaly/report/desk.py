"""What a page shows besides when an analyst can decide on it."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly.report.summary import Alert, Day
from anomaly.verdicts import REASONS, Verdict, at_odds

SHOWN = {
    "all": "all",
    "open": "open",
    "decided": "decided",
    "disagreements": "disagreements",
}
"""Which flags of a day can be listed: by code, in words."""


@dataclass(frozen=True)
class Desk:
    """Who decides, and what was just decided."""

    reviewer: str
    token: str
    """Proves that a form is one of ours."""
    show: str = "all"
    said: Verdict | None = None
    """The reviewer's verdict that brought them to this page."""

    reasons = REASONS
    shown = SHOWN

    def mine(self, alert: Alert) -> Verdict | None:
        """Return what the reviewer says of a flag."""
        own = [one for one in alert.verdicts if one.by == self.reviewer]
        return own[-1] if own else None

    def lists(self, alert: Alert, show: str | None = None) -> bool:
        """Tell whether a flag belongs to a list; open is what I did not decide."""
        match show or self.show:
            case "open":
                return self.mine(alert) is None
            case "decided":
                return self.mine(alert) is not None
            case "disagreements":
                return at_odds(alert.verdicts)
            case _:
                return True

    def n(self, day: Day, show: str) -> int:
        """Return how many flags of the day a list has."""
        return sum(self.lists(alert, show) for alert in day.flagged)

    def next_open(self, day: Day, after: Alert) -> Alert | None:
        """Return the next flag to decide, from `after` on and around."""
        order = [*day.attended, *day.ignored]
        place = next(
            n for n, one in enumerate(order) if one.flight_id == after.flight_id
        )
        around = order[place + 1 :] + order[:place]
        return next((one for one in around if self.lists(one, "open")), None)
