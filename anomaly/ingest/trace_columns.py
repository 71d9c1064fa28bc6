"""What a trace is read into, in whole numbers and words, or why it is not read."""

from __future__ import annotations

NULL = -(2**31)

# Rows of the table of whole numbers: 14 values that a row of the trace has or holds.
(
    TIME_MS,
    LATITUDE_E6,
    LONGITUDE_E6,
    ALTITUDE_FT,
    GROUND,  # 0, 1, or NULL
    SPEED_E1,
    TRACK_E1,
    RATE_FT_MIN,
    NEW_LEG,  # 0, 1, or NULL
    SQUAWK,  # its four digits read as a decimal number
    SOURCE,  # these three as places in WORDS
    CATEGORY,
    EMERGENCY,
    N_COLUMNS,
) = range(14)

# Why a file is left to the reference decoder.
MALFORMED = -1  # not JSON, or not as readsb writes it
TOO_PRECISE = -2  # more digits than a column holds
UNKNOWN_WORD = -3  # a source, category, emergency or squawk that is none we know
NO_PLACE = -4  # a row without time or position
UNSORTED = -5
UNUSUAL_TEXT = -6  # an escape, or a byte that is not printable ASCII
FULL = -7  # more rows than there is room for

# readsb's addrtype, the categories of DO-260B, and its names of emergencies.
_SOURCES = [
    *("adsb_icao", "adsb_icao_nt", "adsr_icao", "tisb_icao", "adsc", "mlat", "other"),
    *("mode_s", "adsb_other", "adsr_other", "tisb_other", "tisb_trackfile", "unknown"),
]
_CATEGORIES = [f"{group}{number}" for group in "ABCD" for number in range(8)]
_EMERGENCIES = [
    *("none", "general", "lifeguard", "minfuel", "nordo", "unlawful", "downed"),
    "reserved",
]
WORDS = [*_SOURCES, *_CATEGORIES, *_EMERGENCIES]
