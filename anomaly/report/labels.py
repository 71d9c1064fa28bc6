"""Find room for the names on a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Mean width of a bold letter of a wide sans-serif, as a share of its size: which
# font a page gets is not known here.
LETTER_SHARE = 0.64

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Label:
    """Where a name stands; its anchor is the end beside the point."""

    x: float
    y: float
    anchor: str


@dataclass
class Room:
    """What is taken of a picture so far."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    shunned: list[Box] = field(default_factory=list)

    def take(self, box: Box) -> None:
        """Keep names away from a part of the picture."""
        self.taken.append(box)

    def shun(self, box: Box) -> None:
        """Let names stand here only if there is no other place."""
        self.shunned.append(box)

    def place(
        self, text: str, x: float, y: float, *, size: float, gap: float = 10
    ) -> Label | None:
        """Return a free place for a name beside a point, and take it; None if none."""
        for avoided in ([*self.taken, *self.shunned], self.taken):
            for label, box in _places(text, x, y, size, gap):
                if self._holds(box) and not any(_meet(box, b) for b in avoided):
                    self.taken.append(box)
                    return label
        return None

    def _holds(self, box: Box) -> bool:
        left, top, right, bottom = box
        return (
            left > 3 and top > 3 and right < self.width - 3 and bottom < self.height - 3
        )


def _places(
    text: str, x: float, y: float, size: float, gap: float
) -> Iterator[tuple[Label, Box]]:
    wide, high = len(text) * size * LETTER_SHARE, size * 1.05
    level, above, below = y + size * 0.35, y - gap, y + gap + size * 0.75
    for anchor, at, base in (
        ("start", x + gap, level),
        ("end", x - gap, level),
        ("middle", x, above),
        ("middle", x, below),
        ("start", x + gap, above),
        ("start", x + gap, below),
        ("end", x - gap, above),
        ("end", x - gap, below),
    ):
        left = at - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = (left, base - high * 0.8, left + wide, base + high * 0.25)
        yield Label(at, base, anchor), box


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
