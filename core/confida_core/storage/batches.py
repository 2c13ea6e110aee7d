"""Long lists in slices that one statement can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """Slices small enough for one IN list on either engine."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
