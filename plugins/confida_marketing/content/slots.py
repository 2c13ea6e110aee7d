"""What differs from one recipient to the next: places in a text that are filled in while everything around stays."""

from __future__ import annotations

from typing import Literal, NamedTuple

from confida_marketing.content.blanks import CLOSED, MARK, OPENED, Blank


class Target(NamedTuple):
    """Where a link leads, for whoever counts clicks to put an address of their own before it."""

    url: str


class Own(NamedTuple):
    """What belongs to this recipient alone: the sentence why they get it, and their two addresses."""

    what: Literal["why", "preferences", "unsubscribe"]


Slot = Blank | Target | Own
Parts = tuple[str | int, ...]
"""A text in pieces: what is the same for everybody, and places of slots in between."""


class Slots:
    """The slots of one e-mail, each once."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, Slot], int] = {}

    def mark(self, slot: Slot) -> str:
        """What stands for the slot while the text is made."""
        place = self._places.setdefault((type(slot).__name__, slot), len(self._places))
        return f"{OPENED}{place}{CLOSED}"

    def all(self) -> tuple[Slot, ...]:
        return tuple(slot for _, slot in self._places)

    def marked(self, text: str, blanks: list[Blank]) -> str:
        """The same text, in which the marks of `blanks.marked` are marks of these slots."""
        return MARK.sub(lambda found: self.mark(blanks[int(found[1])]), text)


def parts_of(text: str) -> Parts:
    """The pieces of a text with marks."""
    pieces = MARK.split(text)
    return tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces) if place % 2 or piece)
