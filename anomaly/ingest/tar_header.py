"""The header of a tar's member, as POSIX ustar and GNU tar write it."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

BLOCK = 512
MAGIC, MAGIC_AT = b"ustar", 257
_OCTAL = re.compile(rb"[0-7]+")


@dataclass(frozen=True)
class Header:
    """What the header of a member says, as far as it matters to us."""

    name: str
    size: int
    kind: bytes

    @classmethod
    def parse(cls, block: bytes) -> Header | None:
        """Return what a header says, or None if it is not a whole header."""
        if len(block) < BLOCK:
            raise EOFError("cut within a header")
        told = block[148:156]
        # The checksum is of the header with blanks in its own place.
        if _number(told) != _sum(block) - sum(told) + 8 * ord(" "):
            return None
        size = _number(block[124:136])
        if size is None:
            return None
        name = text(block[:100])
        if block[MAGIC_AT:].startswith(MAGIC + b"\0"):
            # GNU tar does not end the magic so and has other uses for these bytes.
            name = "/".join(filter(None, (text(block[345:500]), name)))
        return cls(name, size, block[156:157])


def _sum(block: bytes) -> int:
    """Return the sum of the bytes of a block."""
    # Half of Adler's checksum is the sum and one, where that is less than 65,521: as
    # it is of a block of ASCII.
    return (zlib.adler32(block) & 0xFFFF) - 1 if block.isascii() else sum(block)


def _number(field: bytes) -> int | None:
    if field[0] == 0x80:  # GNU tar: base 256 where octal digits do not suffice
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if _OCTAL.fullmatch(digits) else None


def text(field: bytes) -> str:
    """Return a field up to its first zero byte."""
    return field.split(b"\0", 1)[0].decode("utf-8", errors="replace")
