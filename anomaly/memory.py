"""Keep the memory of tables for the next ones instead of giving it back.

The tables of a day are made and dropped by the megabyte.  A C library that gives each
back to the system gets it anew page by page, and every page is cleared first: that
takes a seventh of the time from an archive to its flights.
"""

from __future__ import annotations

import ctypes
import gc
import platform
from functools import cache

import pyarrow as pa

# Of glibc's <malloc.h>.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_NEVER, _AT_ONCE = 2**31 - 1, 2**26
_OBJECTS_BETWEEN = 20_000


@cache
def keep() -> None:
    """Keep what this process frees until it ends; where that is unknown, do nothing.

    What is loaded by then is also looked through for garbage no more, and the rest
    more rarely: tables are large, but few objects.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 10, 10)
    if platform.libc_ver()[0] != "glibc":
        return
    library = ctypes.CDLL(None)
    library.mallopt(_MMAP_MAX, 0)
    library.mallopt(_TRIM_THRESHOLD, _NEVER)
    library.mallopt(_TOP_PAD, _AT_ONCE)
    # Arrow's own pools give back, too; and what one thread frees is for all of them.
    library.mallopt(_ARENA_MAX, 1)
    pa.set_memory_pool(pa.system_memory_pool())
