"""Who and what takes part in the invented sales."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """people: invented contacts. owners: accounts, nobody where there is none. goods: products by SKU without its mark. chance: always the same."""

    people: Sequence[UUID]
    owners: Sequence[UUID | None]
    goods: Mapping[str, UUID]
    chance: random.Random
