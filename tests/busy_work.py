"""Work that does not end by itself, to be found by whoever looks whether it goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path


def work_on(folder: Path) -> None:
    """Tell which process this is, and be busy for longer than any test."""
    (folder / str(os.getpid())).touch()
    time.sleep(600)
