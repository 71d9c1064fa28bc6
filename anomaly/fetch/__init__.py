"""Fetch the archives of whole days from those who publish them."""

from __future__ import annotations

from anomaly.fetch.day import Fetched, fetch_day
from anomaly.fetch.errors import FetchError, NotPublishedError

__all__ = ["FetchError", "Fetched", "NotPublishedError", "fetch_day"]
