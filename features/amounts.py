"""How much, how often and how long, as a reader likes to hear it."""

from __future__ import annotations


def lasted(hours: float) -> str:
    """Return a length of time as a reader likes it.

    Examples
    --------
    >>> lasted(1.14), lasted(0.02)
    ('1 h 8 min', 'under 5 min')
    """
    if hours < 1 / 12:
        return "under 5 min"
    whole, rest = divmod(round(hours * 60), 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest and whole < 48 else f"{whole} h"


def placed(share: float) -> str:
    """Return where in a journey its only such field lies, of 0 for its start to 1."""
    return {0.0: "is its first", 1.0: "is its last"}.get(share, "lies between its ends")


def often(a_day: float) -> str:
    """Return how often something happens, in words.

    Examples
    --------
    >>> often(0.2), often(1.5)
    ('about one flight in 5 days', 'about 1.5 flights a day')
    >>> often(0.4), often(0.67)
    ('about 4 flights in 10 days', 'about 7 flights in 10 days')
    """
    if 0 < a_day < 0.3:
        return f"about one flight in {1 / a_day:.0f} days"
    if 0 < a_day < 0.95:
        return f"about {10 * a_day:.0f} flights in 10 days"
    if 0.95 <= a_day < 1.05:
        return "about one flight a day"
    return f"about {a_day:.2g} flights a day"


def share(share: float) -> str:
    """Return a share in percent, never rounded to all or nothing.

    Examples
    --------
    >>> share(0.675), share(0.002), share(0.999)
    ('68%', 'under 1%', 'over 99%')
    """
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{share:.0%}"


def times(ratio: float) -> str:
    """Return how many times something is something else.

    Examples
    --------
    >>> times(12.3), times(2.04), times(0.34)
    ('12', '2.0', '0.34')
    """
    if ratio >= 10:
        return f"{ratio:,.0f}"
    return f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"


def directness(value: float) -> str:
    """Return how direct a way was, of the direct way's share of it.

    Examples
    --------
    >>> directness(0.8)
    'a way longer than the direct one (the direct one is 80% of the way flown)'
    """
    told = f"the direct one is {share(value)} of the way flown"
    if value > 0.97:
        return f"a nearly direct way ({told})"
    return f"a way longer than the direct one ({told})"
