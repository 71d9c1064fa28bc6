"""Small, explicit builders for test tables; every argument has a dull default."""

from __future__ import annotations
