"""What plugins add to the invented people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.vault.access import Access


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoData:
    """What a plugin adds to the invented people of `confida demo`, so that its pages have something to show.

    load: after the people are in; it may rely on their ids. remove: after they are gone, whatever of it would outlive them;
    repeatable. Both are given the ids of the people, in the same order; after they were erased, others come next.
    """

    key: str
    load: Callable[[Installation, Access, Sequence[UUID]], Awaitable[None]]
    remove: Callable[[Installation, Access, Sequence[UUID]], Awaitable[None]]
