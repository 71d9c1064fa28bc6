"""What can go wrong between us and a publisher."""

from __future__ import annotations

from anomaly.errors import AnomalyError


class FetchError(AnomalyError):
    """A day cannot be fetched; what came of it is kept, to go on from."""


class NotPublishedError(AnomalyError):
    """A day is not published yet, or not over."""

    exit_status = 3


class MissingError(FetchError):
    """There is nothing at an address."""
