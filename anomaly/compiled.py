"""How loops over all reports of a day are compiled by numba.

Counting the references to arrays costs a short function more than its work, and so does
calling it.  What allocates nothing need not count them, and what is called at every
report becomes part of its caller.
"""

from __future__ import annotations

from typing import Any

COMPILED: dict[str, Any] = {"cache": True}
"""For what is called from Python."""
NO_ARRAYS_MADE = COMPILED | {"_nrt": False}
"""For what also makes no array, or slice of one, and has its results written to it."""
INLINE = NO_ARRAYS_MADE | {"forceinline": True}
"""For what is called at every report, and makes no array either."""
