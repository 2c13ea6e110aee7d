"""A picture as an e-mail names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """src: the address that stands in the mail, the same for everybody. width, height: pixels."""

    src: str
    width: int
    height: int
