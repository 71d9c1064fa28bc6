"""What lists of dated events share: how a row is refused, and its beginning told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from anomaly.errors import BadInputError
from anomaly.reference.tables import Types

UNSOURCED = "unsourced"


def began(since: dt.date, source: str) -> str:
    """Return in words since when something was, and whether from memory alone.

    Examples
    --------
    >>> began(dt.date(2010, 1, 12), UNSOURCED)
    'from 12 January 2010, from memory'
    """
    doubt = ", from memory" if source == UNSOURCED else ""
    return f"from {since.day} {since:%B %Y}{doubt}"


@dataclass(frozen=True)
class Rows:
    """Rows of a list, indexed by their key, to be refused by name."""

    table: pd.DataFrame
    file: str
    columns: Types
    data_dir: Path | None

    def check_told(self, *columns: str) -> None:
        """Refuse a row that lacks one of these, or that ends before it began."""
        for name in columns:
            self.refuse(self.table[name].isna(), f"has no {name}")
        ends_first = self.table["until"] < self.table["since"]
        self.refuse(ends_first, "ends before it began")

    def refuse(self, which: pd.Series[Any], why: str) -> None:
        """Raise `BadInputError` that names the first of these rows, if there is one."""
        if not which.any():
            return
        shipped = Path(self.file)
        where = self.data_dir / "reference" / self.file if self.data_dir else shipped
        first = self.table.index[which.to_numpy(bool)][0]
        names = ", ".join(name for name, _ in self.columns)
        raise BadInputError(
            f"{where}: the {self.table.index.name} {first!r} {why}",
            hint=f"Mend that row; the columns are: {names}.",
        )
